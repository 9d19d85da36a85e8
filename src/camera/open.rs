//! Which source a path is, from its content.

use std::path::Path;

use super::{Camera, CameraError, Folder, Picture, Video, webcam};
use crate::media::{MediaError, MediaKind};

/// Opens a picture, a video, a folder of pictures or a camera's device file, whatever the path turns out to be.
///
/// # Errors
/// When it cannot be read, is none of these, or is damaged beyond its first frame.
pub fn open(path: &Path) -> Result<Box<dyn Camera>, CameraError> {
    let about = std::fs::metadata(path)
        .map_err(|source| MediaError::io("opening the path", path, source))?;
    if about.is_dir() {
        return Ok(Box::new(Folder::open(path)?));
    }
    if !about.is_file() {
        return webcam::open(path, None);
    }
    Ok(match MediaKind::of(path)? {
        MediaKind::Video => Box::new(Video::open(path)?),
        MediaKind::Picture => Box::new(Picture::open(path)?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::camera::CameraKind;

    fn fixture(name: &str) -> std::path::PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/fixtures/media")
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
        assert!(matches!(
            gone,
            Err(CameraError::Media(MediaError::Io { .. }))
        ));
    }
}
