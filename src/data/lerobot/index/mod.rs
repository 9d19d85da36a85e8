//! The list of episodes: where the rows and frames of each are.
//!
//! Kept small: some ten bytes an episode and camera, so that sets with a hundred thousand episodes open at once.

mod tables;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::info::{InfoFile, Version};
use crate::data::{DataError, Defect, Episode, Storage, VideoPlace, json};

/// Most episodes of a dataset.
const MAX_EPISODES: usize = 10_000_000;
/// Most files with metadata of episodes.
const MAX_FILES: usize = 100_000;

/// All episodes in the order of their rows.
#[derive(Default)]
pub(super) struct Index {
    entries: Vec<Entry>,
    /// Tasks of all episodes, numbered by `task_names`.
    tasks: Vec<u32>,
    task_names: Vec<String>,
    task_numbers: BTreeMap<String, u32>,
    /// For each camera stored as video, where each episode is. Empty in version 2.
    videos: Vec<(String, Vec<Spot>)>,
    /// First row of every table, for version 3.
    first_rows: BTreeMap<[u64; 2], u64>,
    /// Tables of episodes that were read, for version 3.
    files: Vec<PathBuf>,
}

struct Entry {
    episode: u64,
    length: u64,
    first_row: u64,
    table: [u64; 2],
    /// Its tasks end here; they start where those of the one before end.
    tasks_end: usize,
}

#[derive(Clone, Copy)]
struct Spot {
    file: [u64; 2],
    start: f64,
    end: f64,
}

/// The files that the last episode lies in.
pub(super) struct LastFiles {
    /// The table, and how many episodes are in it.
    pub(super) table: ([u64; 2], u64),
    /// For each camera the video, and how many frames of episodes are in it.
    pub(super) videos: Vec<(String, [u64; 2], u64)>,
}

/// A line of `episodes.jsonl`; what else it holds is skipped.
#[derive(Deserialize)]
struct Line {
    episode_index: u64,
    #[serde(default)]
    tasks: Vec<String>,
    length: u64,
}

impl Index {
    /// Reads the list of episodes. Files and lines that cannot be read become defects.
    pub(super) fn read(
        root: &Path,
        info: &InfoFile,
        defects: &mut Vec<Defect>,
    ) -> Result<Self, DataError> {
        let mut index = Self::default();
        if info.version == Version::V30 {
            index.read_tables(root, info, defects)?;
        } else {
            let path = root.join("meta/episodes.jsonl");
            if info.about.episodes > 0 || path.exists() {
                index.read_lines(&path, defects)?;
            }
        }
        Ok(index)
    }

    pub(super) const fn len(&self) -> usize {
        self.entries.len()
    }

    /// Number of rows over all episodes.
    pub(super) fn rows(&self) -> u64 {
        self.entries.iter().map(|entry| entry.length).sum()
    }

    /// Numbers of the episodes in order.
    pub(super) fn numbers(&self) -> impl Iterator<Item = u64> {
        self.entries.iter().map(|entry| entry.episode)
    }

    /// Number, length and tasks of every episode.
    pub(super) fn summaries(&self) -> impl Iterator<Item = (u64, u64, Vec<&str>)> {
        let starts = std::iter::once(0).chain(self.entries.iter().map(|entry| entry.tasks_end));
        self.entries.iter().zip(starts).map(|(entry, start)| {
            let numbers = self.tasks[start..entry.tasks_end].iter();
            let tasks = numbers.map(|number| self.task_names[*number as usize].as_str());
            (entry.episode, entry.length, tasks.collect())
        })
    }

    /// Where the episode with this number stands in the list.
    pub(super) fn position(&self, episode: u64) -> Option<usize> {
        let direct = usize::try_from(episode).ok()?;
        if self
            .entries
            .get(direct)
            .is_some_and(|entry| entry.episode == episode)
        {
            return Some(direct);
        }
        self.entries
            .iter()
            .position(|entry| entry.episode == episode)
    }

    /// The episode at a place in the list.
    pub(super) fn episode(
        &self,
        root: &Path,
        info: &InfoFile,
        position: usize,
    ) -> Result<Episode, DataError> {
        let Some(entry) = self.entries.get(position) else {
            return Err(DataError::OutOfRange {
                what: "episode",
                index: position as u64,
                count: self.entries.len() as u64,
            });
        };
        let table = match info.version {
            Version::V30 => info.table(root, entry.table)?,
            _ => info.episode_table(root, entry.episode)?,
        };
        Ok(Episode {
            index: entry.episode,
            length: entry.length,
            tasks: self.tasks_of(position),
            first_row: entry.first_row,
            table,
            videos: self.videos_of(root, info, position)?,
        })
    }

    /// Number of an episode's first row inside its table.
    pub(super) fn row_in_table(&self, position: usize) -> u64 {
        self.entries.get(position).map_or(0, |entry| {
            let first = self.first_rows.get(&entry.table).copied();
            entry.first_row - first.unwrap_or(entry.first_row)
        })
    }

