//! `spvla eval simulator`.
//!
//! JSON: `{"schema": 1, "simulator": {"policy", "world", "device", "config", "n", "rows": [{"column", "row", "suite",
//! "success", "pooled", "worlds", "grasped", "settings", "parts", "ended", "steps", "seeds"}], "averages", "wordings",
//! "unseen_drop", "seconds", "episodes"}}`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use crate::cli::{Outcome, Placement, json as write_json, text};
use crate::eval::rollout::{
    Column, EpisodeResult, PolicyChoice, RolloutConfig, SCHEMA, run as play,
};
use crate::job::{JobContext, Progress};

/// Policies without a checkpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Blind {
    /// The scripted expert, which sees the simulator's state
    Expert,
    /// The expert's actions played again
    Replay,
}

/// Arguments of `spvla eval simulator`.
#[derive(Debug, Args)]
pub struct Options {
    /// The checkpoint that drives
    #[arg(long, value_name = "PATH", required_unless_present = "policy")]
    checkpoint: Option<PathBuf>,
    /// What drives instead of a checkpoint, to check the loop itself
    #[arg(long, value_enum, conflicts_with = "checkpoint")]
    policy: Option<Blind>,
    /// The folder with the tokenizer, if the run does not say
    #[arg(long, value_name = "PATH", requires = "checkpoint")]
    base_vlm: Option<PathBuf>,
    /// Rows to play: widowx, google or all
    #[arg(long, default_value = "widowx")]
    suite: String,
    /// Comparisons beside the benchmark's own episodes, with commas; scattered alone is played without them
    #[arg(long, value_enum, value_delimiter = ',')]
    columns: Vec<Column>,
    /// Episodes of each row; if 0 every layout and variant of the benchmark once, and 24 where there are none. Beyond the
    /// layouts of a row the same ones are played again, so that only the policy's own chance differs
    #[arg(long, value_name = "N", default_value_t = 0)]
    episodes: usize,
    /// What everything random is drawn from
    #[arg(long, value_name = "S", default_value_t = 0)]
    seed: u64,
    /// Where episodes, films and reports go; an interrupted run goes on
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Cameras the policy sees, in order, with commas; if none is named those it was trained with, else the arm's own outside
    /// camera
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    views: Vec<String>,
    /// Carry out this many steps of each chunk; with 0 every step asks and the last chunks are averaged
    #[arg(long, value_name = "K", default_value_t = 0)]
    execute: usize,
    /// Chunks that are averaged; 7 on the WidowX arm and 2 on the Google robot if 0
    #[arg(long, value_name = "H", default_value_t = 0)]
    horizon: usize,
    /// Held-out wordings of each instruction, for the column `paraphrased`
    #[arg(long, value_name = "W", default_value_t = 4)]
    wordings: usize,
    /// Diffusion steps
    #[arg(long, default_value_t = 10)]
    steps: usize,
    /// Classifier-free guidance; 1 or less turns it off
    #[arg(long, default_value_t = 1.5)]
    guidance: f32,
    /// Which statistics turn normalised actions into SI, if there are several
    #[arg(long, value_name = "KEY")]
    statistics_key: Option<String>,
    /// Do not film the episodes
    #[arg(long)]
    no_video: bool,
    /// Also write what plays every episode again, `rollouts.jsonl`, for `spvla generate --takeover`; never those of the
    /// benchmark's own layouts, which are measured by
    #[arg(long)]
    rollouts: bool,
    /// Episodes at the same time, for policies without a network; as many as there are cores if 0
    #[arg(long, value_name = "K", default_value_t = 0)]
    workers: usize,
    #[command(flatten)]
    placement: Placement,
    /// Write JSON
    #[arg(long)]
    json: bool,
}

impl Options {
    fn config(&self) -> RolloutConfig {
        let blind = match self.policy {
            Some(Blind::Replay) => PolicyChoice::Replay,
            _ => PolicyChoice::Expert,
        };
        let mut columns = self.columns.clone();
        columns.sort_unstable();
        columns.dedup();
        RolloutConfig {
            policy: self
                .checkpoint
                .clone()
                .map_or(blind, PolicyChoice::Checkpoint),
            base_vlm: self.base_vlm.clone(),
            suite: self.suite.clone(),
            columns,
            episodes: self.episodes,
            seed: self.seed,
            views: self.views.clone(),
            execute: self.execute,
            horizon: self.horizon,
            wordings: self.wordings,
            steps: self.steps,
            guidance: self.guidance,
            statistics_key: self.statistics_key.clone(),
            video: !self.no_video,
            rollouts: self.rollouts,
            out: self.out.clone(),
            workers: self.workers,
            device: self.placement.device,
            precision: self.placement.precision,
        }
    }
}

pub(super) fn run(options: &Options) -> anyhow::Result<Outcome> {
    let bar = ProgressBar::new(0);
    if let Ok(style) =
        ProgressStyle::with_template("{bar:24} {pos}/{len} episodes, {eta} left  {wide_msg}")
    {
        bar.set_style(style);
    }
    let show = |progress: Progress| {
        if progress.stage == "Playing" {
            bar.set_length(progress.total);
            bar.set_position(progress.done);
        }
    };
    let context = JobContext {
        progress: &show,
        ..JobContext::silent()
    };
    let finished = |episode: &EpisodeResult| {
        bar.set_message(format!("{}: {:?}", episode.key, episode.ended));
    };
    let report = play(&options.config(), &context, &finished)?;
    bar.finish_and_clear();
    if options.json {
        write_json(&json!({ "schema": SCHEMA, "simulator": report }))?;
    } else {
        text(&report.markdown())?;
    }
    Ok(Outcome::Good)
}
