//! What can go wrong with a picture or video file.

use std::path::{Path, PathBuf};

use super::video::VideoFault;
use crate::geometry::ImageSize;
use crate::vision::FrameError;

/// Why a file or one of its frames cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum MediaError {
    /// The operating system refused.
    #[error("{doing} failed: {source}: {}", path.display())]
    Io {
        /// What was attempted, for people: "opening the file".
        doing: &'static str,
        /// Where.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The user may not open the file.
    #[error("no permission to open it; {advice}: {}", path.display())]
    Forbidden {
        /// What to do.
        advice: &'static str,
        /// Where.
        path: PathBuf,
    },
    /// The content is none that can be shown.
    #[error("this is no source of pictures: it {what}; open a PNG, JPEG, BMP, GIF, WebP, TIFF or PNM picture, an MP4 video, or a folder of pictures: {}", path.display())]
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
    /// A frame cannot be written as it is.
    #[error("the {codec} encoder cannot take this frame: {reason}")]
    Encode {
        /// Name of the codec.
        codec: &'static str,
        /// What is wrong, with advice.
        reason: String,
    },
    /// Decoded pixels do not make a frame.
    #[error(transparent)]
    Frame(#[from] FrameError),
}

impl MediaError {
    /// Whether the same source may deliver again: true for a single broken frame, false when the file is unusable.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        matches!(
            self,
            Self::DamagedFrame { .. }
                | Self::Picture { .. }
                | Self::TooLarge { .. }
                | Self::OutOfRange { .. }
        )
    }

    /// Wraps what the system said, with the advice it deserves.
    pub(crate) fn io(doing: &'static str, path: &Path, source: std::io::Error) -> Self {
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
