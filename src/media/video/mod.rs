//! MP4 video files: frames by index, exactly, with their presentation times.
//!
//! The container is read here rather than by a crate, so that no file can make it panic or take unbounded memory;
//! pictures come from `OpenH264` and rav1d. A frame's index is its place in presentation order.

mod av1;
mod boxes;
mod cache;
mod decoder;
mod fault;
mod file;
mod fragment;
mod h264;
mod order;
mod sps;
mod table;
mod timeline;
mod track;
mod turn;
mod write;

pub use fault::VideoFault;
pub(super) use file::recognises;
pub use write::{GROUP, VideoCodec, VideoFormat, VideoSplice, VideoWriter};

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::yuv::Planes;
use super::{MediaError, file_name};
use crate::geometry::ImageSize;
use crate::vision::Frame;
use cache::Cache;
use decoder::Decoder;
use file::VideoFile;
use timeline::Timeline;
use track::SampleEntry;

/// What a video says about itself.
#[derive(Debug, Clone, PartialEq)]
pub struct VideoInfo {
    /// File name.
    pub name: String,
    /// Size of its frames, upright.
    pub size: ImageSize,
    /// Name of the codec, for people.
    pub codec: &'static str,
    /// Number of frames.
    pub frames: u64,
    /// Mean frames per second, where the frames take time.
    pub fps: Option<f64>,
    /// Time from the first frame to the end of the last one.
    pub duration: Duration,
    /// What was done to the pixels or is wrong with the file, for people: one sentence each.
    pub notes: Vec<String>,
}

/// An open video file.
pub struct Video {
    info: VideoInfo,
    path: PathBuf,
    file: VideoFile,
    timeline: Timeline,
    entry: SampleEntry,
    decoder: Box<dyn Decoder>,
    quarter_turns: u8,
    cache: Cache,
    /// Sample the decoder takes next without a restart.
    position: Option<usize>,
    /// Frame that is returned next.
    next: u64,
}

impl Video {
    /// Reads the index of a video and opens its decoder; decodes nothing yet.
    ///
    /// # Errors
    /// When the file cannot be read, is damaged beyond its first frame, or is coded in a way that is not supported.
    pub fn open(path: &Path) -> Result<Self, MediaError> {
        let file =
            File::open(path).map_err(|source| MediaError::io("opening the video", path, source))?;
        Self::read(file, path).map_err(|fault| MediaError::Video {
            fault,
            path: path.to_owned(),
        })
    }

    fn read(file: File, path: &Path) -> Result<Self, VideoFault> {
        let mut file = VideoFile::new(file)?;
        let mut track = file.track()?;
        let (decoder, codec) = decoder::open(&track.entry)?;
        let size = turn::turned(track::check_size(track.entry.size)?, track.quarter_turns);
        let listed = track.samples.len();
        track.samples.truncate(file.complete(&track.samples));
        if track.samples.is_empty() {
            return Err(match listed {
                0 => VideoFault::Empty,
                _ => VideoFault::Inconsistent("its first frame lies behind the end of the file"),
            });
        }
        let cut = (track.samples.len() < listed).then(|| {
            let left = track.samples.len();
            format!("the file is cut off: {left} of {listed} frames are left")
        });
        let turned =
            (track.quarter_turns > 0).then(|| "turned upright as the file says".to_owned());
        let timeline = Timeline::new(track.samples, track.timescale, track.start);
        let info = VideoInfo {
            name: file_name(path),
            size,
            codec,
            frames: timeline.len() as u64,
            fps: timeline.fps(),
            duration: timeline.duration(),
            notes: [cut, turned].into_iter().flatten().collect(),
        };
        Ok(Self {
            info,
            path: path.to_owned(),
            file,
            timeline,
            entry: track.entry,
            decoder,
            quarter_turns: track.quarter_turns,
            cache: Cache::default(),
            position: None,
            next: 0,
        })
    }

