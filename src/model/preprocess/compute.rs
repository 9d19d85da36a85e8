//! Compiles and runs the pixel kernels; knows nothing of images beyond their size.
//!
//! Whoever owns the device may have a handler that panics on any error nobody caught, so every call stands between
//! error scopes.

use std::pin::pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, Waker};

use wgpu::util::DeviceExt as _;

use super::PreprocessError;
use crate::geometry::ImageSize;
use crate::shaders::{GROUP_SIDE, Shader};
use crate::vision::normalize::PatchLayout;

/// `Shape` of `common.wgsl`, less what follows from the output.
#[derive(Clone, Copy, Default)]
pub(super) struct Shape {
    /// Words from one input row to the next.
    pub stride: u32,
    /// Weights per output pixel.
    pub taps: u32,
    /// How patches are cut, where they are.
    pub layout: PatchLayout,
}

/// One kernel call: its bindings in order.
pub(super) struct Call<'a> {
    pub pipeline: &'a wgpu::ComputePipeline,
    pub size: ImageSize,
    pub shape: Shape,
    pub table: &'a wgpu::Buffer,
    pub input: &'a wgpu::Buffer,
    pub output: Output<'a>,
}

/// Where a kernel writes: an aligned binding and the element in it that comes first.
#[derive(Clone)]
pub(super) struct Output<'a> {
    pub binding: wgpu::BufferBinding<'a>,
    pub offset: u32,
}

impl<'a> Output<'a> {
    /// All of a buffer.
    pub fn whole(buffer: &'a wgpu::Buffer) -> Self {
        Self {
            binding: buffer.as_entire_buffer_binding(),
            offset: 0,
        }
    }
}

/// A device, its queue, and the bindings that all pixel kernels share.
pub(super) struct Compute {
    pub device: wgpu::Device,
    pub queue: wgpu::Queue,
    bindings: wgpu::BindGroupLayout,
    layout: wgpu::PipelineLayout,
}

