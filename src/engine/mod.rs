//! The only owner of threads. Takes [`Request`]s, gives back [`Event`]s and the newest telemetry.
//!
//! Events are facts: lossless, in order, bounded by the requests in flight. Telemetry is state: newest wins. Neither
//! side ever waits for the other: the window sends without blocking and polls between frames; threads call `wake`
//! when there is something to see. How anything is computed is not known here.

pub mod annotated;
mod collecting;
mod current;
mod dataset;
mod desk;
mod evaluation;
mod event;
mod font;
mod logger;
mod mailbox;
mod memory;
mod policy;
mod request;
pub mod shipped;
mod simulator;
mod source;
pub mod store;
mod training;
mod worker;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};

pub use collecting::{CollectEvent, collect_obstacle, collect_tasks};
pub use dataset::{
    DatasetAbout, DatasetCamera, DatasetEntry, DatasetEvent, DatasetId, DatasetKind,
    DatasetRequest, EpisodeRows, FeatureRows, Problem, ProblemLevel, Shown, short_name,
};
pub use evaluation::{
    Comparison, EvalEvent, EvalKind, EvalOrder, EvalReport, EvalScores, EvalSetup, Kept, Outcome,
    Pair, eval_obstacle,
};
pub use event::{Event, Found, SourceInfo, SourceKind, WebcamChoice, WebcamFormat};
pub use font::SystemFont;
pub use logger::{LogLevel, LogRecord, install_logger, take_log};
pub use mailbox::Latest;
pub use memory::Memory;
pub use request::{
    EvalPath, LoadRequest, LoadTarget, Pick, PlayState, QueryId, RecipePath, Request, SourceId,
    SourceSpec,
};
pub use simulator::{
    Driver, SimulatorCamera, SimulatorEnd, SimulatorEvent, SimulatorOrder, SimulatorScene,
    SimulatorSetup, SimulatorStatus, SimulatorTask, simulator_tasks,
};
pub use training::{
    Bucket, Curve, RecipeProblem, RunCurves, RunRecord, Series, SourceCount, TrainEvent,
    TrainFailure, TrainNews, TrainOrder, edit_recipe, read_recipe, recipe_at, recipe_obstacle,
    write_recipe,
};
pub use worker::Wake;

// What the floors above may hold of the rooms below: plain data.
pub use crate::collect::{
    Config as CollectConfig, Finished as CollectedEpisode, Reject, Report as CollectReport, Tally,
};
pub use crate::eval::grounding::{AnswerKind, GroundingReport, KindScores, Subject as EvalSubject};
pub use crate::eval::rollout::{
    Column as EvalColumn, EpisodeResult, PAPER, PaperRow, RolloutReport, RowScores,
};
pub use crate::eval::{MeanOf, Rate};
pub use crate::model::answer::{
    ActionAnswer, Answer, AnswerEvent, Query, QueryOptions, ReplyToken, RopeChoice, StageTime,
    StopReason, TextAnswer, Timing,
};
pub use crate::model::checkpoint::{
    LoadReport, LoadedOn, MisshapenTensor, ModelSize, Part, TensorFindings,
};
pub use crate::model::device::{AdapterSummary, DeviceChoice, Precision, SharedGpu};

pub use crate::train::{
    ActionSource, LabelSource, LearntAnswer, LearntPicture, Recipe, Report as TrainReport,
    RunConfig, StepMetrics,
};

use crate::job::Progress;
use crate::model::device::Devices;
use crate::vision::Frame;
use current::Current;
use dataset::DatasetThread;
use policy::{Desk, Load, PolicyThread};
use source::SourceThread;
use worker::Sink;

/// Facts that may wait to be read before a thread has to wait.
const EVENT_QUEUE: usize = 1024;

/// Owns the threads; dropping it ends them.
pub struct Engine {
    sink: Sink,
    events: Receiver<Event>,
    desk: Arc<Desk>,
    load_progress: (u64, Latest<Progress>),
    sources: BTreeMap<SourceId, SourceThread>,
    dataset: Option<DatasetThread>,
    simulator: simulator::Simulator,
    collecting: Current,
    training: training::Training,
    evaluating: Current,
}

impl Engine {
    /// Starts the model thread. `wake` is called from any thread when there is something to see; `gpu` is the
    /// window's device, if it has one, for the model to share.
    #[must_use]
    pub fn start(wake: Wake, gpu: Option<SharedGpu>) -> Self {
        let (sender, events) = sync_channel(EVENT_QUEUE);
        let sink = Sink {
            events: sender,
            wake,
        };
        let desk = Arc::new(Desk::default());
        let progress = Latest::default();
        let thread = PolicyThread {
            desk: Arc::clone(&desk),
            sink: sink.clone(),
            progress: progress.clone(),
            devices: Devices::new(gpu),
        };
        worker::spawn("model", move || thread.run());
        Self {
            sink,
            events,
            desk,
            load_progress: (0, progress),
            sources: BTreeMap::new(),
            dataset: None,
            simulator: simulator::Simulator::default(),
            collecting: Current::default(),
            training: training::Training::default(),
            evaluating: Current::default(),
        }
    }

