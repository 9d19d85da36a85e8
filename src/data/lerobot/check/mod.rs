//! Every defect of a dataset: files, counts, indices, times, numbers and pictures, episode by episode.

mod pictures;
mod rows;

use std::collections::{BTreeMap, BTreeSet};

use super::Episodes;
use crate::data::{DataError, Defect, Stats};
use crate::job::{Cancelled, JobContext};

/// More defects than this are not listed.
const MAX_DEFECTS: usize = 10_000;
/// How far stored statistics may be from those of the rows, relative to the spread.
const STATS_TOLERANCE: f64 = 1e-3;

/// How closely a dataset is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Thoroughness {
    /// Rows, and for pictures whether files are there, whole, of the right size and show a frame for every row.
    #[default]
    Usual,
    /// Every frame is decoded too.
    EveryFrame,
}

/// What was found so far.
struct Check<'a> {
    set: &'a mut Episodes,
    defects: Vec<Defect>,
    thoroughness: Thoroughness,
    /// Videos about which something was said already.
    told: BTreeSet<String>,
    /// Values of numeric features, for comparing with stored statistics.
    parts: BTreeMap<String, Vec<Stats>>,
    frames: u64,
}

impl Episodes {
    /// Looks for everything that is wrong with the dataset. Nothing is written.
    ///
    /// # Errors
    /// When somebody asked to stop.
    pub fn check(
        &mut self,
        thoroughness: Thoroughness,
        context: &JobContext<'_>,
    ) -> Result<Vec<Defect>, Cancelled> {
        let mut check = Check {
            defects: self.defects().to_vec(),
            set: self,
            thoroughness,
            told: BTreeSet::new(),
            parts: BTreeMap::new(),
            frames: 0,
        };
        check.numbers();
        let numbers: Vec<u64> = check.set.numbers().collect();
        for (done, number) in numbers.iter().enumerate() {
            context.check()?;
            context.report("Checking episodes", done as u64, numbers.len() as u64);
            check.episode(*number);
            if check.defects.len() >= MAX_DEFECTS {
                check.defects.truncate(MAX_DEFECTS);
                check.add(Defect::note("the dataset", "there are more defects", ""));
                return Ok(check.defects);
            }
        }
        check.statistics();
        check.rest();
        Ok(check.defects)
    }
}

impl Check<'_> {
    fn add(&mut self, defect: Defect) {
        self.defects.push(defect);
    }

    /// Numbers of episodes: each once, none left out.
    fn numbers(&mut self) {
        let mut seen = BTreeSet::new();
        let numbers: Vec<u64> = self.set.numbers().collect();
        for number in &numbers {
            if !seen.insert(*number) {
                self.add(Defect::error(
                    format!("episode {number}"),
                    "it is listed twice",
                    "only the first is used; renumber the episodes",
                ));
            }
        }
        let missing: Vec<u64> = (0..numbers.len() as u64)
            .filter(|number| !seen.contains(number))
            .collect();
        if let Some(first) = missing.first() {
            self.add(Defect::warning(
                "the list of episodes",
                format!(
                    "{} numbers are left out, the first is {first}",
                    missing.len()
                ),
                "renumber the episodes; LeRobot counts them without gaps",
            ));
        }
    }

    fn episode(&mut self, number: u64) {
        let place = format!("episode {number}");
        let episode = match self.set.episode(number) {
            Ok(episode) => episode,
            Err(error) => return self.broken(&place, &error),
        };
        if episode.length == 0 {
            self.add(Defect::warning(&*place, "it has no rows", "leave it out"));
        }
        if episode.tasks.iter().all(String::is_empty) {
            self.add(Defect::warning(
                &*place,
                "it names no task",
                "name one in the list of episodes",
            ));
        }
        let expected_first = self.frames;
        self.frames += episode.length;
        if episode.first_row != expected_first {
            let what = format!(
                "its first row is stated as {} and should be {expected_first}",
                episode.first_row
            );
            self.add(Defect::warning(
                &*place,
                what,
                "correct dataset_from_index and dataset_to_index",
            ));
        }
        match self.set.rows(number, &[]) {
            Ok(rows) => self.rows(&place, &episode, &rows),
            Err(error) => self.broken(&place, &error),
        }
        for video in &episode.videos {
            self.video(&place, &episode, video);
        }
        self.pictures(&place, &episode);
    }

    fn broken(&mut self, place: &str, error: &DataError) {
        self.add(Defect::error(
            place,
            error.to_string(),
            "the rest of the dataset is usable",
        ));
    }

    /// Stored statistics against those of the rows.
    fn statistics(&mut self) {
        let parts = std::mem::take(&mut self.parts);
        let stored = match self.set.statistics() {
            Ok(stored) => stored.clone(),
            Err(error) => {
                let advice = "statistics are computed from the rows instead";
                return self.add(Defect::warning("the statistics", error.to_string(), advice));
            }
        };
        for (name, parts) in parts {
            let Some(found) = Stats::merged(&parts) else {
                continue;
            };
            match stored.get(&name) {
                None => self.add(Defect::warning(
                    "the statistics",
                    format!("there are none of {name:?}"),
                    "they are computed from the rows instead",
                )),
                Some(stored) if !agree(stored, &found) => self.add(Defect::warning(
                    "the statistics",
                    format!("mean or deviation of {name:?} are not those of the rows"),
                    "compute them again before training",
                )),
                Some(_) => {}
            }
        }
        for camera in self.set.info().cameras.clone() {
            // lerobot 0.4.4 stores the deviation of means of rows of pixels.
            let tiny = stored
                .get(&camera.name)
                .is_some_and(|stats| stats.std.iter().all(|std| *std < 0.02));
            if tiny {
                self.add(Defect::note(
                    "the statistics",
                    format!(
                        "the deviation of pixels of {:?} is far too small",
                        camera.name
                    ),
                    "a known fault of some writers; do not normalise pictures by it",
                ));
            }
        }
    }

    fn rest(&mut self) {
        if let Err(error) = self.set.modality() {
            self.broken("meta/modality.json", &error);
        }
        let waiting = std::fs::read_dir(self.set.root().join(".spvla/episodes"));
        let waiting = waiting.map_or(0, Iterator::count);
        if waiting > 0 {
            self.add(Defect::note(
                ".spvla/episodes",
                format!("{waiting} finished episodes wait to be published"),
                "resume and finish the run that writes this dataset",
            ));
        }
    }
}

fn agree(stored: &Stats, found: &Stats) -> bool {
    let near = |a: &[f64], b: &[f64]| {
        let spread = found.std.iter().map(|std| std.max(1e-6));
        a.len() == b.len()
            && a.iter()
                .zip(b)
                .zip(spread)
                .all(|((a, b), spread)| (a - b).abs() <= STATS_TOLERANCE * spread.max(b.abs()))
    };
    near(&stored.mean, &found.mean) && near(&stored.std, &found.std)
}
