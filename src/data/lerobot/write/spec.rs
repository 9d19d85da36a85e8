//! What a dataset that is to be written consists of, and one row of it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::data::lerobot::{BOOKKEEPING, Version};
use crate::data::{DataError, Feature};
use crate::geometry::ImageSize;
use crate::media::VideoCodec;

/// Types of values that features may have.
pub(super) const DTYPES: [&str; 6] = ["float32", "float64", "int64", "int32", "bool", "string"];

/// Column with the number of a row's subtask.
pub(super) const SUBTASK_INDEX: &str = "subtask_index";

/// How pictures are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PictureStorage {
    /// As frames of MP4 files of this codec.
    Video(VideoCodec),
    /// As PNG in the rows: exact, and much larger.
    Png,
}

/// A camera of a dataset that is to be written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CameraSpec {
    /// Its name, such as "observation.images.overhead".
    pub name: String,
    /// Width of its pictures in pixels.
    pub width: u32,
    /// Height of its pictures in pixels.
    pub height: u32,
}

impl CameraSpec {
    /// Width and height.
    #[must_use]
    pub const fn size(&self) -> ImageSize {
        ImageSize::new(self.width, self.height)
    }
}

/// What a dataset that is to be written consists of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DatasetSpec {
    /// Version of the format.
    pub version: Version,
    /// Rows per second.
    pub fps: u32,
    /// Name of the robot.
    pub robot_type: Option<String>,
    /// Features beside cameras, time and indices: states, actions, annotations, texts.
    pub features: Vec<Feature>,
    /// Cameras.
    pub cameras: Vec<CameraSpec>,
    /// How pictures are stored.
    pub storage: PictureStorage,
    /// Whether every row says which part of the task it belongs to: a number in the column `subtask_index`, its text in
    /// `meta/subtasks.parquet`, as LeRobot 0.4.4 to 0.5 read it (version 3).
    #[serde(default)]
    pub subtasks: bool,
    /// A table is followed by the next one above this many megabytes (version 3).
    pub table_megabytes: u32,
    /// A video is followed by the next one above this many megabytes (version 3).
    pub video_megabytes: u32,
}

impl DatasetSpec {
    /// A dataset without features and cameras, with LeRobot's limits of file sizes and H.264 videos.
    #[must_use]
    pub const fn new(version: Version, fps: u32) -> Self {
        Self {
            version,
            fps,
            robot_type: None,
            features: Vec::new(),
            cameras: Vec::new(),
            storage: PictureStorage::Video(VideoCodec::H264),
            subtasks: false,
            table_megabytes: 100,
            video_megabytes: 200,
        }
    }

    /// Refuses what cannot be written or read back.
    pub(super) fn check(&self) -> Result<(), DataError> {
        let unfit = |what: String| Err(DataError::Unfit(what));
        if self.version == Version::V20 {
            return unfit("version 2.0 is not written; choose v2.1 or v3.0".into());
        }
        if self.subtasks && self.version != Version::V30 {
            return unfit("only version 3.0 has subtasks".into());
        }
        if self.fps == 0 || self.fps > 1000 {
            return unfit(format!("{} rows per second; choose 1 to 1000", self.fps));
        }
        let cameras = self.cameras.iter().map(|camera| camera.name.as_str());
        let mut names: Vec<&str> = self
            .features
            .iter()
            .map(|feature| feature.name.as_str())
            .collect();
        names.extend(cameras);
        for (at, name) in names.iter().enumerate() {
            let plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
            // Names become parts of paths, and LeRobot refuses slashes.
            if name.is_empty() || name.starts_with('.') || !name.chars().all(plain) {
                return unfit(format!(
                    "the name {name:?}; use letters, digits, dots and underscores"
                ));
            }
            let subtask = self.subtasks && *name == SUBTASK_INDEX;
            if names[..at].contains(name) || BOOKKEEPING.contains(name) || subtask {
                return unfit(format!("the name {name:?} is taken twice"));
            }
        }
        for feature in &self.features {
            if !DTYPES.contains(&feature.dtype.as_str()) {
                return unfit(format!(
                    "type {:?} of feature {:?}",
                    feature.dtype, feature.name
                ));
            }
            let plain = feature.shape.len() == 1 && feature.shape[0] > 0;
            if !plain || (feature.dtype == "string" && feature.width() != 1) {
                return unfit(format!(
                    "shape {:?} of feature {:?}; only vectors are written, and single texts",
                    feature.shape, feature.name
                ));
            }
        }
        match self.cameras.iter().find(|camera| camera.size().is_empty()) {
            Some(camera) => unfit(format!(
                "camera {:?} of size {}",
                camera.name,
                camera.size()
            )),
            None => Ok(()),
        }
    }
}

impl Feature {
    /// A vector of 32-bit numbers with a name for each element.
    #[must_use]
    pub fn vector(name: &str, names: &[&str]) -> Self {
        Self {
            name: name.to_owned(),
            dtype: "float32".to_owned(),
            shape: vec![names.len()],
            names: names.iter().map(|name| (*name).to_owned()).collect(),
        }
    }

    /// One value of a type: "float32", "float64", "int64", "int32", "bool" or "string".
    #[must_use]
    pub fn scalar(name: &str, dtype: &str) -> Self {
        Self {
            name: name.to_owned(),
            dtype: dtype.to_owned(),
            shape: vec![1],
            names: Vec::new(),
        }
    }
}

/// The values of one row.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Numbers; also of whole-number and yes-or-no features.
    Numbers(Vec<f64>),
    /// Whole numbers that are too large for [`Cell::Numbers`] to be exact.
    Integers(Vec<i64>),
    /// Text.
    Text(String),
}

/// One row: a cell for every feature of the spec that is no camera. Time and indices are added by the writer.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct StepRow {
    pub(super) cells: BTreeMap<String, Cell>,
    pub(super) subtask: Option<String>,
}

impl StepRow {
    /// A row without cells.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds numbers.
    #[must_use]
    pub fn numbers(self, name: &str, values: impl Into<Vec<f64>>) -> Self {
        self.cell(name, Cell::Numbers(values.into()))
    }

    /// Adds a text.
    #[must_use]
    pub fn text(self, name: &str, text: impl Into<String>) -> Self {
        self.cell(name, Cell::Text(text.into()))
    }

    /// Says which part of the task the row belongs to.
    #[must_use]
    pub fn subtask(mut self, text: impl Into<String>) -> Self {
        self.subtask = Some(text.into());
        self
    }

    /// Adds a cell.
    #[must_use]
    pub fn cell(mut self, name: &str, cell: Cell) -> Self {
        self.cells.insert(name.to_owned(), cell);
        self
    }
}
