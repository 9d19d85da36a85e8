//! What was answered: one line of a file, as text of a planner or already as coordinates.
//!
//! `{"id": "q1", "text": "```json\n[{\"bbox_2d\": [...]}]\n```"}` is read by the rules of [`reply`]; `resized` (`[width,
//! height]` of the picture the model saw) and `scale` say what its numbers count. `box`, `boxes`, `point`, `points`,
//! `trace` and `subtask`, or `pred` for any of them, are taken as they are, in pixels of the original picture. `confidence` is 0 to 1.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::truth::{AnswerKind, Some1, Truth, general, name};
use crate::geometry::ImageSize;
use crate::grounding::GroundingKind;
use crate::grounding::reply::{self, Reply, ReplyContext, ReplyScale};
use crate::vision::Fit;

/// A picture that nothing lies outside of, where nobody knows the size.
const OPEN: ImageSize = ImageSize::new(65_535, 65_535);

/// One answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Stored")]
pub struct Prediction {
    /// Name of the question.
    pub id: String,
    /// The reply as it was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Size of the picture the model saw.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resized: Option<[u32; 2]>,
    /// What one unit of a coordinate in the text is.
    pub scale: ReplyScale,
    /// How sure it is, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confidence: Option<f64>,
    /// Seconds it took.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seconds: Option<f64>,
    /// Coordinates in pixels of the original picture; where there are any, the text is not read again.
    #[serde(flatten)]
    pub given: Answer,
}

/// What an answer says, in pixels of the original picture.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Answer {
    /// Boxes in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub boxes: Vec<[f64; 4]>,
    /// Points in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub points: Vec<[f64; 2]>,
    /// Waypoints.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub trace: Vec<[f64; 2]>,
    /// The next step in words.
    #[serde(rename = "subtask", skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

impl Prediction {
    /// A reply that was read already.
    #[must_use]
    pub fn of(id: impl Into<String>, reply: &Reply) -> Self {
        Self {
            text: Some(reply.raw.clone()),
            given: Answer::of(reply),
            ..Self::empty(id)
        }
    }

    /// No answer at all.
    #[must_use]
    pub fn empty(id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            text: None,
            resized: None,
            scale: ReplyScale::Auto,
            confidence: None,
            seconds: None,
            given: Answer::default(),
        }
    }

    /// What it says in answer to a question; none where it says nothing of the kind that was asked for.
    #[must_use]
    pub fn answer(&self, truth: &Truth) -> Option<Answer> {
        let answer = match &self.text {
            Some(text) if self.given == Answer::default() => self.read(text, truth),
            _ => self.given.clone().settled(),
        };
        let says = match truth.kind {
            AnswerKind::Box => !answer.boxes.is_empty(),
            // A box in answer to a question for points stands for all its pixels.
            AnswerKind::Point => !answer.points.is_empty() || !answer.boxes.is_empty(),
            AnswerKind::Trace => !answer.trace.is_empty(),
            AnswerKind::Plan => answer.text.is_some(),
        };
        says.then_some(answer)
    }

    fn read(&self, text: &str, truth: &Truth) -> Answer {
        let size = truth.size.known().unwrap_or(OPEN);
        let seen = self
            .resized
            .map_or(size, |[width, height]| ImageSize::new(width, height));
        let context = ReplyContext {
            fit: Fit::stretch(size, seen),
            scale: self.scale,
            expected: match truth.kind {
                AnswerKind::Box => Some(GroundingKind::Box),
                AnswerKind::Point => Some(GroundingKind::Point),
                AnswerKind::Trace => Some(GroundingKind::Trace),
                AnswerKind::Plan => None,
            },
        };
        Answer::of(&reply::parse(text, &context))
    }
}

