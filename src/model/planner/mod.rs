//! The planner: Qwen2.5-VL. Patches and text in; hidden states, or a reply token by token, out.
//!
//! Knows nothing of image files, actions or what a reply means. Hidden states are numbered as in `transformers`:
//! entry 0 are the embeddings, entry k the output of block k - 1, and the last one that of the final norm.

mod attention;
mod cache;
mod decoder;
mod error;
mod forced;
pub mod generate;
#[cfg(test)]
pub(crate) mod golden;
mod mlp;
pub mod position;
pub mod prompt;
pub mod rope;
pub mod tokenizer;
pub mod vision;
pub mod window;

use std::ops::Range;

use burn::module::Module;
use burn::tensor::{Device, Tensor, TensorData};

pub use attention::CausalMask;
pub use decoder::{Decoder, DecoderInput};
pub use error::PlannerError;
pub use generate::{Alternative, Ending, GenerateOptions, Generation, TokenEvent};
pub use position::Positions;
pub use rope::RopeRounding;
pub use tokenizer::{PlannerTokenizer, StreamDecoder};
pub use vision::VisionTower;

use super::checkpoint::{LoadError, Weights};
use super::config::{QwenConfig, VisionConfig};
use super::pass::{Pass, PassError};
use crate::job::CancelToken;

/// A prompt with its images, checked: everything the planner needs and nothing it could fail on.
#[derive(Debug, Clone, PartialEq)]
pub struct PlannerInput {
    /// Tokens, image placeholders repeated once per merged patch.
    pub ids: Vec<u32>,
    /// Where each of them stands.
    pub positions: Positions,
    /// Patches of all images, `[P, channels * frames * side * side]`, row-major.
    pub patches: Vec<f32>,
    /// Patches of each image along time, height and width.
    pub grids: Vec<[u32; 3]>,
}

impl PlannerInput {
    /// Checks and expands a prompt whose images are still one placeholder each.
    ///
    /// # Errors
    /// When tokens, patches and grids do not fit together or the model does not know a token.
    pub fn new(
        ids: &[u32],
        patches: Vec<f32>,
        grids: Vec<[u32; 3]>,
        config: &QwenConfig,
    ) -> Result<Self, PlannerError> {
        let expected = patch_count(&grids) * patch_width(&config.vision);
        let input = Self::of_tokens(ids, grids, config)?;
        if patches.len() != expected {
            return Err(PlannerError::Patches {
                expected,
                found: patches.len(),
            });
        }
        Ok(Self { patches, ..input })
    }

    /// The same for patches that are on the device already: `patches` stays empty.
    ///
    /// # Errors
    /// When tokens and grids do not fit together or the model does not know a token.
    pub fn of_tokens(
        ids: &[u32],
        grids: Vec<[u32; 3]>,
        config: &QwenConfig,
    ) -> Result<Self, PlannerError> {
        let ids = prompt::expand(ids, &grids, config)?;
        if ids.is_empty() {
            return Err(PlannerError::Empty);
        }
        let known = |id: &&u32| **id as usize >= config.vocab_size;
        if let Some(&id) = ids.iter().find(known) {
            return Err(PlannerError::TokenRange {
                id,
                vocabulary: config.vocab_size,
            });
        }
        Ok(Self {
            positions: Positions::new(&ids, &grids, config)?,
            ids,
            patches: Vec::new(),
            grids,
        })
    }

    /// The patches as a tensor `[P, width]`.
    #[must_use]
    pub fn patch_tensor(&self, device: &Device) -> Tensor<2> {
        let count = patch_count(&self.grids).max(1);
        let shape = [patch_count(&self.grids), self.patches.len() / count];
        Tensor::from_data(TensorData::new(self.patches.clone(), shape), device)
    }
}

/// Patches of all images together.
#[must_use]
pub fn patch_count(grids: &[[u32; 3]]) -> usize {
    let patches = |grid: &[u32; 3]| grid.iter().map(|side| *side as usize).product::<usize>();
    grids.iter().map(patches).sum()
}

/// Values of one patch.
#[must_use]
pub const fn patch_width(config: &VisionConfig) -> usize {
    config.in_channels * config.temporal_patch_size * config.patch_size * config.patch_size
}

/// Qwen2.5-VL with its vision tower.
#[derive(Module, Debug)]
pub struct Planner {
    #[module(skip)]
    config: QwenConfig,
    vision: VisionTower,
    decoder: Decoder,
    #[module(skip)]
    device: Device,
}

impl Planner {
    /// Loads the planner from the names `model.visual.*`, `model.language_model.*` and, where the head is not tied,
    /// `lm_head.weight`.
    ///
    /// # Errors
    /// When the file cannot be read, a value is not finite, or somebody cancelled.
    pub fn load(weights: &Weights<'_>, config: &QwenConfig) -> Result<Self, LoadError> {
        Ok(Self {
            vision: VisionTower::load(&weights.pp("model.visual"), &config.vision)?,
            decoder: Decoder::load(weights, config)?,
            device: weights.device().clone(),
            config: config.clone(),
        })
    }

