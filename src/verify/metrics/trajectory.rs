//! Traces: resampling and every distance of two.

use super::count_before;
use super::fields::{Fields, array, arrays};
use super::tally::Tally;
use crate::metrics::traces::{POINTS, TraceScore, frechet, hausdorff, resample, warping};

/// Most pairs of waypoints of two traces.
const MOST: usize = 100_000_000;

pub(super) fn check(tally: &mut Tally, file: &mut Fields) {
    let count = count_before(file.text("convention"), " points").unwrap_or(POINTS);
    for row in file.rows("rows") {
        let size = array(row.take("image")).unwrap_or([f64::NAN; 2]);
        let Some(truth) = arrays::<2>(row.take("gt")) else {
            tally.unusable(&row, "gt");
            continue;
        };
        let predicted = arrays::<2>(row.take("pred")).unwrap_or_default();
        if predicted.len().saturating_mul(truth.len()) > MOST {
            tally.unusable(&row, "a trace of a length that can be compared");
            continue;
        }
        for (key, points) in [("pred_resampled", &predicted), ("gt_resampled", &truth)] {
            for key in row.starting(key).collect::<Vec<_>>() {
                let digits = key.trim_start_matches(|c: char| !c.is_ascii_digit());
                let count = digits.parse().unwrap_or(count).min(100_000);
                tally.numbers(&row, key, resample(points, count).as_flattened());
            }
        }
        distances(
            tally,
            &row,
            TraceScore::new(&predicted, &truth, size, count).as_ref(),
        );
        tally.number(&row, "dfd_raw", frechet(&predicted, &truth));
        tally.number(&row, "dtw_raw", warping(&predicted, &truth));
        tally.number(&row, "hausdorff_raw", hausdorff(&predicted, &truth));
        tally.rest(&row);
    }
}

fn distances(tally: &mut Tally, row: &Fields, score: Option<&TraceScore>) {
    let some = |value: fn(&TraceScore) -> f64| score.map(value);
    tally.number(row, "dfd", some(|s| s.frechet));
    tally.number(row, "hausdorff", some(|s| s.hausdorff));
    tally.number(row, "dtw", score.and_then(|s| s.warping));
    tally.number(row, "rmse", some(|s| s.rmse));
    tally.number(row, "ade", some(|s| s.mean_distance));
    tally.number(row, "fde", some(|s| s.last_distance));
    tally.number(row, "mae_per_coordinate", score.and_then(|s| s.mae));
    tally.number(row, "mae_1000", score.and_then(|s| s.mae_1000));
    tally.number(row, "rmse_unit", score.and_then(|s| s.rmse_unit));
}
