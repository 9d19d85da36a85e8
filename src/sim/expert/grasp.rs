//! Where to take a thing: candidates from the library and from its shape as it lies, ranked by what the arm can do.
//!
//! A grasp frame lies between the finger tips, x along the approach, y along the closing. World frame, metres.

use std::f64::consts::TAU;

use nalgebra::{Isometry3, Matrix3, Rotation3, UnitQuaternion, Vector3};

use crate::geometry::Pose;
use crate::robot::{Mechanism, RobotSpec};
use crate::sim::asset::{Asset, Grasp};
use crate::sim::judge::upright_half;

use super::motion::{backed, shifted};
use super::place::Search;

/// A way to take a thing, good for this arm now.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Hold {
    /// The grasp frame when the fingers close.
    pub grasp: Pose,
    /// Before going down.
    pub before: Pose,
}

/// How far above a thing the hand waits.
const CLEARANCE: f64 = 0.07;
/// Highest it waits there, how far over what stands on its way, and how wide that way is.
const HIGHEST: f64 = 0.15;
const OVER: f64 = 0.02;
const WAY: f64 = 0.06;
/// Fingers stay this far from what the thing stands on.
const GROUND: f64 = 0.004;
/// The tips of the fingers are at least this far below the top of what they take.
const ENTERED: f64 = 0.008;
/// Cost of a metre by which the hand is raised to clear the ground, radians.
const RAISED: f64 = 60.0;
/// Room beside the thing for the fingers to go down.
const ROOM: f64 = 0.008;
/// Below the middle, so that closing does not squeeze the thing out.
const BELOW: f64 = 0.012;
/// Far things are taken with the hand leaning, and very near ones the other way: a wrist may not bend far enough to
/// point straight down there.
const LEANS: [&[f64]; 3] = [&[0.0], &[0.15, 0.3, 0.45, -0.25], &[0.65, 0.85, 1.05]];
/// Closing directions tried around a thing that lies somehow.
const YAWS: u32 = 24;
/// Fingers end this far from a bystander.
const ASIDE: f64 = 0.006;

/// The best ways to take `object`, the cheapest first.
pub(super) fn holds(search: &Search<'_>, spec: &RobotSpec, object: usize) -> Vec<Hold> {
    let (asset, pose) = (&search.assets[object], &search.now.objects[object]);
    let forward = search.reach.forward(pose.position);
    let ground = search.scene.table.height;
    let candidates = candidates(asset, pose, spec, ground);
    for leans in LEANS {
        let mut found = Vec::new();
        for lean in leans {
            for (grasp, width, bias) in &candidates {
                let leaned = leaned(grasp, forward, *lean);
                let (grasp, raised) = clear(leaned, (asset, pose), spec, ground);
                if let Some((before, cost)) = approach(search, object, &grasp) {
                    let crowd = crowded(search, spec, object, &grasp, *width);
                    let cost = cost + bias + lean.abs() + crowd + RAISED * raised;
                    found.push((cost, Hold { grasp, before }));
                }
            }
        }
        if !found.is_empty() {
            found.sort_by(|a, b| a.0.total_cmp(&b.0));
            return found.into_iter().map(|(_, hold)| hold).collect();
        }
    }
    Vec::new()
}

/// Lowest and highest point of a thing. A box around a thing that leans reaches below what it stands on.
fn span(asset: &Asset, pose: &Pose, ground: f64) -> (f64, f64) {
    let half = upright_half(asset, pose)[2];
    let (low, high) = (pose.position[2] - half, pose.position[2] + half);
    // Far below the table it lies elsewhere.
    let bottom = if low > ground - 0.05 {
        low.max(ground)
    } else {
        low
    };
    (bottom, high)
}

/// Where the hand waits over a grasp, higher than what stands on its way there, and what getting there and down costs.
fn approach(search: &Search<'_>, object: usize, grasp: &Pose) -> Option<(Pose, f64)> {
    let tallest = bystanders(search, object)
        .filter(|(pose, half)| {
            let [from, to] = [search.grasp.position, grasp.position];
            let room = WAY + half[0].max(half[1]);
            beside(from, to, pose.position) < room
        })
        .map(|(pose, half)| pose.position[2] + half[2])
        .fold(f64::NEG_INFINITY, f64::max);
    let wanted = (tallest + OVER - grasp.position[2]).clamp(CLEARANCE, HIGHEST);
    let tried = [(wanted, 0.0), (CLEARANCE, 40.0 * (wanted - CLEARANCE))];
    tried.into_iter().find_map(|(height, bias)| {
        let before = shifted(grasp, [0.0, 0.0, height]);
        let cost = search.reach.follow(search.joints, &[before, *grasp])?;
        Some((before, cost + bias))
    })
}

