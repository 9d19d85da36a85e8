//! Short errands off the window's thread: dialogs, listing cameras, writing files.

use std::path::{Path, PathBuf};

use super::worker::{Sink, guarded, spawn};
use super::{EvalPath, Event, Found, Pick, RecipePath, WebcamChoice, WebcamFormat};
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
        let found = found(&path);
        sink.send(Event::Sniffed { path, found });
    });
}

/// What a path that was dropped or typed is to be opened as.
fn found(path: &Path) -> Found {
    let recipe = |end: &std::ffi::OsStr| end.eq_ignore_ascii_case("toml");
    if crate::model::checkpoint::is_checkpoint(path) {
        Found::Checkpoint
    } else if crate::data::is_dataset(path) {
        Found::Dataset
    } else if path.extension().is_some_and(recipe) {
        Found::Recipe
    } else {
        Found::Source
    }
}

pub(super) fn pick(sink: &Sink, pick: Pick) {
    errand(sink, "dialog", |sink| {
        let failures = super::logger::dialog_errors();
        let paths = choose(&pick);
        if paths.is_empty() && super::logger::dialog_errors() > failures {
            sink.send(Event::DialogFailed);
        } else {
            sink.send(Event::Picked(pick, paths));
        }
    });
}

/// Shows the dialog of a choice and waits for it.
fn choose(pick: &Pick) -> Vec<PathBuf> {
    let dialog = rfd::FileDialog::new();
    let folder = |title: &str| dialog.clone().set_title(title).pick_folder();
    let file = |title: &str| dialog.clone().set_title(title).pick_file();
    let one = match pick {
        Pick::Checkpoint
        | Pick::RecipePath(RecipePath::Checkpoint)
        | Pick::EvalPath(EvalPath::Checkpoint) => {
            folder("Open checkpoint: a run folder or a Hugging Face folder")
        }
        Pick::PlannerFolder(_) | Pick::RecipePath(RecipePath::Tokenizer) => {
            folder("Choose the folder with tokenizer.json")
        }
        Pick::Files => {
            let title = "Open pictures or videos";
            return dialog.set_title(title).pick_files().unwrap_or_default();
        }
        Pick::Folder => folder("Open a folder of pictures"),
        Pick::Dataset => folder("Open dataset: a LeRobot folder or a folder with annotations"),
        Pick::CollectFolder | Pick::RecordFolder => folder("Choose the folder of the dataset"),
        Pick::Recipe => dialog
            .clone()
            .set_title("Open recipe")
            .add_filter("TOML", &["toml"])
            .pick_file(),
        Pick::RunFolder => folder("Open the folder of a run"),
        Pick::RecipePath(RecipePath::Folder) | Pick::EvalPath(EvalPath::Out) => {
            folder("Choose the folder of the run")
        }
        Pick::RecipePath(RecipePath::Labels) | Pick::EvalPath(EvalPath::Dataset) => {
            folder("Choose labelled pictures")
        }
        Pick::RecipePath(RecipePath::Actions) => folder("Choose a LeRobot dataset"),
        Pick::EvalRun => folder("Open the folder of a finished evaluation"),
        Pick::EvalPath(EvalPath::Predictions) => file("Choose the file with the answers"),
        Pick::EvalPath(EvalPath::Truth) => file("Choose the file with what is true"),
        Pick::Save { name, .. } => dialog.clone().set_file_name(name.clone()).save_file(),
    };
    one.into_iter().collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_opened_as_what_it_holds() {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let of = |path: &str| found(&here.join(path));
        assert_eq!(of("assets/checkpoint/run"), Found::Checkpoint);
        let dataset = "tests/fixtures/datasets/lerobot_v30_images";
        assert_eq!(of(dataset), Found::Dataset);
        assert_eq!(of("assets/checkpoint/recipes/compare.toml"), Found::Recipe);
        assert_eq!(of("assets/screenshots/simulator.jpg"), Found::Source);
        assert_eq!(of("no such folder"), Found::Source);
    }
}
