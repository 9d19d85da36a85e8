//! Tests across rooms, as one binary: what the crate looks like from outside.

mod cli;
mod pixels;
mod shaders;
mod ui_base;
mod verify;
