//! Sources of frames: picture files, folders of pictures, MP4 videos and live cameras behind one trait.
//!
//! Files are decoded by [`crate::media`], which bounds and names what is wrong with them; here they become sources.
//! A source knows nothing of threads, windows or models; its owner calls it from one thread and paces playback with
//! [`Frame::stamp`]. Units: pixels, and seconds as [`Duration`].

mod error;
mod folder;
mod open;
mod picture;
mod video;
pub mod webcam;

pub use error::CameraError;
pub use folder::Folder;
pub use open::open;
pub use picture::Picture;
pub use video::Video;

use std::time::Duration;

use crate::geometry::ImageSize;
use crate::vision::Frame;

/// A source of frames, used from one thread at a time.
pub trait Camera: Send {
    /// What this source is; cheap, so it may be called per frame.
    fn info(&self) -> &CameraInfo;

    /// The next frame, or none at the end of a file.
    ///
    /// A live camera waits at most [`webcam::PATIENCE`] for it.
    ///
    /// # Errors
    /// When the frame is damaged or the source is gone; see [`CameraError::is_retryable`] for which of them the next
    /// call may survive. After a damaged frame the next call goes on with the one behind it.
    fn frame(&mut self) -> Result<Option<Frame>, CameraError>;

    /// Exactly the frame with this index; [`Camera::frame`] then goes on behind it.
    ///
    /// # Errors
    /// When the index is past the end, the frame is damaged, or the source is live.
    fn seek(&mut self, index: u64) -> Result<Frame, CameraError> {
        let _ = index;
        Err(CameraError::NotSeekable {
            name: self.info().name.clone(),
        })
    }

    /// When the frame with this index is shown, counted from the first one; none for sources without a clock.
    fn stamp(&self, index: u64) -> Option<Duration> {
        let _ = index;
        None
    }

    /// The index of the frame on show at this time; none for sources without a clock.
    fn index_at(&self, stamp: Duration) -> Option<u64> {
        let _ = stamp;
        None
    }
}

/// What kind of source it is, which decides how it is played.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CameraKind {
    /// One picture file.
    Picture,
    /// A folder of pictures in natural order, without a clock.
    Folder,
    /// A video file with presentation times.
    Video,
    /// A camera that delivers frames as they happen.
    Live,
}

/// What a source says about itself.
#[derive(Debug, Clone, PartialEq)]
pub struct CameraInfo {
    /// File name, folder name or the camera's own name.
    pub name: String,
    /// Size of the first or usual frame.
    pub size: ImageSize,
    /// What kind of source it is.
    pub kind: CameraKind,
    /// Mean frames per second, where there is a clock.
    pub fps: Option<f64>,
    /// Number of frames, where it has an end.
    pub frames: Option<u64>,
    /// Time from the first frame to the end of the last one, where there is a clock and an end.
    pub duration: Option<Duration>,
    /// Codec, encoding or pixel format, for people.
    pub format: String,
    /// What was done to the pixels or is wrong with the source, for people: one sentence each.
    pub notes: Vec<String>,
}
