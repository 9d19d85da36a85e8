//! What the engine tells: facts, in order, none lost.

use std::path::PathBuf;
use std::time::Duration;

use super::font::SystemFont;
use super::memory::Memory;
use super::request::{LoadTarget, QueryId, SourceId};
use crate::geometry::ImageSize;
use crate::model::answer::{Answer, AnswerEvent};
use crate::model::checkpoint::LoadReport;

/// What kind of source it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SourceKind {
    /// A single picture.
    Picture,
    /// A folder of pictures.
    Folder,
    /// A video file.
    Video,
    /// A live camera.
    Camera,
    /// A camera of the simulator.
    Simulator,
}

/// A source that is open.
#[derive(Debug, Clone, PartialEq)]
pub struct SourceInfo {
    /// Its name, for people.
    pub name: String,
    /// What it is.
    pub kind: SourceKind,
    /// Size of its frames.
    pub size: ImageSize,
    /// Frames in all, if it ends.
    pub frames: Option<u64>,
    /// Frames per second, if it has a pace.
    pub fps: Option<f64>,
    /// How long it is.
    pub duration: Option<Duration>,
    /// Codec or pixel format and anything to know: "H.264", "16 bits reduced to 8".
    pub format: String,
}

/// A format a camera offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebcamFormat {
    /// What to put into [`super::SourceSpec::Webcam`].
    pub id: String,
    /// For people: "1280x720 MJPG 30 fps".
    pub text: String,
}

/// A camera of this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebcamChoice {
    /// Its stable identity.
    pub device: String,
    /// Its name, for people.
    pub name: String,
    /// Formats it offers.
    pub formats: Vec<WebcamFormat>,
    /// Why it cannot be used, for people.
    pub problem: Option<String>,
}

/// What a path was found to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// A checkpoint.
    Checkpoint,
    /// Recorded episodes or annotated pictures.
    Dataset,
    /// A recipe of a training.
    Recipe,
    /// Something to look at.
    Source,
}

/// One fact.
#[derive(Debug)]
pub enum Event {
    /// A checkpoint is loaded and ready.
    Loaded(Box<LoadReport>),
    /// A checkpoint could not be loaded; the one loaded before stays.
    LoadFailed {
        /// What was to be loaded.
        target: LoadTarget,
        /// Why not, and what to do.
        error: String,
        /// Whether choosing another folder for the tokenizer would help.
        wants_tokenizer: bool,
        /// Whether somebody cancelled.
        cancelled: bool,
    },
    /// The checkpoint is closed.
    Unloaded,
    /// Memory in use changed.
    Memory(Memory),
    /// A query began.
    QueryStarted(QueryId),
    /// A query is the first of its kind on a graphics device, which compiles and tunes its kernels now; the device.
    QueryPreparing(QueryId, String),
    /// A query wrote a token or entered a stage.
    QueryProgress(QueryId, AnswerEvent),
    /// A query was answered.
    Answered(QueryId, Box<Answer>),
    /// A query failed.
    QueryFailed(QueryId, String),
    /// A query was cancelled or replaced by a newer one.
    QueryCancelled(QueryId),
    /// A source is open.
    SourceOpened(SourceId, SourceInfo),
    /// A source could not be opened, or broke; a camera that was pulled out says so here.
    SourceFailed(SourceId, String),
    /// One frame of a source could not be read; the rest can.
    SourceWarning(SourceId, String),
    /// A source came to its end.
    SourceEnded(SourceId),
    /// Something about a dataset.
    Dataset(super::DatasetId, super::DatasetEvent),
    /// The cameras of this machine.
    Webcams(Result<Vec<WebcamChoice>, String>),
    /// Paths chosen in a dialog; empty when it was closed.
    Picked(super::request::Pick, Vec<PathBuf>),
    /// The system has no file dialog to show.
    DialogFailed,
    /// What a path was found to be.
    Sniffed {
        /// The path.
        path: PathBuf,
        /// What it is.
        found: Found,
    },
    /// The search for a font ended.
    FontSearched(Option<SystemFont>),
    /// A file was written.
    Written(PathBuf),
    /// A file could not be written.
    WriteFailed(PathBuf, String),
    /// The simulator told something.
    Simulator(super::simulator::SimulatorEvent),
    /// Collecting told something.
    Collect(super::collecting::CollectEvent),
    /// A training told something.
    Train(super::training::TrainEvent),
    /// An evaluation told something.
    Eval(super::evaluation::EvalEvent),
    /// A thread panicked and was started again.
    Crashed {
        /// Which one.
        thread: String,
        /// What it said.
        message: String,
    },
}