/// Where the other things are, and half the sides of the boxes around them.
fn bystanders<'a>(
    search: &'a Search<'_>,
    object: usize,
) -> impl Iterator<Item = (&'a Pose, [f64; 3])> {
    let all = search.assets.iter().zip(&search.now.objects).enumerate();
    all.filter(move |(index, _)| *index != object)
        .map(|(_, (asset, pose))| (pose, upright_half(asset, pose)))
}

/// How far a point is from the way between two others, seen from above.
fn beside(from: [f64; 3], to: [f64; 3], point: [f64; 3]) -> f64 {
    let way = [to[0] - from[0], to[1] - from[1]];
    let offset = [point[0] - from[0], point[1] - from[1]];
    let square = (way[0] * way[0] + way[1] * way[1]).max(1e-9);
    let share = ((offset[0] * way[0] + offset[1] * way[1]) / square).clamp(0.0, 1.0);
    (offset[0] - share * way[0]).hypot(offset[1] - share * way[1])
}

/// Raised until both open fingers clear the ground, as far as the thing then is still between them; and by how much.
fn clear(
    grasp: Pose,
    (asset, pose): (&Asset, &Pose),
    spec: &RobotSpec,
    ground: f64,
) -> (Pose, f64) {
    let (bottom, top) = span(asset, pose, ground);
    let [_, thick, across] = spec.gripper.finger;
    let slope = |axis: [f64; 3]| grasp.rotate(axis)[2].abs();
    let drop = slope([0.0, 1.0, 0.0]) * (spec.gripper.opening / 2.0 + 2.0 * thick)
        + slope([0.0, 0.0, 1.0]) * across;
    let z = grasp.position[2];
    let wanted = bottom + GROUND + drop;
    let raised = (wanted.min(top - ENTERED) - z).max(0.0);
    (shifted(&grasp, [0.0, 0.0, raised]), raised)
}

/// Turned about the finger tips so that the hand stands nearer to the base than they do.
pub(super) fn leaned(grasp: &Pose, forward: [f64; 2], lean: f64) -> Pose {
    let axis = [forward[1], -forward[0], 0.0];
    let turned = Pose::from_axis_angle([0.0; 3], axis, lean).then(&Pose {
        position: [0.0; 3],
        ..*grasp
    });
    Pose {
        position: grasp.position,
        ..turned
    }
}

/// Grasp frame, width and a bias against it.
fn candidates(asset: &Asset, pose: &Pose, spec: &RobotSpec, ground: f64) -> Vec<(Pose, f64, f64)> {
    let widest = spec.gripper.opening - ROOM;
    let offered = asset.grasps.iter().filter_map(|grasp| {
        let placed = pose.then(&grasp.pose);
        let approach = placed.rotate([1.0, 0.0, 0.0]);
        if !fits(spec, asset, grasp) || approach[2] > -0.9 {
            return None;
        }
        let aside = Vector3::from(grasp.pose.position).xy().norm();
        let rim = aside > 0.25 * asset.extents[0].max(asset.extents[1]) && grasp.width < 0.02;
        let upright = from_above(placed.position, placed.rotate([0.0, 1.0, 0.0]));
        let set = if rim {
            upright
        } else {
            deepened(upright, (asset, pose), spec, ground)
        };
        Some((offset(set, grasp.width, spec), grasp.width, 0.0))
    });
    let mut all: Vec<(Pose, f64, f64)> = offered.collect();
    if all.is_empty() {
        all = lying((asset, pose), spec, widest, ground);
    }
    all
}

/// Whether the gripper opens wide enough, and a finger fits into the hole of what is held by its rim.
#[must_use]
pub fn fits(spec: &RobotSpec, asset: &Asset, grasp: &Grasp) -> bool {
    let aside = Vector3::from(grasp.pose.position).xy().norm();
    let hole = aside - grasp.width / 2.0;
    let rim = aside > 0.25 * asset.extents[0].max(asset.extents[1]) && asset.grasps.len() >= 8;
    // A jaw that turns slips off a rim.
    let slides = matches!(spec.gripper.mechanism, Mechanism::Parallel { .. });
    let room = hole > 2.0 * spec.gripper.finger[1] + 0.006;
    grasp.width < spec.gripper.opening - ROOM && (!rim || (slides && room))
}

