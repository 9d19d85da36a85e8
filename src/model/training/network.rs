//! Planner and expert as one thing to train, and the losses of both stages.

use burn::module::Module;
use burn::tensor::{Device, Int, Tensor, TensorData};

use super::super::action::{Conditioning, Schedule};
use super::super::checkpoint::{LoadError, Loader};
use super::super::config::ModelConfig;
use super::super::expert::Expert;
use super::super::pass::{Pass, PassError};
use super::super::planner::{CausalMask, DecoderInput, Planner, RopeRounding, patch_count};
use super::super::policy::modules;
use super::{LanguageBatch, Parameters, cross_entropy, mean_square};

/// Everything that learns.
#[derive(Module, Debug)]
pub struct Network {
    /// Sees, reads and answers.
    pub planner: Planner,
    /// Acts.
    pub expert: Option<Expert>,
}

/// Actions to learn with their pictures and instructions.
#[derive(Debug, Clone, PartialEq)]
pub struct ActionBatch {
    /// The prompts with the pictures of every view; nothing in them is learnt.
    pub prompts: LanguageBatch,
    /// Views of each sample.
    pub views: usize,
    /// What DINO reads: `[B * V, 3, side, side]`, row-major, and its sides.
    pub pixels: (Vec<f32>, [usize; 2]),
    /// Normalised actions `[B, T, A]`, row-major.
    pub actions: Vec<f32>,
}

/// What chance decides in the diffusion loss: every sample is learnt several times with other noise.
#[derive(Debug, Clone, PartialEq)]
pub struct DiffusionDraw {
    /// Repetitions of the whole batch.
    pub repeats: usize,
    /// The timestep of each.
    pub timesteps: Vec<usize>,
    /// Standard normal noise `[repeats * B, T, A]`, row-major.
    pub noise: Vec<f32>,
    /// Whether the condition is left out, so that guidance has something to compare with.
    pub unconditional: Vec<bool>,
}

