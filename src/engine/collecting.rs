//! Collecting as a job of the window: one run at a time, on a thread of its own, told as it goes.

use crate::collect::{self, Config, Finished, Report};

use super::Event;
use super::current::{Current, Watched};
use super::worker::{Sink, guarded, spawn};

/// What a run tells: facts.
#[derive(Debug)]
pub enum CollectEvent {
    /// An episode was written.
    Episode(Box<Finished>),
    /// All is written.
    Done(Box<Report>),
    /// Somebody stopped it; what was written is complete.
    Cancelled,
    /// It ended early: why, and what to do. What was written is complete.
    Failed(String),
}

/// Why this cannot be collected, in words for the person; none if it can.
#[must_use]
pub fn collect_obstacle(config: &Config) -> Option<String> {
    collect::check(config).err().map(|error| error.to_string())
}

/// The tasks and suites that can be asked for by name, suites first.
#[must_use]
pub fn collect_tasks() -> Vec<String> {
    let suites = ["all", "simpler", "templates", "widowx", "google", "so101"];
    let tasks = crate::sim::tasks::TASKS.iter().map(|task| task.name);
    suites
        .into_iter()
        .chain(tasks)
        .map(ToOwned::to_owned)
        .collect()
}

/// Starts a run; one that is under way is stopped.
pub(super) fn start(current: &mut Current, config: Config, sink: &Sink) {
    let (watched, sink) = (current.begin(sink), sink.clone());
    spawn("collect", move || {
        let work = || run(&config, &watched, &sink);
        let event = guarded(&sink, "collect", work).unwrap_or_else(|| {
            CollectEvent::Failed("collecting failed unexpectedly; resume it".into())
        });
        sink.send(Event::Collect(event));
    });
}

fn run(config: &Config, watched: &Watched, sink: &Sink) -> CollectEvent {
    let finished = |episode: &Finished| {
        let episode = CollectEvent::Episode(Box::new(episode.clone()));
        sink.send(Event::Collect(episode));
    };
    match watched.watch(|context| collect::run(config, context, &finished)) {
        Ok(report) => CollectEvent::Done(Box::new(report)),
        Err(_) if watched.cancel.is_cancelled() => CollectEvent::Cancelled,
        Err(error) => CollectEvent::Failed(error.to_string()),
    }
}
