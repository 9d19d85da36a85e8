//! Writes LabelMe files.

use std::io::Cursor;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use image::ImageFormat;
use serde_json::{Map, Value, json};

use super::{FORMAT, HOLDS, VERSION};
use crate::data::labels::LabelError;
use crate::data::labels::export::{Export, NAMELESS, WriteReport, by_picture};
use crate::data::labels::finder::inside;
use crate::data::labels::geometry::{Rect, Shape, Spot};
use crate::data::labels::mask::Mask;
use crate::data::labels::options::WriteOptions;
use crate::data::labels::record::{LabelSet, Target};

/// Writes a JSON file beside every picture.
pub(super) fn write(
    set: &LabelSet,
    out: &Path,
    options: WriteOptions,
) -> Result<WriteReport, LabelError> {
    let mut export = Export::open(set, out, (FORMAT.name, HOLDS), &[], options)?;
    let mut groups = set
        .samples
        .iter()
        .flat_map(|s| s.targets.iter().filter_map(|t| t.group))
        .max()
        .unwrap_or(0);
    for (image, samples) in by_picture(set) {
        let name = export.picture(image, "")?;
        let mut shapes = Vec::new();
        let mut extra = Map::new();
        for sample in samples {
            for (target, shape) in export.targets(sample) {
                shapes.extend(entries(target, &shape, &mut groups, &mut export));
            }
            extra.extend(sample.extra.clone());
            export.report.samples += 1;
        }
        let beside = Path::new(&name)
            .file_name()
            .unwrap_or_default()
            .to_string_lossy();
        let mut map = Map::new();
        map.insert("version".into(), VERSION.into());
        map.insert(
            "flags".into(),
            extra.shift_remove("flags").unwrap_or(json!({})),
        );
        map.insert("shapes".into(), Value::Array(shapes));
        map.insert("imagePath".into(), beside.into());
        map.insert("imageData".into(), Value::Null);
        map.insert(
            "imageHeight".into(),
            json!(image.size.map(|size| size.height)),
        );
        map.insert(
            "imageWidth".into(),
            json!(image.size.map(|size| size.width)),
        );
        for (key, value) in extra {
            map.entry(key).or_insert(value);
        }
        let file = inside(&name.replace('\\', "/")).unwrap_or_else(|| PathBuf::from("picture"));
        let file = file.with_extension("json").to_string_lossy().into_owned();
        let text = serde_json::to_vec_pretty(&Value::Object(map))
            .map_err(|error| LabelError::io("writing the file", out)(error.into()))?;
        export.side(&file, &text)?;
    }
    export.finish()
}

fn entries(target: &Target, shape: &Shape, groups: &mut i64, export: &mut Export) -> Vec<Value> {
    let entry = |kind: &str, points: Vec<Spot>, group: Option<i64>| {
        let mut map = Map::new();
        map.insert(
            "label".into(),
            target.label.as_deref().unwrap_or(NAMELESS).into(),
        );
        map.insert("points".into(), json!(points));
        map.insert("group_id".into(), json!(group));
        map.insert("description".into(), "".into());
        map.insert("shape_type".into(), kind.into());
        map.insert("flags".into(), json!({}));
        map.insert("mask".into(), Value::Null);
        map.extend(target.attributes.clone());
        map
    };
    let group = target.group;
    let one = |kind: &str, points| vec![Value::Object(entry(kind, points, group))];
    match shape {
        Shape::Box { rect, .. } => one("rectangle", vec![[rect.x1, rect.y1], [rect.x2, rect.y2]]),
        Shape::Point(spot) => one("point", vec![*spot]),
        Shape::Trace(spots) => one("linestrip", spots.clone()),
        Shape::Ellipse {
            centre: [x, y],
            radii: [a, b],
            ..
        } if (a - b).abs() < 1e-9 => one("circle", vec![[*x, *y], [x + a, *y]]),
        Shape::Ellipse { .. } => {
            export.note("ellipses that are no circles became outlines");
            one("polygon", shape.outline().unwrap_or_default())
        }
        Shape::Polygon(rings) if rings.len() == 1 => one("polygon", rings[0].clone()),
        Shape::Polygon(rings) => {
            export.note("objects of several outlines became a group of outlines");
            *groups += 1;
            let group = group.unwrap_or(*groups);
            rings
                .iter()
                .map(|ring| Value::Object(entry("polygon", ring.clone(), Some(group))))
                .collect()
        }
        Shape::Mask(mask) => {
            let Some((rect, data)) = cropped(mask) else {
                return Vec::new();
            };
            let corners = vec![[rect.x1, rect.y1], [rect.x2 - 1.0, rect.y2 - 1.0]];
            let mut map = entry("mask", corners, group);
            map.insert("mask".into(), data.into());
            vec![Value::Object(map)]
        }
    }
}

/// The part of a mask within its bounds, as LabelMe writes it: a PNG picture in base64.
fn cropped(mask: &Mask) -> Option<(Rect, String)> {
    let rect = mask.bounds()?;
    let (rows, width) = (mask.to_rows(), mask.size().width as usize);
    let part = image::GrayImage::from_fn(
        (rect.x2 - rect.x1) as u32,
        (rect.y2 - rect.y1) as u32,
        |x, y| {
            let at = (y as usize + rect.y1 as usize) * width + x as usize + rect.x1 as usize;
            image::Luma([if rows[at] { 255 } else { 0 }])
        },
    );
    let mut bytes = Cursor::new(Vec::new());
    part.write_to(&mut bytes, ImageFormat::Png).ok()?;
    Some((rect, BASE64.encode(bytes.into_inner())))
}
