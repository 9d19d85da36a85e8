//! The renderer: keeps what the device has, and draws.

use std::collections::BTreeMap;

use super::edges::smooth_edges;
use super::gpu::{self, guarded};
use super::meshes::Meshes;
use super::passes::{Passes, depth, draw, order, placed};
use super::patterns::Patterns;
use super::pipelines::Pipelines;
use super::readback::{Readback, Target};
use super::things::{CAMERA_STRIDE, cameras, things};
use super::world::{World, light_group, sun_map};
use super::{Camera, Drawing, Item, RenderError, View, matrix};
use crate::sim::solid::Bounds;
use crate::sim::texture::TextureId;

/// Steps along a side of the sun's map.
pub(super) const SUN_STEPS: u32 = 1024;
/// Longest side of a picture.
const SIDE_MAX: u32 = 4096;
/// Most things in one drawing.
const THINGS_MAX: usize = 4096;

/// Draws worlds. Keeps meshes, patterns and buffers between pictures.
#[derive(Debug)]
pub struct Renderer {
    device: wgpu::Device,
    queue: wgpu::Queue,
    pipelines: Pipelines,
    patterns: Patterns,
    meshes: Meshes,
    sun: wgpu::TextureView,
    light: wgpu::BindGroup,
    world: World,
    targets: BTreeMap<(u32, u32), Target>,
    readback: Readback,
    smoothing: Smoothing,
}

/// How edges are smoothed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Smoothing {
    /// Four samples per pixel: best, and nearly free on a graphics card.
    Samples,
    /// By looking at the finished picture: a third of the work on a software adapter.
    Edges,
}

impl Smoothing {
    const fn samples(self) -> u32 {
        match self {
            Self::Samples => 4,
            Self::Edges => 1,
        }
    }
}

impl Renderer {
    /// A renderer with a device of its own.
    ///
    /// # Errors
    /// When there is no adapter, or it refuses.
    pub fn open() -> Result<Self, RenderError> {
        let (device, queue) = gpu::open()?;
        Self::new(&device, &queue)
    }

    /// A renderer on a device that others use, too; edges are smoothed as suits the device.
    ///
    /// # Errors
    /// When the device refuses what it needs.
    pub fn new(device: &wgpu::Device, queue: &wgpu::Queue) -> Result<Self, RenderError> {
        let software = device.adapter_info().device_type == wgpu::DeviceType::Cpu;
        let smoothing = if software {
            Smoothing::Edges
        } else {
            Smoothing::Samples
        };
        Self::smoothed(device, queue, smoothing)
    }

    /// What draws, by the name its driver gives it.
    #[must_use]
    pub fn adapter(&self) -> String {
        self.device.adapter_info().name
    }

    /// Like [`Self::new`], with edges smoothed as asked.
    ///
    /// # Errors
    /// When the device refuses what it needs.
    pub fn smoothed(
        device: &wgpu::Device,
        queue: &wgpu::Queue,
        smoothing: Smoothing,
    ) -> Result<Self, RenderError> {
        guarded(device, "preparing to draw the simulator", || {
            let pipelines = Pipelines::new(device, smoothing.samples());
            let patterns = Patterns::new(device);
            let sun = sun_map(device);
            Ok(Self {
                light: light_group(device, &pipelines, (&patterns, &sun), smoothing),
                smoothing,
                world: World::new(device, &pipelines, [16 * CAMERA_STRIDE, 1 << 14, 1 << 14]),
                device: device.clone(),
                queue: queue.clone(),
                pipelines,
                patterns,
                meshes: Meshes::default(),
                sun,
                targets: BTreeMap::new(),
                readback: Readback::default(),
            })
        })
    }

    /// Draws the world as every camera sees it.
    ///
    /// # Errors
    /// When a size is out of range, when there is too much to draw, or when the device fails.
    pub fn render(
        &mut self,
        drawing: &Drawing,
        cameras: &[Camera],
    ) -> Result<Vec<View>, RenderError> {
        check(drawing, cameras)?;
        let device = self.device.clone();
        guarded(&device, "drawing the simulator", || {
            self.draw(drawing, cameras)
        })
    }

