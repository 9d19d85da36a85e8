//! Labels against what the picture shows.

use proptest::prelude::*;

use super::*;
use crate::geometry::Pose;
use crate::sim::render::tests::{camera, item, renderer, world};
use crate::sim::render::{Camera, Drawing, Item, View};
use crate::sim::solid::{Shape, Solid};

fn shown(drawing: &Drawing, camera: &Camera) -> Option<View> {
    Some(
        renderer()?
            .render(drawing, std::slice::from_ref(camera))
            .unwrap()
            .remove(0),
    )
}

fn label(drawing: &Drawing, camera: &Camera, view: &View, object: u32) -> ObjectLabel {
    Labeller::default()
        .objects(drawing, camera, view, &[object])
        .remove(0)
}

fn cube(object: u32, half: f64, at: [f64; 3]) -> Item {
    item(
        object,
        Shape::Cuboid {
            half: [half; 3],
            round: 0.0,
        },
        Pose::at(at),
        [0.6; 3],
    )
}

/// A convex thing, and how far its pixels may end before its projection: sharp corners end between pixels' middles.
fn shape(kind: u8) -> (Shape, f64) {
    match kind % 4 {
        0 => {
            let half = [0.07, 0.05, 0.04];
            (Shape::Cuboid { half, round: 0.004 }, 1.5)
        }
        1 => (
            Shape::Cylinder {
                radius: 0.05,
                half_height: 0.06,
            },
            1.5,
        ),
        2 => (Shape::Sphere { radius: 0.06 }, 1.0),
        _ => (
            Shape::Capsule {
                radius: 0.04,
                half_height: 0.03,
            },
            1.0,
        ),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(48) })]

    #[test]
    fn pixels_and_projection_agree_on_a_convex_thing_alone(
        kind in any::<u8>(),
        (x, y, z) in (-0.16..0.16_f64, -0.16..0.16_f64, 0.1..0.2_f64),
        (roll, pitch, yaw) in (-3.0..3.0_f64, -1.5..1.5_f64, -3.0..3.0_f64),
    ) {
        let camera = camera();
        let (shape, tolerance) = shape(kind);
        let thing = item(7, shape, Pose::from_rpy([x, y, z], [roll, pitch, yaw]), [0.6; 3]);
        let drawing = world([thing]);
        let Some(view) = shown(&drawing, &camera) else { return Ok(()) };
        let label = label(&drawing, &camera, &view, 7);
        prop_assert!(label.truncation < 1e-9 && label.occlusion < 0.02, "{label:?}");
        let visible = label.visible.unwrap();
        for (seen, whole) in visible.iter().zip(label.amodal) {
            prop_assert!((seen - whole).abs() <= tolerance, "{visible:?} {:?}", label.amodal);
        }
        let [px, py] = label.point.unwrap().map(|c| c as u32);
        prop_assert!(label.mask.as_ref().unwrap().contains(px, py));
        prop_assert_eq!(crate::sim::render::object_of(view.ids[(py * 128 + px) as usize]), 7);
        prop_assert_eq!(label.rle().unwrap().area(), label.area as u64);
        // What the device covers and what the projection covers differ by rounding at the border alone.
        let alone = Silhouette::of(&[(&drawing.items[1].solid.mesh(), drawing.items[1].pose)], &camera.pose, &camera.lens).unwrap();
        prop_assert!(alone.image_area.abs_diff(label.area) <= 3, "{} {}", alone.image_area, label.area);
    }

    #[test]
    fn a_point_is_always_on_its_mask(x in -0.25..0.25_f64, y in -0.25..0.25_f64, across in -0.1..0.1_f64) {
        let camera = camera();
        // A thin wall in front cuts the thing in two, or hides some of it.
        let half = [0.2, 0.004, 0.12];
        let wall = item(3, Shape::Cuboid { half, round: 0.0 }, Pose::at([x - 0.03 + across, y - 0.12, 0.12]), [0.6; 3]);
        let drawing = world([cube(2, 0.06, [x, y, 0.06]), wall]);
        let Some(view) = shown(&drawing, &camera) else { return Ok(()) };
        let label = label(&drawing, &camera, &view, 2);
        if let Some(point) = label.point {
            let index = point[1] as usize * 128 + point[0] as usize;
            prop_assert_eq!(crate::sim::render::object_of(view.ids[index]), 2);
        }
        prop_assert!((0.0..=1.0).contains(&label.occlusion));
    }
}

#[test]
fn a_half_hidden_thing_is_half_hidden() {
    // Straight down: a plate over one half of another.
    let camera = Camera {
        pose: Pose::looking_at([0.0, 0.0, 1.0], [0.0; 3], [0.0, 1.0, 0.0]),
        ..camera()
    };
    let low = item(
        2,
        Shape::Cuboid {
            half: [0.1, 0.1, 0.001],
            round: 0.0,
        },
        Pose::at([0.0, 0.0, 0.01]),
        [0.5; 3],
    );
    let high = item(
        3,
        Shape::Cuboid {
            half: [0.1, 0.3, 0.001],
            round: 0.0,
        },
        Pose::at([0.1, 0.0, 0.013]),
        [0.5; 3],
    );
    let drawing = world([low, high]);
    let Some(view) = shown(&drawing, &camera) else {
        return;
    };
    let hidden = label(&drawing, &camera, &view, 2);
    assert!(
        (hidden.occlusion - 0.5).abs() < 0.04,
        "{}",
        hidden.occlusion
    );
    assert_eq!(hidden.dropped(), None);
    let open = label(&drawing, &camera, &view, 3);
    assert!(open.occlusion < 0.02, "{}", open.occlusion);
    let [x1, _, x2, _] = hidden.visible.unwrap();
    let [a1, _, a2, _] = hidden.amodal;
    assert!(((x2 - x1) / (a2 - a1) - 0.5).abs() < 0.06);
}

