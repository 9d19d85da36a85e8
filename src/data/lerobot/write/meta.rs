//! Metadata files of both versions: `info.json`, statistics, tasks and the list of episodes.

use std::collections::HashMap;
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use serde_json::{Map, Value, json};

use super::rows::bookkeeping;
use super::spec::{DatasetSpec, PictureStorage, SUBTASK_INDEX};
use super::tables;
use crate::data::lerobot::Version;
use crate::data::{DataError, Feature, Stats};
use crate::media::ScratchFile;

/// What the metadata count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Totals {
    pub(super) episodes: u64,
    pub(super) frames: u64,
    pub(super) tasks: u64,
}

/// Where the texts of subtasks are.
pub(in crate::data::lerobot) const SUBTASKS: &str = "meta/subtasks.parquet";
/// Most files in one chunk folder.
pub(super) const CHUNK: u64 = 1000;

/// Writes `meta/info.json`.
pub(super) fn write_info(root: &Path, spec: &DatasetSpec, totals: Totals) -> Result<(), DataError> {
    let mut info = json!({
        "codebase_version": spec.version.name(),
        "robot_type": spec.robot_type,
        "total_episodes": totals.episodes,
        "total_frames": totals.frames,
        "total_tasks": totals.tasks,
    });
    let videos = matches!(spec.storage, PictureStorage::Video(_)) && !spec.cameras.is_empty();
    if spec.version == Version::V30 {
        info["chunks_size"] = CHUNK.into();
        info["data_files_size_in_mb"] = spec.table_megabytes.into();
        info["video_files_size_in_mb"] = spec.video_megabytes.into();
    } else {
        let cameras = if videos { spec.cameras.len() as u64 } else { 0 };
        info["total_videos"] = (totals.episodes * cameras).into();
        info["total_chunks"] = totals.episodes.div_ceil(CHUNK).into();
        info["chunks_size"] = CHUNK.into();
    }
    let [table, video] = templates(spec.version);
    info["fps"] = spec.fps.into();
    info["splits"] = json!({"train": format!("0:{}", totals.episodes)});
    info["data_path"] = table.into();
    info["video_path"] = if videos { video.into() } else { Value::Null };
    info["features"] = features(spec);
    write_json(&root.join("meta/info.json"), &info)
}

/// Templates of tables and videos.
const fn templates(version: Version) -> [&'static str; 2] {
    match version {
        Version::V30 => [
            "data/chunk-{chunk_index:03d}/file-{file_index:03d}.parquet",
            "videos/{video_key}/chunk-{chunk_index:03d}/file-{file_index:03d}.mp4",
        ],
        _ => [
            "data/chunk-{episode_chunk:03d}/episode_{episode_index:06d}.parquet",
            "videos/chunk-{episode_chunk:03d}/{video_key}/episode_{episode_index:06d}.mp4",
        ],
    }
}

fn features(spec: &DatasetSpec) -> Value {
    let mut features = Map::new();
    let plain = |feature: &Feature| {
        let names = if feature.names.is_empty() {
            Value::Null
        } else {
            feature.names.clone().into()
        };
        json!({"dtype": feature.dtype, "shape": feature.shape, "names": names})
    };
    for feature in &spec.features {
        features.insert(feature.name.clone(), plain(feature));
    }
    for camera in &spec.cameras {
        let mut value = json!({
            "dtype": "image",
            "shape": [camera.height, camera.width, 3],
            "names": ["height", "width", "channels"],
        });
        if let PictureStorage::Video(codec) = spec.storage {
            value["dtype"] = "video".into();
            value["info"] = json!({
                "video.height": camera.height,
                "video.width": camera.width,
                "video.codec": codec.key(),
                "video.pix_fmt": "yuv420p",
                "video.is_depth_map": false,
                "video.fps": spec.fps,
                "video.channels": 3,
                "has_audio": false,
            });
        }
        features.insert(camera.name.clone(), value);
    }
    for feature in bookkeeping().into_iter().chain(spec.subtask_feature()) {
        features.insert(feature.name.clone(), plain(&feature));
    }
    Value::Object(features)
}

/// Writes `meta/stats.json`.
pub(super) fn write_stats(
    root: &Path,
    spec: &DatasetSpec,
    stats: &[(String, Stats)],
) -> Result<(), DataError> {
    write_json(&root.join("meta/stats.json"), &stats_json(spec, stats))
}

