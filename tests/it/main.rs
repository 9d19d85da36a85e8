//! Tests across rooms, as one binary: what the crate looks like from outside.

mod pixels;
mod shaders;
mod ui_base;
mod ui_panels;
