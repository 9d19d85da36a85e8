//! `spvla bench model`: how fast a model is on this machine. Other subjects of `spvla bench` have files of their own.
//!
//! JSON: `{"schema": 1, "report": {"model", "device", "precision", "views", "parameters", "weight_bytes",
//! "peak_memory_bytes", "device_memory_bytes", "prompt_tokens", "rows": [{"stage", "ms", "per_second"}]}}`.

use std::path::PathBuf;
use std::sync::Mutex;

use clap::{Args, Subcommand};
use serde::Serialize;

use super::progress::ProgressLine;
use super::table::{Flush, Table};
use super::{Outcome, Placement, json, text};
use crate::bench::{self, Config, Model, Report, Shape};
use crate::job::{CancelToken, JobContext, Progress};

/// What to measure.
#[derive(Debug, Subcommand)]
pub enum Bench {
    /// Load time, memory and the time of every stage of a model
    Model(Options),
    /// How often the scripted expert does what it is asked, task by task
    Expert(super::expert::Options),
    /// How fast episodes become data, stage by stage
    Generate(super::throughput::Options),
    /// How fast a model of a run's sizes trains, stage by stage
    Train(super::train::BenchOptions),
}

/// Arguments of `spvla bench model`.
#[derive(Debug, Args)]
pub struct Options {
    /// A published shape with random weights
    #[arg(long, value_enum, default_value_t = Shape::Tiny, conflicts_with = "checkpoint")]
    shape: Shape,
    /// Random weights: the only ones a shape has
    #[arg(long, conflicts_with = "checkpoint")]
    random: bool,
    /// A checkpoint in place of a shape
    #[arg(long, value_name = "PATH")]
    checkpoint: Option<PathBuf>,
    /// Cameras
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u16).range(1..=16))]
    views: u16,
    /// Where and how the model runs
    #[command(flatten)]
    placement: Placement,
    /// Write JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Measurement {
    schema: u32,
    report: Report,
}

pub(super) fn run(bench: &Bench) -> anyhow::Result<Outcome> {
    match bench {
        Bench::Model(options) => model(options),
        Bench::Expert(options) => super::expert::run(options),
        Bench::Generate(options) => super::throughput::run(options),
        Bench::Train(options) => super::train::bench(options),
    }
}

fn model(options: &Options) -> anyhow::Result<Outcome> {
    let config = Config {
        model: match &options.checkpoint {
            Some(path) => Model::Checkpoint(path.clone()),
            None => Model::Random(options.shape),
        },
        views: usize::from(options.views),
        device: options.placement.device,
        precision: options.placement.precision,
    };
    let line = Mutex::new(ProgressLine::new());
    let show = |progress: Progress| {
        if let Ok(mut line) = line.lock() {
            line.show(&progress);
        }
    };
    let context = JobContext {
        cancel: CancelToken::default(),
        progress: &show,
    };
    let report = bench::run(&config, &context)?;
    drop(line);
    if options.json {
        json(&Measurement { schema: 1, report })?;
    } else {
        text(&table(&report))?;
    }
    Ok(Outcome::Good)
}

fn table(report: &Report) -> String {
    let mut table = Table::new(&[
        (Flush::Left, "stage"),
        (Flush::Right, "ms"),
        (Flush::Right, "per second"),
    ]);
    for row in &report.rows {
        let rate = row
            .per_second
            .map_or_else(String::new, |rate| format!("{rate:.2}"));
        table.row([row.stage.to_owned(), format!("{:.1}", row.ms), rate]);
    }
    let gigabytes = |bytes: u64| format!("{:.2} GB", bytes as f64 / 1e9);
    let memory = |bytes: Option<u64>| bytes.map_or_else(|| "not told".to_owned(), gigabytes);
    format!(
        "{} on {}, {} weights, {} views, prompt of {} tokens\n\
         {:.1} M parameters, {} of weights, peak memory {}, on the device {}\n\n{}",
        report.model,
        report.device,
        report.precision,
        report.views,
        report.prompt_tokens,
        report.parameters as f64 / 1e6,
        gigabytes(report.weight_bytes),
        memory(report.peak_memory_bytes),
        memory(report.device_memory_bytes),
        table.render(),
    )
}
