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
/// Longest line, bytes, and most lines that are read.
const LINE: u64 = 16 << 20;
const MOST: usize = 200_000;
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
            tasks.into_iter().try_for_each(|task| found.has(task))?;
            Ok(found)
        });
        read.map(Some)
            .map_err(|what| CollectError::Rollouts { what, path })
    }

    /// Refuses a task without episodes, or with episodes that cannot be its own.
    fn has(&self, task: &Task) -> Result<(), String> {
        let Some(own) = self.0.get(task.name) else {
            let known: Vec<&str> = self.0.keys().map(String::as_str).collect();
            return Err(format!(
                "there are none of {}, only of {}; name those alone with --task",
                task.name,
                known.join(", ")
            ));
        };
        let other = |rollout: &&Rollout| {
            (rollout.hz - task.hz).abs() > 1e-9 || rollout.scene.arm.robot != task.robot
        };
        match own.iter().find(other) {
            Some(Rollout { hz, scene, .. }) => Err(format!(
                "an episode of {} was played by {} with {hz} steps a second, the task has {} and {}",
                task.name, scene.arm.robot, task.robot, task.hz
            )),
            None => Ok(()),
        }
    }

    fn read(path: &Path) -> Result<Self, String> {
        let file = File::open(path).map_err(|error| error.to_string())?;
        let mut reader = BufReader::new(file);
        let mut found: BTreeMap<String, Vec<Rollout>> = BTreeMap::new();
        let mut bytes = Vec::new();
        for number in 1..=MOST {
            bytes.clear();
            let broken = |what: &str| format!("line {number} is broken: {what}");
            let length = reader
                .by_ref()
                .take(LINE)
                .read_until(b'\n', &mut bytes)
                .map_err(|error| broken(&error.to_string()))?;
            if length == 0 {
                return Ok(Self(found));
            }
            if length as u64 == LINE {
                return Err(broken("it is longer than 16 MB"));
            }
            if bytes.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            let rollout: Rollout =
                serde_json::from_slice(&bytes).map_err(|error| broken(&error.to_string()))?;
            rollout.check().map_err(|what| broken(&what))?;
            let of = found.entry(rollout.scene.task.clone()).or_default();
            of.push(rollout);
        }
        Err(format!("it has more than {MOST} lines"))
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
