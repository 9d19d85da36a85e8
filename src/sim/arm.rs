//! The arm as bodies and joints of the physics: links, fingers, motors that hold a position.
//!
//! Gravity is compensated and motors are ideal up to their torque: what is learned here about tracking is optimistic.

use rapier3d::dynamics::{
    GenericJointBuilder, JointAxesMask, JointAxis, MassProperties, MultibodyJointHandle,
    RigidBodyBuilder, RigidBodyHandle,
};
use rapier3d::geometry::{ColliderBuilder, Group, InteractionGroups, InteractionTestMode};
use rapier3d::math::{Pose as Placed, Rotation, Vector};
use rapier3d::pipeline::PhysicsWorld;

use crate::geometry::Pose;
use crate::robot::{JointSpec, Mechanism, RobotSpec, SafeCommand};

use super::convert::{mark, placed, pose};
use super::scene::ArmPlacement;
use super::snapshot::Body;

/// Collision groups: the arm does not touch itself, the cabinet not its drawers.
pub(super) const ARM: Group = Group::GROUP_1;
pub(super) const CABINET: Group = Group::GROUP_2;
pub(super) const THINGS: Group = Group::GROUP_3;
pub(super) const GROUND: Group = Group::GROUP_4;

/// Natural frequency of the joint motors, radians per second; critically damped.
const STIFF: f32 = 90.0;
const FINGER_STIFF: f32 = 60.0;
/// A sliding finger that is told to close aims this far past its stop, so that it presses thin things as hard as thick
/// ones: up to the motor's force.
const PAST_STOP: f64 = 0.012;
/// Rotor inertia seen at each joint (`MuJoCo` Menagerie uses 0.1), and of a sliding finger in kilograms.
const ARMATURE: f32 = 0.05;
const FINGER_ARMATURE: f32 = 0.15;
/// The same of a jaw that turns: as heavy at its tip, a tenth of a metre from its axis; kilogram square metres.
const JAW_ARMATURE: f32 = 0.0015;
/// Friction of rubber finger pads.
const PAD_FRICTION: f32 = 1.2;

pub(super) struct ArmBody {
    pub spec: &'static RobotSpec,
    base: Pose,
    links: Vec<RigidBodyHandle>,
    joints: Vec<MultibodyJointHandle>,
    fingers: Vec<Finger>,
    /// Commanded share of the opening, moved at the gripper's speed.
    opening: f64,
}

struct Finger {
    body: RigidBodyHandle,
    joint: Option<MultibodyJointHandle>,
    /// The finger's own frame in its body's.
    shape: Pose,
    /// Joint coordinate closed and open.
    range: [f64; 2],
}

pub(super) fn groups(member: Group, filter: Group) -> InteractionGroups {
    InteractionGroups::new(member, filter, InteractionTestMode::And)
}

/// The grasp frame in the last link's frame.
pub(super) fn grasp_in_link(spec: &RobotSpec) -> Pose {
    spec.tool_pose().then(&spec.grasp_pose())
}

impl ArmBody {
    pub fn build(
        physics: &mut PhysicsWorld,
        spec: &'static RobotSpec,
        placement: &ArmPlacement,
    ) -> Self {
        let root = RigidBodyBuilder::fixed().pose(placed(&placement.base));
        let mut parent = physics.insert_body(root);
        let (mut links, mut joints) = (Vec::new(), Vec::new());
        for (index, joint) in spec.joints.iter().enumerate() {
            let body = physics.insert_body(link(index));
            joints.extend(physics.insert_multibody_joint(parent, body, revolute(joint)));
            insert_link_shape(physics, spec, index, body);
            links.push(body);
            parent = body;
        }
        let fingers = (0..2)
            .map(|side| finger(physics, spec, parent, side))
            .collect();
        let mut arm = Self {
            spec,
            base: placement.base,
            links,
            joints,
            fingers,
            opening: placement.gripper,
        };
        arm.place(physics, &placement.joints);
        arm
    }

