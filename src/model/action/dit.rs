//! The diffusion transformer that predicts the noise in actions.
//!
//! Despite the family's name there is no modulation: the condition and the timestep enter as tokens, in front of the
//! action tokens, and every token sees every other.

use std::fmt::Display;

use burn::module::{Module, Param};
use burn::tensor::{Tensor, activation};

use super::super::activation::gelu_tanh;
use super::super::attention::{Mlp, SelfAttention};
use super::super::checkpoint::{LoadError, Weights};
use super::super::config::DitConfig;
use super::super::device;
use super::super::layers::{LayerNorm, Linear};
use super::super::pass::{Pass, PassError};

/// Epsilon of every norm; none has parameters.
const EPSILON: f64 = 1e-6;
/// Frequencies of the timestep embedding: half its width.
const FREQUENCIES: usize = 128;
/// The longest period of the timestep embedding.
const MAX_PERIOD: f32 = 10_000.0;

/// The noise predictor.
#[derive(Module, Debug)]
pub struct Dit {
    x_embedder: Linear,
    t_embedder: [Linear; 2],
    z_embedder: Linear,
    uncondition: Param<Tensor<2>>,
    positional_embedding: Param<Tensor<2>>,
    blocks: Vec<Block>,
    norm: LayerNorm,
    final_layer: Linear,
    horizon: usize,
    axes: usize,
}

/// What the network is told beside the noisy actions.
#[derive(Debug, Clone)]
pub struct Conditioning {
    /// Embedded timesteps `[1 or B, D]`, from [`Dit::embed_timesteps`].
    pub timestep: Tensor<2>,
    /// Embedded condition `[B, Q, D]`, from [`Dit::embed_condition`].
    pub condition: Tensor<3>,
}

impl Dit {
    /// Loads the network; `history_embedder`, which nothing uses, is skipped.
    ///
    /// # Errors
    /// As [`Weights::matrix`].
    pub fn load(weights: &Weights<'_>, config: &DitConfig) -> Result<Self, LoadError> {
        let (width, tokens) = (config.width, config.condition_tokens);
        weights.ignore("history_embedder.linear.weight");
        weights.ignore("history_embedder.linear.bias");
        let linear = |name: &str, from, to| Linear::load(&weights.pp(name), from, to, true);
        let blocks = (0..config.depth)
            .map(|i| Block::load(&weights.pp(format!("blocks.{i}")), config))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            x_embedder: linear("x_embedder.linear", config.axes, width)?,
            t_embedder: [
                linear("t_embedder.mlp.0", 2 * FREQUENCIES, width)?,
                linear("t_embedder.mlp.2", width, width)?,
            ],
            z_embedder: linear("z_embedder.linear", width, width)?,
            uncondition: weights
                .pp("z_embedder")
                .tensor("uncondition", [tokens, width])?,
            positional_embedding: weights
                .tensor("positional_embedding", [tokens + config.horizon, width])?,
            blocks,
            norm: LayerNorm::plain(EPSILON),
            final_layer: linear("final_layer.linear", width, config.axes)?,
            horizon: config.horizon,
            axes: config.axes,
        })
    }

    /// Steps T and axes A of a chunk of actions.
    #[must_use]
    pub const fn chunk(&self) -> [usize; 2] {
        [self.horizon, self.axes]
    }

    /// Embeds timesteps: cosines first, then sines, then two layers.
    ///
    /// # Shapes
    /// - returns `[S, D]` for S timesteps
    #[must_use]
    pub fn embed_timesteps(&self, timesteps: &[usize]) -> Tensor<2> {
        let table = timestep_frequencies(timesteps);
        let waves = Tensor::<1>::from_floats(table.as_slice(), &self.uncondition.val().device())
            .reshape([timesteps.len(), 2 * FREQUENCIES]);
        let [first, second] = &self.t_embedder;
        second.forward(activation::silu(first.forward(waves)))
    }

    /// Embeds conditions.
    ///
    /// # Shapes
    /// - `condition`: `[B, Q, D]`
    /// - returns the same
    #[must_use]
    pub fn embed_condition(&self, condition: Tensor<3>) -> Tensor<3> {
        self.z_embedder.forward(condition)
    }

    /// The condition that stands for none, not yet embedded.
    ///
    /// # Shapes
    /// - returns `[1, Q, D]`
    #[must_use]
    pub fn null_condition(&self) -> Tensor<3> {
        self.uncondition.val().unsqueeze()
    }

    /// Embeds actions.
    ///
    /// # Shapes
    /// - `x`: `[B, T, A]`
    /// - returns `[B, T, D]`
    #[must_use]
    pub fn embed_actions(&self, x: Tensor<3>) -> Tensor<3> {
        self.x_embedder.forward(x)
    }

    /// The noise in `x`. Blocks report to `pass` as `{name}.block_{i}`.
    ///
    /// # Shapes
    /// - `x`: `[B, T, A]`
    /// - returns the same
    ///
    /// # Errors
    /// As [`Pass::block`].
    pub fn predict_noise(
        &self,
        x: Tensor<3>,
        given: &Conditioning,
        name: impl Display,
        pass: &mut Pass,
    ) -> Result<Tensor<3>, PassError> {
        let condition = given.timestep.clone().unsqueeze_dim(1) + given.condition.clone();
        let tokens = Tensor::cat(vec![condition, self.embed_actions(x)], 1);
        let mut tokens = tokens + self.positional_embedding.val().unsqueeze();
        let last = self.blocks.len().saturating_sub(1);
        // Only the actions leave the last block, so on the CPU the rest of it is not computed: a twentieth of the
        // work. A GPU gains nothing from it and would have to tune kernels for more shapes.
        let trim = !pass.collects() && device::computes_here(&tokens);
        for (i, block) in self.blocks.iter().enumerate() {
            tokens = if trim && i == last {
                block.forward_last(tokens, self.horizon)
            } else {
                block.forward(tokens)
            };
            pass.block(format_args!("{name}.block_{i}"), &tokens)?;
        }
        let first = tokens.dims()[1] - self.horizon;
        let actions = tokens.narrow(1, first, self.horizon);
        Ok(self.final_layer.forward(self.norm.forward(actions)))
    }

    /// With weights in f32, see [`Linear::widened`]: worth it before several predictions in a row.
    #[must_use]
    pub fn widened(&self) -> Self {
        Self {
            blocks: self.blocks.iter().map(Block::widened).collect(),
            ..self.clone()
        }
    }
}