    /// The files that the last episode lies in.
    pub(super) fn last_files(&self) -> LastFiles {
        let Some(last) = self.entries.last() else {
            let none = |(camera, _): &(String, _)| (camera.clone(), [0, 0], 0);
            return LastFiles {
                table: ([0, 0], 0),
                videos: self.videos.iter().map(none).collect(),
            };
        };
        let beside = self
            .entries
            .iter()
            .filter(|entry| entry.table == last.table);
        let videos = self.videos.iter().map(|(camera, spots)| {
            let file = spots.last().map_or([0, 0], |spot| spot.file);
            let pairs = self
                .entries
                .iter()
                .zip(spots)
                .filter(|(_, spot)| spot.file == file);
            (
                camera.clone(),
                file,
                pairs.map(|(entry, _)| entry.length).sum(),
            )
        });
        LastFiles {
            table: (last.table, beside.count() as u64),
            videos: videos.collect(),
        }
    }

    /// Tables of episodes that were read.
    pub(super) fn files(&self) -> &[PathBuf] {
        &self.files
    }

    fn tasks_of(&self, position: usize) -> Vec<String> {
        let start = position
            .checked_sub(1)
            .map_or(0, |before| self.entries[before].tasks_end);
        let numbers = self.tasks[start..self.entries[position].tasks_end].iter();
        numbers
            .map(|number| self.task_names[*number as usize].clone())
            .collect()
    }

    fn videos_of(
        &self,
        root: &Path,
        info: &InfoFile,
        position: usize,
    ) -> Result<Vec<VideoPlace>, DataError> {
        if info.version == Version::V30 {
            let places = self.videos.iter().map(|(camera, spots)| {
                let spot = spots.get(position).ok_or_else(|| {
                    DataError::malformed(
                        &info.path,
                        "the list of episodes does not name all videos",
                    )
                })?;
                Ok(VideoPlace {
                    camera: camera.clone(),
                    path: info.video(root, spot.file, camera)?,
                    start: spot.start,
                    end: Some(spot.end),
                })
            });
            return places.collect();
        }
        let episode = self.entries[position].episode;
        let cameras = info.about.cameras.iter();
        cameras
            .filter(|camera| camera.storage == Storage::Video)
            .map(|camera| {
                Ok(VideoPlace {
                    camera: camera.name.clone(),
                    path: info.episode_video(root, episode, &camera.name)?,
                    start: 0.0,
                    end: None,
                })
            })
            .collect()
    }

    fn read_lines(&mut self, path: &Path, defects: &mut Vec<Defect>) -> Result<(), DataError> {
        let mut first_row = 0;
        json::lines(path, |number, _, line| {
            let place = format!("meta/episodes.jsonl line {number}");
            match serde_json::from_slice::<Line>(line) {
                Ok(line) => {
                    self.push(
                        line.episode_index,
                        line.length,
                        first_row,
                        [0, 0],
                        &line.tasks,
                        path,
                    )?;
                    first_row += line.length;
                }
                Err(error) => defects.push(Defect::error(
                    place,
                    format!("it describes no episode: {error}"),
                    "the episode is left out; repair the line",
                )),
            }
            Ok(())
        })
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "one row of a table, column by column"
    )]
    fn push(
        &mut self,
        episode: u64,
        length: u64,
        first_row: u64,
        table: [u64; 2],
        tasks: &[String],
        path: &Path,
    ) -> Result<(), DataError> {
        let absurd = length > u64::from(u32::MAX) || first_row.checked_add(length).is_none();
        if self.entries.len() >= MAX_EPISODES || absurd {
            return Err(DataError::TooMuch {
                what: "episodes or rows",
                found: length.max(self.entries.len() as u64),
                limit: MAX_EPISODES as u64,
                path: path.to_owned(),
            });
        }
        for task in tasks {
            let number = match self.task_numbers.get(task) {
                Some(number) => *number,
                None => self.name_task(task),
            };
            self.tasks.push(number);
        }
        self.entries.push(Entry {
            episode,
            length,
            first_row,
            table,
            tasks_end: self.tasks.len(),
        });
        Ok(())
    }

    fn name_task(&mut self, task: &str) -> u32 {
        let number = self.task_names.len() as u32;
        self.task_names.push(task.to_owned());
        self.task_numbers.insert(task.to_owned(), number);
        number
    }

    /// Tasks in the order in which episodes first name them.
    pub(super) fn task_names(&self) -> &[String] {
        &self.task_names
    }
}

/// What is in a folder, by name.
pub(super) fn listed(folder: &Path) -> Result<Vec<PathBuf>, DataError> {
    let failed = |source| DataError::io("listing the folder", folder, source);
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        paths.push(entry.map_err(failed)?.path());
        if paths.len() > MAX_FILES {
            return Err(DataError::TooMuch {
                what: "files in one folder",
                found: paths.len() as u64,
                limit: MAX_FILES as u64,
                path: folder.to_owned(),
            });
        }
    }
    paths.sort();
    Ok(paths)
}

/// A path as people name it inside the dataset.
pub(super) fn shown(root: &Path, path: &Path) -> String {
    path.strip_prefix(root)
        .unwrap_or(path)
        .display()
        .to_string()
}
