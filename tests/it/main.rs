//! One binary for all tests that look at the crate from outside.

mod ui_base;
//! Tests across rooms, as one binary.

mod pixels;
mod shaders;
