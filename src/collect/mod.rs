//! Collecting: the scripted expert plays tasks in the simulator, and what it did becomes training data.
//!
//! Two passes, as in the paper's engine: physics first, cheap and thrown away early; only an episode that succeeded and
//! that succeeds again from its stored actions is drawn, labelled and written. Every place in the dataset (a *slot*) has
//! its own seeds, so the result is the same however many workers there are and however often it was interrupted.
//!
//! Writes three things side by side: a LeRobot dataset, `grounding.jsonl` with questions and answers in the planner's
//! own format, and `priors.jsonl` with every frame's boxes, points and traces.

mod archive;
mod cast;
mod config;
mod effort;
mod film;
mod journal;
mod ledger;
mod plan;
mod priors;
mod questions;
mod report;
mod rows;
mod sheet;
mod takeover;
mod views;

pub use archive::Archive;
pub use config::{Config, Pictures, fraction, picture_size};
pub use effort::{Effort, StageTime};
pub use plan::{Group, Plan};
pub use report::{CollectError, Finished, Reject, Report, Tally};

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::data::{EpisodeRecorder, LeRobotWriter};
use crate::job::JobContext;
use cast::Outcome;
use effort::{Part, Stopwatch};
use film::Studio;
use journal::Journal;
use ledger::{Ledger, Made};
use questions::Mix;
use sheet::Sheet;
use takeover::Takeovers;

/// Looks whether `config` can be collected at all, without drawing or writing anything.
///
/// # Errors
/// When a task, camera or type of question is unknown, or nothing is asked for.
pub fn check(config: &Config) -> Result<Plan, CollectError> {
    let plan = Plan::new(config)?;
    Mix::new(config)?;
    for group in &plan.groups {
        views::views(config, group)?;
    }
    Takeovers::open(config, &plan)?;
    Ok(plan)
}

/// Collects what `config` asks for; `finished` hears of every episode that was written.
///
/// # Errors
/// When the plan is empty, the folder cannot be written, nothing can be drawn, or somebody cancelled. What was written
/// until then is complete and readable, and the same call with `resume` goes on from there.
pub fn run(
    config: &Config,
    context: &JobContext<'_>,
    finished: &(dyn Fn(&Finished) + Sync),
) -> Result<Report, CollectError> {
    let plan = Plan::new(config)?;
    let takeovers = Takeovers::open(config, &plan)?;
    let mut report = Report::new(config, &plan);
    let mut sheet = Sheet::default();
    let watch = Stopwatch::start();
    for group in &plan.groups {
        let folder = plan.folder(&config.out, group);
        let work = Work {
            config,
            group,
            folder: &folder,
            takeovers: takeovers.as_ref(),
            context,
            finished,
            watch: &watch,
        };
        work.run(&mut report, &mut sheet)?;
    }
    sheet.write(config.preview.as_deref())?;
    report.effort = watch.effort();
    report.write(&config.out)?;
    Ok(report)
}

/// One dataset in the making.
struct Work<'a> {
    config: &'a Config,
    group: &'a Group,
    folder: &'a Path,
    takeovers: Option<&'a Takeovers>,
    context: &'a JobContext<'a>,
    finished: &'a (dyn Fn(&Finished) + Sync),
    watch: &'a Stopwatch,
}

