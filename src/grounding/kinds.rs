//! The table of grounding kinds. A new kind is one file beside this one and one row here.

use serde::{Deserialize, Serialize};

use super::{Grounding, box2d, mark::Mark, point, trace};

/// What the points of a [`Grounding`] mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GroundingKind {
    /// An axis-aligned box: two opposite corners.
    Box,
    /// A single position.
    Point,
    /// A path in order of time.
    Trace,
}

/// What a kind must say of itself.
pub struct KindSpec {
    /// The kind this row speaks for.
    pub kind: GroundingKind,
    /// Its name as written in files and on the command line.
    pub name: &'static str,
    /// Fewest and most points.
    pub points: (usize, usize),
    /// The marks that draw it.
    pub marks: fn(&Grounding) -> Vec<Mark>,
    /// The text a planner is trained to answer with, coordinates rounded to whole pixels.
    pub answer: fn(&[Grounding]) -> String,
}

/// Every kind, in the order they are offered.
pub const KINDS: &[KindSpec] = &[box2d::SPEC, point::SPEC, trace::SPEC];

impl GroundingKind {
    /// The row of [`KINDS`] that speaks for this kind.
    #[must_use]
    pub fn spec(self) -> &'static KindSpec {
        match self {
            Self::Box => &box2d::SPEC,
            Self::Point => &point::SPEC,
            Self::Trace => &trace::SPEC,
        }
    }
}
