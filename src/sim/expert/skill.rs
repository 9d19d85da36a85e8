//! Skills: what a goal is made of, and the moves each is made of.
//!
//! A move is a straight leg of the grasp frame and then a wait with the gripper told to open or close.

use nalgebra::Vector3;

use crate::sim::asset::cabinet;
use crate::sim::cabinet::drawer_pose;
use crate::sim::goal::Goal;
use crate::sim::judge::upright_half;
use crate::sim::scene::Cabinet;
use serde::{Deserialize, Serialize};

use crate::geometry::Pose;

use super::grasp::{Hold, away, facing, from_above};
use super::motion::{Pace, backed, blend, shifted};
use super::place::{Place, Search, Spot};

/// Part of a task that a person would name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Over the thing, gripper open.
    PreGrasp,
    /// Down and closing.
    Grasp,
    /// Up with the thing.
    PostGrasp,
    /// Over the goal.
    PrePlace,
    /// Down and opening.
    Place,
    /// Away, empty.
    PostPlace,
    /// Drawing a drawer out.
    Pull,
    /// Pushing a drawer in or a thing along the table.
    Push,
    /// Waiting for things to come to rest.
    Settle,
}

/// One skill.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Skill {
    Take {
        object: usize,
    },
    Raise {
        object: usize,
    },
    Put {
        object: usize,
        spot: Spot,
    },
    Pull {
        drawer: usize,
        to: f64,
    },
    Shut {
        drawer: usize,
    },
    Push {
        object: usize,
        direction: [f64; 2],
        distance: f64,
    },
}

/// One move.
#[derive(Debug, Clone)]
pub(super) struct Move {
    pub to: Pose,
    pub gripper: f32,
    pub slow: bool,
    /// Seconds to wait there.
    pub dwell: f64,
    pub phase: Phase,
}

impl Move {
    pub(super) fn fast(to: Pose, gripper: f32, phase: Phase) -> Self {
        Self {
            to,
            gripper,
            slow: false,
            dwell: 0.0,
            phase,
        }
    }

    fn slow(to: Pose, gripper: f32, phase: Phase) -> Self {
        Self {
            slow: true,
            ..Self::fast(to, gripper, phase)
        }
    }

    fn waiting(self, dwell: f64) -> Self {
        Self { dwell, ..self }
    }

    pub fn pace(&self) -> Pace {
        if self.slow {
            Pace {
                metres: 0.13,
                radians: 1.0,
            }
        } else {
            Pace {
                metres: 0.24,
                radians: 1.5,
            }
        }
    }
}

const OPEN: f32 = 1.0;
const CLOSED: f32 = 0.0;
/// Waits after telling the gripper to close and to open.
const CLOSING: f64 = 0.6;
const OPENING: f64 = 0.4;
/// How high a thing is lifted at least, and how far over what stands in between.
const LIFT: f64 = 0.07;
const OVER: f64 = 0.025;
/// How far in front of a handle the hand waits, and how far the tips go past its bar.
const BEFORE_HANDLE: f64 = 0.08;
const PAST_HANDLE: f64 = 0.02;
/// So far a drawer is drawn out whatever is asked for.
const WIDE_OPEN: f64 = 0.18;
/// Half the thickness of a handle's bar.
const HANDLE_RADIUS: f64 = 0.006;

/// The skills that reach a goal.
pub(super) fn skills(goal: &Goal, base: &Pose) -> Vec<Skill> {
    let put = |object: usize, spot: Spot| vec![Skill::Take { object }, Skill::Put { object, spot }];
    match goal {
        Goal::On { source, target, .. } => put(*source, Spot::On(*target)),
        Goal::Inside { source, target } => put(*source, Spot::Inside(*target)),
        Goal::Near { source, target } => put(*source, Spot::Near(*target)),
        Goal::Placed {
            source,
            relation,
            anchors,
        } => put(*source, Spot::Beside(*relation, anchors.clone())),
        Goal::InDrawer { source, drawer, .. } => put(*source, Spot::Drawer(*drawer)),
        Goal::Lifted { source } => vec![
            Skill::Take { object: *source },
            Skill::Raise { object: *source },
        ],
        Goal::Opened { drawer, at_least } => {
            let to = (at_least + 0.035).max(WIDE_OPEN);
            vec![Skill::Pull {
                drawer: *drawer,
                to,
            }]
        }
        Goal::Closed { drawer, .. } => vec![Skill::Shut { drawer: *drawer }],
        Goal::Pushed {
            source,
            relation,
            distance,
        } => {
            let [x, y] = relation.direction().unwrap_or([1.0, 0.0]);
            let [x, y, _] = base.rotate([x, y, 0.0]);
            let distance = distance + 0.03;
            vec![Skill::Push {
                object: *source,
                direction: [x, y],
                distance,
            }]
        }
        Goal::All { goals } => goals.iter().flat_map(|goal| skills(goal, base)).collect(),
    }
}

