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
mod plan;
mod priors;
mod questions;
mod report;
mod rows;
mod sheet;
mod views;

pub use archive::Archive;
pub use config::{Config, Pictures, picture_size};
pub use effort::{Effort, StageTime};
pub use plan::{Group, Plan};
pub use report::{CollectError, Finished, Reject, Report, Tally};

use std::path::Path;

use rayon::prelude::*;

use crate::data::{EpisodeRecorder, LeRobotWriter};
use crate::job::JobContext;
use cast::Outcome;
use effort::{Part, Stopwatch};
use film::Studio;
use journal::Journal;
use questions::Mix;
use sheet::Sheet;

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
    Ok(plan)
}

/// Slots that are worked on before the first of them is written: enough to keep every worker busy.
const AHEAD: usize = 4;

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
    let workers = rayon::ThreadPoolBuilder::new()
        .num_threads(config.workers())
        .build()
        .map_err(|error| CollectError::Workers(error.to_string()))?;
    let mut report = Report::new(config, &plan);
    let mut sheet = Sheet::default();
    let watch = Stopwatch::start();
    for group in &plan.groups {
        let folder = plan.folder(&config.out, group);
        let work = Work {
            config,
            group,
            folder: &folder,
            context,
            finished,
            watch: &watch,
        };
        workers.install(|| work.run(&mut report, &mut sheet))?;
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
    context: &'a JobContext<'a>,
    finished: &'a (dyn Fn(&Finished) + Sync),
    watch: &'a Stopwatch,
}

impl Work<'_> {
    fn run(&self, report: &mut Report, sheet: &mut Sheet) -> Result<(), CollectError> {
        let views = views::views(self.config, self.group)?;
        let mix = Mix::new(self.config)?;
        let spec = rows::spec(self.config, self.group, &views);
        let mut writer = self.writer(&spec)?;
        let episodes = writer.as_ref().map_or(u64::MAX, LeRobotWriter::episodes);
        let name = self.journal();
        let mut journal = Journal::open(self.folder, name, episodes, self.config.resume)?;
        let studio = Studio::new(self.folder, &views, &mix, self.config.stills, self.watch);
        let slots: Vec<usize> = (journal.next_slot()..self.group.slots).collect();
        report.resumed(journal.next_slot() as u64);
        for few in slots.chunks(AHEAD * self.config.workers()) {
            let recorders = few
                .iter()
                .map(|_| writer.as_ref().map(LeRobotWriter::recorder).transpose())
                .collect::<Result<Vec<_>, _>>()?;
            let work = few.par_iter().zip(recorders);
            let made: Vec<_> = work
                .map(|(&slot, recorder)| self.make(slot, &studio, recorder))
                .collect();
            for outcome in made {
                self.context.check()?;
                let finished = self.keep(outcome?, &mut writer, &mut journal, report)?;
                if let Some(finished) = finished {
                    sheet.add(&finished);
                    (self.finished)(&finished);
                }
                self.context
                    .report("Collecting", report.episodes(), report.wanted());
            }
        }
        if let Some(writer) = writer {
            self.watch
                .time(Part::Write, || writer.finalize(self.context))?;
        }
        Ok(())
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
        let Outcome { record, rejects } =
            cast::play(self.config, self.group, slot, self.context, self.watch)?;
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

    fn keep(
        &self,
        made: Made,
        writer: &mut Option<LeRobotWriter>,
        journal: &mut Journal,
        report: &mut Report,
    ) -> Result<Option<Finished>, CollectError> {
        report.reject(&made.rejects);
        let task = self.group.task(made.slot);
        let Some(film) = made.film else {
            journal.gave_up(made.slot, &made.rejects)?;
            report.gave_up();
            return Ok(None);
        };
        let film::Film {
            recorded,
            told,
            instruction,
            frames,
            thumbnail,
        } = film;
        let slot = made.slot as u64;
        let episode = writer.as_ref().map_or(slot, LeRobotWriter::episodes);
        self.watch.time(Part::Write, || {
            journal.filmed(made.slot, episode, &told, &made.rejects)
        })?;
        if let (Some(writer), Some(recorded)) = (writer, recorded) {
            self.watch.time(Part::Write, || writer.append(recorded))?;
        }
        let finished = Finished {
            episode,
            slot: made.slot,
            task: task.name,
            instruction,
            frames,
            thumbnail,
            rejected: made.rejects,
        };
        report.keep(&finished);
        Ok(Some(finished))
    }
}

/// What became of a slot.
struct Made {
    slot: usize,
    rejects: Vec<Reject>,
    film: Option<film::Film>,
}

#[cfg(test)]
mod tests;
