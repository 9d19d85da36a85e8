//! `spvla train` and `spvla bench train`.
//!
//! JSON: a line `{"schema": 1, "step", "loss", "losses", …}` up to five times a second, then
//! `{"schema": 1, "folder", "steps", "skipped", "stopped", "parameters", "seconds", "checkpoint", "last": {…}}`.
//! The measurement: `{"schema": 1, "shape", "device", "threads", "parameters", "rows": [{"stage", "gradient_ms",
//! "update_ms", "samples_per_second", "operations", "gflops"}], "peak_memory_bytes"}`.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

use super::table::{Flush, Table};
use super::{Outcome, json as write_json, json_line, text};
use crate::bench::peak_memory;
use crate::engine::DeviceChoice;
use crate::job::{CancelToken, JobContext};
use crate::train::{
    BenchConfig, BenchReport, BenchShape, Report, RunConfig, StepMetrics, bench as measure,
    run as train,
};

/// Arguments of `spvla train`.
#[derive(Debug, Args)]
#[command(after_help = "\
Ctrl+C finishes the step, saves and ends with status 1; a second one ends at once. --resume goes on.")]
pub struct Options {
    /// The run: a TOML file
    run: PathBuf,
    /// Go on from the state saved in the run folder
    #[arg(long)]
    resume: bool,
    /// Where to train; as the file says if not given
    #[arg(long, value_enum)]
    device: Option<DeviceChoice>,
    /// Several devices, with commas: cpu, wgpu, wgpu:1 and what `spvla lend` prints. The first one keeps the model, and
    /// every step is shared out evenly among all
    #[arg(
        long,
        value_name = "NAMES",
        value_delimiter = ',',
        conflicts_with = "device"
    )]
    devices: Vec<String>,
    /// Steps, in place of those in the file
    #[arg(long, value_name = "N")]
    steps: Option<u64>,
    /// Write JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(options: &Options) -> anyhow::Result<Outcome> {
    let mut config = RunConfig::read(&options.run)?;
    if let Some(device) = options.device {
        config.device = device;
        config.devices = Vec::new();
    }
    if !options.devices.is_empty() {
        config.device = DeviceChoice::Auto;
        config.devices.clone_from(&options.devices);
        config.check()?;
    }
    if let Some(steps) = options.steps {
        config.steps = steps;
    }
    let bar = bar(config.steps);
    let context = JobContext {
        cancel: stops_on_interrupt()?,
        ..JobContext::silent()
    };
    let mut told = Instant::now();
    let mut failed = None;
    let report = train(&config, options.resume, &context, &mut |metrics| {
        bar.set_position(metrics.step);
        if told.elapsed() < Duration::from_millis(200) {
            return;
        }
        told = Instant::now();
        bar.set_message(line(metrics));
        if options.json
            && let Err(error) = json_line(&schema(serde_json::to_value(metrics)))
        {
            failed = Some(error);
        }
    })?;
    bar.finish_and_clear();
    if let Some(error) = failed {
        return Err(error);
    }
    if options.json {
        json_line(&schema(serde_json::to_value(&report)))?;
    } else {
        text(&shown(&report))?;
    }
    Ok(if report.stopped {
        Outcome::Bad
    } else {
        Outcome::Good
    })
}

/// The first interrupt saves and ends, the second one ends at once.
fn stops_on_interrupt() -> anyhow::Result<CancelToken> {
    let asked = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM] {
        // In this order: the flag is not raised yet when the first one is looked at.
        flag::register_conditional_shutdown(signal, 130, Arc::clone(&asked))?;
        flag::register(signal, Arc::clone(&asked))?;
    }
    Ok(CancelToken::of(asked))
}

fn schema(value: Result<Value, serde_json::Error>) -> Value {
    let mut found = json!({ "schema": 1 });
    if let (Some(found), Ok(Value::Object(value))) = (found.as_object_mut(), value) {
        found.extend(value);
    }
    found
}

fn bar(steps: u64) -> ProgressBar {
    let bar = ProgressBar::new(steps);
    let template = "{bar:24} {pos}/{len} steps, {eta} left  {wide_msg}";
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar
}

fn line(metrics: &StepMetrics) -> String {
    let parts: Vec<String> = metrics
        .losses
        .iter()
        .map(|(name, loss)| format!("{name} {loss:.3}"))
        .collect();
    let similarity = metrics
        .similarity
        .map_or_else(String::new, |s| format!(", similarity {s:.2}"));
    format!(
        "loss {:.3} ({}), {:.1} samples/s{similarity}",
        metrics.loss,
        parts.join(", "),
        metrics.samples_per_second
    )
}

fn shown(report: &Report) -> String {
    let ended = if report.stopped {
        "stopped after"
    } else {
        "done:"
    };
    let last = report.last.as_ref().map_or_else(String::new, line);
    let checkpoint = report.checkpoint.as_ref();
    let checkpoint =
        checkpoint.map_or_else(String::new, |path| format!("Saved {}\n", path.display()));
    let skipped = match report.skipped {
        0 => String::new(),
        one => format!("{one} samples could not be read; others were learnt in their place\n"),
    };
    format!(
        "{ended} {} steps in {:.1} s, {} parameters learn; {last}\n{skipped}{checkpoint}",
        report.steps, report.seconds, report.parameters
    )
}

/// Arguments of `spvla bench train`.
#[derive(Debug, Args)]
pub struct BenchOptions {
    /// Sizes of the model, all weights random
    #[arg(long, value_enum, default_value_t)]
    shape: BenchShape,
    /// Where to train
    #[arg(long, value_enum, default_value_t)]
    device: DeviceChoice,
    /// Side of the pictures, a multiple of 28
    #[arg(long, default_value_t = 112, value_parser = clap::value_parser!(u32).range(28..=1008))]
    side: u32,
    /// Pictures, or action samples, of a step
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=1024))]
    batch: u16,
    /// Questions packed behind each picture
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..=64))]
    questions: u16,
    /// Steps that are measured
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    steps: u16,
    /// Write JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn bench(options: &BenchOptions) -> anyhow::Result<Outcome> {
    let config = BenchConfig {
        shape: options.shape,
        device: options.device,
        side: options.side.next_multiple_of(28),
        batch: usize::from(options.batch),
        questions: usize::from(options.questions),
        steps: usize::from(options.steps),
    };
    let report = measure(&config, &JobContext::silent())?;
    let memory = peak_memory();
    if options.json {
        let with_memory = serde_json::to_value(&report).map(|mut value| {
            value["peak_memory_bytes"] = json!(memory);
            value
        });
        write_json(&schema(with_memory))?;
    } else {
        text(&measured(&report, memory))?;
    }
    Ok(Outcome::Good)
}

fn measured(report: &BenchReport, memory: Option<u64>) -> String {
    let memory = memory.map_or_else(
        || "not told".to_owned(),
        |bytes| format!("{:.2} GB", bytes as f64 / 1e9),
    );
    let mut table = Table::new(&[
        (Flush::Left, "stage"),
        (Flush::Right, "gradient ms"),
        (Flush::Right, "update ms"),
        (Flush::Right, "samples/s"),
        (Flush::Right, "GFLOP/s"),
    ]);
    for row in &report.rows {
        table.row([
            row.stage.to_owned(),
            format!("{:.1}", row.gradient_ms),
            format!("{:.1}", row.update_ms),
            format!("{:.1}", row.samples_per_second),
            format!("{:.1}", row.gflops),
        ]);
    }
    format!(
        "{} parameters, {}, {} threads, peak memory {memory}\n{}",
        report.parameters,
        report.device,
        report.threads,
        table.render()
    )
}
