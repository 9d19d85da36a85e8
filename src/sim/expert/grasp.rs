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
/// Fingers stay this far from what the thing stands on.
const GROUND: f64 = 0.004;
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
    let candidates = candidates(asset, pose, spec);
    for leans in LEANS {
        let mut found = Vec::new();
        for lean in leans {
            for (grasp, width, bias) in &candidates {
                let grasp = leaned(grasp, forward, *lean);
                let before = shifted(&grasp, [0.0, 0.0, CLEARANCE]);
                if let Some(cost) = search.reach.follow(search.joints, &[before, grasp]) {
                    let crowd = crowded(search, spec, object, &grasp, *width);
                    found.push((cost + bias + lean.abs() + crowd, Hold { grasp, before }));
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
fn candidates(asset: &Asset, pose: &Pose, spec: &RobotSpec) -> Vec<(Pose, f64, f64)> {
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
            deepened(upright, asset, pose, spec)
        };
        Some((offset(set, grasp.width, spec), grasp.width, 0.0))
    });
    let mut all: Vec<(Pose, f64, f64)> = offered.collect();
    if all.is_empty() {
        all = lying(asset, pose, spec, widest);
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
fn lying(asset: &Asset, pose: &Pose, spec: &RobotSpec, widest: f64) -> Vec<(Pose, f64, f64)> {
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
        let grasp = deepened(from_above(middle, closing), asset, pose, spec);
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
fn deepened(grasp: Pose, asset: &Asset, pose: &Pose, spec: &RobotSpec) -> Pose {
    let half = upright_half(asset, pose)[2];
    let (bottom, middle, top) = (
        pose.position[2] - half,
        pose.position[2],
        pose.position[2] + half,
    );
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
    for (index, (asset, pose)) in search.assets.iter().zip(&search.now.objects).enumerate() {
        let half = upright_half(asset, pose);
        if index == object || grasp.position[2] > pose.position[2] + half[2] {
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
