//! What shaders read: buffers that grow with the world, patterns and the sun's map, and how they are bound.

use super::gpu::buffer;
use super::patterns::Patterns;
use super::pipelines::{DEPTH, Pipelines};
use super::renderer::{SUN_STEPS, Smoothing};
use super::things::CAMERA_BYTES;

/// Buffers that grow with the world, and their binding.
#[derive(Debug)]
pub(super) struct World {
    pub(super) cameras: wgpu::Buffer,
    pub(super) things: wgpu::Buffer,
    pub(super) materials: wgpu::Buffer,
    pub(super) group: wgpu::BindGroup,
}

impl World {
    pub(super) fn new(
        device: &wgpu::Device,
        pipelines: &Pipelines,
        [cameras, things, materials]: [u64; 3],
    ) -> Self {
        let made = |bytes, usage| {
            buffer(
                device,
                "simulator world",
                bytes,
                usage | wgpu::BufferUsages::COPY_DST,
            )
        };
        let cameras = made(cameras, wgpu::BufferUsages::UNIFORM);
        let things = made(things, wgpu::BufferUsages::STORAGE);
        let materials = made(materials, wgpu::BufferUsages::STORAGE);
        let one = wgpu::BufferBinding {
            buffer: &cameras,
            offset: 0,
            size: std::num::NonZeroU64::new(CAMERA_BYTES),
        };
        let resources = [
            wgpu::BindingResource::Buffer(one),
            things.as_entire_binding(),
            materials.as_entire_binding(),
        ];
        let group = group(device, &pipelines.world, resources);
        Self {
            cameras,
            things,
            materials,
            group,
        }
    }

    /// Makes room, twice as much as is asked for.
    pub(super) fn grow(&mut self, device: &wgpu::Device, pipelines: &Pipelines, sizes: [u64; 3]) {
        let now = [&self.cameras, &self.things, &self.materials].map(wgpu::Buffer::size);
        if sizes.iter().zip(now).any(|(wanted, now)| *wanted > now) {
            let room = std::array::from_fn(|k| (sizes[k] * 2).max(now[k]));
            *self = Self::new(device, pipelines, room);
        }
    }
}

pub(super) fn sun_map(device: &wgpu::Device) -> wgpu::TextureView {
    let texture = device.create_texture(&wgpu::TextureDescriptor {
        label: Some("simulator sun"),
        size: wgpu::Extent3d {
            width: SUN_STEPS,
            height: SUN_STEPS,
            depth_or_array_layers: 1,
        },
        mip_level_count: 1,
        sample_count: 1,
        dimension: wgpu::TextureDimension::D2,
        format: DEPTH,
        usage: wgpu::TextureUsages::RENDER_ATTACHMENT | wgpu::TextureUsages::TEXTURE_BINDING,
        view_formats: &[],
    });
    texture.create_view(&wgpu::TextureViewDescriptor::default())
}

pub(super) fn light_group(
    device: &wgpu::Device,
    pipelines: &Pipelines,
    (patterns, sun): (&Patterns, &wgpu::TextureView),
    smoothing: Smoothing,
) -> wgpu::BindGroup {
    let mipmap_filter = match smoothing {
        Smoothing::Samples => wgpu::MipmapFilterMode::Linear,
        Smoothing::Edges => wgpu::MipmapFilterMode::Nearest,
    };
    let linear = wgpu::SamplerDescriptor {
        mag_filter: wgpu::FilterMode::Linear,
        min_filter: wgpu::FilterMode::Linear,
        mipmap_filter,
        address_mode_u: wgpu::AddressMode::Repeat,
        address_mode_v: wgpu::AddressMode::Repeat,
        ..wgpu::SamplerDescriptor::default()
    };
    let compare = wgpu::SamplerDescriptor {
        compare: Some(wgpu::CompareFunction::LessEqual),
        mag_filter: wgpu::FilterMode::Linear,
        min_filter: wgpu::FilterMode::Linear,
        ..wgpu::SamplerDescriptor::default()
    };
    let (linear, compare) = (
        device.create_sampler(&linear),
        device.create_sampler(&compare),
    );
    let resources = [
        wgpu::BindingResource::TextureView(&patterns.view()),
        wgpu::BindingResource::Sampler(&linear),
        wgpu::BindingResource::TextureView(sun),
        wgpu::BindingResource::Sampler(&compare),
    ];
    group(device, &pipelines.light, resources)
}

fn group<const N: usize>(
    device: &wgpu::Device,
    layout: &wgpu::BindGroupLayout,
    resources: [wgpu::BindingResource<'_>; N],
) -> wgpu::BindGroup {
    let mut binding = 0..;
    let entries = resources.map(|resource| wgpu::BindGroupEntry {
        binding: binding.next().unwrap_or_default(),
        resource,
    });
    device.create_bind_group(&wgpu::BindGroupDescriptor {
        label: Some("simulator"),
        layout,
        entries: &entries,
    })
}
