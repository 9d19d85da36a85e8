//! Cameras of Linux through `Video4Linux` 2.

use std::fs;
use std::io;
use std::os::linux::fs::MetadataExt as _;
use std::os::unix::fs::FileTypeExt as _;
use std::path::{Path, PathBuf};

use linuxvideo::format::{FrameIntervals, FrameSizes, PixFormat, PixelFormat};
use linuxvideo::stream::ReadStream;
use linuxvideo::{BufType, Device, Fract};

use super::{
    Encoding, Opened, PixelLayout, Stream, WebcamChoice, WebcamDevice, WebcamFormat, errno, lost,
    usual_format,
};
use crate::camera::CameraError;
use crate::geometry::ImageSize;
use crate::media::{file_name, natural_order};

/// Sizes that are offered of cameras that take any size within bounds.
const USUAL_SIZES: &[(u32, u32)] = &[
    (320, 240),
    (640, 360),
    (640, 480),
    (800, 600),
    (1280, 720),
    (1920, 1080),
];
/// Major number of `Video4Linux` device files in the kernel's list of devices.
const V4L_MAJOR: u64 = 81;
/// Fastest and slowest rate that is believed of a driver.
const RATES: std::ops::RangeInclusive<f32> = 0.1..=1000.0;

/// The cameras that are plugged in, in the order of their device files.
///
/// # Errors
/// When the system's list of devices cannot be read.
pub fn devices() -> Result<Vec<WebcamDevice>, CameraError> {
    let folder = Path::new("/dev");
    let failed = |source| CameraError::io("listing devices", folder, source);
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)
        .map_err(failed)?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| file_name(path).starts_with("video") && is_v4l(path))
        .collect();
    paths.sort_by(|a, b| natural_order(&file_name(a), &file_name(b)));
    Ok(paths.iter().filter_map(|path| describe(path)).collect())
}

fn is_v4l(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|about| {
        about.file_type().is_char_device() && (about.st_rdev() >> 8 & 0xfff) == V4L_MAJOR
    })
}

/// What a device file offers; none when it captures no video, as the metadata files of webcams.
fn describe(path: &Path) -> Option<WebcamDevice> {
    let (formats, problem) = match open_device(path) {
        Ok(device) if captures(&device) => {
            let formats = formats(&device);
            let problem = formats
                .is_empty()
                .then(|| refusal(&device, path).to_string());
            (formats, problem)
        }
        Ok(_) => return None,
        Err(error) => (Vec::new(), Some(error.to_string())),
    };
    Some(WebcamDevice {
        name: name(path),
        path: path.to_owned(),
        stable_id: stable_id(path),
        formats,
        problem,
    })
}

fn captures(device: &Device) -> bool {
    device
        .supported_buf_types()
        .contains(linuxvideo::BufTypes::VIDEO_CAPTURE)
}

/// The name that the kernel shows. The driver crate's own panics on names that are cut inside a character.
fn name(path: &Path) -> String {
    let file = Path::new("/sys/class/video4linux")
        .join(path.file_name().unwrap_or_default())
        .join("name");
    let name = fs::read(file).unwrap_or_default();
    let name = String::from_utf8_lossy(&name).trim().to_owned();
    if name.is_empty() {
        file_name(path)
    } else {
        name
    }
}

/// The name of the link that udev makes from serial number or, failing that, from the plug.
fn stable_id(path: &Path) -> Option<String> {
    let device = fs::canonicalize(path).ok()?;
    let folders = ["/dev/v4l/by-id", "/dev/v4l/by-path"];
    folders.iter().find_map(|folder| {
        let mut links: Vec<_> = fs::read_dir(folder)
            .ok()?
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|link| fs::canonicalize(link).is_ok_and(|target| target == device))
            .collect();
        links.sort();
        links.first().map(|link| file_name(link))
    })
}

fn open_device(path: &Path) -> Result<Device, CameraError> {
    Device::open(path).map_err(|error| match error.kind() {
        io::ErrorKind::PermissionDenied => CameraError::Forbidden {
            advice: "add your user to the group \"video\" and log in again",
            path: path.to_owned(),
        },
        _ => failed(error, path),
    })
}

/// What a failure while opening means.
fn failed(error: io::Error, path: &Path) -> CameraError {
    if error.raw_os_error() == Some(errno::EBUSY) {
        return CameraError::Busy {
            path: path.to_owned(),
        };
    }
    lost(error, &name(path), path)
}

fn refusal(device: &Device, path: &Path) -> CameraError {
    let offered: Vec<String> = device
        .formats(BufType::VIDEO_CAPTURE)
        .map_while(Result::ok)
        .take(64)
        .map(|format| format.pixel_format().to_string())
        .collect();
    CameraError::NoUsableFormat {
        offered: match offered.as_slice() {
            [] => "no formats".into(),
            _ => offered.join(", "),
        },
        path: path.to_owned(),
    }
}

fn formats(device: &Device) -> Vec<WebcamFormat> {
    let mut formats = Vec::new();
    let codes = device.formats(BufType::VIDEO_CAPTURE);
    for code in codes.map_while(Result::ok).take(64) {
        let code = code.pixel_format();
        let Some(encoding) = Encoding::from_fourcc(code.as_fourcc()) else {
            continue;
        };
        for size in sizes(device, code) {
            formats.push(WebcamFormat {
                encoding,
                size,
                fps: rates(device, code, size),
            });
        }
    }
    formats
}

