//! The action side of a policy: image encoder, querying transformer and action expert together.

use burn::module::Module;
use burn::tensor::{Tensor, TensorData};

use super::action::{Denoised, Dit, Sampler, Start, noise};
use super::checkpoint::{LoadError, Weights};
use super::config::ExpertConfig;
use super::dino::Dino;
use super::layers::Linear;
use super::pass::{Pass, PassError, values};
use super::qformer::QFormer;
use crate::robot::NormActionChunk;

/// From pixels and planner states to normalised actions.
#[derive(Module, Debug)]
pub struct Expert {
    /// The image encoder.
    pub dino: Dino,
    dino_pro: Linear,
    /// What distils planner states and image features into a condition.
    pub qformer: QFormer,
    /// What denoises actions under the condition.
    pub dit: Dit,
}

impl Expert {
    /// Loads `dino_encoder`, `dino_pro`, `layer_qformer` and `action_model`.
    ///
    /// # Errors
    /// As [`Weights::matrix`].
    pub fn load(weights: &Weights<'_>, config: &ExpertConfig) -> Result<Self, LoadError> {
        let (features, width) = (config.dino.embed_dim, config.qformer.input_dim);
        Ok(Self {
            dino: Dino::load(&weights.pp("dino_encoder.body"), &config.dino)?,
            dino_pro: Linear::load(&weights.pp("dino_pro"), features, width, true)?,
            qformer: QFormer::load(&weights.pp("layer_qformer"), &config.qformer)?,
            dit: Dit::load(&weights.pp("action_model.net"), &config.dit)?,
        })
    }

    /// Brings image features to the planner's width, the views of a sample behind each other.
    ///
    /// # Shapes
    /// - `dino_tokens`: `[B * V, n, C]`, the views of the first sample first
    /// - returns `[B, V * n, H]`
    #[must_use]
    pub fn image_tokens(&self, dino_tokens: Tensor<3>, views: usize) -> Tensor<3> {
        let [images, patches, width] = dino_tokens.dims();
        let views = views.max(1);
        self.dino_pro
            .forward(dino_tokens.reshape([images / views, views * patches, width]))
    }

    /// The condition of the actions.
    ///
    /// # Shapes
    /// - `hidden_states`: the planner states the querying transformer reads, each `[B, N, H]`
    /// - `dino_tokens`: `[B * V, n, C]`
    /// - returns `[B, Q, D]`
    ///
    /// # Errors
    /// As [`Pass::block`].
    pub fn condition(
        &self,
        hidden_states: &[Tensor<3>],
        dino_tokens: Tensor<3>,
        views: usize,
        pass: &mut Pass,
    ) -> Result<Tensor<3>, PassError> {
        self.condition_masked((hidden_states, None), dino_tokens, views, pass)
    }

    /// As [`Self::condition`] without reading the padding of a batch, see [`QFormer::forward_masked`].
    ///
    /// # Errors
    /// As [`Pass::block`].
    pub fn condition_masked(
        &self,
        (hidden_states, hidden): (&[Tensor<3>], Option<Tensor<2>>),
        dino_tokens: Tensor<3>,
        views: usize,
        pass: &mut Pass,
    ) -> Result<Tensor<3>, PassError> {
        let image = self.image_tokens(dino_tokens, views);
        pass.block("dino_pro", &image)?;
        self.qformer
            .forward_masked(hidden_states, image, hidden, pass)
    }

    /// Seeded noise for `samples` chunks, where the weights are.
    ///
    /// # Shapes
    /// - returns `[samples, T, A]`
    #[must_use]
    pub fn noise(&self, seed: u64, samples: usize) -> Tensor<3> {
        let [horizon, axes] = self.dit.chunk();
        let dims = [samples, horizon, axes];
        let data = TensorData::new(noise(seed, dims), dims);
        Tensor::from_data(data, &self.dit.null_condition().device())
    }

    /// Denoises actions and reads them back: one chunk for each noise, see [`Sampler::run`].
    ///
    /// # Errors
    /// As [`Pass::block`].
    pub fn actions(
        &self,
        sampler: &Sampler,
        start: Start,
        on_step: &mut dyn FnMut(&Denoised<'_>),
        pass: &mut Pass,
    ) -> Result<Vec<NormActionChunk>, PassError> {
        chunks(sampler.run(&self.dit, start, on_step, pass)?)
    }
}

/// Reads normalised actions `[B, T, A]` to the CPU, for instance those of a [`Denoised`] step.
///
/// # Errors
/// When the device failed.
pub fn chunks(actions: Tensor<3>) -> Result<Vec<NormActionChunk>, PassError> {
    let [_, horizon, axes] = actions.dims();
    let values = values(actions)?;
    let chunks = values.chunks_exact((horizon * axes).max(1));
    Ok(chunks
        .map(|rows| NormActionChunk::from_rows(rows, axes))
        .collect())
}

#[cfg(test)]
#[path = "expert_tests.rs"]
mod tests;
