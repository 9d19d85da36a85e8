//! The language model: token and image embeddings in, hidden states and next-token scores out.

use std::ops::Range;

use burn::module::{Module, Param};
use burn::tensor::{DType, Tensor};

use super::attention::{CausalMask, attend_grouped};
use super::cache::{KvCache, LayerCache};
use super::mlp::GatedMlp;
use super::position::Positions;
use super::rope::{MropeTable, RopeRounding, Rotation};
use super::vision::indices;
use crate::model::checkpoint::{LoadError, Weights};
use crate::model::config::QwenConfig;
use crate::model::layers::{Linear, RmsNorm, product};
use crate::model::pass::{Pass, PassError};
use crate::model::tracked::{self, Group, Heads, Place, learns_here};

/// What the decoder reads.
#[derive(Debug, Clone)]
pub struct DecoderInput {
    /// `[B, N, H]`, image embeddings in their places.
    pub embeds: Tensor<3>,
    /// Where each of them stands.
    pub positions: Positions,
    /// How rotary frequencies are rounded.
    pub rope: RopeRounding,
}

/// The decoder of Qwen2.5-VL.
#[derive(Module, Debug)]
pub struct Decoder {
    #[module(skip)]
    config: QwenConfig,
    embedding: Param<Tensor<2>>,
    blocks: Vec<DecoderBlock>,
    norm: RmsNorm,
    /// None where the head is the embedding.
    head: Option<Param<Tensor<2>>>,
}

impl Decoder {
    /// Loads the decoder; `root` holds `model.language_model` and, unless it is tied to the embedding, `lm_head`.
    ///
    /// # Errors
    /// As [`Weights::matrix`].
    pub fn load(root: &Weights<'_>, config: &QwenConfig) -> Result<Self, LoadError> {
        let weights = root.pp("model.language_model");
        let rows = [config.vocab_size, config.hidden_size];
        let head = if config.tie_word_embeddings {
            root.ignore("lm_head.weight");
            None
        } else {
            Some(root.matrix("lm_head.weight", rows)?)
        };
        let blocks = weights.pp("layers");
        Ok(Self {
            embedding: weights.matrix("embed_tokens.weight", rows)?,
            blocks: (0..config.num_hidden_layers)
                .map(|i| DecoderBlock::load(&blocks.pp(i), config))
                .collect::<Result<_, _>>()?,
            norm: RmsNorm::load(&weights.pp("norm"), config.hidden_size, config.rms_norm_eps)?,
            head,
            config: config.clone(),
        })
    }

    /// The embeddings of a prompt; its image placeholders take the rows of `images` in order.
    ///
    /// # Shapes
    /// - `ids`: N tokens, all inside the vocabulary
    /// - `images`: `[placeholders, H]`, none where there is no placeholder
    /// - returns `[1, N, H]` f32
    #[must_use]
    pub fn embed(&self, ids: &[u32], images: Option<Tensor<2>>) -> Tensor<3> {
        let table = self.embedding.val();
        let device = table.device();
        let text = table.select(0, indices(ids, &device)).cast(DType::F32);
        let rows = match images {
            None => text,
            Some(images) => {
                let mut image_rows = ids.len() as u32..;
                let sources: Vec<u32> = (0u32..)
                    .zip(ids)
                    .map(|(at, id)| {
                        let image = *id == self.config.image_token_id;
                        image.then(|| image_rows.next()).flatten().unwrap_or(at)
                    })
                    .collect();
                Tensor::cat(vec![text, images], 0).select(0, indices(&sources, &device))
            }
        };
        rows.unsqueeze()
    }

    /// The hidden states of `range`, numbered as in `transformers`: 0 are the embeddings, k the output of block
    /// k - 1, and the last one that of the final norm. Blocks after the last one needed are not computed.
    ///
    /// # Errors
    /// When somebody cancelled or the device failed.
    pub fn hidden_states(
        &self,
        input: &DecoderInput,
        range: Range<usize>,
        pass: &mut Pass,
    ) -> Result<Vec<Tensor<3>>, PassError> {
        self.states(input, self.prefill_steps(input), range, pass)
    }

