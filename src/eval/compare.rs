//! Two finished runs side by side, paired by question or episode: what differs, whether chance could do it, and what
//! the second keeps of the first.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Serialize;
use serde_json::Value;

use super::grounding::{AnswerKind, GroundingReport, Score, Subject};
use super::rollout::EpisodeResult;
use super::table::{self, Table};
use super::{EvalError, Rate, journal};
use crate::metrics::paired::Paired;
use crate::metrics::robustness::retention;

/// The schema of the comparison.
pub const SCHEMA: u32 = 1;
/// Less than this kept of a score is an alarm.
const ALARM: f64 = 0.9;

/// Two runs side by side.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Comparison {
    /// The first run.
    pub first: String,
    /// The second run.
    pub second: String,
    /// What both did, all together and part by part.
    pub pairs: Vec<Pair>,
    /// Grounding only: what the second keeps of each measure of the first.
    pub kept: Vec<Kept>,
    /// What one run has and the other has not.
    pub alone: [usize; 2],
}

/// Outcomes of the same questions or episodes.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Pair {
    /// Which part.
    pub of: String,
    /// Successes of the first.
    pub first: Rate,
    /// Successes of the second.
    pub second: Rate,
    /// Who won what.
    pub counts: Paired,
    /// `McNemar`'s exact p.
    pub p: f64,
    /// Those that only one of them got right, for a look at them: at most a hundred each.
    pub only_first: Vec<String>,
    /// As before.
    pub only_second: Vec<String>,
}

/// A measure before and after.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Kept {
    /// Kind of question and measure.
    pub measure: String,
    /// In the first run.
    pub first: f64,
    /// In the second run.
    pub second: f64,
    /// What is kept: above 1 is better than before. None where the divisor is zero.
    pub ratio: Option<f64>,
    /// Whether less than nine tenths are kept.
    pub alarm: bool,
}

/// Compares two folders of finished runs of the same sort.
///
/// # Errors
/// When one is no finished run, or they are of different sorts.
pub fn compare(first: &Path, second: &Path) -> Result<Comparison, EvalError> {
    let [a, b] = [Run::open(first)?, Run::open(second)?];
    if a.scores.is_some() != b.scores.is_some() {
        return Err(EvalError::NoRun {
            what: "one is a run of grounding, the other one of the simulator".into(),
            path: second.to_owned(),
        });
    }
    let kept = match (&a.scores, &b.scores) {
        (Some(a), Some(b)) => kept(a, b),
        _ => Vec::new(),
    };
    let mut parts: BTreeMap<&str, Vec<(&str, bool, bool)>> = BTreeMap::new();
    for (key, one) in &a.outcomes {
        let other = b.outcomes.get(key);
        if let Some(other) = other.filter(|other| same(other.of.as_deref(), one.of.as_deref())) {
            for part in ["all", one.part.as_str()] {
                parts
                    .entry(part)
                    .or_default()
                    .push((key, one.won, other.won));
            }
        }
    }
    let shared = parts.get("all").map_or(0, Vec::len);
    Ok(Comparison {
        first: first.display().to_string(),
        second: second.display().to_string(),
        pairs: parts
            .into_iter()
            .map(|(part, pairs)| Pair::new(part, &pairs))
            .collect(),
        kept,
        alone: [a.outcomes.len() - shared, b.outcomes.len() - shared],
    })
}

/// A finished run.
struct Run {
    /// Of grounding alone: what each answer is worth.
    scores: Option<Vec<Score>>,
    /// By question or episode.
    outcomes: BTreeMap<String, Outcome>,
}

/// What came of a question or episode.
struct Outcome {
    part: String,
    won: bool,
    /// What stands for its truth or its world, where the run says so.
    of: Option<String>,
}

/// Whether what two runs call by the same name is the same by what stands for its truth, where both say so.
fn same(first: Option<&str>, second: Option<&str>) -> bool {
    first.is_none() || second.is_none() || first == second
}

impl Run {
    fn open(folder: &Path) -> Result<Self, EvalError> {
        let none = |what: &str| EvalError::NoRun {
            what: what.to_owned(),
            path: folder.to_owned(),
        };
        let path = folder.join("report.json");
        if !path.is_file() {
            return Err(none("it has no report.json"));
        }
        let text =
            std::fs::read_to_string(&path).map_err(EvalError::file("reading a report", &path))?;
        let report: Value =
            serde_json::from_str(&text).map_err(|error| none(&error.to_string()))?;
        if report.get("grounding").is_some() {
            let scores: Vec<Score> = journal::read(&folder.join("scores.jsonl"))?;
            let outcome = |score: &Score| {
                let outcome = Outcome {
                    part: score.kind.name().to_owned(),
                    won: score.hit?,
                    of: score.truth.clone(),
                };
                Some((score.id.clone(), outcome))
            };
            return Ok(Self {
                outcomes: scores.iter().filter_map(outcome).collect(),
                scores: Some(scores),
            });
        }
        if report.get("simulator").is_none() {
            return Err(none("its report is of no kind that is known here"));
        }
        let episodes: Vec<EpisodeResult> = journal::read(&folder.join("episodes.jsonl"))?;
        let outcome = |episode: EpisodeResult| {
            let part = format!("{} {}", episode.column.name(), episode.row);
            let outcome = Outcome {
                part,
                won: episode.success,
                // Another seed is another world.
                of: Some(episode.seed.to_string()),
            };
            (episode.key, outcome)
        };
        Ok(Self {
            scores: None,
            outcomes: episodes.into_iter().map(outcome).collect(),
        })
    }
}

