//! What had to be mended in a reply or left out of it. Positions are bytes of the raw reply.

use serde::{Deserialize, Serialize};

/// A slip in the form of a reply that could be read all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Repair {
    /// Single quotes in place of double ones.
    Quotes,
    /// A comma before a closing bracket.
    TrailingComma,
    /// A bracket missing, surplus or of the wrong shape.
    Brackets,
}

impl Repair {
    /// What was done, for people.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Quotes => "single quotes were read as double ones",
            Self::TrailingComma => "a comma before a closing bracket was dropped",
            Self::Brackets => "brackets did not match",
        }
    }
}

/// Something a person should know about how a reply was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ReplyWarning {
    /// The form was mended.
    #[error("the form was mended: {}", .repair.words())]
    Repaired {
        /// What was mended.
        repair: Repair,
    },
    /// The reply stops in the middle of something; what was not complete is left out.
    #[error(
        "the reply breaks off; left out what begins at byte {at} (raise the token limit to get it)"
    )]
    TailCut {
        /// Where the incomplete part begins.
        at: usize,
    },
    /// The reasoning never ends, so there is no answer yet.
    #[error("the reasoning that begins at byte {at} never ends; raise the token limit")]
    UnfinishedReasoning {
        /// Where it begins.
        at: usize,
    },
    /// A coordinate is not a number.
    #[error("left out a {} at byte {at}: a coordinate is not a finite number", .what.name())]
    NotFinite {
        /// What it would have been.
        what: crate::grounding::GroundingKind,
        /// Where its coordinates begin.
        at: usize,
    },
    /// Numbers that make no box, point or trace.
    #[error("left out {numbers} numbers at byte {at}: too few or too many for a grounding")]
    WrongCount {
        /// How many there are.
        numbers: usize,
        /// Where they begin.
        at: usize,
    },
    /// Coordinates beyond the image were moved to its edge.
    #[error("coordinates at byte {at} lie outside the image; moved to its edge")]
    Clipped {
        /// Where they begin.
        at: usize,
    },
    /// A box had its corners in another order.
    #[error("corners at byte {at} were swapped")]
    CornersSwapped {
        /// Where they begin.
        at: usize,
    },
    /// A box without area.
    #[error("left out a box at byte {at}: it has no area inside the image")]
    ZeroArea {
        /// Where its coordinates begin.
        at: usize,
    },
    /// A trace with more points than one may have.
    #[error("a trace at byte {at} has {points} points; its end was left out")]
    TraceCut {
        /// How many it has.
        points: usize,
        /// Where its coordinates begin.
        at: usize,
    },
    /// More groundings than are read from one reply.
    #[error("only the first {limit} groundings were read")]
    TooMany {
        /// The limit.
        limit: usize,
    },
    /// A longer text than is looked at.
    #[error("only the first {limit} bytes of the reply were read")]
    TooLong {
        /// The limit.
        limit: usize,
    },
    /// There is no image to point into.
    #[error("the image has no pixels, so nothing can be pointed at in it")]
    EmptyImage,
}
