//! Evaluation as a job of the window: one run at a time on a thread of its own, told as it goes, and finished runs read
//! back. A stopped run goes on when it is started again.

mod open;
mod plain;

use std::path::Path;

pub use plain::{EvalEvent, EvalKind, EvalOrder, EvalReport, EvalScores, EvalSetup, Outcome};

use super::Event;
use super::current::{Current, Watched};
use super::worker::{Sink, caught, spawn};
pub use crate::eval::compare::{Comparison, Kept, Pair};
use crate::eval::grounding::{self, AskConfig};
use crate::eval::rollout::{self, EpisodeResult, PolicyChoice, RolloutConfig};
use crate::eval::{EvalError, compare};
use crate::job::JobContext;

/// Longest reply to a question, in tokens.
const TOKENS: usize = 128;

/// Why this cannot be evaluated, in words for the person; none if it can.
#[must_use]
pub fn eval_obstacle(setup: &EvalSetup) -> Option<String> {
    let missing = |path: &Path, what: &str| path.as_os_str().is_empty().then(|| what.to_owned());
    let own = match setup.kind {
        EvalKind::Grounding => missing(&setup.checkpoint, "Choose the checkpoint to ask")
            .or_else(|| missing(&setup.dataset, "Choose labelled pictures to ask about")),
        EvalKind::Simulator if setup.columns.is_empty() => Some("Choose what to play".into()),
        EvalKind::Simulator => None,
        EvalKind::Files => missing(&setup.predictions, "Choose the file with the answers")
            .or_else(|| missing(&setup.truth, "Choose the file with what is true")),
    };
    own.or_else(|| missing(&setup.out, "Choose the folder of the run"))
}

/// Does what is asked; a run that is under way is stopped before another starts.
pub(super) fn order(current: &mut Current, order: EvalOrder, sink: &Sink) {
    match order {
        EvalOrder::Start(setup) => start(current, *setup, sink),
        EvalOrder::Stop => current.cancel(),
        EvalOrder::Open(path) => errand(sink, move || {
            match caught(|| open::open(&path)).unwrap_or_else(Err) {
                Ok(report) => EvalEvent::Opened(Box::new(report)),
                Err(why) => EvalEvent::OpenFailed(path, why),
            }
        }),
        EvalOrder::Compare(first, second) => errand(sink, move || {
            let pair = || compare::compare(&first, &second).map_err(|error| error.to_string());
            match caught(pair).unwrap_or_else(Err) {
                Ok(found) => EvalEvent::Compared(Box::new(found)),
                Err(why) => EvalEvent::CompareFailed(why),
            }
        }),
    }
}

fn start(current: &mut Current, setup: EvalSetup, sink: &Sink) {
    let (watched, sink) = (current.begin(sink), sink.clone());
    spawn("evaluation", move || {
        let work = || run(&setup, &watched, &sink);
        let event = caught(work).unwrap_or_else(|panic| {
            let out = setup.out.display();
            EvalEvent::Failed(format!(
                "the evaluation stopped unexpectedly ({panic}); start it again, it goes on where it ended: {out}"
            ))
        });
        sink.send(Event::Eval(event));
    });
}

fn errand(sink: &Sink, work: impl FnOnce() -> EvalEvent + Send + 'static) {
    let sink = sink.clone();
    spawn("report", move || sink.send(Event::Eval(work())));
}

fn run(setup: &EvalSetup, watched: &Watched, sink: &Sink) -> EvalEvent {
    let done = watched.watch(|context| match setup.kind {
        EvalKind::Grounding => ask(setup, context),
        EvalKind::Files => files(setup),
        EvalKind::Simulator => play(setup, context, sink),
    });
    match done {
        Err(_) if watched.cancel.is_cancelled() => EvalEvent::Cancelled,
        Err(error) => EvalEvent::Failed(error.to_string()),
        Ok(()) => match open::open(&setup.out) {
            Ok(report) => EvalEvent::Done(Box::new(report)),
            Err(why) => EvalEvent::Failed(why),
        },
    }
}

fn ask(setup: &EvalSetup, context: &JobContext<'_>) -> Result<(), EvalError> {
    let config = AskConfig {
        checkpoint: setup.checkpoint.clone(),
        base_vlm: None,
        dataset: setup.dataset.clone(),
        out: setup.out.clone(),
        limit: setup.limit,
        max_new_tokens: TOKENS,
        device: setup.device,
        precision: setup.precision,
    };
    let (report, scores) = grounding::ask(&config, context)?;
    grounding::write(&setup.out, &report, &scores)
}

fn files(setup: &EvalSetup) -> Result<(), EvalError> {
    grounding::score_files(&setup.predictions, &setup.truth, &setup.out).map(|_| ())
}

fn play(setup: &EvalSetup, context: &JobContext<'_>, sink: &Sink) -> Result<(), EvalError> {
    let config = RolloutConfig {
        policy: if setup.checkpoint.as_os_str().is_empty() {
            PolicyChoice::Expert
        } else {
            PolicyChoice::Checkpoint(setup.checkpoint.clone())
        },
        suite: setup.suite.clone(),
        columns: setup.columns.clone(),
        episodes: setup.episodes,
        seed: setup.seed,
        video: setup.video,
        out: setup.out.clone(),
        device: setup.device,
        precision: setup.precision,
        ..RolloutConfig::default()
    };
    let finished = |result: &EpisodeResult| {
        let episode = EvalEvent::Episode(Box::new(result.clone()));
        sink.send(Event::Eval(episode));
    };
    rollout::run(&config, context, &finished).map(drop)
}
