//! Training as a job of the window: one run at a time on a thread of its own, held, stopped and resumed from outside.
//!
//! The trainer tells each step; steps wait here until the window takes them. A pause holds the trainer between two
//! steps with everything in memory; a stop lets it save. A run that panics ends as a failure like any other, and the
//! window lives on.

mod curves;
mod plain;
mod recipe;
mod record;

use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

pub use curves::{Bucket, Curve, RunCurves, Series};
pub use plain::{RunRecord, SourceCount, TrainEvent, TrainFailure, TrainNews, TrainOrder};
pub use recipe::{
    RecipeProblem, edit_recipe, read_recipe, recipe_at, recipe_obstacle, write_recipe,
};

use super::worker::{SOON, Sink, caught, spawn};
use super::{Event, Latest};
use crate::job::{CancelToken, JobContext, Progress};
use crate::train::{self, RunConfig, StepMetrics};

/// Steps that wait for the window; of more, every other one is left out.
const WAITING: usize = 1 << 15;
/// Steps that wait with their pictures.
const UNSEEN: usize = 1000;
/// How long a closing window waits for a run to save.
const PATIENCE: Duration = Duration::from_secs(30);

/// What the window and the trainer's thread share.
#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
    progress: Latest<Progress>,
    cancel: CancelToken,
}

#[derive(Default)]
struct State {
    held: bool,
    ended: bool,
    steps: Vec<StepMetrics>,
    last: Option<u64>,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a step for the window, then waits while the run is held.
    fn told(&self, metrics: &StepMetrics, sink: &Sink) {
        let mut state = self.state();
        if state.steps.len() >= WAITING {
            let mut nth = 0_usize;
            state.steps.retain(|_| {
                nth += 1;
                nth.is_multiple_of(2)
            });
        }
        if metrics.picture.is_some() && state.steps.len() >= UNSEEN {
            // Nobody looks: pictures would only fill memory.
            state.steps.iter_mut().for_each(|step| step.picture = None);
        }
        state.steps.push(metrics.clone());
        state.last = Some(metrics.step);
        let held = |state: &State| state.held && !self.cancel.is_cancelled();
        if held(&state) {
            drop(state);
            sink.send(Event::Train(TrainEvent::Paused(metrics.step)));
            let state = self.state();
            drop(self.changed.wait_while(state, |state| held(state)));
        } else {
            drop(state);
            (sink.wake)(SOON);
        }
    }
}

/// The run under way, if there is one.
#[derive(Default)]
pub(super) struct Training {
    run: Option<Arc<Shared>>,
    seen: u64,
}

impl Training {
    pub(super) fn order(&mut self, order: TrainOrder, sink: &Sink) {
        match order {
            TrainOrder::Start(config) => self.start(*config, false, sink),
            TrainOrder::Resume(config) => self.start(*config, true, sink),
            TrainOrder::Pause => self.hold(true),
            TrainOrder::Continue => self.hold(false),
            TrainOrder::Stop => self.stop(),
            TrainOrder::ReadRecipe(path) => errand(sink, move || match record::recipe(&path) {
                Ok(text) => TrainEvent::Recipe { path, text },
                Err(why) => TrainEvent::RecipeFailed(why),
            }),
            TrainOrder::ReadRun(path) => read_run(sink, path),
            TrainOrder::Count(path) => errand(sink, move || {
                let found = caught(|| record::count(&path)).unwrap_or_else(Err);
                TrainEvent::Counted(path, found)
            }),
        }
    }

    fn start(&mut self, config: RunConfig, resume: bool, sink: &Sink) {
        if self.run.as_ref().is_some_and(|run| !run.state().ended) {
            log::warn!("a training is under way; stop it before another one is started");
            return;
        }
        let shared = Arc::new(Shared::default());
        self.run = Some(Arc::clone(&shared));
        self.seen = 0;
        let sink = sink.clone();
        spawn("train", move || {
            let event = run(&config, resume, &shared, &sink);
            shared.state().ended = true;
            shared.changed.notify_all();
            sink.send(Event::Train(event));
        });
    }

    fn hold(&self, held: bool) {
        if let Some(run) = &self.run {
            run.state().held = held;
            run.changed.notify_all();
        }
    }

    fn stop(&self) {
        if let Some(run) = &self.run {
            run.cancel.cancel();
            // The lock is taken so that the trainer is either before its look at the token or already waiting.
            drop(run.state());
            run.changed.notify_all();
        }
    }

    /// What came since the last time.
    pub(super) fn news(&mut self) -> Option<TrainNews> {
        let run = self.run.as_ref()?;
        let steps = std::mem::take(&mut run.state().steps);
        let progress = run.progress.newer(self.seen).map(|(seen, progress)| {
            self.seen = seen;
            progress
        });
        (!steps.is_empty() || progress.is_some()).then_some(TrainNews { steps, progress })
    }
}

impl Drop for Training {
    /// Lets a run save before the program ends, for as long as a person may wait.
    fn drop(&mut self) {
        self.stop();
        if let Some(run) = &self.run {
            let ended = |state: &mut State| !state.ended;
            drop(run.changed.wait_timeout_while(run.state(), PATIENCE, ended));
        }
    }
}

fn run(config: &RunConfig, resume: bool, shared: &Shared, sink: &Sink) -> TrainEvent {
    let report = |progress: Progress| {
        shared.progress.put(progress);
        (sink.wake)(SOON);
    };
    let context = JobContext {
        cancel: shared.cancel.clone(),
        progress: &report,
    };
    let mut tell = |metrics: &StepMetrics| shared.told(metrics, sink);
    let failed = |text: String, crashed: bool| {
        TrainEvent::Failed(TrainFailure {
            text,
            step: shared.state().last,
            crashed,
        })
    };
    match caught(|| train::run(config, resume, &context, &mut tell)) {
        Ok(Ok(report)) => TrainEvent::Done(Box::new(report)),
        Ok(Err(error)) if error.is_cancelled() => TrainEvent::Cancelled,
        Ok(Err(error)) => failed(error.to_string(), false),
        Err(panic) => failed(
            format!(
                "training stopped unexpectedly ({panic}); resume it from its last save, with a smaller batch if the memory was full: {}",
                config.folder.display()
            ),
            true,
        ),
    }
}

fn errand(sink: &Sink, work: impl FnOnce() -> TrainEvent + Send + 'static) {
    let sink = sink.clone();
    spawn("run folder", move || sink.send(Event::Train(work())));
}

fn read_run(sink: &Sink, path: PathBuf) {
    errand(sink, move || {
        match caught(|| record::run(&path)).unwrap_or_else(Err) {
            Ok(record) => TrainEvent::Run(Box::new(record)),
            Err(why) => TrainEvent::RunFailed(path, why),
        }
    });
}

#[cfg(test)]
mod tests;
