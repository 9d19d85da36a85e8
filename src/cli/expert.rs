//! `spvla bench expert`: how often the scripted expert does what it is asked.
//!
//! JSON: `{"schema": 1, "report": {"tasks": [{"task", "episodes", "successes", "interval": [low, high], "steps",
//! "retried", "failures": {name: [seeds]}}], "seconds", "workers", "episodes_per_worker_hour"}}`.

use std::sync::Mutex;

use clap::Args;
use serde::Serialize;

use super::progress::ProgressLine;
use super::table::{Flush, Table};
use super::{Outcome, json, text};
use crate::bench::expert::{Episodes, ExpertConfig, ExpertReport, TaskScore, run as play};
use crate::job::{CancelToken, JobContext, Progress};
use crate::sim::tasks::{Options as Scenes, Split};

/// Arguments of `spvla bench expert`.
#[derive(Debug, Args)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of the command"
)]
pub struct Options {
    /// Tasks by name or suite, several with commas: `all`, `widowx`, `google`, `so101`, `simpler`, `templates`
    #[arg(
        long,
        value_name = "TASK",
        value_delimiter = ',',
        default_value = "all"
    )]
    task: Vec<String>,
    /// Random scenes of each task
    #[arg(long, value_name = "N", default_value_t = 200)]
    seeds: u64,
    /// Seed of the first
    #[arg(long, value_name = "S", default_value_t = 0)]
    first: u64,
    /// Play the suite in `SimplerEnv`'s rows instead: every layout in every variant
    #[arg(long, conflicts_with_all = ["seeds", "first", "unseen", "perturbed", "noise"])]
    suite: bool,
    /// About 24 episodes of each row of the suite
    #[arg(long, requires = "suite")]
    quick: bool,
    /// Things and wordings kept from training
    #[arg(long)]
    unseen: bool,
    /// Share of episodes in which a thing is moved or the gripper bumped midway: 0 to 1
    #[arg(long, value_name = "SHARE", default_value_t = 0.0, value_parser = crate::collect::fraction)]
    perturbed: f64,
    /// Standard deviation in metres of noise on the expert's steps
    #[arg(long, value_name = "METRES", default_value_t = 0.0)]
    noise: f64,
    /// Fewest of a hundred episodes that must be done, for exit status 0
    #[arg(long, value_name = "PERCENT", default_value_t = 95.0)]
    least: f64,
    /// Threads; as many as there are cores if 0
    #[arg(long, value_name = "K", default_value_t = 0)]
    workers: usize,
    /// Write JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Measurement {
    schema: u32,
    report: ExpertReport,
}

pub(super) fn run(options: &Options) -> anyhow::Result<Outcome> {
    let split = if options.unseen {
        Split::Unseen
    } else {
        Split::Seen
    };
    let config = ExpertConfig {
        tasks: options.task.clone(),
        episodes: if options.suite {
            Episodes::Suite {
                quick: options.quick,
            }
        } else {
            Episodes::Seeds {
                count: options.seeds,
                first: options.first,
            }
        },
        options: Scenes {
            objects: split,
            words: split,
            perturbed: options.perturbed,
            noise: options.noise,
            ..Scenes::default()
        },
        workers: options.workers,
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
    let report = play(&config, &context)?;
    drop(line);
    let good = report
        .tasks
        .iter()
        .all(|score| enough(score, options.least));
    if options.json {
        json(&Measurement { schema: 1, report })?;
    } else {
        text(&table(&report, options.least))?;
    }
    Ok(if good { Outcome::Good } else { Outcome::Bad })
}

fn enough(score: &TaskScore, least: f64) -> bool {
    100.0 * score.successes as f64 >= least * score.episodes as f64
}

fn table(report: &ExpertReport, least: f64) -> String {
    let mut table = Table::new(&[
        (Flush::Left, "task"),
        (Flush::Right, "done"),
        (Flush::Right, "of"),
        (Flush::Right, "%"),
        (Flush::Right, "95 % interval"),
        (Flush::Right, "steps"),
        (Flush::Right, "retried"),
        (Flush::Left, "failures"),
    ]);
    for score in &report.tasks {
        let [low, high] = score.interval.map(|share| 100.0 * share);
        let share = 100.0 * score.successes as f64 / score.episodes.max(1) as f64;
        let poor = if enough(score, least) { "" } else { " !" };
        table.row([
            format!("{}{poor}", score.task),
            score.successes.to_string(),
            score.episodes.to_string(),
            format!("{share:.1}"),
            format!("{low:.1}-{high:.1}"),
            format!("{:.0}", score.steps),
            score.retried.to_string(),
            failures(score),
        ]);
    }
    let of = |count: fn(&TaskScore) -> u64| report.tasks.iter().map(count).sum::<u64>();
    format!(
        "{}\n{} of {} episodes done in {:.0} s with {} workers: {:.0} episodes an hour for each.\n",
        table.render(),
        of(|score| score.successes),
        of(|score| score.episodes),
        report.seconds,
        report.workers,
        report.episodes_per_worker_hour,
    )
}

/// "3 the steps ran out (seeds 4, 17, 90)".
fn failures(score: &TaskScore) -> String {
    const SHOWN: usize = 4;
    let told = score.failures.iter().map(|(name, seeds)| {
        let first: Vec<String> = seeds.iter().take(SHOWN).map(u64::to_string).collect();
        let more = if seeds.len() > SHOWN { ", …" } else { "" };
        format!("{} {name} ({}{more})", seeds.len(), first.join(", "))
    });
    told.collect::<Vec<_>>().join("; ")
}