    /// Puts every joint where the scene says, without motion.
    fn place(&mut self, physics: &mut PhysicsWorld, angles: &[f64]) {
        let Some(&first) = self.joints.first() else {
            return;
        };
        let mut coordinates: Vec<f32> = angles.iter().map(|angle| *angle as f32).collect();
        let moving = self.fingers.iter().filter(|finger| finger.joint.is_some());
        coordinates.extend(moving.map(|finger| finger.at(self.opening) as f32));
        if let Some((multibody, _)) = physics.multibody_joints.get_mut(first) {
            // The first pass learns that the root stands still.
            multibody.forward_kinematics(&physics.bodies, true);
            multibody.set_self_contacts_enabled(false);
            multibody.damping_mut().fill(0.0);
            multibody.armature_mut().fill(ARMATURE);
            let armature = match self.spec.gripper.mechanism {
                Mechanism::Parallel { .. } => FINGER_ARMATURE,
                Mechanism::Jaw { .. } => JAW_ARMATURE,
            };
            for finger in angles.len()..multibody.ndofs() {
                multibody.armature_mut()[finger] = armature;
            }
            multibody.apply_displacements(&coordinates);
            multibody.forward_kinematics(&physics.bodies, true);
            multibody.update_rigid_bodies(&mut physics.bodies, true);
        }
        for (joint, angle) in angles.iter().enumerate() {
            self.drive(physics, joint, *angle, 0.0);
        }
        self.drive_fingers(physics);
    }

    /// Hands a command to the motors; the fingers move at their own speed for `period` seconds.
    pub fn command(&mut self, physics: &mut PhysicsWorld, command: &SafeCommand, period: f64) {
        for (joint, (angle, velocity)) in command
            .joints()
            .iter()
            .zip(command.velocities())
            .enumerate()
        {
            self.drive(physics, joint, *angle, *velocity);
        }
        let step = self.spec.gripper.speed * period / self.spec.gripper.opening;
        self.opening += (command.gripper() - self.opening).clamp(-step, step);
        self.drive_fingers(physics);
    }

    fn drive(&self, physics: &mut PhysicsWorld, joint: usize, angle: f64, velocity: f64) {
        let torque = self.spec.joints[joint].torque as f32;
        set_motor(physics, self.joints[joint], JointAxis::AngX, |motor| {
            motor.0.set_motor(
                motor.1,
                angle as f32,
                velocity as f32,
                STIFF * STIFF,
                2.0 * STIFF,
            );
            motor.0.set_motor_max_force(motor.1, torque);
        });
    }

    fn drive_fingers(&self, physics: &mut PhysicsWorld) {
        let axis = match self.spec.gripper.mechanism {
            Mechanism::Parallel { .. } => JointAxis::LinX,
            Mechanism::Jaw { .. } => JointAxis::AngX,
        };
        let force = match self.spec.gripper.mechanism {
            Mechanism::Parallel { .. } => self.spec.gripper.force,
            Mechanism::Jaw { joint, .. } => joint.torque,
        };
        for finger in &self.fingers {
            let Some(joint) = finger.joint else { continue };
            let past = match self.spec.gripper.mechanism {
                Mechanism::Parallel { .. } if self.opening <= 0.0 => PAST_STOP,
                _ => 0.0,
            };
            let target = (finger.at(self.opening) - past) as f32;
            set_motor(physics, joint, axis, |motor| {
                let (stiffness, damping) = (FINGER_STIFF * FINGER_STIFF, 2.0 * FINGER_STIFF);
                motor.0.set_motor(motor.1, target, 0.0, stiffness, damping);
                motor.0.set_motor_max_force(motor.1, force as f32);
            });
        }
    }

