//! How things lie, where a gripper takes them and where they take other things.
//!
//! A grasp's frame: x is the way the gripper comes (towards the thing), y the way its fingers close, the origin midway
//! between the finger tips. All in the thing's frame.

use std::f64::consts::{FRAC_PI_2, PI, TAU};

use nalgebra::{Isometry3, Matrix3, Rotation3, Translation3, UnitQuaternion, Vector3};

use crate::geometry::Pose;
use crate::sim::solid::Solid;

/// Widest opening of the grippers; wider grasps are not offered.
const WIDEST: f64 = 0.085;
/// How far below a thing's top the finger tips reach, at most.
const DEPTH: f64 = 0.03;

/// A way to take something.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Grasp {
    /// The gripper's frame in the thing's: x approaches, y closes.
    pub pose: Pose,
    /// What the fingers close on, in metres.
    pub width: f64,
}

/// The space into or onto which things are put, in the frame of the thing that has it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cavity {
    /// The middle of its floor.
    pub floor: [f64; 3],
    /// Half its sides along x and y.
    pub half: [f64; 2],
    /// How deep it is; zero for a surface.
    pub depth: f64,
    /// Whether its outline is an ellipse and not a rectangle.
    pub round: bool,
}

/// How a thing is gripped.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Grip {
    /// Nowhere.
    None,
    /// From above, across its narrow side, and from the side if it is tall.
    Across,
    /// From above, across a handle along x: where, as a share of the half length, and its width at the usual size.
    At(f64, f64),
    /// From above, any way around.
    Around,
    /// From above over its rim; radius and thickness of the wall at its usual size.
    Rim(f64, f64),
}

/// How a thing can lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rests {
    /// Only as it stands.
    Stands,
    /// As it stands, or on its side.
    OrLies,
    /// On any of its six faces.
    Any,
    /// As it stands, or upside down.
    OrTurned,
}

/// The space of a thing, in metres at its usual size.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Hollow {
    /// It takes nothing.
    None,
    /// A round space: radius, and height of its floor above the ground.
    Round(f64, f64),
    /// A rectangular space: half sides, and height of its floor.
    Square(f64, f64, f64),
    /// Its whole top: the share of its half sides that is level.
    Top(f64),
}

/// Poses that put the thing on level ground.
pub(super) fn rests(solid: &Solid, rests: Rests) -> Vec<Pose> {
    let turns: &[(f64, f64)] = match rests {
        Rests::Stands => &[(0.0, 0.0)],
        Rests::OrLies => &[(0.0, 0.0), (FRAC_PI_2, 0.0), (0.0, FRAC_PI_2)],
        Rests::OrTurned => &[(0.0, 0.0), (PI, 0.0)],
        Rests::Any => &[
            (0.0, 0.0),
            (FRAC_PI_2, 0.0),
            (PI, 0.0),
            (-FRAC_PI_2, 0.0),
            (0.0, FRAC_PI_2),
            (0.0, -FRAC_PI_2),
        ],
    };
    let mesh = solid.mesh();
    let rest = |(roll, pitch): &(f64, f64)| {
        let turned = Pose::from_rpy([0.0; 3], [*roll, *pitch, 0.0]);
        let lowest = mesh
            .positions
            .iter()
            .map(|p| turned.apply(p.map(f64::from))[2]);
        let lift = -lowest.fold(f64::INFINITY, f64::min);
        Pose {
            position: [0.0, 0.0, lift],
            ..turned
        }
    };
    turns.iter().map(rest).collect()
}

/// A gripper that comes along `approach` and closes along `closing`, which must be at right angles.
fn gripper(at: [f64; 3], approach: Vector3<f64>, closing: Vector3<f64>) -> Pose {
    let matrix = Matrix3::from_columns(&[approach, closing, approach.cross(&closing)]);
    let rotation = Rotation3::from_matrix_unchecked(matrix);
    Pose::from(Isometry3::from_parts(
        Translation3::from(at),
        UnitQuaternion::from_rotation_matrix(&rotation),
    ))
}