    /// Takes a request; never waits.
    pub fn send(&mut self, request: Request) {
        match request {
            Request::Load(request) => self.desk.load(Load::Path(request)),
            Request::LoadShipped(device, precision) => {
                self.desk.load(Load::Shipped(device, precision));
            }
            Request::CancelLoad => self.desk.cancel_load(),
            Request::Unload => self.desk.unload(),
            Request::Ask(id, query) => {
                let replaced = self.desk.ask(id, query);
                self.query_dropped(replaced);
            }
            Request::CancelQuery => {
                let dropped = self.desk.cancel_query();
                self.query_dropped(dropped);
            }
            Request::Open(id, SourceSpec::Simulator(camera)) => {
                self.simulator.attach(id, camera, &self.sink);
            }
            Request::Open(id, spec) => {
                let thread = SourceThread::start(id, spec, self.sink.clone());
                self.sources.insert(id, thread);
            }
            Request::Close(id) => self.close(id),
            Request::Play(id, state) => match self.dataset_of(id) {
                Some(set) => set.play(state),
                None => self.on_source(id, |s| s.play(state)),
            },
            Request::Seek(id, index) => match self.dataset_of(id) {
                Some(set) => set.seek(index),
                None => self.on_source(id, |s| s.seek(index)),
            },
            Request::Dataset(id, request) => self.dataset(id, request),
            Request::Simulator(order) => self.simulator.order(order, &self.sink),
            Request::Collect(config) => {
                collecting::start(&mut self.collecting, *config, &self.sink);
            }
            Request::CancelCollect => self.collecting.cancel(),
            Request::Train(order) => self.training.order(order, &self.sink),
            Request::Eval(order) => evaluation::order(&mut self.evaluating, order, &self.sink),
            Request::ListWebcams => desk::list_webcams(&self.sink),
            Request::Sniff(path) => desk::sniff(&self.sink, path),
            Request::Pick(pick) => desk::pick(&self.sink, pick),
            Request::SaveAnnotated { frame, groundings } => {
                desk::annotate(&self.sink, *frame, groundings);
            }
            Request::FindFont => desk::find_font(&self.sink),
            Request::Write { path, bytes } => desk::write(&self.sink, path, bytes),
        }
    }

    /// The next fact, if there is one; never waits.
    #[must_use]
    pub fn poll(&self) -> Option<Event> {
        self.events.try_recv().ok()
    }

    /// The next fact; waits for it. For the command line, which has nothing else to do.
    #[must_use]
    pub fn wait(&self) -> Option<Event> {
        self.events.recv().ok()
    }

    /// The newest progress of a load, once.
    #[must_use]
    pub fn poll_progress(&mut self) -> Option<Progress> {
        let (seen, progress) = self.load_progress.1.newer(self.load_progress.0)?;
        self.load_progress.0 = seen;
        Some(progress)
    }

    /// Frames that are newer than those given before, one for each source at most.
    #[must_use]
    pub fn poll_frames(&mut self) -> Vec<(SourceId, Frame)> {
        let sources = self.sources.iter_mut();
        let files = sources.filter_map(|(id, source)| Some((*id, source.newer_frame()?)));
        let mut frames: Vec<_> = files.collect();
        frames.extend(self.simulator.frames());
        frames
    }

    /// Where the simulator stands at the frames that [`Self::poll_frames`] gave last, once.
    #[must_use]
    pub fn poll_simulator(&mut self) -> Option<SimulatorStatus> {
        self.simulator.status()
    }

    /// The newest progress of collecting, once.
    #[must_use]
    pub fn poll_collecting(&mut self) -> Option<Progress> {
        self.collecting.progress()
    }

    /// The steps of the training since the last time, and its newest progress.
    #[must_use]
    pub fn poll_training(&mut self) -> Option<TrainNews> {
        self.training.news()
    }

    /// The newest progress of an evaluation, once.
    #[must_use]
    pub fn poll_evaluating(&mut self) -> Option<Progress> {
        self.evaluating.progress()
    }

    /// What the open dataset shows, if it is newer than what was given before.
    #[must_use]
    pub fn poll_shown(&mut self) -> Option<(DatasetId, Shown)> {
        let set = self.dataset.as_mut()?;
        Some((set.id, set.newer()?))
    }

    fn dataset(&mut self, id: DatasetId, request: DatasetRequest) {
        match request {
            DatasetRequest::Open(path) => {
                self.dataset = Some(DatasetThread::start(id, path, self.sink.clone()));
            }
            DatasetRequest::Close => drop(self.dataset.take_if(|set| set.id == id)),
            request => {
                if let Some(set) = self.dataset.as_mut().filter(|set| set.id == id) {
                    set.request(request);
                }
            }
        }
    }

    fn dataset_of(&self, id: SourceId) -> Option<&DatasetThread> {
        self.dataset.as_ref().filter(|set| set.owns(id))
    }

    fn close(&mut self, id: SourceId) {
        if self.sources.remove(&id).is_none() {
            self.simulator.detach(id);
        }
        if let Some(set) = self.dataset.as_mut().filter(|set| set.owns(id)) {
            set.forget(id);
        }
    }

    fn on_source(&self, id: SourceId, act: impl FnOnce(&SourceThread)) {
        if let Some(source) = self.sources.get(&id) {
            act(source);
        }
    }

    fn query_dropped(&self, id: Option<QueryId>) {
        if let Some(id) = id {
            // The window drains the queue each frame, so there is room; a full queue only delays this thread's caller.
            self.sink.send(Event::QueryCancelled(id));
        }
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.desk.quit();
    }
}