/// `cos` and `sin` of every timestep at every frequency, row by row; computed in f32 like the original.
#[must_use]
pub fn timestep_frequencies(timesteps: &[usize]) -> Vec<f32> {
    let frequencies: Vec<f32> = (0..FREQUENCIES)
        .map(|i| (-MAX_PERIOD.ln() * i as f32 / FREQUENCIES as f32).exp())
        .collect();
    let row = |t: &usize| {
        let angles: Vec<f32> = frequencies.iter().map(|f| *t as f32 * f).collect();
        let cosines: Vec<f32> = angles.iter().map(|a| a.cos()).collect();
        [cosines, angles.iter().map(|a| a.sin()).collect()].concat()
    };
    timesteps.iter().flat_map(row).collect()
}

/// One transformer block; its norms have no parameters.
#[derive(Module, Debug)]
struct Block {
    norm: LayerNorm,
    attn: SelfAttention,
    mlp: Mlp,
}

impl Block {
    fn load(weights: &Weights<'_>, config: &DitConfig) -> Result<Self, LoadError> {
        let width = config.width;
        Ok(Self {
            norm: LayerNorm::plain(EPSILON),
            attn: SelfAttention::load(&weights.pp("attn"), width, config.num_heads)?,
            mlp: Mlp::load(&weights.pp("mlp"), ["fc1", "fc2"], width, 4 * width)?,
        })
    }

    /// # Shapes
    /// - `x`: `[B, Q + T, D]`
    /// - returns the same
    fn forward(&self, x: Tensor<3>) -> Tensor<3> {
        let x = self.attn.forward(self.norm.forward(x.clone())) + x;
        self.mlp.forward(self.norm.forward(x.clone()), gelu_tanh) + x
    }

    /// As [`Self::forward`] for the last `count` tokens only.
    ///
    /// # Shapes
    /// - `x`: `[B, Q + T, D]`
    /// - returns `[B, count, D]`
    fn forward_last(&self, x: Tensor<3>, count: usize) -> Tensor<3> {
        let last = x.clone().narrow(1, x.dims()[1] - count, count);
        let x = self.attn.forward_last(self.norm.forward(x), count) + last;
        self.mlp.forward(self.norm.forward(x.clone()), gelu_tanh) + x
    }

    fn widened(&self) -> Self {
        Self {
            norm: self.norm.clone(),
            attn: self.attn.widened(),
            mlp: self.mlp.widened(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::job::CancelToken;
    use crate::model::testing::{self, Golden};

    #[test]
    fn internals_and_noise_match_the_original() {
        let golden = Golden::open("stages/dit.safetensors");
        let dit = testing::expert().dit;
        let given = Conditioning {
            timestep: dit.embed_timesteps(&[0, 37, 99]),
            condition: dit.embed_condition(golden.tensor("z")),
        };
        let waves = timestep_frequencies(&[0, 37, 99]);
        golden.check_values("t_freq_embedding", &waves);
        golden.check("t_emb", given.timestep.clone());
        golden.check("z_emb", given.condition.clone());
        let x: Tensor<3> = golden.tensor("x");
        golden.check("x_emb", dit.embed_actions(x.clone()));
        let mut pass = Pass::collecting();
        let noise = dit
            .predict_noise(x, &given, "dit", &mut pass)
            .expect("runs");
        golden.check("eps", noise);
        let stages = pass.finish().expect("finite");
        golden.check_stages(&stages, &[("dit.block_1", "block_1")]);
    }

    #[test]
    fn the_trimmed_last_block_predicts_the_same_noise() {
        let golden = Golden::open("stages/dit.safetensors");
        let dit = testing::expert().dit;
        let given = Conditioning {
            timestep: dit.embed_timesteps(&[0, 37, 99]),
            condition: dit.embed_condition(golden.tensor("z")),
        };
        let mut pass = Pass::new(CancelToken::default(), false);
        let noise = dit.predict_noise(golden.tensor("x"), &given, "dit", &mut pass);
        golden.check("eps", noise.expect("runs"));
        pass.finish().expect("finite");
    }

    #[test]
    fn samples_of_a_batch_do_not_see_each_other() {
        let golden = Golden::open("stages/dit.safetensors");
        let dit = testing::expert().dit;
        let x: Tensor<3> = golden.tensor("x");
        let z = dit.embed_condition(golden.tensor("z"));
        let run = |from: usize, count: usize| {
            let given = Conditioning {
                timestep: dit.embed_timesteps(&[50]),
                condition: z.clone().narrow(0, from, count),
            };
            let x = x.clone().narrow(0, from, count);
            dit.predict_noise(x, &given, "dit", &mut Pass::collecting())
                .expect("runs")
        };
        let apart = Tensor::cat(vec![run(0, 1), run(1, 2)], 0);
        let worst = (run(0, 3) - apart).abs().max().into_scalar::<f32>();
        assert!(worst < 1e-5, "{worst}");
    }
}
