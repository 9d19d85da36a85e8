//! Label Studio JSON: tasks with annotations, coordinates in hundredths of the sides. JSON-MIN is read as well.
//!
//! Boxes turn about their top-left corner. An open polygon is a trace. Brushes have a codec of their own (`brush`).
//! Predictions are passed over unless asked for; of several annotations of a task the first is read.

mod brush;
mod read;
mod value;
mod write;

use crate::data::labels::Format;
use crate::data::labels::loss::Feature;
use crate::data::labels::sniff::Candidate;

/// The row of the table.
pub(super) const FORMAT: Format = Format {
    name: "label_studio",
    title: "Label Studio JSON or JSON-MIN",
    recognises: is_label_studio,
    read: |files, import| files.iter().try_for_each(|path| read::file(path, import)),
    write: Some(write::write),
};

const HOLDS: &[Feature] = &[
    Feature::Boxes,
    Feature::Points,
    Feature::Traces,
    Feature::Polygons,
    Feature::Ellipses,
    Feature::Masks,
    Feature::Rotation,
    Feature::Scores,
    Feature::TargetIds,
    Feature::Empty,
    Feature::Decimals,
    Feature::Unlabelled,
];

fn is_label_studio(candidate: &Candidate) -> bool {
    let annotated = ["annotations", "completions", "predictions"];
    let full = candidate.has_key("data") && annotated.iter().any(|key| candidate.has_key(key));
    let flat = candidate.head.contains("\"original_width\"")
        && (candidate.has_key("annotation_id") || candidate.has_key("lead_time"));
    full || flat
}
