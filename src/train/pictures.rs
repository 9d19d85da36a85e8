//! Pictures, decoded and resized when they are drawn, and kept while there is room.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::skip::Skipped;
use super::{PictureConfig, TrainError};
use crate::camera::CameraError;
use crate::geometry::ImageSize;
use crate::media;
use crate::vision::Frame;
use crate::vision::resample::{self, Filter};

/// A picture at the size the model sees, with the size it is stored at.
#[derive(Debug, Clone)]
pub(super) struct Fitted {
    pub frame: Frame,
    pub stored: ImageSize,
}

/// Every picture of a run.
pub(super) struct Pictures {
    size: ImageSize,
    shift: u32,
    action_shift: u32,
    room: usize,
    kept: Mutex<HashMap<PathBuf, Fitted>>,
    /// Those that cannot be read, and other samples that cannot be learnt.
    pub skipped: Skipped,
}

impl Pictures {
    pub(super) fn new(config: &PictureConfig) -> Self {
        let [width, height] = config.size;
        let size = ImageSize::new(width, height);
        Self {
            room: config.cache * (1 << 20) / (4 * size.pixels()).max(1),
            kept: Mutex::default(),
            skipped: Skipped::default(),
            shift: config.shift,
            action_shift: config.action_shift,
            size,
        }
    }

    /// The size the model sees.
    pub(super) const fn size(&self) -> ImageSize {
        self.size
    }

    /// The most pixels a labelled picture is moved by.
    pub(super) const fn shift(&self) -> u32 {
        self.shift
    }

    /// The most pixels the pictures of an action sample are moved by.
    pub(super) const fn action_shift(&self) -> u32 {
        self.action_shift
    }

    /// Resizes as the original does: bicubic, with antialiasing.
    pub(super) fn fit(&self, frame: &Frame) -> Fitted {
        Fitted {
            stored: frame.size(),
            frame: if frame.size() == self.size {
                frame.clone()
            } else {
                resample::resize(frame, self.size, Filter::Bicubic)
            },
        }
    }

    /// The picture called `key`, read by `read` if it is not kept.
    pub(super) fn remembered(
        &self,
        key: &str,
        read: impl FnOnce() -> Result<Frame, TrainError>,
    ) -> Result<Fitted, TrainError> {
        let key = PathBuf::from(key);
        let known = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = known.get(&key) {
            return Ok(found.clone());
        }
        drop(known);
        let fitted = self.fit(&read()?);
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() < self.room {
            kept.insert(key, fitted.clone());
        }
        Ok(fitted)
    }

    /// A picture file. Whether it was kept changes only how long it takes.
    pub(super) fn file(&self, path: &Path) -> Result<Fitted, TrainError> {
        self.remembered(&path.to_string_lossy(), || {
            Ok(media::Picture::open(path).map_err(CameraError::from)?.frame)
        })
    }
}
