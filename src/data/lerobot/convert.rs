//! One LeRobot dataset written as another version. The source is only read; videos are copied frame by coded frame
//! wherever their coding allows it.

use std::path::Path;

use super::write::{
    CameraSpec, Cell, DatasetSpec, EpisodeRecorder, LeRobotWriter, PictureStorage, SUBTASKS,
    StepRow,
};
use super::{BOOKKEEPING, Episodes, Version};
use crate::data::{DataError, Defect, Episode, Feature, Rows, Storage, Values};
use crate::job::JobContext;
use crate::media::VideoCodec;

/// What a conversion could not keep, and how much it did.
#[derive(Debug, Clone, Default)]
pub struct Conversion {
    /// Episodes that were written.
    pub episodes: u64,
    /// Rows that were written.
    pub frames: u64,
    /// What was left out, and why.
    pub defects: Vec<Defect>,
}

impl Episodes {
    /// Writes this dataset as another version into an empty folder. Episodes that cannot be read are left out and
    /// reported.
    ///
    /// # Errors
    /// When nothing can be converted, the folder is occupied, the disk is full or somebody asked to stop.
    pub fn convert(
        &mut self,
        out: &Path,
        version: Version,
        context: &JobContext<'_>,
    ) -> Result<Conversion, DataError> {
        let mut conversion = Conversion::default();
        let spec = self.spec_of(version, &mut conversion.defects)?;
        let mut writer = LeRobotWriter::create(out, &spec)?;
        let numbers: Vec<u64> = self.numbers().collect();
        for (done, number) in numbers.iter().enumerate() {
            context.check()?;
            context.report("Converting episodes", done as u64, numbers.len() as u64);
            let recorder = writer.recorder()?;
            match self.copy_episode(*number, &spec, recorder) {
                Ok(recorded) => drop(writer.append(recorded)?),
                Err(error) => conversion.defects.push(Defect::error(
                    format!("episode {number}"),
                    error.to_string(),
                    "it is left out; the episodes behind it are renumbered",
                )),
            }
        }
        (conversion.episodes, conversion.frames) = (writer.episodes(), writer.frames());
        writer.finalize(context)?;
        let texts = self.root().join(SUBTASKS);
        if version == Version::V30 && texts.is_file() {
            // Rows keep the numbers that it explains.
            let target = out.join(SUBTASKS);
            let copied = std::fs::copy(&texts, &target);
            copied.map_err(|source| DataError::io("copying the subtasks", &target, source))?;
        }
        Ok(conversion)
    }

    /// The spec that keeps most of this dataset.
    fn spec_of(
        &mut self,
        version: Version,
        defects: &mut Vec<Defect>,
    ) -> Result<DatasetSpec, DataError> {
        let info = self.info().clone();
        let fps = info.fps as u32;
        if (f64::from(fps) - info.fps).abs() > 1e-9 {
            return Err(DataError::Unfit(format!(
                "{} rows per second are no whole number",
                info.fps
            )));
        }
        let (mut features, mut cameras) = (Vec::new(), Vec::new());
        for feature in &info.features {
            if feature.is_camera() || BOOKKEEPING.contains(&feature.name.as_str()) {
                continue;
            }
            match written(feature) {
                Some(feature) => features.push(feature),
                None => defects.push(Defect::warning(
                    format!("feature {:?}", feature.name),
                    format!(
                        "type {} and shape {:?} are not written",
                        feature.dtype, feature.shape
                    ),
                    "the column is left out",
                )),
            }
        }
        let storage = self.storage()?;
        for camera in &info.cameras {
            let size = self.frame_size(&camera.name)?;
            cameras.push(CameraSpec {
                name: camera.name.clone(),
                width: size.width,
                height: size.height,
            });
        }
        Ok(DatasetSpec {
            robot_type: info.robot_type,
            features,
            cameras,
            storage,
            ..DatasetSpec::new(version, fps)
        })
    }

    /// The size of a camera's frames: that of the first there is.
    fn frame_size(&mut self, camera: &str) -> Result<crate::geometry::ImageSize, DataError> {
        let first = self.numbers().next().unwrap_or(0);
        match self.frame(first, 0, camera) {
            Ok(frame) => Ok(frame.size()),
            Err(_) => Ok(self.camera(camera)?.size),
        }
    }

