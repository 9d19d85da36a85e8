//! One picture file as a source of one frame.

use std::path::Path;

use super::{Camera, CameraError, CameraInfo, CameraKind};
use crate::media::{self, MediaError, file_name};
use crate::vision::Frame;

/// A picture file, decoded once.
pub struct Picture {
    info: CameraInfo,
    frame: Frame,
    shown: bool,
}

impl Picture {
    /// Reads and decodes a picture file.
    ///
    /// # Errors
    /// When it cannot be read, is too large, or is damaged.
    pub fn open(path: &Path) -> Result<Self, CameraError> {
        let decoded = media::Picture::open(path)?;
        Ok(Self {
            info: CameraInfo {
                name: file_name(path),
                size: decoded.frame.size(),
                kind: CameraKind::Picture,
                fps: None,
                frames: Some(1),
                duration: None,
                format: decoded.format,
                notes: decoded.notes,
            },
            frame: decoded.frame,
            shown: false,
        })
    }
}

impl Camera for Picture {
    fn info(&self) -> &CameraInfo {
        &self.info
    }

    fn frame(&mut self) -> Result<Option<Frame>, CameraError> {
        let again = std::mem::replace(&mut self.shown, true);
        Ok((!again).then(|| self.frame.clone()))
    }

    fn seek(&mut self, index: u64) -> Result<Frame, CameraError> {
        if index > 0 {
            let name = self.info.name.clone();
            let count = 1;
            return Err(MediaError::OutOfRange { index, count, name }.into());
        }
        self.shown = true;
        Ok(self.frame.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_frame_and_no_more() {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/media/plain.png");
        let mut picture = Picture::open(&file).unwrap();
        let frame = picture.frame().unwrap().unwrap();
        assert_eq!(picture.info().size, frame.size());
        assert!(picture.info().notes.is_empty(), "{:?}", picture.info());
        assert!(picture.frame().unwrap().is_none());
        assert_eq!(picture.seek(0).unwrap(), frame);
        let outside = picture.seek(1).unwrap_err();
        assert!(matches!(
            outside,
            CameraError::Media(MediaError::OutOfRange { .. })
        ));
    }
}
