//! How well a policy grounds what it is told, and how well it acts on it: jobs that end in a report.
//!
//! [`grounding`] scores answers about pictures, from files or by asking a checkpoint; [`rollout`] lets a policy drive
//! the simulated arm through the suites; [`compare`] sets two finished runs side by side, paired question by question or
//! episode by episode. Every run is a folder: lines are added as they are finished, so that an interrupted run goes on
//! where it ended, and `report.json` and `report.md` are written last.
//!
//! The measures themselves are in [`crate::metrics`]. Knows no window and no channel. Units: pixels of the original
//! picture, metres, radians, shares between 0 and 1.

pub mod compare;
mod error;
pub mod grounding;
mod journal;
mod numbers;
pub mod rollout;
mod table;

pub use error::EvalError;
pub use numbers::{MeanOf, Rate};
