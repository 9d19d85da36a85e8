//! Short errands off the window's thread: dialogs, listing cameras, writing files.

use std::path::{Path, PathBuf};

use super::worker::{Sink, guarded, spawn};
use super::{Event, Pick, WebcamChoice, WebcamFormat};
use crate::camera::webcam::{self, WebcamDevice};
use crate::camera::{Camera, CameraError};
use crate::grounding::Grounding;
use crate::vision::Frame;

fn errand(sink: &Sink, name: &'static str, work: impl FnOnce(&Sink) + Send + 'static) {
    let sink = sink.clone();
    spawn(name, move || {
        guarded(&sink, name, || work(&sink));
    });
}

pub(super) fn list_webcams(sink: &Sink) {
    errand(sink, "cameras", |sink| {
        let list = webcam::devices().map(|found| found.into_iter().map(choice).collect());
        sink.send(Event::Webcams(list.map_err(|error| error.to_string())));
    });
}

fn choice(found: WebcamDevice) -> WebcamChoice {
    WebcamChoice {
        device: device_id(&found),
        name: found.name,
        formats: found
            .formats
            .iter()
            .map(|format| WebcamFormat {
                id: format_id(format),
                text: format_id(format),
            })
            .collect(),
        problem: found.problem,
    }
}

/// The name a camera keeps, or its device file where the system knows none.
fn device_id(device: &WebcamDevice) -> String {
    let path = || device.path.display().to_string();
    device.stable_id.clone().unwrap_or_else(path)
}

fn format_id(format: &webcam::WebcamFormat) -> String {
    let fps = format.fps.first();
    let fps = fps.map_or_else(String::new, |fps| format!(" {fps:.0} fps"));
    format!("{} {}{fps}", format.size, format.encoding.name())
}

/// Opens the camera that has this identity now, wherever it was plugged in.
pub(super) fn open_webcam(id: &str, format: Option<&str>) -> Result<Box<dyn Camera>, CameraError> {
    let devices = webcam::devices()?;
    let Some(device) = devices.into_iter().find(|device| device_id(device) == id) else {
        return webcam::open(Path::new(id), None);
    };
    let wanted = device
        .formats
        .iter()
        .find(|known| format == Some(format_id(known).as_str()));
    let choice = wanted.map(|format| webcam::WebcamChoice {
        encoding: format.encoding,
        size: format.size,
        fps: format.fps.first().copied(),
    });
    webcam::open(&device.path, choice.as_ref())
}

pub(super) fn sniff(sink: &Sink, path: PathBuf) {
    errand(sink, "sniff", |sink| {
        let checkpoint = crate::model::checkpoint::is_checkpoint(&path);
        sink.send(Event::Sniffed { path, checkpoint });
    });
}

pub(super) fn pick(sink: &Sink, pick: Pick) {
    errand(sink, "dialog", |sink| {
        let failures = super::logger::dialog_errors();
        let dialog = rfd::FileDialog::new();
        let paths = match &pick {
            Pick::Checkpoint => dialog
                .set_title("Open checkpoint: a run folder or a Hugging Face folder")
                .pick_folder()
                .into_iter()
                .collect(),
            Pick::PlannerFolder(_) => dialog
                .set_title("Choose the folder with tokenizer.json")
                .pick_folder()
                .into_iter()
                .collect(),
            Pick::Files => dialog
                .set_title("Open pictures or videos")
                .pick_files()
                .unwrap_or_default(),
            Pick::Folder => dialog
                .set_title("Open a folder of pictures")
                .pick_folder()
                .into_iter()
                .collect(),
            Pick::Save { name, .. } => dialog
                .set_file_name(name.clone())
                .save_file()
                .into_iter()
                .collect(),
        };
        if paths.is_empty() && super::logger::dialog_errors() > failures {
            sink.send(Event::DialogFailed);
        } else {
            sink.send(Event::Picked(pick, paths));
        }
    });
}

pub(super) fn annotate(sink: &Sink, frame: Frame, groundings: Vec<Grounding>) {
    errand(sink, "annotate", move |sink| {
        let name = format!("{}-annotated.png", stem(frame.camera()));
        match super::annotated::png(&frame, &groundings) {
            Ok(bytes) => pick(sink, Pick::Save { name, bytes }),
            Err(error) => sink.send(Event::WriteFailed(name.into(), error.to_string())),
        }
    });
}

fn stem(camera: &str) -> String {
    Path::new(camera)
        .file_stem()
        .map_or_else(|| "frame".into(), |s| s.to_string_lossy().into_owned())
}

pub(super) fn find_font(sink: &Sink) {
    errand(sink, "font", |sink| {
        sink.send(Event::FontSearched(super::font::find()));
    });
}

pub(super) fn write(sink: &Sink, path: PathBuf, bytes: Vec<u8>) {
    errand(sink, "write", move |sink| {
        let event = match replace(&path, &bytes) {
            Ok(()) => Event::Written(path),
            Err(error) => Event::WriteFailed(path, error.to_string()),
        };
        sink.send(event);
    });
}

/// Writes beside the file, then takes its place: an interrupted write never costs the old content.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".part");
    std::fs::write(&beside, bytes)?;
    std::fs::rename(&beside, path)
}
