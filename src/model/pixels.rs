//! From frames to encoder input. On a GPU a frame crosses the bus once and the kernels write the tensors; on the CPU the
//! plain twins do the same, bit for bit.

use burn::tensor::{Device, Tensor, TensorData};

use super::config::ProcessorConfig;
use super::device::ComputeDevice;
use super::policy::{AnswerError, DINO_SIDE};
use super::preprocess::{GpuFrame, PreprocessError, Preprocessor};
use crate::geometry::ImageSize;
use crate::vision::normalize::{self, PatchLayout};
use crate::vision::resample::{self, Filter};
use crate::vision::{Fit, Frame, PixelLimits};

/// How this checkpoint wants its pictures, and where they are prepared.
pub(super) struct Pixels {
    gpu: Option<Preprocessor>,
    device: Device,
    limits: PixelLimits,
    layout: PatchLayout,
}

/// A picture where it will be used.
pub(super) enum View {
    Cpu(Frame),
    Gpu(GpuFrame),
}

/// Input of the planner's vision tower.
pub(super) struct PlannerPixels {
    /// `[P, channels * frames * side * side]`, all pictures behind each other.
    pub(super) patches: Tensor<2>,
    /// Patches of each picture along time, height and width.
    pub(super) grids: Vec<[u32; 3]>,
    /// How each picture was fitted.
    pub(super) fits: Vec<Fit>,
}

impl View {
    fn size(&self) -> ImageSize {
        match self {
            Self::Cpu(frame) => frame.size(),
            Self::Gpu(frame) => frame.size(),
        }
    }
}

impl Pixels {
    pub(super) fn new(
        device: &ComputeDevice,
        processor: &ProcessorConfig,
    ) -> Result<Self, PreprocessError> {
        let kernels = |gpu: &super::device::SharedGpu| Preprocessor::new(&gpu.device, &gpu.queue);
        Ok(Self {
            gpu: device.gpu().map(kernels).transpose()?,
            device: device.handle().clone(),
            limits: PixelLimits {
                min: processor.min_pixels,
                max: processor.max_pixels,
            },
            layout: PatchLayout {
                patch: processor.patch_size as u32,
                merge: processor.merge_size as u32,
                temporal: processor.temporal_patch_size as u32,
            },
        })
    }

    /// Brings frames to where they are prepared, resized to `size` where the run asks for it.
    pub(super) fn views(
        &self,
        frames: &[Frame],
        size: Option<ImageSize>,
    ) -> Result<Vec<View>, PreprocessError> {
        frames
            .iter()
            .map(|frame| match (&self.gpu, size) {
                (Some(gpu), Some(size)) => gpu
                    .resize(&gpu.upload(frame)?, size, Filter::Bicubic)
                    .map(View::Gpu),
                (Some(gpu), None) => gpu.upload(frame).map(View::Gpu),
                (None, Some(size)) => Ok(View::Cpu(resample::resize(frame, size, Filter::Bicubic))),
                (None, None) => Ok(View::Cpu(frame.clone())),
            })
            .collect()
    }

    /// Fits every view as Qwen's processor does and cuts it into patches.
    pub(super) fn planner(&self, views: &[View]) -> Result<PlannerPixels, AnswerError> {
        let factor = self.layout.patch * self.layout.merge;
        let mut input = (Vec::new(), Vec::new(), Vec::new());
        for view in views {
            let fit = Fit::smart(view.size(), factor, self.limits)?;
            let (patches, grid) = self.planner_view(view, fit)?;
            input.0.push(patches);
            input.1.push(grid);
            input.2.push(fit);
        }
        let (patches, grids, fits) = input;
        Ok(PlannerPixels {
            patches: Tensor::cat(patches, 0),
            grids,
            fits,
        })
    }

    fn planner_view(&self, view: &View, fit: Fit) -> Result<(Tensor<2>, [u32; 3]), AnswerError> {
        match (view, &self.gpu) {
            (View::Gpu(frame), Some(gpu)) => {
                Ok(gpu.planner_tensor(frame, fit, self.layout, &self.device)?)
            }
            (View::Gpu(_), None) => Err(AnswerError::NoView),
            (View::Cpu(frame), _) => {
                let fitted = resample::resize(frame, fit.target, Filter::Bicubic);
                let patches = normalize::patchify(&[fitted], self.layout)?;
                let grid = patches.grids[0];
                let count = grid.iter().map(|side| *side as usize).product::<usize>();
                let shape = [count, patches.values.len() / count.max(1)];
                let data = TensorData::new(patches.values, shape);
                Ok((Tensor::from_data(data, &self.device), grid))
            }
        }
    }

    /// Fits every view as the image encoder of the action side wants it: `[V, 3, height, width]`.
    pub(super) fn dino(&self, views: &[View]) -> Result<Tensor<4>, AnswerError> {
        let fits: Vec<Fit> = views
            .iter()
            .map(|view| Fit::shorter_side(view.size(), DINO_SIDE))
            .collect();
        if let Some(other) = fits.iter().find(|fit| fit.target != fits[0].target) {
            return Err(AnswerError::ViewSizes(fits[0].target, other.target));
        }
        let tensors: Result<Vec<Tensor<4>>, AnswerError> = views
            .iter()
            .zip(fits)
            .map(|(view, fit)| self.dino_view(view, fit))
            .collect();
        Ok(Tensor::cat(tensors?, 0))
    }

    fn dino_view(&self, view: &View, fit: Fit) -> Result<Tensor<4>, AnswerError> {
        match (view, &self.gpu) {
            (View::Gpu(frame), Some(gpu)) => Ok(gpu.dino_tensor(frame, fit, &self.device)?),
            (View::Gpu(_), None) => Err(AnswerError::NoView),
            (View::Cpu(frame), _) => {
                let fitted = resample::resize(frame, fit.target, Filter::Bilinear);
                let pixels = normalize::dino_pixels(&fitted);
                let shape = [1, 3, fit.target.height as usize, fit.target.width as usize];
                let data = TensorData::new(pixels.values, shape);
                Ok(Tensor::from_data(data, &self.device))
            }
        }
    }
}
