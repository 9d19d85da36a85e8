//! Training: a run from its configuration to a folder that opens like a published one.
//!
//! Stage 1 teaches the planner to answer in boxes, points and traces; stage 2 teaches the expert to act, together
//! with the answers so that they are not forgotten. What is drawn in a step depends on the seed and the number of the
//! step alone, so a resumed run takes the steps an uninterrupted one takes.
//!
//! A run may have several devices: each computes the gradients of its share of a step, and how a step is divided changes
//! nothing but rounding.
//!
//! Knows datasets and the model; starts no threads but those that compute, and draws no curves: a step is told to
//! whoever listens and written to `metrics.jsonl`.

mod action;
mod aim;
mod answers;
mod batch;
mod bench;
mod bench_shape;
mod config;
mod counts;
mod draw;
mod error;
mod folder;
mod fresh;
mod frozen;
mod gallery;
mod heads;
mod learner;
mod limits;
mod lora;
mod metrics;
mod moment;
mod objective;
mod optimizer;
mod pictures;
mod placed;
mod random;
mod recorded;
mod replica;
mod save;
mod session;
mod settings;
mod shown;
mod similarity;
mod skip;
mod sources;
mod state;
mod step;
mod vocabulary;

pub use bench::{BenchConfig, BenchReport, BenchRow, bench};
pub use bench_shape::BenchShape;
pub use config::{Recipe, RunConfig};
pub use error::TrainError;
pub use metrics::StepMetrics;
pub use session::{Report, run};
pub use settings::{
    AuxiliaryConfig, BatchConfig, CurriculumConfig, LoraConfig, LossConfig, ModelSource, Multiply,
    NewExpert, NewModel, OptimizerConfig, PictureConfig,
};
pub use shown::{LearntAnswer, LearntPicture};
pub use sources::{ActionSource, LabelSource};

#[cfg(test)]
mod tests;
