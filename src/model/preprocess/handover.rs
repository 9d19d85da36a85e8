//! Encoder input as tensors, written by the kernels straight into Burn's own buffers: the picture crosses the bus once
//! and nothing is read back.

use burn::tensor::{Device, Tensor};
use burn_cubecl::CubeBackend;
use burn_cubecl::tensor::CubeTensor;
use burn_wgpu::Wgpu;
use cubecl::wgpu::{AutoCompiler, WgpuServer};

use super::{GpuFrame, PreprocessError, Preprocessor, planner_bytes};
use crate::vision::Fit;
use crate::vision::normalize::PatchLayout;

/// Bytes of an f32.
const FLOAT: u64 = 4;

impl Preprocessor {
    /// One picture as input of Qwen's vision tower.
    ///
    /// # Shapes
    /// - returns `[P, channels * frames * side * side]` and the grid: steps in time, patch rows, patch columns
    ///
    /// # Errors
    /// When `fit` belongs to another image or misses whole cells, or the device refuses.
    pub fn planner_tensor(
        &self,
        frame: &GpuFrame,
        fit: Fit,
        layout: PatchLayout,
        device: &Device,
    ) -> Result<(Tensor<2>, [u32; 3]), PreprocessError> {
        let [steps, rows, columns] = layout.grid(fit.target)?;
        let patches = (steps * rows * columns) as usize;
        let width = (planner_bytes(fit, layout)? / FLOAT) as usize / patches.max(1);
        let tensor = Tensor::<2>::empty([patches, width], device);
        let grid = write(&tensor, |output| {
            self.planner_pixels(frame, fit, layout, output)
        })?;
        Ok((tensor, grid))
    }

    /// One picture as input of DINOv2.
    ///
    /// # Shapes
    /// - returns `[1, 3, height, width]`
    ///
    /// # Errors
    /// When `fit` belongs to another image or the device refuses.
    pub fn dino_tensor(
        &self,
        frame: &GpuFrame,
        fit: Fit,
        device: &Device,
    ) -> Result<Tensor<4>, PreprocessError> {
        let size = fit.target;
        let shape = [1, 3, size.height as usize, size.width as usize];
        let tensor = Tensor::<4>::empty(shape, device);
        write(&tensor, |output| self.dino_pixels(frame, fit, output))?;
        Ok(tensor)
    }
}

/// Lets a kernel write a tensor's buffer. Burn's recorded work is submitted first, so that the buffer exists and
/// nothing recorded earlier can overwrite it later.
fn write<const D: usize, T>(
    tensor: &Tensor<D>,
    kernel: impl FnOnce(&wgpu::BufferBinding<'_>) -> Result<T, PreprocessError>,
) -> Result<T, PreprocessError> {
    let refused = |reason: String| PreprocessError::Tensor { reason };
    let fusion = tensor
        .clone()
        .try_into_primitive::<Wgpu>()
        .map_err(|error| refused(format!("{error:?}")))?;
    let client = fusion.client.clone();
    let cube: CubeTensor = client.resolve_tensor_float::<CubeBackend>(fusion);
    let managed = cube
        .client
        .get_resource::<WgpuServer<AutoCompiler>>(cube.handle.clone())
        .map_err(|error| refused(error.to_string()))?;
    tensor
        .device()
        .flush()
        .map_err(|error| refused(error.to_string()))?;
    let resource = managed.resource();
    kernel(&wgpu::BufferBinding {
        buffer: &resource.buffer,
        offset: resource.offset,
        size: std::num::NonZeroU64::new(resource.size),
    })
}
