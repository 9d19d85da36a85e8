//! Pictures of a world, drawn by wgpu without a window: colours, and what every pixel shows and how far it is.
//!
//! Draws a plain list ([`Drawing`]) as cameras see it ([`Camera`]). Colour is antialiased; numbers and depths are those
//! at pixel centres. Knows nothing of physics or tasks. Metres; the world has z up; a camera looks along its z, y down.

mod edges;
mod gpu;
mod matrix;
mod meshes;
mod passes;
mod patterns;
mod pipelines;
mod post;
mod readback;
mod renderer;
mod things;
mod world;

use std::sync::Arc;

use super::asset::Material;
use super::solid::Solid;
use crate::geometry::{ImageSize, Pinhole, Pose};

pub use post::Post;
pub use renderer::{Renderer, Smoothing};

/// Bits of an id below the object's number: the part.
const PART_BITS: u32 = 8;

/// What a pixel shows: a number of an object and of its part.
#[must_use]
pub const fn id(object: u32, part: u8) -> u32 {
    object << PART_BITS | part as u32
}

/// The object's number in an id.
#[must_use]
pub const fn object_of(id: u32) -> u32 {
    id >> PART_BITS
}

/// One thing to draw.
#[derive(Debug, Clone)]
pub struct Item {
    /// What its pixels are numbered with, see [`id()`]; 0 is nothing.
    pub id: u32,
    /// Its shape.
    pub solid: Arc<Solid>,
    /// Its frame in the world.
    pub pose: Pose,
    /// Its materials by slot; slots beyond the last have the last.
    pub materials: Arc<[Material]>,
    /// Whether it throws a shadow; rooms do not.
    pub casts: bool,
}

/// A light far away.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Light {
    /// The way its light goes.
    pub direction: [f64; 3],
    /// Linear red, green, blue.
    pub colour: [f32; 3],
}

/// All there is to see.
#[derive(Debug, Clone, Default)]
pub struct Drawing {
    /// Things; at most 4096.
    pub items: Vec<Item>,
    /// Up to three lights; the first throws shadows.
    pub lights: Vec<Light>,
    /// Light from above and from below, linear.
    pub ambient: [[f32; 3]; 2],
}

/// From where and how it is seen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Camera {
    /// The camera's frame in the world.
    pub pose: Pose,
    /// Its lens and the picture's size.
    pub lens: Pinhole,
    /// What is done to its colours.
    pub post: Post,
    /// Whether ids and depths are wanted, too.
    pub labels: bool,
}

/// What one camera saw.
#[derive(Debug, Clone, PartialEq)]
pub struct View {
    /// The picture's size.
    pub size: ImageSize,
    /// Red, green, blue, 255 for every pixel, sRGB.
    pub rgba: Vec<u8>,
    /// What every pixel shows; empty if no labels were wanted.
    pub ids: Vec<u32>,
    /// Metres along the camera's axis for every pixel, 0 where nothing is; empty if no labels were wanted.
    pub depths: Vec<f32>,
}

/// Why nothing was drawn.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// No adapter at all.
    #[error(
        "found no graphics adapter to draw the simulator with; install a Vulkan driver \
         (package mesa-vulkan-drivers has one in software): {source}"
    )]
    Adapter {
        /// What wgpu tried.
        source: wgpu::RequestAdapterError,
    },
    /// The adapter would not open.
    #[error("graphics adapter {adapter} refused to open for the simulator: {source}")]
    Open {
        /// Its name.
        adapter: String,
        /// Why.
        source: wgpu::RequestDeviceError,
    },
    /// A picture without pixels, or beyond what is drawn.
    #[error("cannot draw a picture of {size}; choose sides from 1 to {most}")]
    Size {
        /// The size asked for.
        size: ImageSize,
        /// Longest side.
        most: u32,
    },
    /// Too much at once.
    #[error("cannot draw {count} things at once; leave out all but {most}")]
    Count {
        /// How many there are.
        count: usize,
        /// How many are drawn.
        most: usize,
    },
    /// The device complained.
    #[error("the graphics device failed while {step}: {message}")]
    Device {
        /// What was being done.
        step: &'static str,
        /// What it said.
        message: String,
    },
}

#[cfg(test)]
pub(in crate::sim) mod tests;
