//! LeRobot datasets, versions 2.0, 2.1 and 3.0: a folder with `meta/info.json`, tables of rows and videos.
//!
//! Opening reads the metadata only. Rows come from ranges of Parquet tables, frames from exact places of videos or
//! from encoded pictures in the rows.

mod check;
mod convert;
mod frames;
mod index;
mod info;
mod modality;
mod statistics;
mod tasks;
pub mod write;

pub use check::Thoroughness;
pub use convert::Conversion;
pub use info::Version;
pub use modality::{Modality, Part};

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use super::table::Table;
use super::{
    CameraFeature, DataError, DatasetInfo, Defect, Episode, Feature, Rows, Stats, Storage, Values,
};
use frames::Videos;
use index::Index;
use info::InfoFile;

/// Columns that every table has beside the features of the robot.
pub(super) const BOOKKEEPING: [&str; 5] = [
    "timestamp",
    "frame_index",
    "episode_index",
    "index",
    "task_index",
];

/// Whether a folder is a LeRobot dataset of any version.
pub(super) fn recognises(path: &Path) -> bool {
    path.join("meta/info.json").is_file()
}

/// A dataset of recorded episodes that is read as needed.
pub struct Episodes {
    root: PathBuf,
    info: InfoFile,
    index: Index,
    tasks: Vec<String>,
    defects: Vec<Defect>,
    videos: Videos,
    /// The table that was read last.
    table: Option<(PathBuf, Table)>,
    /// Times of the rows of the episode that was looked at last.
    times: Option<(u64, Vec<f64>)>,
    statistics: Option<BTreeMap<String, Stats>>,
}

impl Episodes {
    /// Opens a dataset: reads what it says about itself, its list of episodes and its tasks.
    ///
    /// # Errors
    /// When `meta/info.json` or the list of episodes cannot be used; smaller damage becomes [`Episodes::defects`].
    pub fn open(root: &Path) -> Result<Self, DataError> {
        let mut info = InfoFile::read(root)?;
        let mut defects = Vec::new();
        let index = Index::read(root, &info, &mut defects)?;
        let tasks = tasks::read(root, &info, &index, &mut defects);
        statement(
            "total_episodes",
            info.about.episodes,
            index.len() as u64,
            &mut defects,
        );
        statement(
            "total_frames",
            info.about.frames,
            index.rows(),
            &mut defects,
        );
        if let Some(stated) = info.tasks {
            statement("total_tasks", stated, tasks.len() as u64, &mut defects);
        }
        info.about.episodes = index.len() as u64;
        info.about.frames = index.rows();
        Ok(Self {
            root: root.to_owned(),
            info,
            index,
            tasks,
            defects,
            videos: Videos::default(),
            table: None,
            times: None,
            statistics: None,
        })
    }

    /// Its folder.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// What it says about itself; the counts are those that were found.
    #[must_use]
    pub const fn info(&self) -> &DatasetInfo {
        &self.info.about
    }

    /// Version of its format.
    #[must_use]
    pub const fn version(&self) -> Version {
        self.info.version
    }

    /// Its tasks by their number.
    #[must_use]
    pub fn tasks(&self) -> &[String] {
        &self.tasks
    }

    /// What was found wrong while opening.
    #[must_use]
    pub fn defects(&self) -> &[Defect] {
        &self.defects
    }

    /// Numbers of the episodes in order: usually 0, 1, 2, but there may be gaps.
    pub fn numbers(&self) -> impl Iterator<Item = u64> {
        self.index.numbers()
    }

    /// Number, length and tasks of every episode in order, without looking for its files.
    pub fn summaries(&self) -> impl Iterator<Item = (u64, u64, Vec<&str>)> {
        self.index.summaries()
    }

    /// The feature of that name.
    #[must_use]
    pub fn feature(&self, name: &str) -> Option<&Feature> {
        let features = &self.info.about.features;
        features.iter().find(|feature| feature.name == name)
    }

    /// Where the episode with this number is and how long.
    ///
    /// # Errors
    /// When there is none, or a template of the dataset cannot be used.
    pub fn episode(&self, number: u64) -> Result<Episode, DataError> {
        let position = self.position(number)?;
        self.index.episode(&self.root, &self.info, position)
    }

    /// Rows of an episode: the named columns, or all but encoded pictures when none is named.
    ///
    /// # Errors
    /// When there is no such episode or its table is missing, damaged or too short.
    pub fn rows(&mut self, number: u64, columns: &[&str]) -> Result<Rows, DataError> {
        let episode = self.episode(number)?;
        let pictures: Vec<String> = self.cameras_of(Storage::Image);
        let wanted = |name: &str| {
            if columns.is_empty() {
                !pictures.iter().any(|camera| camera == name)
            } else {
                columns.contains(&name) || name == "episode_index"
            }
        };
        let place = self.place(&episode)?;
        let mut columns_read = self.table(&episode.table)?.read(place.clone(), wanted)?;
        if !belongs(&columns_read, number) {
            let place = self.search(&episode)?;
            columns_read = self.table(&episode.table)?.read(place, wanted)?;
        }
        columns_read.retain(|column| columns.is_empty() || columns.contains(&column.name.as_str()));
        Ok(Rows {
            episode: number,
            length: episode.length as usize,
            columns: columns_read,
        })
    }

