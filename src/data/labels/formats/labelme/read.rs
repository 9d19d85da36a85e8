//! Reads LabelMe files.

use std::io::Cursor;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use image::{ImageFormat, ImageReader, Limits};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::MAX_FILE;
use crate::data::labels::LabelError;
use crate::data::labels::geometry::{Rect, Shape, Spot};
use crate::data::labels::import::{Import, task_of};
use crate::data::labels::mask::{self, Mask, MaskError};
use crate::data::labels::record::{ImageRef, Sample, Target};
use crate::data::labels::report::{Assumption, Place, Reason};
use crate::data::labels::text::{self, Lenient};
use crate::geometry::ImageSize;

#[derive(Deserialize)]
struct File {
    #[serde(default = "Vec::new")]
    shapes: Vec<Lenient<ShapeEntry>>,
    #[serde(default, rename = "imagePath")]
    image_path: Option<String>,
    #[serde(default, rename = "imageData")]
    image_data: Option<String>,
    #[serde(default, rename = "imageHeight")]
    height: Option<u32>,
    #[serde(default, rename = "imageWidth")]
    width: Option<u32>,
    #[serde(flatten)]
    other: Map<String, Value>,
}

#[derive(Deserialize)]
struct ShapeEntry {
    #[serde(default)]
    label: Option<String>,
    #[serde(default)]
    points: Vec<Spot>,
    #[serde(default)]
    shape_type: Option<String>,
    #[serde(default)]
    group_id: Option<i64>,
    #[serde(default)]
    mask: Option<String>,
    #[serde(flatten)]
    other: Map<String, Value>,
}

/// Reads a file.
pub(super) fn file(path: &Path, import: &mut Import) -> Result<(), LabelError> {
    let content = text::whole(path, MAX_FILE)?;
    let file: File =
        serde_json::from_str(&content).map_err(LabelError::damaged("LabelMe", path))?;
    import.file();
    if let Some(folder) = path.parent() {
        import.finder.add(folder);
    }
    let place = Place::file(path);
    let image = picture(path, &file, import);
    let size = image.size;
    let mut targets = Vec::new();
    for (entry, shape) in file.shapes.into_iter().enumerate() {
        let place = place.entry(entry as u64);
        let read = match shape {
            Lenient::Good(shape) => shapes(shape, size, import),
            Lenient::Bad(reason) => Err(Reason::Form(reason)),
        };
        match read {
            Ok(found) => targets.extend(found),
            Err(why) => import.skip("shape", &place, why),
        }
    }
    targets
        .iter()
        .filter_map(|t| t.label.as_deref())
        .for_each(|l| import.named_category(l));
    let mut extra = file.other;
    extra.shift_remove("version");
    if extra.get("flags").is_some_and(|flags| *flags == json!({})) {
        extra.shift_remove("flags");
    }
    let sample = Sample {
        images: vec![image],
        task: task_of(&targets),
        targets,
        extra,
        ..Sample::default()
    };
    import.push(sample, &place);
    Ok(())
}

/// The picture beside the file, else the one inside it.
fn picture(path: &Path, file: &File, import: &mut Import) -> ImageRef {
    let place = Place::file(path);
    let beside = path
        .with_extension("jpg")
        .file_name()
        .map(|n| n.to_string_lossy().into_owned());
    let written = file.image_path.clone().or(beside).unwrap_or_default();
    let stated = file
        .width
        .zip(file.height)
        .map(|(w, h)| ImageSize::new(w, h));
    let Some(data) = file.image_data.as_deref().filter(|data| !data.is_empty()) else {
        return import.image(&written, stated, &place);
    };
    let mut image = import.find(&written, stated, &place);
    if image.file.is_none() {
        image.embedded = Some(path.to_owned());
        if image.size.is_none() {
            let pixels = BASE64.decode(data).ok();
            let reader =
                pixels.map(|bytes| ImageReader::new(Cursor::new(bytes)).with_guessed_format());
            let sides = reader.and_then(|reader| reader.ok()?.into_dimensions().ok());
            image.size = sides.map(|(w, h)| ImageSize::new(w, h));
        }
    }
    image
}

