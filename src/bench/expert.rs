//! How often the scripted expert does what it is asked: every task over many seeds, or the suite's rows over all layouts.
//!
//! Physics only, nothing is drawn. Failures are kept apart by name, each with the seeds or layouts it happened at.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use rayon::prelude::*;
use serde::Serialize;

use crate::job::{Cancelled, JobContext};
use crate::metrics::success::Count;
use crate::sim::tasks::suite::{ROWS, Row};
use crate::sim::tasks::{Options, Task, UnknownTask, chosen};
use crate::sim::{Episode, WorldError};

/// What to play.
#[derive(Debug, Clone, PartialEq)]
pub struct ExpertConfig {
    /// Tasks or suites by name.
    pub tasks: Vec<String>,
    /// Which episodes of them.
    pub episodes: Episodes,
    /// How scenes are drawn, where the suite does not say.
    pub options: Options,
    /// Threads; as many as there are cores if 0.
    pub workers: usize,
}

/// Which episodes are played.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Episodes {
    /// Random scenes: how many for each task, and the seed of the first.
    Seeds {
        /// How many.
        count: u64,
        /// The first.
        first: u64,
    },
    /// The suite in `SimplerEnv`'s rows: every layout in every variant, or about 24 a row.
    Suite {
        /// Only about 24 a row.
        quick: bool,
    },
}

/// What came of one task, or one row of the suite.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TaskScore {
    /// Its name.
    pub task: String,
    /// Played.
    pub episodes: u64,
    /// Done.
    pub successes: u64,
    /// 95 % Wilson interval of the share that is done.
    pub interval: [f64; 2],
    /// Mean control steps of those that were done.
    pub steps: f64,
    /// Episodes that were done after something was tried again.
    pub retried: u64,
    /// What went wrong, with the seeds (or the places in the suite) it went wrong at.
    pub failures: BTreeMap<String, Vec<u64>>,
}

/// What came of it all.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ExpertReport {
    /// In the order of the table.
    pub tasks: Vec<TaskScore>,
    /// How long it took.
    pub seconds: f64,
    /// Threads that worked.
    pub workers: usize,
    /// Episodes played by one thread in an hour.
    pub episodes_per_worker_hour: f64,
}

