//! Finished episodes that wait to be published: a folder each, with a table, videos and what the metadata will say.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::meta::{Totals, stats_json};
use super::recorder::{Folder, RecordedEpisode};
use super::rows::{Place, batch, bookkeeping_rows, schema};
use super::spec::DatasetSpec;
use super::{WORKSHOP, tables};
use crate::data::{DataError, Stats, json};

/// A finished episode that waits.
pub(super) struct Staged {
    pub(super) episode: u64,
    pub(super) first_row: u64,
    pub(super) folder: PathBuf,
    pub(super) length: u64,
    pub(super) tasks: Vec<String>,
    /// Each once, in the order of their first rows.
    pub(super) subtasks: Vec<String>,
    pub(super) stats: Vec<(String, Stats)>,
}

impl Staged {
    pub(super) fn table(&self) -> PathBuf {
        self.folder.join("rows.parquet")
    }

    pub(super) fn video(&self, camera: &str) -> PathBuf {
        self.folder.join(super::recorder::video_name(camera))
    }
}

/// Completes the folder of a recorded episode and gives it its place among those that wait.
pub(super) fn stage(
    root: &Path,
    spec: &DatasetSpec,
    recorded: RecordedEpisode,
    place: &Place,
    numbers: &[i64],
) -> Result<Staged, DataError> {
    let RecordedEpisode {
        folder,
        rows,
        pictures,
        mut stats,
        tasks,
        subtasks,
    } = recorded;
    let subtasks = distinct(subtasks);
    let table = batch(spec, &rows, &pictures, (place, numbers))?;
    tables::write(&folder.0.join("rows.parquet"), &schema(spec), &[table])?;
    stats.extend(bookkeeping_rows(rows.len(), place).stats());
    if let Some(feature) = spec.subtask_feature() {
        let numbers: Vec<f64> = numbers.iter().map(|number| *number as f64).collect();
        stats.push((feature.name, Stats::of_rows(1, &numbers)));
    }
    let mut about = json!({
        "length": rows.len(),
        "tasks": tasks,
        "subtasks": subtasks,
        "stats": stats_json(spec, &stats),
    });
    to_text(&mut about["stats"]);
    super::meta::write_json(&folder.0.join("episode.json"), &about)?;
    let target = folder_of(root, place.episode);
    let failed = |source| DataError::io("keeping the episode", &target, source);
    if let Some(parent) = target.parent() {
        std::fs::create_dir_all(parent).map_err(failed)?;
    }
    std::fs::rename(&folder.0, &target).map_err(failed)?;
    Ok(Staged {
        episode: place.episode,
        first_row: place.first_row,
        folder: keep(folder, target),
        length: rows.len() as u64,
        tasks,
        subtasks,
        stats,
    })
}

/// Writes fractions as text: the reader of JSON numbers may miss the last digit, and an episode that waited would differ
/// from one that did not.
fn to_text(value: &mut Value) {
    match value {
        Value::Number(number) if number.is_f64() => *value = Value::String(number.to_string()),
        Value::Array(list) => list.iter_mut().for_each(to_text),
        Value::Object(map) => map.values_mut().for_each(to_text),
        _ => {}
    }
}

/// Undoes [`to_text`].
fn from_text(value: &mut Value) {
    match value {
        Value::String(text) => *value = text.parse::<f64>().map_or(Value::Null, Value::from),
        Value::Array(list) => list.iter_mut().for_each(from_text),
        Value::Object(map) => map.values_mut().for_each(from_text),
        _ => {}
    }
}

fn distinct(texts: Vec<String>) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for text in texts {
        if !found.contains(&text) {
            found.push(text);
        }
    }
    found
}

/// The folder has moved: its old name is not to be removed.
fn keep(mut folder: Folder, target: PathBuf) -> PathBuf {
    folder.0.clone_from(&target);
    std::mem::forget(folder);
    target
}

fn folder_of(root: &Path, episode: u64) -> PathBuf {
    root.join(WORKSHOP)
        .join("episodes")
        .join(format!("episode_{episode:06}"))
}

/// Episodes that an earlier run left waiting, in order. Those that are published already are removed.
pub(super) fn found(
    root: &Path,
    spec: &DatasetSpec,
    published: Totals,
) -> Result<Vec<Staged>, DataError> {
    let parent = root.join(WORKSHOP).join("episodes");
    if !parent.is_dir() {
        return Ok(Vec::new());
    }
    let mut first_row = published.frames;
    let mut waiting = Vec::new();
    for episode in published.episodes.. {
        let folder = folder_of(root, episode);
        if !folder.is_dir() {
            break;
        }
        let staged = read(spec, folder, episode, first_row)?;
        first_row += staged.length;
        waiting.push(staged);
    }
    for folder in crate::data::lerobot::index::listed(&parent)? {
        if waiting.iter().all(|staged| staged.folder != folder) {
            std::fs::remove_dir_all(&folder)
                .map_err(|source| DataError::io("removing what is published", &folder, source))?;
        }
    }
    Ok(waiting)
}

fn read(
    spec: &DatasetSpec,
    folder: PathBuf,
    episode: u64,
    first_row: u64,
) -> Result<Staged, DataError> {
    let path = folder.join("episode.json");
    let mut about = json::read(&path)?;
    from_text(&mut about["stats"]);
    let stats = |name: &str| {
        let stats = Stats::from_json(&about["stats"][name]);
        stats.map(|stats| (name.to_owned(), stats))
    };
    let names = about["stats"]
        .as_object()
        .into_iter()
        .flat_map(|stats| stats.keys());
    let texts = |key: &str| -> Vec<String> {
        let texts = about[key].as_array().into_iter().flatten();
        texts.filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let staged = Staged {
        episode,
        first_row,
        length: about["length"].as_u64().unwrap_or(0),
        tasks: texts("tasks"),
        subtasks: texts("subtasks"),
        stats: names.filter_map(|name| stats(name)).collect(),
        folder,
    };
    let videos = spec.cameras.iter().filter(|_| spec.has_videos());
    let whole = staged.table().is_file()
        && videos
            .map(|camera| staged.video(&camera.name))
            .all(|video| video.is_file());
    if staged.length == 0 || staged.tasks.is_empty() || !whole {
        return Err(DataError::malformed(
            &path,
            "the waiting episode is not whole",
        ));
    }
    Ok(staged)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn fractions_keep_every_digit(numbers in prop::collection::vec(any::<f64>(), 1..20)) {
            let before = json!({ "a": { "mean": numbers, "count": [3] } });
            let mut value = before.clone();
            to_text(&mut value["a"]);
            let written = serde_json::to_vec(&value).unwrap();
            let mut read: Value = serde_json::from_slice(&written).unwrap();
            from_text(&mut read["a"]);
            prop_assert_eq!(read, before);
        }
    }
}
