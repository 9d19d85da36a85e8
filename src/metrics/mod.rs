//! How good answers, rollouts and labels are: every measure, as a pure function of plain numbers.
//!
//! One file per question: boxes, points, traces, coordinates, success, paraphrases, agreement with real robots,
//! gradients, confidence, raters, and two policies on the same episodes. All arithmetic is `f64`. Where a measure has
//! no value (a mean of nothing, a correlation of constants) the result is `None`, never a made-up zero; where the
//! benchmark's own rule gives a value to a missing answer (an unparsed answer is a miss), the function says so.
//! Knows nothing of models, files or the simulator. Units: pixels of the original picture, shares between 0 and 1.

pub mod alignment;
mod assignment;
pub mod boxes;
pub mod calibration;
pub mod coordinates;
pub mod paired;
pub mod points;
pub mod raters;
pub mod reality;
pub mod robustness;
pub mod success;
pub mod traces;

/// The mean; none of nothing.
#[must_use]
pub fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// A quotient; none where the divisor is zero.
#[must_use]
pub fn ratio(value: f64, by: f64) -> Option<f64> {
    (by != 0.0).then(|| value / by)
}
