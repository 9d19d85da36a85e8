//! Frames of cameras: exactly the one that a row means, or an error.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::Episodes;
use crate::data::{DataError, Episode, Storage, Values, VideoPlace};
use crate::media::{Picture, Video};
use crate::vision::Frame;

/// How far a frame may be shown from the time of its row, in seconds: LeRobot's default.
pub(crate) const TOLERANCE: f64 = 1e-4;
/// Videos that are kept open, a few for each camera that plays.
const MAX_OPEN: usize = 12;

/// Videos that were opened, the one used last in front.
#[derive(Default)]
pub(super) struct Videos(Vec<(PathBuf, Video)>);

impl Videos {
    /// The video at a path, opened if it is not.
    pub(super) fn open(&mut self, path: &Path) -> Result<&mut Video, DataError> {
        let found = match self.0.iter().position(|(open, _)| open == path) {
            Some(place) => self.0.remove(place),
            None => (path.to_owned(), Video::open(path)?),
        };
        self.0.insert(0, found);
        self.0.truncate(MAX_OPEN);
        Ok(&mut self.0[0].1)
    }
}

impl Episodes {
    /// The picture of a camera at a row of an episode, counted from zero.
    ///
    /// # Errors
    /// When there is no such episode, row or camera, or the picture is missing or damaged.
    pub fn frame(&mut self, number: u64, row: u64, camera: &str) -> Result<Frame, DataError> {
        let episode = self.episode(number)?;
        if row >= episode.length {
            return Err(DataError::OutOfRange {
                what: "frame",
                index: row,
                count: episode.length,
            });
        }
        let camera = self.camera(camera)?.clone();
        let frame = match camera.storage {
            Storage::Video => self.video_frame(&episode, row, &camera.name)?,
            Storage::Image => self.picture(&episode, row, &camera.name)?.frame,
        };
        let stamp = self.time(&episode, row);
        Ok(frame.stamped(row, Duration::try_from_secs_f64(stamp).unwrap_or_default()))
    }

    fn video_frame(
        &mut self,
        episode: &Episode,
        row: u64,
        camera: &str,
    ) -> Result<Frame, DataError> {
        let (path, index) = self.video_index(episode, row, camera)?;
        Ok(self.videos.open(&path)?.seek(index)?)
    }

    /// The video of a camera and the frame in it that belongs to a row.
    pub(super) fn video_index(
        &mut self,
        episode: &Episode,
        row: u64,
        camera: &str,
    ) -> Result<(PathBuf, u64), DataError> {
        let place = episode.videos.iter().find(|place| place.camera == camera);
        let place: VideoPlace = place.cloned().ok_or_else(|| DataError::NoSuch {
            what: "video of camera",
            name: camera.to_owned(),
            known: super::listing(episode.videos.iter().map(|place| place.camera.as_str())),
        })?;
        let wanted = place.start + self.time(episode, row);
        let video = self.videos.open(&place.path)?;
        match shown_at(video, wanted) {
            Ok(index) => Ok((place.path, index)),
            Err(nearest) => Err(DataError::NoFrameAt {
                wanted,
                nearest,
                path: place.path,
            }),
        }
    }

    /// How a camera is coded: "av1", "h264", or "png" and the like for stored pictures.
    ///
    /// # Errors
    /// When there is no such camera, or no episode of it can be opened.
    pub fn codec(&mut self, camera: &str) -> Result<String, DataError> {
        let camera = self.camera(camera)?.clone();
        let first = self.numbers().next().unwrap_or(0);
        let episode = self.episode(first)?;
        if camera.storage == Storage::Video {
            let (path, _) = self.video_index(&episode, 0, &camera.name)?;
            let codec = self.videos.open(&path)?.info().codec;
            return Ok(codec.to_lowercase().replace('.', ""));
        }
        let picture = self.picture(&episode, 0, &camera.name)?;
        let format = picture.format.split(' ').next().unwrap_or_default();
        Ok(format.to_lowercase())
    }

    fn picture(&mut self, episode: &Episode, row: u64, camera: &str) -> Result<Picture, DataError> {
        let place = self.place(episode)?;
        let at = place.start + row;
        let table = self.table(&episode.table)?;
        let columns = table.read(at..at + 1, |name| name == camera || name == "episode_index")?;
        if !super::belongs(&columns, episode.index) {
            return Err(DataError::malformed(
                &episode.table,
                format!("row {at} does not belong to episode {}", episode.index),
            ));
        }
        let column = columns.iter().find(|column| column.name == camera);
        let bytes = column.and_then(|column| column.bytes(0)).ok_or_else(|| {
            DataError::malformed(
                &episode.table,
                format!("row {at} holds no picture of camera {camera:?}"),
            )
        })?;
        Ok(Picture::decode(bytes, &episode.table)?)
    }

    /// When a row was recorded, in seconds of its episode.
    fn time(&mut self, episode: &Episode, row: u64) -> f64 {
        if self
            .times
            .as_ref()
            .is_none_or(|(known, _)| *known != episode.index)
        {
            let times = self.times_of(episode).unwrap_or_default();
            self.times = Some((episode.index, times));
        }
        let times = self.times.as_ref().map(|(_, times)| times);
        let stored = times.and_then(|times| times.get(row as usize).copied());
        // Tables that cannot be read must not hide the videos.
        stored
            .filter(|time| time.is_finite())
            .unwrap_or(row as f64 / self.info.about.fps)
    }

    fn times_of(&mut self, episode: &Episode) -> Option<Vec<f64>> {
        let rows = self.rows(episode.index, &["timestamp"]).ok()?;
        match &rows.column("timestamp")?.values {
            Values::F32(times) => Some(times.iter().map(|time| f64::from(*time)).collect()),
            Values::F64(times) => Some(times.clone()),
            _ => None,
        }
    }
}

/// The frame that a video shows at a time, or the time of the nearest.
pub(super) fn shown_at(video: &Video, wanted: f64) -> Result<u64, f64> {
    let slightly_later = Duration::try_from_secs_f64(wanted + TOLERANCE).unwrap_or_default();
    let index = video.index_at(slightly_later).unwrap_or(0);
    let time = |index| {
        video
            .stamp(index)
            .map_or(f64::NAN, |stamp| stamp.as_secs_f64())
    };
    if (time(index) - wanted).abs() <= TOLERANCE {
        return Ok(index);
    }
    let (before, after) = (time(index), time(index + 1));
    Err(if (after - wanted).abs() < (before - wanted).abs() {
        after
    } else {
        before
    })
}
