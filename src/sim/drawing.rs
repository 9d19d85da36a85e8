//! A scene at one moment as a list to draw, and its cameras.
//!
//! Object numbers in pictures: see [`TABLE`] and the like; things are counted from [`THINGS`] in the scene's order.

use std::sync::Arc;

use super::arm_solid::{ArmSolids, arm_solids};
use super::asset::{Asset, AssetSpec, Finish, Material, cabinet, instance};
use super::cabinet::drawer_pose;
use super::render::{Camera, Drawing, Item, Light, Post, id};
use super::scene::{Mount, Scene, SceneCamera, Table};
use super::snapshot::Snapshot;
use super::solid::{Shape, Solid};
use super::texture::TextureId;
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

/// Half the room's sides, and its height.
const ROOM: [f64; 3] = [2.6, 2.6, 2.6];
/// Thickness of the table's top and of its legs.
const BOARD: f64 = 0.03;

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
    scene_cabinet: Option<super::scene::Cabinet>,
    base: Pose,
}

impl Stage {
    /// Builds everything that a scene shows.
    #[must_use]
    pub fn new(scene: &Scene) -> Self {
        let mut fixed = room(scene);
        if scene.table.size.iter().all(|side| *side > 0.0) {
            fixed.push(table(&scene.table, scene.look.recolour));
        }
        let mut drawers = Vec::new();
        if let Some(placed) = &scene.cabinet {
            (fixed, drawers) = with_cabinet(fixed, placed);
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
            lights: lights(scene),
            ambient: [
                [level * 1.3, level * 1.34, level * 1.4],
                [level * 0.62, level * 0.58, level * 0.52],
            ],
            cameras: scene.cameras.clone(),
            seed: scene.look.seed,
            scene_cabinet: scene.cabinet.clone(),
            base: scene.arm.base,
        }
    }

