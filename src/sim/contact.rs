//! Who touches whom, what the fingers hold, and how hard the arm has run into things.

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

/// What is left after one physics step of the impulse felt before: a quarter of a second's worth is remembered, so that a
/// blow of 5 N s counts as much as 20 N all along.
const KEPT: f64 = 0.983_47;

/// How hard the arm presses each other body, and has pressed it: newton seconds of about a quarter of a second.
#[derive(Debug, Clone, Default)]
pub(super) struct Pressure {
    /// With the physics step of the last contact.
    now: BTreeMap<Body, (f64, u64)>,
    most: BTreeMap<Body, f64>,
}

impl Pressure {
    /// Takes the contacts of a physics step.
    pub fn feel(&mut self, physics: &PhysicsWorld, step: u64) {
        for pair in physics.contact_pairs() {
            let impulse = pair.total_impulse_magnitude();
            if impulse <= LEAST {
                continue;
            }
            let body = |handle| {
                let collider = physics.colliders.get(handle);
                collider.and_then(|collider| marked(collider.user_data))
            };
            let other = match (body(pair.collider1), body(pair.collider2)) {
                (Some(arm), Some(other)) if arm.is_arm() && !other.is_arm() => other,
                (Some(other), Some(arm)) if arm.is_arm() && !other.is_arm() => other,
                _ => continue,
            };
            let (felt, last) = self.now.entry(other).or_insert((0.0, step));
            let pause = i32::try_from(step - *last).unwrap_or(i32::MAX);
            (*felt, *last) = (*felt * KEPT.powi(pause) + f64::from(impulse), step);
            let most = self.most.entry(other).or_default();
            *most = most.max(*felt);
        }
    }

    /// Begins anew: what was pressed before is somebody else's doing.
    pub fn forget(&mut self) {
        *self = Self::default();
    }

    /// The most that any body but the `spared` has felt.
    pub fn most(&self, spared: impl Fn(Body) -> bool) -> f64 {
        let others = self.most.iter().filter(|(body, _)| !spared(**body));
        others.map(|(_, most)| *most).fold(0.0, f64::max)
    }
}

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
