//! The shapes of CVAT.

use super::parser::Attributes;
use crate::data::labels::geometry::{Rect, Shape, Spot};
use crate::data::labels::mask::{Mask, MaskError};
use crate::data::labels::report::Reason;
use crate::geometry::ImageSize;

/// Names of the elements that are shapes.
pub(super) const SHAPES: &[&str] = &[
    "box", "polygon", "polyline", "points", "ellipse", "mask", "cuboid", "skeleton",
];
/// Most points of a shape, and most runs of a mask.
const MAX_NUMBERS: usize = 1 << 22;

/// Reads an element as the shapes it holds: one, but for `points`.
pub(super) fn read(
    name: &str,
    attributes: &Attributes,
    size: Option<ImageSize>,
) -> Result<Vec<Shape>, Reason> {
    let rotation = attributes
        .get("rotation")
        .map_or(Ok(0.0), |text| parse(text))?;
    let number = |key| number(attributes, key);
    Ok(match name {
        "box" => vec![Shape::Box {
            rect: Rect {
                x1: number("xtl")?,
                y1: number("ytl")?,
                x2: number("xbr")?,
                y2: number("ybr")?,
            },
            rotation,
        }],
        "ellipse" => vec![Shape::Ellipse {
            centre: [number("cx")?, number("cy")?],
            radii: [number("rx")?, number("ry")?],
            rotation,
        }],
        "polygon" => vec![Shape::Polygon(vec![points(attributes)?])],
        "polyline" => vec![Shape::Trace(points(attributes)?)],
        "points" => points(attributes)?.into_iter().map(Shape::Point).collect(),
        "mask" => vec![Shape::Mask(mask(attributes, size)?)],
        other => return Err(Reason::Unsupported(format!("a {other} of CVAT"))),
    })
}

fn parse(text: &str) -> Result<f64, Reason> {
    let number = text.trim().parse();
    number.map_err(|_| Reason::Form(format!("{text:?} is no number")))
}

fn number(attributes: &Attributes, key: &str) -> Result<f64, Reason> {
    let text = attributes.get(key);
    parse(text.ok_or_else(|| Reason::Form(format!("the attribute {key:?} is missing")))?)
}

/// `x,y;x,y;...`
fn points(attributes: &Attributes) -> Result<Vec<Spot>, Reason> {
    let text = attributes
        .get("points")
        .map(String::as_str)
        .unwrap_or_default();
    let pairs = text
        .split(';')
        .filter(|pair| !pair.trim().is_empty())
        .take(MAX_NUMBERS);
    let spots = pairs.map(|pair| {
        let (x, y) = pair
            .split_once(',')
            .ok_or_else(|| Reason::Form("points are pairs \"x,y\"".into()))?;
        Ok([parse(x)?, parse(y)?])
    });
    let spots: Vec<Spot> = spots.collect::<Result<_, Reason>>()?;
    if spots.is_empty() {
        return Err(Reason::Form("the shape has no points".into()));
    }
    Ok(spots)
}

/// Runs along the rows of a part of the picture, background first.
fn mask(attributes: &Attributes, size: Option<ImageSize>) -> Result<Mask, Reason> {
    let damaged = |reason: &str| Reason::Mask(MaskError::Damaged(reason.into()));
    let size = size.ok_or_else(|| damaged("the size of the picture is not known"))?;
    crate::data::labels::mask::check(size)?;
    let number = |key: &str| -> Result<usize, Reason> {
        let number = number(attributes, key)?;
        if !(0.0..=1e9).contains(&number) {
            return Err(damaged("it lies outside the picture"));
        }
        Ok(number as usize)
    };
    let (left, top) = (number("left")?, number("top")?);
    let (width, height) = (number("width")?, number("height")?);
    if left + width > size.width as usize || top + height > size.height as usize {
        return Err(damaged("it lies outside the picture"));
    }
    let mut rows = vec![false; size.pixels()];
    let (mut at, mut inside) = (0_usize, false);
    let runs = attributes
        .get("rle")
        .map(String::as_str)
        .unwrap_or_default();
    for run in runs.split(',').take(MAX_NUMBERS) {
        let run: usize = run
            .trim()
            .parse()
            .map_err(|_| damaged("its runs are no whole numbers"))?;
        let end = at.saturating_add(run);
        if end > width * height {
            return Err(damaged("its runs go beyond it"));
        }
        for pixel in (at..end).filter(|_| inside) {
            rows[(top + pixel / width) * size.width as usize + left + pixel % width] = true;
        }
        (at, inside) = (end, !inside);
    }
    Ok(Mask::from_rows(size, &rows)?)
}

/// The element of a shape and its own attributes. Only the first outline is written; objects of several have become
/// boxes before.
pub(super) fn write(shape: &Shape) -> (&'static str, Vec<(&'static str, String)>) {
    let text = |v: f64| v.to_string();
    let turn = |rotation: f64| (rotation != 0.0).then(|| ("rotation", text(rotation)));
    match shape {
        Shape::Box { rect, rotation } => {
            let sides = [
                ("xtl", rect.x1),
                ("ytl", rect.y1),
                ("xbr", rect.x2),
                ("ybr", rect.y2),
            ];
            let sides = sides.into_iter().map(|(key, v)| (key, text(v)));
            ("box", sides.chain(turn(*rotation)).collect())
        }
        Shape::Point(spot) => ("points", vec![("points", pairs(&[*spot]))]),
        Shape::Trace(spots) => ("polyline", vec![("points", pairs(spots))]),
        Shape::Polygon(rings) => (
            "polygon",
            vec![("points", pairs(rings.first().map_or(&[], Vec::as_slice)))],
        ),
        Shape::Ellipse {
            centre,
            radii,
            rotation,
        } => {
            let sides = [
                ("cx", centre[0]),
                ("cy", centre[1]),
                ("rx", radii[0]),
                ("ry", radii[1]),
            ];
            let sides = sides.into_iter().map(|(key, v)| (key, text(v)));
            ("ellipse", sides.chain(turn(*rotation)).collect())
        }
        Shape::Mask(mask) => ("mask", runs_of(mask)),
    }
}

fn pairs(spots: &[Spot]) -> String {
    let pairs = spots.iter().map(|[x, y]| format!("{x},{y}"));
    pairs.collect::<Vec<_>>().join(";")
}

fn runs_of(mask: &Mask) -> Vec<(&'static str, String)> {
    let Some(rect) = mask.bounds() else {
        return Vec::new();
    };
    let [left, top, width, height] = rect.xywh().map(|v| v as usize);
    let (rows, across) = (mask.to_rows(), mask.size().width as usize);
    let part = (0..height).flat_map(|y| (0..width).map(move |x| (top + y) * across + left + x));
    let runs = crate::data::labels::mask::runs(part.map(|at| rows[at]));
    let rle = runs
        .iter()
        .map(u32::to_string)
        .collect::<Vec<_>>()
        .join(", ");
    vec![
        ("rle", rle),
        ("left", left.to_string()),
        ("top", top.to_string()),
        ("width", width.to_string()),
        ("height", height.to_string()),
    ]
}
