//! Pictures of one size on the device, and their way back.

use std::time::Duration;

use super::gpu::{buffer, failed};
use super::pipelines::{COLOUR, DEPTH, LABEL};
use super::{Camera, RenderError, View};
use crate::geometry::ImageSize;

/// Longest wait for a picture; software adapters take about a tenth of a second.
const WAIT_MAX: Duration = Duration::from_mins(1);

/// Textures that cameras of one size share.
#[derive(Debug)]
pub(super) struct Target {
    /// Several samples per pixel; none if one is enough.
    pub(super) samples: Option<wgpu::TextureView>,
    pub(super) resolved: wgpu::Texture,
    pub(super) resolved_view: wgpu::TextureView,
    pub(super) colour_depth: wgpu::TextureView,
    pub(super) label: wgpu::Texture,
    pub(super) label_view: wgpu::TextureView,
    pub(super) label_depth: wgpu::TextureView,
}

impl Target {
    pub(super) fn new(device: &wgpu::Device, size: ImageSize, samples: u32) -> Self {
        let texture = |format, sample_count, usage| {
            device.create_texture(&wgpu::TextureDescriptor {
                label: Some("simulator picture"),
                size: extent(size),
                mip_level_count: 1,
                sample_count,
                dimension: wgpu::TextureDimension::D2,
                format,
                usage: wgpu::TextureUsages::RENDER_ATTACHMENT | usage,
                view_formats: &[],
            })
        };
        let view =
            |texture: &wgpu::Texture| texture.create_view(&wgpu::TextureViewDescriptor::default());
        let hidden =
            |format, samples| view(&texture(format, samples, wgpu::TextureUsages::empty()));
        let resolved = texture(COLOUR, 1, wgpu::TextureUsages::COPY_SRC);
        let label = texture(LABEL, 1, wgpu::TextureUsages::COPY_SRC);
        Self {
            samples: (samples > 1).then(|| hidden(COLOUR, samples)),
            resolved_view: view(&resolved),
            resolved,
            colour_depth: hidden(DEPTH, samples),
            label_view: view(&label),
            label,
            label_depth: hidden(DEPTH, 1),
        }
    }
}

const fn extent(size: ImageSize) -> wgpu::Extent3d {
    wgpu::Extent3d {
        width: size.width,
        height: size.height,
        depth_or_array_layers: 1,
    }
}

/// Bytes from one row to the next, as copies need it.
fn stride(size: ImageSize, pixel: u32) -> u32 {
    (size.width * pixel).next_multiple_of(wgpu::COPY_BYTES_PER_ROW_ALIGNMENT)
}

/// Where one camera's pictures lie in the buffer that comes back.
#[derive(Debug, Clone, Copy)]
struct Place {
    colour: u64,
    label: u64,
}

/// All pictures of one call, on their way back in one buffer.
#[derive(Debug, Default)]
pub(super) struct Readback {
    buffer: Option<wgpu::Buffer>,
    places: Vec<Place>,
}

impl Readback {
    /// Makes room for these cameras' pictures.
    pub(super) fn prepare(&mut self, device: &wgpu::Device, cameras: &[Camera]) {
        self.places.clear();
        let mut end = 0;
        for camera in cameras {
            let size = camera.lens.size;
            let rows = u64::from(size.height);
            let label = end + u64::from(stride(size, 4)) * rows;
            self.places.push(Place { colour: end, label });
            end = label
                + if camera.labels {
                    u64::from(stride(size, 8)) * rows
                } else {
                    0
                };
        }
        if self.buffer.as_ref().is_none_or(|old| old.size() < end) {
            let usage = wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST;
            self.buffer = Some(buffer(device, "simulator read-back", end, usage));
        }
    }

    /// Copies one camera's finished pictures.
    pub(super) fn copy(
        &self,
        encoder: &mut wgpu::CommandEncoder,
        target: &Target,
        camera: (usize, &Camera),
    ) {
        let (index, camera) = camera;
        let (Some(buffer), Some(place)) = (&self.buffer, self.places.get(index)) else {
            return;
        };
        let size = camera.lens.size;
        let mut copy = |texture: &wgpu::Texture, offset, pixel| {
            let layout = wgpu::TexelCopyBufferLayout {
                offset,
                bytes_per_row: Some(stride(size, pixel)),
                rows_per_image: None,
            };
            let into = wgpu::TexelCopyBufferInfo { buffer, layout };
            encoder.copy_texture_to_buffer(texture.as_image_copy(), into, extent(size));
        };
        copy(&target.resolved, place.colour, 4);
        if camera.labels {
            copy(&target.label, place.label, 8);
        }
    }

    /// Waits for the submission and reads every camera's pictures.
    pub(super) fn read(
        &self,
        device: &wgpu::Device,
        submission: wgpu::SubmissionIndex,
        cameras: &[Camera],
        finish: impl Fn(&mut [u8], &Camera),
    ) -> Result<Vec<View>, RenderError> {
        const STEP: &str = "reading pictures back";
        let Some(buffer) = &self.buffer else {
            return Ok(Vec::new());
        };
        let slice = buffer.slice(..);
        slice.map_async(wgpu::MapMode::Read, |_| {});
        device
            .poll(wgpu::PollType::Wait {
                submission_index: Some(submission),
                timeout: Some(WAIT_MAX),
            })
            .map_err(|error| failed(STEP, &error))?;
        let bytes = slice
            .get_mapped_range()
            .map_err(|error| failed(STEP, &error))?;
        let mut views: Vec<View> = cameras
            .iter()
            .zip(&self.places)
            .map(|(camera, place)| view(&bytes, *place, camera))
            .collect();
        drop(bytes);
        buffer.unmap();
        for (view, camera) in views.iter_mut().zip(cameras) {
            finish(&mut view.rgba, camera);
        }
        Ok(views)
    }
}

fn view(bytes: &[u8], place: Place, camera: &Camera) -> View {
    let size = camera.lens.size;
    let rows = |offset: u64, pixel: u32| {
        let (stride, width) = (stride(size, pixel) as usize, (size.width * pixel) as usize);
        let all = &bytes[offset as usize..][..stride * size.height as usize];
        all.chunks_exact(stride).map(move |row| &row[..width])
    };
    let mut rgba = Vec::with_capacity(size.pixels() * 4);
    rows(place.colour, 4).for_each(|row| rgba.extend_from_slice(row));
    let (mut ids, mut depths) = (Vec::new(), Vec::new());
    if camera.labels {
        ids.reserve(size.pixels());
        depths.reserve(size.pixels());
        for row in rows(place.label, 8) {
            for pixel in row.chunks_exact(8) {
                let word = |at: usize| [pixel[at], pixel[at + 1], pixel[at + 2], pixel[at + 3]];
                ids.push(u32::from_le_bytes(word(0)));
                depths.push(f32::from_le_bytes(word(4)));
            }
        }
    }
    View {
        size,
        rgba,
        ids,
        depths,
    }
}
