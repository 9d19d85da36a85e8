//! The noise schedule the action expert was trained with, and the timesteps DDIM visits. All in f64.

use std::f64::consts::FRAC_PI_2;

/// Diffusion steps in training.
pub const TRAIN_STEPS: usize = 100;

/// The one timestep a single DDIM step visits: the middle, as the original's respacing gives.
const SINGLE_STEP: usize = 50;

/// Why a sampler cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleError {
    /// No integer stride visits that many timesteps.
    #[error(
        "{asked} denoising steps cannot be spaced evenly over {TRAIN_STEPS}; choose one of {}",
        list(valid)
    )]
    Steps {
        /// The steps asked for.
        asked: usize,
        /// Every count that works.
        valid: Vec<usize>,
    },
}

fn list(counts: &[usize]) -> String {
    let words: Vec<String> = counts.iter().map(ToString::to_string).collect();
    words.join(", ")
}

/// How much of the signal is left at each timestep.
#[derive(Debug, Clone, PartialEq)]
pub struct Schedule {
    /// β: variance added at each timestep.
    pub betas: Vec<f64>,
    /// ᾱ: the product of 1 - β up to each timestep.
    pub alphas_cumprod: Vec<f64>,
}

/// The coefficients of one DDIM step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DdimStep {
    /// The timestep the network is asked about.
    pub timestep: usize,
    /// ᾱ there.
    pub alpha: f64,
    /// ᾱ at the timestep visited next, 1 at the end.
    pub alpha_next: f64,
}

impl Schedule {
    /// The squared cosine of Nichol and Dhariwal (2021), called `squaredcos_cap_v2` in the original.
    #[must_use]
    pub fn squared_cosine() -> Self {
        let kept = |step: usize| {
            let progress = step as f64 / TRAIN_STEPS as f64;
            ((progress + 0.008) / 1.008 * FRAC_PI_2).cos().powi(2)
        };
        let betas: Vec<f64> = (0..TRAIN_STEPS)
            .map(|step| (1.0 - kept(step + 1) / kept(step)).min(0.999))
            .collect();
        let alphas_cumprod = betas
            .iter()
            .scan(1.0, |product, beta| {
                *product *= 1.0 - beta;
                Some(*product)
            })
            .collect();
        Self {
            betas,
            alphas_cumprod,
        }
    }

    /// The steps of a DDIM run in the order they are taken: from noise to actions.
    ///
    /// # Errors
    /// As [`ddim_steps`].
    pub fn ddim(&self, count: usize) -> Result<Vec<DdimStep>, ScheduleError> {
        let mut alpha_next = 1.0;
        let mut steps: Vec<DdimStep> = ddim_steps(count)?
            .into_iter()
            .map(|timestep| {
                let alpha = self.alphas_cumprod[timestep];
                let step = DdimStep {
                    timestep,
                    alpha,
                    alpha_next,
                };
                alpha_next = alpha;
                step
            })
            .collect();
        steps.reverse();
        Ok(steps)
    }
}

/// The timesteps a DDIM run of `count` steps visits, ascending: those of the first integer stride that gives as many.
///
/// # Errors
/// When no stride does; the error lists the counts that work.
pub fn ddim_steps(count: usize) -> Result<Vec<usize>, ScheduleError> {
    if count == 1 {
        return Ok(vec![SINGLE_STEP]);
    }
    (1..TRAIN_STEPS)
        .map(|stride| (0..TRAIN_STEPS).step_by(stride))
        .find(|steps| steps.len() == count)
        .map(Iterator::collect)
        .ok_or_else(|| ScheduleError::Steps {
            asked: count,
            valid: valid_counts(),
        })
}

fn valid_counts() -> Vec<usize> {
    let mut counts: Vec<usize> = (1..TRAIN_STEPS)
        .map(|stride| TRAIN_STEPS.div_ceil(stride))
        .collect();
    counts.push(1);
    counts.sort_unstable();
    counts.dedup();
    counts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::testing;

    fn close(got: &[f64], want: &serde_json::Value) {
        let want: Vec<f64> = serde_json::from_value(want.clone()).expect("numbers");
        assert_eq!(got.len(), want.len());
        for (at, (got, want)) in got.iter().zip(want).enumerate() {
            assert!((got - want).abs() < 1e-14, "{at}: {got} and {want}");
        }
    }

    #[test]
    fn tables_match_the_original() {
        let tables = &testing::cases()["diffusion_schedule"];
        let schedule = Schedule::squared_cosine();
        close(&schedule.betas, &tables["betas_100"]);
        close(&schedule.alphas_cumprod, &tables["alphas_cumprod_100"]);
    }

    #[test]
    fn every_respacing_matches_the_original() {
        let schedule = Schedule::squared_cosine();
        let tables = testing::cases()["diffusion_schedule"]["ddim"].clone();
        for (count, table) in tables.as_object().expect("a table per count") {
            let count: usize = count.parse().expect("a count");
            if table.get("error").is_some() {
                assert!(ddim_steps(count).is_err(), "{count} fails in the original");
                continue;
            }
            let want: Vec<usize> =
                serde_json::from_value(table["timestep_map"].clone()).expect("steps");
            assert_eq!(ddim_steps(count).expect("exists"), want);
            // For some counts only the timesteps are stored.
            if table["alphas_cumprod"].is_null() {
                continue;
            }
            let mut steps = schedule.ddim(count).expect("exists");
            steps.reverse();
            let alphas: Vec<f64> = steps.iter().map(|step| step.alpha).collect();
            let next: Vec<f64> = steps.iter().map(|step| step.alpha_next).collect();
            close(&alphas, &table["alphas_cumprod"]);
            close(&next, &table["alphas_cumprod_prev"]);
        }
    }

    #[test]
    fn a_count_without_a_stride_names_those_with_one() {
        let valid = [
            1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 13, 15, 17, 20, 25, 34, 50, 100,
        ];
        for count in 0..=TRAIN_STEPS + 1 {
            assert_eq!(ddim_steps(count).is_ok(), valid.contains(&count), "{count}");
        }
        let message = ddim_steps(11).expect_err("11 does not exist").to_string();
        assert!(message.starts_with("11 denoising steps"), "{message}");
        assert!(
            message.ends_with("10, 12, 13, 15, 17, 20, 25, 34, 50, 100"),
            "{message}"
        );
    }
}
