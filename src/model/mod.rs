//! The model: Qwen2.5-VL planner, DINOv2, querying transformer and diffusion action expert, in Burn.
//!
//! Pixels and text in, ground types out. Knows nothing of egui, datasets, arms or threads. Above this room only
//! the jobs that train, verify and measure touch Burn.
//!
//! Dims, used in every shape comment: **B** batch, **V** views, **P** vision patches, **N** tokens of the language
//! model, **H** its hidden width (2048 in the 3B), **C** width of a vision encoder, **Q** queries (64), **D** width of
//! the action expert, **T** action horizon (16), **A** action axes (7).
//!
//! Precision: weights of linear layers rest in f32 or f16; residual streams, norms, softmax and rotary angles are f32.

pub mod action;
pub mod activation;
pub mod answer;
pub mod attention;
pub mod checkpoint;
pub mod config;
pub mod device;
pub mod dino;
pub mod expert;
pub mod layers;
pub mod pass;
mod pixels;
pub mod planner;
pub mod policy;
pub mod preprocess;
pub mod product;
pub mod qformer;
mod stopwatch;
#[cfg(test)]
mod testing;
pub mod tracked;
pub mod training;
