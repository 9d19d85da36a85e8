//! Numbers of a configuration that cannot be: said before anything is read, not as a loss that is no number.

use std::ops::RangeInclusive;

use super::{RunConfig, TrainError};

/// Anything that can be multiplied with.
const WEIGHT: RangeInclusive<f64> = 0.0..=1e6;
const SHARE: RangeInclusive<f64> = 0.0..=1.0;
/// A decay of 1 would never take anything new.
const DECAY: RangeInclusive<f64> = 0.0..=0.999_999_999;

/// Refuses the first number that is none, or outside what it may be.
pub(super) fn check(config: &RunConfig) -> Result<(), TrainError> {
    let (optimizer, loss, heads) = (&config.optimizer, &config.loss, &config.auxiliary);
    let adamw = &optimizer.adamw;
    let mut numbers = vec![
        ("optimizer.floor", optimizer.floor, SHARE),
        ("optimizer.adamw.betas", adamw.betas[0], DECAY),
        ("optimizer.adamw.betas", adamw.betas[1], DECAY),
        ("optimizer.adamw.eps", adamw.eps, 1e-30..=1.0),
        (
            "optimizer.adamw.weight_decay",
            adamw.weight_decay,
            0.0..=100.0,
        ),
        ("loss.vlm", loss.vlm, WEIGHT),
        ("loss.gradient_decay", loss.gradient_decay, WEIGHT),
        ("loss.similarity_cutoff", loss.similarity_cutoff, SHARE),
        ("loss.number_sigma", loss.number_sigma, 0.0..=1e4),
        ("loss.number_distance", loss.number_distance, WEIGHT),
        ("auxiliary.dense", heads.dense, WEIGHT),
        ("auxiliary.heat", heads.heat, WEIGHT),
        ("auxiliary.align", heads.align, WEIGHT),
        ("auxiliary.aim", heads.aim, WEIGHT),
        ("curriculum.easy", config.curriculum.easy, SHARE),
    ];
    let rates = optimizer.rates.values();
    numbers.extend(rates.map(|rate| ("optimizer.rates", *rate, 0.0..=1e30)));
    if let Some(lora) = &config.lora {
        numbers.push(("lora.alpha", lora.alpha, 1e-6..=1e6));
    }
    let batch = &config.batch;
    let counts = [
        ("batch.repeats", batch.repeats, 1..=4096),
        ("batch.accumulate", batch.accumulate, 0..=65_536),
        ("batch.parallel", batch.parallel, 0..=4096),
        ("batch.tokens", batch.tokens, 1..=1 << 20),
        ("picture.cache", config.picture.cache, 0..=1 << 24),
        ("picture.shift", config.picture.shift as usize, 0..=4096),
        (
            "picture.action_shift",
            config.picture.action_shift as usize,
            0..=4096,
        ),
    ];
    let wrong = |name: &str, value: String, low: String, high: String| TrainError::Setting {
        name: name.into(),
        why: format!("is {value}, and may be from {low} to {high}"),
    };
    for (name, value, range) in numbers {
        if !range.contains(&value) {
            let [low, high] = [range.start(), range.end()].map(|end| format!("{end:?}"));
            return Err(wrong(name, format!("{value:?}"), low, high));
        }
    }
    for (name, value, range) in counts {
        if !range.contains(&value) {
            let [low, high] = [range.start(), range.end()].map(ToString::to_string);
            return Err(wrong(name, value.to_string(), low, high));
        }
    }
    Ok(())
}