/// Down to the thing, close, up over everything in the way.
pub(super) fn take(search: &Search<'_>, object: usize, hold: &Hold) -> Vec<Move> {
    let mut moves = vec![
        Move::fast(hold.before, OPEN, Phase::PreGrasp),
        Move::slow(hold.grasp, OPEN, Phase::Grasp),
        Move::slow(hold.grasp, CLOSED, Phase::Grasp).waiting(CLOSING),
        Move::slow(lifted(search, object, hold), CLOSED, Phase::PostGrasp),
    ];
    let from = search.grasp.position;
    let rise = hold.before.position[2] - from[2];
    if rise > STEEP {
        // Up first: what the hand must get over stands in between.
        let up = blend(&search.grasp, &hold.before, 0.5);
        let position = [from[0], from[1], hold.before.position[2]];
        moves.insert(
            0,
            Move::fast(Pose { position, ..up }, OPEN, Phase::PreGrasp),
        );
    }
    moves
}

/// As high as needed, or as high as the arm can hold it.
fn lifted(search: &Search<'_>, object: usize, hold: &Hold) -> Pose {
    let wanted = lift(search, object);
    let up = |share: f64| shifted(&hold.grasp, [0.0, 0.0, wanted * share]);
    let reached = |pose: &Pose| {
        search
            .reach
            .follow(search.joints, &[hold.before, hold.grasp, *pose])
            .is_some()
    };
    [1.0, 0.8, 0.6]
        .map(up)
        .into_iter()
        .find(reached)
        .unwrap_or(up(0.4))
}

/// A rise to the next thing that is not made aslant.
const STEEP: f64 = 0.08;

/// Higher still, and wait there.
pub(super) fn raise(search: &Search<'_>) -> Vec<Move> {
    let up = shifted(&search.grasp, [0.0, 0.0, 0.03]);
    vec![Move::slow(up, CLOSED, Phase::PostGrasp).waiting(2.0)]
}

/// How far up until the thing's lowest point passes over everything else.
fn lift(search: &Search<'_>, object: usize) -> f64 {
    let bottom = |index: usize, sign: f64| {
        let pose = &search.now.objects[index];
        pose.position[2] + sign * upright_half(&search.assets[index], pose)[2]
    };
    let highest = (0..search.assets.len())
        .filter(|index| *index != object)
        .map(|index| bottom(index, 1.0))
        .fold(f64::NEG_INFINITY, f64::max);
    (highest + OVER - bottom(object, -1.0)).clamp(LIFT, 0.16)
}

/// Over the goal, down, open, away.
pub(super) fn put(search: &Search<'_>, place: &Place) -> Vec<Move> {
    // Across at the greater of both heights, so that the way down is straight.
    let z = search.grasp.position[2].max(place.before.position[2]);
    let [x, y, _] = place.before.position;
    let over = Pose {
        position: [x, y, z],
        ..place.before
    };
    vec![
        Move::fast(over, CLOSED, Phase::PrePlace),
        Move::slow(place.grasp, CLOSED, Phase::Place),
        Move::slow(place.grasp, OPEN, Phase::Place).waiting(OPENING),
        Move::fast(away(&place.grasp), OPEN, Phase::PostPlace),
    ]
}

