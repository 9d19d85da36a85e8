//! The brushes of Label Studio: runs of RGBA bytes in a stream of bits, as `label-studio-converter` writes them.
//!
//! 32 bits: count of values. 5 bits: bits of a value less 1. Four times 4 bits: bits of a length less 1. Then blocks:
//! a bit whether one value is repeated, two bits which length, the length less 1, the values.

use crate::data::labels::mask::{Mask, MaskError, check};
use crate::geometry::ImageSize;

/// Bits of a length, as written.
const LENGTHS: [u32; 4] = [3, 4, 8, 16];

struct Bits<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl Bits<'_> {
    fn take(&mut self, count: u32) -> Option<u32> {
        let mut value = 0;
        for _ in 0..count {
            let byte = *self.bytes.get(self.at / 8)?;
            value = value << 1 | u32::from(byte >> (7 - self.at % 8) & 1);
            self.at += 1;
        }
        Some(value)
    }
}

/// Reads a brush over a picture of `size`. A pixel is inside where its alpha is not 0.
pub(super) fn read(bytes: &[u8], size: ImageSize) -> Result<Mask, MaskError> {
    check(size)?;
    let damaged = || MaskError::Damaged("the brush breaks off".into());
    let mut bits = Bits { bytes, at: 0 };
    let count = bits.take(32).ok_or_else(damaged)? as usize;
    if count != 4 * size.pixels() {
        return Err(MaskError::Coverage {
            covered: count as u64 / 4,
            pixels: size.pixels(),
        });
    }
    let word = bits.take(5).ok_or_else(damaged)? + 1;
    let mut lengths = [0; 4];
    for length in &mut lengths {
        *length = bits.take(4).ok_or_else(damaged)? + 1;
    }
    let mut rows = vec![false; size.pixels()];
    let mut set = |at: usize, value: u32| {
        if at % 4 == 3 && value > 0 {
            rows[at / 4] = true;
        }
    };
    let mut at = 0;
    while at < count {
        let repeated = bits.take(1).ok_or_else(damaged)? == 1;
        let which = bits.take(2).ok_or_else(damaged)? as usize;
        let end = at + 1 + bits.take(lengths[which]).ok_or_else(damaged)? as usize;
        let mut value = 0;
        for index in at..end.min(count) {
            if !repeated || index == at {
                value = bits.take(word).ok_or_else(damaged)?;
            }
            set(index, value);
        }
        at = end;
    }
    Mask::from_rows(size, &rows)
}

/// Writes a mask as a brush: all four bytes of a pixel are 255 or 0.
pub(super) fn write(mask: &Mask) -> Vec<u8> {
    let rows = mask.to_rows();
    let mut bits = Writer::default();
    bits.push((4 * rows.len()) as u32, 32);
    bits.push(7, 5);
    for length in LENGTHS {
        bits.push(length - 1, 4);
    }
    for run in rows.chunk_by(|a, b| a == b) {
        let value = if run[0] { 255 } else { 0 };
        let mut left = 4 * run.len() as u32;
        while left > 0 {
            let length = left.min(1 << 16);
            let which = LENGTHS
                .iter()
                .position(|bits| length <= 1 << bits)
                .unwrap_or(3);
            bits.push(1, 1);
            bits.push(which as u32, 2);
            bits.push(length - 1, LENGTHS[which]);
            bits.push(value, 8);
            left -= length;
        }
    }
    bits.bytes
}

#[derive(Default)]
struct Writer {
    bytes: Vec<u8>,
    used: u32,
}

impl Writer {
    fn push(&mut self, value: u32, count: u32) {
        for at in (0..count).rev() {
            if self.used == 0 {
                self.bytes.push(0);
            }
            if let Some(last) = self.bytes.last_mut() {
                *last |= ((value >> at & 1) as u8) << (7 - self.used);
            }
            self.used = (self.used + 1) % 8;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn single_values_are_read() {
        // Two pixels, written value by value: clear, then opaque.
        let mut bits = Writer::default();
        bits.push(8, 32);
        bits.push(7, 5);
        for length in LENGTHS {
            bits.push(length - 1, 4);
        }
        bits.push(0, 1);
        bits.push(0, 2);
        bits.push(7, 3);
        for value in [0, 0, 0, 0, 9, 9, 9, 255] {
            bits.push(value, 8);
        }
        let mask = read(&bits.bytes, ImageSize::new(2, 1)).unwrap();
        assert_eq!(mask.to_rows(), [false, true]);
    }

    proptest! {
        #[test]
        fn brushes_go_there_and_back(width in 1_u32..30, runs in prop::collection::vec((any::<bool>(), 1_usize..90), 1..9)) {
            let mut rows: Vec<bool> = runs.iter().flat_map(|(value, count)| vec![*value; *count]).collect();
            let height = rows.len() as u32 / width;
            rows.truncate((width * height) as usize);
            let mask = Mask::from_rows(ImageSize::new(width, height), &rows).unwrap();
            prop_assert_eq!(read(&write(&mask), mask.size()).unwrap(), mask);
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            drop(read(&bytes, ImageSize::new(5, 4)));
        }
    }
}
