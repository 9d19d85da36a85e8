//! What is said between the window and a training: orders, facts, numbers.

use std::path::PathBuf;

use super::curves::RunCurves;
use super::recipe::RecipeProblem;
use crate::train::{Report, RunConfig, StepMetrics};

/// An order to the trainer.
#[derive(Debug, Clone, PartialEq)]
pub enum TrainOrder {
    /// Train from the beginning.
    Start(Box<RunConfig>),
    /// Go on from the state that is saved in the run folder.
    Resume(Box<RunConfig>),
    /// Hold after the step under way, keeping everything in memory.
    Pause,
    /// Go on after a pause.
    Continue,
    /// Save and end after the step under way.
    Stop,
    /// Read a recipe.
    ReadRecipe(PathBuf),
    /// Read a run folder, to compare it.
    ReadRun(PathBuf),
    /// Count what a dataset has to learn from.
    Count(PathBuf),
}

/// Why a training ended early.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrainFailure {
    /// What, what to do, and where.
    pub text: String,
    /// The last step that was taken.
    pub step: Option<u64>,
    /// Whether it crashed: a fault of the program, not of the settings.
    pub crashed: bool,
}

/// A fact about a training.
#[derive(Debug)]
pub enum TrainEvent {
    /// It holds, after this step.
    Paused(u64),
    /// It ended: all steps are taken, or it was stopped and saved.
    Done(Box<Report>),
    /// It was stopped before its first step; nothing was written over.
    Cancelled,
    /// It ended early. What was saved before stays usable.
    Failed(TrainFailure),
    /// A recipe was read.
    Recipe {
        /// Its file.
        path: PathBuf,
        /// Its text.
        text: String,
    },
    /// A recipe cannot be read: why, and what to do.
    RecipeFailed(String),
    /// A run folder was read.
    Run(Box<RunRecord>),
    /// A run folder cannot be read.
    RunFailed(PathBuf, String),
    /// What a dataset has.
    Counted(PathBuf, Result<SourceCount, String>),
}

/// What a dataset has to learn from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SourceCount {
    /// Recorded episodes; none for labelled pictures.
    pub episodes: Option<u64>,
    /// Labelled samples, or frames of all episodes.
    pub samples: u64,
    /// Questions with their answers among them.
    pub questions: u64,
}

/// What a run folder says.
#[derive(Debug, Clone, PartialEq)]
pub struct RunRecord {
    /// The folder.
    pub folder: PathBuf,
    /// What it was trained with.
    pub config: Result<RunConfig, RecipeProblem>,
    /// Every step that was recorded.
    pub curves: RunCurves,
    /// Checkpoints by step, oldest first.
    pub checkpoints: Vec<(u64, PathBuf)>,
    /// Lines that could not be read: the last one of a run that was killed is cut.
    pub bad_lines: u64,
    /// Whether there is a state to go on from.
    pub resumable: bool,
}

/// The newest of a training: state, newest wins, but for the steps, of which none is lost.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TrainNews {
    /// Steps since the last time.
    pub steps: Vec<StepMetrics>,
    /// What is being done, if that changed.
    pub progress: Option<crate::job::Progress>,
}
