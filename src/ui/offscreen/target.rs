//! A graphics adapter, opened without a window, and the texture that is drawn into.

use std::pin::pin;
use std::task::{Context as TaskContext, Poll, Waker};
use std::time::Duration;

use egui::{Context, FullOutput};
use egui_wgpu::{Renderer, RendererOptions, ScreenDescriptor};
use image::RgbaImage;

use super::OffscreenError;

/// Longest wait for the adapter to finish; software adapters take about a second for a large image.
const WAIT_MAX: Duration = Duration::from_mins(1);
const FORMAT: wgpu::TextureFormat = wgpu::TextureFormat::Rgba8Unorm;

/// An open adapter and the texture it draws into.
pub(super) struct Target {
    pub(super) device: wgpu::Device,
    queue: wgpu::Queue,
    renderer: Renderer,
    texture: wgpu::Texture,
}

impl Target {
    pub(super) fn open(width: u32, height: u32) -> Result<Self, OffscreenError> {
        let instance =
            wgpu::Instance::new(wgpu::InstanceDescriptor::new_without_display_handle_from_env());
        let options = wgpu::RequestAdapterOptions::default();
        let adapter = wait(instance.request_adapter(&options))
            .map_err(|source| OffscreenError::Adapter { source })?;
        let wanted = wgpu::DeviceDescriptor {
            label: Some("offscreen"),
            required_limits: adapter.limits(),
            ..wgpu::DeviceDescriptor::default()
        };
        let (device, queue) =
            wait(adapter.request_device(&wanted)).map_err(|source| OffscreenError::Device {
                adapter: adapter.get_info().name,
                source,
            })?;
        let texture = device.create_texture(&wgpu::TextureDescriptor {
            label: Some("offscreen"),
            size: wgpu::Extent3d {
                width,
                height,
                depth_or_array_layers: 1,
            },
            mip_level_count: 1,
            sample_count: 1,
            dimension: wgpu::TextureDimension::D2,
            format: FORMAT,
            usage: wgpu::TextureUsages::RENDER_ATTACHMENT | wgpu::TextureUsages::COPY_SRC,
            view_formats: &[],
        });
        let renderer = Renderer::new(&device, FORMAT, RendererOptions::PREDICTABLE);
        Ok(Self {
            device,
            queue,
            renderer,
            texture,
        })
    }

    /// Brings textures up to date and, in the last frame, draws.
    pub(super) fn apply(&mut self, ctx: &Context, mut output: FullOutput, draw: bool) {
        let delta = &mut output.textures_delta;
        #[expect(
            clippy::iter_over_hash_type,
            reason = "each upload is to a texture of its own"
        )]
        for (id, images) in delta.set.drain() {
            for image in images {
                self.renderer
                    .update_texture(&self.device, &self.queue, id, &image);
            }
        }
        let freed: Vec<_> = delta.free.drain().collect();
        if draw {
            let triangles = ctx.tessellate(output.shapes, output.pixels_per_point);
            let behind = ctx.global_style().visuals.extreme_bg_color;
            self.draw(&triangles, output.pixels_per_point, behind);
        }
        for id in freed {
            self.renderer.free_texture(&id);
        }
    }

    fn draw(
        &mut self,
        triangles: &[egui::ClippedPrimitive],
        pixels_per_point: f32,
        behind: egui::Color32,
    ) {
        let [r, g, b, a] = behind.to_normalized_gamma_f32().map(f64::from);
        let screen = ScreenDescriptor {
            size_in_pixels: [self.texture.width(), self.texture.height()],
            pixels_per_point,
        };
        let mut encoder = self
            .device
            .create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        let extra = self.renderer.update_buffers(
            &self.device,
            &self.queue,
            &mut encoder,
            triangles,
            &screen,
        );
        let view = self
            .texture
            .create_view(&wgpu::TextureViewDescriptor::default());
        let mut pass = encoder
            .begin_render_pass(&wgpu::RenderPassDescriptor {
                label: Some("offscreen"),
                color_attachments: &[Some(wgpu::RenderPassColorAttachment {
                    view: &view,
                    depth_slice: None,
                    resolve_target: None,
                    ops: wgpu::Operations {
                        load: wgpu::LoadOp::Clear(wgpu::Color { r, g, b, a }),
                        store: wgpu::StoreOp::Store,
                    },
                })],
                ..wgpu::RenderPassDescriptor::default()
            })
            .forget_lifetime();
        self.renderer.render(&mut pass, triangles, &screen);
        drop(pass);
        self.queue
            .submit(extra.into_iter().chain([encoder.finish()]));
    }

    pub(super) fn read(&self) -> Result<RgbaImage, OffscreenError> {
        let failed = |reason: String| OffscreenError::ReadBack { reason };
        let (width, height) = (self.texture.width(), self.texture.height());
        let row = (width * 4).next_multiple_of(wgpu::COPY_BYTES_PER_ROW_ALIGNMENT);
        let buffer = self.device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("offscreen"),
            size: u64::from(row) * u64::from(height),
            usage: wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        let mut encoder = self
            .device
            .create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        let layout = wgpu::TexelCopyBufferLayout {
            offset: 0,
            bytes_per_row: Some(row),
            rows_per_image: None,
        };
        let copy = wgpu::TexelCopyBufferInfo {
            buffer: &buffer,
            layout,
        };
        encoder.copy_texture_to_buffer(self.texture.as_image_copy(), copy, self.texture.size());
        let submission_index = Some(self.queue.submit([encoder.finish()]));
        let slice = buffer.slice(..);
        slice.map_async(wgpu::MapMode::Read, |_| {});
        self.device
            .poll(wgpu::PollType::Wait {
                submission_index,
                timeout: Some(WAIT_MAX),
            })
            .map_err(|error| failed(error.to_string()))?;
        let mapped = slice
            .get_mapped_range()
            .map_err(|error| failed(error.to_string()))?;
        let pixels = mapped
            .chunks_exact(row as usize)
            .flat_map(|line| &line[..width as usize * 4]);
        RgbaImage::from_raw(width, height, pixels.copied().collect())
            .ok_or_else(|| failed("it came back short".into()))
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
