//! LeRobot datasets written episode by episode, so that a kill or a full disk costs at most the episode at hand.
//!
//! A finished episode first lies whole in `.spvla/episodes/`. From there episodes are published in lots: files that
//! grow are written anew beside the old ones and renamed, videos and tables first, then the metadata that name them. A
//! lot is an eighth of what is there already, so that the first episodes are readable at once and the work of copying
//! stays small. Whatever is interrupted, the dataset is readable as of the last lot, and [`LeRobotWriter::resume`]
//! finds every finished episode.

mod episodes;
mod lots;
mod meta;
mod pixels;
mod recorder;
mod rows;
mod spec;
mod staged;
mod tables;

pub(super) use meta::SUBTASKS;
pub use recorder::{EpisodeRecorder, RecordedEpisode};
pub use spec::{CameraSpec, Cell, DatasetSpec, PictureStorage, StepRow};

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::{Episodes, Version};
use crate::data::{DataError, Stats, json};
use crate::job::JobContext;
use crate::vision::Frame;
use lots::Shards;
use meta::Totals;
use staged::Staged;

/// Folder of what is not published yet, inside the dataset.
const WORKSHOP: &str = ".spvla";
/// Most episodes that wait to be published.
const MAX_LOT: u64 = 256;
/// A lot is this part of what is published.
const LOT_PART: u64 = 8;

/// A dataset that is being written.
pub struct LeRobotWriter {
    root: PathBuf,
    spec: Arc<DatasetSpec>,
    tasks: Vec<String>,
    task_numbers: HashMap<String, u64>,
    subtasks: Vec<String>,
    subtask_numbers: HashMap<String, u64>,
    /// Published episodes and rows.
    published: Totals,
    /// Episodes that wait.
    staged: Vec<Staged>,
    /// Statistics of the published rows.
    stats: Vec<(String, Stats)>,
    shards: Shards,
    current: Option<EpisodeRecorder>,
    recorders: AtomicU64,
}

impl LeRobotWriter {
    /// Starts a dataset in a folder that does not exist or is empty.
    ///
    /// # Errors
    /// When the spec cannot be written or something is already there.
    pub fn create(root: &Path, spec: &DatasetSpec) -> Result<Self, DataError> {
        spec.check()?;
        let occupied = std::fs::read_dir(root).is_ok_and(|mut entries| entries.next().is_some());
        if occupied {
            return Err(DataError::Occupied {
                path: root.to_owned(),
            });
        }
        let value =
            serde_json::to_value(spec).map_err(|error| DataError::Unfit(error.to_string()))?;
        meta::write_json(&root.join(WORKSHOP).join("writer.json"), &value)?;
        meta::write_info(root, spec, Totals::default())?;
        Ok(Self::empty(root, spec.clone()))
    }

