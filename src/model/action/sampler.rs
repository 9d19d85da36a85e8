//! DDIM without added noise (Song et al. 2021, η = 0), with classifier-free guidance on every axis.

use burn::tensor::Tensor;
use rand::SeedableRng as _;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution as _, StandardNormal};

use super::super::pass::{Pass, PassError};
use super::{Conditioning, DdimStep, Dit, Schedule, ScheduleError};

/// How actions are denoised.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SamplerOptions {
    /// Denoising steps.
    pub steps: usize,
    /// How far the condition is exaggerated; 1 or less leaves out the prediction without condition.
    pub guidance: f64,
}

impl Default for SamplerOptions {
    /// What the published clients send.
    fn default() -> Self {
        Self {
            steps: 10,
            guidance: 1.5,
        }
    }
}

/// Denoises actions under a condition.
#[derive(Debug, Clone, PartialEq)]
pub struct Sampler {
    steps: Vec<DdimStep>,
    guidance: Option<f64>,
}

/// One step of a run, for showing how actions emerge. Reading a tensor waits for the device.
#[derive(Debug)]
pub struct Denoised<'a> {
    /// Steps done, from 1.
    pub done: usize,
    /// Steps in all.
    pub total: usize,
    /// Where the run would end if the network were right about the noise: `[B, T, A]`.
    pub clean: &'a Tensor<3>,
    /// Where the run is: `[B, T, A]`.
    pub sample: &'a Tensor<3>,
}

/// Where a run starts.
#[derive(Debug, Clone)]
pub struct Start {
    /// What the actions are for: `[B, Q, D]`.
    pub condition: Tensor<3>,
    /// Standard normal noise `[B * fan, T, A]`: several per condition make a fan, those of the first condition first.
    pub noise: Tensor<3>,
}

impl Sampler {
    /// A sampler with those steps and that guidance.
    ///
    /// # Errors
    /// When that many steps cannot be spaced evenly; the error lists the counts that can.
    pub fn new(options: SamplerOptions) -> Result<Self, ScheduleError> {
        Ok(Self {
            steps: Schedule::squared_cosine().ddim(options.steps)?,
            guidance: (options.guidance > 1.0).then_some(options.guidance),
        })
    }

    /// Denoises. Each step reports to `pass` as `dit.step_{k}`, its blocks as `dit.step_{k}.block_{i}`, then calls
    /// `on_step`.
    ///
    /// # Shapes
    /// - returns `[B * fan, T, A]`, normalised actions
    ///
    /// # Errors
    /// As [`Pass::block`].
    pub fn run(
        &self,
        dit: &Dit,
        start: Start,
        on_step: &mut dyn FnMut(&Denoised<'_>),
        pass: &mut Pass,
    ) -> Result<Tensor<3>, PassError> {
        let dit = dit.widened();
        let timesteps: Vec<usize> = self.steps.iter().map(|step| step.timestep).collect();
        let timesteps = dit.embed_timesteps(&timesteps);
        let mut sample = start.noise;
        let condition = self.branches(&dit, start.condition, sample.dims()[0]);
        for (k, step) in self.steps.iter().enumerate() {
            let given = Conditioning {
                timestep: timesteps.clone().narrow(0, k, 1),
                condition: condition.clone(),
            };
            let name = format!("dit.step_{k}");
            let input = self.doubled(sample.clone());
            let noise = self.guided(dit.predict_noise(input, &given, &name, pass)?);
            let clean = clean(&sample, noise, step);
            sample = next(sample, &clean, step);
            pass.block(name, &sample)?;
            on_step(&Denoised {
                done: k + 1,
                total: self.steps.len(),
                clean: &clean,
                sample: &sample,
            });
        }
        Ok(sample)
    }

    /// The embedded condition of every branch the network evaluates in one batch: with it, then without.
    fn branches(&self, dit: &Dit, condition: Tensor<3>, samples: usize) -> Tensor<3> {
        let fan = samples / condition.dims()[0].max(1);
        let with = repeat_each(dit.embed_condition(condition), fan);
        if self.guidance.is_none() {
            return with;
        }
        let without = dit.embed_condition(dit.null_condition());
        Tensor::cat(vec![with, without.repeat_dim(0, samples)], 0)
    }

    /// The samples once for every branch.
    fn doubled(&self, sample: Tensor<3>) -> Tensor<3> {
        match self.guidance {
            Some(_) => sample.repeat_dim(0, 2),
            None => sample,
        }
    }

    /// The noise extrapolated away from the prediction without condition, where there is guidance.
    ///
    /// # Shapes
    /// - `noise`: `[2B, T, A]`, with the condition first; `[B, T, A]` without guidance
    /// - returns `[B, T, A]`
    fn guided(&self, noise: Tensor<3>) -> Tensor<3> {
        let Some(guidance) = self.guidance else {
            return noise;
        };
        let batch = noise.dims()[0] / 2;
        let with = noise.clone().narrow(0, 0, batch);
        let without = noise.narrow(0, batch, batch);
        without.clone() + (with - without) * guidance
    }
}

/// The actions the network believes in: the sample without the predicted noise.
fn clean(sample: &Tensor<3>, noise: Tensor<3>, step: &DdimStep) -> Tensor<3> {
    let inverse = step.alpha.recip();
    sample.clone() * inverse.sqrt() - noise * (inverse - 1.0).sqrt()
}

/// The sample at the next timestep. The noise is derived anew from `clean`, as the original does.
fn next(sample: Tensor<3>, clean: &Tensor<3>, step: &DdimStep) -> Tensor<3> {
    let inverse = step.alpha.recip();
    let noise = (sample * inverse.sqrt() - clean.clone()) / (inverse - 1.0).sqrt();
    clean.clone() * step.alpha_next.sqrt() + noise * (1.0 - step.alpha_next).sqrt()
}

/// Each entry of the first axis `times` times in a row.
fn repeat_each(x: Tensor<3>, times: usize) -> Tensor<3> {
    if times == 1 {
        return x;
    }
    let [batch, tokens, width] = x.dims();
    x.reshape([batch, 1, tokens, width])
        .repeat_dim(1, times)
        .reshape([batch * times, tokens, width])
}

/// Standard normal noise `[samples, T, A]`, row-major, from a seed.
///
/// Made on the CPU by a generator of fixed definition (`ChaCha` with 8 rounds), so that a seed gives the same noise on
/// every platform and device, and the first sample of a fan is the one a run of a single sample gets.
#[must_use]
pub fn noise(seed: u64, dims: [usize; 3]) -> Vec<f32> {
    let generator = ChaCha8Rng::seed_from_u64(seed);
    StandardNormal
        .sample_iter(generator)
        .take(dims.iter().product())
        .collect()
}

#[cfg(test)]
#[path = "sampler_tests.rs"]
mod tests;
