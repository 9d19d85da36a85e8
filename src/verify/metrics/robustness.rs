//! Paraphrases and retention.

use serde_json::Value;

use super::fields::{Fields, outcome};
use super::tally::Tally;
use crate::metrics::robustness::{ParaphraseScores, retention};

pub(super) fn check(tally: &mut Tally, file: &mut Fields) {
    file.take("convention");
    for row in file.rows("paraphrase") {
        let Some(success) = outcomes(row.take("success")) else {
            tally.unusable(&row, "success");
            continue;
        };
        let scores = ParaphraseScores::new(&success);
        tally.number(&row, "original", scores.original);
        tally.number(&row, "paraphrase_mean", scores.paraphrase_mean);
        tally.number(&row, "drop", scores.drop);
        tally.number(&row, "retention", scores.retention);
        tally.number(&row, "worst_paraphrase", scores.worst);
        tally.number(&row, "all_correct", scores.all_correct);
        tally.number(&row, "consistency", scores.consistency);
        tally.rest(&row);
    }
    for row in file.rows("retention") {
        match (row.take("base").as_f64(), row.take("after").as_f64()) {
            (Some(base), Some(after)) => {
                tally.number(&row, "ratio", retention(base, after, false));
                tally.number(&row, "lower_is_better_ratio", retention(base, after, true));
            }
            _ => tally.unusable(&row, "base or after"),
        }
        tally.rest(&row);
    }
}

fn outcomes(value: &Value) -> Option<Vec<Vec<bool>>> {
    let task = |row: &Value| row.as_array()?.iter().map(outcome).collect();
    value.as_array()?.iter().map(task).collect()
}