fn sizes(device: &Device, code: PixelFormat) -> Vec<ImageSize> {
    match device.frame_sizes(code) {
        Ok(FrameSizes::Discrete(sizes)) => sizes
            .iter()
            .map(|size| ImageSize::new(size.width(), size.height()))
            .collect(),
        Ok(range) => {
            let largest = (range.max_width(), range.max_height());
            let fits = |&&(width, height): &&(u32, u32)| {
                (range.min_width()..=largest.0).contains(&width)
                    && (range.min_height()..=largest.1).contains(&height)
            };
            let usual = USUAL_SIZES.iter().filter(fits).copied();
            let mut sizes: Vec<_> = usual.chain([largest]).collect();
            sizes.dedup();
            sizes
                .into_iter()
                .map(|(width, height)| ImageSize::new(width, height))
                .collect()
        }
        // Drivers that cannot list sizes still have a current one.
        Err(_) => match device.format(BufType::VIDEO_CAPTURE) {
            Ok(linuxvideo::format::Format::VideoCapture(format)) => {
                vec![ImageSize::new(format.width(), format.height())]
            }
            _ => Vec::new(),
        },
    }
}

fn rates(device: &Device, code: PixelFormat, size: ImageSize) -> Vec<f32> {
    let intervals = device.frame_intervals(code, size.width, size.height);
    let mut rates: Vec<f32> = match intervals {
        Ok(FrameIntervals::Discrete(intervals)) => {
            intervals.iter().map(|each| rate(*each.fract())).collect()
        }
        Ok(range) => vec![rate(range.min()), rate(range.max())],
        Err(_) => Vec::new(),
    };
    rates.retain(|rate| RATES.contains(rate));
    rates.sort_by(|a, b| b.total_cmp(a));
    rates.dedup();
    rates
}

/// Frames per second of an interval in seconds.
fn rate(interval: Fract) -> f32 {
    interval.denominator() as f32 / interval.numerator() as f32
}

pub(super) fn open(path: &Path, choice: Option<&WebcamChoice>) -> Result<Opened, CameraError> {
    // Other device files are not opened at all: opening some of them has effects.
    let target = fs::canonicalize(path)
        .map_err(|source| CameraError::io("looking the camera up", path, source))?;
    if !is_v4l(&target) {
        return Err(no_camera(path));
    }
    let device = open_device(&target)?;
    if !captures(&device) {
        return Err(no_camera(path));
    }
    let choice = match choice {
        Some(choice) => *choice,
        None => usual(&device).ok_or_else(|| refusal(&device, path))?,
    };
    start(device, &target, choice)
}

fn no_camera(path: &Path) -> CameraError {
    CameraError::UnknownContent {
        what: "is a device file but captures no video".into(),
        path: path.to_owned(),
    }
}

fn usual(device: &Device) -> Option<WebcamChoice> {
    let formats = formats(device);
    let format = usual_format(&formats)?;
    Some(WebcamChoice {
        encoding: format.encoding,
        size: format.size,
        fps: format.fps.first().copied(),
    })
}

fn start(device: Device, path: &Path, choice: WebcamChoice) -> Result<Opened, CameraError> {
    let ImageSize { width, height } = choice.size;
    let code = PixelFormat::from_fourcc(choice.encoding.fourcc());
    let capture = device
        .video_capture(PixFormat::new(width, height, code))
        .map_err(|error| failed(error, path))?;
    let agreed = capture.format();
    let size = ImageSize::new(agreed.width(), agreed.height());
    if agreed.pixel_format() != code || size != choice.size {
        return Err(CameraError::FormatRefused {
            wanted: format!("{} at {}", choice.encoding.name(), choice.size),
            offered: format!("{} at {size}", agreed.pixel_format()),
            path: path.to_owned(),
        });
    }
    let layout = PixelLayout {
        encoding: choice.encoding,
        size,
        stride: agreed.bytes_per_line() as usize,
    };
    // Not every driver lets the rate be chosen; the camera then keeps its own.
    let fps = choice
        .fps
        .filter(|fps| RATES.contains(fps))
        .and_then(|fps| {
            let interval = Fract::new(1000, (fps * 1000.0).round() as u32);
            capture.set_frame_interval(interval).ok()
        });
    let stream = capture.into_stream().map_err(|error| failed(error, path))?;
    Ok(Opened {
        stream: Box::new(V4lStream(stream)),
        name: name(path),
        layout,
        fps: fps.map(|interval| f64::from(rate(interval))),
    })
}

struct V4lStream(ReadStream);

impl Stream for V4lStream {
    fn is_ready(&mut self) -> io::Result<bool> {
        self.0.will_block().map(|blocks| !blocks)
    }

    fn take(&mut self, bytes: &mut Vec<u8>) -> io::Result<bool> {
        self.0.dequeue(|view| {
            bytes.clear();
            bytes.extend_from_slice(&view);
            Ok(!view.is_error())
        })
    }
}