    fn draw(&mut self, drawing: &Drawing, cameras: &[Camera]) -> Result<Vec<View>, RenderError> {
        self.meshes.begin();
        let keys = self.load(&drawing.items);
        let sun = self.sun_matrix(drawing, &keys);
        self.upload(drawing, cameras, sun);
        self.readback.prepare(&self.device, cameras);
        let mut encoder = self
            .device
            .create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        self.draw_sun(&mut encoder, drawing, &keys);
        for (index, camera) in cameras.iter().enumerate() {
            let size = camera.lens.size;
            let target = self
                .targets
                .entry((size.width, size.height))
                .or_insert_with(|| Target::new(&self.device, size, self.smoothing.samples()));
            let order = order(drawing, &keys, &self.meshes, camera);
            let passes = Passes {
                pipelines: &self.pipelines,
                meshes: &self.meshes,
                world: &self.world.group,
                light: &self.light,
                offset: (index as u64 * CAMERA_STRIDE) as u32,
            };
            passes.colour(&mut encoder, target, &order);
            if camera.labels {
                passes.label(&mut encoder, target, &order);
            }
            self.readback.copy(&mut encoder, target, (index, camera));
        }
        let submission = self.queue.submit([encoder.finish()]);
        let finish = |rgba: &mut [u8], camera: &Camera| {
            let width = camera.lens.size.width as usize;
            if self.smoothing == Smoothing::Edges {
                smooth_edges(rgba, width);
            }
            camera.post.apply(rgba, width);
        };
        self.readback
            .read(&self.device, submission, cameras, finish)
    }

    /// Brings meshes and patterns to the device.
    fn load(&mut self, items: &[Item]) -> Vec<u64> {
        for material in items.iter().flat_map(|item| item.materials.iter()) {
            self.patterns.load(&self.queue, material.texture);
        }
        self.patterns.load(&self.queue, TextureId::PLAIN);
        items
            .iter()
            .map(|item| self.meshes.load(&self.device, &self.queue, &item.solid))
            .collect()
    }

    fn sun_matrix(&self, drawing: &Drawing, keys: &[u64]) -> ([[f32; 4]; 4], f64) {
        let casters: Vec<Bounds> = drawing
            .items
            .iter()
            .zip(keys)
            .filter(|(item, _)| item.casts)
            .filter_map(|(item, key)| Some(placed(&self.meshes.mesh(*key)?.bounds, item)))
            .collect();
        let direction = drawing
            .lights
            .first()
            .map_or([0.0, 0.0, -1.0], |light| light.direction);
        let (matrix, step) = matrix::sun(direction, &casters, SUN_STEPS);
        (matrix::columns(&matrix), step)
    }

    fn upload(&mut self, drawing: &Drawing, views: &[Camera], sun: ([[f32; 4]; 4], f64)) {
        let cameras = cameras(views, drawing, sun);
        let (things, materials) = things(&drawing.items);
        let sizes = [cameras.len(), things.len(), materials.len()].map(|bytes| bytes as u64);
        self.world.grow(&self.device, &self.pipelines, sizes);
        self.queue.write_buffer(&self.world.cameras, 0, &cameras);
        self.queue.write_buffer(&self.world.things, 0, &things);
        self.queue
            .write_buffer(&self.world.materials, 0, &materials);
    }

    fn draw_sun(&self, encoder: &mut wgpu::CommandEncoder, drawing: &Drawing, keys: &[u64]) {
        let mut pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
            label: Some("simulator sun"),
            depth_stencil_attachment: Some(depth(&self.sun, 1.0)),
            ..wgpu::RenderPassDescriptor::default()
        });
        pass.set_pipeline(&self.pipelines.sun);
        pass.set_bind_group(0, &self.world.group, &[0]);
        let casters = drawing.items.iter().zip(keys).enumerate();
        for (index, (_, key)) in casters.filter(|(_, (item, _))| item.casts) {
            draw(&mut pass, &self.meshes, (index as u32, *key));
        }
    }
}

fn check(drawing: &Drawing, cameras: &[Camera]) -> Result<(), RenderError> {
    let count = drawing.items.len();
    if count > THINGS_MAX {
        return Err(RenderError::Count {
            count,
            most: THINGS_MAX,
        });
    }
    let fits = |side: u32| (1..=SIDE_MAX).contains(&side);
    let odd = cameras
        .iter()
        .map(|camera| camera.lens.size)
        .find(|size| !fits(size.width) || !fits(size.height));
    odd.map_or(Ok(()), |size| {
        Err(RenderError::Size {
            size,
            most: SIDE_MAX,
        })
    })
}