impl Compute {
    /// Call within [`guarded`].
    pub fn new(device: &wgpu::Device, queue: &wgpu::Queue) -> Self {
        let storage = |read_only| wgpu::BufferBindingType::Storage { read_only };
        let kinds = [
            wgpu::BufferBindingType::Uniform,
            storage(true),
            storage(true),
            storage(false),
        ];
        let entries: Vec<_> = (0..).zip(kinds).map(entry).collect();
        let bindings = device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
            label: Some("pixels"),
            entries: &entries,
        });
        let layout = device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
            label: Some("pixels"),
            bind_group_layouts: &[Some(&bindings)],
            immediate_size: 0,
        });
        Self {
            device: device.clone(),
            queue: queue.clone(),
            bindings,
            layout,
        }
    }

    pub fn pipeline(&self, shader: Shader, entry_point: &str) -> wgpu::ComputePipeline {
        let module = self
            .device
            .create_shader_module(wgpu::ShaderModuleDescriptor {
                label: Some(shader.name),
                source: wgpu::ShaderSource::Wgsl(shader.source.into()),
            });
        self.device
            .create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
                label: Some(entry_point),
                layout: Some(&self.layout),
                module: &module,
                entry_point: Some(entry_point),
                compilation_options: wgpu::PipelineCompilationOptions::default(),
                cache: None,
            })
    }

    /// A buffer that kernels read and that starts with `contents`.
    pub fn table(&self, contents: &[u8]) -> wgpu::Buffer {
        self.filled(contents, wgpu::BufferUsages::STORAGE)
    }

    /// An empty buffer that kernels read and write and that can be copied from and to.
    pub fn buffer(&self, what: &'static str, bytes: u64) -> Result<wgpu::Buffer, PreprocessError> {
        self.admit(what, bytes)?;
        Ok(self.device.create_buffer(&wgpu::BufferDescriptor {
            label: Some(what),
            size: bytes,
            usage: wgpu::BufferUsages::STORAGE
                | wgpu::BufferUsages::COPY_SRC
                | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        }))
    }

    /// Checks a size before anything is allocated.
    pub fn admit(&self, what: &'static str, bytes: u64) -> Result<(), PreprocessError> {
        let limits = self.device.limits();
        // Kernels index elements with 32 bits.
        let limit = limits
            .max_storage_buffer_binding_size
            .min(limits.max_buffer_size)
            .min(u64::from(u32::MAX));
        if bytes > limit {
            return Err(PreprocessError::TooLarge { what, bytes, limit });
        }
        Ok(())
    }

    /// Checks that `bytes` fit and moves the binding back to where the device lets it begin.
    pub fn output<'a>(
        &self,
        what: &'static str,
        bytes: u64,
        binding: &wgpu::BufferBinding<'a>,
    ) -> Result<Output<'a>, PreprocessError> {
        let room = binding.buffer.size().saturating_sub(binding.offset);
        let found = binding.size.map_or(room, |size| room.min(size.get()));
        if found < bytes {
            return Err(PreprocessError::Length {
                what,
                expected: bytes,
                found,
            });
        }
        if !binding.offset.is_multiple_of(4) {
            return Err(PreprocessError::Offset(binding.offset));
        }
        let alignment = self.device.limits().min_storage_buffer_offset_alignment;
        let slack = binding.offset % u64::from(alignment.max(4));
        self.admit(what, bytes + slack)?;
        Ok(Output {
            binding: wgpu::BufferBinding {
                buffer: binding.buffer,
                offset: binding.offset - slack,
                size: wgpu::BufferSize::new(bytes + slack),
            },
            offset: (slack / 4) as u32,
        })
    }

    /// Adds one kernel call to `encoder`; groups spread over two axes, so that no count exceeds a device's limit.
    pub fn record(&self, encoder: &mut wgpu::CommandEncoder, call: &Call<'_>) {
        let uniform = self.filled(
            bytemuck::cast_slice(&words(call)),
            wgpu::BufferUsages::UNIFORM,
        );
        let resources = [
            uniform.as_entire_binding(),
            call.table.as_entire_binding(),
            call.input.as_entire_binding(),
            wgpu::BindingResource::Buffer(call.output.binding.clone()),
        ];
        let entries: Vec<_> = (0..)
            .zip(resources)
            .map(|(binding, resource)| wgpu::BindGroupEntry { binding, resource })
            .collect();
        let group = self.device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some("pixels"),
            layout: &self.bindings,
            entries: &entries,
        });
        let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor::default());
        pass.set_pipeline(call.pipeline);
        pass.set_bind_group(0, &group, &[]);
        let groups = |side: u32| side.div_ceil(GROUP_SIDE);
        pass.dispatch_workgroups(groups(call.size.width), groups(call.size.height), 1);
    }

    /// Copies a stretch of a buffer to the CPU and waits for it. Call within [`guarded`].
    pub fn read(&self, binding: &wgpu::BufferBinding<'_>) -> Result<Vec<u8>, PreprocessError> {
        let room = binding.buffer.size().saturating_sub(binding.offset);
        let size = binding.size.map_or(room, wgpu::BufferSize::get);
        let staging = self.device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("read back"),
            size,
            usage: wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        let mut encoder = self
            .device
            .create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        encoder.copy_buffer_to_buffer(binding.buffer, binding.offset, &staging, 0, Some(size));
        self.queue.submit([encoder.finish()]);
        let mapped = Arc::new(OnceLock::new());
        let answer = Arc::clone(&mapped);
        staging.map_async(wgpu::MapMode::Read, .., move |result| {
            // Called once; a second answer could only repeat the first.
            answer.get_or_init(|| result);
        });
        self.device
            .poll(wgpu::PollType::wait_indefinitely())
            .map_err(|error| refused(&error))?;
        // Another thread that polls the same device may be the one that is calling back just now.
        if let Err(error) = mapped.wait() {
            return Err(refused(error));
        }
        let view = staging
            .get_mapped_range(..)
            .map_err(|error| refused(&error))?;
        Ok(view.to_vec())
    }

    fn filled(&self, contents: &[u8], usage: wgpu::BufferUsages) -> wgpu::Buffer {
        self.device
            .create_buffer_init(&wgpu::util::BufferInitDescriptor {
                label: Some("pixels"),
                contents,
                usage,
            })
    }
}

/// Runs `run` and returns what the device complained of meanwhile, else its result.
pub(super) fn guarded<T>(
    device: &wgpu::Device,
    step: &'static str,
    run: impl FnOnce() -> Result<T, PreprocessError>,
) -> Result<T, PreprocessError> {
    use wgpu::ErrorFilter::{Internal, OutOfMemory, Validation};
    // Popped from the last: what ran out explains what then became invalid.
    let scopes = [OutOfMemory, Internal, Validation].map(|filter| device.push_error_scope(filter));
    let result = run();
    let caught = scopes
        .into_iter()
        .rev()
        .filter_map(|scope| at_once(scope.pop()))
        .last();
    match caught {
        Some(error) => Err(PreprocessError::Device {
            step,
            message: error.to_string(),
        }),
        None => result,
    }
}

/// Native devices know the answer when asked.
fn at_once<T>(future: impl Future<Output = Option<T>>) -> Option<T> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => None,
    }
}

fn refused(error: &impl ToString) -> PreprocessError {
    PreprocessError::Device {
        step: "reading back",
        message: error.to_string(),
    }
}

fn entry((binding, ty): (u32, wgpu::BufferBindingType)) -> wgpu::BindGroupLayoutEntry {
    wgpu::BindGroupLayoutEntry {
        binding,
        visibility: wgpu::ShaderStages::COMPUTE,
        ty: wgpu::BindingType::Buffer {
            ty,
            has_dynamic_offset: false,
            min_binding_size: None,
        },
        count: None,
    }
}

/// In the order of `Shape` in `common.wgsl`.
fn words(call: &Call<'_>) -> [u32; 8] {
    let Shape {
        stride,
        taps,
        layout,
    } = call.shape;
    [
        call.size.width,
        call.size.height,
        stride,
        taps,
        layout.patch,
        layout.merge,
        layout.temporal,
        call.output.offset,
    ]
}
