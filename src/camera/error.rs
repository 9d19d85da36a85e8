//! What can go wrong with a source of frames.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::video::VideoFault;
use crate::geometry::ImageSize;
use crate::vision::FrameError;

/// Why a source or one of its frames cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum CameraError {
    /// The operating system refused.
    #[error("{doing} failed ({source}); check that it is there and readable: {}", path.display())]
    Io {
        /// What was attempted, for people: "opening the file".
        doing: &'static str,
        /// Where.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The content is none that can be shown.
    #[error("this is no source of pictures (it {what}); open a PNG, JPEG, BMP, GIF, WebP, TIFF or PNM picture, an MP4 video, or a folder of pictures: {}", path.display())]
    UnknownContent {
        /// What it looks like instead: "starts with ...".
        what: String,
        /// Where.
        path: PathBuf,
    },
    /// The picture or frame is larger than is safe to decode.
    #[error("the picture is {size} pixels, more than the limit of {limit}; scale it down first: {}", path.display())]
    TooLarge {
        /// Its size.
        size: ImageSize,
        /// The limit, for people.
        limit: String,
        /// Where.
        path: PathBuf,
    },
    /// A picture file cannot be decoded.
    #[error("this {format} picture is damaged or cut off ({reason}); save or download it again: {}", path.display())]
    Picture {
        /// Name of the file format.
        format: String,
        /// What the decoder said.
        reason: String,
        /// Where.
        path: PathBuf,
    },
    /// A folder without a single picture.
    #[error("there is no picture in this folder; choose a folder that holds PNG, JPEG, BMP, GIF, WebP, TIFF or PNM files: {}", path.display())]
    EmptyFolder {
        /// Where.
        path: PathBuf,
    },
    /// A folder with more files than are listed.
    #[error("this folder holds more than {limit} files; choose a smaller folder: {}", path.display())]
    CrowdedFolder {
        /// The limit.
        limit: usize,
        /// Where.
        path: PathBuf,
    },
    /// A video file cannot be played.
    #[error("{fault}: {}", path.display())]
    Video {
        /// What is wrong with it.
        fault: VideoFault,
        /// Where.
        path: PathBuf,
    },
    /// One frame of a video cannot be decoded; the others may be fine.
    #[error("frame {index} is damaged ({fault}); skip it or re-encode the video: {}", path.display())]
    DamagedFrame {
        /// Its index in presentation order.
        index: u64,
        /// What is wrong with it.
        fault: VideoFault,
        /// Where.
        path: PathBuf,
    },
    /// There is no frame with that index.
    #[error("frame {index} does not exist, {name} ends after {count} frames")]
    OutOfRange {
        /// The index that was asked for.
        index: u64,
        /// How many frames there are.
        count: u64,
        /// Name of the source.
        name: String,
    },
    /// A live camera cannot go back.
    #[error("{name} is a live camera and cannot be wound; record it first")]
    NotSeekable {
        /// Name of the source.
        name: String,
    },
    /// A live camera delivered nothing in time; ask again.
    #[error("{name} delivered no frame for {} ms; it may be starting or its cable may be loose", waited.as_millis())]
    Timeout {
        /// Name of the camera.
        name: String,
        /// How long was waited.
        waited: Duration,
    },
    /// A live camera is gone.
    #[error("{name} was unplugged; plug it in and open it again: {}", path.display())]
    Unplugged {
        /// Name of the camera.
        name: String,
        /// Its device file.
        path: PathBuf,
    },
    /// Another program holds the camera.
    #[error("the camera is in use by another program; close that one and open the camera again: {}", path.display())]
    Busy {
        /// Its device file.
        path: PathBuf,
    },
    /// The user may not open the camera or file.
    #[error("no permission to open it; {advice}: {}", path.display())]
    Forbidden {
        /// What to do.
        advice: &'static str,
        /// Where.
        path: PathBuf,
    },
    /// One live frame arrived broken; the next may be fine.
    #[error(
        "{name} sent a broken {encoding} frame ({reason}); if this goes on, choose another format or cable"
    )]
    BrokenFrame {
        /// Name of the camera.
        name: String,
        /// The pixel encoding.
        encoding: &'static str,
        /// What is wrong.
        reason: String,
    },
    /// The camera offers no encoding that is understood.
    #[error("the camera offers only {offered}, none of which can be decoded; choose another camera: {}", path.display())]
    NoUsableFormat {
        /// The encodings it offers.
        offered: String,
        /// Its device file.
        path: PathBuf,
    },
    /// The camera refused the format or size that was chosen.
    #[error("the camera does not deliver {wanted}, it answered {offered}; choose one of its listed formats: {}", path.display())]
    FormatRefused {
        /// What was asked for.
        wanted: String,
        /// What it chose instead.
        offered: String,
        /// Its device file.
        path: PathBuf,
    },
    /// This operating system has no camera support yet.
    #[error(
        "live cameras are supported on Linux only so far; open a video file or a folder of pictures instead"
    )]
    NoLiveCameras,
    /// Decoded pixels do not make a frame.
    #[error(transparent)]
    Frame(#[from] FrameError),
}

impl CameraError {
    /// Whether the same source may deliver again: true for a single broken frame or a pause, false when it is gone.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        matches!(
            self,
            Self::Timeout { .. }
                | Self::BrokenFrame { .. }
                | Self::DamagedFrame { .. }
                | Self::Picture { .. }
                | Self::TooLarge { .. }
                | Self::OutOfRange { .. }
                | Self::NotSeekable { .. }
        )
    }

    /// Wraps what the system said, with the advice it deserves.
    pub(super) fn io(doing: &'static str, path: &Path, source: std::io::Error) -> Self {
        let path = path.to_owned();
        match source.kind() {
            std::io::ErrorKind::PermissionDenied => Self::Forbidden {
                advice: "change its permissions or copy it to a place you own",
                path,
            },
            _ => Self::Io {
                doing,
                path,
                source,
            },
        }
    }
}
