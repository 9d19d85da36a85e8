//! Where a run learns from: datasets, and what of them.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// A source of questions and answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LabelSource {
    /// Any readable label dataset.
    pub path: PathBuf,
    /// Its share of the pictures that are drawn.
    pub weight: f64,
    /// Ask for what is labelled where a picture has fewer questions than a step wants.
    pub ask: bool,
    /// Only the part of this name, such as `train`.
    pub split: Option<String>,
}

impl Default for LabelSource {
    fn default() -> Self {
        Self {
            path: PathBuf::new(),
            weight: 1.0,
            ask: true,
            split: None,
        }
    }
}

/// A source of actions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ActionSource {
    /// A LeRobot dataset.
    pub path: PathBuf,
    /// Its share of the samples that are drawn.
    pub weight: f64,
    /// Cameras in the order the model sees them; the first one of the dataset if none is named.
    pub cameras: Vec<String>,
    /// The column of actions.
    pub column: String,
    /// The tag of its statistics.
    pub tag: String,
}

impl Default for ActionSource {
    fn default() -> Self {
        Self {
            path: PathBuf::new(),
            weight: 1.0,
            cameras: Vec::new(),
            column: "action".into(),
            tag: "new_embodiment".into(),
        }
    }
}
