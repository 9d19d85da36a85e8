//! The checkpoint that is loaded, or being loaded, or failed to load.

use std::path::PathBuf;

use super::{Command, CommandId};
use crate::engine::{LoadReport, LoadTarget};
use crate::job::Progress;

/// A load under way.
#[derive(Debug, Clone, PartialEq)]
pub struct Loading {
    /// What is being loaded.
    pub target: LoadTarget,
    /// The folder with its tokenizer, where a person chose one.
    pub tokenizer: Option<PathBuf>,
    /// How far it is.
    pub progress: Option<Progress>,
    /// When it began, in seconds since the window opened.
    pub since_secs: f64,
}

/// A load that failed.
#[derive(Debug, Clone, PartialEq)]
pub struct LoadFailure {
    /// What was to be loaded.
    pub target: LoadTarget,
    /// What, where and what to do.
    pub error: String,
    /// Whether choosing another folder for the tokenizer would help.
    pub wants_tokenizer: bool,
}

impl LoadFailure {
    /// The same load once more.
    #[must_use]
    pub fn again(&self) -> Command {
        match &self.target {
            LoadTarget::Path(path) => Command::LoadCheckpoint(path.clone()),
            LoadTarget::Shipped => Command::Plain(CommandId::OpenDemo),
        }
    }

    /// The choice of a tokenizer, where that would help.
    #[must_use]
    pub fn choose_tokenizer(&self) -> Option<Command> {
        match &self.target {
            LoadTarget::Path(path) if self.wants_tokenizer => {
                Some(Command::PickPlanner(path.clone()))
            }
            _ => None,
        }
    }
}

/// The state of the model.
#[derive(Debug, Clone, Default)]
pub struct ModelState {
    /// What is loaded and ready.
    pub report: Option<Box<LoadReport>>,
    /// What is being loaded.
    pub loading: Option<Loading>,
    /// Why the last load failed.
    pub failure: Option<LoadFailure>,
}
