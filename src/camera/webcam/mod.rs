//! Live cameras: what is plugged in, what it can deliver, and its frames as they come.
//!
//! The system's part is behind `Stream`; on Linux it is V4L2, elsewhere a plain message. Stamps count from opening.

mod encoding;
#[cfg_attr(not(target_os = "linux"), path = "elsewhere.rs")]
#[cfg_attr(target_os = "linux", path = "linux.rs")]
mod system;

pub use encoding::{BrokenPixels, Encoding, PixelLayout};
pub use system::devices;

use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::{Camera, CameraError, CameraInfo, CameraKind};
use crate::geometry::ImageSize;
use crate::vision::Frame;

/// How long one call waits for a live frame.
pub const PATIENCE: Duration = Duration::from_millis(200);
/// How often it looks whether one has come.
const LOOK_EVERY: Duration = Duration::from_millis(2);
/// Frames that are skipped at most to reach the newest; drivers queue two.
const MOST_STALE: usize = 8;

/// A camera that is plugged in.
#[derive(Debug, Clone, PartialEq)]
pub struct WebcamDevice {
    /// What it calls itself.
    pub name: String,
    /// Its device file, which may be another one after plugging in again.
    pub path: PathBuf,
    /// A name that stays the same over plugging in and restarts, where the system knows one. Bind roles to this.
    pub stable_id: Option<String>,
    /// What it can deliver and is understood here.
    pub formats: Vec<WebcamFormat>,
    /// Why it cannot be used, for people.
    pub problem: Option<String>,
}

/// One encoding and size that a camera offers.
#[derive(Debug, Clone, PartialEq)]
pub struct WebcamFormat {
    /// How pixels are packed.
    pub encoding: Encoding,
    /// Width and height.
    pub size: ImageSize,
    /// Frames per second it can deliver like this, fastest first; empty when the driver does not say.
    pub fps: Vec<f32>,
}

/// What to ask of a camera.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WebcamChoice {
    /// How pixels are packed.
    pub encoding: Encoding,
    /// Width and height.
    pub size: ImageSize,
    /// Frames per second; none leaves it to the camera.
    pub fps: Option<f32>,
}

/// Opens the camera behind a device file, in its listed format or, without a choice, near 640x480.
///
/// # Errors
/// When it is no camera, is busy or forbidden, or does not deliver the format.
pub fn open(path: &Path, choice: Option<&WebcamChoice>) -> Result<Box<dyn Camera>, CameraError> {
    let opened = system::open(path, choice)?;
    Ok(Box::new(Live::new(opened, path)))
}

/// The format to use when nobody chose: the size nearest to 640x480, the encoding that is cheapest to decode.
#[must_use]
pub fn usual_format(formats: &[WebcamFormat]) -> Option<&WebcamFormat> {
    const USUAL: usize = 640 * 480;
    formats
        .iter()
        .min_by_key(|format| (format.size.pixels().abs_diff(USUAL), format.encoding))
}

/// Frames in the camera's own encoding, as the operating system delivers them.
trait Stream: Send {
    /// Whether a frame waits.
    fn is_ready(&mut self) -> io::Result<bool>;

    /// Replaces `bytes` with the waiting frame; false when the system says that it is damaged.
    fn take(&mut self, bytes: &mut Vec<u8>) -> io::Result<bool>;
}

/// A stream that was started, and what it delivers.
struct Opened {
    stream: Box<dyn Stream>,
    name: String,
    layout: PixelLayout,
    fps: Option<f64>,
}

/// An open camera.
struct Live {
    info: CameraInfo,
    path: PathBuf,
    stream: Box<dyn Stream>,
    layout: PixelLayout,
    opened: Instant,
    seq: u64,
    bytes: Vec<u8>,
}

impl Live {
    fn new(opened: Opened, path: &Path) -> Self {
        Self {
            info: CameraInfo {
                name: opened.name,
                size: opened.layout.size,
                kind: CameraKind::Live,
                fps: opened.fps,
                frames: None,
                duration: None,
                format: opened.layout.encoding.name().into(),
                notes: Vec::new(),
            },
            path: path.to_owned(),
            stream: opened.stream,
            layout: opened.layout,
            opened: Instant::now(),
            seq: 0,
            bytes: Vec::new(),
        }
    }

    fn wait(&mut self) -> Result<(), CameraError> {
        let start = Instant::now();
        while !self.is_ready()? {
            let waited = start.elapsed();
            if waited >= PATIENCE {
                return Err(CameraError::Timeout {
                    name: self.info.name.clone(),
                    waited,
                });
            }
            std::thread::sleep(LOOK_EVERY);
        }
        Ok(())
    }

    fn is_ready(&mut self) -> Result<bool, CameraError> {
        let ready = self.stream.is_ready();
        ready.map_err(|error| lost(error, &self.info.name, &self.path))
    }

    fn take(&mut self) -> Result<bool, CameraError> {
        let intact = self.stream.take(&mut self.bytes);
        intact.map_err(|error| lost(error, &self.info.name, &self.path))
    }

    fn broken(&self, reason: String) -> CameraError {
        CameraError::BrokenFrame {
            name: self.info.name.clone(),
            encoding: self.layout.encoding.name(),
            reason,
        }
    }
}

impl Camera for Live {
    fn info(&self) -> &CameraInfo {
        &self.info
    }

    fn frame(&mut self) -> Result<Option<Frame>, CameraError> {
        self.wait()?;
        let mut intact = self.take()?;
        // Whoever was slow wants the newest frame, not the one that waited for it.
        for _ in 0..MOST_STALE {
            if !self.is_ready()? {
                break;
            }
            intact = self.take()?;
        }
        let stamp = self.opened.elapsed();
        if !intact {
            return Err(self.broken("the driver reports lost data".into()));
        }
        let pixels = self.layout.to_rgba(&self.bytes);
        let pixels = pixels.map_err(|error| self.broken(error.to_string()))?;
        let frame = Frame::from_rgba(&self.info.name, self.layout.size, pixels)?;
        let frame = frame.stamped(self.seq, stamp);
        self.seq += 1;
        Ok(Some(frame))
    }
}

/// Error numbers of Linux, which say more than [`io::ErrorKind`].
mod errno {
    pub(super) const EIO: i32 = 5;
    pub(super) const ENXIO: i32 = 6;
    pub(super) const EBUSY: i32 = 16;
    pub(super) const ENODEV: i32 = 19;
}

/// What a failure of an open camera means.
fn lost(error: io::Error, name: &str, path: &Path) -> CameraError {
    match error.raw_os_error() {
        Some(errno::ENODEV | errno::ENXIO | errno::EIO) => CameraError::Unplugged {
            name: name.into(),
            path: path.to_owned(),
        },
        Some(errno::EBUSY) => CameraError::Busy {
            path: path.to_owned(),
        },
        _ => CameraError::io("reading from the camera", path, error),
    }
}

#[cfg(test)]
#[path = "live_tests.rs"]
mod tests;
