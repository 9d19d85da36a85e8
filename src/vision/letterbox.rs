//! The whole image as large as it fits in another shape, with black around it, and the way back.

use super::Fit;
use crate::geometry::{ImagePoint, ImageSize};

/// A resize that keeps the aspect and pads the rest, as openpi's `resize_with_pad` places it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Letterbox {
    /// Size of the original image.
    pub source: ImageSize,
    /// Size of the padded image.
    pub target: ImageSize,
    /// Size of the image within it.
    pub inner: ImageSize,
    /// Black columns on the left.
    pub left: u32,
    /// Black rows at the top.
    pub top: u32,
}

impl Letterbox {
    /// Fits `source` into `target`; sides of zero count as one.
    #[must_use]
    pub fn new(source: ImageSize, target: ImageSize) -> Self {
        let whole = |size: ImageSize| ImageSize::new(size.width.max(1), size.height.max(1));
        let (source, target) = (whole(source), whole(target));
        let ratio = f64::max(
            f64::from(source.width) / f64::from(target.width),
            f64::from(source.height) / f64::from(target.height),
        );
        // The reference cuts, so a thin image may lose a column to rounding; it must not lose all.
        let shrink = |side: u32, most: u32| ((f64::from(side) / ratio) as u32).clamp(1, most);
        let inner = ImageSize::new(
            shrink(source.width, target.width),
            shrink(source.height, target.height),
        );
        Self {
            source,
            target,
            inner,
            left: (target.width - inner.width) / 2,
            top: (target.height - inner.height) / 2,
        }
    }

    /// From original pixels to pixels of the padded image.
    #[must_use]
    pub fn to_target(&self, p: ImagePoint) -> ImagePoint {
        let p = Fit::stretch(self.source, self.inner).to_target(p);
        ImagePoint::new(p.x + self.left as f32, p.y + self.top as f32)
    }

    /// From pixels of the padded image back to original pixels.
    #[must_use]
    pub fn to_source(&self, p: ImagePoint) -> ImagePoint {
        let p = ImagePoint::new(p.x - self.left as f32, p.y - self.top as f32);
        Fit::stretch(self.source, self.inner).to_source(p)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wide_image_gets_bars_above_and_below() {
        let letterbox = Letterbox::new(ImageSize::new(441, 333), ImageSize::new(112, 112));
        assert_eq!(letterbox.inner, ImageSize::new(112, 84));
        assert_eq!((letterbox.left, letterbox.top), (0, 14));
    }

    #[test]
    fn there_and_back_is_the_same_point() {
        let letterbox = Letterbox::new(ImageSize::new(171, 225), ImageSize::new(224, 224));
        let p = ImagePoint::new(12.5, 200.25);
        assert!(letterbox.to_source(letterbox.to_target(p)).distance(p) < 1e-4);
        let corner = letterbox.to_target(ImagePoint::new(0.0, 0.0));
        assert!((corner.x - letterbox.left as f32).abs() < 1e-6);
    }

    #[test]
    fn a_thread_keeps_one_column() {
        let letterbox = Letterbox::new(ImageSize::new(1, 5000), ImageSize::new(224, 224));
        assert_eq!(letterbox.inner.width, 1);
    }
}
