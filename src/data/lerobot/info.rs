//! `meta/info.json`: version, rate, features, and the templates that name all other files.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::data::episode::nested_names;
use crate::data::place::{Fill, expand, inside};
use crate::data::{CameraFeature, DataError, DatasetInfo, Feature, Storage, json};
use crate::geometry::ImageSize;

/// Most features of a dataset.
const MAX_FEATURES: usize = 4096;
/// Longest side that a camera may claim.
const MAX_SIDE: u64 = 1 << 16;
/// Most values in a row of one feature.
const MAX_WIDTH: usize = 1 << 24;

/// Versions of the format that differ in their files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Version {
    /// One file per episode, statistics of the whole set only.
    V20,
    /// One file per episode.
    V21,
    /// Many episodes per file.
    V30,
}

impl Version {
    /// As `codebase_version` says it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::V20 => "v2.0",
            Self::V21 => "v2.1",
            Self::V30 => "v3.0",
        }
    }

    fn read(name: &str) -> Option<Self> {
        [Self::V20, Self::V21, Self::V30]
            .into_iter()
            .find(|version| version.name() == name || &version.name()[1..] == name)
    }
}

/// What `info.json` says, as far as it is needed to find everything else.
#[derive(Debug, Clone)]
pub(super) struct InfoFile {
    pub(super) path: PathBuf,
    pub(super) version: Version,
    pub(super) about: DatasetInfo,
    /// Number of tasks that it states.
    pub(super) tasks: Option<u64>,
    data_path: String,
    video_path: Option<String>,
    chunks_size: u64,
}

impl InfoFile {
    pub(super) fn read(root: &Path) -> Result<Self, DataError> {
        let path = root.join("meta/info.json");
        let value = json::read(&path)?;
        let wrong = |what: &str| DataError::malformed(&path, what);
        let found = value["codebase_version"]
            .as_str()
            .ok_or_else(|| wrong("codebase_version is missing"))?;
        let version = Version::read(found).ok_or_else(|| DataError::Version {
            format: "LeRobot",
            found: found.to_owned(),
            supported: "v2.0, v2.1 and v3.0",
            path: path.clone(),
        })?;
        let fps = value["fps"]
            .as_f64()
            .filter(|fps| *fps > 0.0 && *fps <= 1e5);
        let features = features(&value["features"], &path)?;
        let text = |key: &str| value[key].as_str().map(str::to_owned);
        let about = DatasetInfo {
            format: "LeRobot",
            version: version.name().into(),
            robot_type: text("robot_type"),
            fps: fps.ok_or_else(|| wrong("fps is no positive number"))?,
            episodes: value["total_episodes"].as_u64().unwrap_or(0),
            frames: value["total_frames"].as_u64().unwrap_or(0),
            cameras: cameras(&features, &value["features"]),
            features,
        };
        Ok(Self {
            version,
            about,
            tasks: value["total_tasks"].as_u64(),
            data_path: text("data_path").ok_or_else(|| wrong("data_path is missing"))?,
            video_path: text("video_path"),
            chunks_size: value["chunks_size"].as_u64().unwrap_or(1000).max(1),
            path,
        })
    }

    /// The table of an episode in version 2.
    pub(super) fn episode_table(&self, root: &Path, episode: u64) -> Result<PathBuf, DataError> {
        self.filled(root, &self.data_path, &self.episode_fills(episode))
    }

    /// The video of an episode and camera in version 2.
    pub(super) fn episode_video(
        &self,
        root: &Path,
        episode: u64,
        camera: &str,
    ) -> Result<PathBuf, DataError> {
        let [chunk, index] = self.episode_fills(episode);
        let fills = [chunk, index, ("video_key", Fill::Text(camera))];
        self.filled(root, self.video_template()?, &fills)
    }

