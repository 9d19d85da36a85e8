//! Tests across rooms, as one binary: what the crate looks like from outside.

mod cli;
mod dataset;
mod eval;
mod generate;
mod house;
#[cfg(feature = "remote")]
mod lend;
mod pixels;
mod shaders;
mod software_vulkan;
mod train;
mod ui_base;
mod ui_datasets;
mod ui_panels;
mod ui_window;
mod verify;
