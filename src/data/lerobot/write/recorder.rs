//! One episode while it is recorded: rows in memory, videos in files of their own.
//!
//! Recorders do not know each other or the dataset's length, so that several episodes can be recorded at once.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::pixels::PixelStats;
use super::rows::RowBuffer;
use super::spec::{DatasetSpec, PictureStorage, StepRow};
use crate::data::{DataError, Stats};
use crate::media::{Video, VideoCodec, VideoFormat, VideoSplice, VideoWriter, picture};
use crate::vision::Frame;

/// An episode that is being recorded. Dropped before it is finished, it leaves nothing behind.
pub struct EpisodeRecorder {
    spec: Arc<DatasetSpec>,
    folder: Folder,
    rows: RowBuffer,
    subtasks: Vec<String>,
    cameras: Vec<CameraRecorder>,
}

struct CameraRecorder {
    name: String,
    pictures: Pictures,
    stats: PixelStats,
}

enum Pictures {
    /// A video that begins with the first frame.
    Video(Option<Box<VideoWriter>>),
    /// A video of so many frames that was taken over whole.
    Clip(u64),
    Png(Vec<Vec<u8>>),
}

/// Frames of a clip that statistics are made of.
const CLIP_SAMPLES: u64 = 20;

/// An episode that was recorded and waits to be appended to the dataset.
pub struct RecordedEpisode {
    pub(super) folder: Folder,
    pub(super) rows: RowBuffer,
    pub(super) pictures: Vec<(String, Vec<Vec<u8>>)>,
    pub(super) stats: Vec<(String, Stats)>,
    pub(super) tasks: Vec<String>,
    /// Of every row, if the dataset has them.
    pub(super) subtasks: Vec<String>,
}

/// A folder that is removed when it is no longer needed.
pub(super) struct Folder(pub(super) PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        // Nothing can be done about what cannot be removed; the next run removes it.
        drop(std::fs::remove_dir_all(&self.0));
    }
}

impl EpisodeRecorder {
    /// Starts an episode whose files lie in `folder` meanwhile.
    pub(super) fn new(spec: &Arc<DatasetSpec>, folder: &Path) -> Result<Self, DataError> {
        std::fs::create_dir_all(folder)
            .map_err(|source| DataError::io("creating the folder", folder, source))?;
        let folder = Folder(folder.to_owned());
        let cameras = spec.cameras.iter().map(|camera| CameraRecorder {
            name: camera.name.clone(),
            pictures: match spec.storage {
                PictureStorage::Png => Pictures::Png(Vec::new()),
                PictureStorage::Video(_) => Pictures::Video(None),
            },
            stats: PixelStats::new(),
        });
        Ok(Self {
            cameras: cameras.collect(),
            rows: RowBuffer::new(&spec.features),
            subtasks: Vec::new(),
            spec: spec.clone(),
            folder,
        })
    }

    /// Takes a row and a frame of every camera in the order of the spec.
    ///
    /// # Errors
    /// When they do not fit the spec or the disk is full; the episode is then to be given up.
    pub fn push(&mut self, row: &StepRow, frames: &[Frame]) -> Result<(), DataError> {
        if frames.len() != self.cameras.len() {
            return Err(DataError::Unfit(format!(
                "{} frames for {} cameras",
                frames.len(),
                self.cameras.len()
            )));
        }
        for (frame, camera) in frames.iter().zip(&self.spec.cameras) {
            if frame.size() != camera.size() {
                return Err(DataError::Unfit(format!(
                    "a frame of {} for camera {:?} of {}",
                    frame.size(),
                    camera.name,
                    camera.size()
                )));
            }
        }
        self.push_row(row)?;
        for (at, frame) in frames.iter().enumerate() {
            self.picture(at, frame)?;
        }
        Ok(())
    }

    fn picture(&mut self, at: usize, frame: &Frame) -> Result<(), DataError> {
        let path = self.clip_path(at);
        let format = self.video_format(at);
        let camera = &mut self.cameras[at];
        camera.stats.add(frame);
        match &mut camera.pictures {
            Pictures::Png(pictures) => pictures.push(picture::png(frame)?),
            Pictures::Video(Some(writer)) => writer.push(frame)?,
            Pictures::Video(none) => {
                let writer = VideoWriter::create(&path, format)?;
                none.insert(Box::new(writer)).push(frame)?;
            }
            Pictures::Clip(_) => {
                return Err(DataError::Unfit(
                    "frames behind a clip that was taken over".into(),
                ));
            }
        }
        Ok(())
    }

