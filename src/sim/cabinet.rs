//! A cabinet with drawers in the physics: a fixed carcass, drawers that slide with some friction.

use rapier3d::dynamics::{
    GenericJointBuilder, JointAxesMask, JointAxis, MotorModel, MultibodyJointHandle,
    RigidBodyBuilder, RigidBodyHandle,
};
use rapier3d::pipeline::PhysicsWorld;

use crate::geometry::Pose;

use super::arm::{CABINET, groups};
use super::asset::cabinet;
use super::bodies::insert_shapes;
use super::convert::{mark, placed};
use super::scene::Cabinet;
use super::snapshot::Body;

/// What it takes to move a drawer: newtons, and newton seconds per metre.
const FRICTION: f32 = 4.0;
const VISCOSITY: f32 = 60.0;
/// A drawer's weight per volume of its boards.
const DENSITY: f32 = 600.0;

/// Which drawer is which.
pub const DRAWERS: [&str; 3] = ["top", "middle", "bottom"];

pub(super) struct CabinetBody {
    drawers: Vec<(RigidBodyHandle, Option<MultibodyJointHandle>)>,
}

/// A drawer's own frame in the world, drawn out by `open`.
#[must_use]
pub fn drawer_pose(placed: &Cabinet, drawer: usize, open: f64) -> Option<Pose> {
    let closed = cabinet().drawers.get(drawer)?.closed;
    Some(placed.pose.then(&Pose::at([open, 0.0, 0.0])).then(&closed))
}

impl CabinetBody {
    pub fn build(physics: &mut PhysicsWorld, scene: &Cabinet) -> Self {
        let root = physics.insert_body(RigidBodyBuilder::fixed().pose(placed(&scene.pose)));
        let parts = cabinet();
        insert_shapes(physics, root, &parts.carcass, |shape| {
            shape
                .friction(0.6)
                .user_data(mark(Body::Cabinet))
                .collision_groups(groups(CABINET, !CABINET))
        });
        let mut drawers = Vec::new();
        for (index, drawer) in parts.drawers.iter().enumerate() {
            let body = physics.insert_body(RigidBodyBuilder::dynamic().can_sleep(false));
            insert_shapes(physics, body, &drawer.solid, |shape| {
                shape
                    .friction(0.8)
                    .density(DENSITY)
                    .user_data(mark(Body::Drawer(index)))
                    .collision_groups(groups(CABINET, !CABINET))
            });
            let slide = GenericJointBuilder::new(JointAxesMask::LOCKED_PRISMATIC_AXES)
                .local_frame1(placed(&drawer.closed))
                .limits(JointAxis::LinX, [0.0, drawer.travel as f32])
                .motor_model(JointAxis::LinX, MotorModel::ForceBased)
                .motor_velocity(JointAxis::LinX, 0.0, VISCOSITY)
                .motor_max_force(JointAxis::LinX, FRICTION);
            drawers.push((body, physics.insert_multibody_joint(root, body, slide)));
        }
        let built = Self { drawers };
        built.place(physics, &scene.open);
        built
    }

    fn place(&self, physics: &mut PhysicsWorld, open: &[f64; 3]) {
        let Some((_, Some(first))) = self.drawers.first() else {
            return;
        };
        if let Some((multibody, _)) = physics.multibody_joints.get_mut(*first) {
            // The first pass learns that the root stands still.
            multibody.forward_kinematics(&physics.bodies, true);
            multibody.apply_displacements(&open.map(|open| open as f32));
            multibody.forward_kinematics(&physics.bodies, true);
            multibody.update_rigid_bodies(&mut physics.bodies, true);
        }
    }

    /// How far each drawer stands out.
    pub fn measure(&self, physics: &PhysicsWorld) -> Vec<f64> {
        let read = |joint: &Option<MultibodyJointHandle>| {
            let (multibody, id) = physics.multibody_joints.get((*joint)?)?;
            Some(f64::from(multibody.link(id)?.joint().coords()[0]))
        };
        self.drawers
            .iter()
            .map(|(_, joint)| read(joint).unwrap_or_default())
            .collect()
    }
}
