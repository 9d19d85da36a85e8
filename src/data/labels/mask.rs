//! Masks: runs of pixels, down the columns, as COCO counts them.
//!
//! Runs alternate between background and object and begin with background. The compressed text and the order of
//! pixels are those of pycocotools' `maskApi.c`.

use serde::{Deserialize, Serialize};

use super::geometry::Rect;
use crate::geometry::ImageSize;

/// Most pixels of a mask: 64 megapixels, which is 64 MB while its rows are written.
pub const MAX_PIXELS: usize = 1 << 26;

/// Which pixels belong to an object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mask {
    size: ImageSize,
    counts: Vec<u32>,
}

/// Why something is not a mask.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize)]
pub enum MaskError {
    /// More pixels than are taken.
    #[error("the mask is {0} pixels, more than {MAX_PIXELS}; scale it down")]
    TooLarge(ImageSize),
    /// The runs do not cover the picture, or go beyond it.
    #[error("the runs of the mask cover {covered} pixels, the picture has {pixels}")]
    Coverage {
        /// Pixels that the runs cover.
        covered: u64,
        /// Pixels of the picture.
        pixels: usize,
    },
    /// The compressed text breaks off or holds a foreign character.
    #[error("the compressed mask is damaged at byte {0}")]
    Text(usize),
    /// Something else that makes it unreadable.
    #[error("the mask is damaged: {0}")]
    Damaged(String),
}

impl Mask {
    /// From runs, background first.
    ///
    /// # Errors
    /// When the picture is too large, or the runs do not cover it exactly.
    pub fn new(size: ImageSize, counts: Vec<u32>) -> Result<Self, MaskError> {
        check(size)?;
        let covered: u64 = counts.iter().copied().map(u64::from).sum();
        if covered != size.pixels() as u64 {
            return Err(MaskError::Coverage {
                covered,
                pixels: size.pixels(),
            });
        }
        Ok(Self { size, counts })
    }

    /// From COCO's compressed text.
    ///
    /// # Errors
    /// When the text is damaged or its runs do not cover the picture.
    pub fn from_text(size: ImageSize, text: &str) -> Result<Self, MaskError> {
        check(size)?;
        let (bytes, mut at) = (text.as_bytes(), 0);
        let mut counts: Vec<u32> = Vec::new();
        while at < bytes.len() {
            let mut value = number(bytes, &mut at)?;
            if counts.len() > 2 {
                value += i64::from(counts[counts.len() - 2]);
            }
            counts.push(u32::try_from(value).map_err(|_| MaskError::Text(at))?);
        }
        Self::new(size, counts)
    }

    /// From rows of pixels, top to bottom.
    ///
    /// # Errors
    /// When the rows do not cover the picture exactly, or it is too large.
    pub fn from_rows(size: ImageSize, inside: &[bool]) -> Result<Self, MaskError> {
        check(size)?;
        if inside.len() != size.pixels() {
            return Err(MaskError::Coverage {
                covered: inside.len() as u64,
                pixels: size.pixels(),
            });
        }
        let (width, height) = (size.width as usize, size.height as usize);
        let down = (0..width).flat_map(|x| (0..height).map(move |y| inside[y * width + x]));
        Self::new(size, runs(down))
    }

    /// Size of the picture.
    #[must_use]
    pub const fn size(&self) -> ImageSize {
        self.size
    }

    /// Lengths of the runs, background first.
    #[must_use]
    pub fn counts(&self) -> &[u32] {
        &self.counts
    }

    /// COCO's compressed text.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        for (i, count) in self.counts.iter().enumerate() {
            let before = if i > 2 { self.counts[i - 2] } else { 0 };
            push_number(&mut text, i64::from(*count) - i64::from(before));
        }
        text
    }

    /// Rows of pixels, top to bottom.
    #[must_use]
    pub fn to_rows(&self) -> Vec<bool> {
        let (width, height) = (self.size.width as usize, self.size.height as usize);
        let mut rows = vec![false; width * height];
        for (start, end) in self.object_runs() {
            for at in start..end {
                rows[(at % height) * width + at / height] = true;
            }
        }
        rows
    }

    /// Number of pixels of the object.
    #[must_use]
    pub fn area(&self) -> u64 {
        self.counts
            .iter()
            .skip(1)
            .step_by(2)
            .copied()
            .map(u64::from)
            .sum()
    }

    /// The upright rectangle around its pixels; none where there are none.
    #[must_use]
    pub fn bounds(&self) -> Option<Rect> {
        let height = self.size.height as usize;
        let mut found: Option<[usize; 4]> = None;
        for (start, end) in self.object_runs() {
            let (x1, x2) = (start / height, (end - 1) / height);
            // A run over more than one column reaches from the bottom of the first to the top of the next.
            let (y1, y2) = if x1 == x2 {
                (start % height, (end - 1) % height)
            } else {
                (0, height - 1)
            };
            let b = found.unwrap_or([x1, y1, x2, y2]);
            found = Some([b[0].min(x1), b[1].min(y1), b[2].max(x2), b[3].max(y2)]);
        }
        found.map(|[x1, y1, x2, y2]| Rect {
            x1: x1 as f64,
            y1: y1 as f64,
            x2: (x2 + 1) as f64,
            y2: (y2 + 1) as f64,
        })
    }

    /// Start and end of every run of the object, counted down the columns.
    pub(super) fn object_runs(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        let mut at = 0;
        self.counts
            .iter()
            .enumerate()
            .filter_map(move |(i, count)| {
                let start = at;
                at += *count as usize;
                (i % 2 == 1 && *count > 0).then_some((start, at))
            })
    }
}

