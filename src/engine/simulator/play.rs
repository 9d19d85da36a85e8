//! The simulator's thread: follows orders, keeps the task's pace, draws what is shown.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use super::clock::Clock;
use super::keep::Keeper;
use super::plain::{
    Driver, SimulatorCamera, SimulatorEvent, SimulatorOrder, SimulatorScene, SimulatorSetup,
};
use super::truth::Truth;
use super::{Inward, Published};
use crate::control::{Chunker, Playback};
use crate::engine::worker::Sink;
use crate::engine::{Event, Latest, SourceId, SourceInfo, SourceKind};
use crate::robot::DeltaAction;
use crate::sim::drawing::Stage;
use crate::sim::render::Renderer;
use crate::sim::session::{Ending, Session};
use crate::sim::tasks::Task;

/// A bump: newtons along the world's axes, for so many seconds (the strongest that perturbed episodes have).
const BUMP: ([f64; 3], f64) = ([0.0, 40.0, 20.0], 0.15);
/// Pause before the next seed, so that the end is seen.
const BETWEEN: Duration = Duration::from_millis(1200);
/// Between looks for the way ahead while nothing else happens.
const LOOK: Duration = Duration::from_millis(50);
/// Steps of a policy's chunk that are carried out before it looks again.
const CARRIED_OUT: usize = 4;
/// Slowest and fastest pace.
const SPEEDS: std::ops::RangeInclusive<f32> = 0.1..=8.0;

/// A scene that is set up.
pub(super) struct Live {
    setup: SimulatorSetup,
    pub(super) session: Session,
    pub(super) stage: Stage,
    pub(super) truth: Truth,
    pub(super) refused: u64,
    pub(super) changed: u64,
    pub(super) refusal: Option<String>,
    /// The policy's next steps.
    pub(super) chunker: Chunker,
    /// The number of the wait for more of them.
    pub(super) waits: Option<u64>,
    /// Whether this episode was handed to the keeper.
    kept: bool,
}

/// The thread's all.
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub(super) struct Play {
    pub(super) sink: Sink,
    pub(super) published: Latest<Arc<Published>>,
    pub(super) renderer: Option<Renderer>,
    keeper: Keeper,
    pub(super) live: Option<Live>,
    pub(super) attached: Vec<(SourceId, String)>,
    pub(super) running: bool,
    pub(super) driver: Driver,
    /// Waits for a policy so far.
    pub(super) waits: u64,
    /// Whether a policy's step is to be taken once it has thought of it, though time stands still.
    pub(super) wanted: bool,
    repeat: bool,
    pub(super) wants_truth: bool,
    speed: f32,
    record: Option<PathBuf>,
    clock: Clock,
    /// Whether what is shown is no longer what is.
    pub(super) stale: bool,
    pub(super) draw_ms: f32,
}

impl Play {
    pub(super) fn new(sink: Sink, published: Latest<Arc<Published>>) -> Self {
        Self {
            keeper: Keeper::new(sink.clone()),
            sink,
            published,
            renderer: None,
            live: None,
            attached: Vec::new(),
            running: false,
            driver: Driver::Expert,
            waits: 0,
            wanted: false,
            repeat: false,
            wants_truth: false,
            speed: 1.0,
            record: None,
            clock: Clock::from(Instant::now()),
            stale: false,
            draw_ms: 0.0,
        }
    }

    pub(super) fn run(mut self, inbox: &Receiver<Inward>) {
        while self.turn(inbox) {}
    }

    /// Follows orders, takes a step if one is due, draws. False once the window let go.
    fn turn(&mut self, inbox: &Receiver<Inward>) -> bool {
        let Some(orders) = self.orders(inbox) else {
            return false;
        };
        for at in 0..orders.len() {
            // Of a drag only the newest place counts.
            let newer = matches!(
                orders.get(at..at + 2),
                Some([
                    Inward::Order(SimulatorOrder::Carry(..)),
                    Inward::Order(SimulatorOrder::Carry(..))
                ])
            );
            if !newer {
                self.follow(&orders[at]);
            }
        }
        if self.next_step().is_some_and(|due| Instant::now() >= due) {
            self.step();
        }
        self.look();
        self.stale |= self.live.as_mut().is_some_and(|l| l.truth.arrived());
        if std::mem::take(&mut self.stale)
            && let Err(error) = self.publish()
        {
            self.fail(error.to_string());
        }
        true
    }

