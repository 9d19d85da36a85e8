//! What is written, by one worker at a time and in the order of slots, whichever worker is done first.

use std::collections::BTreeMap;

use super::effort::{Part, Stopwatch};
use super::film::Film;
use super::journal::Journal;
use super::sheet::Sheet;
use super::{CollectError, Finished, Group, Reject, Report};
use crate::data::{EpisodeRecorder, LeRobotWriter};

/// What became of a slot.
pub(super) struct Made {
    pub slot: usize,
    pub rejects: Vec<Reject>,
    /// None if the slot was given up.
    pub film: Option<Film>,
}

/// A dataset and what lies beside it, while they grow.
pub(super) struct Ledger<'a> {
    group: &'a Group,
    watch: &'a Stopwatch,
    /// None where only stills are kept.
    writer: Option<LeRobotWriter>,
    journal: Journal,
    report: &'a mut Report,
    sheet: &'a mut Sheet,
    /// Slots that were done before those in front of them.
    waiting: BTreeMap<usize, Made>,
    /// Something could not be written: journal and dataset need not agree, so nothing is added until they are opened
    /// again.
    torn: bool,
}

impl<'a> Ledger<'a> {
    /// Goes on where the journal ends.
    pub(super) const fn new(
        (group, watch): (&'a Group, &'a Stopwatch),
        writer: Option<LeRobotWriter>,
        journal: Journal,
        (report, sheet): (&'a mut Report, &'a mut Sheet),
    ) -> Self {
        Self {
            group,
            watch,
            writer,
            journal,
            report,
            sheet,
            waiting: BTreeMap::new(),
            torn: false,
        }
    }

    /// What records the next episode; none where only stills are kept.
    pub(super) fn recorder(&self) -> Result<Option<EpisodeRecorder>, CollectError> {
        let recorder = self.writer.as_ref().map(LeRobotWriter::recorder);
        Ok(recorder.transpose()?)
    }

    /// Episodes that are done, and those that are wanted.
    pub(super) fn done(&self) -> [u64; 2] {
        [self.report.episodes(), self.report.wanted()]
    }

    /// Writes what is made once everything in front of it is written; `heard` is told of every episode.
    pub(super) fn enter(
        &mut self,
        made: Made,
        heard: &dyn Fn(&Finished),
    ) -> Result<(), CollectError> {
        self.waiting.insert(made.slot, made);
        while let Some(made) = self.next() {
            let kept = self.keep(made);
            self.torn = kept.is_err();
            if let Some(finished) = kept? {
                self.sheet.add(&finished);
                heard(&finished);
            }
        }
        Ok(())
    }

    /// What is to be written next, if it is made already.
    fn next(&mut self) -> Option<Made> {
        let slot = self.journal.next_slot();
        (!self.torn).then(|| self.waiting.remove(&slot))?
    }

    fn keep(&mut self, made: Made) -> Result<Option<Finished>, CollectError> {
        self.report.reject(&made.rejects);
        let task = self.group.task(made.slot);
        let Some(film) = made.film else {
            self.journal.gave_up(made.slot, &made.rejects)?;
            self.report.gave_up();
            return Ok(None);
        };
        let slot = made.slot as u64;
        let episode = self.writer.as_ref().map_or(slot, LeRobotWriter::episodes);
        self.watch.time(Part::Write, || {
            // The files beside the dataset go first: they can be cut back to it.
            self.journal
                .filmed(made.slot, episode, &film.told, &made.rejects)?;
            if let (Some(writer), Some(recorded)) = (&mut self.writer, film.recorded) {
                writer.append(recorded)?;
            }
            Ok::<_, CollectError>(())
        })?;
        let finished = Finished {
            episode,
            slot: made.slot,
            task: task.name,
            instruction: film.instruction,
            frames: film.frames,
            thumbnail: film.thumbnail,
            rejected: made.rejects,
        };
        self.report.keep(&finished);
        Ok(Some(finished))
    }

    /// What writes the episodes, to be completed.
    pub(super) fn into_writer(self) -> Option<LeRobotWriter> {
        self.writer
    }
}
