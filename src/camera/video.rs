//! An MP4 file as a source of frames.

use std::path::Path;
use std::time::Duration;

use super::{Camera, CameraError, CameraInfo, CameraKind};
use crate::media;
use crate::vision::Frame;

/// A video file that is played or wound.
pub struct Video {
    info: CameraInfo,
    video: media::Video,
}

impl Video {
    /// Reads the index of a video and opens its decoder; decodes nothing yet.
    ///
    /// # Errors
    /// When the file cannot be read, is damaged beyond its first frame, or is coded in a way that is not supported.
    pub fn open(path: &Path) -> Result<Self, CameraError> {
        let video = media::Video::open(path)?;
        let about = video.info();
        let info = CameraInfo {
            name: about.name.clone(),
            size: about.size,
            kind: CameraKind::Video,
            fps: about.fps,
            frames: Some(about.frames),
            duration: Some(about.duration),
            format: format!("{} MP4", about.codec),
            notes: about.notes.clone(),
        };
        Ok(Self { info, video })
    }
}

impl Camera for Video {
    fn info(&self) -> &CameraInfo {
        &self.info
    }

    fn frame(&mut self) -> Result<Option<Frame>, CameraError> {
        Ok(self.video.frame()?)
    }

    fn seek(&mut self, index: u64) -> Result<Frame, CameraError> {
        Ok(self.video.seek(index)?)
    }

    fn stamp(&self, index: u64) -> Option<Duration> {
        self.video.stamp(index)
    }

    fn index_at(&self, stamp: Duration) -> Option<u64> {
        self.video.index_at(stamp)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_what_the_file_says() {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/media/bframes.mp4");
        let mut video = Video::open(&file).unwrap();
        let info = video.info();
        assert_eq!((info.kind, info.frames), (CameraKind::Video, Some(24)));
        assert_eq!(info.format, "H.264 MP4");
        assert_eq!(info.duration, Some(Duration::from_millis(2400)));
        assert_eq!(video.seek(22).unwrap().seq, 22);
        assert_eq!(video.frame().unwrap().unwrap().seq, 23);
        assert!(video.frame().unwrap().is_none());
        assert_eq!(video.index_at(video.stamp(7).unwrap()), Some(7));
    }
}
