//! A scene: everything an episode begins with, enough to run it and to draw it again. Plain data.
//!
//! World frame: z up, metres, kilograms. Names (robots, textures) are keys of their tables.

use serde::{Deserialize, Serialize};

use crate::geometry::{Pinhole, Pose};

use super::asset::{AssetSpec, Colour, Finish};
use super::goal::Goal;

/// A world before its first step, and what is to be done in it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Scene {
    /// Row of the task table.
    pub task: String,
    /// What the arm is told.
    pub instruction: String,
    /// What the episode was drawn from.
    pub seed: u64,
    /// What things stand on.
    pub table: Table,
    /// Things, in the order in which goals and snapshots number them.
    pub objects: Vec<SceneObject>,
    /// The arm.
    pub arm: ArmPlacement,
    /// A cabinet with drawers.
    pub cabinet: Option<Cabinet>,
    /// Cameras.
    pub cameras: Vec<SceneCamera>,
    /// Lights.
    pub lights: Vec<Light>,
    /// Walls, floor and everything about looks alone.
    pub look: Look,
    /// What counts as done.
    pub goal: Goal,
}

/// A flat top at a height.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Table {
    /// Middle of the top: x, y.
    pub centre: [f64; 2],
    /// Sides along x and y.
    pub size: [f64; 2],
    /// Height of the top.
    pub height: f64,
    /// Texture of the top.
    pub material: String,
    /// Friction of the top.
    pub friction: f64,
}

/// A thing and where it starts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SceneObject {
    /// What it is.
    pub spec: AssetSpec,
    /// Where it starts: the pose of its own frame, whose origin is the middle of its bounds.
    pub pose: Pose,
    /// Its friction.
    pub friction: f64,
    /// Its mass as a share of what its material would give.
    pub mass_scale: f64,
    /// Whether it stands still whatever happens.
    pub fixed: bool,
    /// What it is for.
    pub role: Role,
}

/// What a thing is for in a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Role {
    /// What is to be moved.
    Source,
    /// Where to, or relative to what.
    Target,
    /// Of no use.
    Distractor,
}

/// Which arm stands where.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ArmPlacement {
    /// Row of [`crate::robot::ROBOTS`].
    pub robot: String,
    /// The base.
    pub base: Pose,
    /// Angles at the start.
    pub joints: Vec<f64>,
    /// Opening at the start: 0 closed, 1 open.
    pub gripper: f64,
}

/// A cabinet of drawers, one above the other ([`super::asset::cabinet`]), that open along its x axis.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cabinet {
    /// The middle of its foot; x points out of the front.
    pub pose: Pose,
    /// How far each drawer stands out at the start: top, middle, bottom.
    pub open: [f64; 3],
    /// Its colour.
    pub colour: Colour,
    /// What it is made of.
    pub material: Finish,
}

/// A camera.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SceneCamera {
    /// `overhead`, `shoulder`, `wrist`, `head`.
    pub name: String,
    /// What it is fixed to.
    pub mount: Mount,
    /// Its lens and picture.
    pub lens: Pinhole,
    /// What is done to its picture.
    pub post: Post,
}

/// What a camera is fixed to. A camera looks along its z, y down.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum Mount {
    /// The world.
    World(Pose),
    /// A link of the arm.
    Link {
        /// Which, from the base; the last one carries the gripper.
        link: usize,
        /// The camera in the link's frame.
        offset: Pose,
    },
}

/// What a camera does to its picture. All zero: nothing.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Post {
    /// Standard deviation of the noise, in parts of full scale.
    pub noise: f64,
    /// Stops of over- or underexposure.
    pub exposure: f64,
    /// Standard deviation of the blur in pixels.
    pub blur: f64,
}

/// A light, infinitely far away.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Light {
    /// The way its light goes.
    pub direction: [f64; 3],
    /// Colour temperature in kelvin.
    pub kelvin: f64,
    /// One is a plain key light.
    pub intensity: f64,
}

/// Looks that no task depends on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Look {
    /// What textures are drawn from.
    pub seed: u64,
    /// Texture of the walls.
    pub wall: String,
    /// Texture of the floor.
    pub floor: String,
    /// Light from everywhere.
    pub ambient: f64,
    /// Which of the recolourings of arm and table, zero being the plain one.
    pub recolour: u8,
}

impl Scene {
    /// How many drawers there are.
    #[must_use]
    pub fn drawers(&self) -> usize {
        self.cabinet
            .as_ref()
            .map_or(0, |cabinet| cabinet.open.len())
    }

    /// Indices of the things with that role.
    pub fn with_role(&self, role: Role) -> impl Iterator<Item = usize> + '_ {
        let of_role =
            move |(index, object): (usize, &SceneObject)| (object.role == role).then_some(index);
        self.objects.iter().enumerate().filter_map(of_role)
    }
}
