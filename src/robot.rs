//! Actions: the normalised numbers a model emits and the SI numbers a robot can use, kept apart by type.
//!
//! Units of [`ActionChunk`]: metres and radians per step for the pose deltas, 0 (closed) to 1 (open) for the gripper.

mod action;

pub use action::{ActionChunk, ActionStats, ActionStatsError, Denormalization, NormActionChunk};
