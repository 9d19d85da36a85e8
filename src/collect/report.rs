//! What came of collecting, and why some of it did not.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{Config, Effort, Plan};
use crate::data::DataError;
use crate::job::Cancelled;
use crate::media::MediaError;
use crate::sim::render::RenderError;
use crate::sim::tasks::UnknownTask;
use crate::vision::{Frame, FrameError};

/// Why collecting ended early. What was written until then is complete.
#[derive(Debug, thiserror::Error)]
pub enum CollectError {
    /// No episodes.
    #[error("no episodes are asked for; give --episodes a number above zero")]
    Nothing,
    /// A task nobody knows.
    #[error(transparent)]
    Task(#[from] UnknownTask),
    /// A camera that the scenes have not.
    #[error("the scenes of {task} have no camera called {name:?}; they have {known}")]
    UnknownView {
        /// As asked.
        name: String,
        /// Whose scenes.
        task: String,
        /// All cameras.
        known: String,
    },
    /// A type of question nobody knows.
    #[error("no type of question is called {name:?}; types are {known}")]
    UnknownQuestion {
        /// As asked.
        name: String,
        /// All types.
        known: String,
    },
    /// Episodes of a policy that cannot be taken over.
    #[error("cannot take over episodes: {what}; write them with `spvla eval simulator --columns scattered --rollouts`: {}", path.display())]
    Rollouts {
        /// What is wrong.
        what: String,
        /// The file.
        path: PathBuf,
    },
    /// Every share is zero.
    #[error("every share of --mix is zero; give one type more, or ask for --questions 0")]
    NoShares,
    /// A picture.
    #[error(transparent)]
    Media(#[from] MediaError),
    /// Pixels that are no picture.
    #[error(transparent)]
    Frame(#[from] FrameError),
    /// The folder holds something else.
    #[error(
        "the folder holds a dataset of another kind; collect into an empty folder, or repeat the options it was begun with: {}", path.display()
    )]
    OtherPlan {
        /// The folder.
        path: PathBuf,
    },
    /// No threads.
    #[error("cannot start the workers: {0}; give --workers a smaller number")]
    Workers(String),
    /// A file beside the dataset.
    #[error("{doing} failed: {source}; free space or choose another folder: {}", path.display())]
    File {
        /// What was being done.
        doing: &'static str,
        /// Why not.
        source: std::io::Error,
        /// The file.
        path: PathBuf,
    },
    /// A file beside the dataset does not read back.
    #[error("line {line} is not what collecting writes: {what}; collect into an empty folder: {}", path.display())]
    Journal {
        /// Which line, from 1.
        line: usize,
        /// What is wrong.
        what: String,
        /// The file.
        path: PathBuf,
    },
    /// Nothing more can be written.
    #[error(
        "no room is left: {reason}; {episodes} episodes are done and stay readable; free space, then resume (--resume): {}", path.display()
    )]
    Full {
        /// Episodes that are done.
        episodes: u64,
        /// What the system said.
        reason: String,
        /// The folder.
        path: PathBuf,
    },
    /// The dataset.
    #[error(transparent)]
    Data(#[from] DataError),
    /// The pictures.
    #[error(transparent)]
    Render(#[from] RenderError),
    /// Somebody asked to stop.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

impl CollectError {
    /// What the system said if there was no room for more.
    pub(super) fn no_room(&self) -> Option<String> {
        use std::io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
        let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(self);
        while let Some(error) = cause {
            let system = error.downcast_ref::<std::io::Error>();
            let full = |error: &&std::io::Error| {
                matches!(error.kind(), StorageFull | QuotaExceeded | FileTooLarge)
            };
            if let Some(error) = system.filter(full) {
                return Some(error.to_string());
            }
            cause = error.source();
        }
        None
    }
}

/// An episode that was not kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reject {
    /// Its task.
    pub task: String,
    /// Its place.
    pub slot: usize,
    /// What it was drawn from.
    pub seed: u64,
    /// Why not.
    pub reason: String,
}

/// An episode that was written.
#[derive(Debug, Clone)]
pub struct Finished {
    /// Its number in its dataset.
    pub episode: u64,
    /// Its place.
    pub slot: usize,
    /// Its task.
    pub task: &'static str,
    /// What the arm was told.
    pub instruction: String,
    /// Control steps.
    pub frames: usize,
    /// The first camera's picture in the middle of it.
    pub thumbnail: Frame,
    /// Seeds of its place that were tried before.
    pub rejected: Vec<Reject>,
}

/// Counts of one task.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Episodes written in this run.
    pub kept: u64,
    /// Episodes thrown away, by reason.
    pub rejected: BTreeMap<String, u64>,
}

/// What came of it.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// What was asked for.
    pub config: Config,
    /// Episodes that were there before.
    pub resumed: u64,
    /// By task.
    pub tasks: BTreeMap<String, Tally>,
    /// Places for which no seed gave a good episode.
    pub gave_up: u64,
    /// What this run cost.
    pub effort: Effort,
    wanted: u64,
}

impl Report {
    pub(super) fn new(config: &Config, plan: &Plan) -> Self {
        let tasks = plan.groups.iter().flat_map(|group| &group.tasks);
        Self {
            config: config.clone(),
            resumed: 0,
            tasks: tasks
                .map(|task| (task.name.to_owned(), Tally::default()))
                .collect(),
            gave_up: 0,
            effort: Effort::default(),
            wanted: plan.episodes() as u64,
        }
    }

    pub(super) fn resumed(&mut self, slots: u64) {
        self.resumed += slots;
    }

    pub(super) fn reject(&mut self, rejects: &[Reject]) {
        for reject in rejects {
            let tally = self.tasks.entry(reject.task.clone()).or_default();
            *tally.rejected.entry(reject.reason.clone()).or_default() += 1;
        }
    }

    pub(super) fn gave_up(&mut self) {
        self.gave_up += 1;
    }

    pub(super) fn keep(&mut self, finished: &Finished) {
        self.tasks.entry(finished.task.to_owned()).or_default().kept += 1;
    }

    /// Places that are done, those of earlier runs included.
    #[must_use]
    pub fn episodes(&self) -> u64 {
        self.resumed + self.gave_up + self.tasks.values().map(|tally| tally.kept).sum::<u64>()
    }

    /// Episodes that were asked for.
    #[must_use]
    pub const fn wanted(&self) -> u64 {
        self.wanted
    }

    /// Puts the report beside the dataset.
    pub(super) fn write(&self, out: &Path) -> Result<(), CollectError> {
        let path = out.join("collect.json");
        let text = serde_json::to_vec_pretty(self).map_err(std::io::Error::other);
        text.and_then(|text| std::fs::write(&path, text))
            .map_err(|source| CollectError::File {
                doing: "writing the report",
                source,
                path,
            })
    }
}
