//! Points in masks, boxes and polygons.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::fields::{Fields, array, arrays, vector};
use super::tally::Tally;
use crate::media::Picture;
use crate::metrics::mean;
use crate::metrics::points::{MaskView, expanded, in_box, in_mask, in_polygon, mask_score};
use crate::vision::Frame;

pub(super) fn mask(tally: &mut Tally, file: &mut Fields) {
    let of_file = picture(file);
    let mut scores = Vec::new();
    for row in file.rows("rows") {
        let own = if row.has("mask_png_base64") {
            picture(&row)
        } else {
            None
        };
        let Some(frame) = own.as_ref().or(of_file.as_ref()) else {
            tally.unusable(&row, "mask_png_base64");
            continue;
        };
        let inside = |x, y| {
            frame
                .pixel(x, y)
                .is_some_and(|rgb| rgb.iter().any(|v| *v > 0))
        };
        let view = MaskView {
            width: frame.size().width,
            height: frame.size().height,
            inside: &inside,
        };
        let points = answer(row.take("points"), &view);
        let hits: Vec<u8> = points
            .iter()
            .map(|point| u8::from(in_mask(*point, &view)))
            .collect();
        let score = mask_score(&points, &view);
        tally.exactly(&row, "hits", &json!(hits));
        tally.number(&row, "score", Some(score));
        tally.rest(&row);
        scores.push(score);
    }
    tally.number(file, "benchmark", mean(&scores));
}

/// The points of an answer; four numbers are a box and stand for all its pixels.
fn answer(points: &Value, view: &MaskView) -> Vec<[f64; 2]> {
    let points = points.as_array().into_iter().flatten();
    points
        .flat_map(|point| match vector(point).as_deref() {
            Some([x, y]) => vec![[*x, *y]],
            Some([x1, y1, x2, y2]) => expanded([*x1, *y1, *x2, *y2], view),
            _ => Vec::new(),
        })
        .collect()
}

fn picture(fields: &Fields) -> Option<Frame> {
    let text = fields.text("mask_png_base64");
    let (width, height) = (
        fields.take("width").as_u64(),
        fields.take("height").as_u64(),
    );
    let bytes = STANDARD.decode(text).ok()?;
    let picture = Picture::decode(&bytes, std::path::Path::new("mask_png_base64")).ok()?;
    let frame = picture.frame;
    let agrees =
        |stated: Option<u64>, side: u32| stated.is_none_or(|stated| stated == u64::from(side));
    (agrees(width, frame.size().width) && agrees(height, frame.size().height)).then_some(frame)
}

pub(super) fn shapes(tally: &mut Tally, file: &mut Fields) {
    file.take("convention");
    for row in file.rows("box") {
        match (array(row.take("point")), array(row.take("box"))) {
            (Some(point), Some(corners)) => inside(tally, &row, "box", in_box(point, corners)),
            _ => tally.unusable(&row, "point or box"),
        }
        tally.rest(&row);
    }
    let of_file: Option<Vec<[f64; 2]>> = arrays(file.take("polygon"));
    for row in file.rows("polygon_rows") {
        let own = if row.has("polygon") {
            arrays(row.take("polygon"))
        } else {
            None
        };
        match (array(row.take("point")), own.as_ref().or(of_file.as_ref())) {
            (Some(point), Some(corners)) => {
                inside(tally, &row, "polygon", in_polygon(point, corners));
            }
            _ => tally.unusable(&row, "point or polygon"),
        }
        tally.rest(&row);
    }
}

fn inside(tally: &mut Tally, row: &Fields, what: &str, got: bool) {
    let want = row.take("inside");
    let as_number = |value: bool| f64::from(u8::from(value));
    let want = want
        .as_bool()
        .map_or(Value::Null, |want| json!(as_number(want)));
    tally.value(
        &format!("{what} inside"),
        &row.at,
        Some(as_number(got)),
        &want,
    );
}
