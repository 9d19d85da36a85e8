//! What one answer is worth against what is true.

use serde::{Deserialize, Serialize};

use super::prediction::{Answer, Prediction};
use super::truth::{AnswerKind, Truth};
use crate::data::labels::Mask;
use crate::metrics::boxes::{Corners, HIT, iou, match_sets, matched};
use crate::metrics::mean;
use crate::metrics::points::{MaskView, expanded, in_box, in_polygon, mask_score};
use crate::metrics::traces::{POINTS, TraceScore};

/// What one answer is worth: a line of `scores.jsonl`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// Name of the question.
    pub id: String,
    /// What was asked for.
    pub kind: AnswerKind,
    /// A number that stands for the truth: under one name two sets may ask two things.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub truth: Option<String>,
    /// Part of the set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// Whether the answer could be read as what was asked for.
    pub parsed: bool,
    /// Whether it is right: every true box at half overlap, all points inside, the same words. Traces have no right or wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hit: Option<bool>,
    /// Overlap with each true box; 0 where none was found.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub overlaps: Vec<f64>,
    /// Of several true boxes: matched, predicted, true.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub set: Option<[usize; 3]>,
    /// Share of points inside the region, and what the region is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inside: Option<(f64, Region)>,
    /// Distance of the first point to the nearest reference point, as a share of the picture's diagonal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distance: Option<f64>,
    /// Distances of a trace.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace: Option<TraceErrors>,
    /// How sure the answer is, 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<f64>,
}

/// What says which points count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Region {
    /// Pixels.
    Mask,
    /// An outline.
    Polygon,
    /// A box.
    Box,
}

/// Distances of one trace; pixels but for the last two.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct TraceErrors {
    /// Discrete Fréchet distance.
    pub frechet: f64,
    /// Hausdorff distance.
    pub hausdorff: f64,
    /// Dynamic time warping; none where nothing was answered.
    pub dtw: Option<f64>,
    /// Root mean squared distance.
    pub rmse: f64,
    /// Mean distance.
    pub ade: f64,
    /// Distance of the last points.
    pub fde: f64,
    /// Mean absolute difference of a coordinate; none where nothing was answered.
    pub mae: Option<f64>,
    /// The same on the scale 0 to 1000.
    pub mae_1000: Option<f64>,
    /// Mean distance as a share of the picture's diagonal.
    pub ade_diagonal: Option<f64>,
}

impl From<(&TraceScore, Option<f64>)> for TraceErrors {
    fn from((score, diagonal): (&TraceScore, Option<f64>)) -> Self {
        Self {
            frechet: score.frechet,
            hausdorff: score.hausdorff,
            dtw: score.warping,
            rmse: score.rmse,
            ade: score.mean_distance,
            fde: score.last_distance,
            mae: score.mae,
            mae_1000: score.mae_1000,
            ade_diagonal: diagonal.map(|diagonal| score.mean_distance / diagonal),
        }
    }
}

impl Score {
    /// Of an answer; a question that nobody answered is a miss.
    #[must_use]
    pub fn of(truth: &Truth, prediction: Option<&Prediction>) -> Self {
        let answer = prediction.and_then(|prediction| prediction.answer(truth));
        let mut score = Self {
            id: truth.id.clone(),
            kind: truth.kind,
            truth: Some(truth.print()),
            group: truth.group.clone(),
            parsed: answer.is_some(),
            hit: None,
            overlaps: Vec::new(),
            set: None,
            inside: None,
            distance: None,
            trace: None,
            confidence: prediction.and_then(|prediction| prediction.confidence),
        };
        let answer = answer.unwrap_or_default();
        match truth.kind {
            AnswerKind::Box => score.boxes(first(&truth.boxes), first(&answer.boxes)),
            AnswerKind::Point => score.points(truth, &answer),
            AnswerKind::Trace => score.trace(truth, first(&answer.trace)),
            AnswerKind::Plan => score.hit = Some(same_words(truth, &answer)),
        }
        score
    }