    /// The frame with this index, from the cache or by decoding up to it.
    fn picture(&mut self, index: u64) -> Result<Frame, MediaError> {
        let planes = self.planes(index);
        let planes = planes.map_err(|fault| MediaError::DamagedFrame {
            index,
            fault,
            path: self.path.clone(),
        })?;
        let (size, pixels) = turn::turn(planes.size(), planes.to_rgba(), self.quarter_turns);
        let stamp = self.timeline.stamp(index).unwrap_or_default();
        Ok(Frame::from_rgba(&self.info.name, size, pixels)?.stamped(index, stamp))
    }

    fn planes(&mut self, index: u64) -> Result<std::sync::Arc<Planes>, VideoFault> {
        if let Some(planes) = self.cache.find(index) {
            return Ok(planes);
        }
        let target = self.timeline.sample_of(index).ok_or(VideoFault::Empty)?;
        let start = self.timeline.sync_before(target);
        // Going on is right when the decoder stands between the sync sample and the target.
        let at = match self.position {
            Some(position) if (start..=target).contains(&position) => position,
            _ => self.restart(start)?,
        };
        for sample in at..=target {
            // If decoding fails, the decoder has still taken the sample.
            self.position = Some(sample + 1);
            let decoded = self.decode(sample);
            match (decoded, self.timeline.frame_of(sample)) {
                (Ok(planes), Some(frame)) => self.cache.insert(frame, planes, index),
                (Err(fault), _) if sample == target => return Err(fault),
                _ => {}
            }
        }
        self.cache.find(index).ok_or(VideoFault::Empty)
    }

    /// Prepares the decoder to start at or before this sync sample, and says where.
    fn restart(&mut self, sync: usize) -> Result<usize, VideoFault> {
        let mut start = sync;
        while start > 0 {
            let Some(sample) = self.timeline.sample(start) else {
                break;
            };
            if self.decoder.can_start(&self.file.sample(sample)?) {
                break;
            }
            start = self.timeline.sync_before(start - 1);
        }
        self.position = None;
        self.decoder.restart()?;
        Ok(start)
    }

    fn decode(&mut self, sample: usize) -> Result<Planes, VideoFault> {
        let sample = self.timeline.sample(sample).ok_or(VideoFault::Empty)?;
        let bytes = self.file.sample(sample)?;
        let planes = self.decoder.decode(bytes, sample.sync)?;
        planes.ok_or(VideoFault::NoPicture {
            codec: self.decoder.codec(),
        })
    }

    fn out_of_range(&self, index: u64) -> MediaError {
        MediaError::OutOfRange {
            index,
            count: self.timeline.len() as u64,
            name: self.info.name.clone(),
        }
    }
}

impl Video {
    /// What the file says about itself.
    #[must_use]
    pub const fn info(&self) -> &VideoInfo {
        &self.info
    }

    /// The next frame, or none at the end of the file.
    ///
    /// # Errors
    /// When the frame is damaged; the next call goes on with the one behind it.
    pub fn frame(&mut self) -> Result<Option<Frame>, MediaError> {
        if self.next >= self.timeline.len() as u64 {
            return Ok(None);
        }
        self.seek(self.next).map(Some)
    }

    /// Exactly the frame with this index; [`Video::frame`] then goes on behind it.
    ///
    /// # Errors
    /// When the index is past the end or the frame is damaged.
    pub fn seek(&mut self, index: u64) -> Result<Frame, MediaError> {
        if index >= self.timeline.len() as u64 {
            return Err(self.out_of_range(index));
        }
        self.next = index + 1;
        self.picture(index)
    }

    /// When the frame with this index is shown, counted from the first one.
    #[must_use]
    pub fn stamp(&self, index: u64) -> Option<Duration> {
        self.timeline.stamp(index)
    }

    /// The index of the frame on show at this time; the last one after the end.
    #[must_use]
    pub fn index_at(&self, stamp: Duration) -> Option<u64> {
        self.timeline.frame_at(stamp)
    }
}

#[cfg(test)]
#[path = "hostile_tests.rs"]
mod hostile;
#[cfg(test)]
#[path = "video_tests.rs"]
mod tests;