    /// Angles and speeds as they are, and the opening of the gripper.
    pub fn measure(&self, physics: &PhysicsWorld) -> (Vec<f64>, Vec<f64>, f64) {
        let read = |handle: &MultibodyJointHandle| -> (f64, f64) {
            let Some((multibody, id)) = physics.multibody_joints.get(*handle) else {
                return (0.0, 0.0);
            };
            let Some(link) = multibody.link(id) else {
                return (0.0, 0.0);
            };
            let velocity = multibody.joint_velocity(link)[0];
            (f64::from(link.joint().coords()[3]), f64::from(velocity))
        };
        let (angles, speeds) = self.joints.iter().map(read).unzip();
        (angles, speeds, self.measured_opening(physics))
    }

    fn measured_opening(&self, physics: &PhysicsWorld) -> f64 {
        let shares: Vec<f64> = self
            .fingers
            .iter()
            .filter_map(|finger| {
                let (multibody, id) = physics.multibody_joints.get(finger.joint?)?;
                let coords = multibody.link(id)?.joint().coords();
                let at = f64::from(coords[0]) + f64::from(coords[3]);
                Some((at - finger.range[0]) / (finger.range[1] - finger.range[0]))
            })
            .collect();
        (shares.iter().sum::<f64>() / shares.len().max(1) as f64).clamp(0.0, 1.0)
    }

    pub fn link_poses(&self, physics: &PhysicsWorld) -> Vec<Pose> {
        self.links
            .iter()
            .map(|link| pose(physics.bodies[*link].position()))
            .collect()
    }

    pub fn finger_poses(&self, physics: &PhysicsWorld) -> [Pose; 2] {
        std::array::from_fn(|side| {
            let finger = &self.fingers[side];
            pose(physics.bodies[finger.body].position()).then(&finger.shape)
        })
    }

    /// The tool point in the world.
    pub fn tool(&self, physics: &PhysicsWorld) -> Pose {
        let last = self
            .links
            .last()
            .map_or(self.base, |link| pose(physics.bodies[*link].position()));
        last.then(&self.spec.tool_pose())
    }

    /// Pushes the hand with a force for the next physics step.
    pub fn push(&self, physics: &mut PhysicsWorld, force: [f64; 3]) {
        if let Some(hand) = self.links.last() {
            let hand = &mut physics.bodies[*hand];
            hand.reset_forces(true);
            hand.add_force(super::convert::vector(force), true);
        }
    }
}

impl Finger {
    fn at(&self, opening: f64) -> f64 {
        self.range[0] + opening * (self.range[1] - self.range[0])
    }
}

fn set_motor(
    physics: &mut PhysicsWorld,
    handle: MultibodyJointHandle,
    axis: JointAxis,
    set: impl FnOnce((&mut rapier3d::dynamics::GenericJoint, JointAxis)),
) {
    if let Some((multibody, id)) = physics.multibody_joints.get_mut(handle)
        && let Some(link) = multibody.link_mut(id)
    {
        set((&mut link.joint.data, axis));
    }
}

fn link(index: usize) -> RigidBodyBuilder {
    // Heavier at the base, as arms are; the motors' armature does the rest.
    let mass = (0.5 - 0.06 * index as f32).max(0.12);
    let inertia = mass * 0.05 * 0.05;
    let properties = MassProperties::new(Vector::ZERO, mass, Vector::splat(inertia));
    RigidBodyBuilder::dynamic()
        .additional_mass_properties(properties)
        .gravity_scale(0.0)
        .can_sleep(false)
}

fn revolute(spec: &JointSpec) -> GenericJointBuilder {
    let [x, y, z] = spec.axis;
    let turn = Rotation::from_rotation_arc(Vector::X, Vector::new(x as f32, y as f32, z as f32));
    let origin = placed(&Pose::from_rpy(spec.xyz, spec.rpy));
    GenericJointBuilder::new(JointAxesMask::LOCKED_REVOLUTE_AXES)
        .local_frame1(origin * Placed::from_rotation(turn))
        .local_frame2(Placed::from_rotation(turn))
        .limits(
            JointAxis::AngX,
            [spec.limit[0] as f32 - 0.05, spec.limit[1] as f32 + 0.05],
        )
}

