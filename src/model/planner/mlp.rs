//! The gated feed-forward part of both towers.

use burn::module::Module;
use burn::tensor::Tensor;

use crate::model::activation::silu_gate;
use crate::model::checkpoint::{LoadError, Weights};
use crate::model::layers::Linear;

/// `down(silu(gate x) * up x)`.
#[derive(Module, Debug)]
pub struct GatedMlp {
    gate_proj: Linear,
    up_proj: Linear,
    down_proj: Linear,
}

impl GatedMlp {
    /// Loads the three layers, all with bias or all without.
    ///
    /// # Errors
    /// As [`Weights::matrix`].
    pub fn load(
        weights: &Weights<'_>,
        width: usize,
        inner: usize,
        bias: bool,
    ) -> Result<Self, LoadError> {
        Ok(Self {
            gate_proj: Linear::load(&weights.pp("gate_proj"), width, inner, bias)?,
            up_proj: Linear::load(&weights.pp("up_proj"), width, inner, bias)?,
            down_proj: Linear::load(&weights.pp("down_proj"), inner, width, bias)?,
        })
    }

    /// # Shapes
    /// - `x`: `[.., C]`
    /// - returns the same
    #[must_use]
    pub fn forward<const D: usize>(&self, x: Tensor<D>) -> Tensor<D> {
        // [.., inner]
        let gated = silu_gate(self.gate_proj.forward(x.clone()), self.up_proj.forward(x));
        self.down_proj.forward(gated)
    }
}
