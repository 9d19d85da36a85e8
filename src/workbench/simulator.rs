//! The simulator as the document knows it: what is set up, where it stands, and the acts of a person on it.

mod cameras;

use std::path::PathBuf;

use super::{Command, CommandId, NoticeLevel, SourceState, Workbench};
use crate::engine::{
    Driver, Request, SimulatorEvent, SimulatorOrder, SimulatorScene, SimulatorSetup,
    SimulatorStatus, SourceId, SourceSpec,
};
use crate::geometry::ImagePoint;

/// How the simulator is doing.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum SimulatorPhase {
    /// Not in use.
    #[default]
    Closed,
    /// A scene is being set up, since then in seconds.
    Starting(f64),
    /// A scene is set up.
    Open(Box<SimulatorScene>),
    /// It could not be set up or drawn: why.
    Failed(String),
}

/// The simulator.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub struct SimulatorState {
    /// How it is doing.
    pub phase: SimulatorPhase,
    /// Where it stands, once drawn.
    pub status: SimulatorStatus,
    /// Whether time is to pass.
    pub running: bool,
    /// Whether the policy is to think of one step while time stands still.
    pub(super) stepping: bool,
    /// Who moves the arm.
    pub driver: Driver,
    /// Whether the next seed follows when an episode ends.
    pub repeat: bool,
    /// Whether things can be dragged on the canvas.
    pub perturb: bool,
    /// Whether what is true in the pictures is shown.
    pub truth: bool,
    /// Times real time.
    pub speed: f32,
    /// Whether episodes that reach their goal are kept.
    pub recording: bool,
    /// Episodes being written.
    pub keeping: usize,
    /// The last episode that was written: folder, number, control steps.
    pub kept: Option<(PathBuf, u64, usize)>,
    /// Whether cameras were opened for this run of the simulator.
    shown: bool,
    /// Whether only the camera of the shipped checkpoint is opened.
    pub(super) one_view: bool,
}

impl Default for SimulatorState {
    fn default() -> Self {
        Self {
            phase: SimulatorPhase::Closed,
            status: SimulatorStatus::default(),
            running: false,
            stepping: false,
            driver: Driver::Expert,
            repeat: false,
            perturb: false,
            truth: false,
            speed: 1.0,
            recording: false,
            keeping: 0,
            kept: None,
            shown: false,
            one_view: false,
        }
    }
}

impl SimulatorState {
    /// The scene, while one is set up.
    #[must_use]
    pub fn scene(&self) -> Option<&SimulatorScene> {
        match &self.phase {
            SimulatorPhase::Open(scene) => Some(scene),
            _ => None,
        }
    }
}

/// What a person does to the simulator beyond plain commands.
#[derive(Debug, Clone, PartialEq)]
pub enum SimulatorAct {
    /// Set this scene up.
    SetUp(SimulatorSetup),
    /// Show or hide a camera.
    ToggleCamera(String),
    /// Times real time.
    Speed(f32),
    /// Take the thing at this pixel of a camera.
    Grab(SourceId, ImagePoint),
    /// Move it under this pixel.
    Carry(SourceId, ImagePoint),
    /// Let go of it.
    Drop,
    /// Move the tool one step.
    Move([f64; 7]),
    /// Where kept episodes go.
    Folder(PathBuf),
}

impl Workbench {
    /// Acts of the simulator that are commands.
    pub(super) fn apply_simulator(&mut self, id: CommandId) -> Vec<Request> {
        match id {
            CommandId::OpenSimulator => self.open_simulator(),
            CommandId::CloseSimulator => self.close_simulator(),
            CommandId::SimulatorRun => self.run_simulator(!self.simulator.running),
            CommandId::SimulatorStep => self.step_simulator(),
            CommandId::SimulatorReset => self.set_up(self.settings.simulator.clone()),
            CommandId::SimulatorNewSeed => self.new_seed(),
            CommandId::SimulatorBump => tell(SimulatorOrder::Bump),
            CommandId::ToggleExpert => self.toggle_driver(Driver::Expert),
            CommandId::TogglePolicy => self.toggle_driver(Driver::Policy),
            CommandId::ToggleRepeat => {
                self.simulator.repeat = !self.simulator.repeat;
                tell(SimulatorOrder::Repeat(self.simulator.repeat))
            }
            CommandId::TogglePerturb => {
                self.simulator.perturb = !self.simulator.perturb;
                Vec::new()
            }
            CommandId::SimulatorTruth => {
                self.simulator.truth = !self.simulator.truth;
                tell(SimulatorOrder::Truth(self.simulator.truth))
            }
            CommandId::ToggleRecord => self.toggle_record(),
            CommandId::KeepEpisode => self.keep_episode(),
            CommandId::PickRecordFolder => {
                vec![Request::Pick(crate::engine::Pick::RecordFolder)]
            }
            _ => Vec::new(),
        }
    }

