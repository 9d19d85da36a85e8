//! COCO: one JSON file of pictures, annotations and categories. Pixels; boxes are corner and size.
//!
//! Outlines, compressed and uncompressed masks, crowds, keypoints that are seen, captions. Ids have gaps; pictures
//! without annotations count. Points that belong to no object are written as keypoints of their own.

mod read;
mod schema;
mod segment;
mod write;

use crate::data::labels::Format;
use crate::data::labels::loss::Feature;
use crate::data::labels::sniff::Candidate;

/// The row of the table.
pub(super) const FORMAT: Format = Format {
    name: "coco",
    title: "COCO JSON",
    recognises: is_coco,
    read: |files, import| files.iter().try_for_each(|path| read::file(path, import)),
    write: Some(write::write),
};

const HOLDS: &[Feature] = &[
    Feature::Boxes,
    Feature::Points,
    Feature::Polygons,
    Feature::Parts,
    Feature::Masks,
    Feature::Bounds,
    Feature::Scores,
    Feature::Attributes,
    Feature::Crowds,
    Feature::Groups,
    Feature::TargetIds,
    Feature::Phrases,
    Feature::Empty,
    Feature::Decimals,
];

/// Name of the keypoint that is no part of an object but the target itself.
const LOOSE: &str = "point";

fn is_coco(candidate: &Candidate) -> bool {
    let listed = candidate.has_key("images") || candidate.has_key("annotations");
    let head = &candidate.head;
    listed
        && head.trim_start().starts_with('{')
        && (head.contains("\"file_name\"")
            || head.contains("\"image_id\"")
            || candidate.has_key("categories"))
}
