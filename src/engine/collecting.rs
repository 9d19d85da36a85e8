//! Collecting as a job of the window: one run at a time, on a thread of its own, told as it goes.

use crate::collect::{self, Config, Finished, Report};
use crate::job::{CancelToken, JobContext, Progress};

use super::worker::{Sink, guarded, spawn};
use super::{Event, Latest};

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

/// The run under way, and how far it is.
#[derive(Default)]
pub(super) struct Collecting {
    cancel: Option<CancelToken>,
    progress: Latest<Progress>,
    seen: u64,
}

impl Collecting {
    /// Starts a run; one that is under way is stopped.
    pub(super) fn start(&mut self, config: Config, sink: &Sink) {
        self.cancel();
        let token = CancelToken::default();
        self.cancel = Some(token.clone());
        self.progress = Latest::default();
        self.seen = 0;
        let (sink, latest) = (sink.clone(), self.progress.clone());
        spawn("collect", move || {
            let work = || run(&config, &token, &sink, &latest);
            let event = guarded(&sink, "collect", work).unwrap_or_else(|| {
                CollectEvent::Failed("collecting failed unexpectedly; resume it".into())
            });
            sink.send(Event::Collect(event));
        });
    }

    pub(super) fn cancel(&self) {
        if let Some(token) = &self.cancel {
            token.cancel();
        }
    }

    /// The newest progress, once.
    pub(super) fn progress(&mut self) -> Option<Progress> {
        let (seen, progress) = self.progress.newer(self.seen)?;
        self.seen = seen;
        Some(progress)
    }
}

impl Drop for Collecting {
    fn drop(&mut self) {
        self.cancel();
    }
}

fn run(
    config: &Config,
    cancel: &CancelToken,
    sink: &Sink,
    latest: &Latest<Progress>,
) -> CollectEvent {
    let tell = |progress: Progress| {
        latest.put(progress);
        (sink.wake)();
    };
    let context = JobContext {
        cancel: cancel.clone(),
        progress: &tell,
    };
    let finished = |episode: &Finished| {
        let episode = CollectEvent::Episode(Box::new(episode.clone()));
        sink.send(Event::Collect(episode));
    };
    match collect::run(config, &context, &finished) {
        Ok(report) => CollectEvent::Done(Box::new(report)),
        Err(_) if cancel.is_cancelled() => CollectEvent::Cancelled,
        Err(error) => CollectEvent::Failed(error.to_string()),
    }
}
