//! The record that every format is read into and written from.

use std::path::PathBuf;

use serde::Serialize;
use serde_json::{Map, Value};

use super::geometry::{Rect, Shape, Spot};
use super::report::ImportReport;
use crate::geometry::{ImagePoint, ImageSize};
use crate::grounding::prompt::Task;
use crate::grounding::{Grounding, GroundingKind, resample};

/// What was read from a set of annotations.
#[derive(Debug, Clone, Default, Serialize)]
pub struct LabelSet {
    /// Name of the format it was read from, as in [`super::FORMATS`].
    pub format: String,
    /// What was opened: a file or a folder.
    pub path: PathBuf,
    /// One entry per picture, or per question about a picture.
    pub samples: Vec<Sample>,
    /// Names of objects, in the order of the files.
    pub categories: Vec<Category>,
    /// What became of everything in the files.
    pub report: ImportReport,
}

/// A name of objects.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Category {
    /// Its number in the files; numbers may have gaps.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// A wider name, where given.
    pub supercategory: Option<String>,
    /// Names of its keypoints, where it has any.
    pub keypoints: Vec<String>,
}

/// A picture and what is said about it.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Sample {
    /// Its name in the files.
    pub id: Option<String>,
    /// The pictures; all targets are in the first one. Text alone has none.
    pub images: Vec<ImageRef>,
    /// What it teaches.
    pub task: Task,
    /// What is referred to, where the format names it apart from the targets.
    pub phrase: Option<String>,
    /// What is where.
    pub targets: Vec<Target>,
    /// Question and answer, in order.
    pub conversation: Vec<Turn>,
    /// Where it stands: file and line or entry.
    pub source: String,
    /// Part of the dataset, such as `train`, where named.
    pub split: Option<String>,
    /// What else the format said, kept for writing it back.
    pub extra: Map<String, Value>,
}

impl Sample {
    /// The picture that the targets are in.
    #[must_use]
    pub fn image(&self) -> Option<&ImageRef> {
        self.images.first()
    }

    /// The size of that picture, where known.
    #[must_use]
    pub fn size(&self) -> Option<ImageSize> {
        self.image().and_then(|image| image.size)
    }

    /// The words alone: phrase, labels and turns, by which duplicates are found.
    #[must_use]
    pub fn text(&self) -> String {
        let turns = self.conversation.iter().map(|turn| turn.text.as_str());
        let words = self.phrase.as_deref().into_iter().chain(turns);
        let mut text = words.collect::<Vec<_>>().join("\n");
        if text.is_empty() {
            let mut labels: Vec<&str> = self
                .targets
                .iter()
                .filter_map(|target| target.label.as_deref())
                .collect();
            labels.sort_unstable();
            text = labels.join("\n");
        }
        text
    }
}

/// A picture: how the file names it, and where it was found.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct ImageRef {
    /// As written.
    pub path: String,
    /// The file itself, where it was found.
    pub file: Option<PathBuf>,
    /// The annotation file that the picture itself is written in, where it is in no file of its own (LabelMe).
    pub embedded: Option<PathBuf>,
    /// Its size, upright.
    pub size: Option<ImageSize>,
    /// Where the size comes from.
    pub sizing: Sizing,
}

/// Where the size of a picture comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Sizing {
    /// Nobody knows it.
    #[default]
    Unknown,
    /// The annotations say so.
    Stated,
    /// The picture was looked at.
    Measured,
    /// The picture is not here and coordinates are relative, so a size was made up to hold them.
    Assumed,
}

/// One thing in a picture.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Target {
    /// Its name in the files.
    pub id: Option<String>,
    /// What it is, and where.
    pub shape: Shape,
    /// The box that the file gives beside a finer shape; it need not be the tightest.
    pub bounds: Option<Rect>,
    /// What is there.
    pub label: Option<String>,
    /// 0 to 1, where given.
    pub score: Option<f64>,
    /// Whether it stands for a crowd rather than one object. Left out of groundings.
    pub crowd: bool,
    /// Targets of one group belong together.
    pub group: Option<i64>,
    /// Which turn of the conversation speaks of it.
    pub turn: Option<usize>,
    /// What else the format said of it.
    pub attributes: Map<String, Value>,
}

