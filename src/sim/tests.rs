//! The world as a whole: it is the same every time, things fall and hold, the arm obeys its limits.

use super::tasks::{Options, TASKS, Task, Variant};
use super::*;
use crate::geometry::Pose;
use crate::robot::{DeltaAction, RobotSpec};

fn task(name: &str) -> &'static Task {
    Task::named(name).expect("a task")
}

fn blocks(seed: u64) -> Scene {
    task("widowx_stack_cube")
        .draw(seed, &Options::default())
        .scene
}

#[test]
fn the_same_seed_is_the_same_episode_bit_for_bit_and_replays_from_its_actions() {
    let run = || Episode::run(task("widowx_stack_cube"), 3, &Options::default()).expect("a world");
    let (first, second) = (run(), run());
    assert_eq!(first, second);
    assert!(first.success, "{:?}", first.failure);
    assert!(episode::replay(&first).expect("a world"));
    // Stored as text and read again it still replays.
    let text = serde_json::to_string(&first).expect("text");
    let read: EpisodeRecord = serde_json::from_str(&text).expect("a record");
    assert!(episode::replay(&read).expect("a world"));
    // A changed action does not go unnoticed.
    let mut changed = first;
    changed.steps[4].action.translation[0] += 0.01;
    assert!(!episode::replay(&changed).expect("a world"));
}

#[test]
fn looks_change_while_motion_stays() {
    let mut plain = Options::default();
    plain.switches.lights = false;
    plain.switches.textures = false;
    plain.switches.cameras = false;
    let (a, b) = (
        task("pick").draw(5, &plain).scene,
        task("pick").draw(5, &Options::default()).scene,
    );
    assert_eq!(
        (&a.objects, &a.arm, &a.goal, &a.instruction),
        (&b.objects, &b.arm, &b.goal, &b.instruction)
    );
    assert_ne!((&a.lights, &a.cameras), (&b.lights, &b.cameras));
}

#[test]
fn scenes_survive_being_stored() {
    for task in TASKS {
        let scene = task.draw(11, &Options::default()).scene;
        let text = serde_json::to_string(&scene).expect("text");
        assert_eq!(
            scene,
            serde_json::from_str::<Scene>(&text).expect("a scene"),
            "{}",
            task.name
        );
    }
}

#[test]
fn things_fall_from_the_table_and_stay_on_it() {
    let mut scene = blocks(1);
    scene.objects[0].pose.position = [scene.table.centre[0] + scene.table.size[0], 0.0, 1.0];
    let mut world = World::new(&scene).expect("a world");
    let start = world.snapshot();
    world.pass(120);
    let now = world.snapshot();
    assert!(now.objects[0].position[2] < 0.05, "one lies on the floor");
    assert!(
        (now.objects[1].position[2] - start.objects[1].position[2]).abs() < 0.002,
        "one stays"
    );
    assert!(world.unrest() < 1e-3);
    assert!(
        now.touching(Body::Object(1))
            .any(|(other, _)| other == Body::Table)
    );
}

#[test]
fn a_thing_on_a_plate_touches_no_table_and_lies_still() {
    let drawn = (0..20).map(|seed| task("sort").draw(seed, &Options::default()).scene);
    let is_plate = |scene: &Scene| scene.objects[0].spec.category.entry().name == "plate";
    let mut scene = drawn.into_iter().find(is_plate).expect("plates");
    let (plate, source) = (0, 1);
    let [x, y, z] = scene.objects[plate].pose.position;
    scene.objects[source].pose = Pose::at([x, y, z + 0.02]);
    let mut world = World::new(&scene).expect("a world");
    world.pass(240);
    let now = world.snapshot();
    assert!(
        now.touching(Body::Object(source))
            .all(|(other, _)| other == Body::Object(plate)),
        "{:?}",
        now.contacts
    );
    assert!(world.unrest() < 1e-3, "{}", world.unrest());
}

#[test]
fn the_arm_keeps_its_limits_whatever_a_policy_asks() {
    use rand::{Rng as _, SeedableRng as _};
    let scene = blocks(7);
    let mut rig = SimRig::new(&scene, 5.0).expect("a world");
    let chain = rig.spec().chain();
    let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(1);
    for step in 0..40 {
        let mut draw = |most: f32| [0; 3].map(|_| random.random_range(-most..most));
        let (translation, rotation) = (draw(0.12), draw(0.6));
        let mut action = DeltaAction {
            translation,
            rotation,
            gripper: 0.5,
        };
        if step % 10 == 9 {
            action.rotation[1] = f32::NAN;
        }
        let report = rig.step(&action);
        assert!(step % 10 != 9 || report.aim.is_some());
        let now = rig.snapshot();
        assert!(
            chain.within_limits(rig.commanded(), 0.0) && chain.within_limits(&now.joints, 0.03),
            "{:?}",
            now.joints
        );
        for (speed, joint) in now.velocities.iter().zip(rig.spec().joints) {
            assert!(speed.abs() < 1.3 * joint.speed, "{} {speed}", joint.name);
        }
    }
}