    fn clip_path(&self, at: usize) -> PathBuf {
        self.folder.0.join(video_name(&self.spec.cameras[at].name))
    }

    fn video_format(&self, at: usize) -> VideoFormat {
        let codec = match self.spec.storage {
            PictureStorage::Video(codec) => codec,
            PictureStorage::Png => VideoCodec::default(),
        };
        VideoFormat {
            codec,
            size: self.spec.cameras[at].size(),
            fps: f64::from(self.spec.fps),
            group: crate::media::video::GROUP,
        }
    }

    /// Takes a row alone; pictures come from [`EpisodeRecorder::take_over`].
    pub(in crate::data::lerobot) fn push_row(&mut self, row: &StepRow) -> Result<(), DataError> {
        self.rows.push(row)?;
        if self.spec.subtasks {
            let text = row.subtask.clone().filter(|text| !text.is_empty());
            let text = text.ok_or_else(|| {
                DataError::Unfit("every row of a dataset with subtasks needs one".into())
            })?;
            self.subtasks.push(text);
        }
        Ok(())
    }

    /// Takes the frames of a camera over from a video, without encoding them again where that is possible.
    pub(in crate::data::lerobot) fn take_over(
        &mut self,
        at: usize,
        video: &mut Video,
        frames: Range<u64>,
    ) -> Result<(), DataError> {
        let count = frames.end.saturating_sub(frames.start);
        if self.copied(at, video, frames.clone()).is_err() {
            for frame in frames {
                self.picture(at, &video.seek(frame)?)?;
            }
            return Ok(());
        }
        self.cameras[at].pictures = Pictures::Clip(count);
        for frame in frames.step_by(count.div_ceil(CLIP_SAMPLES).max(1) as usize) {
            self.cameras[at].stats.add(&video.seek(frame)?);
        }
        Ok(())
    }

    fn copied(&self, at: usize, video: &mut Video, frames: Range<u64>) -> Result<(), DataError> {
        let rate = video.info().fps.unwrap_or_default();
        // A part is shown at the times of its rows only when the rates are the same.
        if (rate - f64::from(self.spec.fps)).abs() > 1e-3
            || video.info().size != self.spec.cameras[at].size()
        {
            return Err(DataError::Unfit(
                "the video has another rate or size".into(),
            ));
        }
        let mut splice = VideoSplice::create(&self.clip_path(at))?;
        splice.append(video, frames)?;
        Ok(splice.finish()?)
    }

    /// Rows so far.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is no row yet.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.rows.len() == 0
    }

    /// Completes the episode; `tasks` say what was to be done, the first of them for every row.
    ///
    /// # Errors
    /// When there is no row or no task, or the disk is full.
    pub fn finish(self, tasks: &[&str]) -> Result<RecordedEpisode, DataError> {
        if self.is_empty() || tasks.is_empty() {
            return Err(DataError::Unfit("an episode needs a row and a task".into()));
        }
        let length = self.len() as u64;
        let mut stats = self.rows.stats();
        let mut pictures = Vec::new();
        for camera in self.cameras {
            stats.push((camera.name.clone(), camera.stats.stats()));
            match camera.pictures {
                Pictures::Video(Some(writer)) if writer.frames() == length => writer.finish()?,
                Pictures::Clip(frames) if frames == length => {}
                Pictures::Png(encoded) if encoded.len() as u64 == length => {
                    pictures.push((camera.name, encoded));
                }
                _ => {
                    let name = camera.name;
                    return Err(DataError::Unfit(format!(
                        "camera {name:?} has not a frame for every row"
                    )));
                }
            }
        }
        Ok(RecordedEpisode {
            folder: self.folder,
            rows: self.rows,
            pictures,
            stats,
            tasks: tasks.iter().map(|task| (*task).to_owned()).collect(),
            subtasks: self.subtasks,
        })
    }
}

/// Name of a camera's video in the folder of an episode.
pub(super) fn video_name(camera: &str) -> String {
    format!("{camera}.mp4")
}