impl Target {
    /// A target of this shape with nothing else known.
    #[must_use]
    pub fn new(shape: Shape) -> Self {
        Self {
            id: None,
            shape,
            bounds: None,
            label: None,
            score: None,
            crowd: false,
            group: None,
            turn: None,
            attributes: Map::new(),
        }
    }

    /// The same, showing `label`.
    #[must_use]
    pub fn labelled(mut self, label: impl Into<String>) -> Self {
        let label = label.into();
        self.label = (!label.is_empty()).then_some(label);
        self
    }

    /// The upright box around it: as the file gives it, else of the shape.
    #[must_use]
    pub fn boxed(&self) -> Option<Rect> {
        self.bounds.or_else(|| self.shape.bounds())
    }

    /// A grounding as a target, bit for bit.
    #[must_use]
    pub fn from_grounding(grounding: &Grounding) -> Option<Self> {
        let spots: Vec<Spot> = grounding
            .points
            .iter()
            .map(|p| [p.x, p.y].map(f64::from))
            .collect();
        let shape = match (grounding.kind, spots.as_slice()) {
            (GroundingKind::Box, [a, b]) => Shape::upright(Rect::between(*a, *b)),
            (GroundingKind::Point, [spot]) => Shape::Point(*spot),
            (GroundingKind::Trace, _) if !spots.is_empty() => Shape::Trace(spots),
            _ => return None,
        };
        let mut target = Self::new(shape);
        target.label.clone_from(&grounding.label);
        target.score = grounding.score.map(f64::from);
        Some(target)
    }

    /// The target as a grounding: areas become the box around them, and a trace of more waypoints than a grounding
    /// may have is resampled. None for crowds and for shapes without extent.
    #[must_use]
    pub fn to_grounding(&self) -> Option<Grounding> {
        let point = |[x, y]: Spot| ImagePoint::new(x as f32, y as f32);
        if self.crowd {
            return None;
        }
        let mut grounding = match &self.shape {
            Shape::Point(spot) => Grounding::point(point(*spot)),
            Shape::Trace(spots) => {
                let most = GroundingKind::Trace.spec().points.1;
                let points: Vec<ImagePoint> = spots.iter().copied().map(point).collect();
                Grounding::trace(if points.len() > most {
                    resample(&points, most)
                } else {
                    points
                })
            }
            _ => {
                let rect = self.boxed()?;
                Grounding::from_box(point([rect.x1, rect.y1]), point([rect.x2, rect.y2]))
            }
        };
        grounding.label.clone_from(&self.label);
        grounding.score = self.score.map(|score| score as f32);
        grounding.check().is_ok().then_some(grounding)
    }
}

/// One turn of a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Turn {
    /// Who speaks.
    pub role: Role,
    /// What is said, without markers of pictures.
    pub text: String,
}

/// Who speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Sets the scene.
    System,
    /// Asks.
    User,
    /// Answers.
    Assistant,
}

impl Role {
    /// By any of the names that conversation files use.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().as_str() {
            "system" => Some(Self::System),
            "human" | "user" => Some(Self::User),
            "gpt" | "assistant" | "model" | "chatgpt" | "bing" | "bard" => Some(Self::Assistant),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grounding_goes_there_and_back() {
        let point = ImagePoint::new;
        for grounding in [
            Grounding::from_box(point(1.5, 2.25), point(30.0, 40.1)).labelled("cup"),
            Grounding::point(point(3.7, 4.0)),
            Grounding::trace(vec![point(0.0, 1.0), point(2.0, 3.0)]).labelled("way"),
        ] {
            let target = Target::from_grounding(&grounding).expect("whole");
            assert_eq!(target.to_grounding(), Some(grounding));
        }
    }

    #[test]
    fn crowds_are_no_groundings_and_long_traces_are_resampled() {
        let mut crowd = Target::new(Shape::Point([1.0, 2.0]));
        crowd.crowd = true;
        assert_eq!(crowd.to_grounding(), None);
        let long = (0..100).map(|i| [f64::from(i), 0.0]).collect();
        let grounding = Target::new(Shape::Trace(long))
            .to_grounding()
            .expect("a trace");
        assert_eq!(grounding.points.len(), 64);
        assert_eq!(grounding.points[63], ImagePoint::new(99.0, 0.0));
    }
}
