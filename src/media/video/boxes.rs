//! The box structure of MP4 files (ISO/IEC 14496-12), read from memory.
//!
//! Every length is checked against what is there before it is used. Knows no particular box.

use super::VideoFault;

/// Four letters that name a box.
pub(super) type Name = [u8; 4];

/// Reads big-endian fields one after another.
#[derive(Clone, Copy)]
pub(super) struct Fields<'a> {
    bytes: &'a [u8],
    place: Name,
}

impl<'a> Fields<'a> {
    /// Fields of the box `place`, which only serves messages.
    pub(super) const fn new(place: Name, bytes: &'a [u8]) -> Self {
        Self { bytes, place }
    }

    /// The next `count` bytes.
    pub(super) fn take(&mut self, count: usize) -> Result<&'a [u8], VideoFault> {
        let Some((taken, rest)) = self.bytes.split_at_checked(count) else {
            return Err(VideoFault::Short {
                place: text(self.place),
                needed: count as u64,
                left: self.bytes.len() as u64,
            });
        };
        self.bytes = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], VideoFault> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N)?);
        Ok(array)
    }

    pub(super) fn u8(&mut self) -> Result<u8, VideoFault> {
        self.array().map(u8::from_be_bytes)
    }

    pub(super) fn u16(&mut self) -> Result<u16, VideoFault> {
        self.array().map(u16::from_be_bytes)
    }

    pub(super) fn u32(&mut self) -> Result<u32, VideoFault> {
        self.array().map(u32::from_be_bytes)
    }

    pub(super) fn i32(&mut self) -> Result<i32, VideoFault> {
        self.array().map(i32::from_be_bytes)
    }

    pub(super) fn u64(&mut self) -> Result<u64, VideoFault> {
        self.array().map(u64::from_be_bytes)
    }

    pub(super) fn name(&mut self) -> Result<Name, VideoFault> {
        self.array()
    }

    /// A number of 64 bits in version 1 of a box and of 32 bits before.
    pub(super) fn wide(&mut self, version: u8) -> Result<u64, VideoFault> {
        if version == 1 {
            self.u64()
        } else {
            self.u32().map(u64::from)
        }
    }

    /// Version and flags, as most boxes begin.
    pub(super) fn version(&mut self) -> Result<(u8, u32), VideoFault> {
        let word = self.u32()?;
        Ok(((word >> 24) as u8, word & 0x00ff_ffff))
    }

    /// A count of entries of `width` bytes, refused when they cannot all be there.
    pub(super) fn count(&mut self, width: usize) -> Result<usize, VideoFault> {
        let count = self.u32()?;
        let needed = u64::from(count) * width as u64;
        if needed > self.bytes.len() as u64 {
            return Err(VideoFault::Short {
                place: text(self.place),
                needed,
                left: self.bytes.len() as u64,
            });
        }
        Ok(count as usize)
    }

    /// Splits the next box off; none at the end. Fewer than eight bytes are padding.
    pub(super) fn child(&mut self) -> Result<Option<(Name, &'a [u8])>, VideoFault> {
        if self.bytes.len() < 8 {
            return Ok(None);
        }
        let size = self.u32()?;
        let name = self.name()?;
        let body = match size {
            0 => self.bytes.len() as u64,
            1 => self.u64()?.saturating_sub(16),
            _ => u64::from(size).saturating_sub(8),
        };
        let mut inside = Fields::new(name, self.bytes);
        let body = inside.take(usize::try_from(body).unwrap_or(usize::MAX))?;
        self.bytes = inside.bytes;
        Ok(Some((name, body)))
    }
}

/// The first box of that name among the children of `place`.
pub(super) fn find(place: Name, bytes: &[u8], wanted: Name) -> Result<Option<&[u8]>, VideoFault> {
    let mut fields = Fields::new(place, bytes);
    while let Some((name, body)) = fields.child()? {
        if name == wanted {
            return Ok(Some(body));
        }
    }
    Ok(None)
}

/// The same, where the file cannot be played without it.
pub(super) fn need(place: Name, bytes: &[u8], wanted: Name) -> Result<&[u8], VideoFault> {
    find(place, bytes, wanted)?.ok_or_else(|| VideoFault::MissingBox {
        place: text(place),
        wanted: text(wanted),
    })
}

/// A name for messages.
pub(super) fn text(name: Name) -> String {
    name.escape_ascii().to_string()
}
