//! What is true: one question with its answer, as a line of a file.
//!
//! `{"id": "q1", "kind": "box", "width": 640, "height": 480, "box": [x1, y1, x2, y2]}`; `boxes` for several,
//! `points`, `trace`, `text` for a plan; for a point question the region that counts: `mask` (`{"size": [h, w],
//! "counts": [...]}` of COCO, or its compressed text), `polygon` or `box`. `group` names a part of the set that is
//! scored on its own too. Kinds that are not said follow from what is there. Other tools' names are read as well:
//! `gt`, `truth`, `target` or `answer` for whatever is asked for.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::prediction::bound;
use crate::data::labels::Mask;
use crate::geometry::ImageSize;

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AnswerKind {
    /// Boxes.
    Box,
    /// Points.
    Point,
    /// A path.
    Trace,
    /// The next step in words.
    Plan,
}

impl AnswerKind {
    /// Every kind, in the order of reports.
    pub const ALL: [Self; 4] = [Self::Box, Self::Point, Self::Trace, Self::Plan];

    /// Its name in files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Box => "box",
            Self::Point => "point",
            Self::Trace => "trace",
            Self::Plan => "plan",
        }
    }
}

/// One question and what is true.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Stored")]
pub struct Truth {
    /// Its name; unique in a set.
    pub id: String,
    /// What is asked for.
    pub kind: AnswerKind,
    /// Part of the set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// Size of the picture.
    #[serde(flatten)]
    pub size: Size,
    /// Boxes: the answer, or the region that counts for a point.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub boxes: Vec<[f64; 4]>,
    /// Points of a reference answer.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub points: Vec<[f64; 2]>,
    /// Waypoints.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub trace: Vec<[f64; 2]>,
    /// Region that counts for a point.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub polygon: Vec<[f64; 2]>,
    /// Region that counts for a point.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "coco")]
    pub mask: Option<Mask>,
    /// The next step in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// What was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub question: Option<String>,
    /// The picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
}

/// Size of a picture, where known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Size {
    /// Columns.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    /// Rows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
}

impl Size {
    /// Both sides, where known.
    #[must_use]
    pub fn known(self) -> Option<ImageSize> {
        let size = ImageSize::new(self.width?, self.height?);
        (size.pixels() > 0).then_some(size)
    }
}

impl From<ImageSize> for Size {
    fn from(size: ImageSize) -> Self {
        Self {
            width: Some(size.width),
            height: Some(size.height),
        }
    }
}

impl Truth {
    /// A question with nothing known of its answer.
    #[must_use]
    pub fn new(id: impl Into<String>, kind: AnswerKind) -> Self {
        Self {
            id: id.into(),
            kind,
            group: None,
            size: Size::default(),
            boxes: Vec::new(),
            points: Vec::new(),
            trace: Vec::new(),
            polygon: Vec::new(),
            mask: None,
            text: None,
            question: None,
            image: None,
        }
    }

    /// Whether an answer can be scored against it.
    #[must_use]
    pub fn says_something(&self) -> bool {
        match self.kind {
            AnswerKind::Box => !self.boxes.is_empty(),
            AnswerKind::Point => self.has_region() || !self.points.is_empty(),
            AnswerKind::Trace => !self.trace.is_empty(),
            AnswerKind::Plan => self.text.is_some(),
        }
    }

    /// Whether a region says which points count.
    #[must_use]
    pub fn has_region(&self) -> bool {
        self.mask.is_some() || !self.polygon.is_empty() || !self.boxes.is_empty()
    }
}

/// An answer under a general name: numbers or words whose meaning follows from the kind that is asked for.
pub(super) fn general(value: &Value, kind: Option<AnswerKind>) -> Option<super::Answer> {
    let mut answer = super::Answer::default();
    let as_trace = kind == Some(AnswerKind::Trace);
    if let Value::String(text) = value {
        answer.text = Some(text.clone());
    } else if let Ok(corners) = serde_json::from_value::<[f64; 4]>(value.clone()) {
        answer.boxes.push(corners);
    } else if let Ok(boxes) = serde_json::from_value::<Vec<[f64; 4]>>(value.clone()) {
        answer.boxes = boxes;
    } else if let Ok(point) = serde_json::from_value::<[f64; 2]>(value.clone()) {
        answer.points.push(point);
    } else if let Ok(points) = serde_json::from_value::<Vec<[f64; 2]>>(value.clone()) {
        if as_trace {
            answer.trace = points;
        } else {
            answer.points = points;
        }
    } else {
        return None;
    }
    Some(answer)
}

