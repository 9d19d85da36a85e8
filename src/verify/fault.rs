//! Why a stage cannot be recomputed.

use std::path::PathBuf;

use crate::camera::CameraError;
use crate::job::Cancelled;
use crate::model::action::ScheduleError;
use crate::model::checkpoint::LoadError;
use crate::model::device::DeviceError;
use crate::model::pass::PassError;
use crate::model::planner::PlannerError;
use crate::model::training::SampleError;
use crate::robot::ActionStatsError;
use crate::vision::normalize::PatchError;
use crate::vision::{FitError, FrameError};

/// Why a golden folder cannot be verified at all.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// A file cannot be read.
    #[error("cannot read: {source}; give the folder that holds manifest.json: {path}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A table is not what it should be.
    #[error("{what}; it is not a golden folder of the manifest format: {path}")]
    Format {
        /// What is wrong.
        what: String,
        /// The file.
        path: PathBuf,
    },
    /// No device.
    #[error(transparent)]
    Device(#[from] DeviceError),
    /// Somebody asked to stop.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

/// Why one stage cannot be recomputed: a failed row, not an end.
#[derive(Debug, thiserror::Error)]
pub(super) enum Fault {
    #[error("{what}")]
    Stored { what: String },
    #[error("{file} has no tensor {tensor}")]
    Absent { file: String, tensor: String },
    #[error("cannot read {file}: {source}")]
    Io {
        file: String,
        source: std::io::Error,
    },
    #[error("cases.json has no usable {key}")]
    Case { key: String },
    #[error("this folder has no {0}")]
    NoModel(&'static str),
    #[error("the computation broke off: {0}")]
    Panic(String),
    #[error(transparent)]
    Load(#[from] LoadError),
    #[error(transparent)]
    Pass(#[from] PassError),
    #[error(transparent)]
    Planner(#[from] PlannerError),
    #[error(transparent)]
    Sample(#[from] SampleError),
    #[error(transparent)]
    Schedule(#[from] ScheduleError),
    #[error(transparent)]
    Actions(#[from] ActionStatsError),
    #[error(transparent)]
    Picture(#[from] CameraError),
    #[error(transparent)]
    Frame(#[from] FrameError),
    #[error(transparent)]
    Fit(#[from] FitError),
    #[error(transparent)]
    Patches(#[from] PatchError),
}

impl Fault {
    pub(super) fn stored(what: impl Into<String>) -> Self {
        Self::Stored { what: what.into() }
    }

    pub(super) fn case(key: impl Into<String>) -> Self {
        Self::Case { key: key.into() }
    }
}