    /// The sizes it was built with.
    #[must_use]
    pub const fn config(&self) -> &QwenConfig {
        &self.config
    }

    /// Where it lives.
    #[must_use]
    pub const fn device(&self) -> &Device {
        &self.device
    }

    /// A copy of its own on another device.
    #[must_use]
    pub fn on(self, device: &Device) -> Self {
        Self {
            device: device.clone(),
            ..self.fork(device)
        }
    }

    /// The language model alone.
    #[must_use]
    pub const fn decoder(&self) -> &Decoder {
        &self.decoder
    }

    /// Embeds images; as [`VisionTower::forward`].
    ///
    /// # Errors
    /// When somebody cancelled or the device failed.
    pub fn vision(
        &self,
        patches: Tensor<2>,
        grids: &[[u32; 3]],
        rope: RopeRounding,
        pass: &mut Pass,
    ) -> Result<Tensor<2>, PassError> {
        self.vision.forward(patches, grids, rope, pass)
    }

    /// Embeds a prompt; as [`Decoder::embed`].
    #[must_use]
    pub fn embed(&self, ids: &[u32], images: Option<Tensor<2>>) -> Tensor<3> {
        self.decoder.embed(ids, images)
    }

    /// Vision tower and embedding of a whole input: what the decoder reads.
    ///
    /// # Errors
    /// When somebody cancelled or the device failed.
    pub fn read(
        &self,
        input: &PlannerInput,
        rope: RopeRounding,
        pass: &mut Pass,
    ) -> Result<DecoderInput, PassError> {
        let images = if input.grids.is_empty() {
            None
        } else {
            let patches = input.patch_tensor(&self.device);
            Some(self.vision(patches, &input.grids, rope, pass)?)
        };
        Ok(DecoderInput {
            embeds: self.embed(&input.ids, images),
            positions: input.positions.clone(),
            rope,
        })
    }

    /// Hidden states of a range of entries, each `[B, N, H]`; as [`Decoder::hidden_states`].
    ///
    /// # Errors
    /// When somebody cancelled or the device failed.
    pub fn hidden_states(
        &self,
        input: &DecoderInput,
        range: Range<usize>,
        pass: &mut Pass,
    ) -> Result<Vec<Tensor<3>>, PassError> {
        self.decoder.hidden_states(input, range, pass)
    }

    /// Scores of the next token; as [`Decoder::logits`].
    #[must_use]
    pub fn logits(&self, hidden: Tensor<2>) -> Tensor<2> {
        self.decoder.logits(hidden)
    }

    /// Generates a reply; as [`generate::generate`].
    ///
    /// # Errors
    /// When somebody cancelled, the device failed or a block put out a value that is not finite.
    pub fn generate(
        &self,
        input: &DecoderInput,
        prompt: &[u32],
        options: &GenerateOptions,
        listener: (&CancelToken, &mut dyn FnMut(&TokenEvent)),
    ) -> Result<Generation, PassError> {
        generate::generate(&self.decoder, input, prompt, options, listener)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inputs_that_do_not_fit_together_are_refused() {
        let config = golden::config();
        let image = config.image_token_id;
        let width = patch_width(&config.vision);
        let new = |ids: &[u32], patches: usize, grids: &[[u32; 3]]| {
            PlannerInput::new(ids, vec![0.0; patches], grids.to_vec(), &config)
        };
        let good = new(&[1, image, 2], 16 * width, &[[1, 4, 4]]).unwrap();
        assert_eq!(good.ids.len(), 6);
        assert!(matches!(new(&[], 0, &[]), Err(PlannerError::Empty)));
        assert!(matches!(
            new(&[1, image], 15 * width, &[[1, 4, 4]]),
            Err(PlannerError::Patches { .. })
        ));
        assert!(matches!(
            new(&[720], 0, &[]),
            Err(PlannerError::TokenRange { id: 720, .. })
        ));
        assert!(matches!(
            new(&[1], 0, &[[1, 4, 4]]),
            Err(PlannerError::ImageCount { .. })
        ));
    }

    #[test]
    fn a_planner_in_f16_stays_near_the_reference() {
        let exact = golden::planner(golden::QWEN);
        let half = golden::planner_at(golden::QWEN, burn::tensor::DType::F16);
        let ids = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
        let state = |planner: &Planner| {
            let mut pass = Pass::new(CancelToken::default(), false);
            let input = golden::text_input(planner, &ids);
            let states = planner.hidden_states(&input, 4..5, &mut pass).unwrap();
            pass.finish().unwrap();
            states[0].clone()
        };
        let difference = (state(&exact) - state(&half))
            .abs()
            .max()
            .into_scalar::<f32>();
        assert!(difference > 0.0, "f16 weights must not be f32 in disguise");
        assert!(difference < 0.02, "{difference}");
    }
}