    /// Removes what a [`LeRobotWriter::create`] left that was killed before it was done: its workshop, and no dataset.
    /// Does nothing to a folder that holds anything else.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn clear_stillborn(root: &Path) -> Result<(), DataError> {
        let own = |path: &PathBuf| path.file_name().is_some_and(|name| name == WORKSHOP);
        let unborn = |path: &PathBuf| {
            let part = Path::new(".info.json.part");
            let inside = super::index::listed(path).unwrap_or_default();
            path.file_name().is_some_and(|name| name == "meta")
                && inside.iter().all(|file| file.ends_with(part))
        };
        let listed = super::index::listed(root).unwrap_or_default();
        if !listed.iter().all(|path| own(path) || unborn(path)) {
            return Ok(());
        }
        for path in listed {
            let failed = |source| DataError::io("removing what a killed run left", &path, source);
            std::fs::remove_dir_all(&path).map_err(failed)?;
        }
        Ok(())
    }

    /// Goes on with a dataset that [`LeRobotWriter::create`] started: every episode that was finished is there, and
    /// nothing of those that were not.
    ///
    /// # Errors
    /// When the folder holds no such dataset, or its metadata are damaged.
    pub fn resume(root: &Path) -> Result<Self, DataError> {
        let path = root.join(WORKSHOP).join("writer.json");
        let value = json::read(&path)?;
        let spec: DatasetSpec = serde_json::from_value(value)
            .map_err(|error| DataError::malformed(&path, error.to_string()))?;
        spec.check()?;
        let mut writer = Self::empty(root, spec);
        let published = Episodes::open(root)?;
        writer.published.episodes = published.info().episodes;
        writer.published.frames = published.info().frames;
        for task in published.tasks() {
            writer.task(task);
        }
        if writer.spec.subtasks && writer.published.episodes > 0 {
            for subtask in super::tasks::texts(&root.join(meta::SUBTASKS), spec::SUBTASK_INDEX)? {
                writer.subtask(&subtask);
            }
        }
        writer.stats = published.episode_statistics()?;
        writer.shards = Shards::of(&published)?;
        writer.clear_recordings()?;
        if !published.defects().is_empty() {
            // An earlier run ended between the list of episodes and what counts them.
            writer.write_totals()?;
        }
        writer.staged = staged::found(root, &writer.spec, writer.published)?;
        let waiting = writer.staged.iter();
        let texts = waiting.map(|staged| (staged.tasks.clone(), staged.subtasks.clone()));
        for (tasks, subtasks) in texts.collect::<Vec<_>>() {
            for task in &tasks {
                writer.task(task);
            }
            for subtask in &subtasks {
                writer.subtask(subtask);
            }
        }
        Ok(writer)
    }

    fn empty(root: &Path, spec: DatasetSpec) -> Self {
        Self {
            root: root.to_owned(),
            shards: Shards::new(&spec),
            spec: Arc::new(spec),
            tasks: Vec::new(),
            task_numbers: HashMap::new(),
            subtasks: Vec::new(),
            subtask_numbers: HashMap::new(),
            published: Totals::default(),
            staged: Vec::new(),
            stats: Vec::new(),
            current: None,
            recorders: AtomicU64::new(0),
        }
    }

    /// What the dataset consists of.
    #[must_use]
    pub fn spec(&self) -> &DatasetSpec {
        &self.spec
    }

    /// Finished episodes, those that wait included.
    #[must_use]
    pub const fn episodes(&self) -> u64 {
        self.published.episodes + self.staged.len() as u64
    }

    /// Rows of finished episodes.
    #[must_use]
    pub fn frames(&self) -> u64 {
        let waiting: u64 = self.staged.iter().map(|staged| staged.length).sum();
        self.published.frames + waiting
    }

    /// A recorder of its own, for an episode that is recorded beside others; [`LeRobotWriter::append`] takes what it
    /// makes.
    ///
    /// # Errors
    /// When its files cannot be created.
    pub fn recorder(&self) -> Result<EpisodeRecorder, DataError> {
        let number = self.recorders.fetch_add(1, Ordering::Relaxed);
        let folder = self.root.join(WORKSHOP).join(format!("recording-{number}"));
        EpisodeRecorder::new(&self.spec, &folder)
    }

    /// Begins an episode; one that was begun and not finished is given up.
    ///
    /// # Errors
    /// When its files cannot be created.
    pub fn begin(&mut self) -> Result<(), DataError> {
        self.current = None;
        self.current = Some(self.recorder()?);
        Ok(())
    }

    /// Takes a row and a frame of every camera in the order of the spec.
    ///
    /// # Errors
    /// When no episode was begun, they do not fit the spec or the disk is full.
    pub fn push_frame(&mut self, row: &StepRow, frames: &[Frame]) -> Result<(), DataError> {
        self.current
            .as_mut()
            .ok_or_else(no_episode)?
            .push(row, frames)
    }

    /// Completes the episode that was begun and appends it.
    ///
    /// # Errors
    /// When no episode was begun, it is empty or the disk is full.
    pub fn finish_episode(&mut self, task: &str) -> Result<u64, DataError> {
        let recorder = self.current.take().ok_or_else(no_episode)?;
        let recorded = recorder.finish(&[task])?;
        self.append(recorded)
    }

    /// Gives the episode up that was begun; nothing is left of it.
    pub fn abort_episode(&mut self) {
        self.current = None;
    }

    /// Appends a recorded episode and says its number. From here on it survives a kill.
    ///
    /// # Errors
    /// When the disk is full; the episode is then lost and the dataset as it was.
    pub fn append(&mut self, recorded: RecordedEpisode) -> Result<u64, DataError> {
        let number = self.episodes();
        let tasks: Vec<u64> = recorded.tasks.iter().map(|task| self.task(task)).collect();
        let place = rows::Place {
            episode: number,
            first_row: self.frames(),
            task: tasks.first().copied().unwrap_or(0),
            fps: self.spec.fps,
        };
        let numbers: Vec<i64> = recorded
            .subtasks
            .iter()
            .map(|subtask| self.subtask(subtask) as i64)
            .collect();
        let staged = staged::stage(&self.root, &self.spec, recorded, &place, &numbers)?;
        self.staged.push(staged);
        while self.staged.len() >= self.due() {
            self.publish_lot(self.due())?;
        }
        Ok(number)
    }

    /// How many episodes the next lot has: told by what is published alone, so that an interruption does not change
    /// how episodes are put together.
    fn due(&self) -> usize {
        (self.published.episodes / LOT_PART).clamp(1, MAX_LOT) as usize
    }

    /// Publishes all episodes that wait, so that the dataset on the disk is complete.
    ///
    /// # Errors
    /// When the disk is full; what was published stays readable.
    pub fn publish(&mut self) -> Result<(), DataError> {
        while !self.staged.is_empty() {
            self.publish_lot(self.due().min(self.staged.len()))?;
        }
        Ok(())
    }

    /// Publishes what waits and computes the quantiles of the whole dataset exactly, which parts cannot give.
    ///
    /// # Errors
    /// When the disk is full or somebody asked to stop; what was published stays readable.
    pub fn finalize(mut self, context: &JobContext<'_>) -> Result<(), DataError> {
        self.current = None;
        self.publish()?;
        if self.published.episodes > 0 && self.spec.version == Version::V30 {
            let mut written = Episodes::open(&self.root)?;
            // Summed up in one go: lot by lot, the last digits would depend on interruptions.
            self.stats = written.episode_statistics()?;
            let numeric = self
                .spec
                .features
                .iter()
                .filter(|feature| feature.is_numeric());
            let names: Vec<String> = numeric.map(|feature| feature.name.clone()).collect();
            for name in names {
                let exact = written.recompute(&name, context)?;
                if let Some((_, stats)) = self.stats.iter_mut().find(|(known, _)| *known == name) {
                    *stats = exact;
                }
            }
            meta::write_stats(&self.root, &self.spec, &self.stats)?;
        }
        self.clear_recordings()
    }

    /// Writes what counts and sums up the published episodes.
    fn write_totals(&mut self) -> Result<(), DataError> {
        self.published.tasks = self.tasks.len() as u64;
        if self.spec.version == Version::V30 && self.published.episodes > 0 {
            meta::write_stats(&self.root, &self.spec, &self.stats)?;
        }
        meta::write_info(&self.root, &self.spec, self.published)
    }

    /// The number of a task, a new one if it is new.
    fn task(&mut self, task: &str) -> u64 {
        numbered(task, &mut self.tasks, &mut self.task_numbers)
    }

    /// The number of a subtask, a new one if it is new.
    fn subtask(&mut self, subtask: &str) -> u64 {
        numbered(subtask, &mut self.subtasks, &mut self.subtask_numbers)
    }

    /// Removes what was being recorded when an earlier run ended.
    fn clear_recordings(&self) -> Result<(), DataError> {
        let workshop = self.root.join(WORKSHOP);
        for path in super::index::listed(&workshop)? {
            let recording = path
                .file_name()
                .is_some_and(|name| name.to_string_lossy().starts_with("recording-"));
            if recording {
                std::fs::remove_dir_all(&path).map_err(|source| {
                    DataError::io("removing a broken recording", &path, source)
                })?;
            }
        }
        Ok(())
    }
}

fn numbered(text: &str, all: &mut Vec<String>, numbers: &mut HashMap<String, u64>) -> u64 {
    if let Some(number) = numbers.get(text) {
        return *number;
    }
    let number = all.len() as u64;
    all.push(text.to_owned());
    numbers.insert(text.to_owned(), number);
    number
}

fn no_episode() -> DataError {
    DataError::Unfit("no episode was begun".into())
}

#[cfg(test)]
#[path = "interrupted_tests.rs"]
mod interrupted_tests;
#[cfg(test)]
#[path = "same_tests.rs"]
mod same_tests;
#[cfg(test)]
#[path = "schema_tests.rs"]
mod schema_tests;
#[cfg(test)]
#[path = "write_tests.rs"]
mod tests;
