//! Coded frames of existing videos put into a new file without decoding them: how episodes are joined and cut.

use std::ops::Range;
use std::path::{Path, PathBuf};

use super::mux::{Movie, Muxer};
use super::refused;
use crate::geometry::ImageSize;
use crate::media::MediaError;
use crate::media::video::Video;

/// What must be the same in all parts of one file.
#[derive(PartialEq, Clone)]
struct Kind {
    entry: [u8; 4],
    config: Vec<u8>,
    size: ImageSize,
    quarter_turns: u8,
}

/// A file that is put together from parts of others.
pub struct VideoSplice {
    path: PathBuf,
    muxer: Muxer,
    movie: Option<(Kind, Movie)>,
    /// Time from the start to the end of the last part, in units of the clock.
    end: u64,
    frames: u64,
}

impl VideoSplice {
    /// Starts a file; it appears under its name when it is finished.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn create(path: &Path) -> Result<Self, MediaError> {
        Ok(Self {
            path: path.to_owned(),
            muxer: Muxer::create(path)?,
            movie: None,
            end: 0,
            frames: 0,
        })
    }

    /// Whether frames of this video can go into the same file as those before: coded alike.
    #[must_use]
    pub fn fits(&self, video: &Video) -> bool {
        let kind = self.movie.as_ref().map(|(kind, _)| kind);
        kind.is_none_or(|kind| *kind == kind_of(video))
    }

    /// Appends some frames of a video, counted as they are shown.
    ///
    /// # Errors
    /// When they are coded unlike those before, cannot be taken out without decoding because others depend on them,
    /// or the disk is full.
    pub fn append(&mut self, video: &mut Video, frames: Range<u64>) -> Result<(), MediaError> {
        if !self.fits(video) {
            return Err(refused(
                "MP4",
                "its parts are coded differently; encode them again",
            ));
        }
        let samples = samples_of(video, &frames)?;
        let timescale = self.timescale(video);
        let scale = f64::from(timescale) / f64::from(video.timeline.timescale());
        let scaled = |units: i64| (units as f64 * scale).round() as i64;
        let first = samples.clone().filter_map(|at| video.timeline.sample(at));
        let first_shown = first.map(|sample| sample.shown).min().unwrap_or(0);
        let (mut elapsed, mut decoded) = (0, 0);
        for at in samples {
            let Some(sample) = video.timeline.sample(at).copied() else {
                continue;
            };
            let bytes = video
                .file
                .sample(&sample)
                .map_err(|fault| MediaError::Video {
                    fault,
                    path: video.path.clone(),
                })?;
            elapsed += i64::from(sample.duration);
            let end = scaled(elapsed);
            let shift = scaled(sample.shown - first_shown) - decoded;
            let duration = end - decoded;
            self.muxer
                .sample(&bytes, duration as u32, shift as i32, sample.sync)
                .map_err(|source| MediaError::io("writing the video", &self.path, source))?;
            decoded = end;
        }
        self.end += decoded.unsigned_abs();
        self.frames += frames.end - frames.start;
        Ok(())
    }

    /// The clock of the file: that of its first part.
    fn timescale(&mut self, video: &Video) -> u32 {
        let (_, movie) = self.movie.get_or_insert_with(|| {
            let kind = kind_of(video);
            let movie = Movie {
                entry: kind.entry,
                record: if kind.entry == *b"av01" {
                    *b"av1C"
                } else {
                    *b"avcC"
                },
                config: kind.config.clone(),
                colour: video.entry.colour,
                size: kind.size,
                timescale: video.timeline.timescale(),
                quarter_turns: kind.quarter_turns,
            };
            (kind, movie)
        });
        movie.timescale
    }

    /// Seconds from the start to the end of the last part.
    #[must_use]
    pub fn seconds(&self) -> f64 {
        let timescale = self.movie.as_ref().map_or(1, |(_, movie)| movie.timescale);
        self.end as f64 / f64::from(timescale)
    }

    /// Frames so far.
    #[must_use]
    pub const fn frames(&self) -> u64 {
        self.frames
    }

    /// Bytes of all coded frames so far.
    #[must_use]
    pub const fn bytes(&self) -> u64 {
        self.muxer.bytes()
    }

    /// Completes the file and gives it its name.
    ///
    /// # Errors
    /// When there was no frame or the disk is full.
    pub fn finish(self) -> Result<(), MediaError> {
        match self.movie {
            Some((_, movie)) => self.muxer.finish(&movie),
            None => Err(refused("MP4", "a video needs at least one frame")),
        }
    }
}

fn kind_of(video: &Video) -> Kind {
    Kind {
        entry: video.entry.format,
        config: video.entry.config.clone(),
        size: video.entry.size,
        quarter_turns: video.quarter_turns,
    }
}

/// The samples of some frames: an unbroken run that starts where decoding can start.
fn samples_of(video: &Video, frames: &Range<u64>) -> Result<Range<usize>, MediaError> {
    let line = &video.timeline;
    let samples: Option<Vec<usize>> = frames.clone().map(|frame| line.sample_of(frame)).collect();
    let samples = samples.filter(|samples| !samples.is_empty());
    let Some(samples) = samples else {
        return Err(MediaError::OutOfRange {
            index: frames.end,
            count: line.len() as u64,
            name: video.info.name.clone(),
        });
    };
    let first = samples.iter().min().copied().unwrap_or(0);
    let run = first..first + samples.len();
    let unbroken = samples.iter().all(|sample| run.contains(sample));
    let starts = line.sample(first).is_some_and(|sample| sample.sync);
    if unbroken && starts {
        Ok(run)
    } else {
        Err(refused(
            "MP4",
            "the part depends on frames outside it; encode it again",
        ))
    }
}
