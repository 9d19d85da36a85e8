//! A run as it goes: how far, how fast, what it gave.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::Arc;

use crate::engine::{LearntPicture, RunConfig, RunCurves, StepMetrics, TrainFailure, TrainReport};
use crate::job::Progress;

/// Moments that the pace is measured over.
const PACE: usize = 64;
/// Pictures that are kept to look at.
const SAMPLES: usize = 32;

/// How a run is doing.
#[derive(Debug, Clone, PartialEq)]
pub enum TrainPhase {
    /// Opening datasets and model, before the first step.
    Preparing,
    /// Under way.
    Running,
    /// Finishes its step, then holds.
    Pausing,
    /// Holds, with everything in memory.
    Paused,
    /// Finishes its step, then saves.
    Stopping,
    /// Stopped and saved; it can be resumed.
    Stopped(Box<TrainReport>),
    /// All steps are taken.
    Done(Box<TrainReport>),
    /// Stopped before its first step.
    Cancelled,
    /// It ended early.
    Failed(TrainFailure),
}

/// The run under way, or the last one.
#[derive(Debug, Clone)]
pub struct TrainRun {
    /// What is trained, with whole paths.
    pub config: RunConfig,
    /// How it is doing.
    pub phase: TrainPhase,
    /// When it began, in seconds since the window opened.
    pub since_secs: f64,
    /// When it ended.
    pub ended_secs: Option<f64>,
    /// What it does before its first step.
    pub progress: Option<Progress>,
    /// Every number it told.
    pub curves: RunCurves,
    /// Whether steps of before are still being read from its folder.
    pub(super) wants_history: bool,
    /// Whether a step was told in this session.
    pub(super) began: bool,
    /// The newest pictures it learnt, by step.
    pub samples: VecDeque<(u64, Arc<LearntPicture>)>,
    /// When which step was told.
    pace: VecDeque<(f64, u64)>,
}

impl TrainRun {
    pub(super) fn new(config: RunConfig, since_secs: f64) -> Self {
        Self {
            config,
            phase: TrainPhase::Preparing,
            since_secs,
            ended_secs: None,
            progress: None,
            curves: RunCurves::default(),
            wants_history: false,
            began: false,
            samples: VecDeque::new(),
            pace: VecDeque::new(),
        }
    }

    /// Whether it is under way, held ones included.
    #[must_use]
    pub const fn is_running(&self) -> bool {
        matches!(
            self.phase,
            TrainPhase::Preparing
                | TrainPhase::Running
                | TrainPhase::Pausing
                | TrainPhase::Paused
                | TrainPhase::Stopping
        )
    }

    /// The newest step.
    #[must_use]
    pub fn step(&self) -> u64 {
        self.curves.last().map_or(0, |last| last.step)
    }

    /// Steps a second, over the last few.
    #[must_use]
    pub fn steps_per_second(&self) -> Option<f64> {
        let (first, last) = (self.pace.front()?, self.pace.back()?);
        let seconds = last.0 - first.0;
        (seconds > 0.0).then(|| (last.1 - first.1) as f64 / seconds)
    }

    /// Seconds left at this pace.
    #[must_use]
    pub fn left(&self) -> Option<f64> {
        let left = self.config.steps.saturating_sub(self.step()) as f64;
        let pace = self.steps_per_second().filter(|pace| *pace > 0.0)?;
        Some(left / pace)
    }

    /// Seconds it took, or takes until `now`.
    #[must_use]
    pub fn seconds(&self, now: f64) -> f64 {
        (self.ended_secs.unwrap_or(now) - self.since_secs).max(0.0)
    }

    /// The newest checkpoint of this session, once one is known.
    #[must_use]
    pub fn checkpoint(&self) -> Option<&PathBuf> {
        match &self.phase {
            TrainPhase::Done(report) | TrainPhase::Stopped(report) => report.checkpoint.as_ref(),
            _ => None,
        }
    }

    /// Whether a checkpoint lies in its folder by now.
    #[must_use]
    pub fn has_checkpoint(&self) -> bool {
        self.checkpoint().is_some() || self.step() >= self.config.save_every.max(1)
    }

    /// Takes in steps that were told at `now`.
    pub(super) fn take(&mut self, steps: &[StepMetrics], now: f64) {
        let Some(first) = steps.first() else { return };
        if !self.began {
            self.began = true;
            self.curves.cut(first.step);
        }
        for step in steps {
            self.curves.push(step);
            let picture = step.picture.iter().map(|p| (step.step, Arc::clone(p)));
            self.samples.extend(picture);
        }
        while self.samples.len() > SAMPLES {
            self.samples.pop_front();
        }
        if matches!(self.phase, TrainPhase::Preparing) {
            self.phase = TrainPhase::Running;
        }
        self.pace.push_back((now, self.step()));
        while self.pace.len() > PACE {
            self.pace.pop_front();
        }
    }

    /// Forgets how fast it was: time stood still meanwhile.
    pub(super) fn rest(&mut self) {
        self.pace.clear();
    }
}
