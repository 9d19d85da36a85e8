//! The numbers to show: samples x steps x axes, with what the axes are.

use crate::engine::ActionAnswer;
use crate::workbench::{ActionAxis, Recorded, action_axes};

/// Samples drawn at most; a fan of more is a blot.
const SAMPLES: usize = 64;

/// One choice of numbers, ready to draw.
pub(super) struct Series {
    /// What the axes are.
    pub(super) axes: Vec<ActionAxis>,
    /// `[sample][step][axis]`.
    pub(super) samples: Vec<Vec<Vec<f64>>>,
    /// `[step][axis]`: the mean of the samples.
    pub(super) mean: Vec<Vec<f64>>,
    /// Whether the numbers are normalised.
    pub(super) normalized: bool,
    /// What was recorded in the episode that was asked about, in the same units.
    pub(super) recorded: Option<Recorded>,
}

impl Series {
    /// The numbers of `action`: SI where wanted and known.
    pub(super) fn of(action: &ActionAnswer, normalized: bool) -> Self {
        let si = action.si.as_ref().filter(|_| !normalized);
        let samples: Vec<Vec<Vec<f64>>> = match si {
            Some(chunks) => chunks
                .iter()
                .take(SAMPLES)
                .map(|chunk| chunk.steps().to_vec())
                .collect(),
            None => action
                .normalized
                .iter()
                .take(SAMPLES)
                .map(|chunk| widen(chunk.steps()))
                .collect(),
        };
        let first = samples.first().and_then(|steps| steps.first());
        Self {
            axes: action_axes(first.map_or(0, Vec::len)),
            mean: mean(&samples),
            samples,
            normalized: si.is_none(),
            recorded: None,
        }
    }

    /// Steps of the longest sample.
    pub(super) fn steps(&self) -> usize {
        self.samples.iter().map(Vec::len).max().unwrap_or_default()
    }
}

fn widen(steps: &[Vec<f32>]) -> Vec<Vec<f64>> {
    let row = |step: &Vec<f32>| step.iter().map(|value| f64::from(*value)).collect();
    steps.iter().map(row).collect()
}

/// The mean over samples of equal shape; a sample of another shape is left out.
fn mean(samples: &[Vec<Vec<f64>>]) -> Vec<Vec<f64>> {
    let Some(first) = samples.first() else {
        return Vec::new();
    };
    let mut sum = first.clone();
    let mut count = 1.0;
    for sample in &samples[1..] {
        let alike =
            sample.len() == sum.len() && sample.iter().zip(&sum).all(|(a, b)| a.len() == b.len());
        if !alike {
            continue;
        }
        count += 1.0;
        for (total, value) in sum.iter_mut().flatten().zip(sample.iter().flatten()) {
            *total += value;
        }
    }
    for total in sum.iter_mut().flatten() {
        *total /= count;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::robot::NormActionChunk;

    #[test]
    fn the_mean_is_over_samples_and_si_falls_back_to_what_there_is() {
        let chunk = |values: &[f32]| NormActionChunk::from_rows(values, 2);
        let action = ActionAnswer {
            normalized: vec![chunk(&[0.0, 1.0, 0.5, 0.5]), chunk(&[1.0, 0.0, 0.5, -0.5])],
            si: None,
            statistics: Err("none".into()),
        };
        let series = Series::of(&action, false);
        assert!(series.normalized);
        assert_eq!(series.mean, [[0.5, 0.5], [0.5, 0.0]]);
        assert_eq!((series.steps(), series.axes.len()), (2, 2));
    }

    #[test]
    fn no_samples_make_an_empty_series() {
        let action = ActionAnswer {
            normalized: vec![],
            si: None,
            statistics: Err(String::new()),
        };
        let series = Series::of(&action, true);
        assert!(series.axes.is_empty() && series.mean.is_empty());
        assert_eq!(series.steps(), 0);
    }
}