#[test]
fn a_moved_thing_and_a_bumped_hand_are_coped_with() {
    let shift = Perturbation::Shift {
        step: 3,
        object: 0,
        by: [0.03, -0.03],
        turn: 0.3,
    };
    let bump = Perturbation::Bump {
        step: 6,
        force: [30.0, 20.0, 10.0],
        seconds: 0.15,
    };
    for perturbation in [shift, bump] {
        let drawn = task("widowx_stack_cube").draw(4, &Options::default());
        let episode = Episode::new(drawn.scene, 5.0, vec![perturbation]).expect("a world");
        let record = episode.play(100);
        assert!(record.success, "{perturbation:?}: {:?}", record.failure);
        assert!(episode::replay(&record).expect("a world"));
    }
}

#[test]
fn broken_scenes_are_refused() {
    let mut scene = blocks(1);
    scene.arm.robot = "r2d2".into();
    assert!(matches!(
        World::new(&scene),
        Err(WorldError::UnknownRobot { .. })
    ));
    let mut scene = blocks(1);
    scene.objects[0].pose.position[1] = f64::NAN;
    assert!(matches!(World::new(&scene), Err(WorldError::NotFinite)));
    let mut scene = blocks(1);
    scene.arm.joints.pop();
    assert!(matches!(
        World::new(&scene),
        Err(WorldError::Joints { given: 5, .. })
    ));
}

#[test]
fn unseen_things_never_appear_in_training_scenes() {
    let unseen = Options {
        objects: tasks::Split::Unseen,
        ..Options::default()
    };
    let kept = |options: &Options| {
        (0..12)
            .flat_map(|seed| task("pick").draw(seed, options).scene.objects)
            .map(|o| o.spec.category.entry().unseen)
            .collect::<Vec<_>>()
    };
    assert!(kept(&Options::default()).iter().all(|unseen| !unseen));
    assert!(kept(&unseen).iter().all(|unseen| *unseen));
}

#[test]
fn every_robot_of_the_table_can_stand_in_a_world() {
    for spec in crate::robot::ROBOTS {
        let task = TASKS
            .iter()
            .find(|task| task.robot == spec.name)
            .expect("a task for it");
        let scene = task.draw(0, &Options::default()).scene;
        let world = World::new(&scene).expect("a world");
        let now = world.snapshot();
        let fingers = Pose::from(now.fingers[0].isometry().inverse() * now.fingers[1].isometry());
        assert!(
            fingers.position[1] < 0.0,
            "{}: the first finger is on the positive side",
            spec.name
        );
        let tool = scene
            .arm
            .base
            .then(&RobotSpec::chain(spec).tool(&scene.arm.joints));
        for axis in 0..3 {
            assert!(
                (tool.position[axis] - now.tool.position[axis]).abs() < 1e-3,
                "{}",
                spec.name
            );
        }
    }
}

#[test]
fn noise_moves_the_arm_and_the_expert_recovers() {
    let noisy = Options {
        noise: 0.003,
        ..Options::default()
    };
    let run = |options: &Options| {
        Episode::run(task("widowx_carrot_on_plate"), 2, options).expect("a world")
    };
    let (plain, first, second) = (run(&Options::default()), run(&noisy), run(&noisy));
    assert_eq!(first, second);
    assert!(first.success, "{:?}", first.failure);
    assert!(plain.perturbations.is_empty() && first.perturbations.len() > 10);
    assert_ne!(plain.fingerprint, first.fingerprint);
    assert_eq!(plain.scene, first.scene);
    assert!(episode::replay(&first).expect("a world"));
    // What is recorded is what the expert told: without the noise it ends elsewhere.
    let mut calm = first;
    calm.perturbations.clear();
    assert!(!episode::replay(&calm).expect("a world"));
}

