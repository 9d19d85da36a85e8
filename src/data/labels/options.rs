//! What a person may say about a dataset before it is read or written.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::geometry::ImageSize;

/// How to read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ReadOptions {
    /// A folder to look for pictures in, before those beside the annotations.
    pub images: Option<PathBuf>,
    /// The unit of coordinates in answers of conversations.
    pub unit: Unit,
    /// The size to which pictures were resized before answers were written, where they count in its pixels.
    pub resized: Option<ImageSize>,
    /// Whether predictions of models count as annotations (Label Studio).
    pub predictions: bool,
    /// Whether the head of every picture is looked at, to compare its size with the one stated.
    pub check_pictures: bool,
}

impl Default for ReadOptions {
    fn default() -> Self {
        Self {
            images: None,
            unit: Unit::Auto,
            resized: None,
            predictions: false,
            check_pictures: true,
        }
    }
}

/// What one unit of a coordinate in an answer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    /// Pixels, unless every number is at most 1 and one has a decimal point. Reported as an assumption.
    #[default]
    Auto,
    /// Pixels of the original picture, or of the resized one where its size is given.
    Pixels,
    /// Fractions of the sides.
    Fractions,
    /// Hundredths of the sides.
    Percent,
    /// Thousandths of the sides.
    Thousandths,
}

/// How to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct WriteOptions {
    /// What becomes of the pictures.
    pub pictures: Pictures,
}

/// What becomes of the pictures when a dataset is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Pictures {
    /// They are copied beside the annotations, so that the folder is whole.
    #[default]
    Copy,
    /// They stay where they are, named as before.
    Leave,
}