    /// As [`Self::hidden_states`], each token seeing only what `mask` shows it.
    ///
    /// # Errors
    /// When somebody cancelled or the device failed.
    pub fn hidden_states_masked(
        &self,
        input: &DecoderInput,
        mask: CausalMask,
        range: Range<usize>,
        pass: &mut Pass,
    ) -> Result<Vec<Tensor<3>>, PassError> {
        let steps = Steps {
            rotation: self.rotation(input),
            mask,
        };
        self.states(input, steps, range, pass)
    }

    fn states(
        &self,
        input: &DecoderInput,
        steps: Steps,
        range: Range<usize>,
        pass: &mut Pass,
    ) -> Result<Vec<Tensor<3>>, PassError> {
        let mut x = input.embeds.clone();
        let mut states = Vec::with_capacity(range.len());
        let last = self.blocks.len();
        for entry in 0..range.end.min(last + 1) {
            if entry > 0 {
                x = self.blocks[entry - 1].forward(x, &steps, None);
                pass.block(format_args!("lm.block_{}", entry - 1), &x)?;
            }
            if entry == last {
                x = self.norm.forward(x);
                pass.block("lm.norm", &x)?;
            }
            if range.contains(&entry) {
                states.push(x.clone());
            }
        }
        Ok(states)
    }

    /// Scores of the next token for each of some normed hidden states.
    ///
    /// # Shapes
    /// - `hidden`: `[n, H]`, after the final norm
    /// - returns `[n, vocabulary]` f32
    #[must_use]
    pub fn logits(&self, hidden: Tensor<2>) -> Tensor<2> {
        let head = self.head.as_ref().unwrap_or(&self.embedding);
        product(hidden, head.val())
    }

    /// Reads a prompt of one sequence into an empty cache and scores the token after it.
    ///
    /// # Errors
    /// When somebody cancelled or the device failed.
    pub(super) fn prefill(
        &self,
        input: &DecoderInput,
        cache: &mut KvCache,
        pass: &mut Pass,
    ) -> Result<Tensor<2>, PassError> {
        let steps = self.prefill_steps(input);
        let mut x = input.embeds.clone();
        for (i, block) in self.blocks.iter().enumerate() {
            x = block.forward(x, &steps, Some(cache.layer(i)));
            pass.block(format_args!("lm.block_{i}"), &x)?;
        }
        let last = x.dims()[1] - 1;
        let x = self.norm.forward(x.narrow(1, last, 1));
        pass.block("lm.norm", &x)?;
        Ok(self.logits(x.reshape([1, self.config.hidden_size])))
    }

    /// Reads one more token at `position` (on every axis) and scores the one after it: `[1, vocabulary]`.
    pub(super) fn step(
        &self,
        id: u32,
        position: u32,
        table: &MropeTable,
        cache: &mut KvCache,
    ) -> Tensor<2> {
        let mut x = self.embed(&[id], None);
        let device = x.device();
        let axis = [position];
        let seen = cache.length() + 1;
        let steps = Steps {
            rotation: Rotation::decoder([&axis; 3], 1, table, &device),
            mask: CausalMask::decode(seen, cache.keys_after_one_more(&device), &device),
        };
        for (i, block) in self.blocks.iter().enumerate() {
            x = block.forward(x, &steps, Some(cache.layer(i)));
        }
        self.logits(self.norm.forward(x).reshape([1, self.config.hidden_size]))
    }

    /// Blocks.
    #[must_use]
    pub fn depth(&self) -> usize {
        self.blocks.len()
    }

    /// The rotary table of the decoder.
    pub(super) fn rope_table(&self, rounding: RopeRounding) -> MropeTable {
        let QwenConfig {
            rope_theta,
            head_dim,
            mrope_section,
            ..
        } = self.config;
        MropeTable::new(rope_theta, head_dim, mrope_section, rounding)
    }

    fn prefill_steps(&self, input: &DecoderInput) -> Steps {
        let positions = &input.positions;
        Steps {
            rotation: self.rotation(input),
            mask: CausalMask::prefill(
                positions.length(),
                positions.padding(),
                self.config.num_attention_heads,
                &input.embeds.device(),
            ),
        }
    }

    fn rotation(&self, input: &DecoderInput) -> Rotation {
        let table = self.rope_table(input.rope);
        let positions = &input.positions;
        let device = input.embeds.device().without_autodiff();
        Rotation::decoder(positions.axes(), positions.batch(), &table, &device)
    }
}