    /// The scene at a moment.
    #[must_use]
    pub fn drawing(&self, now: &Snapshot) -> Drawing {
        let mut items = self.fixed.clone();
        if let Some(placed) = &self.scene_cabinet {
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

fn worn(name: &str, roughness: f32) -> Arc<[Material]> {
    let texture = TextureId::named(name);
    let tile = texture.pattern().tile;
    Arc::new([Material {
        albedo: [1.0; 3],
        roughness,
        metallic: 0.0,
        texture,
        tile,
    }])
}

fn slab(number: u32, half: [f64; 3], at: [f64; 3], materials: &Arc<[Material]>) -> Item {
    Item {
        id: id(number, 0),
        solid: Arc::new(Solid::of(Shape::Cuboid { half, round: 0.0 }, 0)),
        pose: Pose::at(at),
        materials: materials.clone(),
        casts: false,
    }
}

/// Floor, four walls and no ceiling: cameras may hang above.
fn room(scene: &Scene) -> Vec<Item> {
    let [x, y] = scene.table.centre;
    let [half_x, half_y, height] = ROOM;
    let (wall, floor) = (worn(&scene.look.wall, 0.9), worn(&scene.look.floor, 0.7));
    let side = |half: [f64; 3], at: [f64; 3]| slab(WALLS, half, at, &wall);
    let middle = height / 2.0;
    vec![
        slab(FLOOR, [half_x, half_y, 0.05], [x, y, -0.05], &floor),
        side([0.05, half_y, middle], [x + half_x, y, middle]),
        side([0.05, half_y, middle], [x - half_x, y, middle]),
        side([half_x, 0.05, middle], [x, y + half_y, middle]),
        side([half_x, 0.05, middle], [x, y - half_y, middle]),
    ]
}

fn table(table: &Table, recolour: u8) -> Item {
    let [half_x, half_y] = table.size.map(|side| side / 2.0);
    let top = Shape::Cuboid {
        half: [half_x, half_y, BOARD / 2.0],
        round: 0.004,
    };
    let mut solid = Solid::default().at(top, [0.0, 0.0, -BOARD / 2.0], 0);
    let long = table.height - BOARD;
    if long > 0.05 {
        for (x, y) in [(1.0, 1.0), (1.0, -1.0), (-1.0, -1.0), (-1.0, 1.0)] {
            let leg = Shape::Cuboid {
                half: [0.025, 0.025, long / 2.0],
                round: 0.003,
            };
            let at = [
                x * (half_x - 0.05),
                y * (half_y - 0.05),
                -BOARD - long / 2.0,
            ];
            solid = solid.at(leg, at, 1);
        }
    }
    /// Tints of the recoloured tops.
    const TINTS: [[f32; 3]; 4] = [
        [1.0; 3],
        [0.75, 0.82, 0.95],
        [0.95, 0.8, 0.66],
        [0.7, 0.78, 0.66],
    ];
    let tint = TINTS[usize::from(recolour) % TINTS.len()];
    let board = Material {
        albedo: tint,
        ..worn(&table.material, 0.5)[0]
    };
    Item {
        id: id(TABLE, 0),
        solid: Arc::new(solid),
        pose: Pose::at([table.centre[0], table.centre[1], table.height]),
        materials: Arc::new([board, Finish::Metal.coloured([0.12; 3])]),
        casts: false,
    }
}

fn with_cabinet(mut fixed: Vec<Item>, placed: &super::scene::Cabinet) -> (Vec<Item>, Vec<Item>) {
    let parts = cabinet();
    let body = placed.material.coloured(placed.colour.linear());
    let front = Material {
        albedo: body.albedo.map(|x| (x * 1.25).min(0.9)),
        ..body
    };
    let handle = Finish::Metal.coloured([0.55; 3]);
    let materials: Arc<[Material]> = Arc::new([body, front, handle]);
    let item = |part: u8, solid: Solid, pose: Pose| Item {
        id: id(CABINET, part),
        solid: Arc::new(solid),
        pose,
        materials: materials.clone(),
        casts: true,
    };
    fixed.push(item(0, parts.carcass, placed.pose));
    let drawer = |(index, drawer): (usize, super::asset::Drawer)| {
        item(
            index as u8 + 1,
            drawer.solid,
            placed.pose.then(&drawer.closed),
        )
    };
    let drawers = parts.drawers.into_iter().enumerate().map(drawer).collect();
    (fixed, drawers)
}

/// Lights in linear colours: the sum is scaled so that a plain scene is well exposed.
fn lights(scene: &Scene) -> Vec<Light> {
    let light = |light: &super::scene::Light| {
        let strength = 2.3 * light.intensity as f32;
        let colour = black_body(light.kelvin).map(|x| x * strength);
        Light {
            direction: light.direction,
            colour,
        }
    };
    scene.lights.iter().take(3).map(light).collect()
}

/// Linear colour of a glowing body, the greatest of its parts being one: Helland's fit of sRGB levels, made linear.
fn black_body(kelvin: f64) -> [f32; 3] {
    let t = (kelvin.clamp(1000.0, 20_000.0)) / 100.0;
    let warm = t <= 66.0;
    let red = if warm {
        255.0
    } else {
        329.7 * (t - 60.0).powf(-0.1332)
    };
    let green = if warm {
        99.47 * t.ln() - 161.12
    } else {
        288.12 * (t - 60.0).powf(-0.0755)
    };
    let blue = if !warm {
        255.0
    } else if t <= 19.0 {
        0.0
    } else {
        138.52 * (t - 10.0).ln() - 305.04
    };
    let light = super::asset::linear([red, green, blue].map(|x| x.clamp(0.0, 255.0) as u8));
    let most = light.into_iter().fold(1e-3, f32::max);
    light.map(|x| x / most)
}

/// Draws one thing alone on a plain ground, for lists of the library.
#[must_use]
pub fn portrait(spec: &AssetSpec) -> Drawing {
    let asset = instance(spec);
    let ground = worn("white laminate", 0.6);
    let mut items = vec![slab(TABLE, [2.0, 2.0, 0.02], [0.0, 0.0, -0.02], &ground)];
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
    fn candle_light_is_warm_and_the_sky_is_blue() {
        let [candle, noon, sky] = [2000.0, 6600.0, 12_000.0].map(black_body);
        assert!(candle[0] > 3.0 * candle[2] && sky[2] > 1.3 * sky[0]);
        assert!(noon.iter().all(|part| *part > 0.9), "{noon:?}");
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
