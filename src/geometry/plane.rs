//! The image plane: points, sizes and rectangles in pixels.
//!
//! Frame: origin at the *outer corner* of the top-left pixel, x to the right, y down. The centre of the first
//! pixel is (0.5, 0.5). Unit: pixels of the image named by the holder.

use serde::{Deserialize, Serialize};

/// A position in an image, in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct ImagePoint {
    /// Distance from the left edge.
    pub x: f32,
    /// Distance from the top edge.
    pub y: f32,
}

impl ImagePoint {
    /// A point at `x`, `y`.
    #[must_use]
    pub const fn new(x: f32, y: f32) -> Self {
        Self { x, y }
    }

    /// Euclidean distance to `other`, in pixels.
    #[must_use]
    pub fn distance(self, other: Self) -> f32 {
        (self.x - other.x).hypot(self.y - other.y)
    }
}

/// Width and height of an image, in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct ImageSize {
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
}

impl ImageSize {
    /// A size of `width` columns by `height` rows.
    #[must_use]
    pub const fn new(width: u32, height: u32) -> Self {
        Self { width, height }
    }

    /// Number of pixels.
    #[must_use]
    pub const fn pixels(self) -> usize {
        self.width as usize * self.height as usize
    }

    /// Whether a side is zero.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.width == 0 || self.height == 0
    }

    /// The point of the image nearest to `point`, edges included.
    #[must_use]
    pub fn clamp(self, point: ImagePoint) -> ImagePoint {
        ImagePoint::new(
            point.x.clamp(0.0, self.width as f32),
            point.y.clamp(0.0, self.height as f32),
        )
    }

    /// Whether `point` lies inside the image, edges included.
    #[must_use]
    pub fn contains(self, point: ImagePoint) -> bool {
        self.clamp(point) == point
    }
}

impl std::fmt::Display for ImageSize {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}x{}", self.width, self.height)
    }
}