/// Grips the handle and draws it out. The two ways differ by half a turn of the hand.
pub(super) fn pull(
    search: &Search<'_>,
    placed: &Cabinet,
    drawer: usize,
    to: f64,
) -> Vec<Vec<Move>> {
    let Some((handle, out)) = handle(search, placed, drawer) else {
        return Vec::new();
    };
    let open = search.now.drawers.get(drawer).copied().unwrap_or_default();
    let ways = [1.0, -1.0].map(|sign| {
        let grasp =
            facing(handle, -out, Vector3::z() * sign).then(&Pose::at([PAST_HANDLE, 0.0, 0.0]));
        let pulled = shifted(&grasp, (out * (to - open)).into());
        vec![
            Move::fast(backed(&grasp, BEFORE_HANDLE), OPEN, Phase::PreGrasp),
            Move::slow(grasp, OPEN, Phase::Grasp),
            Move::slow(grasp, CLOSED, Phase::Grasp).waiting(CLOSING),
            Move::slow(pulled, CLOSED, Phase::Pull).waiting(0.4),
            Move::slow(pulled, OPEN, Phase::Place).waiting(OPENING),
            Move::fast(backed(&pulled, BEFORE_HANDLE), OPEN, Phase::PostPlace),
        ]
    });
    ways.into()
}

/// Pushes the handle with the closed hand.
pub(super) fn shut(search: &Search<'_>, placed: &Cabinet, drawer: usize) -> Vec<Vec<Move>> {
    let Some((handle, out)) = handle(search, placed, drawer) else {
        return Vec::new();
    };
    let open = search.now.drawers.get(drawer).copied().unwrap_or_default();
    let ways = [1.0, -1.0].map(|sign| {
        let touch = backed(
            &facing(handle, -out, Vector3::z() * sign),
            HANDLE_RADIUS + 0.01,
        );
        let shut = shifted(&touch, (-out * (open + 0.01)).into());
        vec![
            Move::fast(backed(&touch, BEFORE_HANDLE), CLOSED, Phase::PreGrasp),
            Move::slow(touch, CLOSED, Phase::PreGrasp),
            Move::slow(shut, CLOSED, Phase::Push).waiting(0.4),
            Move::fast(backed(&shut, BEFORE_HANDLE), CLOSED, Phase::PostPlace),
        ]
    });
    ways.into()
}

/// The middle of a handle's bar and the way the drawer opens.
fn handle(
    search: &Search<'_>,
    placed: &Cabinet,
    drawer: usize,
) -> Option<([f64; 3], Vector3<f64>)> {
    let pose = drawer_pose(placed, drawer, *search.now.drawers.get(drawer)?)?;
    let bar = pose.apply(cabinet().drawers.get(drawer)?.handle);
    Some((bar, Vector3::from(pose.rotate([1.0, 0.0, 0.0]))))
}

/// Down behind the thing with the hand closed, along, up. The two ways differ by a quarter turn of the hand.
pub(super) fn push(
    search: &Search<'_>,
    object: usize,
    direction: [f64; 2],
    distance: f64,
) -> Vec<Vec<Move>> {
    let pose = &search.now.objects[object];
    let half = upright_half(&search.assets[object], pose);
    let way = Vector3::new(direction[0], direction[1], 0.0).normalize();
    let behind = way.x.abs() * half[0] + way.y.abs() * half[1] + 0.03;
    let low = pose.position[2] - half[2] + (half[2] * 0.6).clamp(0.006, 0.02);
    let start = Vector3::from(pose.position) - way * behind;
    let across = Vector3::z().cross(&way);
    let ways = [across, -across, way, -way].map(|closing| {
        let down = from_above([start.x, start.y, low], closing.into());
        let end = shifted(&down, (way * (distance + 0.02)).into());
        let up = [0.0, 0.0, 2.0 * half[2] + 0.05];
        vec![
            Move::fast(shifted(&down, up), CLOSED, Phase::PreGrasp),
            Move::slow(down, CLOSED, Phase::PreGrasp),
            Move::slow(end, CLOSED, Phase::Push).waiting(0.2),
            Move::fast(
                shifted(&backed(&end, up[2]), (-way * 0.02).into()),
                CLOSED,
                Phase::PostPlace,
            ),
        ]
    });
    ways.into()
}
