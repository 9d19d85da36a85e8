//! What is played, by whom, and how.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::report::Column;
use crate::control::{AdaptiveEnsemble, Playback};
use crate::model::device::{DeviceChoice, Precision};

/// Who drives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PolicyChoice {
    /// The scripted expert, which sees the simulator's state.
    Expert,
    /// The expert's actions played again, blindly.
    Replay,
    /// A checkpoint.
    Checkpoint(PathBuf),
}

/// What is played.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RolloutConfig {
    /// Who drives.
    pub policy: PolicyChoice,
    /// The folder with the tokenizer, if the run does not say.
    pub base_vlm: Option<PathBuf>,
    /// `widowx`, `google` or `all`.
    pub suite: String,
    /// What beyond the benchmark's own episodes.
    pub columns: Vec<Column>,
    /// Episodes of each row; every layout and variant of the benchmark once if 0.
    pub episodes: usize,
    /// What everything random is drawn from.
    pub seed: u64,
    /// Cameras the policy sees, in order; if none is named those it was trained with, else the arm's own outside camera.
    pub views: Vec<String>,
    /// Steps of a chunk that are carried out before the next is asked for; with 0 every step asks and the last chunks
    /// are averaged.
    pub execute: usize,
    /// Chunks that are averaged; 7 on the WidowX arm and 2 on the Google robot if 0.
    pub horizon: usize,
    /// Held-out wordings of each instruction.
    pub wordings: usize,
    /// Diffusion steps.
    pub steps: usize,
    /// Classifier-free guidance.
    pub guidance: f32,
    /// Which statistics turn normalised actions into SI.
    pub statistics_key: Option<String>,
    /// Whether every episode is filmed.
    pub video: bool,
    /// Whether what plays every episode again is written too.
    pub rollouts: bool,
    /// The folder of the run.
    #[serde(skip)]
    pub out: PathBuf,
    /// Episodes at the same time, for policies without a network; as many as there are cores if 0.
    #[serde(skip)]
    pub workers: usize,
    /// Where a network runs.
    pub device: DeviceChoice,
    /// Precision of linear weights.
    pub precision: Precision,
}

impl Default for RolloutConfig {
    fn default() -> Self {
        Self {
            policy: PolicyChoice::Expert,
            base_vlm: None,
            suite: "widowx".into(),
            columns: vec![Column::Base],
            episodes: 0,
            seed: 0,
            views: Vec::new(),
            execute: 0,
            horizon: 0,
            wordings: 4,
            steps: 10,
            guidance: 1.5,
            statistics_key: None,
            video: true,
            rollouts: false,
            out: PathBuf::new(),
            workers: 0,
            device: DeviceChoice::default(),
            precision: Precision::default(),
        }
    }
}

impl RolloutConfig {
    /// Episodes at the same time.
    #[must_use]
    pub fn workers(&self) -> usize {
        match self.workers {
            0 => std::thread::available_parallelism().map_or(1, usize::from),
            some => some.min(256),
        }
    }

    /// How chunks are played on an arm (the horizons of `SimplerEnv`'s clients for this policy).
    #[must_use]
    pub fn playback(&self, robot: &str) -> Playback {
        if self.execute > 0 {
            return Playback::Receding {
                steps: self.execute,
            };
        }
        let usual = if robot == "google" { 2 } else { 7 };
        Playback::Ensemble {
            horizon: if self.horizon == 0 {
                usual
            } else {
                self.horizon
            },
            alpha: AdaptiveEnsemble::ALPHA,
        }
    }
}
