//! Codecs: picture files, luma and chroma planes, and MP4 video, read and written.
//!
//! What a file is, is read from its first bytes; its extension is never asked. Every file is treated as hostile:
//! sizes are bounded before memory is taken, and damage becomes a [`MediaError`] that says what, where and what to do.
//! Files are written under a temporary name and renamed when whole. Knows nothing of cameras, datasets, threads or
//! windows. Units: pixels, and seconds as [`std::time::Duration`].

mod error;
mod kind;
mod listing;
mod lock;
pub mod picture;
mod scratch;
pub mod video;
mod yuv;

pub use error::MediaError;
pub use kind::{MediaKind, file_name};
pub use listing::{MAX_FILES, natural_order, pictures};
pub use lock::{FolderLock, LockError};
pub use picture::Picture;
pub use scratch::ScratchFile;
pub use video::{Video, VideoCodec, VideoFault, VideoFormat, VideoInfo, VideoSplice, VideoWriter};
pub use yuv::{Colour, Matrix, Plane, Planes, Range, Sampling};
