//! A small world with physics: tables, things, an arm, tasks, an expert that does them; pictures of it, and what is
//! true in those pictures.
//!
//! Knows no files, threads, clocks or windows. Metres, radians, kilograms; the world has z up. The same scene and the
//! same actions give the same episode, bit for bit on one machine.

mod arm;
pub mod arm_solid;
pub mod asset;
mod bodies;
pub mod cabinet;
mod contact;
mod convert;
pub mod drawing;
pub mod episode;
pub mod expert;
pub mod goal;
pub mod instruction;
pub mod judge;
pub mod label;
mod perturb;
pub mod relation;
pub mod render;
pub mod rig;
pub mod rollout;
pub mod scene;
pub mod session;
pub mod snapshot;
pub mod solid;
pub mod stream;
mod support;
pub mod tasks;
pub mod texture;
pub mod world;

pub use episode::{Episode, EpisodeRecord, Step};
pub use goal::Goal;
pub use perturb::Perturbation;
pub use rig::SimRig;
pub use rollout::Rollout;
pub use scene::Scene;
pub use session::Session;
pub use snapshot::{Body, Snapshot, Touch};
pub use world::{World, WorldError};

#[cfg(test)]
mod tests;