#[test]
fn an_arm_that_presses_a_bystander_makes_no_demonstration() {
    use super::expert::Phase;
    use super::snapshot::Body;
    let mut scene = blocks(2);
    scene.goal = Goal::Lifted { source: 1 };
    let mut episode = Episode::new(scene, 5.0, Vec::new()).expect("a world");
    let base = *episode.rig().base();
    for step in 0..30 {
        let rig = episode.rig();
        let block = base.inverse().then(&rig.snapshot().objects[0]).position;
        let down = (0.01 * f64::from(step)).min(0.10);
        let over = Pose {
            position: [block[0], block[1], block[2] + 0.12 - down],
            ..*rig.target()
        };
        let action = rig.action_to(&over, 0.0);
        episode.step(action, Phase::PreGrasp, 0);
    }
    let bystander = Body::Object(0);
    let pressed = episode.rig().world.collision(|body| body != bystander);
    assert!(pressed > 5.0, "{pressed}");
    assert_eq!(episode.fault(), Some(episode::Failure::Collision));
    // The thing that is to be lifted may be pressed.
    assert!(Goal::Lifted { source: 0 }.names(bystander));
    assert!(!Goal::Lifted { source: 1 }.names(bystander));
}

#[test]
fn variants_change_looks_or_views_alone() {
    use super::tasks::Variant;
    let drawn = |variant| {
        let options = Options::benchmark(3, variant);
        task("google_pick_standing_coke_can")
            .draw(0, &options)
            .scene
    };
    let base = drawn(Variant::Base);
    let all = [
        Variant::Background(0),
        Variant::Background(1),
        Variant::Light(0),
        Variant::Light(1),
        Variant::Table(0),
        Variant::Table(1),
        Variant::Recolour(1),
        Variant::Camera(0),
        Variant::Camera(1),
        Variant::Distractors(1),
        Variant::Distractors(2),
    ];
    let mut seen = vec![base.clone()];
    for variant in all {
        let scene = drawn(variant);
        assert!(!seen.contains(&scene), "{variant:?} is like another");
        assert_eq!(scene.objects[0], base.objects[0], "{variant:?}");
        assert_eq!((&scene.arm, &scene.goal), (&base.arm, &base.goal));
        let more = matches!(variant, Variant::Distractors(_));
        assert_eq!(scene.objects.len() > 1, more, "{variant:?}");
        let moved = matches!(variant, Variant::Camera(_));
        assert_eq!(scene.cameras != base.cameras, moved, "{variant:?}");
        seen.push(scene);
    }
}

#[test]
fn plain_episodes_look_like_the_benchmark_and_astray_ones_begin_elsewhere() {
    let options = Options {
        plain: 1.0,
        astray: 1.0,
        ..Options::default()
    };
    let put = task("widowx_carrot_on_plate");
    let benchmark = put.draw(0, &Options::benchmark(0, Variant::Base)).scene;
    let starts: Vec<Scene> = (0..12).map(|seed| put.draw(seed, &options).scene).collect();
    for scene in &starts {
        assert_eq!(
            (&scene.cameras, &scene.lights, &scene.table),
            (&benchmark.cameras, &benchmark.lights, &benchmark.table)
        );
    }
    let far = |scene: &&Scene| {
        let pairs = scene.arm.joints.iter().zip(&benchmark.arm.joints);
        pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f64::max) > 0.1
    };
    assert!(starts.iter().filter(far).count() >= 10);
    assert!(starts.iter().any(|scene| scene.arm.gripper < 0.5));
}

#[test]
fn the_expert_finds_back_from_where_an_arm_is_astray() {
    let options = Options {
        plain: 1.0,
        astray: 1.0,
        ..Options::default()
    };
    let put = task("widowx_spoon_on_towel");
    let done = (0..8).filter(|seed| {
        let played = Episode::run(put, *seed, &options).expect("a world");
        played.success
    });
    assert!(done.count() >= 5);
}

#[test]
fn the_expert_takes_over_from_a_policy_and_only_its_own_steps_are_a_demonstration() {
    let carrot = task("widowx_carrot_on_plate");
    let whole = Episode::run(carrot, 4, &Options::default()).expect("a world");
    let rollout = Rollout::of(&whole);
    // With the thing in the hand, and before it was taken.
    let held = whole
        .steps
        .iter()
        .position(|step| step.snapshot.held.is_some());
    for at in [6, held.expect("it is taken") + 2] {
        let taken = rollout.take_over(at, carrot.steps, 0.0).expect("a world");
        assert!(taken.success, "{at}: {:?}", taken.failure);
        assert_eq!(taken.before.len(), at);
        assert_eq!(taken.steps[0].snapshot, whole.steps[at].snapshot);
        assert!(episode::replay(&taken).expect("a world"));
    }
    // It does not let go of what is held to take it again.
    let at = held.expect("it is taken") + 2;
    let taken = rollout.take_over(at, carrot.steps, 0.0).expect("a world");
    assert!(taken.steps[0].action.gripper < 0.5);
}
