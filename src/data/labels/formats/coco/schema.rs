//! The entries of a COCO file, as strangers write them.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::data::labels::text::Lenient;

/// The file.
#[derive(Deserialize)]
pub(super) struct CocoFile {
    #[serde(default = "Vec::new")]
    pub images: Vec<Lenient<Picture>>,
    #[serde(default = "Vec::new")]
    pub annotations: Vec<Lenient<Annotation>>,
    #[serde(default = "Vec::new")]
    pub categories: Vec<Lenient<CategoryEntry>>,
}

/// An entry of `images`.
#[derive(Deserialize)]
pub(super) struct Picture {
    pub id: Value,
    pub file_name: String,
    #[serde(default)]
    pub width: Option<f64>,
    #[serde(default)]
    pub height: Option<f64>,
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// An entry of `annotations`.
#[derive(Deserialize)]
pub(super) struct Annotation {
    #[serde(default)]
    pub id: Value,
    pub image_id: Value,
    #[serde(default)]
    pub category_id: Value,
    #[serde(default)]
    pub bbox: Option<Vec<f64>>,
    #[serde(default)]
    pub segmentation: Value,
    #[serde(default)]
    pub iscrowd: Value,
    #[serde(default)]
    pub keypoints: Option<Vec<f64>>,
    #[serde(default)]
    pub score: Option<f64>,
    #[serde(default)]
    pub caption: Option<String>,
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

impl Annotation {
    /// Whether it stands for a crowd: `1` or `true`.
    pub fn is_crowd(&self) -> bool {
        self.iscrowd.as_bool().unwrap_or_default()
            || self.iscrowd.as_f64().is_some_and(|v| v != 0.0)
    }

    /// What is kept for writing it back; areas and counts are computed anew.
    pub fn attributes(&mut self) -> Map<String, Value> {
        let mut other = std::mem::take(&mut self.other);
        for computed in ["area", "num_keypoints"] {
            other.shift_remove(computed);
        }
        match other.shift_remove("attributes") {
            Some(Value::Object(attributes)) => other.extend(attributes),
            Some(value) => drop(other.insert("attributes".into(), value)),
            None => {}
        }
        other
    }
}

/// An entry of `categories`.
#[derive(Deserialize)]
pub(super) struct CategoryEntry {
    pub id: i64,
    pub name: String,
    #[serde(default)]
    pub supercategory: Option<String>,
    #[serde(default)]
    pub keypoints: Vec<String>,
}