impl Answer {
    /// Of a reply. The first trace is the answer.
    fn of(reply: &Reply) -> Self {
        let mut answer = Self::default();
        let words = reply.next_step().trim();
        answer.text = (!words.is_empty()).then(|| words.to_owned());
        for grounding in reply.groundings() {
            let points = grounding.points.iter().map(|p| [p.x, p.y].map(f64::from));
            let points: Vec<[f64; 2]> = points.collect();
            match (grounding.kind, points.as_slice()) {
                (GroundingKind::Box, [[x1, y1], [x2, y2]]) => {
                    answer.boxes.push([*x1, *y1, *x2, *y2]);
                }
                (GroundingKind::Point, _) => answer.points.extend(points),
                (GroundingKind::Trace, _) if answer.trace.is_empty() => answer.trace = points,
                _ => {}
            }
        }
        answer.settled()
    }

    /// Points in a row may be a trace, and the other way round. Nothing is further off than a report can say.
    fn settled(mut self) -> Self {
        self.boxes.iter_mut().flatten().for_each(bound);
        self.points.iter_mut().flatten().for_each(bound);
        self.trace.iter_mut().flatten().for_each(bound);
        if self.trace.is_empty() && self.boxes.is_empty() {
            self.trace.clone_from(&self.points);
        }
        if self.points.is_empty() && self.boxes.is_empty() {
            self.points.clone_from(&self.trace);
        }
        self
    }
}

/// Keeps a coordinate where squares and sums of it are finite: JSON knows no infinity.
pub(super) fn bound(coordinate: &mut f64) {
    const FAR: f64 = 1e9;
    *coordinate = coordinate.clamp(-FAR, FAR);
}

/// An answer as a stranger wrote it.
#[derive(Deserialize)]
struct Stored {
    #[serde(alias = "question_id", alias = "sample_id")]
    id: Value,
    #[serde(alias = "reply", alias = "response")]
    text: Option<String>,
    #[serde(alias = "prediction", alias = "answer", alias = "output")]
    pred: Option<Value>,
    resized: Option<[u32; 2]>,
    #[serde(default)]
    scale: ReplyScale,
    #[serde(alias = "score")]
    confidence: Option<f64>,
    seconds: Option<f64>,
    #[serde(rename = "box", alias = "bbox", alias = "bbox_2d")]
    one_box: Option<Value>,
    boxes: Option<Value>,
    #[serde(alias = "point_2d")]
    point: Option<Value>,
    points: Option<Value>,
    #[serde(alias = "trajectory", alias = "trajectory_2d")]
    trace: Option<Value>,
    subtask: Option<String>,
}

/// What a policy wrote, if it is of that form; what is not says nothing, and its question stays in the denominator.
fn read<T: DeserializeOwned>(value: Option<Value>) -> Option<T> {
    value.and_then(|value| serde_json::from_value(value).ok())
}

impl TryFrom<Stored> for Prediction {
    type Error = String;

    fn try_from(stored: Stored) -> Result<Self, String> {
        let id = name(&stored.id).ok_or("its id is neither text nor a number")?;
        if stored.resized.is_some_and(|sides| sides.contains(&0)) {
            return Err(format!("{id} was resized to nothing"));
        }
        let mut given = Answer {
            boxes: Some1::all([read(stored.one_box), read(stored.boxes)]),
            points: Some1::all([read(stored.point), read(stored.points)]),
            trace: read(stored.trace).unwrap_or_default(),
            text: stored.subtask,
        };
        let mut text = stored.text;
        if let Some(pred) = stored.pred.as_ref().and_then(|pred| general(pred, None)) {
            // Words are a reply that is to be read; points in a row may be a trace.
            text = text.or(pred.text);
            given.boxes.extend(pred.boxes);
            given.points.extend(pred.points);
        }
        Ok(Self {
            id,
            text,
            resized: stored.resized,
            scale: stored.scale,
            confidence: stored.confidence.filter(|c| (0.0..=1.0).contains(c)),
            seconds: stored.seconds,
            given,
        })
    }
}
