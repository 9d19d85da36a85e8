//! MP4 files written: frames encoded one by one, or coded frames of other files put together.
//!
//! The index stands in front, so that players and hubs can start at once. Every file has one video track without
//! reordered frames, and its frames are shown at exact multiples of the frame time.

mod av1;
mod h264;
mod mux;
mod splice;

pub use splice::VideoSplice;

use std::path::{Path, PathBuf};

use super::super::{MediaError, Planes};
use crate::geometry::ImageSize;
use crate::vision::Frame;
use mux::{Movie, Muxer, Timing};

/// Frames from one that can be decoded alone to the next, as LeRobot encodes: any frame is at most two decodes away.
pub const GROUP: u32 = 2;

/// A codec that is written.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum VideoCodec {
    /// AV1, LeRobot's own default: some twenty times slower to write here than H.264.
    Av1,
    /// H.264: fast to write, plays everywhere.
    #[default]
    H264,
}

impl VideoCodec {
    /// As datasets name it.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Av1 => "av1",
            Self::H264 => "h264",
        }
    }
}

/// How a video is to be written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct VideoFormat {
    /// How it is coded.
    pub codec: VideoCodec,
    /// Size of every frame; both sides even.
    pub size: ImageSize,
    /// Frames per second.
    pub fps: f64,
    /// Frames from one that can be decoded alone to the next; [`GROUP`] for datasets.
    pub group: u32,
}

/// One coded frame.
struct Packet {
    bytes: Vec<u8>,
    sync: bool,
}

/// Turns planes into coded frames in order, perhaps some frames late.
trait Encoder: Send {
    /// Takes a frame and gives those that are ready.
    fn push(&mut self, planes: &Planes) -> Result<Vec<Packet>, MediaError>;

    /// Gives the rest.
    fn finish(&mut self) -> Result<Vec<Packet>, MediaError>;

    /// Sample entry and configuration record; known once a frame is ready.
    fn config(&self) -> ([u8; 4], [u8; 4], Vec<u8>);
}

/// A video that is being written.
pub struct VideoWriter {
    format: VideoFormat,
    path: PathBuf,
    encoder: Box<dyn Encoder>,
    muxer: Muxer,
    frames: u64,
}

impl VideoWriter {
    /// Starts a file; it appears under its name when it is finished.
    ///
    /// # Errors
    /// When the format cannot be written or the system refuses.
    pub fn create(path: &Path, format: VideoFormat) -> Result<Self, MediaError> {
        let encoder: Box<dyn Encoder> = match format.codec {
            VideoCodec::Av1 => Box::new(av1::Av1::new(&format)?),
            VideoCodec::H264 => Box::new(h264::H264::new(&format)?),
        };
        Ok(Self {
            format,
            path: path.to_owned(),
            encoder,
            muxer: Muxer::create(path)?,
            frames: 0,
        })
    }

    /// Encodes the next frame.
    ///
    /// # Errors
    /// When its size is another, the encoder refuses it or the disk is full.
    pub fn push(&mut self, frame: &Frame) -> Result<(), MediaError> {
        if frame.size() != self.format.size {
            return Err(MediaError::Encode {
                codec: self.format.codec.key(),
                reason: format!(
                    "it is {} where the video is {}; scale it first",
                    frame.size(),
                    self.format.size
                ),
            });
        }
        let planes = Planes::from_rgba(frame.size(), frame.rgba());
        let planes = planes.ok_or_else(|| refused(self.format.codec.key(), "it is empty"))?;
        let packets = self.encoder.push(&planes)?;
        self.frames += 1;
        self.write(packets)
    }

    /// Frames that were pushed.
    #[must_use]
    pub const fn frames(&self) -> u64 {
        self.frames
    }

    /// Completes the file and gives it its name.
    ///
    /// # Errors
    /// When there was no frame or the disk is full.
    pub fn finish(mut self) -> Result<(), MediaError> {
        if self.frames == 0 {
            return Err(refused(
                self.format.codec.key(),
                "a video needs at least one frame",
            ));
        }
        let packets = self.encoder.finish()?;
        self.write(packets)?;
        let (entry, record, config) = self.encoder.config();
        self.muxer.finish(&Movie {
            entry,
            record,
            config,
            colour: None,
            size: self.format.size,
            timescale: Timing::of(self.format.fps).timescale,
            quarter_turns: 0,
        })
    }

    fn write(&mut self, packets: Vec<Packet>) -> Result<(), MediaError> {
        let frame_time = Timing::of(self.format.fps).frame_time;
        for packet in packets {
            self.muxer
                .sample(&packet.bytes, frame_time, 0, packet.sync)
                .map_err(|source| MediaError::io("writing the video", &self.path, source))?;
        }
        Ok(())
    }
}

fn refused(codec: &'static str, reason: impl Into<String>) -> MediaError {
    MediaError::Encode {
        codec,
        reason: reason.into(),
    }
}

/// Refuses sizes that 4:2:0 video or the encoder cannot have.
fn check_size(codec: &'static str, size: ImageSize, least: u32) -> Result<(), MediaError> {
    if !size.width.is_multiple_of(2) || !size.height.is_multiple_of(2) {
        return Err(refused(
            codec,
            format!("{size} has an odd side; crop it by one pixel or store pictures"),
        ));
    }
    if size.width < least || size.height < least {
        return Err(refused(
            codec,
            format!("{size} is smaller than {least}x{least}"),
        ));
    }
    Ok(())
}

#[cfg(test)]
#[path = "write_tests.rs"]
mod tests;
