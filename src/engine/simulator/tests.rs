//! The simulator as the window sees it: cameras become feeds, steps come, things can be dragged, episodes are kept.

use std::time::{Duration, Instant};

use super::*;
use crate::engine::{Engine, Request, SourceSpec};
use crate::geometry::ImagePoint;
use crate::sim::render::Renderer;

const CAMERA: SourceId = SourceId(7);

/// Whether anything can be drawn here.
fn can_draw() -> bool {
    let can = Renderer::open().is_ok();
    if !can {
        eprintln!("SKIPPED: no graphics adapter; the simulator was NOT played");
    }
    can
}

struct Bench {
    engine: Engine,
    scene: Option<SimulatorScene>,
    status: SimulatorStatus,
    frames: Vec<Frame>,
    kept: Option<(std::path::PathBuf, u64, usize)>,
    trouble: Vec<String>,
}

impl Bench {
    fn new() -> Self {
        let mut bench = Self {
            engine: Engine::start(Arc::new(|_| {}), None),
            scene: None,
            status: SimulatorStatus::default(),
            frames: Vec::new(),
            kept: None,
            trouble: Vec::new(),
        };
        bench.order(SimulatorOrder::Begin(SimulatorSetup {
            seed: 3,
            ..SimulatorSetup::default()
        }));
        bench.until("the scene", |bench| bench.scene.is_some());
        bench
    }

    fn order(&mut self, order: SimulatorOrder) {
        self.engine.send(Request::Simulator(order));
    }

    fn show(&mut self, camera: &str) {
        let spec = SourceSpec::Simulator(camera.into());
        self.engine.send(Request::Open(CAMERA, spec));
        self.until("a frame", |bench| !bench.frames.is_empty());
    }

    fn until(&mut self, what: &str, holds: impl Fn(&Self) -> bool) {
        let end = Instant::now() + Duration::from_mins(2);
        while !holds(self) {
            assert!(
                Instant::now() < end,
                "{what} did not come: {:?}",
                self.trouble
            );
            while let Some(event) = self.engine.poll() {
                match event {
                    Event::Simulator(SimulatorEvent::Ready(scene)) => self.scene = Some(*scene),
                    Event::Simulator(SimulatorEvent::Kept(folder, episode, steps)) => {
                        self.kept = Some((folder, episode, steps));
                    }
                    Event::Simulator(
                        SimulatorEvent::Failed(text) | SimulatorEvent::KeepFailed(text),
                    )
                    | Event::SourceFailed(_, text) => self.trouble.push(text),
                    _ => {}
                }
            }
            let frames = self.engine.poll_frames().into_iter();
            self.frames.extend(frames.map(|(_, frame)| frame));
            if let Some(status) = self.engine.poll_simulator() {
                self.status = status;
            }
            std::thread::sleep(Duration::from_millis(2));
        }
    }
}

#[test]
fn a_camera_is_a_feed_at_the_tasks_rate() {
    if !can_draw() {
        return;
    }
    let mut bench = Bench::new();
    let scene = bench.scene.clone().unwrap();
    assert_eq!(scene.hz.to_bits(), 5.0_f64.to_bits());
    let camera = scene.cameras[0].clone();
    bench.show(&camera.name);
    assert_eq!(bench.frames[0].size(), camera.size);
    bench.order(SimulatorOrder::Run(true));
    let begun = Instant::now();
    bench.until("steps", |bench| bench.status.step >= 6);
    let seconds = begun.elapsed().as_secs_f64();
    // No faster than the task's clock; how much slower is the adapter's affair.
    assert!(seconds > 0.9, "{seconds}");
    let steps: Vec<u64> = bench.frames.iter().map(|frame| frame.seq).collect();
    assert!(steps.windows(2).all(|pair| pair[0] <= pair[1]), "{steps:?}");
    bench.order(SimulatorOrder::Run(false));
    // From the start, before the gripper hides what it reaches for.
    bench.order(SimulatorOrder::Begin(scene.setup.clone()));
    bench.order(SimulatorOrder::Truth(true));
    bench.until("truth", |bench| !bench.status.truth.is_empty());
    let (of, marks) = &bench.status.truth[0];
    assert_eq!(*of, CAMERA);
    let labels: Vec<_> = marks.iter().filter_map(|mark| mark.label.clone()).collect();
    assert!(labels.iter().any(|l| l.contains("carrot")), "{labels:?}");
    assert!(bench.trouble.is_empty(), "{:?}", bench.trouble);
}

