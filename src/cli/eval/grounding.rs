//! `spvla eval grounding`.
//!
//! JSON: `{"schema": 1, "grounding": {"of": {"policy", "set", "device"}, "n", "unparsed", "missing", "unknown",
//! "kinds": {"box" | "point" | "trace" | "plan": {"n", "unparsed", "hits", "boxes", "inside", "distance", "trace",
//! "calibration"}}, "groups": {name: kinds}, "seconds"}}`; a rate is `{"k", "n", "rate", "interval95"}`, a mean
//! `{"n", "mean", "interval95"}`.

use std::path::PathBuf;
use std::sync::Mutex;

use anyhow::bail;
use clap::Args;
use serde_json::json;

use super::Limits;
use crate::cli::progress::ProgressLine;
use crate::cli::{Outcome, Placement, json as write_json, text};
use crate::eval::grounding::{
    AskConfig, GroundingReport, SCHEMA, Score, ask, from_files, score_files, write,
};
use crate::job::{JobContext, Progress};

const FILES: &str = "\
Files hold one JSON object a line.

A truth: {\"id\", \"kind\": box | point | trace | plan, \"width\", \"height\", \"group\"} with the answer:
\"box\" or \"boxes\" [x1, y1, x2, y2]; \"trace\" [[x, y], ...]; \"text\" of a plan; for a point \"mask\"
(COCO run lengths {\"size\": [height, width], \"counts\"}), \"polygon\", \"box\", or reference \"points\".
Pixels of the picture.

A prediction: {\"id\", \"text\"} with the planner's reply, and \"resized\" [width, height] of the picture
it saw if that was another; or \"box\", \"boxes\", \"point\", \"points\", \"trace\", \"subtask\" as they are.
\"confidence\" from 0 to 1.

Truths may also be labels of any format that `spvla dataset` reads, such as conversations.
What cannot be read, and what is missing, is a miss and stays in the denominator.";

/// The report of a set and the scores it is made of.
type Scored = (GroundingReport, Vec<Score>);

/// Arguments of `spvla eval grounding`.
#[derive(Debug, Args)]
#[command(after_long_help = FILES)]
pub struct Options {
    /// Answers, one JSON object a line
    #[arg(
        long,
        value_name = "FILE",
        requires = "truth",
        conflicts_with = "checkpoint"
    )]
    predictions: Option<PathBuf>,
    /// What is true, one JSON object a line
    #[arg(long, value_name = "FILE", requires = "predictions")]
    truth: Option<PathBuf>,
    /// The checkpoint to ask
    #[arg(long, value_name = "PATH", requires_all = ["dataset", "out"])]
    checkpoint: Option<PathBuf>,
    /// The folder with the tokenizer, if the run does not say
    #[arg(long, value_name = "PATH", requires = "checkpoint")]
    base_vlm: Option<PathBuf>,
    /// Labelled pictures to ask about: COCO, conversations, a folder that `generate` wrote, and so on
    #[arg(long, value_name = "PATH", requires = "checkpoint")]
    dataset: Option<PathBuf>,
    /// Where predictions, scores and reports go; an interrupted run goes on
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    #[command(flatten)]
    limits: Limits,
    #[command(flatten)]
    placement: Placement,
    /// Write JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(options: &Options) -> anyhow::Result<Outcome> {
    let report = match (&options.predictions, &options.truth, &options.out) {
        (Some(predictions), Some(truth), Some(out)) => score_files(predictions, truth, out)?.0,
        (Some(predictions), Some(truth), None) => from_files(predictions, truth)?.0,
        _ => asked(options)?,
    };
    if options.json {
        write_json(&json!({ "schema": SCHEMA, "grounding": report }))?;
    } else {
        text(&report.markdown())?;
    }
    Ok(Outcome::Good)
}

fn asked(options: &Options) -> anyhow::Result<GroundingReport> {
    let (Some(checkpoint), Some(dataset), Some(out)) =
        (&options.checkpoint, &options.dataset, &options.out)
    else {
        bail!("give --predictions and --truth, or --checkpoint, --dataset and --out");
    };
    let config = AskConfig {
        checkpoint: checkpoint.clone(),
        base_vlm: options.base_vlm.clone(),
        dataset: dataset.clone(),
        out: out.clone(),
        limit: options.limits.limit,
        max_new_tokens: options.limits.max_new_tokens,
        device: options.placement.device,
        precision: options.placement.precision,
    };
    let (report, scores) = watched(&config)?;
    write(out, &report, &scores)?;
    Ok(report)
}

/// Asks, with progress where a person looks at it.
pub(super) fn watched(config: &AskConfig) -> anyhow::Result<Scored> {
    let line = Mutex::new(ProgressLine::new());
    let show = |progress: Progress| {
        if let Ok(mut line) = line.lock() {
            line.show(&progress);
        }
    };
    let context = JobContext {
        progress: &show,
        ..JobContext::silent()
    };
    Ok(ask(config, &context)?)
}
