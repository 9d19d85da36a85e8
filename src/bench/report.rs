//! What can be measured and what came out.

use std::path::PathBuf;

use serde::Serialize;

use super::Shape;
use crate::job::Cancelled;
use crate::model::action::ScheduleError;
use crate::model::checkpoint::LoadError;
use crate::model::device::{DeviceChoice, DeviceError, Precision};
use crate::model::pass::PassError;
use crate::model::planner::PlannerError;

/// What to measure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Model {
    /// A published shape with random weights.
    Random(Shape),
    /// A checkpoint.
    Checkpoint(PathBuf),
}

/// What to measure, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The model.
    pub model: Model,
    /// Cameras.
    pub views: usize,
    /// Where to compute.
    pub device: DeviceChoice,
    /// Precision of linear weights.
    pub precision: Precision,
}

/// The time of one stage.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    /// The stage.
    pub stage: &'static str,
    /// Milliseconds.
    pub ms: f64,
    /// Tokens or queries a second, where that is the usual number.
    pub per_second: Option<f64>,
}

/// What was measured.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// The model, in words.
    pub model: String,
    /// The device, in words.
    pub device: String,
    /// Precision of linear weights.
    pub precision: String,
    /// Cameras.
    pub views: usize,
    /// Parameters in use.
    pub parameters: u64,
    /// Bytes of them at run time.
    pub weight_bytes: u64,
    /// Most memory the process has had (`VmHWM`), where the system tells.
    pub peak_memory_bytes: Option<u64>,
    /// Memory reserved on a GPU, where it tells.
    pub device_memory_bytes: Option<u64>,
    /// Tokens of the prompt, image tokens included.
    pub prompt_tokens: usize,
    /// Stages in order.
    pub rows: Vec<Row>,
}

/// Why nothing was measured.
#[derive(Debug, thiserror::Error)]
pub enum BenchError {
    /// No device.
    #[error(transparent)]
    Device(#[from] DeviceError),
    /// The checkpoint cannot be used.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// A pass failed.
    #[error(transparent)]
    Pass(#[from] PassError),
    /// The prompt cannot be made for this model.
    #[error(transparent)]
    Planner(#[from] PlannerError),
    /// The sampler cannot be made.
    #[error(transparent)]
    Schedule(#[from] ScheduleError),
    /// Somebody asked to stop.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}
