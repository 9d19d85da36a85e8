//! Between a policy's chunks and an arm's ticks: which step of which chunk is carried out now, and in whose words.
//!
//! Pure: no clock, no bus. Actions are rows of numbers in SI, the gripper last; what leaves here is still a wish and
//! passes the governor of [`crate::robot`] before any motor, simulated or real.

mod chunk;
mod ensemble;
mod simpler;

pub use chunk::{Chunker, Playback};
pub use ensemble::AdaptiveEnsemble;
pub use simpler::{Command, GripperRule, SimplerClient, axis_angle};

use crate::robot::DeltaAction;

/// A learned policy opens the gripper above this: it chooses, it does not say how far.
const OPEN: f64 = 0.5;

/// What a learned policy's seven numbers ask for; none where they are not seven finite ones.
#[must_use]
pub fn decided(axes: &[f64]) -> Option<DeltaAction> {
    let action = DeltaAction::from_axes(axes)?;
    let gripper = if f64::from(action.gripper) > OPEN {
        1.0
    } else {
        0.0
    };
    Some(DeltaAction { gripper, ..action })
}
