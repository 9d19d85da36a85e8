//! Draws a window's content into an image without a window, with the renderer the window uses.
//!
//! Takes any adapter, software included. Sizes are physical pixels; density is physical pixels per screen point.

use std::pin::pin;
use std::task::{Context as TaskContext, Poll, Waker};
use std::time::Duration;

use egui::{Context, FullOutput, Pos2, RawInput, Rect, Theme, Ui, ViewportId, vec2};
use egui_wgpu::{Renderer, RendererOptions, ScreenDescriptor};
use image::RgbaImage;

use super::theme;

/// Longest wait for the adapter to finish; software adapters take about a second for a large image.
const WAIT_MAX: Duration = Duration::from_secs(60);
/// Largest side of an image.
const SIDE_MAX: u32 = 8192;
const FORMAT: wgpu::TextureFormat = wgpu::TextureFormat::Rgba8Unorm;

/// What to draw on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Offscreen {
    /// Width in physical pixels.
    pub width: u32,
    /// Height in physical pixels.
    pub height: u32,
    /// Physical pixels per screen point.
    pub pixels_per_point: f32,
    /// Dark or light.
    pub theme: Theme,
    /// Frames to run before the picture is taken, so that layouts settle and fades end.
    pub frames: u32,
}

/// Why nothing was drawn.
#[derive(Debug, thiserror::Error)]
pub enum OffscreenError {
    /// The size is zero or beyond what adapters draw.
    #[error("cannot draw an image of {width}x{height} pixels; choose sides from 1 to {SIDE_MAX}")]
    Size {
        /// Width asked for.
        width: u32,
        /// Height asked for.
        height: u32,
    },
    /// No adapter at all.
    #[error(
        "found no graphics adapter to draw with; install a Vulkan driver \
         (package mesa-vulkan-drivers has one in software): {source}"
    )]
    Adapter {
        /// What wgpu tried.
        source: wgpu::RequestAdapterError,
    },
    /// The adapter would not open.
    #[error("graphics adapter {adapter} refused to open: {source}")]
    Device {
        /// Its name.
        adapter: String,
        /// Why.
        source: wgpu::RequestDeviceError,
    },
    /// It was lost, or did not finish in time.
    #[error("the graphics adapter did not deliver the image: {reason}")]
    ReadBack {
        /// What it said.
        reason: String,
    },
}

impl Default for Offscreen {
    fn default() -> Self {
        Self {
            width: 1280,
            height: 800,
            pixels_per_point: 1.0,
            theme: Theme::Dark,
            frames: 8,
        }
    }
}

impl Offscreen {
    /// Runs `ui` for a few frames in our theme and returns the last one.
    ///
    /// # Errors
    /// When the size is out of range, when there is no adapter, or when it fails.
    pub fn render(&self, mut ui: impl FnMut(&mut Ui)) -> Result<RgbaImage, OffscreenError> {
        let (width, height) = (self.width, self.height);
        if !(1..=SIDE_MAX).contains(&width) || !(1..=SIDE_MAX).contains(&height) {
            return Err(OffscreenError::Size { width, height });
        }
        let mut target = Target::open(width, height)?;
        let ctx = Context::default();
        theme::install(&ctx);
        ctx.set_theme(self.theme);
        for frame in 0..self.frames.max(1) {
            let output = ctx.run_ui(self.input(frame, &target), &mut ui);
            let last = frame + 1 == self.frames.max(1);
            target.apply(&ctx, output, last);
        }
        target.read()
    }

    fn input(&self, frame: u32, target: &Target) -> RawInput {
        let points = vec2(self.width as f32, self.height as f32) / self.pixels_per_point;
        let mut input = RawInput {
            screen_rect: Some(Rect::from_min_size(Pos2::ZERO, points)),
            // A tenth of a second each, so that fades have ended in the last one.
            time: Some(f64::from(frame) * 0.1),
            max_texture_side: Some(target.device.limits().max_texture_dimension_2d as usize),
            focused: true,
            ..RawInput::default()
        };
        if let Some(viewport) = input.viewports.get_mut(&ViewportId::ROOT) {
            viewport.native_pixels_per_point = Some(self.pixels_per_point);
        }
        input
    }
}

/// An open adapter and the texture it draws into.
struct Target {
    device: wgpu::Device,
    queue: wgpu::Queue,
    renderer: Renderer,
    texture: wgpu::Texture,
}

impl Target {
    fn open(width: u32, height: u32) -> Result<Self, OffscreenError> {
        let instance = wgpu::Instance::new(wgpu::InstanceDescriptor::new_without_display_handle_from_env());
        let options = wgpu::RequestAdapterOptions::default();
        let adapter =
            wait(instance.request_adapter(&options)).map_err(|source| OffscreenError::Adapter { source })?;
        let wanted = wgpu::DeviceDescriptor {
            label: Some("offscreen"),
            required_limits: adapter.limits(),
            ..wgpu::DeviceDescriptor::default()
        };
        let (device, queue) = wait(adapter.request_device(&wanted)).map_err(|source| OffscreenError::Device {
            adapter: adapter.get_info().name,
            source,
        })?;
        let texture = device.create_texture(&wgpu::TextureDescriptor {
            label: Some("offscreen"),
            size: wgpu::Extent3d { width, height, depth_or_array_layers: 1 },
            mip_level_count: 1,
            sample_count: 1,
            dimension: wgpu::TextureDimension::D2,
            format: FORMAT,
            usage: wgpu::TextureUsages::RENDER_ATTACHMENT | wgpu::TextureUsages::COPY_SRC,
            view_formats: &[],
        });
        let renderer = Renderer::new(&device, FORMAT, RendererOptions::PREDICTABLE);
        Ok(Self { device, queue, renderer, texture })
    }

