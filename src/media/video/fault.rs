//! What can be wrong with a video file, or with one frame of it.

use crate::geometry::ImageSize;

/// Why a video or one of its frames cannot be decoded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VideoFault {
    /// A structure claims more bytes than there are.
    #[error(
        "the video is damaged or cut off: its {place} box needs {needed} bytes where {left} are left; copy or record it again"
    )]
    Short {
        /// The box.
        place: String,
        /// Bytes it claims.
        needed: u64,
        /// Bytes there are.
        left: u64,
    },
    /// A box that every video has is not there.
    #[error(
        "the video is damaged: its {place} box lacks {wanted}; convert it again from its source"
    )]
    MissingBox {
        /// The parent.
        place: String,
        /// The box that is missing.
        wanted: String,
    },
    /// There is no index of frames at all.
    #[error(
        "the video has no index (moov box), as when a recording stops before it is finished; record it again or repair it"
    )]
    NoIndex,
    /// There is sound perhaps, but no picture.
    #[error("there is no video track in this file, only {tracks}; choose another file")]
    NoVideo {
        /// What the tracks are.
        tracks: String,
    },
    /// A codec that is not decoded here.
    #[error(
        "the video is coded as {codec}, which is not supported; convert it with: ffmpeg -i IN -c:v libx264 -pix_fmt yuv420p OUT.mp4"
    )]
    Codec {
        /// Name of the codec or of the feature that is not supported.
        codec: String,
    },
    /// More of something than any real video has.
    #[error(
        "the video claims {found} {what}, more than the limit of {limit}; it is damaged or must be split"
    )]
    TooMany {
        /// What there is too much of.
        what: &'static str,
        /// How many.
        found: u64,
        /// The limit.
        limit: u64,
    },
    /// Frames are larger than is safe to decode, or empty.
    #[error("the video claims frames of {size} pixels; between 1x1 and 8192x8192 are supported")]
    Size {
        /// The claimed size.
        size: ImageSize,
    },
    /// The tables contradict each other.
    #[error("the video is damaged: {0}; convert it again from its source")]
    Inconsistent(&'static str),
    /// The tables are fine and empty.
    #[error("the video holds no frames; record it again")]
    Empty,
    /// The decoder refused the data of a frame.
    #[error("the {codec} decoder refused its data: {reason}")]
    Decoder {
        /// Name of the codec.
        codec: &'static str,
        /// What the decoder said.
        reason: String,
    },
    /// The decoder took the data and gave no picture.
    #[error("the {codec} decoder made no picture of it")]
    NoPicture {
        /// Name of the codec.
        codec: &'static str,
    },
    /// The file could not be read.
    #[error("reading failed: {0}")]
    Read(String),
}
