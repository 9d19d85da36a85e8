//! Checkpoints: files in, named tensors out, and a report of what fitted.
//!
//! [`Checkpoint::open`] reads headers and configurations only. A [`Loader`] then takes one tensor at a time from
//! [`Checkpoint::source`], converts it and hands it to the device, so that the peak is the weights at their run-time
//! precision plus the bytes of one tensor. Files are a stranger's: no length in them is believed before it is
//! compared with the file, and no code in them can run.

mod archive;
mod container;
mod error;
mod file;
mod fresh;
mod loader;
mod locate;
mod names;
mod open;
mod pickle;
mod report;
mod safetensors;
mod source;
mod statistics;
mod stored;
#[cfg(test)]
mod testing;
mod torch;

pub use error::LoadError;
pub use loader::{Filling, Loader, Misshapen, Named, Tally, Weights};
pub use locate::{StepFile, is_checkpoint};
pub use open::{Checkpoint, CheckpointKind, PlannerFiles, planner_sizes};
pub use report::{LoadReport, LoadedOn, MisshapenTensor, ModelSize, Part, TensorFindings};
pub use source::{TensorEntry, TensorSource};
pub use statistics::{AxisStatistics, Embodiment, Statistics};
pub use stored::StoredType;
