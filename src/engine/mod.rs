//! The only owner of threads. Takes [`Request`]s, gives back [`Event`]s and the newest telemetry.
//!
//! Events are facts: lossless, in order, bounded by the requests in flight. Telemetry is state: newest wins. Neither
//! side ever waits for the other: the window sends without blocking and polls between frames; threads call `wake`
//! when there is something to see. How anything is computed is not known here.

pub mod annotated;
mod desk;
mod event;
mod font;
mod logger;
mod mailbox;
mod memory;
mod policy;
mod request;
pub mod shipped;
mod source;
pub mod store;
mod worker;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};

pub use event::{Event, SourceInfo, SourceKind, WebcamChoice, WebcamFormat};
pub use font::SystemFont;
pub use logger::{LogLevel, LogRecord, install_logger, take_log};
pub use mailbox::Latest;
pub use memory::Memory;
pub use request::{
    LoadRequest, LoadTarget, Pick, PlayState, QueryId, Request, SourceId, SourceSpec,
};
pub use worker::Wake;

// What the floors above may hold of the rooms below: plain data.
pub use crate::model::answer::{
    ActionAnswer, Answer, AnswerEvent, Query, QueryOptions, ReplyToken, RopeChoice, StageTime,
    StopReason, TextAnswer, Timing,
};
pub use crate::model::checkpoint::{
    LoadReport, LoadedOn, MisshapenTensor, ModelSize, Part, TensorFindings,
};
pub use crate::model::device::{AdapterSummary, DeviceChoice, Precision, SharedGpu};

use crate::job::Progress;
use crate::model::device::Devices;
use crate::vision::Frame;
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
            Request::Open(id, spec) => {
                let thread = SourceThread::start(id, spec, self.sink.clone());
                self.sources.insert(id, thread);
            }
            Request::Close(id) => drop(self.sources.remove(&id)),
            Request::Play(id, state) => self.on_source(id, |s| s.play(state)),
            Request::Seek(id, index) => self.on_source(id, |s| s.seek(index)),
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
        self.sources
            .iter_mut()
            .filter_map(|(id, source)| Some((*id, source.newer_frame()?)))
            .collect()
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
