//! Table and things as bodies of the physics engine.
//!
//! Knows the engine's weak spots: see the constants and [`super::support`]. World frame, metres, kilograms.

use rapier3d::dynamics::{RigidBodyBuilder, RigidBodyHandle};
use rapier3d::geometry::{ColliderBuilder, Group};
use rapier3d::math::Vector;
use rapier3d::pipeline::PhysicsWorld;

use super::arm::{GROUND, THINGS, groups};
use super::asset::Asset;
use super::convert::{mark, placed, vector};
use super::scene::{SceneObject, Table};
use super::snapshot::Body;
use super::solid::{Collider, ColliderShape, Solid};
use super::support;

/// Lightest and heaviest thing, kilograms: lighter ones jitter between fingers.
const MASS: [f64; 2] = [0.03, 2.0];
/// Sides of the prism that a cylinder becomes.
const SIDES: u32 = 20;
/// How fast spinning things come to rest, share per second.
const SPINNING: f32 = 0.8;

pub(super) fn insert_ground(physics: &mut PhysicsWorld, table: &Table) {
    let floor = ColliderBuilder::cuboid(4.0, 4.0, 0.05)
        .translation(Vector::new(0.0, 0.0, -0.05))
        .friction(0.8)
        .user_data(mark(Body::Floor))
        .collision_groups(groups(GROUND, Group::ALL));
    let ground = physics.insert_body(RigidBodyBuilder::fixed());
    physics.insert_collider(floor, Some(ground));
    // A solid block: nothing slips through a thin board.
    let half = table.height.max(0.02) / 2.0;
    let [x, y] = table.centre;
    let top = ColliderBuilder::cuboid(
        (table.size[0] / 2.0) as f32,
        (table.size[1] / 2.0) as f32,
        half as f32,
    )
    .translation(vector([x, y, table.height - half]))
    .friction(table.friction as f32)
    .user_data(mark(Body::Table))
    .collision_groups(groups(GROUND, Group::ALL));
    if table.size.iter().all(|side| *side > 0.0) {
        physics.insert_collider(top, Some(ground));
    }
}

pub(super) fn insert_object(
    physics: &mut PhysicsWorld,
    index: usize,
    object: &SceneObject,
    asset: &Asset,
) -> RigidBodyHandle {
    let body = if object.fixed {
        RigidBodyBuilder::fixed()
    } else {
        RigidBodyBuilder::dynamic()
    };
    let body = physics.insert_body(
        body.pose(placed(&object.pose))
            .angular_damping(SPINNING)
            .linear_damping(0.05),
    );
    insert_pieces(physics, body, &asset.colliders, |shape| {
        shape
            .friction(object.friction as f32)
            .density(asset.density as f32)
            .user_data(mark(Body::Object(index)))
            .collision_groups(groups(THINGS, Group::ALL))
    });
    let finish = |shape: ColliderBuilder| {
        shape
            .density(0.0)
            .friction(object.friction as f32)
            .user_data(mark(Body::Object(index)))
    };
    for piece in support::feet(&asset.colliders) {
        let groups = groups(THINGS, Group::ALL);
        insert_pieces(physics, body, &[piece], |shape| {
            finish(shape).collision_groups(groups)
        });
    }
    for piece in asset.cavity.iter().flat_map(support::slab) {
        // It reaches down through the table, which it does not touch.
        let groups = groups(THINGS, !GROUND);
        insert_pieces(physics, body, &[piece], |shape| {
            finish(shape).collision_groups(groups)
        });
    }
    if !object.fixed {
        scale_mass(physics, body, object.mass_scale);
    }
    body
}

/// Brings the mass between bounds, keeping its distribution.
fn scale_mass(physics: &mut PhysicsWorld, body: RigidBodyHandle, scale: f64) {
    let colliders = physics.bodies[body].colliders().to_vec();
    let total: f32 = colliders
        .iter()
        .map(|piece| physics.colliders[*piece].mass())
        .sum();
    let wanted = (f64::from(total) * scale).clamp(MASS[0], MASS[1]) as f32;
    if total > 0.0 {
        for piece in colliders {
            let piece = &mut physics.colliders[piece];
            let density = piece.density() * wanted / total;
            piece.set_density(density);
        }
    }
}

/// The convex pieces of a solid as colliders of a body.
pub(super) fn insert_shapes(
    physics: &mut PhysicsWorld,
    body: RigidBodyHandle,
    solid: &Solid,
    finish: impl Fn(ColliderBuilder) -> ColliderBuilder,
) {
    insert_pieces(physics, body, &solid.colliders(), finish);
}

fn insert_pieces(
    physics: &mut PhysicsWorld,
    body: RigidBodyHandle,
    pieces: &[Collider],
    finish: impl Fn(ColliderBuilder) -> ColliderBuilder,
) {
    for piece in pieces {
        if let Some(shape) = shape(&piece.shape) {
            physics.insert_collider(finish(shape).position(placed(&piece.pose)), Some(body));
        }
    }
}

/// A shape of the engine. Cylinders become prisms: the engine's own roll along a table by themselves.
fn shape(shape: &ColliderShape) -> Option<ColliderBuilder> {
    Some(match shape {
        ColliderShape::Cuboid { half: [x, y, z] } => {
            ColliderBuilder::cuboid(*x as f32, *y as f32, *z as f32)
        }
        ColliderShape::Sphere { radius } => ColliderBuilder::ball(*radius as f32),
        ColliderShape::Cylinder {
            radius,
            half_height,
        } => hull(&prism(*radius, *half_height))?,
        ColliderShape::Capsule {
            radius,
            half_height,
        } => ColliderBuilder::capsule_z(*half_height as f32, *radius as f32),
        ColliderShape::Hull { points } => hull(points)?,
    })
}

fn hull(points: &[[f64; 3]]) -> Option<ColliderBuilder> {
    let points: Vec<Vector> = points.iter().map(|point| vector(*point)).collect();
    ColliderBuilder::convex_hull(&points)
}

/// Corners of a prism that stands for a cylinder.
pub(super) fn prism(radius: f64, half_height: f64) -> Vec<[f64; 3]> {
    let corner = |index: u32| {
        let angle = std::f64::consts::TAU * f64::from(index / 2) / f64::from(SIDES);
        let z = if index.is_multiple_of(2) {
            half_height
        } else {
            -half_height
        };
        [radius * angle.cos(), radius * angle.sin(), z]
    };
    (0..2 * SIDES).map(corner).collect()
}