pub(super) fn check(size: ImageSize) -> Result<(), MaskError> {
    let pixels = u64::from(size.width) * u64::from(size.height);
    if pixels > MAX_PIXELS as u64 {
        return Err(MaskError::TooLarge(size));
    }
    Ok(())
}

/// Lengths of runs, the first of which is of `false`.
pub(super) fn runs(pixels: impl IntoIterator<Item = bool>) -> Vec<u32> {
    let (mut counts, mut value, mut count) = (Vec::new(), false, 0_u32);
    for pixel in pixels {
        if pixel != value {
            counts.push(count);
            (value, count) = (pixel, 0);
        }
        count += 1;
    }
    counts.push(count);
    counts
}

/// One signed number of the compressed text: five bits a character, the lowest first.
fn number(bytes: &[u8], at: &mut usize) -> Result<i64, MaskError> {
    let (mut value, mut shift) = (0_i64, 0_u32);
    loop {
        let byte = *bytes.get(*at).ok_or(MaskError::Text(*at))?;
        let bits = byte.checked_sub(48).filter(|bits| *bits < 64 && shift < 40);
        let bits = i64::from(bits.ok_or(MaskError::Text(*at))?);
        *at += 1;
        value |= (bits & 0x1f) << shift;
        shift += 5;
        if bits & 0x20 == 0 {
            return Ok(if bits & 0x10 == 0 {
                value
            } else {
                value | (-1 << shift)
            });
        }
    }
}

fn push_number(text: &mut String, mut value: i64) {
    loop {
        let bits = (value & 0x1f) as u8;
        value >>= 5;
        let more = if bits & 0x10 == 0 {
            value != 0
        } else {
            value != -1
        };
        let byte = bits + 48 + if more { 0x20 } else { 0 };
        text.push(char::from(byte));
        if !more {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Written by pycocotools for the outline of a cup: 392 pixels within [99, 55, 39, 28].
    const CUP: &str =
        "je;1f30O2O0O2O0O2N101N101N2O0O2O0O2O0O2O010101N100O2N101N101N101N100O2N101N101N10m_2";

    #[test]
    fn a_mask_of_pycocotools_is_read_and_written() {
        let mask = Mask::from_text(ImageSize::new(160, 120), CUP).expect("reads");
        assert_eq!(mask.area(), 392);
        assert_eq!(
            mask.bounds(),
            Some(Rect::from_xywh([99.0, 55.0, 39.0, 28.0]))
        );
        assert_eq!(mask.to_text(), CUP);
    }

    #[test]
    fn columns_come_before_rows() {
        let size = ImageSize::new(3, 2);
        let rows = [false, true, false, false, true, true];
        let mask = Mask::from_rows(size, &rows).expect("covers");
        assert_eq!(mask.counts(), [2, 2, 1, 1]);
        assert_eq!(mask.to_rows(), rows);
    }

    #[test]
    fn damaged_masks_are_refused() {
        let size = ImageSize::new(4, 4);
        assert!(Mask::new(size, vec![3]).is_err());
        assert!(Mask::new(size, vec![u32::MAX, u32::MAX]).is_err());
        assert!(Mask::new(ImageSize::new(u32::MAX, u32::MAX), vec![]).is_err());
        for text in ["P", "\u{0}", "zzzzzzzzzzzzzzzzzzz", "é"] {
            assert!(Mask::from_text(size, text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn rows_and_text_go_there_and_back(width in 1_u32..40, height in 1_u32..40, seed: u64) {
            let mut state = seed | 1;
            let rows: Vec<bool> = (0..width * height).map(|_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                state >> 62 == 0
            }).collect();
            let size = ImageSize::new(width, height);
            let mask = Mask::from_rows(size, &rows).unwrap();
            prop_assert_eq!(mask.to_rows(), rows);
            prop_assert_eq!(Mask::from_text(size, &mask.to_text()).unwrap(), mask);
        }

        #[test]
        fn any_text_is_read_or_refused(text in ".{0,60}", width in 0_u32..100, height in 0_u32..100) {
            if let Ok(mask) = Mask::from_text(ImageSize::new(width, height), &text) {
                prop_assert!(mask.area() <= mask.size().pixels() as u64);
                let _bounds = mask.bounds();
            }
        }
    }
}
