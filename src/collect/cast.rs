//! First pass: the expert plays a slot's seeds until an episode is good. Physics only.

use super::effort::{Part, Stopwatch};
use super::takeover::Takeovers;
use super::{CollectError, Config, Group, Reject};
use crate::job::JobContext;
use crate::sim::Episode;
use crate::sim::episode::{EpisodeRecord, replay};

/// Seeds tried for a slot before it is given up.
pub(super) const TRIES: u64 = 12;

/// What came of a slot.
pub(super) struct Outcome {
    /// The first episode that succeeded twice.
    pub record: Option<EpisodeRecord>,
    /// Those before it.
    pub rejects: Vec<Reject>,
}

/// Who plays what.
pub(super) struct Cast<'a> {
    pub config: &'a Config,
    pub group: &'a Group,
    pub takeovers: Option<&'a Takeovers>,
    pub watch: &'a Stopwatch,
}

impl Cast<'_> {
    /// Plays a slot.
    pub(super) fn play(
        &self,
        slot: usize,
        context: &JobContext<'_>,
    ) -> Result<Outcome, CollectError> {
        let task = self.group.task(slot);
        let mut rejects = Vec::new();
        for attempt in 0..TRIES {
            context.check()?;
            let seed = seed(self.config.seed, task.name, slot as u64, attempt);
            let reason = match self.attempt(slot, attempt, seed) {
                Ok(record) => {
                    return Ok(Outcome {
                        record: Some(record),
                        rejects,
                    });
                }
                Err(reason) => reason,
            };
            rejects.push(Reject {
                task: task.name.to_owned(),
                slot,
                seed,
                reason,
            });
        }
        Ok(Outcome {
            record: None,
            rejects,
        })
    }

    /// One episode, or why it is no demonstration.
    fn attempt(&self, slot: usize, attempt: u64, seed: u64) -> Result<EpisodeRecord, String> {
        let task = self.group.task(slot);
        let turn = slot / self.group.tasks.len();
        let play = || match self.takeovers {
            // Out of one episode there may be no way back: another try takes another.
            Some(takeovers) => {
                let turn = turn + attempt as usize;
                takeovers.play(task, turn, seed, self.config.noise)
            }
            None => Episode::run(task, seed, &self.config.options()),
        };
        let record = self
            .watch
            .time(Part::Play, play)
            .map_err(|error| error.to_string())?;
        let again = |record: &EpisodeRecord| self.watch.time(Part::Replay, || replay(record));
        match (&record.failure, record.success) {
            // Stills keep no actions that could be played again.
            (None, true) if self.config.stills > 0 || again(&record).unwrap_or(false) => Ok(record),
            (None, true) => Err("its stored actions do not lead to the same end".to_owned()),
            (Some(failure), _) => Err(failure.to_string()),
            (None, false) => Err("the goal does not hold at the end".to_owned()),
        }
    }
}

/// The seed of an attempt: unlike that of any other slot, task or attempt.
fn seed(run: u64, task: &str, slot: u64, attempt: u64) -> u64 {
    // FNV-1a over all that names the attempt.
    let numbers = [run, slot, attempt];
    let bytes = task
        .bytes()
        .chain(numbers.into_iter().flat_map(u64::to_le_bytes));
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_attempt_has_a_seed_of_its_own() {
        let mut seeds = std::collections::BTreeSet::new();
        for run in 0..3 {
            for slot in 0..50 {
                for attempt in 0..TRIES {
                    assert!(seeds.insert(seed(run, "stack", slot, attempt)));
                }
            }
        }
    }
}
