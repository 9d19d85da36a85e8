//! How a frame is resized for an encoder, and the way back: the model answers in pixels of the *resized* image.

use crate::geometry::{ImagePoint, ImageSize};

/// A resize from `source` to `target`; both axes scale on their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fit {
    /// Size of the original image.
    pub source: ImageSize,
    /// Size the encoder sees.
    pub target: ImageSize,
}

/// Least and most pixels an image may have after [`Fit::smart`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PixelLimits {
    /// Fewer are scaled up.
    pub min: u64,
    /// More are scaled down.
    pub max: u64,
}

impl Default for PixelLimits {
    /// Qwen2.5-VL's `preprocessor_config.json`: 4 and 16384 merged cells of 28 x 28 pixels.
    fn default() -> Self {
        Self {
            min: 3136,
            max: 12_845_056,
        }
    }
}

/// Why an image cannot be fitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FitError {
    /// A side is zero.
    #[error("the image is empty ({0}); open another one")]
    Empty(ImageSize),
    /// One side is over 200 times the other.
    #[error("the image is {0}: one side is over 200 times the other; crop it first")]
    Aspect(ImageSize),
    /// A side is shorter than the image processor accepts.
    #[error("the image is {size}: a side is under {least} pixels; enlarge it first")]
    Short {
        /// Its size.
        size: ImageSize,
        /// Pixels that each side needs.
        least: u32,
    },
}

impl Fit {
    /// Resizes to `target`, not keeping the aspect.
    #[must_use]
    pub const fn stretch(source: ImageSize, target: ImageSize) -> Self {
        Self { source, target }
    }

    /// Qwen's `smart_resize`: both sides a multiple of `factor`, the number of pixels within `limits`, the aspect
    /// kept as far as that allows. Sides are rounded half to even.
    ///
    /// # Errors
    /// When the image is empty or one side is over 200 times the other.
    pub fn smart(source: ImageSize, factor: u32, limits: PixelLimits) -> Result<Self, FitError> {
        check(source)?;
        let target = rounded(source, factor, factor, limits);
        Ok(Self::stretch(source, target))
    }

    /// The stricter `smart_resize` of Hugging Face's image processor (transformers 4.52): it refuses sides under
    /// `factor` instead of widening them. A long strip over `limits.max` may come out with a side of zero, as there;
    /// [`Fit::smart`] never does that.
    ///
    /// # Errors
    /// When the image is empty, a side is under `factor`, or one side is over 200 times the other.
    pub fn processor(
        source: ImageSize,
        factor: u32,
        limits: PixelLimits,
    ) -> Result<Self, FitError> {
        check(source)?;
        if source.width.min(source.height) < factor {
            return Err(FitError::Short {
                size: source,
                least: factor,
            });
        }
        let target = rounded(source, factor, 0, limits);
        Ok(Self::stretch(source, target))
    }

    /// torchvision's `Resize(side)`: the shorter side becomes `side`, the longer one is cut to a whole number, and to
    /// 200 times `side` so that a hostile strip cannot ask for all memory.
    #[must_use]
    pub fn shorter_side(source: ImageSize, side: u32) -> Self {
        let (w, h) = (source.width, source.height);
        let long = |long: u32, short: u32| {
            let length = u64::from(side) * u64::from(long) / u64::from(short.max(1));
            length.min(u64::from(side) * 200) as u32
        };
        let target = if w <= h {
            ImageSize::new(side, long(h, w))
        } else {
            ImageSize::new(long(w, h), side)
        };
        Self::stretch(source, target)
    }

    /// From original pixels to encoder pixels.
    #[must_use]
    pub fn to_target(&self, p: ImagePoint) -> ImagePoint {
        scale(p, self.source, self.target)
    }

    /// From encoder pixels back to original pixels.
    #[must_use]
    pub fn to_source(&self, p: ImagePoint) -> ImagePoint {
        scale(p, self.target, self.source)
    }
}