/// From its outline seen from above, for a thing that does not stand as the library knows it.
fn lying(
    (asset, pose): (&Asset, &Pose),
    spec: &RobotSpec,
    widest: f64,
    ground: f64,
) -> Vec<(Pose, f64, f64)> {
    let mesh = asset.solid.mesh();
    let points: Vec<[f64; 3]> = mesh
        .positions
        .iter()
        .map(|point| pose.apply(point.map(f64::from)))
        .collect();
    let mut all = Vec::new();
    for step in 0..YAWS {
        let yaw = TAU * f64::from(step) / f64::from(YAWS);
        let closing = [yaw.cos(), yaw.sin(), 0.0];
        let along = |point: &[f64; 3]| point[0] * closing[0] + point[1] * closing[1];
        let low = points.iter().map(along).fold(f64::INFINITY, f64::min);
        let high = points.iter().map(along).fold(f64::NEG_INFINITY, f64::max);
        let width = high - low;
        if width > widest {
            continue;
        }
        let shift = f64::midpoint(low, high) - along(&pose.position);
        let middle = [
            pose.position[0] + shift * closing[0],
            pose.position[1] + shift * closing[1],
            pose.position[2],
        ];
        let grasp = deepened(from_above(middle, closing), (asset, pose), spec, ground);
        all.push((offset(grasp, width, spec), width, 10.0 * width));
    }
    all
}

/// Straight down, closing along the level part of `closing`.
pub(super) fn from_above(position: [f64; 3], closing: [f64; 3]) -> Pose {
    facing(
        position,
        -Vector3::z(),
        Vector3::new(closing[0], closing[1], 0.0),
    )
}

/// Approaching along `approach`, closing along `closing`, which must not be parallel.
pub(super) fn facing(position: [f64; 3], approach: Vector3<f64>, closing: Vector3<f64>) -> Pose {
    let x = approach.normalize();
    let y = (closing - x * closing.dot(&x)).normalize();
    let matrix = Matrix3::from_columns(&[x, y, x.cross(&y)]);
    let rotation = UnitQuaternion::from_rotation_matrix(&Rotation3::from_matrix_unchecked(matrix));
    Pose::from(Isometry3::from_parts(
        Vector3::from(position).into(),
        rotation,
    ))
}

/// Finger tips below the middle of the thing, above the ground, and no deeper than the fingers are long.
fn deepened(grasp: Pose, (asset, pose): (&Asset, &Pose), spec: &RobotSpec, ground: f64) -> Pose {
    let (bottom, top) = span(asset, pose, ground);
    let middle = pose.position[2];
    let length = 2.0 * spec.gripper.finger[0] - 0.006;
    let z = (middle - BELOW).max(bottom + GROUND).max(top - length);
    let [x, y, _] = grasp.position;
    Pose {
        position: [x, y, z],
        ..grasp
    }
}

/// A jaw closes onto its standing finger: the hand stands so that this finger is beside the thing.
fn offset(grasp: Pose, width: f64, spec: &RobotSpec) -> Pose {
    match spec.gripper.mechanism {
        Mechanism::Parallel { .. } => grasp,
        Mechanism::Jaw { .. } => grasp
            .then(&Pose::at([0.0, -(width / 2.0 + 0.004), 0.0]))
            .then(&Pose::at([0.0, width + 0.008, 0.0])),
    }
}

/// How much the open fingers would press into bystanders.
fn crowded(search: &Search<'_>, spec: &RobotSpec, object: usize, grasp: &Pose, width: f64) -> f64 {
    let [_, thick, across] = spec.gripper.finger;
    let aside = match spec.gripper.mechanism {
        Mechanism::Parallel { travel } => travel[1] + thick,
        Mechanism::Jaw { .. } => width / 2.0 + thick,
    };
    let mut crowd = 0.0;
    for (pose, half) in bystanders(search, object) {
        if grasp.position[2] > pose.position[2] + half[2] {
            continue;
        }
        for side in [-aside, aside] {
            let finger = grasp.apply([0.0, side, 0.0]);
            let [dx, dy] =
                [0, 1].map(|axis| (finger[axis] - pose.position[axis]).abs() - half[axis]);
            let gap = dx.max(dy) - thick.max(across) - ASIDE;
            if gap < 0.0 {
                crowd += 5.0 - 100.0 * gap;
            }
        }
    }
    crowd
}

/// Where the hand goes after letting go.
pub(super) fn away(grasp: &Pose) -> Pose {
    backed(grasp, CLEARANCE)
}
