//! Every defect of a dataset: files, counts, indices, times, numbers and pictures, episode by episode.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::frames::{TOLERANCE, shown_at};
use super::index::shown;
use super::{BOOKKEEPING, Episodes};
use crate::data::{Column, DataError, Defect, Episode, Rows, Stats, Storage, Values, VideoPlace};
use crate::geometry::ImageSize;
use crate::job::{Cancelled, JobContext};
use crate::media::Picture;

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
        let missing: Vec<u64> =
            (0..numbers.len() as u64).filter(|number| !seen.contains(number)).collect();
        if let Some(first) = missing.first() {
            self.add(Defect::warning(
                "the list of episodes",
                format!("{} numbers are left out, the first is {first}", missing.len()),
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
            self.add(Defect::warning(&*place, "it names no task", "name one in the list of episodes"));
        }
        let expected_first = self.frames;
        self.frames += episode.length;
        if episode.first_row != expected_first {
            let what = format!(
                "its first row is stated as {} and should be {expected_first}",
                episode.first_row
            );
            self.add(Defect::warning(&*place, what, "correct dataset_from_index and dataset_to_index"));
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
        self.add(Defect::error(place, error.to_string(), "the rest of the dataset is usable"));
    }

    fn rows(&mut self, place: &str, episode: &Episode, rows: &Rows) {
        let features = self.set.info().features.clone();
        for feature in features.iter().filter(|feature| !feature.is_camera()) {
            match rows.column(&feature.name) {
                None => self.add(Defect::error(
                    place,
                    format!("column {:?} is missing or of a type that cannot be read", feature.name),
                    "the feature is left out for this episode",
                )),
                Some(column) if feature.is_numeric() => {
                    self.column(place, column, feature.width());
                }
                Some(_) => {}
            }
        }
        let fps = self.set.info().fps;
        let tasks = self.set.tasks().len() as f64;
        let (number, first) = (episode.index as f64, episode.first_row as f64);
        let mut each = |name: &str, right: &dyn Fn(f64, f64) -> bool, rule: &str| {
            let Some(column) = rows.column(name) else {
                return;
            };
            let wrong = |row: &usize| {
                column.values.number(*row).is_none_or(|value| !right(*row as f64, value))
            };
            let mut wrong = (0..rows.length).filter(wrong);
            if let Some(row) = wrong.next() {
                let more = wrong.count();
                let found = column.values.number(row).unwrap_or(f64::NAN);
                self.defects.push(Defect::error(
                    format!("{place} row {row}"),
                    format!("{name} is {found}, {rule}; likewise in {more} more rows"),
                    "write the table again",
                ));
            }
        };
        each("frame_index", &|row, value| value == row, "it should count the rows");
        each("episode_index", &|_, value| value == number, "it should be the episode");
        each("index", &|row, value| value == first + row, "it should count the rows of the whole set");
        each("task_index", &|_, value| value >= 0.0 && value < tasks, "there is no such task");
        let late = |row: f64, value: f64| (value - row / fps).abs() <= TOLERANCE;
        each("timestamp", &late, "it should be the row divided by fps");
    }

    fn column(&mut self, place: &str, column: &Column, width: usize) {
        if column.width != width || matches!(column.values, Values::Json(_)) {
            return self.add(Defect::error(
                place,
                format!("column {:?} has {} values a row, not {width}", column.name, column.width),
                "write the table or the shape in info.json again",
            ));
        }
        let count = column.values.len();
        let values: Vec<f64> = (0..count).filter_map(|at| column.values.number(at)).collect();
        if let Some(at) = values.iter().position(|value| !value.is_finite()) {
            let wrong = values.iter().filter(|value| !value.is_finite()).count();
            self.add(Defect::error(
                format!("{place} row {}", at / width),
                format!("column {:?} holds {} ({wrong} in all)", column.name, values[at]),
                "training on it gives no numbers; leave the episode out",
            ));
        } else if !BOOKKEEPING.contains(&column.name.as_str()) {
            let stats = Stats::of_rows(width, &values);
            self.parts.entry(column.name.clone()).or_default().push(stats);
        }
    }

    fn video(&mut self, place: &str, episode: &Episode, video: &VideoPlace) {
        let name = shown(self.set.root(), &video.path);
        let stated = self.set.camera(&video.camera).map(|camera| camera.size).unwrap_or_default();
        let opened = match self.set.videos.open(&video.path) {
            Ok(opened) => opened,
            Err(error) => {
                let what = if video.path.exists() {
                    error.to_string()
                } else {
                    "the video is missing".to_owned()
                };
                let advice = "its frames cannot be shown; copy it again";
                return self.add(Defect::error(format!("{place}: {name}"), what, advice));
            }
        };
        let info = opened.info().clone();
        // Every row must have its frame; in version 2 also every frame its row.
        let lost = (0..episode.length).filter(|row| {
            shown_at(opened, video.start + *row as f64 / self.set.info.about.fps).is_err()
        });
        let (first, count) = lost.fold((None, 0), |(first, count), row| (first.or(Some(row)), count + 1));
        if let Some(first) = first {
            let what = format!("{count} rows from {first} on have no frame of {name} at their time");
            let advice = "the video is cut off or of another rate; encode it again";
            self.add(Defect::error(place, what, advice));
        }
        if video.end.is_none() && info.frames > episode.length {
            let what = format!("{name} has {} frames for {} rows", info.frames, episode.length);
            self.add(Defect::warning(place, what, "the frames behind the last row are not used"));
        }
        if self.told.insert(name.clone()) {
            for note in &info.notes {
                self.add(Defect::warning(&*name, note.clone(), "copy it again"));
            }
            self.size(&name, info.size, stated);
        }
        if self.thoroughness == Thoroughness::EveryFrame {
            self.decode(place, episode, &video.camera);
        }
    }

    fn size(&mut self, place: &str, found: ImageSize, stated: ImageSize) {
        if found != stated {
            self.add(Defect::warning(
                place,
                format!("its frames are {found}, info.json says {stated}"),
                "the size that was found is used; correct the shape",
            ));
        }
    }

    fn pictures(&mut self, place: &str, episode: &Episode) {
        for camera in self.set.cameras_of(Storage::Image) {
            if self.thoroughness == Thoroughness::EveryFrame {
                self.decode(place, episode, &camera);
                continue;
            }
            let stated = self.set.camera(&camera).map(|camera| camera.size).unwrap_or_default();
            match self.set.rows(episode.index, &[&camera]) {
                Ok(rows) => self.encoded(place, &rows, stated),
                Err(error) => self.broken(place, &error),
            }
        }
    }

    /// Encoded pictures: all there, the first readable and of the right size.
    fn encoded(&mut self, place: &str, rows: &Rows, stated: ImageSize) {
        let Some(column) = rows.columns.first() else {
            return;
        };
        let empty = (0..rows.length).filter(|row| column.bytes(*row).is_none_or(<[u8]>::is_empty));
        let count = empty.count();
        if count > 0 {
            let what = format!("{count} rows hold no picture of {:?}", column.name);
            self.add(Defect::error(place, what, "write the table again"));
        }
        let decoded = column.bytes(0).map(|bytes| Picture::decode(bytes, Path::new(&column.name)));
        match decoded {
            Some(Ok(picture)) => self.size(place, picture.frame.size(), stated),
            Some(Err(error)) => self.broken(place, &error.into()),
            None => {}
        }
    }

    /// Decodes every frame.
    fn decode(&mut self, place: &str, episode: &Episode, camera: &str) {
        let mut sizes = BTreeSet::new();
        for row in 0..episode.length {
            match self.set.frame(episode.index, row, camera) {
                Ok(frame) => {
                    sizes.insert((frame.size().width, frame.size().height));
                }
                Err(error) => self.broken(&format!("{place} row {row}"), &error),
            }
        }
        if sizes.len() > 1 {
            let what = format!("frames of {camera:?} have {} different sizes", sizes.len());
            self.add(Defect::error(place, what, "training needs one size; scale them"));
        }
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
            let tiny = stored.get(&camera.name).is_some_and(|stats| stats.std.iter().all(|std| *std < 0.02));
            if tiny {
                self.add(Defect::note(
                    "the statistics",
                    format!("the deviation of pixels of {:?} is far too small", camera.name),
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
        a.len() == b.len() && a.iter().zip(b).zip(spread).all(|((a, b), spread)| {
            (a - b).abs() <= STATS_TOLERANCE * spread.max(b.abs())
        })
    };
    near(&stored.mean, &found.mean) && near(&stored.std, &found.std)
}
