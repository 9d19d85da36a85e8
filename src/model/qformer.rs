//! The layer-wise querying transformer: learnt queries read one hidden state of the planner per layer, together with
//! the image features of every view, and become the condition of the action expert.

use burn::module::{Module, Param};
use burn::tensor::Tensor;

use super::activation::gelu;
use super::attention::{Mlp, read_heads};
use super::checkpoint::{LoadError, Weights};
use super::config::QFormerConfig;
use super::layers::{LayerNorm, Linear};
use super::pass::{Pass, PassError};

/// Epsilon of both norms (`PyTorch`'s default).
const EPSILON: f64 = 1e-5;

/// The querying transformer.
#[derive(Module, Debug)]
pub struct QFormer {
    query_tokens: Param<Tensor<2>>,
    proj: Linear,
    layers: Vec<Layer>,
}

impl QFormer {
    /// Loads one layer per hidden state it reads.
    ///
    /// # Errors
    /// As [`Weights::matrix`].
    pub fn load(weights: &Weights<'_>, config: &QFormerConfig) -> Result<Self, LoadError> {
        let width = config.output_dim;
        let layers = (0..config.end_layer.saturating_sub(config.start_layer))
            .map(|i| Layer::load(&weights.pp(format!("layers.{i}")), width, config.num_heads))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            query_tokens: weights.tensor("query_tokens", [config.num_query_tokens, width])?,
            proj: Linear::load(&weights.pp("proj"), config.input_dim, width, true)?,
            layers,
        })
    }

    /// The queries after every layer. No mask: tokens that only pad a batch are read like any other, as in the
    /// original.
    ///
    /// # Shapes
    /// - `hidden_states`: the states from the first layer read to the last, each `[B, N, H]`
    /// - `image_tokens`: `[B, V * n, H]`
    /// - returns `[B, Q, D]`
    ///
    /// # Errors
    /// As [`Pass::block`].
    pub fn forward(
        &self,
        hidden_states: &[Tensor<3>],
        image_tokens: Tensor<3>,
        pass: &mut Pass,
    ) -> Result<Tensor<3>, PassError> {
        self.forward_masked(hidden_states, image_tokens, None, pass)
    }

    /// As [`Self::forward`] without reading padding: `hidden` is added to the scores of the states' tokens.
    ///
    /// # Shapes
    /// - `hidden`: `[B, N]`
    ///
    /// # Errors
    /// As [`Pass::block`].
    pub fn forward_masked(
        &self,
        hidden_states: &[Tensor<3>],
        image_tokens: Tensor<3>,
        hidden: Option<Tensor<2>>,
        pass: &mut Pass,
    ) -> Result<Tensor<3>, PassError> {
        let [batch, _, _] = image_tokens.dims();
        // One projection serves every layer, so the image tokens go through it once.
        let images = image_tokens.dims()[1];
        let mask = hidden.map(|hidden| {
            let seen = Tensor::zeros([batch, images], &hidden.device());
            let queries = self.query_tokens.val().dims()[0];
            let mask = Tensor::cat(vec![hidden, seen], 1); // [B, N + V * n]
            mask.unsqueeze_dim::<3>(1).repeat_dim(1, queries)
        });
        let image = self.proj.forward(image_tokens);
        let mut query = self.query_tokens.val().unsqueeze().repeat_dim(0, batch);
        for (i, (layer, state)) in self.layers.iter().zip(hidden_states).enumerate() {
            let state = self.proj.forward(state.clone());
            let read = Tensor::cat(vec![state, image.clone()], 1);
            query = layer.forward(query, read, mask.as_ref());
            pass.block(format_args!("qformer.layer_{i}"), &query)?;
        }
        Ok(query)
    }

    /// Hidden states it reads: one per layer.
    #[must_use]
    pub const fn states(&self) -> usize {
        self.layers.len()
    }
}

