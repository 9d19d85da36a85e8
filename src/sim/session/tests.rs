//! Sessions of a person, an expert and a policy.

use super::*;
use crate::geometry::{ImageSize, Pinhole};
use crate::sim::episode::replay;
use crate::sim::render::Post;

fn carrot() -> &'static Task {
    Task::named("widowx_carrot_on_plate").unwrap()
}

#[test]
fn live_steps_are_those_of_a_whole_run() {
    let whole = Episode::run(carrot(), 3, &Options::default()).unwrap();
    let mut session = Session::begin(carrot(), 3, &Options::default()).unwrap();
    while session.ending().is_none() {
        session.advance();
    }
    let live = session.record();
    assert_eq!(live.fingerprint, whole.fingerprint);
    assert_eq!(live.success, whole.success);
    assert_eq!(live.steps.len(), whole.steps.len());
    assert!(!session.disturbed());
    assert!(replay(&live).unwrap());
}

#[test]
fn a_ray_meets_the_table_below_the_camera() {
    let camera = Camera {
        pose: Pose::looking_at([0.3, 0.1, 1.0], [0.3, 0.1, 0.0], [1.0, 0.0, 0.0]),
        lens: Pinhole::from_fov(ImageSize::new(200, 100), 1.0),
        post: Post::default(),
        labels: false,
    };
    let [x, y] = meets_plane(&camera, ImagePoint::new(100.0, 50.0), 0.2).unwrap();
    assert!((x - 0.3).abs() < 1e-6 && (y - 0.1).abs() < 1e-6);
    assert_eq!(
        meets_plane(&camera, ImagePoint::new(100.0, 50.0), 1.5),
        None
    );
}

#[test]
fn a_thing_is_carried_over_the_table_and_let_go() {
    let mut session = Session::begin(carrot(), 1, &Options::default()).unwrap();
    let before = session.episode().rig().snapshot();
    let [x, y, z] = before.objects[0].position;
    let camera = Camera {
        pose: Pose::looking_at([x, y, z + 1.0], [x, y, z], [1.0, 0.0, 0.0]),
        lens: Pinhole::from_fov(ImageSize::new(200, 200), 1.0),
        post: Post::default(),
        labels: false,
    };
    session.grab(0, &camera, ImagePoint::new(100.0, 100.0));
    assert_eq!(session.carried(), Some(0));
    session.wait();
    let held = session.episode().rig().snapshot().objects[0].position;
    assert!((held[2] - z - CARRY).abs() < 1e-3, "gravity has no say");
    session.carry(&camera, ImagePoint::new(120.0, 100.0));
    session.drop_carried();
    let after = session.episode().rig().snapshot().objects[0].position;
    let moved = (after[0] - x).hypot(after[1] - y);
    assert!((0.02..0.2).contains(&moved), "{moved}");
    assert!((after[2] - z).abs() < 0.04, "it fell back onto the table");
    assert!(session.disturbed());
}
