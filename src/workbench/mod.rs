//! The document: what is open, selected and latest. Plain data, testable without a window.
//!
//! Data flows one way: a panel reads the [`Workbench`] and pushes [`Command`]s; after drawing, [`Workbench::apply`]
//! changes the document and returns requests for the engine; the engine's events come back through
//! [`Workbench::absorb`]. Knows no egui, Burn, files, SQL or threads.

mod absorb;
mod apply;
mod axes;
mod command;
pub mod export;
mod keymap;
mod message;
mod model;
mod names;
mod notice;
mod query;
mod settings;
mod source;

pub use axes::{ActionAxis, AxisGroup, action_axes};
pub use command::{COMMANDS, Command, CommandId, CommandSpec, Shortcut};
pub use keymap::{KEY_NAMES, Keymap};
pub use message::{Message, capitalised};
pub use model::{LoadFailure, Loading, ModelState};
pub use notice::{LogLine, Notice, NoticeLevel, Notices};
pub use query::{Asking, QueryRun, ResultSet, Running};
pub use settings::{Settings, Theme};
pub use source::{SourceState, SourceStatus};

use crate::engine::{Memory, SourceId, SystemFont, WebcamChoice};

/// Everything the window shows.
#[derive(Debug, Default)]
pub struct Workbench {
    /// Open sources, in the order they were opened.
    pub sources: Vec<SourceState>,
    /// The source whose frame the transport bar moves and whose name the canvas shows.
    pub selected: Option<SourceId>,
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
