//! Why an evaluation ends early. What was finished until then stays on disk.

use std::path::{Path, PathBuf};

use crate::data::labels::LabelError;
use crate::job::Cancelled;
use crate::media::MediaError;
use crate::model::checkpoint::LoadError;
use crate::model::device::DeviceError;
use crate::model::policy::AnswerError;
use crate::sim::WorldError;
use crate::sim::render::RenderError;
use crate::vision::FrameError;

/// Why an evaluation ends early.
#[derive(Debug, thiserror::Error)]
pub enum EvalError {
    /// A file cannot be read or written.
    #[error("{doing} failed: {source}; check the path and the free space: {}", path.display())]
    File {
        /// What was being done.
        doing: &'static str,
        /// What the system says.
        source: std::io::Error,
        /// The file.
        path: PathBuf,
    },
    /// A line or file is not what it should be.
    #[error("line {line}: {what}; mend or delete that line (`spvla eval grounding --help` says what lines of truths and predictions hold): {}", path.display())]
    Line {
        /// Which line, from 1.
        line: usize,
        /// What is wrong.
        what: String,
        /// The file.
        path: PathBuf,
    },
    /// A folder is no finished run.
    #[error("{what}; give the folder of a finished `spvla eval` run: {}", path.display())]
    NoRun {
        /// What is wrong.
        what: String,
        /// The folder.
        path: PathBuf,
    },
    /// A folder holds another run.
    #[error(
        "the folder holds a run with other settings; choose an empty folder, or repeat the settings it was begun with: {}",
        path.display()
    )]
    OtherRun {
        /// The folder.
        path: PathBuf,
    },
    /// Another process works in the folder.
    #[error(
        "another evaluation (process {process}) works in this folder; wait for it or stop it: {}",
        path.display()
    )]
    Locked {
        /// Its number.
        process: String,
        /// The lock.
        path: PathBuf,
    },
    /// A dataset has nothing to ask.
    #[error("{what}; give a dataset with boxes, points, traces or plans: {}", path.display())]
    NothingToAsk {
        /// Why not.
        what: String,
        /// The dataset.
        path: PathBuf,
    },
    /// Every episode is one that is measured by.
    #[error(
        "nothing would be kept to learn from: episodes in the benchmark's own layouts never are; add --columns scattered"
    )]
    NoRollouts,
    /// A suite, column or camera nobody knows.
    #[error("no {kind} is called {name:?}; there are {known}")]
    Unknown {
        /// What was named.
        kind: &'static str,
        /// As asked.
        name: String,
        /// All names.
        known: String,
    },
    /// A policy's chunk is no step of this arm.
    #[error(
        "the policy answers {found}, the arm takes seven numbers a step; choose a checkpoint for this arm"
    )]
    Chunk {
        /// What came.
        found: String,
    },
    /// No threads.
    #[error("cannot start the workers: {0}; give --workers a smaller number")]
    Workers(String),
    /// The dataset.
    #[error(transparent)]
    Labels(#[from] LabelError),
    /// The dataset's truths.
    #[error(transparent)]
    Data(#[from] crate::data::DataError),
    /// A picture or video.
    #[error(transparent)]
    Media(#[from] MediaError),
    /// Pixels that are no picture.
    #[error(transparent)]
    Frame(#[from] FrameError),
    /// No device.
    #[error(transparent)]
    Device(#[from] DeviceError),
    /// The checkpoint.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// The model.
    #[error(transparent)]
    Answer(#[from] AnswerError),
    /// A scene cannot be built.
    #[error(transparent)]
    World(#[from] WorldError),
    /// A scene cannot be drawn.
    #[error(transparent)]
    Render(#[from] RenderError),
    /// Somebody asked to stop.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

impl EvalError {
    /// Wraps what the system says.
    pub(super) fn file(doing: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File {
            doing,
            source,
            path,
        }
    }

    pub(super) fn line(path: &Path, line: usize, what: impl Into<String>) -> Self {
        Self::Line {
            line,
            what: what.into(),
            path: path.to_owned(),
        }
    }
}
