//! The document: what is open, selected and latest. Plain data, testable without a window.
//!
//! Data flows one way: a panel reads the [`Workbench`] and pushes [`Command`]s; after drawing, [`Workbench::apply`]
//! changes the document and returns requests for the engine; the engine's events come back through
//! [`Workbench::absorb`]. Knows no egui, Burn, files or threads.

mod absorb;
mod apply;
mod axes;
mod command;
mod dataset;
mod driving;
mod evaluation;
pub mod export;
mod generate;
mod keymap;
mod message;
mod model;
mod names;
mod notice;
mod query;
mod settings;
mod simulator;
mod source;
mod training;

pub use axes::{ActionAxis, AxisGroup, action_axes};
pub use command::{COMMANDS, Command, CommandId, CommandSpec, Shortcut};
pub use dataset::{DatasetCommand, DatasetState, DatasetStatus, Recorded, TruthLayers, Workspace};
pub use driving::Driving;
pub use evaluation::{
    EvalPhase, EvalRun, EvaluationCommand, EvaluationState, OutcomeFilter, OutcomeKind, report_name,
};
pub use generate::{CollectPhase, CollectRun, GenerateState, THUMBNAILS};
pub use keymap::{KEY_NAMES, Keymap};
pub use message::{Message, capitalised};
pub use model::{LoadFailure, Loading, ModelState};
pub use notice::{LogLine, Notice, NoticeLevel, Notices};
pub use query::{Asking, QueryRun, ResultSet, Running};
pub use settings::{Settings, Theme};
pub use simulator::{SimulatorAct, SimulatorPhase, SimulatorState};
pub use source::{SourceState, SourceStatus};
pub use training::{
    COMPARED, ComparedRun, RecipeState, RunStatus, ShownRun, TrainPhase, TrainRun, TrainingCommand,
    TrainingState, run_name,
};

use crate::engine::{Memory, SourceId, SystemFont, WebcamChoice};

/// Everything the window shows.
#[derive(Debug, Default)]
pub struct Workbench {
    /// Open sources, in the order they were opened.
    pub sources: Vec<SourceState>,
    /// The source whose frame the transport bar moves and whose name the canvas shows.
    pub selected: Option<SourceId>,
    /// The dataset that is being looked at.
    pub dataset: Option<DatasetState>,
    /// The cameras of this machine, once listed.
    pub webcams: Option<Result<Vec<WebcamChoice>, String>>,
    /// The checkpoint.
    pub model: ModelState,
    /// Memory in use, once the engine has told.
    pub memory: Option<Memory>,
    /// A font of the system for scripts that the program's own fonts lack, once such text was met.
    pub font: FontSearch,
    /// What is being asked.
    pub asking: Asking,
    /// The simulator.
    pub simulator: SimulatorState,
    /// The policy that drives it.
    pub driving: Driving,
    /// Collecting episodes.
    pub generate: GenerateState,
    /// Recipe and runs of training.
    pub training: TrainingState,
    /// Evaluations.
    pub evaluation: EvaluationState,
    /// Messages to act on and the log.
    pub notices: Notices,
    /// Preferences, kept between starts.
    pub settings: Settings,
    /// Index of the grounding under the pointer or chosen in the list.
    pub highlighted: Option<usize>,
    /// Seconds since the window opened; set once a frame, so that ages need no clock.
    pub now_secs: f64,
    next_id: u64,
}

/// The search for a font of the system.
#[derive(Debug, Default)]
pub enum FontSearch {
    /// No text has needed one.
    #[default]
    NotNeeded,
    /// The engine looks for one, or found none.
    Asked,
    /// Found.
    Found(SystemFont),
}

impl Workbench {
    /// An empty document with these preferences.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            ..Self::default()
        }
    }
}