/// The targets of a shape: one, but for `points`.
fn shapes(
    entry: ShapeEntry,
    size: Option<ImageSize>,
    import: &mut Import,
) -> Result<Vec<Target>, Reason> {
    let form = |text: &str| Err(Reason::Form(text.to_owned()));
    let kind = entry.shape_type.as_deref().unwrap_or("polygon").to_owned();
    let points = entry.points;
    let found = match (kind.as_str(), points.as_slice()) {
        ("mask", [a, b]) => {
            let data = entry.mask.as_deref().unwrap_or_default();
            vec![Shape::Mask(mask(data, Rect::between(*a, *b), size)?)]
        }
        ("rectangle", [a, b]) => vec![Shape::upright(Rect::between(*a, *b))],
        ("rectangle" | "oriented_rectangle", [_, _, _, _]) => {
            vec![four_corners(points, import)]
        }
        ("circle", [[x, y], [u, v]]) => {
            let radius = (u - x).hypot(v - y);
            vec![Shape::Ellipse {
                centre: [*x, *y],
                radii: [radius, radius],
                rotation: 0.0,
            }]
        }
        ("point", [spot]) => vec![Shape::Point(*spot)],
        ("points", spots) if !spots.is_empty() => spots.iter().map(|s| Shape::Point(*s)).collect(),
        ("line" | "linestrip", [_, _, ..]) => vec![Shape::Trace(points)],
        ("polygon", [_, _, _, ..]) => vec![Shape::Polygon(vec![points])],
        ("mask" | "rectangle" | "circle" | "point" | "line" | "linestrip" | "polygon", _) => {
            return form("the shape has too few or too many points");
        }
        _ => return Err(Reason::Unsupported(format!("the shape {kind:?}"))),
    };
    let mut attributes = entry.other;
    attributes.retain(|_, value| !(value.is_null() || *value == json!({}) || *value == json!("")));
    let target = |shape| {
        let mut target = Target::new(shape).labelled(entry.label.clone().unwrap_or_default());
        target.group = entry.group_id;
        target.attributes.clone_from(&attributes);
        target
    };
    Ok(found.into_iter().map(target).collect())
}

/// Four corners are a box where they are upright, else an outline.
fn four_corners(corners: Vec<Spot>, import: &mut Import) -> Shape {
    let bounds = Rect::around(corners.iter().copied());
    match bounds {
        Some(rect) if rect.corners().iter().all(|corner| corners.contains(corner)) => {
            Shape::upright(rect)
        }
        _ => {
            import.assume(Assumption::FourCorners, 1);
            Shape::Polygon(vec![corners])
        }
    }
}

/// A PNG picture of the part of a mask that lies in `rect`.
fn mask(data: &str, rect: Rect, size: Option<ImageSize>) -> Result<Mask, Reason> {
    let damaged = |reason: &str| Reason::Mask(MaskError::Damaged(reason.to_owned()));
    let size = size.ok_or_else(|| damaged("the size of the picture is not known"))?;
    mask::check(size)?;
    let bytes = BASE64
        .decode(data)
        .map_err(|error| damaged(&error.to_string()))?;
    let mut reader = ImageReader::with_format(Cursor::new(bytes), ImageFormat::Png);
    let mut limits = Limits::default();
    limits.max_alloc = Some(1 << 28);
    limits.max_image_width = Some(size.width.saturating_add(2));
    limits.max_image_height = Some(size.height.saturating_add(2));
    reader.limits(limits);
    let part = reader
        .decode()
        .map_err(|error| damaged(&error.to_string()))?
        .into_luma8();
    let mut rows = vec![false; size.pixels()];
    let (left, top) = (rect.x1.round() as i64, rect.y1.round() as i64);
    for (x, y, pixel) in part.enumerate_pixels() {
        let (x, y) = (left + i64::from(x), top + i64::from(y));
        let within =
            (0..i64::from(size.width)).contains(&x) && (0..i64::from(size.height)).contains(&y);
        if pixel.0[0] > 0 && within {
            rows[y as usize * size.width as usize + x as usize] = true;
        }
    }
    Ok(Mask::from_rows(size, &rows)?)
}
