//! What a file is, from its first bytes.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use super::{MediaError, picture, video};

/// What kind of file it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MediaKind {
    /// An MP4 or `QuickTime` video.
    Video,
    /// A picture in one of the formats that are decoded here.
    Picture,
}

/// Whether first bytes are those of a kind.
type Recognises = fn(&[u8]) -> bool;

/// All kinds of files, tried in this order. A new kind is one row.
const KINDS: &[(Recognises, MediaKind)] = &[
    (video::recognises, MediaKind::Video),
    (picture::recognises, MediaKind::Picture),
];

/// Containers that are known by sight but not played, with the bytes at an offset that tell them.
const STRANGERS: &[(&str, usize, &[u8])] = &[
    ("is a Matroska or WebM video", 0, b"\x1a\x45\xdf\xa3"),
    ("is an AVI video", 8, b"AVI "),
    ("is a Flash video", 0, b"FLV"),
    ("is an MPEG transport stream", 0, b"\x47\x40"),
    ("is an MPEG program stream", 0, b"\x00\x00\x01\xba"),
    (
        "is a raw H.264 stream without a container",
        0,
        b"\x00\x00\x00\x01",
    ),
    ("is a HEIF or AVIF picture", 4, b"ftypheic"),
    ("is a HEIF or AVIF picture", 4, b"ftypmif1"),
    ("is a HEIF or AVIF picture", 4, b"ftypavif"),
    ("is a JPEG XL picture", 0, b"\xff\x0a"),
    ("is a JPEG XL picture", 0, b"\x00\x00\x00\x0cJXL "),
    ("is a Photoshop picture", 0, b"8BPS"),
    ("is a PDF", 0, b"%PDF"),
    (
        "is a zip archive; unpack it and open the folder",
        0,
        b"PK\x03\x04",
    ),
];

/// Enough to know every kind.
const HEAD_BYTES: u64 = 64;

impl MediaKind {
    /// The kind of a file, by its content.
    ///
    /// # Errors
    /// When it cannot be read or is neither picture nor video.
    pub fn of(path: &Path) -> Result<Self, MediaError> {
        let head = head(path)?;
        if let Some(what) = stranger(&head) {
            return Err(unknown(path, what.into()));
        }
        let found = KINDS.iter().find(|(recognises, _)| recognises(&head));
        found
            .map(|(_, kind)| *kind)
            .ok_or_else(|| unknown(path, describe(&head)))
    }
}

/// The first bytes of a file; fewer when it is shorter.
pub(super) fn head(path: &Path) -> Result<Vec<u8>, MediaError> {
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(HEAD_BYTES).read_to_end(&mut bytes))
        .map_err(|source| MediaError::io("opening the file", path, source))?;
    Ok(bytes)
}

fn stranger(head: &[u8]) -> Option<&'static str> {
    STRANGERS
        .iter()
        .find(|(_, at, magic)| head.get(*at..at + magic.len()) == Some(*magic))
        .map(|(what, ..)| *what)
}

fn describe(head: &[u8]) -> String {
    if head.is_empty() {
        return "is empty".into();
    }
    let start = &head[..head.len().min(8)];
    format!("starts with \"{}\"", start.escape_ascii())
}

fn unknown(path: &Path, what: String) -> MediaError {
    MediaError::UnknownContent {
        what,
        path: path.to_owned(),
    }
}

/// The last part of a path, for people.
#[must_use]
pub fn file_name(path: &Path) -> String {
    path.file_name()
        .unwrap_or(path.as_os_str())
        .to_string_lossy()
        .into_owned()
}
