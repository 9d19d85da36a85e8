//! Overlap of pairs of boxes, and of sets of boxes.

use serde_json::{Value, json};

use super::fields::{Fields, array, arrays};
use super::number_after;
use super::tally::Tally;
use crate::metrics::boxes::{BoxScores, HIT, iou, iou_inclusive, match_sets};

/// Most boxes of a set.
const MOST: usize = 2000;

pub(super) fn pairs(tally: &mut Tally, file: &mut Fields) {
    let hit = number_after(file.text("convention"), "IoU >=").unwrap_or(HIT);
    let mut overlaps = Vec::new();
    for row in file.rows("rows") {
        let Some(truth) = array(row.take("gt")) else {
            tally.unusable(&row, "gt");
            continue;
        };
        let predicted = array(row.take("pred"));
        let overlap = predicted.map(|predicted| iou(predicted, truth));
        let inclusive = predicted.map_or(0.0, |predicted| iou_inclusive(predicted, truth));
        tally.number(&row, "iou", Some(overlap.unwrap_or(0.0)));
        tally.number(&row, "iou_inclusive", Some(inclusive));
        tally.exactly(&row, "hit", &json!(overlap.unwrap_or(0.0) >= hit));
        tally.rest(&row);
        overlaps.push(overlap);
    }
    totals(tally, file, &BoxScores::new(overlaps.iter().copied()));
    if let Value::Object(more) = file.take("with_unparsed") {
        let more = Fields::new("with_unparsed", more);
        let unparsed = more.take("unparsed").as_u64().unwrap_or(0).min(1_000_000) as usize;
        let missing = std::iter::repeat_n(None, unparsed);
        totals(
            tally,
            &more,
            &BoxScores::new(overlaps.into_iter().chain(missing)),
        );
        tally.rest(&more);
    }
}

fn totals(tally: &mut Tally, fields: &Fields, scores: &BoxScores) {
    tally.number(fields, "mean_iou", scores.mean_iou());
    if fields.has("n") {
        tally.exactly(fields, "n", &json!(scores.count()));
    }
    if let Some(shares) = fields.take("acc").as_object() {
        for (threshold, want) in shares {
            let name = format!("acc {threshold}");
            match threshold.parse() {
                Ok(threshold) => tally.value(&name, "acc", scores.accuracy(threshold), want),
                Err(_) => tally.skip(&name, "it names no threshold"),
            }
        }
    }
    for key in fields.starting("acc").collect::<Vec<_>>() {
        let percent: Option<f64> = key.strip_prefix("acc").and_then(|p| p.parse().ok());
        if let Some(percent) = percent {
            let threshold = if percent > 1.0 {
                percent / 100.0
            } else {
                percent
            };
            tally.number(fields, key, scores.accuracy(threshold));
        }
    }
}

pub(super) fn sets(tally: &mut Tally, file: &mut Fields) {
    let hit = number_after(file.text("convention"), "IoU >=").unwrap_or(HIT);
    for row in file.rows("rows") {
        let Some(truth) = arrays(row.take("gt")) else {
            tally.unusable(&row, "gt");
            continue;
        };
        let predicted = arrays(row.take("pred")).unwrap_or_default();
        if truth.len().max(predicted.len()) > MOST {
            tally.unusable(&row, "a number of boxes that can be matched");
            continue;
        }
        let found = match_sets(&predicted, &truth, hit);
        tally.exactly(&row, "tp", &json!(found.matched));
        tally.exactly(&row, "fp", &json!(predicted.len() - found.matched));
        tally.exactly(&row, "fn", &json!(truth.len() - found.matched));
        tally.number(&row, "precision", Some(found.precision));
        tally.number(&row, "recall", Some(found.recall));
        tally.number(&row, "f1", Some(found.f1));
        tally.rest(&row);
    }
}
