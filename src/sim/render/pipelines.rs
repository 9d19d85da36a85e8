//! The three ways to draw: the sun's map, colours, labels.

use super::meshes::CORNER_BYTES;
use crate::shaders::SIM_SCENE;

/// Encoded by the shader: converting four samples of every pixel costs software adapters as much as shading it.
pub(super) const COLOUR: wgpu::TextureFormat = wgpu::TextureFormat::Rgba8Unorm;
/// An id and the bits of a depth.
pub(super) const LABEL: wgpu::TextureFormat = wgpu::TextureFormat::Rg32Uint;
pub(super) const DEPTH: wgpu::TextureFormat = wgpu::TextureFormat::Depth32Float;

/// Everything that does not change from picture to picture.
#[derive(Debug)]
pub(super) struct Pipelines {
    pub(super) sun: wgpu::RenderPipeline,
    pub(super) colour: wgpu::RenderPipeline,
    pub(super) label: wgpu::RenderPipeline,
    /// Camera, things and materials.
    pub(super) world: wgpu::BindGroupLayout,
    /// Patterns and the sun's map.
    pub(super) light: wgpu::BindGroupLayout,
}

/// One way to draw.
struct Kind<'a> {
    stages: [Option<&'a str>; 2],
    layout: &'a wgpu::PipelineLayout,
    target: Option<wgpu::TextureFormat>,
    samples: u32,
    whole_corner: bool,
    sun: bool,
}

impl Pipelines {
    pub(super) fn new(device: &wgpu::Device, samples: u32) -> Self {
        let module = device.create_shader_module(wgpu::ShaderModuleDescriptor {
            label: Some(SIM_SCENE.name),
            source: wgpu::ShaderSource::Wgsl(SIM_SCENE.source.into()),
        });
        let world = world_layout(device);
        let light = light_layout(device);
        let layout = |groups: &[Option<&wgpu::BindGroupLayout>]| {
            device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
                label: Some("simulator"),
                bind_group_layouts: groups,
                immediate_size: 0,
            })
        };
        let plain = layout(&[Some(&world)]);
        let lit = layout(&[Some(&world), Some(&light)]);
        let make = |kind: Kind<'_>| pipeline(device, &module, &kind);
        Self {
            sun: make(Kind {
                stages: [Some("sun_vertex"), None],
                layout: &plain,
                target: None,
                samples: 1,
                whole_corner: false,
                sun: true,
            }),
            colour: make(Kind {
                stages: [Some("colour_vertex"), Some("colour_fragment")],
                layout: &lit,
                target: Some(COLOUR),
                samples,
                whole_corner: true,
                sun: false,
            }),
            label: make(Kind {
                stages: [Some("label_vertex"), Some("label_fragment")],
                layout: &plain,
                target: Some(LABEL),
                samples: 1,
                whole_corner: false,
                sun: false,
            }),
            world,
            light,
        }
    }
}

fn pipeline(
    device: &wgpu::Device,
    module: &wgpu::ShaderModule,
    kind: &Kind<'_>,
) -> wgpu::RenderPipeline {
    let attributes =
        wgpu::vertex_attr_array![0 => Float32x3, 1 => Float32x3, 2 => Float32x2, 3 => Uint32];
    let corners = wgpu::VertexBufferLayout {
        array_stride: CORNER_BYTES,
        step_mode: wgpu::VertexStepMode::Vertex,
        attributes: if kind.whole_corner {
            &attributes
        } else {
            &attributes[..1]
        },
    };
    let target = kind.target.map(|format| wgpu::ColorTargetState {
        format,
        blend: None,
        write_mask: wgpu::ColorWrites::ALL,
    });
    let compare = if kind.sun {
        wgpu::CompareFunction::Less
    } else {
        wgpu::CompareFunction::Greater
    };
    let bias = wgpu::DepthBiasState {
        constant: 2,
        slope_scale: 2.0,
        clamp: 0.0,
    };
    device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
        label: kind.stages[0],
        layout: Some(kind.layout),
        vertex: wgpu::VertexState {
            module,
            entry_point: kind.stages[0],
            compilation_options: wgpu::PipelineCompilationOptions::default(),
            buffers: &[Some(corners)],
        },
        // Solids are closed: nobody sees a face from behind.
        primitive: wgpu::PrimitiveState {
            cull_mode: Some(wgpu::Face::Back),
            ..wgpu::PrimitiveState::default()
        },
        depth_stencil: Some(wgpu::DepthStencilState {
            format: DEPTH,
            depth_write_enabled: Some(true),
            depth_compare: Some(compare),
            stencil: wgpu::StencilState::default(),
            bias: if kind.sun {
                bias
            } else {
                wgpu::DepthBiasState::default()
            },
        }),
        multisample: wgpu::MultisampleState {
            count: kind.samples,
            ..wgpu::MultisampleState::default()
        },
        fragment: kind.stages[1].map(|entry| wgpu::FragmentState {
            module,
            entry_point: Some(entry),
            compilation_options: wgpu::PipelineCompilationOptions::default(),
            targets: std::slice::from_ref(&target),
        }),
        multiview_mask: None,
        cache: None,
    })
}

fn world_layout(device: &wgpu::Device) -> wgpu::BindGroupLayout {
    let entry = |binding: u32, visibility, ty, has_dynamic_offset| wgpu::BindGroupLayoutEntry {
        binding,
        visibility,
        ty: wgpu::BindingType::Buffer {
            ty,
            has_dynamic_offset,
            min_binding_size: None,
        },
        count: None,
    };
    let storage = wgpu::BufferBindingType::Storage { read_only: true };
    device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
        label: Some("simulator world"),
        entries: &[
            entry(
                0,
                wgpu::ShaderStages::VERTEX_FRAGMENT,
                wgpu::BufferBindingType::Uniform,
                true,
            ),
            entry(1, wgpu::ShaderStages::VERTEX, storage, false),
            entry(2, wgpu::ShaderStages::VERTEX_FRAGMENT, storage, false),
        ],
    })
}

fn light_layout(device: &wgpu::Device) -> wgpu::BindGroupLayout {
    let entry = |binding: u32, ty| wgpu::BindGroupLayoutEntry {
        binding,
        visibility: wgpu::ShaderStages::FRAGMENT,
        ty,
        count: None,
    };
    let texture = |sample_type, view_dimension| wgpu::BindingType::Texture {
        sample_type,
        view_dimension,
        multisampled: false,
    };
    let filtered = wgpu::TextureSampleType::Float { filterable: true };
    device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
        label: Some("simulator light"),
        entries: &[
            entry(0, texture(filtered, wgpu::TextureViewDimension::D2Array)),
            entry(
                1,
                wgpu::BindingType::Sampler(wgpu::SamplerBindingType::Filtering),
            ),
            entry(
                2,
                texture(
                    wgpu::TextureSampleType::Depth,
                    wgpu::TextureViewDimension::D2,
                ),
            ),
            entry(
                3,
                wgpu::BindingType::Sampler(wgpu::SamplerBindingType::Comparison),
            ),
        ],
    })
}
