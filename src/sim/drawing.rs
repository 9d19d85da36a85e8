//! A scene at one moment as a list to draw, and its cameras.
//!
//! Object numbers in pictures: see [`TABLE`] and the like; things are counted from [`THINGS`] in the scene's order.

mod set;

use std::sync::Arc;

use super::arm_solid::{ArmSolids, arm_solids};
use super::asset::{Asset, AssetSpec, instance};
use super::cabinet::drawer_pose;
use super::render::{Camera, Drawing, Item, Light, Post, id};
use super::scene::{Cabinet, Mount, Scene, SceneCamera};
use super::snapshot::Snapshot;
use super::solid::Solid;
use crate::geometry::Pose;
use crate::robot::RobotSpec;

/// Number of the table.
pub const TABLE: u32 = 1;
/// Number of the floor.
pub const FLOOR: u32 = 2;
/// Number of the walls.
pub const WALLS: u32 = 3;
/// Number of the cabinet; its drawers are parts 1 to 3, from the top.
pub const CABINET: u32 = 4;
/// Number of the arm; its parts are the base (0), its links, and the two fingers ([`FINGER_PARTS`]).
pub const ARM: u32 = 5;
/// Parts of the arm that are fingers.
pub const FINGER_PARTS: [u8; 2] = [0xF0, 0xF1];
/// Number of the first thing.
pub const THINGS: u32 = 16;

/// A scene made ready to be drawn at any of its moments: solids are built once.
#[derive(Debug)]
pub struct Stage {
    /// What never moves.
    fixed: Vec<Item>,
    arm: Option<ArmSolids>,
    drawers: Vec<Item>,
    /// The things, in the scene's order.
    pub things: Vec<Asset>,
    lights: Vec<Light>,
    ambient: [[f32; 3]; 2],
    cameras: Vec<SceneCamera>,
    seed: u64,
    cabinet: Option<Cabinet>,
    base: Pose,
    /// From a finger's middle to its tip.
    reach: f64,
}

impl Stage {
    /// Builds everything that a scene shows.
    #[must_use]
    pub fn new(scene: &Scene) -> Self {
        let mut fixed = set::room(scene);
        if scene.table.size.iter().all(|side| *side > 0.0) {
            fixed.push(set::table(&scene.table, scene.look.recolour));
        }
        let mut drawers = Vec::new();
        if let Some(placed) = &scene.cabinet {
            (fixed, drawers) = set::with_cabinet(fixed, placed);
        }
        let spec = RobotSpec::named(&scene.arm.robot);
        let level = scene.look.ambient as f32;
        Self {
            fixed,
            arm: spec.map(|spec| arm_solids(spec, scene.look.recolour)),
            drawers,
            things: scene
                .objects
                .iter()
                .map(|object| instance(&object.spec))
                .collect(),
            lights: set::lights(scene),
            ambient: [
                [level * 1.3, level * 1.34, level * 1.4],
                [level * 0.62, level * 0.58, level * 0.52],
            ],
            cameras: scene.cameras.clone(),
            seed: scene.look.seed,
            cabinet: scene.cabinet.clone(),
            base: scene.arm.base,
            reach: spec.map_or(0.0, |spec| spec.gripper.finger[0]),
        }
    }

    /// The scene at a moment.
    #[must_use]
    pub fn drawing(&self, now: &Snapshot) -> Drawing {
        let mut items = self.fixed.clone();
        if let Some(placed) = &self.cabinet {
            for (index, drawer) in self.drawers.iter().enumerate() {
                let open = now.drawers.get(index).copied().unwrap_or_default();
                let pose = drawer_pose(placed, index, open).unwrap_or(drawer.pose);
                items.push(Item {
                    pose,
                    ..drawer.clone()
                });
            }
        }
        items.extend(self.arm.iter().flat_map(|arm| self.arm_items(arm, now)));
        for (index, (asset, pose)) in self.things.iter().zip(&now.objects).enumerate() {
            items.push(Item {
                id: id(THINGS + index as u32, 0),
                solid: asset.solid.clone(),
                pose: *pose,
                materials: asset.materials.clone(),
                casts: true,
            });
        }
        Drawing {
            items,
            lights: self.lights.clone(),
            ambient: self.ambient,
        }
    }

