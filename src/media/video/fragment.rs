//! Movie fragments: samples of files that were written piece by piece, as live recordings are.
//!
//! ISO/IEC 14496-12 section 8.8.

use super::VideoFault;
use super::boxes::{Fields, find};
use super::table::{Sample, check_count};

/// What a sample is when its fragment does not say.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Defaults {
    duration: u32,
    size: u32,
    flags: u32,
}

/// Bit of the sample flags: this sample needs others.
const NON_SYNC: u32 = 0x0001_0000;

impl Defaults {
    /// Reads the `trex` box of a track from the movie's `mvex` box.
    pub(super) fn read(moov: &[u8], track: u32) -> Result<Self, VideoFault> {
        let Some(mvex) = find(*b"moov", moov, *b"mvex")? else {
            return Ok(Self::default());
        };
        let mut children = Fields::new(*b"mvex", mvex);
        while let Some((name, body)) = children.child()? {
            let mut fields = Fields::new(name, body);
            if &name != b"trex" {
                continue;
            }
            fields.version()?;
            if fields.u32()? != track {
                continue;
            }
            let _description = fields.u32()?;
            return Ok(Self {
                duration: fields.u32()?,
                size: fields.u32()?,
                flags: fields.u32()?,
            });
        }
        Ok(Self::default())
    }
}

/// Collects the samples of one track over the fragments of a file.
pub(super) struct Fragments {
    track: u32,
    defaults: Defaults,
    decoded: i64,
}

impl Fragments {
    /// Collects for the track with this number.
    pub(super) const fn new(track: u32, defaults: Defaults) -> Self {
        Self {
            track,
            defaults,
            decoded: 0,
        }
    }

    /// Appends the samples of a `moof` box that starts at byte `start` of the file.
    pub(super) fn append(
        &mut self,
        moof: &[u8],
        start: u64,
        samples: &mut Vec<Sample>,
    ) -> Result<(), VideoFault> {
        let mut children = Fields::new(*b"moof", moof);
        while let Some((name, body)) = children.child()? {
            if &name == b"traf" {
                self.track_fragment(body, start, samples)?;
            }
        }
        Ok(())
    }

    fn track_fragment(
        &mut self,
        traf: &[u8],
        start: u64,
        samples: &mut Vec<Sample>,
    ) -> Result<(), VideoFault> {
        let Some(header) = find(*b"traf", traf, *b"tfhd")? else {
            return Ok(());
        };
        let Some((base, defaults)) = self.header(header, start)? else {
            return Ok(());
        };
        if let Some(body) = find(*b"traf", traf, *b"tfdt")? {
            let mut fields = Fields::new(*b"tfdt", body);
            let (version, _) = fields.version()?;
            // Far beyond any real time, and far from overflow.
            self.decoded = fields.wide(version)?.min(1 << 62).cast_signed();
        }
        let mut position = base;
        let mut children = Fields::new(*b"traf", traf);
        while let Some((name, body)) = children.child()? {
            if &name == b"trun" {
                position = self.run(body, (base, position), defaults, samples)?;
            }
        }
        Ok(())
    }

    /// Where the data starts and what samples default to, or none when the fragment is of another track.
    fn header(&self, tfhd: &[u8], start: u64) -> Result<Option<(u64, Defaults)>, VideoFault> {
        let mut fields = Fields::new(*b"tfhd", tfhd);
        let (_, flags) = fields.version()?;
        if fields.u32()? != self.track {
            return Ok(None);
        }
        let mut defaults = self.defaults;
        let base = if flags & 0x01 != 0 {
            fields.u64()?
        } else {
            start
        };
        if flags & 0x02 != 0 {
            fields.u32()?;
        }
        if flags & 0x08 != 0 {
            defaults.duration = fields.u32()?;
        }
        if flags & 0x10 != 0 {
            defaults.size = fields.u32()?;
        }
        if flags & 0x20 != 0 {
            defaults.flags = fields.u32()?;
        }
        Ok(Some((base, defaults)))
    }

    /// Appends one run and returns where its data ends.
    fn run(
        &mut self,
        trun: &[u8],
        (base, position): (u64, u64),
        defaults: Defaults,
        samples: &mut Vec<Sample>,
    ) -> Result<u64, VideoFault> {
        let mut fields = Fields::new(*b"trun", trun);
        let (_, flags) = fields.version()?;
        let width = (flags >> 8 & 0xf).count_ones() as usize * 4;
        let count = fields.count(width)?;
        check_count(samples.len().saturating_add(count))?;
        let mut position = position;
        if flags & 0x01 != 0 {
            position = base.saturating_add_signed(i64::from(fields.i32()?));
        }
        let first_flags = if flags & 0x04 != 0 {
            Some(fields.u32()?)
        } else {
            None
        };
        for index in 0..count {
            let mut field = |bit: u32, otherwise: u32| {
                if flags & bit != 0 {
                    fields.u32()
                } else {
                    Ok(otherwise)
                }
            };
            let duration = field(0x100, defaults.duration)?;
            let size = field(0x200, defaults.size)?;
            let own = first_flags.filter(|_| index == 0).unwrap_or(defaults.flags);
            let own = field(0x400, own)?;
            let shift = field(0x800, 0)?.cast_signed();
            let sample = Sample {
                offset: position,
                size,
                duration,
                shown: self.decoded + i64::from(shift),
                sync: own & NON_SYNC == 0,
            };
            samples.push(sample.check()?);
            self.decoded += i64::from(duration);
            position = position.saturating_add(u64::from(size));
        }
        Ok(position)
    }
}
