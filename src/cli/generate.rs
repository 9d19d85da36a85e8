//! `spvla generate`.
//!
//! JSON: `{"schema": 1, "config": {…}, "resumed", "gave_up", "tasks": {name: {"wanted", "kept", "rejected": {reason: count}}},
//! "effort": {"stages": [{"stage", "seconds"}], "steps", "pictures", "seconds", "processor_seconds"}, "seconds",
//! "episodes_per_hour", "frames_per_second"}`.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use super::table::{Flush, Table};
use super::{Outcome, json as write_json, text};
use crate::collect::{Config, Finished, Report, run as collect};
use crate::job::{JobContext, Progress};

/// Arguments of `spvla generate`.
#[derive(Debug, Args)]
pub struct Options {
    #[command(flatten)]
    config: Config,
    /// Write JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(options: &Options) -> anyhow::Result<Outcome> {
    let bar = bar(options.config.episodes as u64);
    let show = |progress: Progress| {
        if progress.stage == "Collecting" {
            bar.set_length(progress.total);
            bar.set_position(progress.done);
        }
    };
    let context = JobContext {
        progress: &show,
        ..JobContext::silent()
    };
    let frames = AtomicU64::new(0);
    let newest = Mutex::new(());
    let finished = |episode: &Finished| {
        frames.fetch_add(episode.frames as u64, Ordering::Relaxed);
        // One message at a time.
        let _guard = newest.lock();
        bar.set_message(format!("{}: {}", episode.task, episode.instruction));
    };
    let start = Instant::now();
    let report = collect(&options.config, &context, &finished)?;
    bar.finish_and_clear();
    let seconds = start.elapsed().as_secs_f64();
    let frames = frames.into_inner();
    let kept: u64 = report.tasks.values().map(|tally| tally.kept).sum();
    let rates = [kept as f64 * 3600.0 / seconds, frames as f64 / seconds];
    if options.json {
        let mut found = json!({ "schema": 1, "seconds": seconds, "episodes_per_hour": rates[0], "frames_per_second": rates[1] });
        if let (Some(found), Ok(serde_json::Value::Object(report))) =
            (found.as_object_mut(), serde_json::to_value(&report))
        {
            found.extend(report);
        }
        write_json(&found)?;
    } else {
        text(&shown(&report, seconds, rates))?;
    }
    Ok(if report.gave_up == 0 {
        Outcome::Good
    } else {
        Outcome::Bad
    })
}

/// A line with the share done, the rate and the time left, where a person looks at it.
fn bar(episodes: u64) -> ProgressBar {
    let bar = ProgressBar::new(episodes);
    let template = "{bar:24} {pos}/{len} episodes, {per_sec}, {eta} left  {wide_msg}";
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

fn shown(report: &Report, seconds: f64, [episodes, frames]: [f64; 2]) -> String {
    let mut table = Table::new(&[
        (Flush::Left, "task"),
        (Flush::Right, "kept"),
        (Flush::Right, "rejected"),
        (Flush::Left, "why"),
    ]);
    for (task, tally) in &report.tasks {
        let why: Vec<String> = tally
            .rejected
            .iter()
            .map(|(reason, count)| format!("{count} {reason}"))
            .collect();
        table.row([
            task.clone(),
            tally.kept.to_string(),
            tally.rejected.values().sum::<u64>().to_string(),
            why.join("; "),
        ]);
    }
    let gave_up = match report.gave_up {
        0 => String::new(),
        some => format!("{some} places stay empty: no seed gave a good episode.\n"),
    };
    format!(
        "{}\n{gave_up}{} of {} episodes done in {seconds:.1} s: {episodes:.0} episodes an hour, {frames:.1} steps a second.\n",
        table.render(),
        report.episodes() - report.gave_up,
        report.wanted(),
    )
}
