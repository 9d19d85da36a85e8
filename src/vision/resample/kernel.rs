//! The filter weights of one axis, as fixed-point numbers: the same table serves the CPU and `shaders/resize.wgsl`.
//!
//! Follows `precompute_coeffs` and `normalize_coeffs_8bpc` of Pillow's `Resample.c` step by step, since an encoder
//! was trained on those roundings. Positions are source pixels.

use crate::geometry::ImageSize;

/// Binary digits behind the point of a weight: 32 less 8 for the pixel and 2 for the overshoot of a filter (Pillow).
pub const PRECISION_BITS: u32 = 32 - 8 - 2;

/// A reconstruction filter; widened when an axis shrinks, so that nothing is skipped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Filter {
    /// Keys' cubic with a = -0.5, which Pillow calls BICUBIC.
    Bicubic,
    /// The triangle, which Pillow calls BILINEAR.
    Bilinear,
}

impl Filter {
    /// Half the width at scale 1, in source pixels.
    const fn support(self) -> f64 {
        match self {
            Self::Bicubic => 2.0,
            Self::Bilinear => 1.0,
        }
    }

    fn weight(self, distance: f64) -> f64 {
        let x = distance.abs();
        match self {
            Self::Bicubic => keys(x),
            Self::Bilinear => (1.0 - x).max(0.0),
        }
    }
}

/// Written in the reference's order of operations, so that the last bit agrees.
fn keys(x: f64) -> f64 {
    const A: f64 = -0.5;
    if x < 1.0 {
        ((A + 2.0) * x - (A + 3.0)) * x * x + 1.0
    } else if x < 2.0 {
        (((x - 5.0) * x + 8.0) * x - 4.0) * A
    } else {
        0.0
    }
}

/// Along which side a pass works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Axis {
    /// Along rows: the width changes.
    Horizontal,
    /// Along columns: the height changes.
    Vertical,
}

impl Axis {
    /// The side of `size` along this axis.
    #[must_use]
    pub const fn length(self, size: ImageSize) -> u32 {
        match self {
            Self::Horizontal => size.width,
            Self::Vertical => size.height,
        }
    }

    const fn replaced(self, size: ImageSize, by: ImageSize) -> ImageSize {
        match self {
            Self::Horizontal => ImageSize::new(by.width, size.height),
            Self::Vertical => ImageSize::new(size.width, by.height),
        }
    }
}

/// The passes from `source` to `target` with the size after each; an axis that keeps its length has none.
///
/// Rows come first, unless the height loses over twice as many pixels as the width (Pillow 13; before that rows always
/// came first). The order shows: levels are rounded in between.
pub fn passes(source: ImageSize, target: ImageSize) -> impl Iterator<Item = (Axis, ImageSize)> {
    let lost = |axis: Axis| i64::from(axis.length(source)) - i64::from(axis.length(target));
    let height = lost(Axis::Vertical);
    let order = if height > 0 && height > 2 * lost(Axis::Horizontal) {
        [Axis::Vertical, Axis::Horizontal]
    } else {
        [Axis::Horizontal, Axis::Vertical]
    };
    let changed = move |axis: &Axis| axis.length(source) != axis.length(target);
    order
        .into_iter()
        .filter(changed)
        .scan(source, move |size, axis| {
            *size = axis.replaced(*size, target);
            Some((axis, *size))
        })
}

/// For each pixel along the target axis: the first source pixel and the weights of it and its followers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kernel {
    first: Vec<u32>,
    weights: Vec<i32>,
    taps: usize,
}

impl Kernel {
    /// Weights that bring `source` pixels to `target` pixels. A side of zero counts as one.
    #[must_use]
    pub fn new(source: u32, target: u32, filter: Filter) -> Self {
        let (source, target) = (source.max(1), target.max(1));
        let windows: Vec<Window> = (0..target)
            .map(|index| Window::new(source, target, index, filter))
            .collect();
        let taps = windows.iter().map(|w| w.weights.len()).max().unwrap_or(1);
        let mut kernel = Self {
            first: Vec::with_capacity(windows.len()),
            weights: Vec::with_capacity(windows.len() * taps),
            taps,
        };
        for window in windows {
            kernel.push(&window, source);
        }
        kernel
    }

    /// All windows get the same length. One that would then reach past the end starts earlier, with zeros in front:
    /// the sum stays the same and no reader has to look for the edge.
    fn push(&mut self, window: &Window, source: u32) {
        let first = window.first.min(source - self.taps as u32);
        let front = (window.first - first) as usize;
        let back = self.taps - front - window.weights.len();
        self.first.push(first);
        self.weights.extend(std::iter::repeat_n(0, front));
        self.weights.extend_from_slice(&window.weights);
        self.weights.extend(std::iter::repeat_n(0, back));
    }

    /// Source pixels that make one target pixel.
    #[must_use]
    pub const fn taps(&self) -> usize {
        self.taps
    }