    /// Brings textures up to date and, in the last frame, draws.
    fn apply(&mut self, ctx: &Context, mut output: FullOutput, draw: bool) {
        let delta = &mut output.textures_delta;
        for (id, images) in delta.set.drain() {
            for image in images {
                self.renderer.update_texture(&self.device, &self.queue, id, &image);
            }
        }
        let freed: Vec<_> = delta.free.drain().collect();
        if draw {
            let triangles = ctx.tessellate(output.shapes, output.pixels_per_point);
            self.draw(&triangles, output.pixels_per_point);
        }
        for id in freed {
            self.renderer.free_texture(&id);
        }
    }

    fn draw(&mut self, triangles: &[egui::ClippedPrimitive], pixels_per_point: f32) {
        let screen = ScreenDescriptor {
            size_in_pixels: [self.texture.width(), self.texture.height()],
            pixels_per_point,
        };
        let mut encoder = self.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        let extra = self.renderer.update_buffers(&self.device, &self.queue, &mut encoder, triangles, &screen);
        let view = self.texture.create_view(&wgpu::TextureViewDescriptor::default());
        let mut pass = encoder
            .begin_render_pass(&wgpu::RenderPassDescriptor {
                label: Some("offscreen"),
                color_attachments: &[Some(wgpu::RenderPassColorAttachment {
                    view: &view,
                    depth_slice: None,
                    resolve_target: None,
                    ops: wgpu::Operations {
                        load: wgpu::LoadOp::Clear(wgpu::Color::BLACK),
                        store: wgpu::StoreOp::Store,
                    },
                })],
                ..wgpu::RenderPassDescriptor::default()
            })
            .forget_lifetime();
        self.renderer.render(&mut pass, triangles, &screen);
        drop(pass);
        self.queue.submit(extra.into_iter().chain([encoder.finish()]));
    }

    fn read(&self) -> Result<RgbaImage, OffscreenError> {
        let failed = |reason: String| OffscreenError::ReadBack { reason };
        let (width, height) = (self.texture.width(), self.texture.height());
        let row = (width * 4).next_multiple_of(wgpu::COPY_BYTES_PER_ROW_ALIGNMENT);
        let buffer = self.device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("offscreen"),
            size: u64::from(row) * u64::from(height),
            usage: wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        let mut encoder = self.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        let layout = wgpu::TexelCopyBufferLayout { offset: 0, bytes_per_row: Some(row), rows_per_image: None };
        let copy = wgpu::TexelCopyBufferInfo { buffer: &buffer, layout };
        encoder.copy_texture_to_buffer(self.texture.as_image_copy(), copy, self.texture.size());
        let submission_index = Some(self.queue.submit([encoder.finish()]));
        let slice = buffer.slice(..);
        slice.map_async(wgpu::MapMode::Read, |_| {});
        self.device
            .poll(wgpu::PollType::Wait { submission_index, timeout: Some(WAIT_MAX) })
            .map_err(|error| failed(error.to_string()))?;
        let mapped = slice.get_mapped_range().map_err(|error| failed(error.to_string()))?;
        let pixels = mapped.chunks_exact(row as usize).flat_map(|line| &line[..width as usize * 4]);
        RgbaImage::from_raw(width, height, pixels.copied().collect()).ok_or_else(|| failed("it came back short".into()))
    }
}

/// Runs a future that is ready at once: wgpu's are, except in a browser.
fn wait<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let mut context = TaskContext::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return value;
        }
        std::hint::spin_loop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_beyond_reason_is_refused_before_anything_is_opened() {
        for (width, height) in [(0, 10), (10, 0), (100_000, 10)] {
            let shot = Offscreen { width, height, ..Offscreen::default() };
            assert!(matches!(shot.render(|_| {}), Err(OffscreenError::Size { .. })));
        }
    }

    #[test]
    fn the_image_has_the_asked_size_and_the_themes_colour() {
        for (theme, palette) in [(Theme::Dark, theme::DARK), (Theme::Light, theme::LIGHT)] {
            let shot = Offscreen { width: 101, height: 53, pixels_per_point: 1.5, theme, frames: 2 };
            let image = match shot.render(|ui| {
                egui::CentralPanel::default().show(ui, |_| {});
            }) {
                Err(OffscreenError::Adapter { source }) => {
                    println!("skipped: no adapter ({source})");
                    return;
                }
                other => other.unwrap(),
            };
            assert_eq!(image.dimensions(), (101, 53));
            assert_eq!(image.get_pixel(50, 26).0, palette.panel.to_array());
        }
    }
}
