//! Encoder input made on the graphics device: resize, normalise and lay out without a copy back to the CPU.
//!
//! The same numbers as `vision::resample` and `vision::normalize`, bit for bit: resizing is integer arithmetic and
//! normalising reads a table made on the CPU. Pixels are RGBA words in storage buffers. Knows nothing of Burn; a caller
//! binds a tensor's buffer as output. One `Preprocessor` may serve several threads.

mod compute;
mod error;
mod handover;

pub use error::PreprocessError;

use compute::{Call, Compute, Output, Shape, guarded};

use crate::geometry::ImageSize;
use crate::shaders::{DINO_NORMALIZE, PATCHIFY, RESIZE};
use crate::vision::normalize::{Levels, Normalization, PatchError, PatchLayout};
use crate::vision::resample::{Axis, Filter, Kernel, passes};
use crate::vision::{Fit, Frame};

/// Bytes of a pixel or an output value.
const WORD: u64 = 4;

/// A picture on the graphics device.
#[derive(Debug, Clone)]
pub struct GpuFrame {
    buffer: wgpu::Buffer,
    size: ImageSize,
    stride: u32,
}

impl GpuFrame {
    /// Takes over RGBA pixels that are on the device already, rows without gaps.
    ///
    /// # Errors
    /// When the buffer is too short.
    pub fn from_buffer(buffer: wgpu::Buffer, size: ImageSize) -> Result<Self, PreprocessError> {
        let expected = size.pixels() as u64 * WORD;
        if buffer.size() < expected || size.is_empty() {
            return Err(PreprocessError::Length {
                what: "a picture",
                expected,
                found: buffer.size(),
            });
        }
        Ok(Self {
            buffer,
            size,
            stride: size.width,
        })
    }

    /// Width and height.
    #[must_use]
    pub const fn size(&self) -> ImageSize {
        self.size
    }

    /// The pixels: RGBA, rows [`GpuFrame::stride`] words apart.
    #[must_use]
    pub const fn buffer(&self) -> &wgpu::Buffer {
        &self.buffer
    }

    /// Words from one row to the next.
    #[must_use]
    pub const fn stride(&self) -> u32 {
        self.stride
    }
}

/// The pixel kernels, compiled for one device.
pub struct Preprocessor {
    compute: Compute,
    horizontal: wgpu::ComputePipeline,
    vertical: wgpu::ComputePipeline,
    patchify: wgpu::ComputePipeline,
    dino_normalize: wgpu::ComputePipeline,
    clip: wgpu::Buffer,
    imagenet: wgpu::Buffer,
}

impl Preprocessor {
    /// Compiles the kernels.
    ///
    /// # Errors
    /// When the device refuses them; it needs compute shaders with three storage buffers.
    pub fn new(device: &wgpu::Device, queue: &wgpu::Queue) -> Result<Self, PreprocessError> {
        guarded(device, "compiling the pixel kernels", || {
            let compute = Compute::new(device, queue);
            let levels = |normalization: Normalization| {
                let Levels(levels) = normalization.levels();
                compute.table(bytemuck::cast_slice(levels.as_flattened()))
            };
            Ok(Self {
                horizontal: compute.pipeline(RESIZE, "resize_horizontal"),
                vertical: compute.pipeline(RESIZE, "resize_vertical"),
                patchify: compute.pipeline(PATCHIFY, "patchify"),
                dino_normalize: compute.pipeline(DINO_NORMALIZE, "dino_normalize"),
                clip: levels(Normalization::CLIP),
                imagenet: levels(Normalization::IMAGENET),
                compute,
            })
        })
    }

    /// Copies a frame to the device: the only way over the bus that a picture takes.
    ///
    /// # Errors
    /// When the picture exceeds the device's limits or memory.
    pub fn upload(&self, frame: &Frame) -> Result<GpuFrame, PreprocessError> {
        self.guarded("uploading a picture", || {
            let buffer = self
                .compute
                .buffer("a picture", frame.rgba().len() as u64)?;
            self.compute.queue.write_buffer(&buffer, 0, frame.rgba());
            GpuFrame::from_buffer(buffer, frame.size())
        })
    }

