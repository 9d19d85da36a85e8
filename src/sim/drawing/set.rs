//! What things stand in: room, table, cabinet, lights.

use std::sync::Arc;

use super::{CABINET, FLOOR, TABLE, WALLS};
use crate::geometry::Pose;
use crate::sim::asset::{Drawer, Finish, Material, cabinet, linear};
use crate::sim::render::{Item, Light, id};
use crate::sim::scene::{Cabinet, Light as SceneLight, Scene, Table};
use crate::sim::solid::{Shape, Solid};
use crate::sim::texture::TextureId;

/// Half the room's sides, and its height.
const ROOM: [f64; 3] = [2.6, 2.6, 2.6];
/// Thickness of the table's top and of its legs.
const BOARD: f64 = 0.03;

/// Tints of the recoloured tops.
const TINTS: [[f32; 3]; 4] = [
    [1.0; 3],
    [0.75, 0.82, 0.95],
    [0.95, 0.8, 0.66],
    [0.7, 0.78, 0.66],
];

pub(super) fn worn(name: &str, roughness: f32) -> Arc<[Material]> {
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

pub(super) fn slab(number: u32, half: [f64; 3], at: [f64; 3], materials: &Arc<[Material]>) -> Item {
    Item {
        id: id(number, 0),
        solid: Arc::new(Solid::of(Shape::Cuboid { half, round: 0.0 }, 0)),
        pose: Pose::at(at),
        materials: materials.clone(),
        casts: false,
    }
}

/// Floor, four walls and no ceiling: cameras may hang above.
pub(super) fn room(scene: &Scene) -> Vec<Item> {
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

pub(super) fn table(table: &Table, recolour: u8) -> Item {
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

pub(super) fn with_cabinet(mut fixed: Vec<Item>, placed: &Cabinet) -> (Vec<Item>, Vec<Item>) {
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
    let drawer = |(index, drawer): (usize, Drawer)| {
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
pub(super) fn lights(scene: &Scene) -> Vec<Light> {
    let light = |light: &SceneLight| {
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
    let light = linear([red, green, blue].map(|x| x.clamp(0.0, 255.0) as u8));
    let most = light.into_iter().fold(1e-3, f32::max);
    light.map(|x| x / most)
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
}