    /// Waits for orders as long as there is nothing else to do.
    fn orders(&self, inbox: &Receiver<Inward>) -> Option<Vec<Inward>> {
        let first = if self.stale {
            inbox.try_recv().ok()
        } else if let Some(due) = self.next_step() {
            match inbox.recv_timeout(due.saturating_duration_since(Instant::now())) {
                Ok(order) => Some(order),
                Err(RecvTimeoutError::Timeout) => None,
                Err(RecvTimeoutError::Disconnected) => return None,
            }
        } else if self.live.as_ref().is_some_and(|l| l.truth.is_coming()) {
            match inbox.recv_timeout(LOOK) {
                Ok(order) => Some(order),
                Err(RecvTimeoutError::Timeout) => None,
                Err(RecvTimeoutError::Disconnected) => return None,
            }
        } else {
            Some(inbox.recv().ok()?)
        };
        Some(first.into_iter().chain(inbox.try_iter()).collect())
    }

    /// When the next step is to be taken; never while time stands still, as it does while a policy thinks.
    fn next_step(&self) -> Option<Instant> {
        let live = self.live.as_ref().filter(|_| self.running)?;
        let thinks = self.driver == Driver::Policy && live.waits.is_some();
        (!thinks).then_some(self.clock.next())
    }

    fn follow(&mut self, order: &Inward) {
        self.stale = true;
        match order {
            Inward::Attach(id, camera) => self.attach(*id, camera),
            Inward::Detach(id) => self.attached.retain(|(own, _)| own != id),
            Inward::Order(order) => self.obey(order),
        }
    }

    fn obey(&mut self, order: &SimulatorOrder) {
        match order {
            SimulatorOrder::Begin(setup) => self.begin(setup),
            SimulatorOrder::Run(run) => self.set_running(*run),
            SimulatorOrder::Speed(speed) => {
                self.speed = speed.clamp(*SPEEDS.start(), *SPEEDS.end());
            }
            SimulatorOrder::Step => self.step_once(),
            SimulatorOrder::Drive(driver) => self.set_driver(*driver),
            SimulatorOrder::Chunk(wait, steps) => self.feed(*wait, steps),
            SimulatorOrder::Repeat(on) => self.repeat = *on,
            SimulatorOrder::Truth(on) => self.wants_truth = *on,
            SimulatorOrder::Grab(source, at) => {
                if let Err(error) = self.grab(*source, *at) {
                    self.fail(error.to_string());
                }
            }
            SimulatorOrder::Carry(source, at) => {
                if let Some((camera, live)) = self.camera(*source) {
                    live.session.carry(&camera, *at);
                }
            }
            SimulatorOrder::Drop => self.with(|live| live.session.drop_carried()),
            SimulatorOrder::Bump => self.with(|live| live.session.bump(BUMP.0, BUMP.1)),
            SimulatorOrder::Move(axes) => self.act(axes),
            SimulatorOrder::Record(folder) => self.record.clone_from(folder),
            SimulatorOrder::Keep(folder) => self.keep(folder.clone()),
            SimulatorOrder::Close => {
                self.live = None;
                self.renderer = None;
                self.attached.clear();
                // The window forgets all of this, too.
                self.running = false;
                self.wanted = false;
                self.driver = Driver::Expert;
                self.repeat = false;
                self.wants_truth = false;
                self.speed = 1.0;
                self.record = None;
                self.stale = false;
            }
        }
    }

    pub(super) fn with(&mut self, act: impl FnOnce(&mut Live)) {
        if let Some(live) = &mut self.live {
            act(live);
        }
    }

    fn begin(&mut self, setup: &SimulatorSetup) {
        let Some(task) = Task::named(&setup.task) else {
            let text = format!("no task is called {:?}; choose one of the list", setup.task);
            return self.fail(text);
        };
        let session = match Session::begin(task, setup.seed, &setup.options()) {
            Ok(session) => session,
            Err(error) => return self.fail(error.to_string()),
        };
        let scene = session.episode().scene();
        let rig = session.episode().rig();
        let ready = SimulatorScene {
            setup: setup.clone(),
            instruction: scene.instruction.clone(),
            robot: rig.spec().title,
            joints: rig.spec().joints.iter().map(|joint| joint.name).collect(),
            hz: task.hz,
            steps: task.steps,
            cameras: scene
                .cameras
                .iter()
                .map(|camera| SimulatorCamera {
                    name: camera.name.clone(),
                    size: camera.lens.size,
                })
                .collect(),
        };
        let stage = Stage::new(scene);
        let truth = Truth::new(task, setup);
        self.live = Some(Live {
            setup: setup.clone(),
            stage,
            truth,
            session,
            refused: 0,
            changed: 0,
            refusal: None,
            chunker: Chunker::new(Playback::Receding { steps: CARRIED_OUT }),
            waits: None,
            kept: false,
        });
        self.wanted = false;
        self.clock = Clock::from(Instant::now());
        self.tell(SimulatorEvent::Ready(Box::new(ready)));
    }

