//! Why a run cannot start or go on.

use std::path::{Path, PathBuf};

use crate::camera::CameraError;
use crate::data::DataError;
use crate::data::labels::LabelError;
use crate::geometry::ImageSize;
use crate::job::Cancelled;
use crate::media::MediaError;
use crate::model::checkpoint::LoadError;
use crate::model::device::DeviceError;
use crate::model::pass::PassError;
use crate::model::training::SampleError;

/// Why a run cannot start or go on. Whatever was saved stays usable.
#[derive(Debug, thiserror::Error)]
pub enum TrainError {
    /// The configuration cannot be read.
    #[error("the run's configuration is wrong: {what}: {path}")]
    Config {
        /// What is wrong.
        what: String,
        /// The file.
        path: PathBuf,
    },
    /// A setting cannot be.
    #[error("{name}: {why}")]
    Setting {
        /// The setting.
        name: String,
        /// Why not.
        why: String,
    },
    /// A source gives nothing to learn.
    #[error(
        "there is nothing to learn from ({what}); check the path, or leave the source out: {path}"
    )]
    Empty {
        /// What is missing.
        what: String,
        /// The dataset.
        path: PathBuf,
    },
    /// The folder holds another run.
    #[error("{what}: {path}")]
    Occupied {
        /// What is there.
        what: String,
        /// The folder.
        path: PathBuf,
    },
    /// Another process trains there.
    #[error(
        "another training (process {process}) works in this folder; wait for it or stop it: {path}"
    )]
    Locked {
        /// Its number.
        process: String,
        /// The lock.
        path: PathBuf,
    },
    /// The saved state does not belong to this run.
    #[error("the saved state does not fit this run: {what}; choose another folder: {path}")]
    State {
        /// What differs.
        what: String,
        /// The file.
        path: PathBuf,
    },
    /// A label speaks of what is not in its picture.
    #[error("{what} lies outside its picture of {size}; correct it or leave it out: {path}")]
    Outside {
        /// The label.
        what: String,
        /// The picture's size.
        size: ImageSize,
        /// The picture.
        path: PathBuf,
    },
    /// A loss is not a number.
    #[error(
        "the {which} loss became {value} at step {step}; learnt there: {samples}. Lower the learning rate, or look at those samples"
    )]
    NotFinite {
        /// Which loss.
        which: &'static str,
        /// Its value.
        value: f64,
        /// The step.
        step: u64,
        /// What was learnt.
        samples: String,
    },
    /// A device stopped answering.
    #[error(
        "{device} was lost in step {step} ({reason}); go on from the last save with --resume once it is back, or leave it out of `devices`"
    )]
    Lost {
        /// The device.
        device: String,
        /// The step.
        step: u64,
        /// What the device says.
        reason: String,
    },
    /// A file cannot be read or written.
    #[error("{doing} failed ({source}); check the path, the rights and the free space: {path}")]
    Io {
        /// What was being done.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The model cannot be loaded.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// A dataset cannot be read.
    #[error(transparent)]
    Data(#[from] DataError),
    /// Labels cannot be read.
    #[error(transparent)]
    Labels(#[from] LabelError),
    /// A picture cannot be read.
    #[error(transparent)]
    Picture(#[from] CameraError),
    /// A conversation cannot be learnt.
    #[error(transparent)]
    Sample(#[from] SampleError),
    /// A file cannot be written.
    #[error(transparent)]
    File(#[from] MediaError),
    /// The device failed.
    #[error(transparent)]
    Pass(#[from] PassError),
    /// There is no such device.
    #[error(transparent)]
    Device(#[from] DeviceError),
    /// Somebody asked to stop.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

impl TrainError {
    /// Whether somebody stopped it, and nothing else is wrong.
    #[must_use]
    pub const fn is_cancelled(&self) -> bool {
        matches!(
            self,
            Self::Cancelled(_)
                | Self::Pass(PassError::Cancelled(_))
                | Self::Load(LoadError::Cancelled(_))
        )
    }

    /// Whether one sample is at fault, so that another one may be learnt in its place.
    pub(super) const fn is_of_a_sample(&self) -> bool {
        matches!(
            self,
            Self::Picture(_) | Self::Data(_) | Self::Sample(_) | Self::Outside { .. }
        )
    }

    pub(super) fn io(doing: &'static str, path: &Path, source: std::io::Error) -> Self {
        Self::Io {
            doing,
            path: path.to_owned(),
            source,
        }
    }
}