    /// Whether a command of the simulator would do anything.
    pub(super) fn simulator_takes(&self, id: CommandId) -> bool {
        match id {
            CommandId::OpenSimulator => true,
            CommandId::CloseSimulator => self.simulator.phase != SimulatorPhase::Closed,
            _ => self.simulator.scene().is_some(),
        }
    }

    pub(super) fn act_on_simulator(&mut self, act: SimulatorAct) -> Vec<Request> {
        match act {
            SimulatorAct::SetUp(setup) => self.set_up(setup),
            SimulatorAct::ToggleCamera(camera) => self.toggle_camera(camera),
            SimulatorAct::Speed(speed) => {
                self.simulator.speed = speed;
                tell(SimulatorOrder::Speed(speed))
            }
            SimulatorAct::Grab(source, at) => tell(SimulatorOrder::Grab(source, at)),
            SimulatorAct::Carry(source, at) => tell(SimulatorOrder::Carry(source, at)),
            SimulatorAct::Drop => tell(SimulatorOrder::Drop),
            SimulatorAct::Move(axes) => tell(SimulatorOrder::Move(axes)),
            SimulatorAct::Folder(folder) => {
                self.settings.record_folder = Some(folder.clone());
                let record = self.simulator.recording.then_some(folder);
                tell(SimulatorOrder::Record(record))
            }
        }
    }

    fn open_simulator(&mut self) -> Vec<Request> {
        match self.simulator.phase {
            SimulatorPhase::Open(_) | SimulatorPhase::Starting(_) => Vec::new(),
            _ => self.set_up(self.settings.simulator.clone()),
        }
    }

    fn close_simulator(&mut self) -> Vec<Request> {
        let mut requests = Vec::new();
        for id in self.simulated().map(|source| source.id).collect::<Vec<_>>() {
            requests.extend(self.close(id));
        }
        self.simulator = SimulatorState::default();
        requests.push(Request::Simulator(SimulatorOrder::Close));
        requests
    }

    pub(super) fn set_up(&mut self, setup: SimulatorSetup) -> Vec<Request> {
        self.settings.simulator = setup.clone();
        if self.simulator.scene().is_none() {
            self.simulator.phase = SimulatorPhase::Starting(self.now_secs);
        }
        // Whatever was waited for is of the scene before.
        self.simulator.status.waits = None;
        tell(SimulatorOrder::Begin(setup))
    }

    fn new_seed(&mut self) -> Vec<Request> {
        let mut setup = self.settings.simulator.clone();
        // SplitMix64's step: a walk through all seeds that looks like dice. Kept short, since people read it.
        setup.seed = setup.seed.wrapping_mul(6_364_136_223_846_793_005);
        setup.seed = (setup.seed.wrapping_add(1_442_695_040_888_963_407) >> 33) % 100_000;
        self.set_up(setup)
    }

    pub(super) fn run_simulator(&mut self, run: bool) -> Vec<Request> {
        self.simulator.running = run;
        self.simulator.stepping = false;
        for source in &mut self.sources {
            if matches!(source.spec, SourceSpec::Simulator(_)) {
                source.play.playing = run;
            }
        }
        let ended = self.simulator.status.end.is_some();
        let by_hand = self.simulator.driver == Driver::Person;
        if run && ended && !by_hand && !self.simulator.repeat {
            // An episode that is over is played again.
            let mut requests = self.set_up(self.settings.simulator.clone());
            requests.push(Request::Simulator(SimulatorOrder::Run(true)));
            return requests;
        }
        tell(SimulatorOrder::Run(run))
    }

    fn step_simulator(&mut self) -> Vec<Request> {
        let mut requests = self.run_simulator(false);
        self.simulator.stepping = true;
        requests.push(Request::Simulator(SimulatorOrder::Step));
        requests
    }

    /// Transport keys on a camera of the simulator: on is a step, the beginning is a reset.
    pub(super) fn skip_simulator(&mut self, by: i64) -> Vec<Request> {
        match by {
            i64::MIN => self.set_up(self.settings.simulator.clone()),
            1 => self.step_simulator(),
            _ => Vec::new(),
        }
    }

    fn toggle_record(&mut self) -> Vec<Request> {
        let Some(folder) = self.settings.record_folder.clone() else {
            self.simulator.recording = true;
            return vec![Request::Pick(crate::engine::Pick::RecordFolder)];
        };
        self.simulator.recording = !self.simulator.recording;
        let record = self.simulator.recording.then_some(folder);
        tell(SimulatorOrder::Record(record))
    }

