//! Pictures of a small world, drawn for real.

use std::sync::{Arc, Mutex, MutexGuard, OnceLock};

use super::*;
use crate::geometry::ImagePoint;
use crate::sim::asset::Material;
use crate::sim::solid::Shape;

const SIZE: ImageSize = ImageSize::new(128, 96);

/// One renderer for all tests of the room, or none: then each says aloud that it was skipped.
pub(in crate::sim) fn renderer() -> Option<MutexGuard<'static, Renderer>> {
    static RENDERER: OnceLock<Option<Mutex<Renderer>>> = OnceLock::new();
    let renderer = RENDERER.get_or_init(|| match Renderer::open() {
        Ok(renderer) => Some(Mutex::new(renderer)),
        Err(RenderError::Adapter { .. }) => None,
        Err(error) => panic!("{error}"),
    });
    if renderer.is_none() {
        eprintln!("SKIPPED: no graphics adapter; the simulator's pictures were NOT tested");
    }
    Some(renderer.as_ref()?.lock().unwrap())
}

pub(in crate::sim) fn item(object: u32, shape: Shape, pose: Pose, albedo: [f32; 3]) -> Item {
    Item {
        id: id(object, 0),
        solid: Arc::new(Solid::of(shape, 0)),
        pose,
        materials: Arc::new([Material::plain(albedo, 0.8)]),
        casts: true,
    }
}

/// Looking down at the ground from a metre above, slanted.
pub(in crate::sim) fn camera() -> Camera {
    Camera {
        pose: Pose::looking_at([-0.3, -0.4, 0.8], [0.0; 3], [0.0, 0.0, 1.0]),
        lens: Pinhole::from_fov(SIZE, 0.8),
        post: Post::default(),
        labels: true,
    }
}

/// A ground with its top at z = 0 and some things.
pub(in crate::sim) fn world(things: impl IntoIterator<Item = Item>) -> Drawing {
    let half = [1.5, 1.5, 0.05];
    let ground = Item {
        casts: false,
        ..item(
            1,
            Shape::Cuboid { half, round: 0.0 },
            Pose::at([0.0, 0.0, -0.05]),
            [0.5; 3],
        )
    };
    Drawing {
        items: std::iter::once(ground).chain(things).collect(),
        lights: vec![Light {
            direction: [0.0, 0.0, -1.0],
            colour: [2.0; 3],
        }],
        ambient: [[0.4; 3], [0.2; 3]],
    }
}

fn cube(at: [f64; 3]) -> Item {
    item(
        2,
        Shape::Cuboid {
            half: [0.05; 3],
            round: 0.0,
        },
        Pose::at(at),
        [0.8, 0.05, 0.05],
    )
}

fn pixel(view: &View, x: usize, y: usize) -> [u8; 3] {
    let start = (y * SIZE.width as usize + x) * 4;
    [view.rgba[start], view.rgba[start + 1], view.rgba[start + 2]]
}

#[test]
fn every_pixel_has_the_depth_of_the_ground_it_shows() {
    let Some(mut renderer) = renderer() else {
        return;
    };
    let camera = camera();
    let view = renderer.render(&world([]), &[camera]).unwrap().remove(0);
    assert_eq!(
        (view.ids.len(), view.depths.len(), view.rgba.len()),
        (SIZE.pixels(), SIZE.pixels(), SIZE.pixels() * 4)
    );
    for y in (0..96).step_by(7) {
        for x in (0..128).step_by(7) {
            let at = y * 128 + x;
            assert_eq!(view.ids[at], id(1, 0), "{x} {y}");
            let middle = ImagePoint::new(x as f32 + 0.5, y as f32 + 0.5);
            let place = camera
                .pose
                .apply(camera.lens.unproject(middle, f64::from(view.depths[at])));
            assert!(place[2].abs() < 1e-4, "{x} {y}: {place:?}");
        }
    }
}

#[test]
fn the_nearer_thing_hides_the_farther_in_colour_and_in_number() {
    let Some(mut renderer) = renderer() else {
        return;
    };
    let view = renderer
        .render(&world([cube([0.0, 0.0, 0.05])]), &[camera()])
        .unwrap()
        .remove(0);
    let [r, g, b] = pixel(&view, 64, 46);
    assert_eq!(view.ids[46 * 128 + 64], id(2, 0));
    assert!(r > 120 && g < r / 2 && b < r / 2, "{r} {g} {b}");
}

#[test]
fn a_thing_throws_a_shadow() {
    let Some(mut renderer) = renderer() else {
        return;
    };
    let mut drawing = world([cube([0.0, 0.0, 0.4])]);
    drawing.lights[0].direction = [-0.3, 0.9, -1.0];
    let shadow = renderer.render(&drawing, &[camera()]).unwrap().remove(0);
    drawing.items[1].casts = false;
    let none = renderer.render(&drawing, &[camera()]).unwrap().remove(0);
    let darker = (0..SIZE.pixels())
        .filter(|i| {
            shadow.ids[*i] == id(1, 0)
                && u32::from(shadow.rgba[i * 4]) + 25 < u32::from(none.rgba[i * 4])
        })
        .count();
    assert!(darker > 40, "{darker} pixels in the shadow");
}

#[test]
fn the_same_world_gives_the_same_picture_and_cameras_do_not_mix() {
    let Some(mut renderer) = renderer() else {
        return;
    };
    let drawing = world([cube([0.0, 0.0, 0.05])]);
    let other = Camera {
        pose: Pose::looking_at([0.5, 0.2, 0.6], [0.0; 3], [0.0, 0.0, 1.0]),
        lens: Pinhole::from_fov(ImageSize::new(70, 50), 0.6),
        labels: false,
        ..camera()
    };
    let both = renderer
        .render(&drawing, &[camera(), other, camera()])
        .unwrap();
    assert_eq!(both[0], both[2]);
    assert_eq!(both[0], renderer.render(&drawing, &[camera()]).unwrap()[0]);
    assert_eq!(both[1], renderer.render(&drawing, &[other]).unwrap()[0]);
    assert!(both[1].ids.is_empty() && both[1].rgba.len() == 70 * 50 * 4);
}

#[test]
fn exposure_brightens() {
    let Some(mut renderer) = renderer() else {
        return;
    };
    let brighter = Camera {
        post: Post {
            exposure: 1.0,
            ..Post::default()
        },
        ..camera()
    };
    let views = renderer.render(&world([]), &[camera(), brighter]).unwrap();
    assert!(pixel(&views[1], 20, 80)[1] > pixel(&views[0], 20, 80)[1] + 20);
}

#[test]
fn what_cannot_be_drawn_is_said() {
    let Some(mut renderer) = renderer() else {
        return;
    };
    let empty = Camera {
        lens: Pinhole {
            size: ImageSize::new(0, 10),
            ..camera().lens
        },
        ..camera()
    };
    assert!(matches!(
        renderer.render(&world([]), &[empty]),
        Err(RenderError::Size { .. })
    ));
    let many = world(std::iter::repeat_n(cube([0.0; 3]), 5000));
    assert!(matches!(
        renderer.render(&many, &[camera()]),
        Err(RenderError::Count { count: 5001, .. })
    ));
    assert!(renderer.render(&world([]), &[]).unwrap().is_empty());
}
