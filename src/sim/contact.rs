//! Who touches whom, and what the fingers hold.

use std::collections::BTreeMap;

use nalgebra::Vector3;
use rapier3d::pipeline::PhysicsWorld;

use crate::geometry::Pose;

use super::convert::marked;
use super::snapshot::{Body, Touch};

/// Impulses below this are no touch, newton seconds (as `ManiSkill` has it).
const LEAST: f32 = 1e-6;
/// A finger holds what it presses within this angle of its closing direction: `ManiSkill`'s 85 degrees.
const CLOSING: f64 = 85.0;

/// All pairs that press each other, each once, in order.
pub(super) fn touches(physics: &PhysicsWorld) -> Vec<Touch> {
    let mut found: BTreeMap<(Body, Body), f64> = BTreeMap::new();
    for pair in physics.contact_pairs() {
        let impulse = pair.total_impulse_magnitude();
        if impulse <= LEAST {
            continue;
        }
        let body = |handle| {
            physics
                .colliders
                .get(handle)
                .and_then(|collider| marked(collider.user_data))
        };
        if let (Some(a), Some(b)) = (body(pair.collider1), body(pair.collider2)) {
            *found.entry((a.min(b), a.max(b))).or_default() += f64::from(impulse);
        }
    }
    found
        .into_iter()
        .map(|((a, b), impulse)| Touch { a, b, impulse })
        .collect()
}

/// The thing that both fingers press towards each other.
pub(super) fn held(
    physics: &PhysicsWorld,
    contacts: &[Touch],
    fingers: &[Pose; 2],
) -> Option<usize> {
    let touched = |finger: usize| {
        contacts
            .iter()
            .filter_map(move |touch| match touch.other(Body::Finger(finger)) {
                Some(Body::Object(index)) => Some(index),
                _ => None,
            })
    };
    touched(0)
        .find(|index| touched(1).any(|other| other == *index) && presses(physics, *index, fingers))
}

/// Whether the pressure on the thing comes along the closing direction of both fingers.
fn presses(physics: &PhysicsWorld, object: usize, fingers: &[Pose; 2]) -> bool {
    let least = CLOSING.to_radians().cos();
    (0..2).all(|side| {
        let inwards =
            Vector3::from(fingers[side].rotate([0.0, if side == 0 { -1.0 } else { 1.0 }, 0.0]));
        let pressure = pressure(physics, Body::Finger(side), Body::Object(object));
        let strength = pressure.norm();
        strength > 0.0 && pressure.dot(&inwards) / strength > least
    })
}

/// The sum of impulses of one body on another.
fn pressure(physics: &PhysicsWorld, from: Body, onto: Body) -> Vector3<f64> {
    let mut sum = Vector3::zeros();
    for pair in physics.contact_pairs() {
        let body = |handle| {
            physics
                .colliders
                .get(handle)
                .and_then(|collider| marked(collider.user_data))
        };
        let sign = match (body(pair.collider1), body(pair.collider2)) {
            (Some(a), Some(b)) if a == from && b == onto => 1.0,
            (Some(a), Some(b)) if a == onto && b == from => -1.0,
            _ => continue,
        };
        // The normal points from the first collider to the second.
        let impulse = pair.total_impulse();
        sum += sign
            * Vector3::new(
                f64::from(impulse.x),
                f64::from(impulse.y),
                f64::from(impulse.z),
            );
    }
    sum
}
