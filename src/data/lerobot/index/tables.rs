//! The list of episodes of version 3: `meta/episodes/chunk-*/file-*.parquet`.

use std::path::{Path, PathBuf};

use super::{Index, Spot, listed, shown};
use crate::data::lerobot::info::InfoFile;
use crate::data::table::Table;
use crate::data::{Column, DataError, Defect, Storage, Values};

impl Index {
    pub(super) fn read_tables(
        &mut self,
        root: &Path,
        info: &InfoFile,
        defects: &mut Vec<Defect>,
    ) -> Result<(), DataError> {
        let files = episode_files(root, info.about.episodes == 0)?;
        let cameras = info.about.cameras.iter();
        self.videos = cameras
            .filter(|camera| camera.storage == Storage::Video)
            .map(|camera| (camera.name.clone(), Vec::new()))
            .collect();
        let mut last = None;
        for file in &files {
            if let Err(error) = self.read_table(file) {
                defects.push(Defect::error(
                    shown(root, file),
                    error.to_string(),
                    "its episodes are left out; write the file again",
                ));
                last = Some(error);
            } else {
                self.files.push(file.clone());
            }
        }
        match last {
            Some(error) if self.entries.is_empty() => Err(error),
            _ => Ok(()),
        }
    }

    fn read_table(&mut self, file: &Path) -> Result<(), DataError> {
        let table = Table::open(file)?;
        let wanted = |name: &str| {
            let light = ["episode_index", "length", "tasks", "dataset_from_index"].contains(&name);
            light || name.starts_with("data/") || name.starts_with("videos/")
        };
        let columns = Columns {
            columns: table.read(0..table.rows(), wanted)?,
            file,
        };
        let (episodes, lengths) = (
            columns.integers("episode_index")?,
            columns.integers("length")?,
        );
        let tables = [
            columns.integers("data/chunk_index")?,
            columns.integers("data/file_index")?,
        ];
        let first_rows = columns.integers("dataset_from_index")?;
        let spots: Vec<Vec<Spot>> = self
            .videos
            .iter()
            .map(|(camera, _)| columns.spots(camera))
            .collect::<Result<_, _>>()?;
        for row in 0..episodes.len() {
            let table = [tables[0][row], tables[1][row]];
            let first = self.first_rows.entry(table).or_insert(first_rows[row]);
            *first = (*first).min(first_rows[row]);
            let tasks = columns.tasks(row);
            self.push(
                episodes[row],
                lengths[row],
                first_rows[row],
                table,
                &tasks,
                file,
            )?;
        }
        for ((_, all), spots) in self.videos.iter_mut().zip(spots) {
            all.extend(spots);
        }
        Ok(())
    }
}

/// Columns of a metadata table.
struct Columns<'a> {
    columns: Vec<Column>,
    file: &'a Path,
}

impl Columns<'_> {
    fn column(&self, name: &str) -> Result<&Column, DataError> {
        let found = self.columns.iter().find(|column| column.name == name);
        found.ok_or_else(|| {
            DataError::malformed(self.file, format!("it has no readable column {name:?}"))
        })
    }

    fn integers(&self, name: &str) -> Result<Vec<u64>, DataError> {
        let column = self.column(name)?;
        let numbers = match &column.values {
            Values::I64(values) => values
                .iter()
                .map(|value| u64::try_from(*value).ok())
                .collect(),
            // pandas turns columns with holes into floating point.
            Values::F64(values) => values
                .iter()
                .map(|value| (value.fract() == 0.0 && *value >= 0.0).then_some(*value as u64))
                .collect(),
            _ => None,
        };
        numbers.ok_or_else(|| {
            DataError::malformed(self.file, format!("column {name:?} holds no counts"))
        })
    }

    fn spots(&self, camera: &str) -> Result<Vec<Spot>, DataError> {
        let key = |name: &str| format!("videos/{camera}/{name}");
        let (chunks, files) = (
            self.integers(&key("chunk_index"))?,
            self.integers(&key("file_index"))?,
        );
        let starts = self.column(&key("from_timestamp"))?;
        let ends = self.column(&key("to_timestamp"))?;
        let spot = |row: usize| {
            Some(Spot {
                file: [chunks[row], files[row]],
                start: starts.values.number(row)?,
                end: ends.values.number(row)?,
            })
        };
        let spots: Option<Vec<_>> = (0..chunks.len()).map(spot).collect();
        spots.ok_or_else(|| {
            DataError::malformed(
                self.file,
                format!("times of camera {camera:?} are no numbers"),
            )
        })
    }

    fn tasks(&self, row: usize) -> Vec<String> {
        let Ok(column) = self.column("tasks") else {
            return Vec::new();
        };
        match &column.values {
            Values::Text(texts) => texts[row * column.width..][..column.width]
                .iter()
                .flatten()
                .cloned()
                .collect(),
            Values::Json(lists) => lists[row]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|task| task.as_str().map(str::to_owned))
                .collect(),
            _ => Vec::new(),
        }
    }
}

/// The files with metadata of episodes, in order.
fn episode_files(root: &Path, may_lack: bool) -> Result<Vec<PathBuf>, DataError> {
    let folder = root.join("meta/episodes");
    if may_lack && !folder.exists() {
        return Ok(Vec::new());
    }
    let mut files = Vec::new();
    for chunk in listed(&folder)? {
        if chunk.is_dir() {
            let found = listed(&chunk)?.into_iter();
            files.extend(found.filter(|file| file.extension().is_some_and(|e| e == "parquet")));
        }
    }
    if files.is_empty() {
        return Err(DataError::malformed(
            &folder,
            "there is no table of episodes in it",
        ));
    }
    Ok(files)
}