    fn tell(&self, event: SimulatorEvent) {
        self.sink.send(Event::Simulator(event));
    }

    fn fail(&mut self, text: String) {
        self.live = None;
        self.running = false;
        self.tell(SimulatorEvent::Failed(text));
    }

    fn attach(&mut self, id: SourceId, camera: &str) {
        let cameras = self.live.iter().flat_map(|live| {
            let scene = live.session.episode().scene();
            scene.cameras.iter().map(move |camera| (camera, live))
        });
        let found = cameras
            .filter(|(own, _)| own.name == camera)
            .map(|(own, live)| SourceInfo {
                name: camera.to_owned(),
                kind: SourceKind::Simulator,
                size: own.lens.size,
                frames: None,
                fps: Some(live.session.task().hz),
                duration: None,
                format: live.setup.task.clone(),
            })
            .next();
        if let Some(info) = found {
            self.attached.retain(|(own, _)| *own != id);
            self.attached.push((id, camera.to_owned()));
            self.sink.send(Event::SourceOpened(id, info));
        } else {
            let text = format!("the simulator has no camera {camera}; set up a scene that has");
            self.sink.send(Event::SourceFailed(id, text));
        }
    }

    fn set_running(&mut self, run: bool) {
        self.running = run && self.live.is_some();
        self.wanted = false;
        self.clock = Clock::from(Instant::now());
    }

    /// One control step, or one period of holding.
    pub(super) fn step(&mut self) {
        let (driver, repeat) = (self.driver, self.repeat);
        let Some(live) = &mut self.live else { return };
        if live.session.ending().is_some() && repeat && self.running {
            let next = SimulatorSetup {
                seed: live.setup.seed.wrapping_add(1),
                ..live.setup.clone()
            };
            return self.begin(&next);
        }
        let before = live.session.episode().steps().len();
        match driver {
            Driver::Expert if live.session.ending().is_none() => live.session.advance(),
            Driver::Policy if live.session.ending().is_none() => live.drive(),
            _ => live.session.wait(),
        }
        if live.session.episode().steps().len() > before {
            live.count();
        }
        self.stale = true;
        let period = Duration::from_secs_f64(1.0 / live.session.task().hz).div_f32(self.speed);
        match driver {
            Driver::Policy => self
                .clock
                .hurry(Instant::now(), period, period * CARRIED_OUT as u32),
            _ => self.clock.step(Instant::now(), period),
        }
        self.ended();
    }

    fn act(&mut self, axes: &[f64; 7]) {
        let action = DeltaAction::from_axes(axes);
        if let (Some(live), Some(action)) = (&mut self.live, action) {
            live.session.act(action);
            live.count();
        }
        self.ended();
    }

    /// Stops at the end of an episode that nobody's hand played, and keeps it if that is wanted.
    fn ended(&mut self) {
        let Some(live) = &self.live else { return };
        let Some(ending) = live.session.ending() else {
            return;
        };
        let keep = !live.kept && ending == Ending::Reached;
        if self.repeat {
            self.clock = Clock::from(Instant::now() + BETWEEN);
        } else if self.driver != Driver::Person {
            self.running = false;
        }
        if let (true, Some(folder)) = (keep, self.record.clone()) {
            self.keep(folder);
        }
    }

    fn keep(&mut self, folder: PathBuf) {
        let Some(live) = &mut self.live else { return };
        if live.session.episode().steps().is_empty() {
            let text = "the episode has no steps yet; take some first".into();
            return self.tell(SimulatorEvent::KeepFailed(text));
        }
        live.kept = true;
        let record = live.session.record();
        self.keeper.keep(record, folder);
    }
}

impl Live {
    /// Counts what became of the last step.
    fn count(&mut self) {
        let report = self.session.episode().report();
        self.changed += u64::from(!report.changes.is_empty());
        let why = report
            .aim
            .map(|error| error.to_string())
            .or_else(|| report.refusal.map(|refusal| refusal.to_string()));
        if why.is_some() {
            self.refused += 1;
            self.refusal = why;
        }
    }
}
