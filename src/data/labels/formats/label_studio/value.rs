//! The `value` of a region: a shape in hundredths of the sides, and its label.

use serde_json::{Map, Value, json};

use super::brush;
use crate::data::labels::geometry::{Rect, Shape, Spot, turned};
use crate::data::labels::mask::Mask;
use crate::data::labels::report::Reason;
use crate::geometry::ImageSize;

/// Most numbers of one region.
const MAX_NUMBERS: usize = 1 << 26;

/// Reads a shape; none where the region is none (a choice, a text).
pub(super) fn read(value: &Map<String, Value>, size: ImageSize) -> Result<Option<Shape>, Reason> {
    let number = |key: &str| value.get(key).and_then(Value::as_f64);
    let (w, h) = (
        f64::from(size.width) / 100.0,
        f64::from(size.height) / 100.0,
    );
    let rotation = number("rotation").unwrap_or(0.0);
    if let Some(Value::Array(points)) = value.get("points").or_else(|| value.get("vertices")) {
        let spots = points
            .iter()
            .map(|point| spot(point).map(|[x, y]| [x * w, y * h]));
        let spots = spots.collect::<Option<Vec<Spot>>>();
        let spots = spots.ok_or_else(|| Reason::Form("points are pairs of numbers".into()))?;
        let open = value.get("closed") == Some(&Value::Bool(false));
        return Ok(Some(if open {
            Shape::Trace(spots)
        } else {
            Shape::Polygon(vec![spots])
        }));
    }
    if let Some(Value::Array(rle)) = value.get("rle") {
        return mask(rle, size).map(|mask| Some(Shape::Mask(mask)));
    }
    let (Some(x), Some(y)) = (number("x"), number("y")) else {
        return Ok(None);
    };
    let corner = [x * w, y * h];
    Ok(Some(
        match (
            number("radiusX"),
            number("radiusY"),
            number("width"),
            number("height"),
        ) {
            (Some(a), Some(b), ..) => Shape::Ellipse {
                centre: corner,
                radii: [a * w, b * h],
                rotation,
            },
            (_, _, Some(width), Some(height)) => {
                from_corner(corner, [width * w, height * h], rotation)
            }
            _ => Shape::Point(corner),
        },
    ))
}

fn spot(value: &Value) -> Option<Spot> {
    match value {
        Value::Array(pair) => Some([pair.first()?.as_f64()?, pair.get(1)?.as_f64()?]),
        Value::Object(map) => Some([map.get("x")?.as_f64()?, map.get("y")?.as_f64()?]),
        _ => None,
    }
}

fn mask(rle: &[Value], size: ImageSize) -> Result<Mask, Reason> {
    if rle.len() > MAX_NUMBERS {
        return Err(Reason::TooMany(MAX_NUMBERS as u64));
    }
    let byte = |value: &Value| value.as_u64().and_then(|byte| u8::try_from(byte).ok());
    let bytes: Option<Vec<u8>> = rle.iter().map(byte).collect();
    let bytes = bytes.ok_or_else(|| Reason::Form("a brush is a list of bytes".into()))?;
    Ok(brush::read(&bytes, size)?)
}

/// A box that is turned about its top-left corner.
fn from_corner(corner: Spot, [width, height]: [f64; 2], rotation: f64) -> Shape {
    let middle = [corner[0] + width / 2.0, corner[1] + height / 2.0];
    if rotation == 0.0 {
        return Shape::upright(Rect::from_xywh([corner[0], corner[1], width, height]));
    }
    let [x, y] = turned(middle, corner, rotation);
    Shape::Box {
        rect: Rect::from_xywh([x - width / 2.0, y - height / 2.0, width, height]),
        rotation,
    }
}

/// The kind of a region and its value.
pub(super) fn write(shape: &Shape, size: ImageSize) -> (&'static str, Map<String, Value>) {
    let (w, h) = (
        100.0 / f64::from(size.width),
        100.0 / f64::from(size.height),
    );
    let pairs = |spots: &[Spot]| {
        spots
            .iter()
            .map(|[x, y]| [x * w, y * h])
            .collect::<Vec<_>>()
    };
    let (kind, value) = match shape {
        Shape::Box { rect, rotation } => {
            let [x, y] = turned([rect.x1, rect.y1], rect.centre(), *rotation);
            let [.., width, height] = rect.xywh();
            let value = json!({"x": x * w, "y": y * h, "width": width * w, "height": height * h, "rotation": rotation});
            ("rectanglelabels", value)
        }
        Shape::Point([x, y]) => (
            "keypointlabels",
            json!({"x": x * w, "y": y * h, "width": 0.5}),
        ),
        Shape::Trace(spots) => (
            "polygonlabels",
            json!({"points": pairs(spots), "closed": false}),
        ),
        Shape::Polygon(rings) => (
            "polygonlabels",
            json!({"points": pairs(&rings.concat()), "closed": true}),
        ),
        Shape::Ellipse {
            centre: [x, y],
            radii: [a, b],
            rotation,
        } => {
            let value = json!({"x": x * w, "y": y * h, "radiusX": a * w, "radiusY": b * h, "rotation": rotation});
            ("ellipselabels", value)
        }
        Shape::Mask(mask) => (
            "brushlabels",
            json!({"format": "rle", "rle": brush::write(mask)}),
        ),
    };
    let map = match value {
        Value::Object(map) => map,
        _ => Map::new(),
    };
    (kind, map)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_turn_about_their_corner() {
        let size = ImageSize::new(200, 100);
        let value = json!({"x": 50, "y": 50, "width": 10, "height": 10, "rotation": 90});
        let shape = read(value.as_object().unwrap(), size).unwrap().unwrap();
        // The corner at (100, 50) stays; the box of 20 x 10 lies to the left of it and below.
        let bounds = shape.bounds().unwrap();
        let found = [bounds.x1, bounds.y1, bounds.x2, bounds.y2];
        let expected = [90.0, 50.0, 100.0, 70.0];
        assert!(
            found
                .iter()
                .zip(expected)
                .all(|(a, b)| (a - b).abs() < 1e-9),
            "{found:?}"
        );
        let (kind, written) = write(&shape, size);
        assert_eq!(kind, "rectanglelabels");
        for key in ["x", "y", "width", "height", "rotation"] {
            let (a, b) = (written[key].as_f64().unwrap(), value[key].as_f64().unwrap());
            assert!((a - b).abs() < 1e-9, "{key}: {a} {b}");
        }
    }
}