    fn keep_episode(&mut self) -> Vec<Request> {
        match self.settings.record_folder.clone() {
            Some(folder) => tell(SimulatorOrder::Keep(folder)),
            None => vec![Request::Pick(crate::engine::Pick::RecordFolder)],
        }
    }

    /// Takes in a fact of the simulator.
    pub(super) fn absorb_simulator(&mut self, event: SimulatorEvent) -> Vec<Request> {
        match event {
            SimulatorEvent::Ready(scene) => self.simulator_ready(scene),
            SimulatorEvent::Failed(text) => {
                self.simulator.running = false;
                self.forget_driving();
                self.simulator.phase = SimulatorPhase::Failed(text.clone());
                self.notice(NoticeLevel::Error, text);
                Vec::new()
            }
            SimulatorEvent::Keeping => {
                self.simulator.keeping += 1;
                Vec::new()
            }
            SimulatorEvent::Kept(folder, episode, steps) => {
                self.simulator.keeping = self.simulator.keeping.saturating_sub(1);
                self.simulator.kept = Some((folder, episode, steps));
                Vec::new()
            }
            SimulatorEvent::KeepFailed(text) => {
                self.simulator.keeping = self.simulator.keeping.saturating_sub(1);
                self.notice(NoticeLevel::Error, text);
                Vec::new()
            }
        }
    }

    /// Closes cameras that the new scene has not, and opens its first ones when the simulator was not open.
    fn simulator_ready(&mut self, scene: Box<SimulatorScene>) -> Vec<Request> {
        if self.simulator.phase == SimulatorPhase::Closed {
            // It was on its way while everything was put away.
            return Vec::new();
        }
        let mut requests = if self.simulator.scene().is_none() {
            self.tell_all()
        } else {
            Vec::new()
        };
        let known = |source: &SourceState| {
            let mut cameras = scene.cameras.iter();
            cameras.any(|camera| source.spec == SourceSpec::Simulator(camera.name.clone()))
        };
        let gone: Vec<SourceId> = self
            .simulated()
            .filter(|s| !known(s))
            .map(|s| s.id)
            .collect();
        let none_left = !gone.is_empty() && self.simulated().all(|s| !known(s));
        for id in gone {
            requests.extend(self.close(id));
        }
        let one_view = std::mem::take(&mut self.simulator.one_view);
        if none_left || one_view || !self.simulator.shown {
            self.simulator.shown = true;
            requests.extend(self.show_cameras(&scene.cameras, one_view));
        }
        self.forget_driving();
        self.settings.simulator = scene.setup.clone();
        self.simulator.status = SimulatorStatus {
            running: self.simulator.running,
            ..SimulatorStatus::default()
        };
        let instruction = scene.instruction.clone();
        self.simulator.phase = SimulatorPhase::Open(scene);
        requests.extend(self.apply(Command::SetInstruction(instruction)));
        requests
    }

    /// Everything that the simulator's thread may not know: it may have been started anew.
    fn tell_all(&mut self) -> Vec<Request> {
        let state = &self.simulator;
        let folder = self.settings.record_folder.clone();
        let orders = [
            SimulatorOrder::Drive(state.driver),
            SimulatorOrder::Repeat(state.repeat),
            SimulatorOrder::Truth(state.truth),
            SimulatorOrder::Speed(state.speed),
            SimulatorOrder::Record(folder.filter(|_| state.recording)),
        ];
        let mut requests: Vec<Request> = orders.map(Request::Simulator).into();
        for source in &mut self.sources {
            if matches!(source.spec, SourceSpec::Simulator(_)) {
                // What it shows is of the scene before.
                source.frame = None;
                requests.push(Request::Open(source.id, source.spec.clone()));
            }
        }
        requests
    }

    /// Takes in where the simulator stands; asks the policy if that is waited for.
    pub fn absorb_simulator_status(&mut self, status: SimulatorStatus) -> Vec<Request> {
        if self.simulator.scene().is_none() {
            return Vec::new();
        }
        if self.simulator.running != status.running && status.end.is_some() {
            self.simulator.running = status.running;
            for source in &mut self.sources {
                if matches!(source.spec, SourceSpec::Simulator(_)) {
                    source.play.playing = status.running;
                }
            }
        }
        self.simulator.status = status;
        self.drive()
    }
}

pub(super) fn tell(order: SimulatorOrder) -> Vec<Request> {
    vec![Request::Simulator(order)]
}

#[cfg(test)]
pub(super) mod tests;
