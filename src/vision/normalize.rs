//! From resized pixels to encoder input: levels 0 to 255 become floats around zero, laid out as each encoder wants.
//!
//! Knows nothing of resizing. Both functions are the plain twins of `shaders/patchify.wgsl` and
//! `shaders/dino_normalize.wgsl`, which read the same [`Levels`].

use rayon::prelude::*;

use super::Frame;
use crate::geometry::ImageSize;

/// Mean and standard deviation per colour, on a scale where white is 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Normalization {
    /// Subtracted from red, green and blue.
    pub mean: [f32; 3],
    /// Divides what is left.
    pub std: [f32; 3],
}

impl Normalization {
    /// CLIP's statistics, as Qwen2.5-VL's `preprocessor_config.json` states them.
    #[expect(
        clippy::excessive_precision,
        reason = "as the configuration prints them"
    )]
    pub const CLIP: Self = Self {
        mean: [0.481_454_66, 0.457_827_5, 0.408_210_73],
        std: [0.268_629_54, 0.261_302_58, 0.275_777_11],
    };
    /// Statistics of `ImageNet`, which DINOv2 was trained with.
    pub const IMAGENET: Self = Self {
        mean: [0.485, 0.456, 0.406],
        std: [0.229, 0.224, 0.225],
    };

    /// The value of every level of every colour.
    ///
    /// Divides by 255 and then by the deviation, in f32, as both reference processors do. A table keeps the GPU, whose
    /// division may be a few units off in the last place, at the very same numbers.
    #[must_use]
    pub fn levels(&self) -> Levels {
        Levels(std::array::from_fn(|colour| {
            std::array::from_fn(|level| {
                (level as f32 / 255.0 - self.mean[colour]) / self.std[colour]
            })
        }))
    }
}

/// The normalised value of each of the 256 levels of red, green and blue.
#[derive(Debug, Clone, PartialEq)]
pub struct Levels(pub [[f32; 256]; 3]);

/// How Qwen's vision tower cuts an image up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PatchLayout {
    /// Side of a patch, in pixels.
    pub patch: u32,
    /// Patches along the side of a merged cell.
    pub merge: u32,
    /// Times a still image is repeated along time.
    pub temporal: u32,
}

impl Default for PatchLayout {
    /// Qwen2.5-VL's `preprocessor_config.json`.
    fn default() -> Self {
        Self {
            patch: 14,
            merge: 2,
            temporal: 2,
        }
    }
}

/// Why an image cannot be cut into patches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PatchError {
    /// A side is no multiple of a merged cell.
    #[error(
        "the image is {size}, but both sides must be multiples of {cell} pixels; resize it first"
    )]
    Size {
        /// The image's size.
        size: ImageSize,
        /// Side of a merged cell.
        cell: u32,
    },
    /// The layout has a side of zero or one beyond all use.
    #[error("patches of {} pixels, merged by {}, repeated {} times are out of range", .0.patch, .0.merge, .0.temporal)]
    Layout(PatchLayout),
}

impl PatchLayout {
    /// Beyond this no configuration is meant seriously; it keeps every product within 32 bits.
    const MOST: u32 = 256;

    /// Side of a merged cell in pixels: both sides of an image are multiples of it.
    #[must_use]
    pub const fn cell(self) -> u32 {
        self.patch.saturating_mul(self.merge)
    }

    /// Numbers that describe one patch.
    #[must_use]
    pub const fn row(self) -> usize {
        3 * self.temporal as usize * self.patch as usize * self.patch as usize
    }

    /// Steps in time, patch rows and patch columns of an image of `size`.
    ///
    /// # Errors
    /// When a side is zero or no multiple of [`PatchLayout::cell`].
    pub fn grid(self, size: ImageSize) -> Result<[u32; 3], PatchError> {
        let useful = |side: u32| (1..=Self::MOST).contains(&side);
        if !(useful(self.patch) && useful(self.merge) && useful(self.temporal)) {
            return Err(PatchError::Layout(self));
        }
        let cell = self.cell();
        if size.is_empty() || !size.width.is_multiple_of(cell) || !size.height.is_multiple_of(cell)
        {
            return Err(PatchError::Size { size, cell });
        }
        Ok([1, size.height / self.patch, size.width / self.patch])
    }
}

/// Input of Qwen's vision tower.
#[derive(Debug, Clone, PartialEq)]
pub struct Patches {
    /// `[patches, 3 * temporal * patch * patch]`, merged cells in reading order, patches within them likewise.
    pub values: Vec<f32>,
    /// Steps in time, patch rows and patch columns of each image.
    pub grids: Vec<[u32; 3]>,
}

/// Normalises and cuts up images that were already resized; Qwen's order.
///
/// # Errors
/// When a side is no multiple of a merged cell.
pub fn patchify(frames: &[Frame], layout: PatchLayout) -> Result<Patches, PatchError> {
    let grids = frames
        .iter()
        .map(|frame| layout.grid(frame.size()))
        .collect::<Result<Vec<_>, _>>()?;
    let patches = grids.iter().map(|g| (g[1] * g[2]) as usize).sum::<usize>();
    let levels = Normalization::CLIP.levels();
    let mut values = vec![0.0; patches * layout.row()];
    let mut rest = values.as_mut_slice();
    for (frame, grid) in frames.iter().zip(&grids) {
        let (own, next) = rest.split_at_mut((grid[1] * grid[2]) as usize * layout.row());
        cut(frame, layout, &levels, own);
        rest = next;
    }
    Ok(Patches { values, grids })
}

