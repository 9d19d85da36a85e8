//! The sequence parameter set of H.264 (ITU-T H.264 section 7.3.2.1.1), as far as colour and limits need it.

use super::VideoFault;
use crate::media::yuv::{Colour, Matrix, Range};

/// What a sequence parameter set says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SequenceParameters {
    /// Profile code: 66 baseline, 77 main, 100 high.
    pub(super) profile: u8,
    /// Chroma format: 0 grey, 1 4:2:0, 2 4:2:2, 3 4:4:4.
    pub(super) chroma: u32,
    /// Bits of a luma sample.
    pub(super) depth: u32,
    /// Whether frames may be coded as two fields.
    pub(super) interlaced: bool,
    /// Coded size in macroblocks of 16x16 pixels.
    pub(super) macroblocks: [u32; 2],
    /// Range, where the stream states it.
    pub(super) range: Option<Range>,
    /// Matrix, where the stream states it.
    pub(super) matrix: Option<Matrix>,
}

/// Profiles whose parameter sets carry chroma format and bit depth.
pub(super) const HIGH_PROFILES: &[u32] =
    &[100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135];

impl SequenceParameters {
    /// Reads a NAL unit of type 7, header byte included; none when it ends too early.
    pub(super) fn read(nal: &[u8]) -> Option<Self> {
        let payload = unescaped(nal.get(1..)?);
        let mut bits = Bits::new(&payload);
        let profile = bits.take(8)?;
        bits.take(16)?;
        bits.unsigned()?;
        let (chroma, depth) = if HIGH_PROFILES.contains(&profile) {
            formats(&mut bits)?
        } else {
            (1, 8)
        };
        bits.unsigned()?;
        picture_order(&mut bits)?;
        bits.unsigned()?;
        bits.take(1)?;
        let columns = bits.unsigned()?.checked_add(1)?;
        let rows = bits.unsigned()?.checked_add(1)?;
        let interlaced = bits.take(1)? == 0;
        if interlaced {
            bits.take(1)?;
        }
        bits.take(1)?;
        if bits.take(1)? == 1 {
            for _ in 0..4 {
                bits.unsigned()?;
            }
        }
        let (range, matrix) = usability(&mut bits).unwrap_or_default();
        Some(Self {
            profile: profile as u8,
            chroma,
            depth,
            interlaced,
            macroblocks: [columns, rows],
            range,
            matrix,
        })
    }

    /// Refuses what the decoder cannot do, so that the message can say it.
    pub(super) fn check(&self) -> Result<(), VideoFault> {
        let unsupported = if self.depth != 8 {
            format!("{}-bit H.264", self.depth)
        } else if self.chroma > 1 {
            ["", "", "4:2:2", "4:4:4"]
                .get(self.chroma as usize)
                .map_or_else(|| "H.264".into(), |name| format!("H.264 {name}"))
        } else if self.interlaced {
            "interlaced H.264".into()
        } else {
            return Ok(());
        };
        Err(VideoFault::Codec { codec: unsupported })
    }

    /// Colour of the stream; what it leaves open is taken from the container.
    pub(super) fn colour(&self, container: Option<Colour>) -> Colour {
        let container = container.unwrap_or_default();
        Colour {
            matrix: self.matrix.unwrap_or(container.matrix),
            range: self.range.unwrap_or(container.range),
        }
    }
}

/// Chroma format and luma depth, then the scaling lists that follow.
fn formats(bits: &mut Bits<'_>) -> Option<(u32, u32)> {
    let chroma = bits.unsigned()?;
    if chroma == 3 {
        bits.take(1)?;
    }
    let depth = bits.unsigned()?.checked_add(8)?;
    bits.unsigned()?;
    bits.take(1)?;
    if bits.take(1)? == 1 {
        for list in 0..if chroma == 3 { 12 } else { 8 } {
            if bits.take(1)? == 1 {
                skip_scaling(bits, if list < 6 { 16 } else { 64 })?;
            }
        }
    }
    Some((chroma, depth))
}

fn skip_scaling(bits: &mut Bits<'_>, count: usize) -> Option<()> {
    let (mut last, mut next) = (8_i64, 8_i64);
    for _ in 0..count {
        if next != 0 {
            next = (last + bits.signed()? + 256) % 256;
        }
        if next != 0 {
            last = next;
        }
    }
    Some(())
}