fn check(source: ImageSize) -> Result<(), FitError> {
    if source.is_empty() {
        return Err(FitError::Empty(source));
    }
    let (h, w) = (f64::from(source.height), f64::from(source.width));
    if h.max(w) / h.min(w) > 200.0 {
        return Err(FitError::Aspect(source));
    }
    Ok(())
}

/// Both sides a multiple of `factor` and at least `least`, the pixels within `limits`.
fn rounded(source: ImageSize, factor: u32, least: u32, limits: PixelLimits) -> ImageSize {
    let (h, w) = (f64::from(source.height), f64::from(source.width));
    let (f, least) = (f64::from(factor), f64::from(least));
    let mut hb = ((h / f).round_ties_even() * f).max(least);
    let mut wb = ((w / f).round_ties_even() * f).max(least);
    if hb * wb > limits.max as f64 {
        let beta = (h * w / limits.max as f64).sqrt();
        hb = ((h / beta / f).floor() * f).max(least);
        wb = ((w / beta / f).floor() * f).max(least);
    } else if hb * wb < limits.min as f64 {
        let beta = (limits.min as f64 / (h * w)).sqrt();
        hb = (h * beta / f).ceil() * f;
        wb = (w * beta / f).ceil() * f;
    }
    ImageSize::new(wb as u32, hb as u32)
}

fn scale(p: ImagePoint, from: ImageSize, to: ImageSize) -> ImagePoint {
    ImagePoint::new(
        p.x * to.width as f32 / from.width as f32,
        p.y * to.height as f32 / from.height as f32,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn smart(w: u32, h: u32, limits: PixelLimits) -> (u32, u32) {
        let fit = Fit::smart(ImageSize::new(w, h), 28, limits).expect("fits");
        (fit.target.width, fit.target.height)
    }

    #[test]
    fn smart_resize_gives_the_published_sizes() {
        let wide = PixelLimits::default();
        assert_eq!(smart(640, 480, wide), (644, 476));
        assert_eq!(smart(1280, 720, wide), (1288, 728));
        assert_eq!(smart(98, 70, wide), (112, 56));
        assert_eq!(smart(200, 30, wide), (196, 28));
        let training = PixelLimits {
            min: 784,
            max: 50_176,
        };
        assert_eq!(smart(640, 480, training), (252, 168));
    }

    #[test]
    fn there_and_back_is_the_same_point() {
        let fit = Fit::smart(ImageSize::new(253, 143), 28, PixelLimits::default()).expect("fits");
        let p = ImagePoint::new(17.25, 99.5);
        assert!(fit.to_source(fit.to_target(p)).distance(p) < 1e-4);
    }

    #[test]
    fn an_impossible_shape_is_refused() {
        let limits = PixelLimits::default();
        assert!(matches!(
            Fit::smart(ImageSize::new(0, 5), 28, limits),
            Err(FitError::Empty(_))
        ));
        assert!(matches!(
            Fit::smart(ImageSize::new(1, 201), 28, limits),
            Err(FitError::Aspect(_))
        ));
    }

    #[test]
    fn the_processor_refuses_what_the_first_step_widens() {
        let small = ImageSize::new(14, 70);
        let limits = PixelLimits::default();
        assert!(Fit::smart(small, 28, limits).is_ok());
        let refused = Fit::processor(small, 28, limits);
        assert!(matches!(refused, Err(FitError::Short { least: 28, .. })));
    }

    #[test]
    fn a_shorter_side_keeps_the_aspect_up_to_200_to_1() {
        let target = |w, h| Fit::shorter_side(ImageSize::new(w, h), 224).target;
        assert_eq!(target(640, 480), ImageSize::new(298, 224));
        assert_eq!(target(441, 616), ImageSize::new(224, 312));
        assert_eq!(target(1, u32::MAX), ImageSize::new(224, 44_800));
    }
}