    /// As many predictions as there are true boxes count, in the order of the answer: the first alone for one object.
    fn boxes(&mut self, truth: &[Corners], predicted: &[Corners]) {
        let counted = &predicted[..predicted.len().min(truth.len())];
        if let ([truth], found) = (truth, counted) {
            let overlap = found.first().map_or(0.0, |found| iou(*found, *truth));
            self.overlaps = vec![overlap];
        } else {
            self.overlaps = matched(truth, counted);
            let found = match_sets(predicted, truth, HIT);
            self.set = Some([found.matched, predicted.len(), truth.len()]);
        }
        self.hit = Some(self.overlaps.iter().all(|overlap| *overlap >= HIT));
    }

    fn points(&mut self, truth: &Truth, answer: &Answer) {
        if let Some((share, region)) = inside(truth, answer) {
            self.inside = Some((share, region));
            self.hit = Some(share >= 1.0);
        }
        let diagonal = diagonal(truth);
        let near = |point: &[f64; 2]| {
            let apart = |own: &[f64; 2]| (own[0] - point[0]).hypot(own[1] - point[1]);
            truth.points.iter().map(apart).reduce(f64::min)
        };
        if let Some(diagonal) = diagonal.filter(|_| !truth.points.is_empty()) {
            // An answer without a point is as far off as the picture allows.
            let apart = answer.points.first().and_then(near).unwrap_or(diagonal);
            self.distance = Some((apart / diagonal).min(1.0));
        }
    }

    fn trace(&mut self, truth: &Truth, predicted: &[[f64; 2]]) {
        let size = truth
            .size
            .known()
            .map(|size| [f64::from(size.width), f64::from(size.height)]);
        let found = TraceScore::new(predicted, &truth.trace, size.unwrap_or([0.0; 2]), POINTS);
        // Without a size nothing says how wrong an answer without points is.
        let known = found.filter(|_| size.is_some() || !predicted.is_empty());
        self.trace = known.map(|found| TraceErrors::from((&found, diagonal(truth))));
    }
}

/// Most points that boxes in answer to a question for points are expanded to, all together.
const MOST_POINTS: usize = 1 << 22;

/// What of a stranger's list is compared: time grows with the cube of boxes.
fn first<T>(list: &[T]) -> &[T] {
    const MOST: usize = 2000;
    &list[..list.len().min(MOST)]
}

fn diagonal(truth: &Truth) -> Option<f64> {
    let size = truth.size.known()?;
    Some(f64::from(size.width).hypot(f64::from(size.height)))
}

/// Share of the answer's points in the region that counts.
fn inside(truth: &Truth, answer: &Answer) -> Option<(f64, Region)> {
    let rows = truth.mask.as_ref().map(Mask::to_rows);
    let size = truth.mask.as_ref().map(Mask::size).or(truth.size.known());
    let (width, height) = size.map_or((u32::MAX, u32::MAX), |size| (size.width, size.height));
    let pixel = |x: u32, y: u32| {
        let at = y as usize * width as usize + x as usize;
        rows.as_ref()
            .is_some_and(|rows| rows.get(at).copied().unwrap_or(false))
    };
    let view = MaskView {
        width,
        height,
        inside: &pixel,
    };
    let mut points = answer.points.clone();
    if points.is_empty() && size.is_some() {
        let boxes = first(&answer.boxes).iter();
        points.extend(
            boxes
                .flat_map(|corners| expanded(*corners, &view))
                .take(MOST_POINTS),
        );
    }
    let share = |inside: &dyn Fn([f64; 2]) -> bool| {
        let each: Vec<f64> = points
            .iter()
            .map(|p| f64::from(u8::from(inside(*p))))
            .collect();
        mean(&each).unwrap_or(0.0)
    };
    if rows.is_some() {
        return Some((mask_score(&points, &view), Region::Mask));
    }
    if !truth.polygon.is_empty() {
        return Some((share(&|p| in_polygon(p, &truth.polygon)), Region::Polygon));
    }
    let within = |p: [f64; 2]| truth.boxes.iter().any(|corners| in_box(p, *corners));
    (!truth.boxes.is_empty()).then(|| (share(&within), Region::Box))
}

