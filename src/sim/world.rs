//! The physics: a scene as bodies, stepped at a fixed rate.
//!
//! Rapier with enhanced determinism: the same scene and commands give the same bits. The arm moves only by
//! [`SafeCommand`]s. World frame, metres, kilograms, seconds.

use rapier3d::dynamics::{RigidBodyBuilder, RigidBodyHandle};
use rapier3d::geometry::{ColliderBuilder, Group};
use rapier3d::math::Vector;
use rapier3d::pipeline::PhysicsWorld;

use crate::geometry::Pose;
use crate::robot::{Arm, JointState, RobotSpec, SafeCommand};

use super::arm::{ArmBody, GROUND, THINGS, groups};
use super::asset::{Asset, instance};
use super::cabinet::CabinetBody;
use super::contact;
use super::convert::{mark, placed, pose, vector};
use super::scene::{Scene, SceneObject, Table};
use super::snapshot::{Body, Snapshot};
use super::solid::{Collider, ColliderShape, Solid};
use super::support;

/// Physics steps a second.
pub const STEPS_PER_SECOND: f64 = 240.0;
/// Physics steps of one tick of the arm's command.
pub const STEPS_PER_TICK: usize = 4;
/// Seconds of one tick.
pub const TICK: f64 = STEPS_PER_TICK as f64 / STEPS_PER_SECOND;

/// Lightest and heaviest thing, kilograms: lighter ones jitter between fingers.
const MASS: [f64; 2] = [0.03, 2.0];
/// Natural frequency of contacts in hertz: at the engine's 30 the fingers sink millimetres into what they hold.
const HARDNESS: f32 = 90.0;
/// The same against what stands still: with harder ground, or a skin around things, standing cans tremble.
const GROUND_HARDNESS: f32 = 30.0;
/// Sides of the prism that a cylinder becomes.
const SIDES: u32 = 20;
/// How fast spinning and rolling things come to rest: share per second, and radians per second squared.
const SPINNING: f32 = 0.8;
const ROLLING: f32 = 4.0;

/// Why a scene cannot be built.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum WorldError {
    /// No such arm.
    #[error("no robot is called {name}; known are widowx, google and so101")]
    UnknownRobot {
        /// As the scene has it.
        name: String,
    },
    /// The arm has another number of joints.
    #[error("the scene gives {given} joint angles but {robot} has {joints} joints")]
    Joints {
        /// In the scene.
        given: usize,
        /// Of the arm.
        joints: usize,
        /// Its name.
        robot: &'static str,
    },
    /// A number is not finite.
    #[error("the scene holds a position or an angle that is not a finite number")]
    NotFinite,
}

/// A scene that moves.
pub struct World {
    pub(super) physics: PhysicsWorld,
    pub(super) arm: ArmBody,
    cabinet: Option<CabinetBody>,
    objects: Vec<RigidBodyHandle>,
    assets: Vec<Asset>,
    steps: u64,
    push: Option<([f64; 3], u32)>,
}

impl World {
    /// Builds the bodies of a scene; nothing has moved yet.
    ///
    /// # Errors
    /// When the scene names an unknown arm or holds broken numbers.
    pub fn new(scene: &Scene) -> Result<Self, WorldError> {
        let spec = check(scene)?;
        let mut physics = PhysicsWorld::new();
        physics.gravity = Vector::new(0.0, 0.0, -9.81);
        physics.integration_parameters.dt = (1.0 / STEPS_PER_SECOND) as f32;
        // Things are centimetres wide, so distances that the engine tunes for metres shrink.
        physics.integration_parameters.length_unit = 0.1;
        physics
            .integration_parameters
            .contact_softness
            .natural_frequency = HARDNESS;
        physics
            .integration_parameters
            .static_contact_softness
            .natural_frequency = GROUND_HARDNESS;
        // A plate is three millimetres thick: half a millimetre of play twice would let a block touch the table.
        physics
            .integration_parameters
            .normalized_allowed_linear_error = 0.001;
        // Contacts kept while bodies move a little drive a lying can along the table by themselves.
        physics.integration_parameters.contact_recycling = false;
        insert_ground(&mut physics, &scene.table);
        let cabinet = scene
            .cabinet
            .as_ref()
            .map(|cabinet| CabinetBody::build(&mut physics, cabinet));
        let assets: Vec<Asset> = scene
            .objects
            .iter()
            .map(|object| instance(&object.spec))
            .collect();
        let objects = scene
            .objects
            .iter()
            .zip(&assets)
            .enumerate()
            .map(|(index, (object, asset))| insert_object(&mut physics, index, object, asset))
            .collect();
        let arm = ArmBody::build(&mut physics, spec, &scene.arm);
        Ok(Self {
            physics,
            arm,
            cabinet,
            objects,
            assets,
            steps: 0,
            push: None,
        })
    }

    /// The things, in the scene's order.
    #[must_use]
    pub fn assets(&self) -> &[Asset] {
        &self.assets
    }

    /// Seconds since the beginning.
    #[must_use]
    pub fn time(&self) -> f64 {
        self.steps as f64 / STEPS_PER_SECOND
    }

