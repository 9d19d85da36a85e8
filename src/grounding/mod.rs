//! Spatial priors: what a planner says about *where*, and what a person corrects.
//!
//! A grounding is a kind and its points, in pixels of the original image. Storage, dragging, serialising and drawing
//! are therefore written once; a kind only gives meaning. Knows nothing of models, files or egui.

mod box2d;
mod kinds;
pub mod mark;
mod point;
pub mod prompt;
pub mod reply;
mod trace;

use serde::{Deserialize, Serialize};

pub use kinds::{GroundingKind, KINDS, KindSpec};

use crate::geometry::ImagePoint;

/// One spatial prior: points in pixels of the original image, read through its kind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Grounding {
    /// What the points mean.
    pub kind: GroundingKind,
    /// The object it speaks of, where named.
    pub label: Option<String>,
    /// Box: top-left and bottom-right corner. Point: the point. Trace: waypoints in order of time.
    pub points: Vec<ImagePoint>,
    /// 0 to 1: the mean probability of the tokens that wrote its coordinates, where known.
    pub score: Option<f32>,
}
