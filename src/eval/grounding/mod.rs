//! Grounding: answers about pictures scored against what is true, from files or by asking a checkpoint.
//!
//! A run leaves `predictions.jsonl`, `truth.jsonl`, `scores.jsonl`, `report.json` and `report.md`.

mod ask;
mod dataset;
mod prediction;
mod report;
mod score;
mod truth;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

pub use ask::{AskConfig, ask};
pub use prediction::{Answer, Prediction};
pub use report::{Confidence, GroundingReport, KindScores, Overlaps, Subject};
pub use score::{Region, Score, TraceErrors};
pub use truth::{AnswerKind, Size, Truth};

use super::{EvalError, journal};

/// The schema of `report.json`.
pub const SCHEMA: u32 = 1;

/// Scores a file of predictions against a file of truths.
///
/// # Errors
/// When a file cannot be read or a line is not one.
pub fn from_files(
    predictions: &Path,
    truth: &Path,
) -> Result<(GroundingReport, Vec<Score>), EvalError> {
    let nothing = |what: &str| EvalError::NothingToAsk {
        what: what.to_owned(),
        path: truth.to_owned(),
    };
    let truths = truths(truth)?;
    if truths.is_empty() {
        return Err(nothing("the file of truths has no lines"));
    }
    let predictions_: Vec<Prediction> = journal::read(predictions)?;
    if let Some(id) = without_size(&truths, &predictions_) {
        return Err(nothing(&format!(
            "the answer to {id} counts in pixels of a resized picture, but its truth names no width and height"
        )));
    }
    let of = Subject {
        policy: predictions.display().to_string(),
        set: truth.display().to_string(),
        device: None,
    };
    Ok(score(of, &truths, &predictions_))
}

/// [`from_files`], with what a run leaves written into a folder of its own.
///
/// # Errors
/// As before, and when the folder holds another run or cannot be written.
pub fn score_files(
    predictions: &Path,
    truth: &Path,
    out: &Path,
) -> Result<(GroundingReport, Vec<Score>), EvalError> {
    let (report, scores) = from_files(predictions, truth)?;
    let _held = journal::folder(out, &report.of)?;
    write(out, &report, &scores)?;
    Ok((report, scores))
}

/// A question whose answer cannot be brought to the size of its picture; words have no size.
fn without_size<'a>(truths: &'a [Truth], predictions: &[Prediction]) -> Option<&'a str> {
    let resized = predictions.iter().filter(|one| one.resized.is_some());
    let resized: BTreeSet<&str> = resized.map(|one| one.id.as_str()).collect();
    let placed = truths.iter().filter(|truth| truth.kind != AnswerKind::Plan);
    let mut sizeless = placed.filter(|truth| truth.size.known().is_none());
    let found = sizeless.find(|truth| resized.contains(truth.id.as_str()))?;
    Some(&found.id)
}

/// Most questions of a file of truths.
const MOST: usize = 10_000_000;

/// The truths of a file: lines of our own, or labels of any format that is read.
fn truths(path: &Path) -> Result<Vec<Truth>, EvalError> {
    let labels = crate::data::labels::sniff(path).is_some_and(|format| !format.is_pictures());
    if !labels {
        return journal::read(path);
    }
    let questions = dataset::questions(path, MOST, dataset::Pictures::Unneeded)?;
    Ok(questions
        .into_iter()
        .map(|question| question.truth)
        .collect())
}

/// Scores predictions against truths; of several answers to one question the last counts.
#[must_use]
pub fn score(
    of: Subject,
    truths: &[Truth],
    predictions: &[Prediction],
) -> (GroundingReport, Vec<Score>) {
    let by_id = predictions
        .iter()
        .map(|prediction| (prediction.id.as_str(), prediction));
    let by_id: BTreeMap<&str, &Prediction> = by_id.collect();
    let answer = |truth: &Truth| Score::of(truth, by_id.get(truth.id.as_str()).copied());
    let scores: Vec<Score> = truths.iter().map(answer).collect();
    let mut report = GroundingReport::new(of, &scores);
    let asked: BTreeSet<&str> = truths.iter().map(|truth| truth.id.as_str()).collect();
    report.missing = truths
        .iter()
        .filter(|truth| !by_id.contains_key(truth.id.as_str()))
        .count();
    report.unknown = by_id.keys().filter(|id| !asked.contains(**id)).count();
    let seconds: Vec<f64> = predictions
        .iter()
        .filter_map(|prediction| prediction.seconds)
        .collect();
    report.seconds = (!seconds.is_empty()).then(|| seconds.iter().sum());
    (report, scores)
}

/// Writes what a run leaves.
///
/// # Errors
/// When the folder cannot be written.
pub fn write(out: &Path, report: &GroundingReport, scores: &[Score]) -> Result<(), EvalError> {
    std::fs::create_dir_all(out).map_err(EvalError::file("making the folder of a run", out))?;
    journal::lines(&out.join("scores.jsonl"), scores)?;
    let value = serde_json::json!({ "schema": SCHEMA, "grounding": report });
    journal::report(out, &value, &report.markdown())
}

#[cfg(test)]
mod tests;