/// Why nothing came of it.
#[derive(Debug, thiserror::Error)]
pub enum ExpertError {
    /// No such task.
    #[error(transparent)]
    Task(#[from] UnknownTask),
    /// No threads.
    #[error("cannot start the workers: {0}; give --workers a smaller number")]
    Workers(String),
    /// A scene that cannot be built.
    #[error(transparent)]
    World(#[from] WorldError),
    /// Somebody asked to stop.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

/// One episode to play.
struct Trial {
    /// Place of its score in the report.
    row: usize,
    task: &'static Task,
    /// Its seed, or its place in the suite.
    at: u64,
    options: Options,
}

/// What came of one episode.
struct Played {
    row: usize,
    at: u64,
    failure: Option<String>,
    steps: usize,
    retried: bool,
}

/// Plays everything that is asked for.
///
/// # Errors
/// When a task is unknown or somebody cancelled.
pub fn run(config: &ExpertConfig, context: &JobContext<'_>) -> Result<ExpertReport, ExpertError> {
    let (names, trials) = trials(config)?;
    let workers = rayon::ThreadPoolBuilder::new()
        .num_threads(config.workers)
        .build()
        .map_err(|error| ExpertError::Workers(error.to_string()))?;
    let start = Instant::now();
    let done = AtomicU64::new(0);
    let total = trials.len() as u64;
    let play = |trial: &Trial| {
        context.check()?;
        let played = play(trial)?;
        let done = done.fetch_add(1, Ordering::Relaxed) + 1;
        context.report("Playing", done, total);
        Ok(played)
    };
    let played = workers.install(|| {
        trials
            .par_iter()
            .map(play)
            .collect::<Result<Vec<_>, ExpertError>>()
    })?;
    let seconds = start.elapsed().as_secs_f64();
    let workers = workers.current_num_threads();
    Ok(ExpertReport {
        tasks: scores(&names, &played),
        seconds,
        workers,
        episodes_per_worker_hour: total as f64 / workers as f64 / seconds * 3600.0,
    })
}

/// Names of the scores, and all episodes.
fn trials(config: &ExpertConfig) -> Result<(Vec<String>, Vec<Trial>), UnknownTask> {
    let tasks = chosen(&config.tasks)?;
    let (mut names, mut all) = (Vec::new(), Vec::new());
    match config.episodes {
        Episodes::Seeds { count, first } => {
            for (row, task) in tasks.into_iter().enumerate() {
                names.push(task.name.to_owned());
                all.extend((first..first.saturating_add(count)).map(|at| Trial {
                    row,
                    task,
                    at,
                    options: config.options.clone(),
                }));
            }
        }
        Episodes::Suite { quick } => {
            let asked = |row: &&Row| {
                let mut own = row.tasks.iter();
                own.any(|own| tasks.iter().any(|task| task.name == own.name))
            };
            for (row, entry) in ROWS.iter().filter(asked).enumerate() {
                let kind = if entry.varied { "variants" } else { "matching" };
                names.push(format!("{} ({kind})", entry.name));
                all.extend((0..).zip(entry.trials(quick)).map(|(at, trial)| Trial {
                    row,
                    task: trial.task,
                    at,
                    options: trial.options,
                }));
            }
        }
    }
    Ok((names, all))
}

fn play(trial: &Trial) -> Result<Played, WorldError> {
    let record = Episode::run(trial.task, trial.at, &trial.options)?;
    Ok(Played {
        row: trial.row,
        at: trial.at,
        failure: record.failure.map(|failure| failure.to_string()),
        steps: record.steps.len(),
        retried: record.tries > 0,
    })
}

fn scores(names: &[String], played: &[Played]) -> Vec<TaskScore> {
    let score = |(row, name): (usize, &String)| {
        let own = || played.iter().filter(move |played| played.row == row);
        let good = || own().filter(|played| played.failure.is_none());
        let (episodes, successes) = (own().count() as u64, good().count() as u64);
        let steps: usize = good().map(|played| played.steps).sum();
        let mut failures: BTreeMap<String, Vec<u64>> = BTreeMap::new();
        for played in own() {
            if let Some(failure) = &played.failure {
                failures.entry(failure.clone()).or_default().push(played.at);
            }
        }
        TaskScore {
            task: name.clone(),
            episodes,
            successes,
            interval: Count {
                k: successes,
                n: episodes,
            }
            .wilson(),
            steps: steps as f64 / successes.max(1) as f64,
            retried: good().filter(|played| played.retried).count() as u64,
            failures,
        }
    };
    names.iter().enumerate().map(score).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(task: &str, episodes: Episodes) -> ExpertConfig {
        ExpertConfig {
            tasks: vec![task.to_owned()],
            episodes,
            options: Options::default(),
            workers: 1,
        }
    }

    #[test]
    fn every_episode_is_counted_once_and_failures_have_names() {
        let seeds = Episodes::Seeds { count: 3, first: 1 };
        let report = run(&config("widowx_stack_cube", seeds), &JobContext::silent()).unwrap();
        let [score] = report.tasks.as_slice() else {
            panic!("{report:?}")
        };
        let failed: usize = score.failures.values().map(Vec::len).sum();
        assert_eq!((score.episodes, score.successes + failed as u64), (3, 3));
        assert!(score.steps > 10.0);
    }

    #[test]
    fn rows_of_the_suite_that_hold_a_task_are_played_whole() {
        let suite = config("google_move_near", Episodes::Suite { quick: false });
        let (names, trials) = trials(&suite).unwrap();
        assert_eq!(names, ["move near (matching)", "move near (variants)"]);
        assert_eq!(trials.len(), 240 + 480);
        assert!(run(&config("juggle", suite.episodes), &JobContext::silent()).is_err());
    }
}
