//! What training needs of the model: losses, supervised tokens, packed batches, gradients by name and the optimiser.
//!
//! Knows nothing of datasets, files or run folders. Everything here is what a paper or the reference defines, so that
//! it can be compared with stored values; loops and sources live upstairs.

mod adamw;
mod batch;
mod gradients;
mod groups;
mod loss;
mod network;
mod rate;
mod sample;
mod transfer;

pub use adamw::{AdamW, AdamWSettings, Moments};
pub use batch::{LanguageBatch, Target};
pub use gradients::{Gradients, Parameters, clip_factor};
pub use groups::{ModuleGroup, published_name};
pub use loss::{cross_entropy, mean_square};
pub use network::{ActionBatch, DiffusionDraw, Network};
pub use rate::RateSchedule;
pub use sample::{Packed, Sample, SampleError, SampleTurn};
pub use transfer::{fetch, put};

#[cfg(test)]
mod tests;
