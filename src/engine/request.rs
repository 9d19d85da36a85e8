//! What can be asked of the engine. Sending never blocks.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::model::answer::Query;
use crate::model::device::{DeviceChoice, Precision};

/// Names one query; counts up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct QueryId(pub u64);

/// Names one open source; counts up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SourceId(pub u64);

/// Load a checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadRequest {
    /// A run folder, a weights file in one, or a Hugging Face folder.
    pub path: PathBuf,
    /// The folder with the tokenizer, if the run does not say or says wrongly.
    pub base_vlm: Option<PathBuf>,
    /// Where to run.
    pub device: DeviceChoice,
    /// Precision of the weights.
    pub precision: Precision,
}

/// What a load is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LoadTarget {
    /// The checkpoint at a path.
    Path(PathBuf),
    /// The checkpoint inside the program.
    Shipped,
}

impl std::fmt::Display for LoadTarget {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Path(path) => write!(f, "{}", path.display()),
            Self::Shipped => f.write_str("Shipped demo"),
        }
    }
}

/// Where pictures come from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum SourceSpec {
    /// A picture, a folder of pictures or a video: told apart by content.
    Path(PathBuf),
    /// A camera.
    Webcam {
        /// Its stable identity (`/dev/v4l/by-id/…` where there is one).
        device: String,
        /// The format and size, or the camera's own choice.
        format: Option<String>,
    },
    /// One of the shipped sample pictures, by number.
    Sample(usize),
    /// A camera of an open dataset; played by the dataset, all of its cameras together.
    DatasetCamera {
        /// The dataset.
        dataset: PathBuf,
        /// The camera's whole name.
        camera: String,
    },
    /// A camera of the simulator, by name.
    Simulator(String),
}

/// How a source runs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PlayState {
    /// Whether it advances by itself.
    pub playing: bool,
    /// Whether it begins again at its end.
    pub looping: bool,
    /// Times real time.
    pub speed: f32,
}

/// What a file dialog is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pick {
    /// A checkpoint folder.
    Checkpoint,
    /// The tokenizer folder of the checkpoint at this path.
    PlannerFolder(PathBuf),
    /// Pictures or videos.
    Files,
    /// A folder of pictures.
    Folder,
    /// The folder of a dataset.
    Dataset,
    /// Where collected episodes go.
    CollectFolder,
    /// Where recorded episodes of the simulator go.
    RecordFolder,
    /// A recipe to train by.
    Recipe,
    /// A run folder to compare.
    RunFolder,
    /// A path of the recipe.
    RecipePath(RecipePath),
    /// The folder of a finished evaluation.
    EvalRun,
    /// A path of what is to be evaluated.
    EvalPath(EvalPath),
    /// Where to put these bytes; the name is a suggestion.
    Save {
        /// Suggested name.
        name: String,
        /// Content.
        bytes: Vec<u8>,
    },
}

/// A path of a recipe that a dialog can choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecipePath {
    /// Where the run is kept.
    Folder,
    /// The checkpoint to begin with.
    Checkpoint,
    /// The folder of its tokenizer.
    Tokenizer,
    /// One more source of questions.
    Labels,
    /// One more source of actions.
    Actions,
}

/// A path of an evaluation that a dialog can choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EvalPath {
    /// The checkpoint that answers or drives.
    Checkpoint,
    /// Labelled pictures.
    Dataset,
    /// A file of answers.
    Predictions,
    /// A file of what is true.
    Truth,
    /// Where the run goes.
    Out,
}

/// One request to the engine.
#[derive(Debug, Clone)]
pub enum Request {
    /// Load a checkpoint; replaces the loaded one once it is sound, cancels a load under way.
    Load(LoadRequest),
    /// Load the checkpoint that is shipped inside the program.
    LoadShipped(DeviceChoice, Precision),
    /// Stop loading.
    CancelLoad,
    /// Close the loaded checkpoint.
    Unload,
    /// Ask the model. A newer query takes the place of one that has not begun.
    Ask(QueryId, Box<Query>),
    /// Stop the running query.
    CancelQuery,
    /// Open a source.
    Open(SourceId, SourceSpec),
    /// Close a source.
    Close(SourceId),
    /// Play, pause, loop.
    Play(SourceId, PlayState),
    /// Show the frame at this index.
    Seek(SourceId, u64),
    /// Open, show or close a dataset.
    Dataset(super::DatasetId, super::DatasetRequest),
    /// List the cameras of this machine.
    ListWebcams,
    /// Look whether a path is a checkpoint, a dataset or a source.
    Sniff(PathBuf),
    /// Show a file dialog.
    Pick(Pick),
    /// Draw the groundings that are not hidden onto the first view and ask where to save it.
    SaveAnnotated {
        /// The picture.
        frame: Box<crate::vision::Frame>,
        /// What to draw.
        groundings: Vec<crate::grounding::Grounding>,
    },
    /// Tell the simulator something.
    Simulator(super::simulator::SimulatorOrder),
    /// Collect episodes; a run under way is stopped.
    Collect(Box<crate::collect::Config>),
    /// Stop collecting.
    CancelCollect,
    /// Tell the trainer something.
    Train(super::training::TrainOrder),
    /// Tell the evaluation something.
    Eval(super::evaluation::EvalOrder),
    /// Look for a font of the system that holds Chinese, Japanese and Korean.
    FindFont,
    /// Put bytes into a file.
    Write {
        /// The file.
        path: PathBuf,
        /// Its content.
        bytes: Vec<u8>,
    },
}
