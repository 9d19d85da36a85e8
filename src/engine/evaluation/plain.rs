//! What is said between the window and an evaluation: what to run, what came of it.

use std::path::PathBuf;

use super::Comparison;
use crate::eval::grounding::GroundingReport;
use crate::eval::rollout::{Column, EpisodeResult, RolloutReport};
use crate::grounding::Grounding;
use crate::model::device::{DeviceChoice, Precision};

/// What is evaluated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum EvalKind {
    /// A checkpoint is asked every question of a dataset.
    #[default]
    Grounding,
    /// A policy drives the simulated arm.
    Simulator,
    /// Answers that are in a file already are scored.
    Files,
}

/// What to evaluate, and where the run goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvalSetup {
    /// What is evaluated.
    pub kind: EvalKind,
    /// The checkpoint that answers or drives; empty for the scripted expert, which only drives.
    pub checkpoint: PathBuf,
    /// Labelled pictures to ask about.
    pub dataset: PathBuf,
    /// Most questions.
    pub limit: usize,
    /// Answers, one JSON object a line.
    pub predictions: PathBuf,
    /// What is true, one JSON object a line, or labels.
    pub truth: PathBuf,
    /// `widowx`, `google` or `all`.
    pub suite: String,
    /// Comparisons beside the benchmark's own episodes.
    pub columns: Vec<Column>,
    /// Episodes of each row; every layout once if 0.
    pub episodes: usize,
    /// What everything random is drawn from.
    pub seed: u64,
    /// Whether every episode is filmed.
    pub video: bool,
    /// The folder of the run; an interrupted run goes on.
    pub out: PathBuf,
    /// Where a network runs.
    pub device: DeviceChoice,
    /// Precision of its weights.
    pub precision: Precision,
}

impl Default for EvalSetup {
    fn default() -> Self {
        Self {
            kind: EvalKind::Grounding,
            checkpoint: PathBuf::new(),
            dataset: PathBuf::new(),
            limit: 500,
            predictions: PathBuf::new(),
            truth: PathBuf::new(),
            suite: "widowx".into(),
            columns: vec![Column::Base],
            episodes: 12,
            seed: 0,
            video: true,
            out: PathBuf::new(),
            device: DeviceChoice::default(),
            precision: Precision::default(),
        }
    }
}

/// An order to the evaluation.
#[derive(Debug, Clone, PartialEq)]
pub enum EvalOrder {
    /// Run; a run in the same folder with the same settings goes on.
    Start(Box<EvalSetup>),
    /// Stop; what was finished stays.
    Stop,
    /// Read the report of a run: its folder, or `report.json`.
    Open(PathBuf),
    /// Pair two runs, question by question or episode by episode.
    Compare(PathBuf, PathBuf),
}

/// A fact about an evaluation.
#[derive(Debug)]
pub enum EvalEvent {
    /// An episode ended.
    Episode(Box<EpisodeResult>),
    /// The run is complete and its report written.
    Done(Box<EvalReport>),
    /// Somebody stopped it; the same run goes on from there.
    Cancelled,
    /// It ended early: why, and what to do.
    Failed(String),
    /// A report was read.
    Opened(Box<EvalReport>),
    /// A report cannot be read.
    OpenFailed(PathBuf, String),
    /// Two runs were paired.
    Compared(Box<Comparison>),
    /// They cannot be.
    CompareFailed(String),
}

/// The numbers of a run.
#[derive(Debug, Clone, PartialEq)]
pub enum EvalScores {
    /// Of answers about pictures.
    Grounding(Box<GroundingReport>),
    /// Of episodes.
    Simulator(Box<RolloutReport>),
}

/// A finished run.
#[derive(Debug, Clone, PartialEq)]
pub struct EvalReport {
    /// Its folder.
    pub folder: PathBuf,
    /// Its numbers.
    pub scores: EvalScores,
    /// Every question or episode.
    pub outcomes: Vec<Outcome>,
}

/// One question or episode.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Outcome {
    /// Its name, the same in every run.
    pub id: String,
    /// The part of the set it is counted in.
    pub part: String,
    /// What was asked, or what the arm was told.
    pub text: String,
    /// Whether it is right; none where there is no right or wrong.
    pub won: Option<bool>,
    /// What came of it: "`IoU` 0.12", "not readable", "out of time after 60 steps".
    pub note: String,
    /// From worst to best: what a list is sorted by.
    pub rank: f64,
    /// The picture or film of it, if it is here.
    pub place: Option<PathBuf>,
    /// Whether the last frame is what to look at, not the first.
    pub at_end: bool,
    /// What is true in that picture.
    pub truth: Vec<Grounding>,
    /// What was answered.
    pub answer: Vec<Grounding>,
}