    /// The first source pixel of every target pixel; `first + taps` never exceeds the source.
    #[must_use]
    pub fn first(&self) -> &[u32] {
        &self.first
    }

    /// The weights of every target pixel, [`Kernel::taps`] each, in units of 2^-[`PRECISION_BITS`].
    #[must_use]
    pub fn weights(&self) -> &[i32] {
        &self.weights
    }

    /// First source pixel and weights of every target pixel in order.
    #[must_use]
    pub fn windows(&self) -> impl ExactSizeIterator<Item = (usize, &[i32])> {
        self.first
            .iter()
            .zip(self.weights.chunks_exact(self.taps))
            .map(|(&first, weights)| (first as usize, weights))
    }

    /// First source pixel and weights of the target pixel at `index`, or none past the end.
    #[must_use]
    pub fn window(&self, index: usize) -> Option<(usize, &[i32])> {
        let start = index * self.taps;
        let weights = self.weights.get(start..start + self.taps)?;
        Some((*self.first.get(index)? as usize, weights))
    }

    /// One row per target pixel, `[first, weight, weight, ..]`: what the compute kernel reads.
    #[must_use]
    pub fn table(&self) -> Vec<i32> {
        self.windows()
            .flat_map(|(first, weights)| {
                std::iter::once(first as i32).chain(weights.iter().copied())
            })
            .collect()
    }
}

/// The weights of one target pixel before all get the same length.
struct Window {
    first: u32,
    weights: Vec<i32>,
}

impl Window {
    fn new(source: u32, target: u32, index: u32, filter: Filter) -> Self {
        let scale = f64::from(source) / f64::from(target);
        let stretch = scale.max(1.0);
        let support = filter.support() * stretch;
        let center = (f64::from(index) + 0.5) * scale;
        // `as` cuts towards zero and stops at 0, like the reference's cast and the check behind it.
        let first = (center - support + 0.5) as u32;
        let end = ((center + support + 0.5) as u32).min(source);
        let inverse = 1.0 / stretch;
        let exact: Vec<f64> = (first..end)
            .map(|x| filter.weight((f64::from(x) - center + 0.5) * inverse))
            .collect();
        let sum: f64 = exact.iter().sum();
        let weights = exact.iter().map(|w| fixed(w / sum)).collect();
        Self { first, weights }
    }
}

/// To fixed point, halves away from zero.
fn fixed(weight: f64) -> i32 {
    let scaled = weight * f64::from(1_u32 << PRECISION_BITS);
    (scaled + if weight < 0.0 { -0.5 } else { 0.5 }) as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: i32 = 1 << PRECISION_BITS;

    #[test]
    fn columns_come_first_where_the_height_loses_over_twice_as_much() {
        let first = |source: (u32, u32), target: (u32, u32)| {
            let (source, target) = (ImageSize::new(source.0, source.1), target);
            passes(source, ImageSize::new(target.0, target.1)).next()
        };
        let across = |w, h| Some((Axis::Horizontal, ImageSize::new(w, h)));
        let down = |w, h| Some((Axis::Vertical, ImageSize::new(w, h)));
        assert_eq!(first((40, 80), (37, 74)), across(37, 80));
        assert_eq!(first((40, 80), (37, 73)), down(40, 73));
        assert_eq!(first((171, 225), (224, 224)), down(171, 224));
        assert_eq!(first((40, 50), (60, 51)), across(60, 50));
        assert_eq!(first((40, 50), (40, 51)), down(40, 51));
        assert_eq!(first((40, 50), (40, 50)), None);
    }

    #[test]
    fn doubling_a_row_weighs_three_to_one() {
        let kernel = Kernel::new(4, 8, Filter::Bilinear);
        let (first, weights) = kernel.window(3).expect("inside");
        assert_eq!((first, weights), (1, [ONE / 4 * 3, ONE / 4].as_slice()));
    }

    #[test]
    fn weights_add_up_to_one_but_for_rounding() {
        for (source, target) in [(640, 448), (7, 1), (3, 500), (1920, 1932), (1, 9)] {
            let kernel = Kernel::new(source, target, Filter::Bicubic);
            assert_eq!(kernel.windows().len(), target as usize);
            for (first, weights) in kernel.windows() {
                let error = (weights.iter().sum::<i32>() - ONE).unsigned_abs();
                assert!(
                    error as usize <= weights.len(),
                    "{source}->{target}: {error}"
                );
                assert!(first + weights.len() <= source as usize);
            }
        }
    }

    #[test]
    fn the_table_holds_first_and_weights() {
        let kernel = Kernel::new(5, 3, Filter::Bicubic);
        let table = kernel.table();
        for (row, (first, weights)) in table.chunks_exact(kernel.taps() + 1).zip(kernel.windows()) {
            assert_eq!(row[0] as usize, first);
            assert_eq!(&row[1..], weights);
        }
        assert!(kernel.window(3).is_none());
    }
}