    fn storage(&mut self) -> Result<PictureStorage, DataError> {
        let cameras = self.info().cameras.clone();
        let stored_as = |storage| {
            cameras
                .iter()
                .filter(move |camera| camera.storage == storage)
        };
        if stored_as(Storage::Video).next().is_none() {
            return Ok(PictureStorage::Png);
        }
        if stored_as(Storage::Image).next().is_some() {
            return Err(DataError::Unfit("cameras stored in two ways".into()));
        }
        Ok(PictureStorage::Video(
            match self.codec(&cameras[0].name)?.as_str() {
                "h264" => VideoCodec::H264,
                _ => VideoCodec::Av1,
            },
        ))
    }

    fn copy_episode(
        &mut self,
        number: u64,
        spec: &DatasetSpec,
        mut recorder: EpisodeRecorder,
    ) -> Result<super::write::RecordedEpisode, DataError> {
        let episode = self.episode(number)?;
        let names: Vec<&str> = spec
            .features
            .iter()
            .map(|feature| feature.name.as_str())
            .collect();
        let rows = if names.is_empty() {
            None
        } else {
            Some(self.rows(number, &names)?)
        };
        for row in 0..episode.length as usize {
            let step = rows
                .as_ref()
                .map_or_else(|| Ok(StepRow::new()), |rows| step(rows, spec, row))?;
            if spec.storage == PictureStorage::Png {
                let frames = spec
                    .cameras
                    .iter()
                    .map(|camera| self.frame(number, row as u64, &camera.name));
                recorder.push(&step, &frames.collect::<Result<Vec<_>, _>>()?)?;
            } else {
                recorder.push_row(&step)?;
            }
        }
        if spec.storage != PictureStorage::Png {
            for at in 0..spec.cameras.len() {
                self.copy_video(&episode, at, &spec.cameras[at].name, &mut recorder)?;
            }
        }
        let tasks: Vec<&str> = episode.tasks.iter().map(String::as_str).collect();
        recorder.finish(if tasks.is_empty() { &[""] } else { &tasks })
    }

    fn copy_video(
        &mut self,
        episode: &Episode,
        at: usize,
        camera: &str,
        recorder: &mut EpisodeRecorder,
    ) -> Result<(), DataError> {
        let (path, first) = self.video_index(episode, 0, camera)?;
        let (_, last) = self.video_index(episode, episode.length - 1, camera)?;
        if last + 1 - first != episode.length {
            return Err(DataError::malformed(
                &path,
                "its frames are not those of the rows one by one",
            ));
        }
        let video = self.videos.open(&path)?;
        recorder.take_over(at, video, first..last + 1)
    }
}

/// The feature as it can be written, or none.
fn written(feature: &Feature) -> Option<Feature> {
    let dtype = match feature.dtype.as_str() {
        "float16" => "float32",
        "int8" | "int16" | "uint8" | "uint16" => "int32",
        "uint32" => "int64",
        same @ ("float32" | "float64" | "int64" | "int32" | "bool" | "string") => same,
        _ => return None,
    };
    let single = feature.shape.is_empty();
    let vector = feature.shape.len() == 1 && (dtype != "string" || feature.shape[0] == 1);
    (single || vector).then(|| Feature {
        dtype: dtype.to_owned(),
        shape: if single {
            vec![1]
        } else {
            feature.shape.clone()
        },
        ..feature.clone()
    })
}

fn step(rows: &Rows, spec: &DatasetSpec, row: usize) -> Result<StepRow, DataError> {
    let mut step = StepRow::new();
    for feature in &spec.features {
        let missing = || DataError::Unfit(format!("row {row} has no value of {:?}", feature.name));
        let column = rows.column(&feature.name).ok_or_else(missing)?;
        let cell = match &column.values {
            Values::Text(_) => Cell::Text(column.text(row).unwrap_or_default().to_owned()),
            Values::I64(values) => {
                let start = row * column.width;
                Cell::Integers(
                    values
                        .get(start..start + column.width)
                        .ok_or_else(missing)?
                        .to_vec(),
                )
            }
            _ => Cell::Numbers(column.row(row).ok_or_else(missing)?),
        };
        step = step.cell(&feature.name, cell);
    }
    Ok(step)
}
