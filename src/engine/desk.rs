//! Short errands off the window's thread: dialogs, listing cameras, writing files.

use std::path::{Path, PathBuf};

use super::worker::{Sink, guarded, spawn};
use super::{Event, Pick, WebcamChoice, WebcamFormat};
use crate::camera::webcam;
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
        let list = webcam::list().map(|found| found.into_iter().map(choice).collect());
        sink.send(Event::Webcams(list.map_err(|error| error.to_string())));
    });
}

fn choice(found: webcam::WebcamInfo) -> WebcamChoice {
    WebcamChoice {
        device: found.id,
        name: found.name,
        formats: found
            .formats
            .into_iter()
            .map(|format| WebcamFormat {
                id: format.id(),
                text: format.to_string(),
            })
            .collect(),
    }
}

pub(super) fn sniff(sink: &Sink, path: PathBuf) {
    errand(sink, "sniff", |sink| {
        let checkpoint = crate::model::checkpoint::is_checkpoint(&path);
        sink.send(Event::Sniffed { path, checkpoint });
    });
}

pub(super) fn pick(sink: &Sink, pick: Pick) {
    errand(sink, "dialog", |sink| {
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
        sink.send(Event::Picked(pick, paths));
    });
}

pub(super) fn annotate(sink: &Sink, frame: Frame, groundings: Vec<Grounding>) {
    errand(sink, "annotate", move |sink| {
        match crate::vision::paint::png(&frame, &groundings) {
            Ok(bytes) => {
                let name = format!("{}-annotated.png", stem(frame.camera()));
                pick(sink, Pick::Save { name, bytes });
            }
            Err(error) => sink.send(Event::WriteFailed(PathBuf::new(), error.to_string())),
        }
    });
}

fn stem(camera: &str) -> String {
    Path::new(camera)
        .file_stem()
        .map_or_else(|| "frame".into(), |s| s.to_string_lossy().into_owned())
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
fn replace(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".part");
    std::fs::write(&beside, bytes)?;
    std::fs::rename(&beside, path)
}
