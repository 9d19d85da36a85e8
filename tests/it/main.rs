//! Tests across rooms, as one binary: what the crate looks like from outside.

mod house;
mod pixels;
mod shaders;
mod ui_base;
mod ui_panels;
