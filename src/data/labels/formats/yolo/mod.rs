//! YOLO: a text file for every picture, a line for every object, numbers as fractions of the sides.
//!
//! `class x y width height` about the centre of a box, a sixth number being a score; more numbers are the corners of
//! an outline, or keypoints where `data.yaml` gives their shape. Names of classes are in `data.yaml` or `classes.txt`.
//! Pictures lie in `images/`, their lines in `labels/`, or side by side.

mod read;
mod write;

use std::path::{Path, PathBuf};

use crate::data::labels::loss::Feature;
use crate::data::labels::sniff::Candidate;
use crate::data::labels::{Format, text};

/// The row of the table.
pub(super) const FORMAT: Format = Format {
    name: "yolo",
    title: "YOLO text files (detection and segmentation)",
    recognises: is_yolo,
    read: read::read,
    write: Some(write::write),
};

const HOLDS: &[Feature] = &[
    Feature::Boxes,
    Feature::Polygons,
    Feature::Scores,
    Feature::Splits,
    Feature::Empty,
    Feature::Decimals,
];

/// Files that name the classes, one a line.
const CLASS_FILES: &[&str] = &["classes.txt", "obj.names", "labels.txt"];
/// Parts of a dataset, as folders are called.
const SPLITS: &[&str] = &["train", "val", "valid", "test"];
/// Longest file of classes.
const MAX_YAML: u64 = 4 << 20;
/// Most numbers in a line.
const MAX_NUMBERS: usize = 1 << 17;

fn is_yolo(candidate: &Candidate) -> bool {
    if !candidate.is_folder() {
        let yaml = matches!(candidate.ending.as_str(), "yaml" | "yml");
        return yaml
            && candidate
                .head
                .lines()
                .any(|line| line.trim_start().starts_with("names:"));
    }
    let is_labels =
        |path: &&PathBuf| path.extension().is_some_and(|e| e == "txt") && !is_class_file(path);
    let has_names = candidate.files.iter().any(|path| is_class_file(path));
    let texts: Vec<&PathBuf> = candidate.files.iter().filter(is_labels).take(16).collect();
    texts.iter().any(|path| is_objects(path)) || (has_names && !texts.is_empty())
}

fn is_class_file(path: &Path) -> bool {
    path.file_name()
        .is_some_and(|name| CLASS_FILES.iter().any(|known| name == *known))
}

/// Whether the first line of a file is an object.
fn is_objects(path: &Path) -> bool {
    let head = text::head(path, 4096).unwrap_or_default();
    let first = head.lines().next().and_then(numbers);
    first.is_some_and(|numbers| numbers.len() > 4)
}

/// The numbers of a line; none where something else stands in it.
fn numbers(line: &str) -> Option<Vec<f64>> {
    let words = line.split_ascii_whitespace().take(MAX_NUMBERS);
    words.map(|word| word.parse().ok()).collect()
}
