//! What a video codec must do, and the table of codecs.

use super::VideoFault;
use super::boxes::{Name, text};
use super::track::SampleEntry;
use super::{av1, h264};
use crate::media::yuv::Planes;

/// Turns samples into pictures, one for one.
pub(super) trait Decoder: Send {
    /// Name of the codec, for people.
    fn codec(&self) -> &'static str;

    /// Forgets everything before a sync sample that does not follow the last one.
    fn restart(&mut self) -> Result<(), VideoFault>;

    /// Whether decoding can really start at this sync sample.
    fn can_start(&self, sample: &[u8]) -> bool;

    /// The picture of exactly this sample, or none when the decoder made none of it.
    fn decode(&mut self, sample: Vec<u8>, sync: bool) -> Result<Option<Planes>, VideoFault>;
}

/// How a codec is opened.
type Open = fn(&SampleEntry) -> Result<Box<dyn Decoder>, VideoFault>;

/// Codecs that are decoded. A new codec is one file and one row.
const CODECS: &[(&Name, &str, Open)] = &[
    (b"avc1", "H.264", h264::open),
    (b"avc3", "H.264", h264::open),
    (b"av01", "AV1", av1::open),
];

/// Codecs that are only known by name, for messages.
const STRANGERS: &[(&Name, &str)] = &[
    (b"hvc1", "H.265 (HEVC)"),
    (b"hev1", "H.265 (HEVC)"),
    (b"vvc1", "H.266 (VVC)"),
    (b"dvh1", "Dolby Vision"),
    (b"dvhe", "Dolby Vision"),
    (b"vp08", "VP8"),
    (b"vp09", "VP9"),
    (b"mp4v", "MPEG-4 part 2"),
    (b"s263", "H.263"),
    (b"jpeg", "Motion JPEG"),
    (b"mjpa", "Motion JPEG"),
    (b"apcn", "ProRes"),
    (b"apch", "ProRes"),
    (b"apcs", "ProRes"),
    (b"apco", "ProRes"),
    (b"ap4h", "ProRes"),
    (b"encv", "encrypted video"),
];

/// Opens the decoder of a track and says the codec's name.
pub(super) fn open(entry: &SampleEntry) -> Result<(Box<dyn Decoder>, &'static str), VideoFault> {
    for (format, name, open) in CODECS {
        if **format == entry.format {
            return Ok((open(entry)?, name));
        }
    }
    let known = STRANGERS
        .iter()
        .find(|(format, _)| **format == entry.format);
    Err(VideoFault::Codec {
        codec: known.map_or_else(
            || format!("\"{}\"", text(entry.format)),
            |(_, name)| (*name).into(),
        ),
    })
}
