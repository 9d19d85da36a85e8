//! Tests across rooms, as one binary.

mod pixels;
mod shaders;
