//! Resized sizes and coordinates as answers write them.

use serde_json::{Value, json};

use super::fields::{Fields, array};
use super::number_after;
use super::tally::Tally;
use crate::geometry::ImageSize;
use crate::metrics::coordinates::{original, resized, thousandths};
use crate::vision::{Fit, PixelLimits};

/// Qwen2.5-VL's cell, where no other is stated.
const FACTOR: f64 = 28.0;

pub(super) fn check(tally: &mut Tally, file: &mut Fields) {
    let convention = file.text("convention");
    let stated = |words: &str, default: f64| number_after(convention, words).unwrap_or(default);
    let factor = stated("factor", FACTOR) as u64;
    let defaults = PixelLimits::default();
    let least = stated("min", defaults.min as f64) as u64;
    for row in file.rows("rows") {
        let whole = |key: &str, default: u64| row.take(key).as_u64().unwrap_or(default);
        let from = ImageSize::new(whole("width", 0) as u32, whole("height", 0) as u32);
        let limits = PixelLimits {
            min: whole("min_pixels", least),
            max: whole("max_pixels", defaults.max),
        };
        let factor = whole("factor", factor).clamp(1, 10_000) as u32;
        match Fit::smart(from, factor, limits) {
            Ok(fit) => corners(tally, &row, from, fit.target),
            Err(_) => refused(tally, &row),
        }
        tally.rest(&row);
    }
}

fn corners(tally: &mut Tally, row: &Fields, from: ImageSize, to: ImageSize) {
    tally.exactly(row, "resized_width", &json!(to.width));
    tally.exactly(row, "resized_height", &json!(to.height));
    let Some(given) = array::<4>(row.take("box_original")) else {
        return;
    };
    let written = resized(given, from, to);
    tally.exactly(row, "box_resized_int", &json!(written));
    tally.numbers(row, "box_back", &original(written, to, from));
    tally.exactly(row, "box_1000", &json!(thousandths(given, from)));
}

/// A picture that cannot be resized has no size.
fn refused(tally: &mut Tally, row: &Fields) {
    row.take("box_original");
    for key in [
        "resized_width",
        "resized_height",
        "box_resized_int",
        "box_back",
        "box_1000",
    ] {
        tally.exactly(row, key, &Value::Null);
    }
}