    /// Lets time pass for `ticks` with the motors holding what they were last told.
    pub fn pass(&mut self, ticks: usize) {
        for _ in 0..ticks * STEPS_PER_TICK {
            self.step();
        }
    }

    fn step(&mut self) {
        if let Some((force, steps)) = self.push {
            self.arm
                .push(&mut self.physics, if steps > 0 { force } else { [0.0; 3] });
            self.push = (steps > 0).then(|| (force, steps - 1));
        }
        self.physics.step();
        self.resist_rolling();
        self.steps += 1;
    }

    /// The engine knows no rolling resistance: without it a can on its side never comes to rest.
    fn resist_rolling(&mut self) {
        let most = ROLLING / STEPS_PER_SECOND as f32;
        for handle in &self.objects {
            let body = &mut self.physics.bodies[*handle];
            if body.is_dynamic() && !body.is_sleeping() {
                let spin = body.angvel();
                let speed = spin.length();
                let kept = if speed > most {
                    1.0 - most / speed
                } else {
                    0.0
                };
                body.set_angvel(spin * kept, false);
            }
        }
    }

    /// Puts a thing somewhere else, at rest.
    pub fn move_object(&mut self, index: usize, to: &Pose) {
        if let Some(handle) = self.objects.get(index) {
            let body = &mut self.physics.bodies[*handle];
            body.set_position(placed(to), true);
            body.set_linvel(Vector::ZERO, true);
            body.set_angvel(Vector::ZERO, true);
        }
    }

    /// Pushes the hand with `force` newtons for `seconds`.
    pub fn bump(&mut self, force: [f64; 3], seconds: f64) {
        self.push = Some((force, (seconds * STEPS_PER_SECOND) as u32));
    }

    /// Everything that moves, as it is now.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        let (joints, velocities, gripper) = self.arm.measure(&self.physics);
        let contacts = contact::touches(&self.physics);
        let fingers = self.arm.finger_poses(&self.physics);
        Snapshot {
            time: self.time(),
            joints,
            velocities,
            gripper,
            tool: self.arm.tool(&self.physics),
            links: self.arm.link_poses(&self.physics),
            held: contact::held(&self.physics, &contacts, &fingers),
            fingers,
            objects: self
                .objects
                .iter()
                .map(|body| pose(self.physics.bodies[*body].position()))
                .collect(),
            drawers: self
                .cabinet
                .as_ref()
                .map(|cabinet| cabinet.measure(&self.physics))
                .unwrap_or_default(),
            contacts,
        }
    }

    /// Fastest thing, metres per second.
    #[must_use]
    pub fn unrest(&self) -> f64 {
        let speed =
            |body: &RigidBodyHandle| f64::from(self.physics.bodies[*body].linvel().length());
        self.objects.iter().map(speed).fold(0.0, f64::max)
    }

    /// A number that two worlds share only if every bit of their bodies' state is equal (but for chance).
    #[must_use]
    pub fn fingerprint(&self) -> u64 {
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        let mut mix = |value: f32| {
            hash = (hash ^ u64::from(value.to_bits())).wrapping_mul(0x0100_0000_01b3);
        };
        for (_, body) in self.physics.bodies.iter() {
            let (t, r, v, w) = (
                body.translation(),
                body.rotation(),
                body.linvel(),
                body.angvel(),
            );
            [
                t.x, t.y, t.z, r.x, r.y, r.z, r.w, v.x, v.y, v.z, w.x, w.y, w.z,
            ]
            .into_iter()
            .for_each(&mut mix);
        }
        hash
    }
}

/// The simulated arm is told one tick at a time; telling it lets the tick pass.
impl Arm for World {
    type Error = std::convert::Infallible;

    fn spec(&self) -> &'static RobotSpec {
        self.arm.spec
    }

    fn state(&mut self) -> Result<JointState, Self::Error> {
        let (positions, velocities, gripper) = self.arm.measure(&self.physics);
        Ok(JointState {
            positions,
            velocities,
            gripper,
        })
    }

    fn command(&mut self, command: &SafeCommand) -> Result<(), Self::Error> {
        self.arm.command(&mut self.physics, command, TICK);
        self.pass(1);
        Ok(())
    }
}

fn check(scene: &Scene) -> Result<&'static RobotSpec, WorldError> {
    let spec = RobotSpec::named(&scene.arm.robot).ok_or_else(|| WorldError::UnknownRobot {
        name: scene.arm.robot.clone(),
    })?;
    if scene.arm.joints.len() != spec.joints.len() {
        return Err(WorldError::Joints {
            given: scene.arm.joints.len(),
            joints: spec.joints.len(),
            robot: spec.name,
        });
    }
    let finite = |pose: &Pose| {
        pose.position
            .iter()
            .chain(&pose.rotation)
            .all(|x| x.is_finite())
    };
    let poses = scene.objects.iter().map(|object| &object.pose);
    if !poses.chain([&scene.arm.base]).all(finite)
        || scene.arm.joints.iter().any(|angle| !angle.is_finite())
    {
        return Err(WorldError::NotFinite);
    }
    Ok(spec)
}

fn insert_ground(physics: &mut PhysicsWorld, table: &Table) {
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

fn insert_object(
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
