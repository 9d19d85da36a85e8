//! Episodes of a policy in which the expert takes over: somewhere in the middle, another place each time.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;

use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

use super::{CollectError, Config, Plan};
use crate::sim::episode::EpisodeRecord;
use crate::sim::tasks::Task;
use crate::sim::{Rollout, WorldError};

/// The file in a folder of an evaluation.
const FILE: &str = "rollouts.jsonl";
/// Longest file that is read, bytes.
const MOST: u64 = 4 << 30;
/// The policy does at least so many steps.
const LEAST: usize = 2;

/// Episodes of a policy, by task.
#[derive(Debug)]
pub(super) struct Takeovers(BTreeMap<String, Vec<Rollout>>);

impl Takeovers {
    /// Reads them, if any are asked for; every task of the plan must have some.
    pub(super) fn open(config: &Config, plan: &Plan) -> Result<Option<Self>, CollectError> {
        let Some(path) = &config.takeover else {
            return Ok(None);
        };
        let path = if path.is_dir() {
            path.join(FILE)
        } else {
            path.clone()
        };
        let read = Self::read(&path).and_then(|found| {
            let tasks = plan.groups.iter().flat_map(|group| &group.tasks);
            match tasks
                .into_iter()
                .find(|task| !found.0.contains_key(task.name))
            {
                Some(task) => Err(format!("there are none of {}", task.name)),
                None => Ok(found),
            }
        });
        read.map(Some)
            .map_err(|what| CollectError::Rollouts { what, path })
    }

    fn read(path: &Path) -> Result<Self, String> {
        let file = File::open(path).map_err(|error| error.to_string())?;
        let mut found: BTreeMap<String, Vec<Rollout>> = BTreeMap::new();
        for (number, line) in BufReader::new(file.take(MOST)).lines().enumerate() {
            let broken = |what: String| format!("line {} is broken: {what}", number + 1);
            let line = line.map_err(|error| broken(error.to_string()))?;
            if line.trim().is_empty() {
                continue;
            }
            let rollout: Rollout =
                serde_json::from_str(&line).map_err(|error| broken(error.to_string()))?;
            let of = found.entry(rollout.scene.task.clone()).or_default();
            of.push(rollout);
        }
        Ok(Self(found))
    }

    /// Plays a task's episode in its turn up to a moment drawn from the seed, then has the expert play on.
    pub(super) fn play(
        &self,
        task: &Task,
        turn: usize,
        seed: u64,
        noise: f64,
    ) -> Result<EpisodeRecord, WorldError> {
        let all = self.0.get(task.name).map_or(&[][..], Vec::as_slice);
        let rollout = &all[turn % all.len()];
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let last = rollout.actions.len().max(LEAST);
        rollout.take_over(random.random_range(LEAST..=last), task.steps, noise)
    }
}