impl Work<'_> {
    fn run(&self, report: &mut Report, sheet: &mut Sheet) -> Result<(), CollectError> {
        let views = views::views(self.config, self.group)?;
        let mix = Mix::new(self.config)?;
        let spec = rows::spec(self.config, self.group, &views);
        let writer = self.writer(&spec)?;
        let episodes = writer.as_ref().map_or(u64::MAX, LeRobotWriter::episodes);
        let journal = Journal::open(self.folder, self.journal(), episodes, self.config.resume)?;
        let first = journal.next_slot();
        report.resumed(first as u64);
        let studio = Studio::new(self.folder, &views, &mix, self.config.stills, self.watch);
        let ledger = Ledger::new((self.group, self.watch), writer, journal, (report, sheet));
        let ledger = Mutex::new(ledger);
        let worked = self.work(first, &studio, &ledger);
        let ledger = ledger.into_inner().unwrap_or_else(PoisonError::into_inner);
        let done = ledger.done();
        let finished = worked.and_then(|()| match ledger.into_writer() {
            Some(writer) => Ok(self
                .watch
                .time(Part::Write, || writer.finalize(self.context))?),
            None => Ok(()),
        });
        finished.map_err(|error| self.explained(error, done))
    }

    /// Says what is to be done when the disk is full, whoever noticed.
    fn explained(&self, error: CollectError, [episodes, _]: [u64; 2]) -> CollectError {
        match error.no_room() {
            Some(reason) => CollectError::Full {
                episodes,
                reason,
                path: self.folder.to_owned(),
            },
            None => error,
        }
    }

    /// Has workers do the slots from `first` on, each taking the next one when it is done with one. Every thread of the
    /// pool is one worker, so that none begins a second slot in the middle of writing the first.
    fn work(
        &self,
        first: usize,
        studio: &Studio<'_>,
        ledger: &Mutex<Ledger<'_>>,
    ) -> Result<(), CollectError> {
        let next = AtomicUsize::new(first);
        let worker = || {
            let worked = self.slots(&next, studio, ledger);
            if worked.is_err() {
                // Nobody begins another one.
                next.store(self.group.slots, Ordering::Relaxed);
            }
            worked
        };
        // Fewer may be asked for than are there.
        let left = self.group.slots.saturating_sub(first).max(1);
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(self.config.workers().min(left))
            .build()
            .map_err(|error| CollectError::Workers(error.to_string()))?;
        // The first error, once all have stopped.
        let worked = pool.broadcast(|_| worker());
        worked.into_iter().fold(Ok(()), Result::and)
    }

    /// What one worker does: takes the next slot until there are none.
    fn slots(
        &self,
        next: &AtomicUsize,
        studio: &Studio<'_>,
        ledger: &Mutex<Ledger<'_>>,
    ) -> Result<(), CollectError> {
        let open = || ledger.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            self.context.check()?;
            let slot = next.fetch_add(1, Ordering::Relaxed);
            if slot >= self.group.slots {
                return Ok(());
            }
            let recorder = open().recorder()?;
            let made = self.make(slot, studio, recorder)?;
            let mut ledger = open();
            ledger.enter(made, self.finished)?;
            let [done, wanted] = ledger.done();
            self.context.report("Collecting", done, wanted);
        }
    }

    /// Writes the episodes; none where only stills are kept.
    fn writer(
        &self,
        spec: &crate::data::DatasetSpec,
    ) -> Result<Option<LeRobotWriter>, CollectError> {
        if self.config.stills > 0 {
            return self.stills_folder().map(|()| None);
        }
        if self.folder.join(journal::STILLS).exists() {
            return Err(self.other_plan());
        }
        if self.config.resume && self.folder.join("meta/info.json").exists() {
            let writer = LeRobotWriter::resume(self.folder)?;
            if writer.spec() == spec {
                return Ok(Some(writer));
            }
            return Err(self.other_plan());
        }
        if self.config.resume {
            LeRobotWriter::clear_stillborn(self.folder)?;
        }
        Ok(Some(LeRobotWriter::create(self.folder, spec)?))
    }

    /// Makes the folder of stills; one that holds something else is left alone.
    fn stills_folder(&self) -> Result<(), CollectError> {
        let begun = self.folder.join(journal::STILLS).exists();
        let dataset = self.folder.join("meta").exists();
        if dataset || begun && !self.config.resume {
            return Err(self.other_plan());
        }
        std::fs::create_dir_all(self.folder).map_err(|source| CollectError::File {
            doing: "making the folder",
            source,
            path: self.folder.to_owned(),
        })
    }

    const fn journal(&self) -> &'static str {
        if self.config.stills > 0 {
            journal::STILLS
        } else {
            journal::SCENES
        }
    }

    fn other_plan(&self) -> CollectError {
        CollectError::OtherPlan {
            path: self.folder.to_owned(),
        }
    }

    /// Plays a slot's episodes until one is good, and films that.
    fn make(
        &self,
        slot: usize,
        studio: &Studio<'_>,
        recorder: Option<EpisodeRecorder>,
    ) -> Result<Made, CollectError> {
        let cast = cast::Cast {
            config: self.config,
            group: self.group,
            takeovers: self.takeovers,
            watch: self.watch,
        };
        let Outcome { record, rejects } = cast.play(slot, self.context)?;
        let Some(record) = record else {
            return Ok(Made {
                slot,
                rejects,
                film: None,
            });
        };
        let film = studio.shoot(slot, &record, recorder, self.context)?;
        Ok(Made {
            slot,
            rejects,
            film: Some(film),
        })
    }
}

#[cfg(test)]
mod tests;
