//! `AdamW` with decoupled weight decay (Loshchilov and Hutter 2019), as `PyTorch` orders its operations.
//!
//! Numbers in this process's memory are updated in one sweep; elsewhere by tensor expressions.

use burn::tensor::Tensor;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::model::device;

/// Numbers a core updates at a time.
const CHUNK: usize = 1 << 14;

/// Settings of the optimiser that all groups share.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AdamWSettings {
    /// Decay of the mean and of the mean square of gradients.
    pub betas: [f64; 2],
    /// Added to the root of the mean square.
    pub eps: f64,
    /// Share of a weight taken away per step and unit of learning rate.
    pub weight_decay: f64,
}

impl Default for AdamWSettings {
    /// Those of the published training configuration.
    fn default() -> Self {
        Self {
            betas: [0.9, 0.95],
            eps: 1e-8,
            weight_decay: 1e-8,
        }
    }
}

/// What `AdamW` remembers of one parameter.
#[derive(Debug, Clone)]
pub struct Moments {
    /// Mean of its gradients.
    pub first: Tensor<1>,
    /// Mean of their squares.
    pub second: Tensor<1>,
    /// Updates it has had.
    pub updates: u64,
}

/// The update of one step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AdamW {
    settings: AdamWSettings,
}

/// Factors of one update, in f32 as they are used.
#[derive(Clone, Copy)]
struct Factors {
    keep: f32,
    betas: [f32; 2],
    rate: f32,
    root: f32,
    eps: f32,
}

impl AdamW {
    /// With these settings.
    #[must_use]
    pub const fn new(settings: AdamWSettings) -> Self {
        Self { settings }
    }

    /// The parameter after the step, and what is remembered of it from now on. `scale` multiplies the gradient first
    /// (clipping, averaging).
    #[must_use]
    pub fn update(
        &self,
        value: Tensor<1>,
        gradient: Tensor<1>,
        moments: Option<Moments>,
        [rate, scale]: [f64; 2],
    ) -> (Tensor<1>, Moments) {
        let moments = moments.unwrap_or_else(|| Moments {
            first: value.zeros_like(),
            second: value.zeros_like(),
            updates: 0,
        });
        let updates = moments.updates + 1;
        let factors = self.factors(rate, updates);
        if device::computes_here(&value) {
            return here(value, gradient, moments, (factors, scale as f32));
        }
        let gradient = gradient * scale;
        let [b1, b2] = self.settings.betas;
        let first = moments.first * b1 + gradient.clone() * (1.0 - b1);
        let second = moments.second * b2 + gradient.clone() * gradient * (1.0 - b2);
        let denominator = second.clone().sqrt() * factors.root + factors.eps;
        let value = value * factors.keep - first.clone() / denominator * factors.rate;
        let moments = Moments {
            first,
            second,
            updates,
        };
        (value, moments)
    }

    /// Means that began at zero are corrected by the number of updates of this parameter.
    fn factors(&self, rate: f64, updates: u64) -> Factors {
        let AdamWSettings {
            betas,
            eps,
            weight_decay,
        } = self.settings;
        let correction = |beta: f64| 1.0 - beta.powf(updates as f64);
        Factors {
            keep: (1.0 - rate * weight_decay) as f32,
            betas: betas.map(|beta| beta as f32),
            rate: (rate / correction(betas[0])) as f32,
            root: correction(betas[1]).sqrt().recip() as f32,
            eps: eps as f32,
        }
    }
}

fn here(
    value: Tensor<1>,
    gradient: Tensor<1>,
    moments: Moments,
    (factors, scale): (Factors, f32),
) -> (Tensor<1>, Moments) {
    let device = value.device();
    let updates = moments.updates + 1;
    let mut data = [value, moments.first, moments.second].map(Tensor::into_data);
    let gradient = gradient.into_data();
    let [value, first, second] = &mut data;
    if let (Ok(value), Ok(first), Ok(second), Ok(gradient)) = (
        value.as_mut_slice::<f32>(),
        first.as_mut_slice::<f32>(),
        second.as_mut_slice::<f32>(),
        gradient.as_slice::<f32>(),
    ) {
        value
            .par_chunks_mut(CHUNK)
            .zip(first.par_chunks_mut(CHUNK))
            .zip(second.par_chunks_mut(CHUNK))
            .zip(gradient.par_chunks(CHUNK))
            .for_each(|(((value, first), second), gradient)| {
                sweep([value, first, second], gradient, factors, scale);
            });
    }
    let [value, first, second] = data.map(|data| Tensor::from_data(data, &device));
    let moments = Moments {
        first,
        second,
        updates,
    };
    (value, moments)
}

fn sweep([value, first, second]: [&mut [f32]; 3], gradient: &[f32], f: Factors, scale: f32) {
    let [b1, b2] = f.betas;
    let states = value.iter_mut().zip(first).zip(second).zip(gradient);
    for (((value, first), second), gradient) in states {
        let gradient = gradient * scale;
        *first = b1 * *first + (1.0 - b1) * gradient;
        *second = b2 * *second + (1.0 - b2) * gradient * gradient;
        *value = *value * f.keep - f.rate * *first / (second.sqrt() * f.root + f.eps);
    }
}

#[cfg(test)]
mod tests {
    use burn::tensor::Device;

    use super::*;

    fn vector(values: &[f32]) -> Tensor<1> {
        Tensor::from_floats(values, &Device::flex())
    }

    #[test]
    fn the_first_step_moves_every_weight_by_the_rate() {
        let step = AdamW::new(AdamWSettings::default());
        let (value, _) = step.update(
            vector(&[1.0, -2.0, 0.5]),
            vector(&[3.0, -0.01, 0.0]),
            None,
            [0.1, 1.0],
        );
        let value = value.into_data().try_into_vec_as::<f32>().expect("floats");
        assert!((value[0] - 0.9).abs() < 1e-5 && (value[1] + 1.9).abs() < 1e-4);
        assert!((value[2] - 0.5).abs() < 1e-6, "no gradient, no movement");
    }

    #[test]
    fn scaling_the_gradient_is_scaling_the_moments() {
        let settings = AdamWSettings::default();
        let (_, moments) =
            AdamW::new(settings).update(vector(&[1.0]), vector(&[4.0]), None, [1e-3, 0.25]);
        let first = moments.first.into_scalar::<f32>();
        assert!((first - 0.1).abs() < 1e-6, "{first}");
    }
}