/// One band of merged cells after the other.
fn cut(frame: &Frame, layout: PatchLayout, levels: &Levels, out: &mut [f32]) {
    let width = frame.size().width as usize;
    let (patch, merge) = (layout.patch as usize, layout.merge as usize);
    let band = width / patch * merge * layout.row();
    let pixels = frame.rgba().par_chunks_exact(width * 4 * patch * merge);
    out.par_chunks_exact_mut(band)
        .zip(pixels)
        .for_each(|(out, pixels)| {
            for (row, out) in out.chunks_exact_mut(layout.row()).enumerate() {
                let (cell, inner) = (row / (merge * merge), row % (merge * merge));
                let x = (cell * merge + inner % merge) * patch;
                let y = inner / merge * patch;
                fill(&pixels[(y * width + x) * 4..], width, layout, levels, out);
            }
        });
}

/// One patch: colour, then time, then rows. `pixels` starts at its corner.
fn fill(pixels: &[u8], width: usize, layout: PatchLayout, levels: &Levels, out: &mut [f32]) {
    let patch = layout.patch as usize;
    let slice = patch * patch;
    let slices = out.chunks_exact_mut(layout.temporal as usize * slice);
    for (colour, (out, levels)) in slices.zip(&levels.0).enumerate() {
        let (first, copies) = out.split_at_mut(slice);
        for (line, out) in pixels.chunks(width * 4).zip(first.chunks_exact_mut(patch)) {
            for (out, pixel) in out.iter_mut().zip(line.chunks_exact(4)) {
                *out = levels[usize::from(pixel[colour])];
            }
        }
        for copy in copies.chunks_exact_mut(slice) {
            copy.copy_from_slice(first);
        }
    }
}

/// Input of DINOv2.
#[derive(Debug, Clone, PartialEq)]
pub struct DinoPixels {
    /// `[3, height, width]`, one plane per colour.
    pub values: Vec<f32>,
    /// Width and height.
    pub size: ImageSize,
}

/// Normalises an image that was already resized.
#[must_use]
pub fn dino_pixels(frame: &Frame) -> DinoPixels {
    let levels = Normalization::IMAGENET.levels();
    let mut values = vec![0.0; frame.size().pixels() * 3];
    values
        .par_chunks_exact_mut(frame.size().pixels())
        .enumerate()
        .for_each(|(colour, plane)| {
            for (out, pixel) in plane.iter_mut().zip(frame.rgba().chunks_exact(4)) {
                *out = levels.0[colour][usize::from(pixel[colour])];
            }
        });
    DinoPixels {
        values,
        size: frame.size(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Red counts columns, green counts rows.
    fn ramp(width: u32, height: u32) -> Frame {
        let rgb: Vec<u8> = (0..height)
            .flat_map(|y| (0..width).flat_map(move |x| [x as u8, y as u8, 9]))
            .collect();
        Frame::from_rgb("ramp", ImageSize::new(width, height), &rgb).expect("the length fits")
    }

    fn level(value: f32, colour: usize) -> u8 {
        let Normalization { mean, std } = Normalization::CLIP;
        ((value * std[colour] + mean[colour]) * 255.0).round() as u8
    }

    #[test]
    fn patches_come_in_groups_of_four() {
        let patches = patchify(&[ramp(56, 28)], PatchLayout::default()).expect("fits");
        assert_eq!(patches.grids, [[1, 2, 4]]);
        let corners: Vec<(u8, u8)> = patches
            .values
            .chunks_exact(1176)
            .map(|row| (level(row[0], 0), level(row[392], 1)))
            .collect();
        let first = [(0, 0), (14, 0), (0, 14), (14, 14)];
        let second = [(28, 0), (42, 0), (28, 14), (42, 14)];
        assert_eq!(corners, [first, second].concat());
    }

    #[test]
    fn a_still_image_is_repeated_along_time() {
        let patches = patchify(&[ramp(28, 28)], PatchLayout::default()).expect("fits");
        for row in patches.values.chunks_exact(1176) {
            for colour in row.chunks_exact(392) {
                assert_eq!(colour[..196], colour[196..]);
            }
        }
    }

    #[test]
    fn several_images_follow_each_other() {
        let layout = PatchLayout::default();
        let frames = [ramp(28, 56), ramp(84, 28)];
        let both = patchify(&frames, layout).expect("fits");
        let alone = patchify(&frames[1..], layout).expect("fits");
        assert_eq!(both.values[8 * 1176..], alone.values);
        assert_eq!(both.grids, [[1, 4, 2], [1, 2, 6]]);
    }

    #[test]
    fn a_ragged_image_or_a_senseless_layout_is_refused() {
        let layout = PatchLayout::default();
        let ragged = patchify(&[ramp(30, 28)], layout);
        assert!(matches!(ragged, Err(PatchError::Size { cell: 28, .. })));
        let nothing = PatchLayout { patch: 0, ..layout };
        assert!(patchify(&[ramp(28, 28)], nothing).is_err());
    }

    #[test]
    fn dino_planes_are_colours() {
        let pixels = dino_pixels(&ramp(3, 2));
        let Normalization { mean, std } = Normalization::IMAGENET;
        let value = |level: f32, colour: usize| (level / 255.0 - mean[colour]) / std[colour];
        assert_eq!(pixels.values[2].to_bits(), value(2.0, 0).to_bits());
        assert_eq!(pixels.values[6 + 3].to_bits(), value(1.0, 1).to_bits());
        assert_eq!(pixels.values.len(), 18);
    }
}
