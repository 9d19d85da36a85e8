//! The state of a world at one moment, as drawn, judged and recorded. Plain data; world frame, metres, radians, seconds.

use serde::{Deserialize, Serialize};

use crate::geometry::Pose;

/// Everything that moves.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    /// Since the episode began.
    pub time: f64,
    /// The arm's angles as measured.
    pub joints: Vec<f64>,
    /// Radians per second.
    pub velocities: Vec<f64>,
    /// 0 closed, 1 open, as measured.
    pub gripper: f64,
    /// The tool point.
    pub tool: Pose,
    /// Every link of the arm, after its joint's rotation; the last one carries the gripper.
    pub links: Vec<Pose>,
    /// The two fingers: middle of the finger, axes of the grasp frame (x along the approach, y along the closing).
    pub fingers: [Pose; 2],
    /// Every thing, in the scene's order.
    pub objects: Vec<Pose>,
    /// How far every drawer stands out.
    pub drawers: Vec<f64>,
    /// The thing that both fingers press.
    pub held: Option<usize>,
    /// Who touches whom.
    pub contacts: Vec<Touch>,
}

/// Something that can touch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Body {
    /// The floor of the room.
    Floor,
    /// The table.
    Table,
    /// The cabinet without its drawers.
    Cabinet,
    /// A drawer.
    Drawer(usize),
    /// A link of the arm, the base being none.
    Link(usize),
    /// A finger: 0 on the side of positive y of the grasp frame.
    Finger(usize),
    /// A thing.
    Object(usize),
}

impl Body {
    /// Whether it belongs to the arm.
    #[must_use]
    pub fn is_arm(self) -> bool {
        matches!(self, Self::Link(_) | Self::Finger(_))
    }
}

/// Two bodies that press each other.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Touch {
    /// The lesser of the two.
    pub a: Body,
    /// The greater.
    pub b: Body,
    /// Newton seconds of the last physics step.
    pub impulse: f64,
}

impl Touch {
    /// The other body, if `body` is one of the two.
    #[must_use]
    pub fn other(&self, body: Body) -> Option<Body> {
        match (self.a == body, self.b == body) {
            (true, _) => Some(self.b),
            (_, true) => Some(self.a),
            _ => None,
        }
    }
}

impl Snapshot {
    /// Who touches `body`, with what impulse.
    pub fn touching(&self, body: Body) -> impl Iterator<Item = (Body, f64)> + '_ {
        self.contacts
            .iter()
            .filter_map(move |touch| touch.other(body).map(|other| (other, touch.impulse)))
    }
}