    fn arm_items(&self, arm: &ArmSolids, now: &Snapshot) -> Vec<Item> {
        let item = |part: u8, solid: &Arc<Solid>, pose: Pose| Item {
            id: id(ARM, part),
            solid: solid.clone(),
            pose,
            materials: arm.materials.clone(),
            casts: true,
        };
        let links = arm.links.iter().zip(&now.links).enumerate();
        let fingers = arm.fingers.iter().zip(&now.fingers).zip(FINGER_PARTS);
        std::iter::once(item(0, &arm.base, self.base))
            .chain(links.map(|(index, (solid, pose))| item(index as u8 + 1, solid, *pose)))
            .chain(fingers.map(|((solid, pose), part)| item(part, solid, *pose)))
            .collect()
    }

    /// The finger tips at a moment, for traces.
    #[must_use]
    pub fn tips(&self, now: &Snapshot) -> [[f64; 3]; 2] {
        now.fingers
            .map(|finger| finger.apply([self.reach, 0.0, 0.0]))
    }

    /// The scene's cameras at a moment, with their names; noise differs from moment to moment.
    pub fn cameras<'a>(
        &'a self,
        now: &'a Snapshot,
    ) -> impl Iterator<Item = (&'a str, Camera)> + 'a {
        self.cameras.iter().enumerate().map(|(index, camera)| {
            let pose = match camera.mount {
                Mount::World(pose) => pose,
                Mount::Link { link, offset } => {
                    now.links.get(link).unwrap_or(&self.base).then(&offset)
                }
            };
            let moment = (now.time * 1e4).round() as u64;
            let post = Post {
                exposure: camera.post.exposure as f32,
                blur: camera.post.blur as f32,
                noise: camera.post.noise as f32,
                seed: self.seed
                    ^ (index as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15)
                    ^ (moment << 20),
            };
            (
                camera.name.as_str(),
                Camera {
                    pose,
                    lens: camera.lens,
                    post,
                    labels: true,
                },
            )
        })
    }
}

/// Draws one thing alone on a plain ground, for lists of the library.
#[must_use]
pub fn portrait(spec: &AssetSpec) -> Drawing {
    let asset = instance(spec);
    let ground = set::worn("white laminate", 0.6);
    let mut items = vec![set::slab(
        TABLE,
        [2.0, 2.0, 0.02],
        [0.0, 0.0, -0.02],
        &ground,
    )];
    items.push(Item {
        id: id(THINGS, 0),
        pose: asset.rests.first().copied().unwrap_or_default(),
        solid: asset.solid,
        materials: asset.materials,
        casts: true,
    });
    let lights = vec![Light {
        direction: [-0.45, 0.35, -0.8],
        colour: [2.3, 2.2, 2.05],
    }];
    Drawing {
        items,
        lights,
        ambient: [[0.6, 0.62, 0.65], [0.26, 0.24, 0.22]],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scene_shows_everything_where_the_world_has_it() {
        use crate::sim::render::object_of;
        use crate::sim::tasks::{Options, TASKS};
        use crate::sim::world::World;
        for (seed, task) in TASKS.iter().enumerate() {
            let scene = task.draw(seed as u64, &Options::default()).scene;
            let now = World::new(&scene).unwrap().snapshot();
            let stage = Stage::new(&scene);
            let drawing = stage.drawing(&now);
            let items = |number: u32| {
                drawing
                    .items
                    .iter()
                    .filter(move |item| object_of(item.id) == number)
            };
            for (index, pose) in now.objects.iter().enumerate() {
                assert!(
                    items(THINGS + index as u32).all(|item| item.pose == *pose),
                    "{}",
                    task.name
                );
            }
            assert_eq!(items(ARM).count(), now.links.len() + 3, "{}", task.name);
            assert_eq!(
                items(CABINET).count(),
                if scene.cabinet.is_some() { 4 } else { 0 },
                "{}",
                task.name
            );
            assert_eq!(stage.cameras(&now).count(), scene.cameras.len());
            // The tool point lies between the tips, give or take a finger.
            let [a, b] = stage.tips(&now);
            let middle: [f64; 3] = std::array::from_fn(|k| f64::midpoint(a[k], b[k]));
            let off = (0..3)
                .map(|k| (middle[k] - now.tool.position[k]).powi(2))
                .sum::<f64>()
                .sqrt();
            assert!(off < 0.08, "{}: {off}", task.name);
        }
    }

    #[test]
    fn a_portrait_shows_the_thing_above_the_ground() {
        use crate::sim::asset::CategoryId;
        for category in CategoryId::all() {
            let drawing = portrait(&AssetSpec::usual(category));
            let item = &drawing.items[1];
            let lowest = item
                .solid
                .mesh()
                .positions
                .iter()
                .map(|p| item.pose.apply(p.map(f64::from))[2])
                .fold(f64::INFINITY, f64::min);
            assert!(lowest.abs() < 1e-6, "{}", category.entry().name);
        }
    }
}