fn picture_order(bits: &mut Bits<'_>) -> Option<()> {
    match bits.unsigned()? {
        0 => {
            bits.unsigned()?;
        }
        1 => {
            bits.take(1)?;
            bits.unsigned()?;
            bits.unsigned()?;
            for _ in 0..bits.unsigned()?.min(255) {
                bits.unsigned()?;
            }
        }
        _ => {}
    }
    Some(())
}

/// Aspect ratio code that is followed by the ratio itself.
const EXTENDED_ASPECT: u32 = 255;

/// The start of the video usability information (annex E): range and matrix.
fn usability(bits: &mut Bits<'_>) -> Option<(Option<Range>, Option<Matrix>)> {
    if bits.take(1)? == 0 {
        return None;
    }
    if bits.take(1)? == 1 && bits.take(8)? == EXTENDED_ASPECT {
        bits.take(32)?;
    }
    if bits.take(1)? == 1 {
        bits.take(1)?;
    }
    if bits.take(1)? == 0 {
        return None;
    }
    bits.take(3)?;
    let range = if bits.take(1)? == 1 {
        Range::Full
    } else {
        Range::Limited
    };
    let mut matrix = None;
    if bits.take(1)? == 1 {
        bits.take(16)?;
        // 2 means that it is not specified.
        let code = bits.take(8)? as u16;
        matrix = (code != 2).then(|| Matrix::from_code(code));
    }
    Some((Some(range), matrix))
}

/// Removes the bytes that keep start codes out of payloads.
pub(super) fn unescaped(bytes: &[u8]) -> Vec<u8> {
    let mut payload = Vec::with_capacity(bytes.len());
    let mut zeros = 0;
    for &byte in bytes {
        if zeros >= 2 && byte == 3 {
            zeros = 0;
            continue;
        }
        zeros = if byte == 0 { zeros + 1 } else { 0 };
        payload.push(byte);
    }
    payload
}

/// Reads bits from the highest down; none past the end.
pub(super) struct Bits<'a> {
    bytes: &'a [u8],
    /// Bits read so far.
    pub(super) at: usize,
}

impl<'a> Bits<'a> {
    pub(super) const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    pub(super) fn take(&mut self, count: u32) -> Option<u32> {
        let mut value = 0;
        for _ in 0..count {
            let byte = *self.bytes.get(self.at / 8)?;
            value = value << 1 | u32::from(byte >> (7 - self.at % 8) & 1);
            self.at += 1;
        }
        Some(value)
    }

    /// An unsigned Exp-Golomb code.
    pub(super) fn unsigned(&mut self) -> Option<u32> {
        let mut zeros = 0;
        while self.take(1)? == 0 {
            zeros += 1;
            if zeros > 31 {
                return None;
            }
        }
        Some((1 << zeros) - 1 + self.take(zeros)?)
    }

    /// A signed Exp-Golomb code.
    fn signed(&mut self) -> Option<i64> {
        let code = i64::from(self.unsigned()?);
        Some(if code % 2 == 1 {
            code / 2 + 1
        } else {
            -(code / 2)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exp_golomb_codes_are_read() {
        // 1 | 010 | 011 | 00100 | 00101: 0 1 2 3 4.
        let mut bits = Bits::new(&[0b1010_0110, 0b0100_0010, 0b1000_0000]);
        let codes: Vec<_> = (0..5).map_while(|_| bits.unsigned()).collect();
        assert_eq!(codes, [0, 1, 2, 3, 4]);
        assert_eq!(Bits::new(&[0b0010_1000]).signed(), Some(-2));
        assert_eq!(Bits::new(&[0; 8]).unsigned(), None, "no code is that long");
    }

    #[test]
    fn escapes_are_removed() {
        assert_eq!(
            unescaped(&[0, 0, 3, 1, 0, 0, 3, 0, 3]),
            [0, 0, 1, 0, 0, 0, 3]
        );
    }

    #[test]
    fn a_set_that_ends_early_is_no_set() {
        // High profile, level 3.0, as x264 writes it for 160x120, cut at every length.
        let whole = [
            0x67, 0x64, 0x00, 0x0b, 0xac, 0xd9, 0x42, 0x87, 0xe4, 0x84, 0x00, 0x00, 0x03, 0x00,
            0x04, 0x00, 0x00, 0x03, 0x00, 0x50, 0x3c, 0x50, 0xa6, 0x58,
        ];
        let read = SequenceParameters::read(&whole).unwrap();
        assert_eq!((read.profile, read.chroma, read.depth), (100, 1, 8));
        for end in 0..8 {
            assert_eq!(SequenceParameters::read(&whole[..end]), None, "{end} bytes");
        }
    }
}
