//! Why a query stays without an answer.

use super::super::action::ScheduleError;
use super::super::pass::PassError;
use super::super::planner::PlannerError;
use super::super::preprocess::PreprocessError;
use crate::geometry::ImageSize;
use crate::grounding::prompt::InstructionError;
use crate::job::Cancelled;
use crate::vision::FitError;
use crate::vision::normalize::PatchError;

/// Why a query cannot be answered.
#[derive(Debug, thiserror::Error)]
pub enum AnswerError {
    /// Somebody asked to stop.
    #[error(transparent)]
    Cancelled(Cancelled),
    /// The device failed or a block put out NaN.
    #[error(transparent)]
    Pass(PassError),
    /// The picture cannot be fitted.
    #[error(transparent)]
    Fit(#[from] FitError),
    /// The picture cannot be cut into patches.
    #[error(transparent)]
    Patches(#[from] PatchError),
    /// The graphics device refused the picture.
    #[error(transparent)]
    Preprocess(#[from] PreprocessError),
    /// The prompt and the pictures do not go together.
    #[error(transparent)]
    Planner(#[from] PlannerError),
    /// The instruction cannot be used.
    #[error(transparent)]
    Instruction(#[from] InstructionError),
    /// The number of diffusion steps is not possible.
    #[error(transparent)]
    Schedule(#[from] ScheduleError),
    /// There is no picture.
    #[error("no picture was given; open one and show it in a view")]
    NoView,
    /// The checkpoint has no action expert.
    #[error(
        "this checkpoint is a planner without action expert; open a run folder of a policy, or choose another task"
    )]
    NoExpert,
    /// Views of different shape cannot go through the image encoder together.
    #[error(
        "the views have different sizes after fitting ({0} and {1}), and the checkpoint sets no image_size; show views of one size"
    )]
    ViewSizes(ImageSize, ImageSize),
}

impl From<PassError> for AnswerError {
    fn from(error: PassError) -> Self {
        match error {
            PassError::Cancelled(cancelled) => Self::Cancelled(cancelled),
            other => Self::Pass(other),
        }
    }
}