#[test]
fn a_thing_is_dragged_with_the_pointer_on_a_feed() {
    if !can_draw() {
        return;
    }
    let mut bench = Bench::new();
    let camera = bench.scene.clone().unwrap().cameras[0].name.clone();
    bench.order(SimulatorOrder::Truth(true));
    bench.show(&camera);
    bench.until("truth", |bench| !bench.status.truth.is_empty());
    let middle = |bench: &Bench| {
        let marks = &bench.status.truth[0].1;
        let carrot = marks
            .iter()
            .find(|mark| mark.label.as_deref().is_some_and(|l| l.contains("carrot")));
        let [a, b] = carrot.unwrap().points[..] else {
            panic!("a box has two corners")
        };
        ImagePoint::new(f32::midpoint(a.x, b.x), f32::midpoint(a.y, b.y))
    };
    let from = middle(&bench);
    bench.order(SimulatorOrder::Grab(CAMERA, from));
    bench.until("a grip", |bench| bench.status.carried.is_some());
    let to = ImagePoint::new(from.x + 30.0, from.y + 10.0);
    bench.order(SimulatorOrder::Carry(CAMERA, to));
    bench.order(SimulatorOrder::Drop);
    bench.until("letting go", |bench| bench.status.carried.is_none());
    let now = middle(&bench);
    assert!(
        now.distance(to) < from.distance(to),
        "{from:?} {now:?} {to:?}"
    );
    assert!(bench.status.disturbed);
}

#[test]
fn an_episode_played_by_hand_is_kept_and_the_next_one_appended() {
    if !can_draw() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("played");
    let mut bench = Bench::new();
    bench.order(SimulatorOrder::Drive(Driver::Person));
    for number in 0..2 {
        let axes = [0.0, 0.0, 0.01, 0.0, 0.0, 0.0, 1.0];
        bench.order(SimulatorOrder::Move(axes));
        bench.order(SimulatorOrder::Move(axes));
        bench.order(SimulatorOrder::Keep(path.clone()));
        bench.until("keeping", |bench| {
            let kept = bench.kept.as_ref();
            kept.is_some_and(|(_, episode, _)| *episode == number) || !bench.trouble.is_empty()
        });
        assert!(bench.trouble.is_empty(), "{:?}", bench.trouble);
    }
    let written = crate::data::Episodes::open(&path).unwrap();
    assert_eq!(written.info().episodes, 2);
    assert!(written.defects().is_empty());
}

#[test]
fn a_policy_is_waited_for_and_its_old_answers_are_not_taken() {
    if !can_draw() {
        return;
    }
    let mut bench = Bench::new();
    bench.order(SimulatorOrder::Drive(Driver::Policy));
    bench.order(SimulatorOrder::Run(true));
    bench.until("a wait", |bench| bench.status.waits.is_some());
    let wait = bench.status.waits.unwrap();
    let still = vec![vec![0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0]; 16];
    bench.order(SimulatorOrder::Chunk(wait + 7, still.clone()));
    bench.order(SimulatorOrder::Chunk(wait, still.clone()));
    bench.until("another wait", |bench| bench.status.waits > Some(wait));
    let carried_out = bench.status.step;
    assert!((1..16).contains(&carried_out), "{carried_out}");
    // The world stands still meanwhile.
    std::thread::sleep(Duration::from_millis(300));
    bench.order(SimulatorOrder::Truth(true));
    bench.until("news", |_| true);
    assert_eq!(bench.status.step, carried_out);
    // What cannot be carried out is refused, not followed.
    let wait = bench.status.waits.unwrap();
    bench.order(SimulatorOrder::Chunk(wait, vec![vec![f64::NAN; 7]; 4]));
    bench.until("the next wait", |bench| bench.status.waits > Some(wait));
    assert_eq!(bench.status.step, carried_out);
    assert!(bench.status.refused >= 1 && bench.status.refusal.is_some());
    assert!(!bench.status.disturbed, "nobody's hand was in it");
}

#[test]
fn a_step_of_a_policy_is_thought_of_while_time_stands_still() {
    if !can_draw() {
        return;
    }
    let mut bench = Bench::new();
    bench.order(SimulatorOrder::Drive(Driver::Policy));
    bench.order(SimulatorOrder::Step);
    bench.until("a wait", |bench| bench.status.waits.is_some());
    assert_eq!((bench.status.running, bench.status.step), (false, 0));
    let shut = vec![vec![0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]; 16];
    bench.order(SimulatorOrder::Chunk(bench.status.waits.unwrap(), shut));
    bench.until("the step", |bench| bench.status.step == 1);
    assert!(bench.status.waits.is_none() && bench.status.told < 0.5);
    // What is left of the chunk needs no thought.
    bench.order(SimulatorOrder::Step);
    bench.until("another step", |bench| bench.status.step == 2);
    // Put away, it begins as new: the expert plays.
    bench.order(SimulatorOrder::Close);
    bench.scene = None;
    bench.order(SimulatorOrder::Begin(SimulatorSetup::default()));
    bench.until("the scene", |bench| bench.scene.is_some());
    bench.order(SimulatorOrder::Run(true));
    bench.until("steps", |bench| bench.status.step > 2);
    assert!(bench.status.waits.is_none());
}

#[test]
fn an_unknown_task_is_told_and_another_one_can_follow() {
    if !can_draw() {
        return;
    }
    let mut bench = Bench::new();
    bench.scene = None;
    bench.order(SimulatorOrder::Begin(SimulatorSetup {
        task: "juggle".into(),
        ..SimulatorSetup::default()
    }));
    bench.until("the refusal", |bench| !bench.trouble.is_empty());
    bench.order(SimulatorOrder::Begin(SimulatorSetup::default()));
    bench.until("the scene", |bench| bench.scene.is_some());
}
