//! Boxes: overlap, accuracy at a threshold, and sets of boxes matched to each other.
//!
//! A box is `[x1, y1, x2, y2]` in continuous pixels, width `x2 - x1` (no pixel is added). A box whose corners are
//! reversed encloses nothing.

use super::assignment::assign;
use super::{mean, ratio};

/// Left, top, right, bottom.
pub type Corners = [f64; 4];

/// A hit, where no other threshold is stated (the paper's box accuracy).
pub const HIT: f64 = 0.5;

/// Intersection over union of continuous boxes, 0 to 1; 0 where both are empty.
#[must_use]
pub fn iou(a: Corners, b: Corners) -> f64 {
    overlap(a, b, 0.0)
}

/// The same with inclusive pixel corners, width `x2 - x1 + 1`, as PASCAL VOC counts.
#[must_use]
pub fn iou_inclusive(a: Corners, b: Corners) -> f64 {
    overlap(a, b, 1.0)
}

fn overlap(a: Corners, b: Corners, added: f64) -> f64 {
    let area = |c: Corners| (c[2] - c[0] + added).max(0.0) * (c[3] - c[1] + added).max(0.0);
    let shared = area([
        a[0].max(b[0]),
        a[1].max(b[1]),
        a[2].min(b[2]),
        a[3].min(b[3]),
    ]);
    let union = area(a) + area(b) - shared;
    if union > 0.0 { shared / union } else { 0.0 }
}

/// Boxes of a set of answers, in numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct BoxScores {
    overlaps: Vec<f64>,
}

impl BoxScores {
    /// Of the overlap of each answer; an answer that could not be parsed is `None`: it has overlap 0 and stays in the
    /// denominator.
    #[must_use]
    pub fn new(answers: impl IntoIterator<Item = Option<f64>>) -> Self {
        let overlaps = answers.into_iter().map(Option::unwrap_or_default);
        Self {
            overlaps: overlaps.collect(),
        }
    }

    /// Answers, parsed or not.
    #[must_use]
    pub fn count(&self) -> usize {
        self.overlaps.len()
    }

    /// Mean overlap.
    #[must_use]
    pub fn mean_iou(&self) -> Option<f64> {
        mean(&self.overlaps)
    }

    /// Answers that reach the threshold.
    #[must_use]
    pub fn hits(&self, threshold: f64) -> usize {
        let hit = |overlap: &&f64| **overlap >= threshold;
        self.overlaps.iter().filter(hit).count()
    }

    /// Share of answers that reach the threshold.
    #[must_use]
    pub fn accuracy(&self, threshold: f64) -> Option<f64> {
        ratio(self.hits(threshold) as f64, self.count() as f64)
    }
}

/// Overlap of each true box with the prediction it is given when the total is largest; 0 for those without.
#[must_use]
pub fn matched(truth: &[Corners], predicted: &[Corners]) -> Vec<f64> {
    let of = |a: &Corners| predicted.iter().map(|b| iou(*a, *b)).collect::<Vec<f64>>();
    let overlaps: Vec<Vec<f64>> = truth.iter().map(of).collect();
    let pairs = assign(&overlaps).into_iter().zip(&overlaps);
    pairs
        .map(|(column, row)| column.map_or(0.0, |column| row[column]))
        .collect()
}

/// How two sets of boxes match.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SetMatch {
    /// Pairs of the best assignment that reach the threshold.
    pub matched: usize,
    /// Their share of what was predicted; 0 where nothing was.
    pub precision: f64,
    /// Their share of what is true; 0 where nothing is.
    pub recall: f64,
    /// Harmonic mean of both; 0 where both are.
    pub f1: f64,
}

/// Matches predicted boxes to true ones, one to one, so that the total overlap is largest.
#[must_use]
pub fn match_sets(predicted: &[Corners], truth: &[Corners], threshold: f64) -> SetMatch {
    let of = |a: &Corners| truth.iter().map(|b| iou(*a, *b)).collect::<Vec<f64>>();
    let overlaps: Vec<Vec<f64>> = predicted.iter().map(of).collect();
    let pairs = assign(&overlaps).into_iter().enumerate();
    let matched = pairs
        .filter(|(row, column)| column.is_some_and(|column| overlaps[*row][column] >= threshold))
        .count();
    let share = |all: usize| ratio(matched as f64, all as f64).unwrap_or(0.0);
    let (precision, recall) = (share(predicted.len()), share(truth.len()));
    SetMatch {
        matched,
        precision,
        recall,
        f1: ratio(2.0 * precision * recall, precision + recall).unwrap_or(0.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unparsed_answer_is_a_miss() {
        let scores = BoxScores::new([Some(0.5), Some(0.49), None]);
        assert_eq!((scores.count(), scores.hits(HIT)), (3, 1));
        assert_eq!(scores.accuracy(HIT), Some(1.0 / 3.0));
        assert_eq!(BoxScores::new([]).mean_iou(), None);
    }

    #[test]
    fn reversed_and_flat_boxes_overlap_nothing() {
        let unit = [0.0, 0.0, 10.0, 10.0];
        assert!(iou([10.0, 10.0, 0.0, 0.0], unit) == 0.0);
        assert!(iou([3.0, 3.0, 3.0, 3.0], [3.0, 3.0, 3.0, 3.0]) == 0.0);
    }

    #[test]
    fn the_best_total_decides_not_the_first_come() {
        // The first prediction overlaps both; taking its own best would leave the second without.
        let truth = [[0.0, 0.0, 10.0, 10.0], [0.0, 0.0, 10.0, 6.0]];
        let predicted = [[0.0, 0.0, 10.0, 8.0], [0.0, 0.0, 10.0, 10.0]];
        assert_eq!(match_sets(&predicted, &truth, HIT).matched, 2);
        let none = match_sets(&[], &[], HIT);
        assert!(none.matched == 0 && none.f1 == 0.0);
    }
}
