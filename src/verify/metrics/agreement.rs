//! Confidence against outcomes, and raters against each other.

use serde_json::Value;

use super::count_before;
use super::fields::{Fields, array, outcome, vector};
use super::tally::Tally;
use crate::metrics::calibration::{BINS, Calibration};
use crate::metrics::mean;
use crate::metrics::raters::{Rating, cohen_kappa, krippendorff_alpha, pairwise_iou};

pub(super) fn check(tally: &mut Tally, file: &mut Fields) {
    let bins = count_before(file.text("convention"), " equal bins").unwrap_or(BINS);
    if file.has("confidence") {
        confidence(tally, file, bins);
    }
    if file.has("labels") {
        labels(tally, file);
    }
    if file.has("boxes") {
        boxes(tally, file);
    }
}

/// How one number of a calibration is read.
type Read = fn(&Calibration) -> Option<f64>;

fn confidence(tally: &mut Tally, file: &Fields, bins: usize) {
    let confidence = vector(file.take("confidence")).unwrap_or_default();
    let correct = file.take("correct").as_array().into_iter().flatten();
    let correct: Vec<bool> = correct.filter_map(outcome).collect();
    if confidence.len() != correct.len() {
        return tally.unusable(file, "confidence or correct");
    }
    let answers: Vec<(f64, bool)> = confidence.into_iter().zip(correct).collect();
    let named: [(&str, Read); 2] = [("ece", |c| c.expected), ("mce", |c| c.largest)];
    for (name, read) in named {
        for key in file.starting(name).collect::<Vec<_>>() {
            let bins = key[name.len()..].parse().unwrap_or(bins).min(1000);
            tally.number(file, key, read(&Calibration::new(&answers, bins)));
        }
    }
    tally.number(file, "brier", Calibration::new(&answers, bins).brier);
}

fn labels(tally: &mut Tally, file: &Fields) {
    let raters = file.take("labels").as_array().into_iter().flatten();
    let rating = |value: &Value| -> Rating { (!value.is_null()).then(|| value.to_string()) };
    let rater = |row: &Value| row.as_array().into_iter().flatten().map(rating).collect();
    let raters: Vec<Vec<Rating>> = raters.map(rater).collect();
    for key in file.starting("cohen_kappa").collect::<Vec<_>>() {
        let digits = key
            .bytes()
            .filter(u8::is_ascii_digit)
            .map(|d| usize::from(d - b'0'));
        let named: Vec<usize> = digits.collect();
        let pair = match named[..] {
            [a, b] => a.checked_sub(1).zip(b.checked_sub(1)),
            [] => Some((0, 1)),
            _ => None,
        };
        let rated = pair.and_then(|(a, b)| raters.get(a).zip(raters.get(b)));
        match rated {
            Some((a, b)) => tally.number(file, key, cohen_kappa(a, b)),
            None => tally.skip(key, "it names no two raters"),
        }
    }
    tally.number(file, "krippendorff_alpha", krippendorff_alpha(&raters));
}

fn boxes(tally: &mut Tally, file: &Fields) {
    let items = file.take("boxes").as_array().into_iter().flatten();
    let item = |boxes: &Value| {
        let drawn: Vec<[f64; 4]> = boxes
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(array)
            .collect();
        pairwise_iou(&drawn)
    };
    let of_items: Vec<f64> = items.filter_map(item).collect();
    tally.numbers(file, "per_item_mean_iou", &of_items);
    tally.number(file, "mean_pairwise_iou", mean(&of_items));
}
