//! Pixels before the model: frames, the resize that fits them to an encoder and its inverse, normalising.
//!
//! Knows nothing of files, cameras, Burn or egui. What runs per pixel here is the plain twin of a kernel in `shaders/`.

mod fit;
mod frame;
mod letterbox;
mod likeness;
pub mod normalize;
pub mod resample;

pub use fit::{Fit, FitError, PixelLimits};
pub use frame::{Frame, FrameError};
pub use letterbox::Letterbox;
pub use likeness::Likeness;