    /// Copies a texture within the device. It needs the usage `COPY_SRC`; sRGB textures keep their bytes.
    ///
    /// # Errors
    /// When the texture holds no RGBA bytes or exceeds the device's limits.
    pub fn import(&self, texture: &wgpu::Texture) -> Result<GpuFrame, PreprocessError> {
        use wgpu::TextureFormat::{Rgba8Unorm, Rgba8UnormSrgb};
        if !matches!(texture.format(), Rgba8Unorm | Rgba8UnormSrgb) {
            return Err(PreprocessError::Format(texture.format()));
        }
        self.guarded("reading a texture", || {
            let size = ImageSize::new(texture.width(), texture.height());
            let row = (size.width * 4).next_multiple_of(wgpu::COPY_BYTES_PER_ROW_ALIGNMENT);
            let bytes = u64::from(row) * u64::from(size.height);
            let frame = GpuFrame {
                buffer: self.compute.buffer("a picture", bytes)?,
                size,
                stride: row / 4,
            };
            self.submit(|encoder| {
                copy_texture(encoder, texture, &frame);
                Ok(())
            })?;
            Ok(frame)
        })
    }

    /// `vision::resample::resize` on the device.
    ///
    /// # Errors
    /// When a picture on the way exceeds the device's limits or memory.
    pub fn resize(
        &self,
        frame: &GpuFrame,
        target: ImageSize,
        filter: Filter,
    ) -> Result<GpuFrame, PreprocessError> {
        self.guarded("resizing", || {
            self.submit(|encoder| self.resized(encoder, frame, target, filter))
        })
    }

    /// Writes the input of Qwen's vision tower, `[patches, 3 * temporal * patch * patch]` f32, and returns its grid:
    /// steps in time, patch rows, patch columns. [`planner_bytes`] says how much that is.
    ///
    /// # Errors
    /// When `fit` belongs to another image or misses whole cells, the output is too small or the device refuses.
    pub fn planner_pixels(
        &self,
        frame: &GpuFrame,
        fit: Fit,
        layout: PatchLayout,
        output: &wgpu::BufferBinding<'_>,
    ) -> Result<[u32; 3], PreprocessError> {
        let grid = layout.grid(fit.target)?;
        let bytes = planner_bytes(fit, layout)?;
        self.encode(frame, (fit, Filter::Bicubic), |encoder, resized| {
            let output = self.compute.output("the planner's pixels", bytes, output)?;
            let call = (&self.patchify, &self.clip, layout);
            self.normalized(encoder, call, resized, output);
            Ok(())
        })?;
        Ok(grid)
    }

    /// Writes the input of DINOv2, `[3, height, width]` f32, and returns its size. [`dino_bytes`] says how much that is.
    ///
    /// # Errors
    /// When `fit` belongs to another image, the output is too small or the device refuses.
    pub fn dino_pixels(
        &self,
        frame: &GpuFrame,
        fit: Fit,
        output: &wgpu::BufferBinding<'_>,
    ) -> Result<ImageSize, PreprocessError> {
        let bytes = dino_bytes(fit);
        self.encode(frame, (fit, Filter::Bilinear), |encoder, resized| {
            let output = self.compute.output("DINO's pixels", bytes, output)?;
            let call = (&self.dino_normalize, &self.imagenet, PatchLayout::default());
            self.normalized(encoder, call, resized, output);
            Ok(())
        })?;
        Ok(fit.target)
    }

    /// A buffer of its own for an output.
    ///
    /// # Errors
    /// When it exceeds the device's limits or memory.
    pub fn allocate(&self, bytes: u64) -> Result<wgpu::Buffer, PreprocessError> {
        self.guarded("allocating", || self.compute.buffer("encoder input", bytes))
    }

    /// Copies bytes back to the CPU and waits for them: for tests and pictures on disk, never between two encoders.
    ///
    /// # Errors
    /// When the buffer lacks the usage `COPY_SRC` or the device is lost.
    pub fn read_back(&self, binding: &wgpu::BufferBinding<'_>) -> Result<Vec<u8>, PreprocessError> {
        self.guarded("reading back", || self.compute.read(binding))
    }

    fn guarded<T>(
        &self,
        step: &'static str,
        run: impl FnOnce() -> Result<T, PreprocessError>,
    ) -> Result<T, PreprocessError> {
        guarded(&self.compute.device, step, run)
    }