/// From above, closing along the direction `yaw` from x.
fn above(at: [f64; 3], yaw: f64, width: f64) -> Grasp {
    let closing = Vector3::new(yaw.cos(), yaw.sin(), 0.0);
    Grasp {
        pose: gripper(at, -Vector3::z(), closing),
        width,
    }
}

/// The grasps of a thing with these sides.
pub(super) fn grasps(extents: [f64; 3], grip: Grip, scale: f64) -> Vec<Grasp> {
    let [x, y, z] = extents;
    let height = z / 2.0 - (z / 2.0).min(DEPTH);
    let all = match grip {
        Grip::None => Vec::new(),
        Grip::Across => across(extents, height),
        Grip::At(share, width) => handle([share * x / 2.0, 0.0, height], width * scale),
        Grip::Around => around(x.max(y), height, z),
        Grip::Rim(radius, wall) => rim(radius * scale, wall * scale, z),
    };
    all.into_iter()
        .filter(|grasp| grasp.width < WIDEST)
        .collect()
}

fn handle(at: [f64; 3], width: f64) -> Vec<Grasp> {
    [FRAC_PI_2, -FRAC_PI_2]
        .map(|yaw| above(at, yaw, width))
        .into()
}

fn across([x, y, z]: [f64; 3], height: f64) -> Vec<Grasp> {
    let at = [0.0, 0.0, height];
    let (narrow, wide) = ((FRAC_PI_2, y), (0.0, x));
    let (first, second) = if y <= x {
        (narrow, wide)
    } else {
        (wide, narrow)
    };
    let mut grasps = vec![
        above(at, first.0, first.1),
        above(at, first.0 + PI, first.1),
    ];
    if second.1 < 1.6 * first.1 {
        grasps.push(above(at, second.0, second.1));
        grasps.push(above(at, second.0 + PI, second.1));
    }
    if z > 1.2 * first.1 {
        let closing = Vector3::new(first.0.cos(), first.0.sin(), 0.0);
        for side in [1.0, -1.0] {
            let approach = closing.cross(&Vector3::z()) * side;
            let pose = gripper([0.0; 3], approach, closing * side);
            grasps.push(Grasp {
                pose,
                width: first.1,
            });
        }
    }
    grasps
}

fn around(width: f64, height: f64, tall: f64) -> Vec<Grasp> {
    let yaws = || (0..8).map(|i| TAU * f64::from(i) / 8.0);
    let mut grasps: Vec<Grasp> = yaws()
        .map(|yaw| above([0.0, 0.0, height], yaw, width))
        .collect();
    if tall > 1.2 * width {
        grasps.extend(yaws().map(|yaw| {
            let approach = Vector3::new(yaw.cos(), yaw.sin(), 0.0);
            let closing = Vector3::z().cross(&approach);
            Grasp {
                pose: gripper([0.0; 3], approach, closing),
                width,
            }
        }));
    }
    grasps
}

fn rim(radius: f64, wall: f64, tall: f64) -> Vec<Grasp> {
    let height = tall / 2.0 - (tall * 0.6).min(0.015);
    let over = |i: u32| {
        let yaw = TAU * f64::from(i) / 8.0;
        above([radius * yaw.cos(), radius * yaw.sin(), height], yaw, wall)
    };
    (0..8).map(over).collect()
}

/// The space of a thing with these sides.
pub(super) fn cavity([x, y, z]: [f64; 3], hollow: Hollow, scale: f64) -> Option<Cavity> {
    let (half, floor, round) = match hollow {
        Hollow::None => return None,
        Hollow::Round(radius, floor) => ([radius * scale; 2], floor * scale, true),
        Hollow::Square(a, b, floor) => ([a * scale, b * scale], floor * scale, false),
        Hollow::Top(share) => ([share * x / 2.0, share * y / 2.0], z, false),
    };
    let floor = [0.0, 0.0, floor - z / 2.0];
    Some(Cavity {
        floor,
        half,
        depth: z / 2.0 - floor[2],
        round,
    })
}
