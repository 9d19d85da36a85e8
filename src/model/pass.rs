//! What accompanies one forward pass: the wish to stop, the pieces in which work is submitted, the search for
//! non-finite values, and the collecting of stages for comparison with the original.

use burn::tensor::{DType, Device, Tensor};

use crate::job::{CancelToken, Cancelled};

/// Why a pass ended early.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PassError {
    /// Somebody asked to stop.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    /// A block put out NaN or infinity.
    #[error(
        "{block} put out NaN or infinite values; try --precision f32, or check the checkpoint with `spvla inspect`"
    )]
    NonFinite {
        /// The first block whose output is not finite.
        block: String,
    },
    /// The device failed.
    #[error("the device failed: {0}; free memory on it or choose --device cpu")]
    Device(String),
}

/// One collected tensor: its shape and its values in f32.
#[derive(Debug, Clone, PartialEq)]
pub struct Stage {
    /// The name of the block.
    pub name: String,
    /// Its shape.
    pub shape: Vec<usize>,
    /// Its values, row-major.
    pub values: Vec<f32>,
}

/// Accompanies one forward pass; every block reports to it.
pub struct Pass {
    cancel: CancelToken,
    submit: bool,
    collect: bool,
    watch: bool,
    stages: Vec<Stage>,
    sums: Vec<(String, Tensor<1>)>,
}

impl Pass {
    /// A pass that can be cancelled. With `submit`, work is handed to the device after each block, so that a
    /// window that shares the device never waits for more than one block.
    #[must_use]
    pub const fn new(cancel: CancelToken, submit: bool) -> Self {
        Self {
            cancel,
            submit,
            collect: false,
            watch: true,
            stages: Vec::new(),
            sums: Vec::new(),
        }
    }

    /// A pass of training, which looks at its loss and not at every block.
    #[must_use]
    pub const fn unwatched(cancel: CancelToken) -> Self {
        Self {
            cancel,
            submit: false,
            collect: false,
            watch: false,
            stages: Vec::new(),
            sums: Vec::new(),
        }
    }

    /// A pass that keeps the output of every block, for comparison with the original.
    #[must_use]
    pub fn collecting() -> Self {
        Self {
            collect: true,
            ..Self::new(CancelToken::default(), false)
        }
    }

    /// Whether the output of every block is kept, so that none of it may be left out.
    #[must_use]
    pub const fn collects(&self) -> bool {
        self.collect
    }

    /// Called by every block with its output.
    ///
    /// # Errors
    /// When somebody cancelled or the device failed.
    pub fn block<const D: usize>(
        &mut self,
        name: impl std::fmt::Display,
        output: &Tensor<D>,
    ) -> Result<(), PassError> {
        if self.cancel.is_cancelled() {
            return Err(Cancelled.into());
        }
        if self.collect {
            self.stages.push(stage(name.to_string(), output)?);
            return Ok(());
        }
        if !self.watch {
            return Ok(());
        }
        // x - x is zero for every finite x and NaN otherwise, so the sum tells whether all of them were finite.
        let doubt = output.clone() - output.clone();
        self.sums.push((name.to_string(), doubt.sum()));
        if self.submit {
            submit(&output.device())?;
        }
        Ok(())
    }

    /// Ends the pass: reads the sums in one go and names the first block that was not finite.
    ///
    /// # Errors
    /// When a block put out NaN or infinity, or the device failed.
    pub fn finish(self) -> Result<Vec<Stage>, PassError> {
        if !self.sums.is_empty() {
            let (names, sums): (Vec<String>, Vec<Tensor<1>>) = self.sums.into_iter().unzip();
            let values = values(Tensor::cat(sums, 0))?;
            if let Some(at) = values.iter().position(|v| !v.is_finite()) {
                return Err(PassError::NonFinite {
                    block: names[at].clone(),
                });
            }
        }
        Ok(self.stages)
    }
}

/// Reads a tensor to the CPU as f32.
///
/// # Errors
/// When the device failed.
pub fn values<const D: usize>(tensor: Tensor<D>) -> Result<Vec<f32>, PassError> {
    tensor
        .cast(DType::F32)
        .try_into_vec_as::<f32>()
        .map_err(|e| PassError::Device(e.to_string()))
}

fn stage<const D: usize>(name: String, tensor: &Tensor<D>) -> Result<Stage, PassError> {
    Ok(Stage {
        name,
        shape: tensor.dims().to_vec(),
        values: values(tensor.clone())?,
    })
}

fn submit(device: &Device) -> Result<(), PassError> {
    device.flush().map_err(|e| PassError::Device(e.to_string()))
}
