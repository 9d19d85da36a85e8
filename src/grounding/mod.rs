//! Spatial priors: what a planner says about *where*, and what a person corrects.
//!
//! A grounding is a kind and its points, in pixels of the original image. Storage, dragging, serialising and drawing
//! are therefore written once; a kind only gives meaning. Knows nothing of models, files or egui.
//!
//! As JSON a grounding is `{"kind": "box", "label": "cup", "points": [[x1, y1], [x2, y2]], "score": 0.9}`, with
//! `null` where label or score are not known. Reading refuses a wrong number of points and numbers without end.

mod box2d;
mod json;
mod kinds;
pub mod mark;
pub mod paint;
mod point;
pub mod prompt;
pub mod reply;
mod trace;

use serde::{Deserialize, Serialize};

pub use kinds::{GroundingKind, KINDS, KindSpec, Settled};
pub use trace::resample;

use crate::geometry::ImagePoint;

/// One spatial prior: points in pixels of the original image, read through its kind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "json::Stored")]
pub struct Grounding {
    /// What the points mean.
    pub kind: GroundingKind,
    /// The object it speaks of, where named.
    pub label: Option<String>,
    /// Box: top-left and bottom-right corner. Point: the point. Trace: waypoints in order of time.
    #[serde(serialize_with = "json::pairs")]
    pub points: Vec<ImagePoint>,
    /// 0 to 1: the mean probability of the tokens that wrote its coordinates, where known.
    pub score: Option<f32>,
}

/// Why something is not a grounding.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GroundingError {
    /// A kind got more or fewer points than it can have.
    #[error("a {kind} has {least} to {most} points, not {found}; add or remove points")]
    PointCount {
        /// The kind.
        kind: GroundingKind,
        /// Points given.
        found: usize,
        /// Fewest allowed.
        least: usize,
        /// Most allowed.
        most: usize,
    },
    /// A coordinate is infinite or not a number.
    #[error(
        "point {index} of the {kind} has a coordinate that is not a finite number; write pixels"
    )]
    NotFinite {
        /// The kind.
        kind: GroundingKind,
        /// Which point, from 0.
        index: usize,
    },
    /// No kind has this name.
    #[error("no grounding kind is called {0:?}; use box, point or trace")]
    UnknownKind(String),
    /// No task has this name.
    #[error("no task is called {0:?}; use box, point, trace, plan, chat or action")]
    UnknownTask(String),
}

impl Grounding {
    /// A grounding of `kind` with no label and no score; points are taken as they are.
    #[must_use]
    pub const fn new(kind: GroundingKind, points: Vec<ImagePoint>) -> Self {
        Self {
            kind,
            label: None,
            points,
            score: None,
        }
    }

    /// The same, speaking of `label`.
    #[must_use]
    pub fn labelled(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    /// Puts the points in the order that the kind asks for, for instance after a corner was dragged past the other.
    pub fn settle(&mut self) -> Settled {
        (self.kind.spec().settle)(&mut self.points)
    }

    /// Whether the kind can have these points.
    ///
    /// # Errors
    /// When there are too few or too many, or one is not finite.
    pub fn check(&self) -> Result<(), GroundingError> {
        let (least, most) = self.kind.spec().points;
        let (kind, found) = (self.kind, self.points.len());
        if !(least..=most).contains(&found) {
            return Err(GroundingError::PointCount {
                kind,
                found,
                least,
                most,
            });
        }
        match self
            .points
            .iter()
            .position(|p| !p.x.is_finite() || !p.y.is_finite())
        {
            Some(index) => Err(GroundingError::NotFinite { kind, index }),
            None => Ok(()),
        }
    }

    /// What draws it: plain lines in image pixels.
    #[must_use]
    pub fn marks(&self) -> Vec<mark::Mark> {
        (self.kind.spec().marks)(self)
    }

    /// Distance from `point` to the nearest drawn line or spot, in pixels; infinite where nothing is drawn.
    #[must_use]
    pub fn distance_to(&self, point: ImagePoint) -> f32 {
        self.marks()
            .iter()
            .map(|mark| mark.distance_to(point))
            .fold(f32::INFINITY, f32::min)
    }

    /// Index of the own point nearest to `point`, and its distance: the handle to drag.
    #[must_use]
    pub fn nearest_point(&self, point: ImagePoint) -> Option<(usize, f32)> {
        self.points
            .iter()
            .map(|own| own.distance(point))
            .enumerate()
            .min_by(|a, b| a.1.total_cmp(&b.1))
    }
}

/// A coordinate as answers write it: a whole pixel.
fn whole(coordinate: f32) -> i64 {
    coordinate.round() as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_handle_is_the_nearest_point() {
        let b = Grounding::from_box(ImagePoint::new(0.0, 0.0), ImagePoint::new(10.0, 10.0));
        assert_eq!(b.nearest_point(ImagePoint::new(10.0, 7.0)), Some((1, 3.0)));
        assert_eq!(
            Grounding::trace(vec![]).nearest_point(ImagePoint::default()),
            None
        );
    }

    #[test]
    fn distance_is_to_what_is_drawn() {
        let b = Grounding::from_box(ImagePoint::new(0.0, 0.0), ImagePoint::new(10.0, 10.0));
        assert!((b.distance_to(ImagePoint::new(5.0, 4.0)) - 4.0).abs() < 1e-6);
        assert!((b.distance_to(ImagePoint::new(13.0, 14.0)) - 5.0).abs() < 1e-6);
        assert!(
            Grounding::trace(vec![])
                .distance_to(ImagePoint::default())
                .is_infinite()
        );
    }

    #[test]
    fn a_wrong_number_of_points_is_named() {
        let lone = Grounding::trace(vec![ImagePoint::default()]);
        let error = lone.check().unwrap_err();
        assert_eq!(
            error.to_string(),
            "a trace has 2 to 64 points, not 1; add or remove points"
        );
    }
}
