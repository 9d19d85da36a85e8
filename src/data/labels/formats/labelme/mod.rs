//! LabelMe: a JSON file for every picture, which may hold the picture itself.
//!
//! Pixels. A rectangle is two corners in any order, a circle its centre and a point of its rim, `line` and `linestrip`
//! are traces, a mask is a PNG picture at a box. Paths may be written with `\`.

mod read;
mod write;

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::Deserialize;

use crate::data::labels::loss::Feature;
use crate::data::labels::report::{Place, Reason};
use crate::data::labels::{Format, text};

/// The row of the table.
pub(super) const FORMAT: Format = Format {
    name: "labelme",
    title: "LabelMe JSON",
    recognises: |candidate| {
        let of_labelme = ["imagePath", "imageHeight", "imageData", "version"];
        candidate.has_key("shapes") && of_labelme.iter().any(|key| candidate.has_key(key))
    },
    read: |files, import| {
        for path in files {
            if let Err(error) = read::file(path, import) {
                // One broken file among many is a defect; a lone one is an error.
                if files.len() == 1 {
                    return Err(error);
                }
                import.skip("file", &Place::file(path), Reason::Form(error.to_string()));
            }
        }
        Ok(())
    },
    write: Some(write::write),
};

const HOLDS: &[Feature] = &[
    Feature::Boxes,
    Feature::Points,
    Feature::Traces,
    Feature::Polygons,
    Feature::Parts,
    Feature::Ellipses,
    Feature::Masks,
    Feature::Attributes,
    Feature::Groups,
    Feature::Empty,
    Feature::Decimals,
];

/// Longest file: one large picture written in base64.
const MAX_FILE: u64 = 512 << 20;
/// The version of LabelMe whose files are written.
const VERSION: &str = "5.5.0";

/// The picture written in a LabelMe file.
pub(crate) fn embedded(path: &Path) -> Option<Vec<u8>> {
    #[derive(Deserialize)]
    struct Data {
        #[serde(rename = "imageData")]
        data: String,
    }
    let text = text::whole(path, MAX_FILE).ok()?;
    let data: Data = serde_json::from_str(&text).ok()?;
    BASE64.decode(data.data).ok()
}