/// What every block of one forward pass shares.
struct Steps {
    rotation: Rotation,
    mask: CausalMask,
}

#[derive(Module, Debug)]
struct DecoderBlock {
    input_layernorm: RmsNorm,
    q_proj: Linear,
    k_proj: Linear,
    v_proj: Linear,
    o_proj: Linear,
    post_attention_layernorm: RmsNorm,
    mlp: GatedMlp,
    heads: usize,
    shared_heads: usize,
    head_dim: usize,
}

impl DecoderBlock {
    fn load(weights: &Weights<'_>, config: &QwenConfig) -> Result<Self, LoadError> {
        let width = config.hidden_size;
        let epsilon = config.rms_norm_eps;
        let queries = config.num_attention_heads * config.head_dim;
        let keys = config.num_key_value_heads * config.head_dim;
        let attention = weights.pp("self_attn");
        Ok(Self {
            input_layernorm: RmsNorm::load(&weights.pp("input_layernorm"), width, epsilon)?,
            q_proj: Linear::load(&attention.pp("q_proj"), width, queries, true)?,
            k_proj: Linear::load(&attention.pp("k_proj"), width, keys, true)?,
            v_proj: Linear::load(&attention.pp("v_proj"), width, keys, true)?,
            o_proj: Linear::load(&attention.pp("o_proj"), queries, width, false)?,
            post_attention_layernorm: RmsNorm::load(
                &weights.pp("post_attention_layernorm"),
                width,
                epsilon,
            )?,
            mlp: GatedMlp::load(&weights.pp("mlp"), width, config.intermediate_size, false)?,
            heads: config.num_attention_heads,
            shared_heads: config.num_key_value_heads,
            head_dim: config.head_dim,
        })
    }

    /// # Shapes
    /// - `x`: `[B, N, H]`
    /// - returns the same
    fn forward(&self, x: Tensor<3>, steps: &Steps, cache: Option<&mut LayerCache>) -> Tensor<3> {
        let x = x.clone() + self.attend(self.input_layernorm.forward(x), steps, cache);
        x.clone() + self.mlp.forward(self.post_attention_layernorm.forward(x))
    }

    fn attend(&self, x: Tensor<3>, steps: &Steps, cache: Option<&mut LayerCache>) -> Tensor<3> {
        let [batch, length, _] = x.dims();
        if cache.is_none()
            && learns_here(&x)
            && let Some(y) = self.attend_tracked(&x, steps)
        {
            return y;
        }
        let heads = |x: Tensor<3>, heads| x.reshape([batch, length, heads, self.head_dim]);
        let q = heads(self.q_proj.forward(x.clone()), self.heads);
        let k = heads(self.k_proj.forward(x.clone()), self.shared_heads);
        let v = heads(self.v_proj.forward(x), self.shared_heads).swap_dims(1, 2);
        let q = steps.rotation.apply(q);
        let k = steps.rotation.apply(k).swap_dims(1, 2); // [B, shared, N, d]
        let [k, v] = match cache {
            Some(cache) => cache.append(k, v),
            None => [k, v],
        };
        let scale = (self.head_dim as f64).sqrt().recip();
        self.o_proj
            .forward(attend_grouped([q, k, v], &steps.mask, scale))
    }

    /// The same as one node of the gradient's graph; `None` where it does not apply.
    fn attend_tracked(&self, x: &Tensor<3>, steps: &Steps) -> Option<Tensor<3>> {
        let [batch, length, width] = x.dims();
        let turned = steps.rotation.turned(false)?;
        let mask = steps.mask.whole()?;
        let x = x.clone().reshape([batch * length, width]);
        let [q, k, v] = [&self.q_proj, &self.k_proj, &self.v_proj].map(|p| p.forward(x.clone()));
        let sizes = Heads {
            groups: vec![Group::in_a_row(batch, [length; 2])],
            heads: [self.heads, self.shared_heads],
            width: self.head_dim,
        };
        let places = [0, 1, 2].map(|tensor| Place { tensor, start: 0 });
        let scale = (self.head_dim as f64).sqrt().recip();
        let how = (Some(turned), Some(mask), scale);
        let y = tracked::attention([q, k, v], (sizes, places), how)?;
        Some(self.o_proj.forward(y).reshape([batch, length, width]))
    }
}

#[cfg(test)]
mod tests;