/// Statistics by feature, those of pictures with shape (3, 1, 1).
pub(super) fn stats_json(spec: &DatasetSpec, stats: &[(String, Stats)]) -> Value {
    let pairs = stats.iter().map(|(name, stats)| {
        let pictures = spec.cameras.iter().any(|camera| camera.name == *name);
        (name.clone(), stats.to_json(pictures))
    });
    Value::Object(pairs.collect())
}

/// Writes `meta/tasks.parquet`, with the text as the index that pandas gives it back.
pub(super) fn write_tasks_table(root: &Path, tasks: &[String]) -> Result<(), DataError> {
    write_texts(&root.join("meta/tasks.parquet"), "task_index", tasks)
}

/// Writes `meta/subtasks.parquet`, laid out like the tasks.
pub(super) fn write_subtasks_table(root: &Path, subtasks: &[String]) -> Result<(), DataError> {
    write_texts(&root.join(SUBTASKS), SUBTASK_INDEX, subtasks)
}

/// Writes texts by number, with the text as the index that pandas gives it back.
fn write_texts(path: &Path, index: &str, tasks: &[String]) -> Result<(), DataError> {
    let numbers: ArrayRef = Arc::new(Int64Array::from_iter_values(0..tasks.len() as i64));
    let texts: ArrayRef = Arc::new(StringArray::from_iter_values(tasks));
    let schema = Schema::new(vec![
        Field::new(index, DataType::Int64, true),
        Field::new("__index_level_0__", DataType::Utf8, true),
    ]);
    let column = |name: Value, field: &str, pandas: &str, numpy: &str| json!({"name": name, "field_name": field, "pandas_type": pandas, "numpy_type": numpy, "metadata": null});
    let pandas = json!({
        "index_columns": ["__index_level_0__"],
        "column_indexes": [{
            "name": null, "field_name": null, "pandas_type": "unicode", "numpy_type": "object",
            "metadata": {"encoding": "UTF-8"},
        }],
        "columns": [
            column(index.into(), index, "int64", "int64"),
            column(Value::Null, "__index_level_0__", "unicode", "object"),
        ],
        "attributes": {},
        "creator": {"library": "pyarrow", "version": "21.0.0"},
        "pandas_version": "2.2.3",
    });
    let about = HashMap::from([("pandas".to_owned(), pandas.to_string())]);
    let schema = schema.with_metadata(about);
    let batch = RecordBatch::try_new(Arc::new(schema.clone()), vec![numbers, texts])
        .map_err(|error| DataError::Unfit(error.to_string()))?;
    tables::write(path, &schema, &[batch])
}

/// Writes `meta/tasks.jsonl`.
pub(super) fn write_task_lines(root: &Path, tasks: &[String]) -> Result<(), DataError> {
    let lines: Vec<Value> = tasks
        .iter()
        .enumerate()
        .map(|(index, task)| json!({"task_index": index, "task": task}))
        .collect();
    write_lines(&root.join("meta/tasks.jsonl"), 0, &lines)
}

/// Writes the first `kept` lines of a JSONL file again, and more behind them.
pub(super) fn write_lines(path: &Path, kept: u64, more: &[Value]) -> Result<(), DataError> {
    let failed = |source| DataError::io("writing the file", path, source);
    let mut out = BufWriter::new(ScratchFile::create(path)?);
    let mut left = kept;
    if kept > 0 {
        crate::data::json::lines(path, |_, _, line| {
            if left > 0 {
                left -= 1;
                out.write_all(line.trim_ascii_end()).map_err(failed)?;
                out.write_all(b"\n").map_err(failed)?;
            }
            Ok(())
        })?;
    }
    for value in more {
        serde_json::to_writer(&mut out, value).map_err(|error| failed(error.into()))?;
        out.write_all(b"\n").map_err(failed)?;
    }
    let file = out
        .into_inner()
        .map_err(|error| failed(error.into_error()))?;
    Ok(file.commit()?)
}

/// Writes a JSON file with an indent of four, as LeRobot does.
pub(super) fn write_json(path: &Path, value: &Value) -> Result<(), DataError> {
    let mut bytes = Vec::new();
    let indent = serde_json::ser::PrettyFormatter::with_indent(b"    ");
    let mut out = serde_json::Serializer::with_formatter(&mut bytes, indent);
    serde::Serialize::serialize(value, &mut out)
        .map_err(|error| DataError::Unfit(error.to_string()))?;
    Ok(ScratchFile::write_all_to(path, &bytes)?)
}
