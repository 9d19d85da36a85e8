//! What a dataset of episodes says about itself, and one episode of it.
//!
//! Times are seconds from the start of the episode or, where said, of the video file.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Column;
use crate::geometry::ImageSize;

/// What a dataset of episodes says about itself.
#[derive(Debug, Clone, PartialEq)]
pub struct DatasetInfo {
    /// Name of the format: "LeRobot".
    pub format: &'static str,
    /// Version of the format: "v3.0".
    pub version: String,
    /// The robot, where stated.
    pub robot_type: Option<String>,
    /// Rows per second.
    pub fps: f64,
    /// Number of episodes.
    pub episodes: u64,
    /// Number of rows over all episodes.
    pub frames: u64,
    /// Features in the order of the dataset, cameras included.
    pub features: Vec<Feature>,
    /// Cameras in the order of the dataset.
    pub cameras: Vec<CameraFeature>,
}

/// One feature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Feature {
    /// Its name, which is also the column's.
    pub name: String,
    /// Type of its values: "float32", "video" and so on.
    pub dtype: String,
    /// Its shape, without the rows.
    pub shape: Vec<usize>,
    /// Names of its elements, however they are nested; empty where there are none.
    pub names: Vec<String>,
}

/// A camera of a dataset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CameraFeature {
    /// Its name, such as "observation.images.overhead".
    pub name: String,
    /// Size that the dataset states; zero where it does not.
    pub size: ImageSize,
    /// How its pictures are stored.
    pub storage: Storage,
}

/// How pictures are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Storage {
    /// Frames of MP4 files.
    Video,
    /// One encoded picture in each row.
    Image,
}

/// Where an episode is and how long.
#[derive(Debug, Clone, PartialEq)]
pub struct Episode {
    /// Its number.
    pub index: u64,
    /// Number of rows.
    pub length: u64,
    /// What was to be done.
    pub tasks: Vec<String>,
    /// Number of its first row in the whole dataset.
    pub first_row: u64,
    /// The table with its rows.
    pub table: PathBuf,
    /// Its videos, one for each camera that is stored as video.
    pub videos: Vec<VideoPlace>,
}

/// Where the frames of an episode are inside a video file.
#[derive(Debug, Clone, PartialEq)]
pub struct VideoPlace {
    /// The camera.
    pub camera: String,
    /// The file.
    pub path: PathBuf,
    /// When its first frame is shown, in seconds of the file.
    pub start: f64,
    /// When its last frame ends; none where the whole file is the episode.
    pub end: Option<f64>,
}

/// Rows of one episode.
#[derive(Debug, Clone, PartialEq)]
pub struct Rows {
    /// The episode.
    pub episode: u64,
    /// Number of rows.
    pub length: usize,
    /// The columns that were asked for and could be read.
    pub columns: Vec<Column>,
}

impl Rows {
    /// The column of that name.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }
}

impl Feature {
    /// Values in each row.
    #[must_use]
    pub fn width(&self) -> usize {
        self.shape.iter().product::<usize>().max(1)
    }

    /// Whether its rows are numbers, so that there are statistics of them.
    #[must_use]
    pub fn is_numeric(&self) -> bool {
        let dtype = self.dtype.as_str();
        dtype.starts_with("float") || dtype.contains("int") || dtype == "bool"
    }

    /// Whether it is a camera.
    #[must_use]
    pub fn is_camera(&self) -> bool {
        matches!(self.dtype.as_str(), "video" | "image")
    }
}

/// The strings of nested lists and objects in order, at most a thousand: names of axes and motors.
pub(super) fn nested_names(value: Option<&Value>) -> Vec<String> {
    let mut names = Vec::new();
    let mut open: Vec<&Value> = value.into_iter().collect();
    while let Some(value) = open.pop() {
        match value {
            Value::String(name) => names.push(name.clone()),
            Value::Array(list) => open.extend(list.iter().rev()),
            Value::Object(object) => {
                // `{"axes": [...]}` nests; `{"x": 0, "y": 1}` names by keys.
                let nests = object
                    .values()
                    .any(|value| value.is_array() || value.is_object());
                if nests {
                    let inner: Vec<&Value> = object.values().collect();
                    open.extend(inner.into_iter().rev());
                } else {
                    names.extend(object.keys().cloned());
                }
            }
            _ => {}
        }
        if names.len() >= 1000 {
            break;
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_are_found_however_they_are_nested() {
        for nested in [
            json!(["x", "y"]),
            json!({"axes": ["x", "y"]}),
            json!({"motors": {"left": ["x"], "right": ["y"]}}),
            json!({"x": 0, "y": 1}),
            json!([["x"], ["y"]]),
        ] {
            assert_eq!(nested_names(Some(&nested)), ["x", "y"], "{nested}");
        }
        assert!(nested_names(Some(&Value::Null)).is_empty() && nested_names(None).is_empty());
    }
}
