//! A picture that was captured or decoded once and is then only shared.

use std::sync::Arc;
use std::time::Duration;

use crate::geometry::ImageSize;

/// One picture of one camera: RGBA, 8 bits a channel, rows from the top, alpha always 255. Cloning shares the pixels.
#[derive(Clone, PartialEq)]
pub struct Frame {
    size: ImageSize,
    pixels: Arc<[u8]>,
    camera: Arc<str>,
    /// Counts up with each new picture of the same source.
    pub seq: u64,
    /// Time since the source was opened, or the presentation time in a file.
    pub stamp: Duration,
}

/// Why pixels could not become a [`Frame`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// A side is zero.
    #[error("the picture of {camera} is empty ({size}); choose another file or camera format")]
    Empty {
        /// Where it came from.
        camera: String,
        /// The size that was claimed.
        size: ImageSize,
    },
    /// The buffer does not hold width x height x channels bytes.
    #[error("the picture of {camera} claims {size} but holds {found} bytes instead of {expected}")]
    Length {
        /// Where it came from.
        camera: String,
        /// The size that was claimed.
        size: ImageSize,
        /// Bytes that size needs.
        expected: usize,
        /// Bytes found.
        found: usize,
    },
}

impl Frame {
    /// Wraps RGBA bytes; alpha is overwritten with 255 by nobody, so give it opaque pixels.
    ///
    /// # Errors
    /// When a side is zero or the length is not width x height x 4.
    pub fn from_rgba(
        camera: &str,
        size: ImageSize,
        pixels: impl Into<Arc<[u8]>>,
    ) -> Result<Self, FrameError> {
        let pixels = pixels.into();
        check(camera, size, 4, pixels.len())?;
        Ok(Self {
            size,
            pixels,
            camera: camera.into(),
            seq: 0,
            stamp: Duration::ZERO,
        })
    }

    /// Widens RGB bytes to an opaque frame.
    ///
    /// # Errors
    /// When a side is zero or the length is not width x height x 3.
    pub fn from_rgb(camera: &str, size: ImageSize, rgb: &[u8]) -> Result<Self, FrameError> {
        check(camera, size, 3, rgb.len())?;
        let pixels: Vec<u8> = rgb
            .chunks_exact(3)
            .flat_map(|p| [p[0], p[1], p[2], 255])
            .collect();
        Self::from_rgba(camera, size, pixels)
    }

    /// The same picture with another number and time.
    #[must_use]
    pub fn stamped(mut self, seq: u64, stamp: Duration) -> Self {
        self.seq = seq;
        self.stamp = stamp;
        self
    }

    /// Another picture of the same source and time; `pixels` fill `size`.
    pub(super) fn with_pixels(&self, size: ImageSize, pixels: Arc<[u8]>) -> Self {
        debug_assert_eq!(size.pixels() * 4, pixels.len());
        Self {
            size,
            pixels,
            camera: self.camera.clone(),
            seq: self.seq,
            stamp: self.stamp,
        }
    }

    /// Width and height.
    #[must_use]
    pub const fn size(&self) -> ImageSize {
        self.size
    }

    /// RGBA bytes, row-major.
    #[must_use]
    pub fn rgba(&self) -> &[u8] {
        &self.pixels
    }

    /// A copy without alpha.
    #[must_use]
    pub fn to_rgb(&self) -> Vec<u8> {
        self.pixels
            .chunks_exact(4)
            .flat_map(|p| [p[0], p[1], p[2]])
            .collect()
    }

    /// Name of the source.
    #[must_use]
    pub fn camera(&self) -> &str {
        &self.camera
    }

    /// Whether both share one buffer: cheap, and never wrongly true.
    #[must_use]
    pub fn same_pixels(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.pixels, &other.pixels)
    }

    /// The colour at a pixel, or none outside.
    #[must_use]
    pub fn pixel(&self, x: u32, y: u32) -> Option<[u8; 3]> {
        if x >= self.size.width || y >= self.size.height {
            return None;
        }
        let at = (y as usize * self.size.width as usize + x as usize) * 4;
        self.pixels.get(at..at + 3).map(|p| [p[0], p[1], p[2]])
    }
}

impl std::fmt::Debug for Frame {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Frame({} {} #{})", self.camera, self.size, self.seq)
    }
}

fn check(camera: &str, size: ImageSize, channels: usize, found: usize) -> Result<(), FrameError> {
    if size.is_empty() {
        return Err(FrameError::Empty {
            camera: camera.into(),
            size,
        });
    }
    let expected = size.pixels() * channels;
    if expected != found {
        return Err(FrameError::Length {
            camera: camera.into(),
            size,
            expected,
            found,
        });
    }
    Ok(())
}
