//! A folder of pictures in natural order, decoded one at a time.
//!
//! A folder has no clock: every stamp is zero, and whoever plays it chooses the pace. A picture that cannot be read
//! is an error for that index only.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::{Camera, CameraError, CameraInfo, CameraKind};
use crate::geometry::ImageSize;
use crate::media::{self, MediaError, file_name};
use crate::vision::Frame;

/// A folder of pictures.
pub struct Folder {
    info: CameraInfo,
    files: Vec<PathBuf>,
    next: u64,
}

impl Folder {
    /// Lists the pictures of a folder, without its subfolders and hidden files, and decodes none but the first
    /// readable one to learn its size.
    ///
    /// # Errors
    /// When the folder cannot be read or holds no picture.
    pub fn open(path: &Path) -> Result<Self, CameraError> {
        let files = media::pictures(path)?;
        let mut info = CameraInfo {
            name: file_name(path),
            size: ImageSize::default(),
            kind: CameraKind::Folder,
            fps: None,
            frames: Some(files.len() as u64),
            duration: None,
            format: format!("{} pictures", files.len()),
            notes: Vec::new(),
        };
        // A few broken files in front must not hide a good folder, nor cost the time to try thousands.
        for file in files.iter().take(16) {
            if let Ok(decoded) = media::Picture::open(file) {
                info.size = decoded.frame.size();
                info.format = format!("{} pictures, the first {}", files.len(), decoded.format);
                break;
            }
        }
        Ok(Self {
            info,
            files,
            next: 0,
        })
    }

    /// The picture files in the order they are played.
    #[must_use]
    pub fn files(&self) -> &[PathBuf] {
        &self.files
    }
}

impl Camera for Folder {
    fn info(&self) -> &CameraInfo {
        &self.info
    }

    fn frame(&mut self) -> Result<Option<Frame>, CameraError> {
        if self.next >= self.files.len() as u64 {
            return Ok(None);
        }
        self.seek(self.next).map(Some)
    }

    fn seek(&mut self, index: u64) -> Result<Frame, CameraError> {
        let file = self
            .files
            .get(index as usize)
            .ok_or_else(|| MediaError::OutOfRange {
                index,
                count: self.files.len() as u64,
                name: self.info.name.clone(),
            })?;
        self.next = index + 1;
        Ok(media::Picture::open(file)?
            .frame
            .stamped(index, Duration::ZERO))
    }
}

#[cfg(test)]
#[path = "folder_tests.rs"]
mod tests;
