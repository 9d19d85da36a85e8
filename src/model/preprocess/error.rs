//! Why pixels could not be prepared on the graphics device.

use crate::geometry::ImageSize;
use crate::vision::normalize::PatchError;

/// Why pixels could not be prepared on the graphics device.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PreprocessError {
    /// A tensor's buffer could not be had.
    #[error(
        "the model's buffer on the graphics device cannot be written: {reason}; choose --device cpu"
    )]
    Tensor {
        /// What Burn says.
        reason: String,
    },
    /// A buffer would exceed what the device binds at once.
    #[error(
        "{what} takes {bytes} bytes, but this device binds at most {limit} at once; shrink the image or use the CPU"
    )]
    TooLarge {
        /// What the buffer holds.
        what: &'static str,
        /// Its size.
        bytes: u64,
        /// What the device allows.
        limit: u64,
    },
    /// The fit was made for another image.
    #[error(
        "the image is {found}, but the fit was made for {expected}; make it from the same frame"
    )]
    Source {
        /// Size the fit starts from.
        expected: ImageSize,
        /// Size of the image.
        found: ImageSize,
    },
    /// A buffer is too short for what it shall hold.
    #[error("{what} needs {expected} bytes, but the buffer has room for {found}")]
    Length {
        /// What the buffer shall hold.
        what: &'static str,
        /// Bytes needed.
        expected: u64,
        /// Bytes there are.
        found: u64,
    },
    /// An output does not begin at a whole number.
    #[error("the output begins at byte {0}, which is no multiple of 4")]
    Offset(u64),
    /// A texture holds something other than RGBA bytes.
    #[error("a texture of format {0:?} cannot be read; give it as Rgba8Unorm or Rgba8UnormSrgb")]
    Format(wgpu::TextureFormat),
    /// The resized image cannot be cut into patches.
    #[error(transparent)]
    Patches(#[from] PatchError),
    /// The device refused or was lost.
    #[error("{step} failed on the graphics device; use the CPU or restart: {message}")]
    Device {
        /// What was being done.
        step: &'static str,
        /// What the driver says.
        message: String,
    },
}