    /// The table of a chunk and file in version 3.
    pub(super) fn table(&self, root: &Path, [chunk, file]: [u64; 2]) -> Result<PathBuf, DataError> {
        let fills = [
            ("chunk_index", Fill::Number(chunk)),
            ("file_index", Fill::Number(file)),
        ];
        self.filled(root, &self.data_path, &fills)
    }

    /// The video of a chunk, file and camera in version 3.
    pub(super) fn video(
        &self,
        root: &Path,
        [chunk, file]: [u64; 2],
        camera: &str,
    ) -> Result<PathBuf, DataError> {
        let fills = [
            ("chunk_index", Fill::Number(chunk)),
            ("file_index", Fill::Number(file)),
            ("video_key", Fill::Text(camera)),
        ];
        self.filled(root, self.video_template()?, &fills)
    }

    fn episode_fills(&self, episode: u64) -> [(&'static str, Fill<'static>); 2] {
        [
            ("episode_chunk", Fill::Number(episode / self.chunks_size)),
            ("episode_index", Fill::Number(episode)),
        ]
    }

    fn video_template(&self) -> Result<&str, DataError> {
        let template = self.video_path.as_deref();
        template.ok_or_else(|| DataError::malformed(&self.path, "video_path is missing"))
    }

    fn filled(
        &self,
        root: &Path,
        template: &str,
        fills: &[(&str, Fill<'_>)],
    ) -> Result<PathBuf, DataError> {
        let name = expand(template, fills).ok_or_else(|| {
            DataError::malformed(&self.path, format!("{template:?} is no template of a path"))
        })?;
        inside(root, &name, &self.path)
    }
}

fn features(value: &Value, path: &Path) -> Result<Vec<Feature>, DataError> {
    let Value::Object(object) = value else {
        return Err(DataError::malformed(path, "features is no object"));
    };
    if object.len() > MAX_FEATURES {
        return Err(DataError::TooMuch {
            what: "features",
            found: object.len() as u64,
            limit: MAX_FEATURES as u64,
            path: path.to_owned(),
        });
    }
    let features = object
        .iter()
        .map(|(name, value)| feature(name, value, path));
    features.collect()
}

fn feature(name: &str, value: &Value, path: &Path) -> Result<Feature, DataError> {
    let wrong = |what: &str| DataError::malformed(path, format!("feature {name:?} {what}"));
    let shape: Option<Vec<usize>> = match &value["shape"] {
        Value::Array(sides) => sides
            .iter()
            .map(|side| side.as_u64().and_then(|side| usize::try_from(side).ok()))
            .collect(),
        Value::Null => Some(vec![1]),
        _ => None,
    };
    let shape = shape.ok_or_else(|| wrong("has a shape that is no list of numbers"))?;
    let width = shape
        .iter()
        .try_fold(1_usize, |all, side| all.checked_mul(*side));
    let dtype = value["dtype"]
        .as_str()
        .ok_or_else(|| wrong("has no dtype"))?;
    let feature = Feature {
        name: name.to_owned(),
        dtype: dtype.to_owned(),
        shape,
        names: nested_names(value.get("names")),
    };
    if !feature.is_camera() && width.is_none_or(|width| width > MAX_WIDTH) {
        return Err(wrong("has an absurd shape"));
    }
    Ok(feature)
}

fn cameras(features: &[Feature], values: &Value) -> Vec<CameraFeature> {
    let cameras = features.iter().filter(|feature| feature.is_camera());
    cameras
        .map(|feature| CameraFeature {
            name: feature.name.clone(),
            size: size(feature, &values[&feature.name]),
            storage: if feature.dtype == "video" {
                Storage::Video
            } else {
                Storage::Image
            },
        })
        .collect()
}

/// The size that a camera claims: its shape by its names, which tell channels-first sets apart, or the video's info.
fn size(feature: &Feature, value: &Value) -> ImageSize {
    let named = |name: &str| {
        let at = feature.names.iter().position(|known| known == name)?;
        feature.shape.get(at).map(|side| *side as u64)
    };
    // Version 2.0 wrote `info`, others `video_info`.
    let stated = |key: &str| {
        let info = value.get("info").or_else(|| value.get("video_info"))?;
        info.get(key)?.as_u64()
    };
    let by_place = |place: usize| match feature.shape.as_slice() {
        [3, height, width] | [height, width, ..] => Some([*height, *width][place] as u64),
        _ => None,
    };
    let side = |side: Option<u64>| {
        let side = side.filter(|side| *side <= MAX_SIDE);
        side.map_or(0, |side| side as u32)
    };
    ImageSize::new(
        side(
            named("width")
                .or_else(|| stated("video.width"))
                .or_else(|| by_place(1)),
        ),
        side(
            named("height")
                .or_else(|| stated("video.height"))
                .or_else(|| by_place(0)),
        ),
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(info: &Value) -> Result<InfoFile, DataError> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("meta")).unwrap();
        std::fs::write(folder.path().join("meta/info.json"), info.to_string()).unwrap();
        InfoFile::read(folder.path())
    }

    fn info() -> Value {
        json!({
            "codebase_version": "v3.0", "fps": 10, "robot_type": null,
            "total_episodes": 2, "total_frames": 80, "total_tasks": 1, "chunks_size": 1000,
            "data_path": "data/chunk-{chunk_index:03d}/file-{file_index:03d}.parquet",
            "video_path": "videos/{video_key}/chunk-{chunk_index:03d}/file-{file_index:03d}.mp4",
            "features": {
                "action": {"dtype": "float32", "shape": [2], "names": {"motors": ["a", "b"]}},
                "cam": {"dtype": "video", "shape": [3, 120, 160], "names": ["channels", "height", "width"]},
            },
        })
    }

    #[test]
    fn channels_first_and_nested_names_are_understood() {
        let info = read(&info()).unwrap();
        assert_eq!(info.about.cameras[0].size, ImageSize::new(160, 120));
        assert_eq!(info.about.features[0].names, ["a", "b"]);
        let path = info.video(Path::new("/r"), [1, 2], "cam").unwrap();
        assert_eq!(path, Path::new("/r/videos/cam/chunk-001/file-002.mp4"));
    }

    #[test]
    fn templates_cannot_leave_the_folder() {
        for template in [
            "../{chunk_index:03d}.parquet",
            "/etc/passwd",
            "{chunk_index}/../../x",
        ] {
            let mut info = info();
            info["data_path"] = template.into();
            let error = read(&info)
                .unwrap()
                .table(Path::new("/r"), [0, 0])
                .unwrap_err();
            assert!(
                matches!(error, DataError::Outside { .. }),
                "{template}: {error}"
            );
        }
        // Nor does the name of a camera.
        let info = read(&info()).unwrap();
        let error = info.video(Path::new("/r"), [0, 0], "../../x").unwrap_err();
        assert!(matches!(error, DataError::Outside { .. }));
    }

    #[test]
    fn what_cannot_be_used_is_said() {
        for (key, value, part) in [
            ("codebase_version", json!("v9.1"), "v9.1"),
            ("codebase_version", json!(null), "codebase_version"),
            ("fps", json!(0), "fps"),
            ("fps", json!("ten"), "fps"),
            ("data_path", json!(null), "data_path"),
            ("features", json!([]), "features"),
            (
                "features",
                json!({"a": {"dtype": "float32", "shape": [4_000_000_000_u64, 9]}}),
                "absurd",
            ),
            (
                "features",
                json!({"a": {"dtype": "float32", "shape": "7"}}),
                "shape",
            ),
            ("features", json!({"a": {"shape": [7]}}), "dtype"),
        ] {
            let mut info = info();
            info[key] = value;
            let error = read(&info).unwrap_err().to_string();
            assert!(error.contains(part), "{error}");
        }
    }
}