    /// One camera of the dataset.
    ///
    /// # Errors
    /// When there is none of that name; `camera` may be the last part of it where that is unambiguous.
    pub fn camera(&self, camera: &str) -> Result<&CameraFeature, DataError> {
        let cameras = &self.info.about.cameras;
        let mut matching = cameras
            .iter()
            .filter(|known| known.name.ends_with(&format!(".{camera}")));
        let short = matching.next().filter(|_| matching.next().is_none());
        let exact = cameras.iter().find(|known| known.name == camera);
        exact.or(short).ok_or_else(|| DataError::NoSuch {
            what: "camera",
            name: camera.to_owned(),
            known: listing(cameras.iter().map(|camera| camera.name.as_str())),
        })
    }

    /// The files that grow while the dataset is written; see [`Index::last_files`].
    fn last_files(&self) -> index::LastFiles {
        self.index.last_files()
    }

    /// Number and row groups of the last table of episodes.
    fn last_episode_file(&self) -> Result<([u64; 2], u64), DataError> {
        let Some(path) = self.index.files().last() else {
            return Ok(([0, 0], 0));
        };
        let number = |name: Option<&std::ffi::OsStr>| {
            let name = name?.to_string_lossy();
            let digits: String = name.chars().filter(char::is_ascii_digit).collect();
            digits.parse().ok()
        };
        let chunk = number(path.parent().and_then(Path::file_name));
        let file = number(path.file_stem());
        let (Some(chunk), Some(file)) = (chunk, file) else {
            return Err(DataError::malformed(path, "its name has no number"));
        };
        Ok(([chunk, file], Table::open(path)?.groups_count()))
    }

    fn cameras_of(&self, storage: Storage) -> Vec<String> {
        let cameras = self.info.about.cameras.iter();
        cameras
            .filter(|camera| camera.storage == storage)
            .map(|camera| camera.name.clone())
            .collect()
    }

    fn position(&self, number: u64) -> Result<usize, DataError> {
        self.index.position(number).ok_or(DataError::OutOfRange {
            what: "episode",
            index: number,
            count: self.index.len() as u64,
        })
    }

    /// Rows of the episode inside its table, as the metadata have it.
    fn place(&self, episode: &Episode) -> Result<Range<u64>, DataError> {
        let start = match self.info.version {
            Version::V30 => self.index.row_in_table(self.position(episode.index)?),
            _ => 0,
        };
        Ok(start..start + episode.length)
    }

    /// Rows of the episode inside its table, as the rows themselves have it: for metadata that count wrongly.
    fn search(&mut self, episode: &Episode) -> Result<Range<u64>, DataError> {
        let table = self.table(&episode.table)?;
        let all = table.read(0..table.rows(), |name| name == "episode_index")?;
        let owners = all.first().map(|column| &column.values);
        let Some(Values::I64(owners)) = owners else {
            return Err(DataError::malformed(
                &episode.table,
                "it has no column episode_index",
            ));
        };
        let wanted = episode.index as i64;
        let start = owners.iter().position(|owner| *owner == wanted);
        let run = start.map(|start| {
            let length = owners[start..]
                .iter()
                .take_while(|owner| **owner == wanted)
                .count();
            start as u64..(start + length) as u64
        });
        match run {
            Some(run) if run.end - run.start == episode.length => Ok(run),
            found => Err(DataError::malformed(
                &episode.table,
                format!(
                    "episode {} should have {} rows in it and has {}",
                    episode.index,
                    episode.length,
                    found.map_or(0, |run| run.end - run.start)
                ),
            )),
        }
    }

    fn table(&mut self, path: &Path) -> Result<&Table, DataError> {
        if self.table.as_ref().is_none_or(|(open, _)| open != path) {
            self.table = Some((path.to_owned(), Table::open(path)?));
        }
        match &self.table {
            Some((_, table)) => Ok(table),
            None => Err(DataError::malformed(path, "the table cannot be opened")),
        }
    }
}

/// Whether all rows say that they belong to the episode; rows that say nothing are believed.
fn belongs(columns: &[super::Column], number: u64) -> bool {
    let owner = columns.iter().find(|column| column.name == "episode_index");
    match owner.map(|column| &column.values) {
        Some(Values::I64(owners)) => owners.iter().all(|owner| *owner == number as i64),
        _ => true,
    }
}

fn statement(key: &str, stated: u64, found: u64, defects: &mut Vec<Defect>) {
    if stated != found {
        defects.push(Defect::warning(
            "meta/info.json",
            format!("{key} is {stated} but {found} were found"),
            "the number that was found is used",
        ));
    }
}

/// Names for messages, at most ten.
pub(super) fn listing<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.take(10).collect();
    if names.is_empty() {
        "none".into()
    } else {
        names.join(", ")
    }
}

#[cfg(test)]
#[path = "fixture_tests.rs"]
mod fixture_tests;
#[cfg(test)]
#[path = "hostile_tests.rs"]
mod hostile_tests;
