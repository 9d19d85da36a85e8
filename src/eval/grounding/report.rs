//! The scores of a set in numbers, for each kind of question and each part of the set.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::score::{Region, Score, TraceErrors};
use super::truth::AnswerKind;
use crate::eval::table::{self, Table};
use crate::eval::{MeanOf, Rate};
use crate::metrics::boxes::BoxScores;
use crate::metrics::calibration::{BINS, Calibration};
use crate::metrics::success::Count;

/// Thresholds of overlap that are reported.
const THRESHOLDS: [f64; 4] = [0.25, 0.5, 0.75, 0.9];

/// Scores of a whole set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GroundingReport {
    /// What answered and what it was asked about.
    pub of: Subject,
    /// Questions in all.
    pub n: usize,
    /// Answers that could not be read as what was asked for, those that are missing included.
    pub unparsed: usize,
    /// Questions without an answer.
    pub missing: usize,
    /// Answers to no known question.
    pub unknown: usize,
    /// By kind of question.
    pub kinds: BTreeMap<AnswerKind, KindScores>,
    /// By part of the set, then kind.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub groups: BTreeMap<String, BTreeMap<AnswerKind, KindScores>>,
    /// Wall time of answering in seconds, over all runs that made it.
    pub seconds: Option<f64>,
}

/// What answered and what it was asked about.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Subject {
    /// The checkpoint, or the file of predictions.
    pub policy: String,
    /// The dataset, or the file of truths.
    pub set: String,
    /// Where it ran.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
}

/// Scores of one kind of question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KindScores {
    /// Questions.
    pub n: usize,
    /// Answers that could not be read, missing ones included.
    pub unparsed: usize,
    /// Right answers: every true box at half overlap, every point inside, the same words. None for traces.
    pub hits: Option<Rate>,
    /// Boxes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub boxes: Option<Overlaps>,
    /// Points by the region that counts: share of an answer's points inside.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub inside: BTreeMap<Region, MeanOf>,
    /// Points: distance to the reference as a share of the diagonal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distance: Option<MeanOf>,
    /// Traces.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub trace: BTreeMap<String, MeanOf>,
    /// Whether confidence means what it says, over answers that state one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calibration: Option<Confidence>,
}

/// Boxes in numbers; every true box counts once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Overlaps {
    /// Share of true boxes that are found at a threshold.
    pub accuracy: BTreeMap<String, Rate>,
    /// Mean overlap.
    pub mean_iou: Option<MeanOf>,
    /// Questions with several boxes: precision, recall and F1 at half overlap over all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sets: Option<[f64; 3]>,
}

/// Confidence against outcomes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Confidence {
    /// Answers that state one.
    pub n: usize,
    /// Expected calibration error in ten bins.
    pub ece: f64,
    /// Largest gap of a bin.
    pub mce: f64,
    /// Brier score.
    pub brier: f64,
}

impl GroundingReport {
    /// Of the scores of a set.
    #[must_use]
    pub fn new(of: Subject, scores: &[Score]) -> Self {
        let named: BTreeSet<&String> = scores.iter().filter_map(|s| s.group.as_ref()).collect();
        let part = |group: &String| {
            let of = scores
                .iter()
                .filter(|score| score.group.as_ref() == Some(group));
            (group.clone(), kinds(&of.collect::<Vec<_>>()))
        };
        Self {
            of,
            n: scores.len(),
            unparsed: scores.iter().filter(|score| !score.parsed).count(),
            missing: 0,
            unknown: 0,
            kinds: kinds(&scores.iter().collect::<Vec<_>>()),
            groups: named.into_iter().map(part).collect(),
            seconds: None,
        }
    }

    /// As Markdown.
    #[must_use]
    pub fn markdown(&self) -> String {
        let mut text = format!(
            "# Grounding\n\n{} on {}: {} questions, {} answers not readable ({} of them missing).\n",
            self.of.policy, self.of.set, self.n, self.unparsed, self.missing
        );
        if let Some(seconds) = self.seconds {
            let device = self.of.device.as_deref().unwrap_or("a device not named");
            let line = format!("Answered in {seconds:.1} s on {device}.\n");
            text.push_str(&line);
        }
        text += "Intervals are 95 %: Wilson for shares, 1.96 standard errors for means; each question counts by itself, so that with\n\
                 several questions to a picture they are somewhat narrow. Shares in percent.\n\n";
        let mut table = Table::new(&["set", "kind", "n", "unread", "measure", "value [95 %]"]);
        add(&mut table, "all", &self.kinds);
        for (group, kinds) in &self.groups {
            add(&mut table, group, kinds);
        }
        text + &table.finish()
    }
}

/// A measure, over how many questions or boxes, and its value in words.
struct Line {
    measure: String,
    n: u64,
    value: String,
}

fn add(table: &mut Table, set: &str, kinds: &BTreeMap<AnswerKind, KindScores>) {
    for (kind, scores) in kinds {
        let unread = scores.unparsed.to_string();
        for Line { measure, n, value } in scores.lines() {
            table.row(&[set, kind.name(), &n.to_string(), &unread, &measure, &value]);
        }
    }
}