/// Cross-attention from the queries to one state, then an MLP. Only the queries are normed.
#[derive(Module, Debug)]
struct Layer {
    norm1: LayerNorm,
    cross_attn: CrossAttention,
    norm2: LayerNorm,
    mlp: Mlp,
}

impl Layer {
    fn load(weights: &Weights<'_>, width: usize, heads: usize) -> Result<Self, LoadError> {
        Ok(Self {
            norm1: LayerNorm::load(&weights.pp("norm1"), width, EPSILON)?,
            cross_attn: CrossAttention::load(&weights.pp("cross_attn"), width, heads)?,
            norm2: LayerNorm::load(&weights.pp("norm2"), width, EPSILON)?,
            mlp: Mlp::load(&weights.pp("mlp"), ["0", "2"], width, 4 * width)?,
        })
    }

    /// # Shapes
    /// - `query`: `[B, Q, D]`, `read`: `[B, M, D]`
    /// - returns `[B, Q, D]`
    fn forward(&self, query: Tensor<3>, read: Tensor<3>, mask: Option<&Tensor<3>>) -> Tensor<3> {
        let normed = self.norm1.forward(query.clone());
        let query = query + self.cross_attn.forward(normed, read, mask);
        let y = self.mlp.forward(self.norm2.forward(query.clone()), gelu);
        query + y
    }
}

/// Multi-head attention whose three input projections lie below each other in one matrix (`PyTorch`'s packed form).
#[derive(Module, Debug)]
struct CrossAttention {
    in_proj: Linear,
    out_proj: Linear,
    heads: usize,
}

impl CrossAttention {
    fn load(weights: &Weights<'_>, width: usize, heads: usize) -> Result<Self, LoadError> {
        let weight = weights.matrix("in_proj_weight", [3 * width, width])?;
        let bias = weights.tensor("in_proj_bias", [3 * width])?;
        Ok(Self {
            in_proj: Linear::new(weight, Some(bias)),
            out_proj: Linear::load(&weights.pp("out_proj"), width, width, true)?,
            heads,
        })
    }

    /// # Shapes
    /// - `query`: `[B, Q, D]`, `read`: `[B, M, D]`
    /// - returns `[B, Q, D]`
    fn forward(&self, query: Tensor<3>, read: Tensor<3>, mask: Option<&Tensor<3>>) -> Tensor<3> {
        let y = read_heads(&self.in_proj, (query, read), self.heads, mask);
        self.out_proj.forward(y)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::testing::{self, Golden};

    #[test]
    fn every_layer_matches_the_original() {
        let qformer = testing::expert().qformer;
        let golden = Golden::open("stages/predict_view1.safetensors");
        let states: Vec<Tensor<3>> = (2..5)
            .map(|i| golden.tensor(&format!("hidden_state_{i}")))
            .collect();
        let image = golden.tensor("dino_projected");
        let mut pass = Pass::collecting();
        let condition = qformer.forward(&states, image, &mut pass).expect("runs");
        let names = [
            ("qformer.layer_0", "qformer_layer_0"),
            ("qformer.layer_1", "qformer_layer_1"),
            ("qformer.layer_2", "qformer_layer_2"),
        ];
        golden.check_stages(&pass.finish().expect("finite"), &names);
        golden.check("condition", condition);
    }

    #[test]
    fn the_order_of_what_is_read_does_not_matter() {
        let qformer = testing::expert().qformer;
        let golden = Golden::open("stages/predict_view1.safetensors");
        let state: Tensor<3> = golden.tensor("hidden_state_4");
        let states = vec![state; 3];
        let image: Tensor<3> = golden.tensor("dino_projected");
        let run = |image| {
            let y = qformer.forward(&states, image, &mut Pass::collecting());
            y.expect("runs")
        };
        let difference = (run(image.clone()) - run(image.flip([1]))).abs().max();
        assert!(difference.into_scalar::<f32>() < 1e-4);
    }
}
