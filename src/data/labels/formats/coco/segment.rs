//! A `segmentation`: outlines, or a mask with its runs as text or numbers.

use serde_json::{Value, json};

use crate::data::labels::fill;
use crate::data::labels::geometry::{Rect, Shape, Spot};
use crate::data::labels::mask::Mask;
use crate::data::labels::report::Reason;
use crate::geometry::ImageSize;

/// Most runs of a mask, and most numbers of an outline.
const MAX_NUMBERS: usize = 1 << 24;

/// Reads a segmentation; none where there is none.
pub(super) fn read(value: &Value) -> Result<Option<Shape>, Reason> {
    match value {
        Value::Array(list) if list.first().is_some_and(Value::is_number) => {
            outline(list).map(|ring| Some(Shape::Polygon(vec![ring])))
        }
        Value::Array(list) if !list.is_empty() => {
            let rings = list.iter().map(|ring| match ring {
                Value::Array(numbers) => outline(numbers),
                _ => Err(form("an outline is a list of numbers")),
            });
            Ok(Some(Shape::Polygon(rings.collect::<Result<_, _>>()?)))
        }
        Value::Object(map) => {
            let size = size(map.get("size"))?;
            let mask = match map.get("counts") {
                Some(Value::String(text)) => Mask::from_text(size, text)?,
                Some(Value::Array(counts)) => Mask::new(size, runs(counts)?)?,
                _ => return Err(form("a mask has \"counts\"")),
            };
            Ok(Some(Shape::Mask(mask)))
        }
        Value::Null | Value::Array(_) => Ok(None),
        _ => Err(form("a segmentation is a list or an object")),
    }
}

fn form(text: &str) -> Reason {
    Reason::Form(text.to_owned())
}

/// `x, y, x, y, ...`
pub(super) fn outline(numbers: &[Value]) -> Result<Vec<Spot>, Reason> {
    if !numbers.len().is_multiple_of(2) || numbers.len() > MAX_NUMBERS {
        return Err(form("an outline has an even count of numbers"));
    }
    let number = |value: &Value| {
        value
            .as_f64()
            .ok_or_else(|| form("an outline is a list of numbers"))
    };
    let pairs = numbers.as_chunks::<2>().0.iter();
    pairs.map(|[x, y]| Ok([number(x)?, number(y)?])).collect()
}

/// `[height, width]`
fn size(value: Option<&Value>) -> Result<ImageSize, Reason> {
    let side = |at: usize| u32::try_from(value?.get(at)?.as_u64()?).ok();
    match (side(0), side(1)) {
        (Some(height), Some(width)) => Ok(ImageSize::new(width, height)),
        _ => Err(form("a mask has \"size\": [height, width]")),
    }
}

fn runs(counts: &[Value]) -> Result<Vec<u32>, Reason> {
    if counts.len() > MAX_NUMBERS {
        return Err(Reason::TooMany(MAX_NUMBERS as u64));
    }
    let run = |value: &Value| value.as_u64().and_then(|count| u32::try_from(count).ok());
    let counts: Option<Vec<u32>> = counts.iter().map(run).collect();
    counts.ok_or_else(|| form("\"counts\" are whole numbers from 0"))
}

/// Writes a segmentation and its area; boxes have none.
pub(super) fn write(shape: &Shape, size: Option<ImageSize>) -> (Value, f64) {
    match shape {
        Shape::Polygon(rings) => {
            let lists: Vec<Vec<f64>> = rings.iter().map(|ring| ring.concat()).collect();
            (json!(lists), area(rings, size))
        }
        Shape::Mask(mask) => {
            let size = mask.size();
            let value = json!({"size": [size.height, size.width], "counts": mask.to_text()});
            (value, mask.area() as f64)
        }
        other => (json!([]), other.bounds().map_or(0.0, Rect::area)),
    }
}

/// In pixels, as pycocotools counts them; where the size of the picture is not known, by the corners.
fn area(rings: &[Vec<Spot>], size: Option<ImageSize>) -> f64 {
    if let Some(mask) = size.and_then(|size| fill(size, rings).ok()) {
        return mask.area() as f64;
    }
    let twice = |ring: &Vec<Spot>| {
        let next = ring.iter().cycle().skip(1);
        let cross = ring
            .iter()
            .zip(next)
            .map(|(a, b)| a[0] * b[1] - b[0] * a[1]);
        cross.sum::<f64>().abs()
    };
    rings.iter().map(twice).sum::<f64>() / 2.0
}
