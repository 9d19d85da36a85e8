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
