//! The physics: a scene as bodies, stepped at a fixed rate.
//!
//! Rapier with enhanced determinism: the same scene and commands give the same bits. The arm moves only by
//! [`SafeCommand`]s. World frame, metres, kilograms, seconds.

use rapier3d::dynamics::RigidBodyHandle;
use rapier3d::math::Vector;
use rapier3d::pipeline::PhysicsWorld;

use crate::geometry::Pose;
use crate::robot::{Arm, JointState, RobotSpec, SafeCommand};

use super::arm::ArmBody;
use super::asset::{Asset, instance};
use super::bodies::{insert_ground, insert_object};
use super::cabinet::CabinetBody;
use super::contact;
use super::convert::{placed, pose};
use super::scene::Scene;
use super::snapshot::{Body, Snapshot};

/// Physics steps a second.
pub const STEPS_PER_SECOND: f64 = 240.0;
/// Physics steps of one tick of the arm's command.
pub const STEPS_PER_TICK: usize = 4;
/// Seconds of one tick.
pub const TICK: f64 = STEPS_PER_TICK as f64 / STEPS_PER_SECOND;

/// Natural frequency of contacts in hertz: at the engine's 30 the fingers sink millimetres into what they hold.
const HARDNESS: f32 = 90.0;
/// The same against what stands still: with harder ground, or a skin around things, standing cans tremble.
const GROUND_HARDNESS: f32 = 30.0;
/// How fast rolling things come to rest, radians per second squared.
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
    /// The goal, or a perturbation, speaks of what is not there.
    #[error("the scene has {things} things and {drawers} drawers, and its {what} speaks of others")]
    Absent {
        /// The goal or a perturbation.
        what: &'static str,
        /// In the scene.
        things: usize,
        /// Of its cabinet.
        drawers: usize,
    },
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
    pressure: contact::Pressure,
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
            pressure: contact::Pressure::default(),
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
        self.pressure.feel(&self.physics, self.steps);
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

    /// The hardest that the arm has run into any body but the `spared`: newton seconds within about a
    /// quarter of a second.
    #[must_use]
    pub fn collision(&self, spared: impl Fn(Body) -> bool) -> f64 {
        self.pressure.most(spared)
    }

    /// Forgets what the arm has run into so far.
    pub(super) fn forget_collisions(&mut self) {
        self.pressure.forget();
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
    let (things, drawers) = (scene.objects.len(), scene.drawers());
    if !scene.goal.fits(things, drawers) {
        let what = "goal";
        return Err(WorldError::Absent {
            what,
            things,
            drawers,
        });
    }
    Ok(spec)
}