#[test]
fn a_thing_across_the_edge_is_cut_by_its_share() {
    let camera = Camera {
        pose: Pose::looking_at([0.0, 0.0, 1.0], [0.0; 3], [0.0, 1.0, 0.0]),
        ..camera()
    };
    // The image's right edge shows x = tan(0.4) * 128 / 96 on the ground.
    let edge = 0.4_f64.tan() * 128.0 / 96.0;
    let sheet = |at: f64| {
        item(
            2,
            Shape::Cuboid {
                half: [0.1, 0.1, 0.0005],
                round: 0.0,
            },
            Pose::at([at, 0.0, 0.0015]),
            [0.5; 3],
        )
    };
    let drawing = world([sheet(edge)]);
    let Some(view) = shown(&drawing, &camera) else {
        return;
    };
    let cut = label(&drawing, &camera, &view, 2);
    assert!((cut.truncation - 0.5).abs() < 0.06, "{}", cut.truncation);
    assert!(cut.amodal[2] > 130.0 && cut.visible.unwrap()[2] <= 128.0);
    let gone = world([sheet(-5.0)]);
    let view = shown(&gone, &camera).unwrap();
    let gone = label(&gone, &camera, &view, 2);
    assert_eq!((gone.visible, gone.dropped()), (None, Some(Drop::Occluded)));
}

#[test]
fn small_things_are_dropped() {
    let drawing = world([cube(2, 0.008, [0.0, 0.0, 0.008])]);
    let camera = camera();
    let Some(view) = shown(&drawing, &camera) else {
        return;
    };
    assert_eq!(
        label(&drawing, &camera, &view, 2).dropped(),
        Some(Drop::Small)
    );
}

#[test]
fn a_place_is_visible_until_something_stands_before_it() {
    let camera = camera();
    let drawing = world([cube(2, 0.05, [0.0, 0.0, 0.05])]);
    let Some(view) = shown(&drawing, &camera) else {
        return;
    };
    let seen = |place: [f64; 3]| project(&camera, place).unwrap().visible(&view);
    assert!(seen([0.0, 0.0, 0.1]) && seen([0.2, 0.0, 0.0]));
    // Behind the cube, and below the ground.
    assert!(!seen([0.06, 0.08, 0.0]) && !seen([0.2, 0.0, -0.2]));
}

#[test]
fn a_trace_ends_at_the_place_it_leads_to() {
    let camera = camera();
    let goal = [0.15, 0.1, 0.0];
    let way: Vec<[f64; 3]> = (0..=30)
        .map(|i| {
            let part = f64::from(i) / 30.0;
            [-0.1 + 0.25 * part, 0.1 * part, 0.2 * (1.0 - part)]
        })
        .collect();
    let trace = trace(&camera, &way);
    let end = project(&camera, goal).unwrap().pixel;
    let last = trace.points[TRACE_POINTS - 1];
    assert_eq!((trace.points.len(), trace.places.len()), (TRACE_POINTS, 31));
    assert!((last[0] - end[0]).hypot(last[1] - end[1]) < 1e-3);
    assert!(trace.inside.iter().all(|inside| *inside));
}

#[test]
fn free_places_are_on_the_support_and_have_room() {
    let camera = camera();
    let board = item(
        9,
        Shape::Cuboid {
            half: [0.25, 0.25, 0.01],
            round: 0.0,
        },
        Pose::at([0.0, 0.0, 0.01]),
        [0.5; 3],
    );
    let drawing = world([board, cube(2, 0.05, [0.05, 0.0, 0.07])]);
    let Some(view) = shown(&drawing, &camera) else {
        return;
    };
    let obstacles = [Obstacle::new(
        &drawing.items[2].solid.mesh(),
        &drawing.items[2].pose,
    )];
    let free = FreeSpace {
        view: &view,
        camera: &camera,
        support: 9,
        obstacles: &obstacles,
        radius: 0.05,
    };
    let points = free.points(6, 1);
    assert_eq!(points.len(), 6);
    assert_ne!(points, free.points(6, 2));
    for [x, y] in points {
        let index = y as usize * 128 + x as usize;
        let pixel = crate::geometry::ImagePoint::new(x as f32, y as f32);
        let place = camera
            .pose
            .apply(camera.lens.unproject(pixel, f64::from(view.depths[index])));
        assert!((place[2] - 0.02).abs() < 2e-3, "{place:?}");
        assert!(
            place[0].abs() < 0.2 + 5e-3 && place[1].abs() < 0.2 + 5e-3,
            "{place:?}"
        );
        let beside = (place[0] - 0.05).abs().max(place[1].abs());
        assert!(beside >= 0.1 - 1e-3, "{place:?}");
    }
}

#[test]
fn an_outline_measures_distances_to_what_stands_on_the_ground() {
    let mesh = Solid::of(
        Shape::Cuboid {
            half: [0.1, 0.05, 0.2],
            round: 0.0,
        },
        0,
    )
    .mesh();
    let turned = Obstacle::new(
        &mesh,
        &Pose::from_rpy([1.0, 0.0, 0.0], [0.0, 0.0, std::f64::consts::FRAC_PI_2]),
    );
    assert!((turned.distance([1.2, 0.0]) - 0.15).abs() < 1e-6);
    assert!((turned.distance([1.0, 0.3]) - 0.2).abs() < 1e-6);
    assert!(turned.distance([1.04, 0.09]) <= 0.0);
}