/// A name that may be written as a number.
pub(super) fn name(id: &Value) -> Option<String> {
    match id {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// One or several of the same.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Some1<T> {
    One(T),
    Many(Vec<T>),
}

impl<T> Some1<T> {
    pub(super) fn all(found: [Option<Self>; 2]) -> Vec<T> {
        let each = found.into_iter().flatten();
        each.flat_map(|found| match found {
            Self::One(one) => vec![one],
            Self::Many(many) => many,
        })
        .collect()
    }
}

/// A truth as a stranger wrote it.
#[derive(Deserialize)]
struct Stored {
    #[serde(alias = "question_id", alias = "sample_id")]
    id: Value,
    #[serde(alias = "type", alias = "task")]
    kind: Option<AnswerKind>,
    #[serde(alias = "gt", alias = "truth", alias = "target", alias = "answer")]
    is: Option<Value>,
    group: Option<String>,
    width: Option<u32>,
    height: Option<u32>,
    #[serde(rename = "box", alias = "bbox", alias = "bbox_2d")]
    one_box: Option<Some1<[f64; 4]>>,
    boxes: Option<Some1<[f64; 4]>>,
    #[serde(alias = "point_2d")]
    point: Option<Some1<[f64; 2]>>,
    points: Option<Some1<[f64; 2]>>,
    #[serde(default, alias = "trajectory", alias = "trajectory_2d")]
    trace: Vec<[f64; 2]>,
    #[serde(default)]
    polygon: Vec<[f64; 2]>,
    mask: Option<StoredMask>,
    #[serde(alias = "subtask")]
    text: Option<String>,
    #[serde(alias = "prompt")]
    question: Option<String>,
    image: Option<String>,
}

/// COCO's run lengths; the size is rows, then columns.
#[derive(Deserialize)]
struct StoredMask {
    size: [u32; 2],
    counts: Counts,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Counts {
    Runs(Vec<u32>),
    Text(String),
}

impl TryFrom<StoredMask> for Mask {
    type Error = String;

    fn try_from(stored: StoredMask) -> Result<Self, String> {
        let [height, width] = stored.size;
        let size = ImageSize::new(width, height);
        let mask = match stored.counts {
            Counts::Runs(runs) => Self::new(size, runs),
            Counts::Text(text) => Self::from_text(size, &text),
        };
        mask.map_err(|error| error.to_string())
    }
}

impl TryFrom<Stored> for Truth {
    type Error = String;

    fn try_from(mut stored: Stored) -> Result<Self, String> {
        let id = name(&stored.id).ok_or("its id is neither text nor a number")?;
        let mut boxes = Some1::all([stored.one_box, stored.boxes]);
        let mut points = Some1::all([stored.point, stored.points]);
        let is = stored.is.as_ref().and_then(|is| general(is, stored.kind));
        if let Some(is) = is {
            boxes.extend(is.boxes);
            points.extend(is.points);
            stored.trace.extend(is.trace);
            stored.text = stored.text.or(is.text);
        }
        boxes.iter_mut().flatten().for_each(bound);
        points.iter_mut().flatten().for_each(bound);
        stored.trace.iter_mut().flatten().for_each(bound);
        stored.polygon.iter_mut().flatten().for_each(bound);
        let mask = stored.mask.map(Mask::try_from).transpose()?;
        let drawn = mask.as_ref().map(Mask::size);
        let follows = if !stored.trace.is_empty() {
            AnswerKind::Trace
        } else if !points.is_empty() || mask.is_some() || !stored.polygon.is_empty() {
            AnswerKind::Point
        } else if !boxes.is_empty() {
            AnswerKind::Box
        } else {
            AnswerKind::Plan
        };
        let truth = Self {
            id,
            kind: stored.kind.unwrap_or(follows),
            group: stored.group,
            size: Size {
                width: stored.width.or(drawn.map(|size| size.width)),
                height: stored.height.or(drawn.map(|size| size.height)),
            },
            boxes,
            points,
            trace: stored.trace,
            polygon: stored.polygon,
            mask,
            text: stored.text,
            question: stored.question,
            image: stored.image,
        };
        if truth.says_something() {
            Ok(truth)
        } else {
            Err(format!(
                "{} has no {} to compare with",
                truth.id,
                truth.kind.name()
            ))
        }
    }
}

impl Truth {
    /// A number that stands for what is asked and what is true, wherever the picture lies.
    pub(super) fn print(&self) -> String {
        let asked = Self {
            image: None,
            group: None,
            ..self.clone()
        };
        let text = serde_json::to_vec(&asked).unwrap_or_default();
        let digest = Sha256::digest(&text);
        let first = digest.iter().take(8);
        let print = first.fold(0_u64, |print, byte| print << 8 | u64::from(*byte));
        format!("{print:016x}")
    }
}

#[expect(clippy::ref_option, reason = "serde gives it so")]
fn coco<S: serde::Serializer>(mask: &Option<Mask>, to: S) -> Result<S::Ok, S::Error> {
    let written = |mask: &Mask| {
        let size = mask.size();
        serde_json::json!({ "size": [size.height, size.width], "counts": mask.counts() })
    };
    mask.as_ref().map(written).serialize(to)
}