impl KindScores {
    /// Every measure with its value, in words.
    fn lines(&self) -> Vec<Line> {
        let mut lines = Vec::new();
        let mut add = |measure: &str, n: u64, value: String| {
            lines.push(Line {
                measure: measure.to_owned(),
                n,
                value,
            });
        };
        let all = self.n as u64;
        if let Some(boxes) = &self.boxes {
            for (threshold, rate) in &boxes.accuracy {
                add(&format!("IoU@{threshold}"), rate.n, table::rate(rate));
            }
            if let Some(mean) = &boxes.mean_iou {
                add("mean IoU", mean.n as u64, table::mean(Some(mean), 3));
            }
            if let Some([precision, recall, f1]) = boxes.sets {
                let share = |v| table::percent(Some(v));
                let text = format!("{} / {} / {}", share(precision), share(recall), share(f1));
                add("sets: precision / recall / F1", all, text);
            }
        } else if let Some(hits) = &self.hits {
            add("all right", hits.n, table::rate(hits));
        }
        for (region, mean) in &self.inside {
            let region = format!("points in {region:?}").to_lowercase();
            add(&region, mean.n as u64, table::mean(Some(mean), 3));
        }
        if let Some(mean) = &self.distance {
            add(
                "distance / diagonal",
                mean.n as u64,
                table::mean(Some(mean), 4),
            );
        }
        for (measure, mean) in &self.trace {
            let digits = if measure.contains("diagonal") { 4 } else { 2 };
            add(measure, mean.n as u64, table::mean(Some(mean), digits));
        }
        if let Some(Confidence { n, ece, brier, .. }) = self.calibration {
            add("ECE / Brier", n as u64, format!("{ece:.3} / {brier:.3}"));
        }
        lines
    }

    fn new(kind: AnswerKind, scores: &[&Score]) -> Self {
        let outcomes: Vec<bool> = scores.iter().filter_map(|score| score.hit).collect();
        let mut inside: BTreeMap<Region, Vec<f64>> = BTreeMap::new();
        for (share, region) in scores.iter().filter_map(|score| score.inside) {
            inside.entry(region).or_default().push(share);
        }
        let distances: Vec<f64> = scores.iter().filter_map(|score| score.distance).collect();
        let means = inside
            .iter()
            .filter_map(|(region, v)| Some((*region, MeanOf::share(v)?)));
        Self {
            n: scores.len(),
            unparsed: scores.iter().filter(|score| !score.parsed).count(),
            hits: (!outcomes.is_empty()).then(|| Rate::of(outcomes)),
            boxes: (kind == AnswerKind::Box).then(|| Overlaps::new(scores)),
            inside: means.collect(),
            distance: MeanOf::share(&distances),
            trace: traces(scores),
            calibration: Confidence::new(scores),
        }
    }
}

fn kinds(scores: &[&Score]) -> BTreeMap<AnswerKind, KindScores> {
    let of = |kind: AnswerKind| {
        let own: Vec<&Score> = scores
            .iter()
            .copied()
            .filter(|score| score.kind == kind)
            .collect();
        (!own.is_empty()).then(|| (kind, KindScores::new(kind, &own)))
    };
    AnswerKind::ALL.into_iter().filter_map(of).collect()
}

impl Overlaps {
    fn new(scores: &[&Score]) -> Self {
        let overlaps: Vec<f64> = scores
            .iter()
            .flat_map(|score| score.overlaps.clone())
            .collect();
        let all = BoxScores::new(overlaps.iter().map(|overlap| Some(*overlap)));
        let rate = |threshold: f64| {
            let count = Count {
                k: all.hits(threshold) as u64,
                n: all.count() as u64,
            };
            (format!("{threshold:.2}"), count.into())
        };
        let sets: Vec<[usize; 3]> = scores.iter().filter_map(|score| score.set).collect();
        let sum = |at: usize| sets.iter().map(|set| set[at]).sum::<usize>() as f64;
        let share = |by: f64| crate::metrics::ratio(sum(0), by).unwrap_or(0.0);
        let f1 = crate::metrics::ratio(2.0 * sum(0), sum(1) + sum(2)).unwrap_or(0.0);
        Self {
            accuracy: THRESHOLDS.into_iter().map(rate).collect(),
            mean_iou: MeanOf::share(&overlaps),
            sets: (!sets.is_empty()).then(|| [share(sum(1)), share(sum(2)), f1]),
        }
    }
}

/// The mean of every distance that has a value.
fn traces(scores: &[&Score]) -> BTreeMap<String, MeanOf> {
    type Read = fn(&TraceErrors) -> Option<f64>;
    let measures: [(&str, Read); 9] = [
        ("discrete Fréchet, px", |t| Some(t.frechet)),
        ("Hausdorff, px", |t| Some(t.hausdorff)),
        ("DTW, px", |t| t.dtw),
        ("RMSE, px", |t| Some(t.rmse)),
        ("ADE, px", |t| Some(t.ade)),
        ("FDE, px", |t| Some(t.fde)),
        ("MAE of a coordinate, px", |t| t.mae),
        ("MAE of a coordinate, 0-1000", |t| t.mae_1000),
        ("ADE / diagonal", |t| t.ade_diagonal),
    ];
    let mean = |(name, read): &(&str, Read)| {
        let found = scores
            .iter()
            .filter_map(|score| read(score.trace.as_ref()?));
        Some((
            (*name).to_owned(),
            MeanOf::of(&found.collect::<Vec<f64>>())?,
        ))
    };
    measures.iter().filter_map(mean).collect()
}

impl Confidence {
    fn new(scores: &[&Score]) -> Option<Self> {
        let stated = scores
            .iter()
            .filter_map(|score| Some((score.confidence?, score.hit?)));
        let stated: Vec<(f64, bool)> = stated.collect();
        let found = Calibration::new(&stated, BINS);
        Some(Self {
            n: stated.len(),
            ece: found.expected?,
            mce: found.largest?,
            brier: found.brier?,
        })
    }
}
