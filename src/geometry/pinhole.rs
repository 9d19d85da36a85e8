//! A camera without distortion.
//!
//! Camera frame: x right, y down, z forward, metres. Image: pixels from the outer corner of the top-left pixel.

use serde::{Deserialize, Serialize};

use super::{ImagePoint, ImageSize};

/// Focal lengths and principal point of a camera, in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Pinhole {
    /// Focal length along x.
    pub fx: f64,
    /// Focal length along y.
    pub fy: f64,
    /// Principal point from the left edge.
    pub cx: f64,
    /// Principal point from the top edge.
    pub cy: f64,
    /// The image.
    pub size: ImageSize,
}

impl Pinhole {
    /// Square pixels, looking through the middle of the image, `fov_y` radians from its top edge to its bottom edge.
    #[must_use]
    pub fn from_fov(size: ImageSize, fov_y: f64) -> Self {
        let focal = f64::from(size.height) / 2.0 / (fov_y / 2.0).tan();
        Self {
            fx: focal,
            fy: focal,
            cx: f64::from(size.width) / 2.0,
            cy: f64::from(size.height) / 2.0,
            size,
        }
    }

    /// Where a point of the camera's frame appears, inside the image or not; nowhere if it lies behind the camera.
    #[must_use]
    pub fn project(&self, [x, y, z]: [f64; 3]) -> Option<ImagePoint> {
        (z > 0.0).then(|| {
            ImagePoint::new(
                (self.fx * x / z + self.cx) as f32,
                (self.fy * y / z + self.cy) as f32,
            )
        })
    }

    /// The point of the camera's frame that appears at `point` with this depth along z.
    #[must_use]
    pub fn unproject(&self, point: ImagePoint, depth: f64) -> [f64; 3] {
        let x = (f64::from(point.x) - self.cx) / self.fx * depth;
        let y = (f64::from(point.y) - self.cy) / self.fy * depth;
        [x, y, depth]
    }

    /// The same camera with its picture resized.
    #[must_use]
    pub fn resized(&self, size: ImageSize) -> Self {
        let x = f64::from(size.width) / f64::from(self.size.width);
        let y = f64::from(size.height) / f64::from(self.size.height);
        Self {
            fx: self.fx * x,
            fy: self.fy * y,
            cx: self.cx * x,
            cy: self.cy * y,
            size,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CAMERA: Pinhole = Pinhole {
        fx: 623.588,
        fy: 623.588,
        cx: 319.501,
        cy: 239.545,
        size: ImageSize::new(640, 480),
    };

    #[test]
    fn a_point_comes_back_from_the_image() {
        let pixel = CAMERA.project([0.1, -0.2, 0.8]).unwrap();
        let back = CAMERA.unproject(pixel, 0.8);
        for (a, b) in back.iter().zip([0.1, -0.2, 0.8]) {
            assert!((a - b).abs() < 1e-7);
        }
    }

    #[test]
    fn nothing_behind_the_camera_is_seen() {
        assert_eq!(CAMERA.project([0.0, 0.0, -1.0]), None);
    }

    #[test]
    fn half_the_picture_has_half_the_pixels_everywhere() {
        let half = CAMERA.resized(ImageSize::new(320, 240));
        let (whole, part) = (
            CAMERA.project([0.1, 0.1, 1.0]).unwrap(),
            half.project([0.1, 0.1, 1.0]).unwrap(),
        );
        assert!((whole.x / 2.0 - part.x).abs() < 1e-3 && (whole.y / 2.0 - part.y).abs() < 1e-3);
    }
}
