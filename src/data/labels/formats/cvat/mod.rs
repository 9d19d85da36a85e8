//! CVAT XML: pictures with shapes (images 1.1) and tracks over frames (video 1.1). Pixels.
//!
//! A polyline is a trace. Boxes and ellipses turn about their centres. In a track `outside` ends a shape until the next
//! key; frames between keys are interpolated. Document types are refused, so no entity is ever expanded. Images are
//! written, tracks only read.

mod parser;
mod read;
mod shape;
mod track;
mod write;

use crate::data::labels::Format;
use crate::data::labels::loss::Feature;

/// The row of the table.
pub(super) const FORMAT: Format = Format {
    name: "cvat",
    title: "CVAT XML (images 1.1, video 1.1)",
    recognises: |candidate| {
        let head = candidate.head.trim_start();
        head.starts_with('<') && head.contains("<annotations")
    },
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
    Feature::Attributes,
    Feature::Groups,
    Feature::Splits,
    Feature::Empty,
    Feature::Decimals,
];
