//! Which source a path is, from its first bytes.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use super::{Camera, CameraError, Folder, Picture, Video, webcam};

/// How one kind of file is known and opened.
struct Content {
    recognises: fn(&[u8]) -> bool,
    open: fn(&Path) -> Result<Box<dyn Camera>, CameraError>,
}

/// All kinds of files, tried in this order. A new kind is one row.
const CONTENTS: &[Content] = &[
    Content {
        recognises: super::video::recognises,
        open: |path| Ok(Box::new(Video::open(path)?)),
    },
    Content {
        recognises: super::picture::recognises,
        open: |path| Ok(Box::new(Picture::open(path)?)),
    },
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

/// Opens a picture, a video, a folder of pictures or a camera's device file, whatever the path turns out to be.
///
/// # Errors
/// When it cannot be read, is none of these, or is damaged beyond its first frame.
pub fn open(path: &Path) -> Result<Box<dyn Camera>, CameraError> {
    let about = std::fs::metadata(path)
        .map_err(|source| CameraError::io("opening the path", path, source))?;
    if about.is_dir() {
        return Ok(Box::new(Folder::open(path)?));
    }
    if !about.is_file() {
        return webcam::open(path, None);
    }
    let head = head(path)?;
    if let Some(what) = stranger(&head) {
        return Err(unknown(path, what.into()));
    }
    for content in CONTENTS {
        if (content.recognises)(&head) {
            return (content.open)(path);
        }
    }
    Err(unknown(path, describe(&head)))
}

/// The first bytes of a file; fewer when it is shorter.
pub(super) fn head(path: &Path) -> Result<Vec<u8>, CameraError> {
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(HEAD_BYTES).read_to_end(&mut bytes))
        .map_err(|source| CameraError::io("opening the file", path, source))?;
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

fn unknown(path: &Path, what: String) -> CameraError {
    CameraError::UnknownContent {
        what,
        path: path.to_owned(),
    }
}

/// The last part of a path, for people.
pub(super) fn name(path: &Path) -> String {
    path.file_name()
        .unwrap_or(path.as_os_str())
        .to_string_lossy()
        .into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::camera::CameraKind;

    fn fixture(name: &str) -> std::path::PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/fixtures/camera")
            .join(name)
    }

    #[test]
    fn content_decides_and_not_the_extension() {
        let folder = tempfile::tempdir().unwrap();
        for (name, kind) in [
            ("bframes.mp4", CameraKind::Video),
            ("wrist_av1.mp4", CameraKind::Video),
            ("cmyk.jpg", CameraKind::Picture),
            ("plain.png", CameraKind::Picture),
        ] {
            let disguised = folder.path().join(format!("{name}.txt"));
            std::fs::copy(fixture(name), &disguised).unwrap();
            assert_eq!(open(&disguised).unwrap().info().kind, kind, "{name}");
        }
        let kind = open(&fixture("")).unwrap().info().kind;
        assert_eq!(kind, CameraKind::Folder);
    }

    #[test]
    fn strangers_are_named() {
        let folder = tempfile::tempdir().unwrap();
        for (bytes, part) in [
            (&b""[..], "is empty"),
            (b"hello world", "starts with \"hello wo\""),
            (b"\x1a\x45\xdf\xa3\x01", "Matroska"),
            (b"RIFF\0\0\0\0AVI LIST", "AVI"),
            (b"\0\0\0\x1cftypheic", "HEIF"),
            (b"PK\x03\x04", "zip"),
        ] {
            let path = folder.path().join("something.png");
            std::fs::write(&path, bytes).unwrap();
            let text = open(&path).err().unwrap().to_string();
            assert!(text.contains(part), "{text}");
            assert!(
                text.ends_with("something.png"),
                "the path comes last: {text}"
            );
        }
        let gone = open(&folder.path().join("gone.mp4"));
        assert!(matches!(gone, Err(CameraError::Io { .. })));
    }
}