/// The same words, but for case, outer space and the full stop.
fn same_words(truth: &Truth, answer: &Answer) -> bool {
    let bare = |text: &str| {
        let words: Vec<&str> = text.split_whitespace().collect();
        words.join(" ").trim_end_matches('.').to_lowercase()
    };
    let said = answer.text.as_deref().map(bare);
    said.is_some_and(|said| truth.text.as_deref().map(bare) == Some(said))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn truth(line: &str) -> Truth {
        serde_json::from_str(line).expect("a truth")
    }

    fn score(truth_line: &str, prediction: &str) -> Score {
        let prediction: Prediction = serde_json::from_str(prediction).expect("a prediction");
        Score::of(&truth(truth_line), Some(&prediction))
    }

    const BOX: &str = r#"{"id": 1, "width": 100, "height": 100, "box": [10, 10, 30, 30]}"#;

    #[test]
    fn a_reply_is_read_by_the_planners_rules_and_scaled_back() {
        let text = r#"{"id": "1", "resized": [200, 200], "text": "It is [{\"bbox_2d\": [20, 20, 60, 60]}]"}"#;
        let found = score(BOX, text);
        assert!(found.parsed && found.hit == Some(true));
        assert!((found.overlaps[0] - 1.0).abs() < 1e-6);
        let nothing = score(BOX, r#"{"id": "1", "text": "I cannot see it."}"#);
        assert!(!nothing.parsed && nothing.hit == Some(false) && nothing.overlaps == [0.0]);
        assert!(!Score::of(&truth(BOX), None).parsed);
    }

    #[test]
    fn only_the_first_box_counts_for_one_object() {
        let spam = r#"{"id": 1, "boxes": [[0, 0, 5, 5], [10, 10, 30, 30]]}"#;
        assert_eq!(score(BOX, spam).hit, Some(false));
        let two = r#"{"id": 1, "boxes": [[0, 0, 10, 10], [50, 50, 60, 60]]}"#;
        let found = score(
            two,
            r#"{"id": 1, "boxes": [[50, 50, 60, 60], [0, 0, 10, 10], [1, 1, 2, 2]]}"#,
        );
        assert_eq!((found.hit, found.set), (Some(true), Some([2, 3, 2])));
        assert_eq!(found.overlaps, [1.0, 1.0]);
    }

    #[test]
    fn points_are_scored_by_mask_then_polygon_then_box() {
        // Columns of a 4 by 2 picture: the right half belongs.
        let mask = r#"{"id": 1, "kind": "point", "mask": {"size": [2, 4], "counts": [4, 4]}, "box": [0, 0, 1, 1]}"#;
        let half = score(mask, r#"{"id": 1, "points": [[3.5, 1.5], [0.5, 0.5]]}"#);
        assert_eq!(
            (half.inside, half.hit),
            (Some((0.5, Region::Mask)), Some(false))
        );
        let all = score(mask, r#"{"id": 1, "box": [2, 0, 4, 2]}"#);
        assert_eq!(all.inside, Some((1.0, Region::Mask)));
        let boxed = r#"{"id": 1, "kind": "point", "box": [0, 0, 1, 1], "width": 3, "height": 4, "points": [[0, 0]]}"#;
        let edge = score(boxed, r#"{"id": 1, "text": "[(0, 1)]"}"#);
        assert_eq!(
            (edge.inside, edge.distance),
            (Some((1.0, Region::Box)), Some(0.2))
        );
    }

    #[test]
    fn an_unread_trace_is_a_diagonal_away() {
        let line = r#"{"id": 1, "width": 30, "height": 40, "trace": [[0, 0], [30, 40]]}"#;
        let lost = score(line, r#"{"id": 1, "text": "no"}"#)
            .trace
            .expect("a size is known");
        assert!((lost.ade - 50.0).abs() < 1e-9 && lost.dtw.is_none());
        let found = score(line, r#"{"id": 1, "text": "[[0, 0], [30, 40]]"}"#)
            .trace
            .expect("read");
        assert!(found.ade < 1e-4 && found.ade_diagonal.expect("a size") < 1e-5);
    }

    #[test]
    fn plans_are_the_same_words() {
        let line = r#"{"id": 1, "text": "Grasp the red cup."}"#;
        assert_eq!(
            score(line, r#"{"id": 1, "text": "grasp  the red cup"}"#).hit,
            Some(true)
        );
        assert_eq!(
            score(line, r#"{"id": 1, "subtask": "grasp the cup"}"#).hit,
            Some(false)
        );
    }
}
