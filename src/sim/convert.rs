//! Between our poses (f64) and the physics engine's (f32), and between bodies and the numbers colliders carry.

use rapier3d::math::{Pose as Placed, Rotation, Vector};

use crate::geometry::Pose;

use super::snapshot::Body;

pub(super) fn vector([x, y, z]: [f64; 3]) -> Vector {
    Vector::new(x as f32, y as f32, z as f32)
}

pub(super) fn placed(pose: &Pose) -> Placed {
    let [w, x, y, z] = pose.rotation;
    let rotation = Rotation::from_xyzw(x as f32, y as f32, z as f32, w as f32).normalize();
    Placed::from_parts(vector(pose.position), rotation)
}

pub(super) fn pose(placed: &Placed) -> Pose {
    let (t, r) = (placed.translation, placed.rotation);
    // Normalised again: in f64 a unit quaternion of f32 is off by 1e-7.
    let [w, x, y, z] = [r.w, r.x, r.y, r.z].map(f64::from);
    let norm = (w * w + x * x + y * y + z * z)
        .sqrt()
        .max(f64::MIN_POSITIVE);
    Pose {
        position: [t.x, t.y, t.z].map(f64::from),
        rotation: [w / norm, x / norm, y / norm, z / norm],
    }
}

const KIND: u32 = 32;

pub(super) fn mark(body: Body) -> u128 {
    let (kind, index) = match body {
        Body::Floor => (1, 0),
        Body::Table => (2, 0),
        Body::Cabinet => (3, 0),
        Body::Drawer(index) => (4, index),
        Body::Link(index) => (5, index),
        Body::Finger(index) => (6, index),
        Body::Object(index) => (7, index),
    };
    (kind << KIND) | index as u128
}

pub(super) fn marked(mark: u128) -> Option<Body> {
    let index = (mark & ((1 << KIND) - 1)) as usize;
    match mark >> KIND {
        1 => Some(Body::Floor),
        2 => Some(Body::Table),
        3 => Some(Body::Cabinet),
        4 => Some(Body::Drawer(index)),
        5 => Some(Body::Link(index)),
        6 => Some(Body::Finger(index)),
        7 => Some(Body::Object(index)),
        _ => None,
    }
}