    /// Resizes, lets `write` add its kernel, and submits both as one.
    fn encode(
        &self,
        frame: &GpuFrame,
        (fit, filter): (Fit, Filter),
        write: impl FnOnce(&mut wgpu::CommandEncoder, &GpuFrame) -> Result<(), PreprocessError>,
    ) -> Result<(), PreprocessError> {
        if fit.source != frame.size {
            return Err(PreprocessError::Source {
                expected: fit.source,
                found: frame.size,
            });
        }
        self.guarded("preparing pixels", || {
            self.submit(|encoder| {
                let resized = self.resized(encoder, frame, fit.target, filter)?;
                write(encoder, &resized)
            })
        })
    }

    /// Records with `record` and submits, unless it failed.
    fn submit<T>(
        &self,
        record: impl FnOnce(&mut wgpu::CommandEncoder) -> Result<T, PreprocessError>,
    ) -> Result<T, PreprocessError> {
        let descriptor = wgpu::CommandEncoderDescriptor::default();
        let mut encoder = self.compute.device.create_command_encoder(&descriptor);
        let recorded = record(&mut encoder)?;
        self.compute.queue.submit([encoder.finish()]);
        Ok(recorded)
    }

    /// The passes of `vision::resample::resize`, in the same order.
    fn resized(
        &self,
        encoder: &mut wgpu::CommandEncoder,
        frame: &GpuFrame,
        target: ImageSize,
        filter: Filter,
    ) -> Result<GpuFrame, PreprocessError> {
        let target = ImageSize::new(target.width.max(1), target.height.max(1));
        let mut frame = frame.clone();
        for (axis, size) in passes(frame.size, target) {
            let kernel = Kernel::new(axis.length(frame.size), axis.length(size), filter);
            let pipeline = match axis {
                Axis::Horizontal => &self.horizontal,
                Axis::Vertical => &self.vertical,
            };
            frame = self.pass(encoder, (pipeline, &kernel), &frame, size)?;
        }
        Ok(frame)
    }

    fn pass(
        &self,
        encoder: &mut wgpu::CommandEncoder,
        (pipeline, kernel): (&wgpu::ComputePipeline, &Kernel),
        frame: &GpuFrame,
        size: ImageSize,
    ) -> Result<GpuFrame, PreprocessError> {
        let table = kernel.table();
        let table: &[u8] = bytemuck::cast_slice(&table);
        self.compute
            .admit("a filter's weights", table.len() as u64)?;
        let bytes = size.pixels() as u64 * WORD;
        let output = self.compute.buffer("a resized picture", bytes)?;
        let call = Call {
            pipeline,
            size,
            shape: Shape {
                stride: frame.stride,
                taps: kernel.taps() as u32,
                ..Shape::default()
            },
            table: &self.compute.table(table),
            input: &frame.buffer,
            output: Output::whole(&output),
        };
        self.compute.record(encoder, &call);
        GpuFrame::from_buffer(output, size)
    }

    fn normalized(
        &self,
        encoder: &mut wgpu::CommandEncoder,
        (pipeline, table, layout): (&wgpu::ComputePipeline, &wgpu::Buffer, PatchLayout),
        frame: &GpuFrame,
        output: Output<'_>,
    ) {
        let call = Call {
            pipeline,
            size: frame.size,
            shape: Shape {
                stride: frame.stride,
                taps: 0,
                layout,
            },
            table,
            input: &frame.buffer,
            output,
        };
        self.compute.record(encoder, &call);
    }
}

/// Bytes that [`Preprocessor::planner_pixels`] writes.
///
/// # Errors
/// When the resized image cannot be cut into patches.
pub fn planner_bytes(fit: Fit, layout: PatchLayout) -> Result<u64, PatchError> {
    let [_, rows, columns] = layout.grid(fit.target)?;
    Ok(u64::from(rows) * u64::from(columns) * layout.row() as u64 * WORD)
}

/// Bytes that [`Preprocessor::dino_pixels`] writes.
#[must_use]
pub const fn dino_bytes(fit: Fit) -> u64 {
    fit.target.pixels() as u64 * 3 * WORD
}

fn copy_texture(encoder: &mut wgpu::CommandEncoder, texture: &wgpu::Texture, frame: &GpuFrame) {
    encoder.copy_texture_to_buffer(
        texture.as_image_copy(),
        wgpu::TexelCopyBufferInfo {
            buffer: &frame.buffer,
            layout: wgpu::TexelCopyBufferLayout {
                offset: 0,
                bytes_per_row: Some(frame.stride * 4),
                rows_per_image: Some(frame.size.height),
            },
        },
        wgpu::Extent3d {
            width: frame.size.width,
            height: frame.size.height,
            depth_or_array_layers: 1,
        },
    );
}