impl Pair {
    /// Most names of each side.
    const NAMES: usize = 100;

    fn new(part: &str, pairs: &[(&str, bool, bool)]) -> Self {
        let counts = Paired::of(pairs.iter().map(|(_, a, b)| (*a, *b)));
        let only = |which: (bool, bool)| {
            let found = pairs.iter().filter(|(_, a, b)| (*a, *b) == which);
            found
                .map(|(key, ..)| (*key).to_owned())
                .take(Self::NAMES)
                .collect()
        };
        Self {
            of: part.to_owned(),
            first: Rate::of(pairs.iter().map(|(_, a, _)| *a)),
            second: Rate::of(pairs.iter().map(|(_, _, b)| *b)),
            counts,
            p: counts.exact_p(),
            only_first: only((true, false)),
            only_second: only((false, true)),
        }
    }
}

/// Every measure of the questions that both runs have.
fn kept(first: &[Score], second: &[Score]) -> Vec<Kept> {
    let [first, second] = [(first, second), (second, first)].map(|(of, other)| {
        let truths: BTreeMap<&str, Option<&str>> = other
            .iter()
            .map(|score| (score.id.as_str(), score.truth.as_deref()))
            .collect();
        let shared = of.iter().filter(|score| {
            let truth = truths.get(score.id.as_str());
            truth.is_some_and(|truth| same(*truth, score.truth.as_deref()))
        });
        GroundingReport::new(Subject::default(), &shared.cloned().collect::<Vec<_>>())
    });
    let mut found = Vec::new();
    for kind in AnswerKind::ALL {
        let (Some(a), Some(b)) = (first.kinds.get(&kind), second.kinds.get(&kind)) else {
            continue;
        };
        let [a, b] = [a, b].map(measures);
        for (name, (before, lower)) in &a {
            if let Some((after, _)) = b.get(name) {
                let ratio = retention(*before, *after, *lower);
                found.push(Kept {
                    measure: format!("{} {name}", kind.name()),
                    first: *before,
                    second: *after,
                    ratio,
                    alarm: ratio.is_some_and(|ratio| ratio < ALARM),
                });
            }
        }
    }
    found
}

/// Measures by name; whether less is better.
fn measures(scores: &super::grounding::KindScores) -> BTreeMap<String, (f64, bool)> {
    let mut all = BTreeMap::new();
    if let Some(boxes) = &scores.boxes {
        let hit = boxes.accuracy.get("0.50").and_then(|rate| rate.rate);
        all.extend(hit.map(|rate| ("IoU@0.5".to_owned(), (rate, false))));
        all.extend(
            boxes
                .mean_iou
                .map(|m| ("mean IoU".to_owned(), (m.mean, false))),
        );
    } else if let Some(rate) = scores.hits.and_then(|hits| hits.rate) {
        all.insert("all right".into(), (rate, false));
    }
    for (region, mean) in &scores.inside {
        all.insert(
            format!("points in {region:?}").to_lowercase(),
            (mean.mean, false),
        );
    }
    all.extend(
        scores
            .distance
            .map(|m| ("distance / diagonal".to_owned(), (m.mean, true))),
    );
    for (measure, mean) in &scores.trace {
        all.insert(measure.clone(), (mean.mean, true));
    }
    all
}

impl Comparison {
    /// As Markdown.
    #[must_use]
    pub fn markdown(&self) -> String {
        let mut text = format!(
            "# Comparison\n\nFirst: {}\nSecond: {}\n{} and {} are in one run only and left out.\n\n",
            self.first, self.second, self.alone[0], self.alone[1]
        );
        let heads = [
            "part",
            "n",
            "first [95 %]",
            "second [95 %]",
            "only first",
            "only second",
            "McNemar p",
        ];
        let mut pairs = Table::new(&heads);
        for pair in &self.pairs {
            let [a, b] = [&pair.first, &pair.second].map(table::rate);
            let counts = [
                pair.first.n,
                pair.counts.first_only,
                pair.counts.second_only,
            ]
            .map(|n| n.to_string());
            let p = format!("{:.4}", pair.p);
            pairs.row(&[&pair.of, &counts[0], &a, &b, &counts[1], &counts[2], &p]);
        }
        text += &pairs.finish();
        if !self.kept.is_empty() {
            let mut kept = Table::new(&["measure", "first", "second", "kept", ""]);
            for line in &self.kept {
                let ratio = line
                    .ratio
                    .map_or_else(|| "–".into(), |ratio| format!("{ratio:.3}"));
                let alarm = if line.alarm {
                    "less than 0.9 is kept"
                } else {
                    ""
                };
                let values = [line.first, line.second].map(|v| format!("{v:.4}"));
                kept.row(&[line.measure.as_str(), &values[0], &values[1], &ratio, alarm]);
            }
            text += &kept.finish();
        }
        text
    }
}

#[cfg(test)]
mod tests;