impl Network {
    /// Loads every module of a configuration and the names of its parameters.
    ///
    /// # Errors
    /// As [`Planner::load`].
    pub fn load<'a>(
        loader: &'a Loader<'a>,
        config: &ModelConfig,
    ) -> Result<(Self, Parameters), LoadError> {
        let (planner, expert) = modules(loader, config)?;
        Ok((Self { planner, expert }, Parameters::new(loader.named())))
    }

    /// The device without gradients: for what is not learnt.
    #[must_use]
    pub fn device(&self) -> Device {
        self.planner.device().clone().without_autodiff()
    }

    /// A copy of its own on another device.
    #[must_use]
    pub fn on(self, device: &Device) -> Self {
        Self {
            planner: self.planner.on(device),
            expert: self.expert.map(|expert| expert.fork(device)),
        }
    }

    /// Merged image embeddings of a batch: `[cells, H]`; none without pictures.
    ///
    /// # Errors
    /// As [`Planner::vision`].
    pub fn see(
        &self,
        batch: &LanguageBatch,
        rope: RopeRounding,
        pass: &mut Pass,
    ) -> Result<Option<Tensor<2>>, PassError> {
        let count = patch_count(&batch.grids);
        if count == 0 {
            return Ok(None);
        }
        let shape = [count, batch.patches.len() / count];
        let data = TensorData::new(batch.patches.clone(), shape);
        let patches = Tensor::from_data(data, &self.device());
        let seen = self.planner.vision(patches, &batch.grids, rope, pass)?;
        Ok(Some(seen))
    }

    /// Hidden states of a batch, each `[B, N, H]`.
    ///
    /// # Errors
    /// As [`Planner::hidden_states`].
    pub fn read(
        &self,
        batch: &LanguageBatch,
        (images, rope): (Option<Tensor<2>>, RopeRounding),
        range: std::ops::Range<usize>,
        pass: &mut Pass,
    ) -> Result<Vec<Tensor<3>>, PassError> {
        let embeds = self.planner.embed(&batch.ids, images); // [1, B * N, H]
        let width = embeds.dims()[2];
        let input = DecoderInput {
            embeds: embeds.reshape([batch.batch, batch.length(), width]),
            positions: batch.positions.clone(),
            rope,
        };
        let mask = CausalMask::packed(&batch.segments, batch.batch, &self.device());
        let decoder = self.planner.decoder();
        decoder.hidden_states_masked(&input, mask, range, pass)
    }

    /// The mean cross-entropy of a batch's targets: `[1]`.
    ///
    /// # Errors
    /// When somebody cancelled or the device failed.
    pub fn language_loss(
        &self,
        batch: &LanguageBatch,
        rope: RopeRounding,
        pass: &mut Pass,
    ) -> Result<Tensor<1>, PassError> {
        let images = self.see(batch, rope, pass)?;
        let last = self.planner.decoder().depth();
        let states = self.read(batch, (images, rope), last..last + 1, pass)?;
        Ok(self.answer_loss(batch, &states[0]))
    }

    /// As [`Self::language_loss`] from the last hidden state `[B, N, H]`.
    #[must_use]
    pub fn answer_loss(&self, batch: &LanguageBatch, state: &Tensor<3>) -> Tensor<1> {
        let device = self.device();
        let scores = self.answer_scores(batch, state);
        let tokens = integers(batch.targets.iter().map(|t| t.token), &device);
        let weights: Vec<f32> = batch.targets.iter().map(|t| t.weight).collect();
        let weights = Tensor::from_floats(weights.as_slice(), &device);
        cross_entropy(scores, tokens, weights)
    }

    /// Scores of every token for each target: `[targets, vocabulary]`.
    #[must_use]
    pub fn answer_scores(&self, batch: &LanguageBatch, state: &Tensor<3>) -> Tensor<2> {
        let [sequences, length, width] = state.dims();
        let rows = integers(batch.targets.iter().map(|t| t.row), &self.device());
        let flat = state.clone().reshape([sequences * length, width]);
        self.planner.logits(flat.select(0, rows))
    }

    /// The diffusion loss of an action batch: `[1]`. `decay` scales the gradient from the expert into the planner.
    ///
    /// # Errors
    /// When somebody cancelled, the device failed, or there is no expert.
    pub fn action_loss(
        &self,
        batch: &ActionBatch,
        draw: &DiffusionDraw,
        how: (RopeRounding, std::ops::Range<usize>, f64),
        pass: &mut Pass,
    ) -> Result<Tensor<1>, PassError> {
        let (condition, _) = self.action_condition(batch, how, pass)?;
        self.noise_loss(condition, (&batch.actions, draw), pass)
    }

    /// The condition of an action batch `[B, Q, D]`, and what the image encoder saw: `[B * V, n, C]`.
    ///
    /// # Errors
    /// As [`Self::action_loss`].
    pub fn action_condition(
        &self,
        batch: &ActionBatch,
        (rope, range, decay): (RopeRounding, std::ops::Range<usize>, f64),
        pass: &mut Pass,
    ) -> Result<(Tensor<3>, Tensor<3>), PassError> {
        let images = self.see(&batch.prompts, rope, pass)?;
        let states = self.read(&batch.prompts, (images, rope), range, pass)?;
        let states: Vec<Tensor<3>> = states.into_iter().map(|s| decayed(s, decay)).collect();
        let expert = self.acting()?;
        let (pixels, [height, width]) = &batch.pixels;
        let images = batch.prompts.batch * batch.views;
        let data = TensorData::new(pixels.clone(), [images, 3, *height, *width]);
        let pixels = Tensor::<4>::from_data(data, &self.device());
        let tokens = expert.dino.forward(pixels, pass)?;
        let read = (&states[..], batch.prompts.padding(&self.device()));
        let condition = expert.condition_masked(read, tokens.clone(), batch.views, pass)?;
        Ok((condition, tokens))
    }

    fn acting(&self) -> Result<&Expert, PassError> {
        let none = || PassError::Device("the model has no action expert".into());
        self.expert.as_ref().ok_or_else(none)
    }

    /// The diffusion loss under a condition `[B, Q, D]`.
    ///
    /// # Errors
    /// As [`Self::action_loss`].
    pub fn noise_loss(
        &self,
        condition: Tensor<3>,
        (actions, draw): (&[f32], &DiffusionDraw),
        pass: &mut Pass,
    ) -> Result<Tensor<1>, PassError> {
        let expert = self.acting()?;
        let device = self.device();
        let [horizon, axes] = expert.dit.chunk();
        let samples = condition.dims()[0] * draw.repeats;
        let table = |values: Vec<f32>| {
            Tensor::<3>::from_data(TensorData::new(values, [samples, 1, 1]), &device)
        };
        let schedule = Schedule::squared_cosine();
        let kept = draw.timesteps.iter().map(|t| schedule.alphas_cumprod[*t]);
        let signal = table(kept.clone().map(|a| a.sqrt() as f32).collect());
        let share = table(kept.map(|a| (1.0 - a).sqrt() as f32).collect());
        let actions = TensorData::new(actions.to_vec(), [samples / draw.repeats, horizon, axes]);
        let actions = Tensor::<3>::from_data(actions, &device).repeat_dim(0, draw.repeats);
        let noise = TensorData::new(draw.noise.clone(), [samples, horizon, axes]);
        let noise = Tensor::<3>::from_data(noise, &device);
        let noisy = actions * signal + noise.clone() * share;
        let dropped = draw.unconditional.iter().map(|d| f32::from(u8::from(*d)));
        let dropped = table(dropped.collect());
        let kept = dropped.clone() * -1.0 + 1.0;
        let condition =
            condition.repeat_dim(0, draw.repeats) * kept + expert.dit.null_condition() * dropped;
        let given = Conditioning {
            timestep: expert.dit.embed_timesteps(&draw.timesteps),
            condition: expert.dit.embed_condition(condition),
        };
        let predicted = expert.dit.predict_noise(noisy, &given, "dit", pass)?;
        Ok(mean_square(predicted, noise))
    }
}

/// The same numbers; their gradient times `decay`.
fn decayed(state: Tensor<3>, decay: f64) -> Tensor<3> {
    if (decay - 1.0).abs() < f64::EPSILON {
        return state;
    }
    state.clone().detach() * (1.0 - decay) + state * decay
}

fn integers(values: impl Iterator<Item = u32>, device: &Device) -> Tensor<1, Int> {
    let values: Vec<i32> = values.map(|v| v as i32).collect();
    Tensor::from_ints(values.as_slice(), device)
}
