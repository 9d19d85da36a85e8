//! What counts as done. Plain data; objects and drawers by their place in the scene. Metres.

use serde::{Deserialize, Serialize};

use super::relation::Relation;
use super::snapshot::Body;

/// A goal; [`super::judge::Judge`] says when it is reached.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Goal {
    /// A thing stands on another (`ManiSkill2_real2sim`, `put_on`).
    On {
        /// What is put.
        source: usize,
        /// On what.
        target: usize,
        /// How much higher than touching its middle may be.
        rise: f64,
        /// Whether it may touch nothing but the target and the robot.
        alone: bool,
    },
    /// A thing lies in the hollow of another.
    Inside {
        /// What is put.
        source: usize,
        /// Into what.
        target: usize,
    },
    /// A thing is held up (`grasp_single_in_scene`).
    Lifted {
        /// What is lifted.
        source: usize,
    },
    /// A thing was brought near another (`move_near_in_scene`).
    Near {
        /// What is moved.
        source: usize,
        /// Near what.
        target: usize,
    },
    /// A thing stands in a relation to others.
    Placed {
        /// What is moved.
        source: usize,
        /// How it is to stand.
        relation: Relation,
        /// To what: one thing, or two for between.
        anchors: Vec<usize>,
    },
    /// A thing was shifted along the table.
    Pushed {
        /// What is pushed.
        source: usize,
        /// Where to, as the robot sees it.
        relation: Relation,
        /// How far at least.
        distance: f64,
    },
    /// A drawer stands out at least so far.
    Opened {
        /// Which.
        drawer: usize,
        /// Metres.
        at_least: f64,
    },
    /// A drawer stands out at most so far.
    Closed {
        /// Which.
        drawer: usize,
        /// Metres.
        at_most: f64,
    },
    /// A thing lies in an open drawer (`place_in_closed_drawer_in_scene`).
    InDrawer {
        /// What is put.
        source: usize,
        /// Into which.
        drawer: usize,
        /// How far the drawer stands out at least.
        at_least: f64,
    },
    /// One after the other; all must hold at the end.
    All {
        /// The parts, in the order of doing them.
        goals: Vec<Goal>,
    },
}

impl Goal {
    /// The parts, or itself.
    #[must_use]
    pub fn parts(&self) -> &[Self] {
        match self {
            Self::All { goals } => goals,
            one => std::slice::from_ref(one),
        }
    }

    /// Whether it speaks of a thing or drawer: the arm may press those.
    #[must_use]
    pub fn names(&self, body: Body) -> bool {
        let thing = |index: &usize| body == Body::Object(*index);
        match self {
            Self::On { source, target, .. }
            | Self::Inside { source, target }
            | Self::Near { source, target } => thing(source) || thing(target),
            Self::Lifted { source } | Self::Pushed { source, .. } => thing(source),
            Self::Placed {
                source, anchors, ..
            } => thing(source) || anchors.iter().any(thing),
            Self::Opened { drawer, .. } | Self::Closed { drawer, .. } => {
                body == Body::Drawer(*drawer)
            }
            Self::InDrawer { source, drawer, .. } => thing(source) || body == Body::Drawer(*drawer),
            Self::All { goals } => goals.iter().any(|goal| goal.names(body)),
        }
    }

    /// Whether it speaks only of things and drawers that are there: so many of each.
    #[must_use]
    pub fn fits(&self, things: usize, drawers: usize) -> bool {
        match self {
            Self::On { source, target, .. }
            | Self::Inside { source, target }
            | Self::Near { source, target } => *source < things && *target < things,
            Self::Lifted { source } | Self::Pushed { source, .. } => *source < things,
            Self::Placed {
                source,
                relation,
                anchors,
            } => {
                let wanted = if *relation == Relation::Between { 2 } else { 1 };
                *source < things
                    && anchors.len() == wanted
                    && anchors.iter().all(|anchor| *anchor < things)
            }
            Self::Opened { drawer, .. } | Self::Closed { drawer, .. } => *drawer < drawers,
            Self::InDrawer { source, drawer, .. } => *source < things && *drawer < drawers,
            Self::All { goals } => {
                let plain = |goal: &Self| !matches!(goal, Self::All { .. });
                !goals.is_empty() && goals.iter().all(|g| plain(g) && g.fits(things, drawers))
            }
        }
    }

    /// What is moved, if it is a thing.
    #[must_use]
    pub fn source(&self) -> Option<usize> {
        match self {
            Self::On { source, .. }
            | Self::Inside { source, .. }
            | Self::Lifted { source }
            | Self::Near { source, .. }
            | Self::Placed { source, .. }
            | Self::Pushed { source, .. }
            | Self::InDrawer { source, .. } => Some(*source),
            Self::Opened { .. } | Self::Closed { .. } => None,
            Self::All { goals } => goals.first().and_then(Self::source),
        }
    }
}