/// A capsule along each link beyond the shoulder; what stands at the base cannot reach the work space.
fn insert_link_shape(
    physics: &mut PhysicsWorld,
    spec: &RobotSpec,
    index: usize,
    body: RigidBodyHandle,
) {
    if index < 2 {
        return;
    }
    let end = spec.joints.get(index + 1).map_or_else(
        || {
            // The palm ends where the fingers begin.
            let root = -2.0 * spec.gripper.finger[0];
            grasp_in_link(spec).apply([root - 0.02, 0.0, 0.0])
        },
        |next| next.xyz,
    );
    let end = super::convert::vector(end);
    let radius = if index + 1 == spec.joints.len() {
        0.02
    } else {
        0.03
    };
    let shape = if end.length() < 0.02 {
        ColliderBuilder::ball(radius)
    } else {
        ColliderBuilder::capsule_from_endpoints(Vector::ZERO, end, radius)
    };
    let shape = shape
        .density(0.0)
        .friction(0.5)
        .user_data(mark(Body::Link(index)));
    physics.insert_collider(shape.collision_groups(groups(ARM, !ARM)), Some(body));
}

fn finger(
    physics: &mut PhysicsWorld,
    spec: &RobotSpec,
    hand: RigidBodyHandle,
    side: usize,
) -> Finger {
    let [along, thick, across] = spec.gripper.finger;
    let sign = if side == 0 { 1.0 } else { -1.0 };
    let middle = grasp_in_link(spec).then(&Pose::at([-along, 0.0, 0.0]));
    let (body, joint, shape, range) = match spec.gripper.mechanism {
        Mechanism::Parallel { travel } => {
            let body = physics.insert_body(finger_body());
            let turn = Pose::from_rpy([0.0; 3], [0.0, 0.0, sign * std::f64::consts::FRAC_PI_2]);
            let slide = GenericJointBuilder::new(JointAxesMask::LOCKED_PRISMATIC_AXES)
                .local_frame1(placed(&middle.then(&turn)))
                .local_frame2(placed(&turn.then(&Pose::at([-thick, 0.0, 0.0]))))
                .limits(
                    JointAxis::LinX,
                    [travel[0] as f32 - 0.002, travel[1] as f32 + 0.002],
                );
            let joint = physics.insert_multibody_joint(hand, body, slide);
            (body, joint, Pose::IDENTITY, travel)
        }
        Mechanism::Jaw { fixed, .. } if side == 0 => {
            let shape = middle.then(&Pose::at([0.0, fixed + thick, 0.0]));
            (hand, None, shape, [0.0, 1.0])
        }
        Mechanism::Jaw { joint, .. } => {
            let body = physics.insert_body(finger_body());
            let hinge = physics.insert_multibody_joint(hand, body, revolute(&joint));
            let closed = Pose::from_rpy(joint.xyz, joint.rpy).then(&Pose::from_axis_angle(
                [0.0; 3],
                joint.axis,
                joint.limit[0],
            ));
            let shape = closed
                .inverse()
                .then(&middle)
                .then(&Pose::at([0.0, -thick, 0.0]));
            (body, hinge, shape, joint.limit)
        }
    };
    let pad = ColliderBuilder::cuboid(along as f32, thick as f32, across as f32)
        .position(placed(&shape))
        .density(0.0)
        .friction(PAD_FRICTION)
        .user_data(mark(Body::Finger(side)))
        .collision_groups(groups(ARM, !ARM));
    physics.insert_collider(pad, Some(body));
    Finger {
        body,
        joint,
        shape,
        range,
    }
}

fn finger_body() -> RigidBodyBuilder {
    let properties = MassProperties::new(Vector::ZERO, 0.05, Vector::splat(5e-5));
    RigidBodyBuilder::dynamic()
        .additional_mass_properties(properties)
        .gravity_scale(0.0)
        .can_sleep(false)
}
