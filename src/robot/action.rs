//! `NormActionChunk` becomes `ActionChunk` only through `ActionStats`: normalised numbers cannot reach a motor.

use serde::{Deserialize, Serialize};

/// `[T, A]` actions in -1 to 1 (the gripper in 0 to 1), as the action expert emits them.
#[derive(Debug, Clone, PartialEq)]
pub struct NormActionChunk {
    steps: Vec<Vec<f32>>,
}

/// `[T, A]` actions in metres, radians and gripper opening.
#[derive(Debug, Clone, PartialEq)]
pub struct ActionChunk {
    steps: Vec<Vec<f64>>,
}

/// The statistics of one embodiment's actions, from `dataset_statistics.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ActionStats {
    /// 1 % quantile of each axis.
    pub q01: Vec<f64>,
    /// 99 % quantile of each axis.
    pub q99: Vec<f64>,
    /// Which axes are scaled; the others pass through.
    pub mask: Vec<bool>,
}

/// Why statistics do not fit actions.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ActionStatsError {
    /// The number of axes differs.
    #[error(
        "the statistics describe {stats} action axes but the model emits {actions}; choose another statistics key"
    )]
    Axes {
        /// Axes in the statistics.
        stats: usize,
        /// Axes in the chunk.
        actions: usize,
    },
}

/// The axis the reference makes binary, whatever the embodiment (InternVLA-M1's un-normalisation).
const GRIPPER_AXIS: usize = 6;

impl NormActionChunk {
    /// Splits `values`, row-major `[T, A]`, into steps of `axes` numbers.
    #[must_use]
    pub fn from_rows(values: &[f32], axes: usize) -> Self {
        Self {
            steps: values
                .chunks_exact(axes.max(1))
                .map(<[f32]>::to_vec)
                .collect(),
        }
    }

    /// The steps in order of time.
    #[must_use]
    pub fn steps(&self) -> &[Vec<f32>] {
        &self.steps
    }
}

impl ActionChunk {
    /// The steps in order of time.
    #[must_use]
    pub fn steps(&self) -> &[Vec<f64>] {
        &self.steps
    }
}

impl ActionStats {
    /// Clips to -1..1, makes axis 6 binary at 0.5, then maps masked axes to `q01..q99`.
    ///
    /// # Errors
    /// When the number of axes differs.
    pub fn denormalize(&self, chunk: &NormActionChunk) -> Result<ActionChunk, ActionStatsError> {
        let axes = self.q01.len().min(self.q99.len()).min(self.mask.len());
        let mut steps = Vec::with_capacity(chunk.steps.len());
        for step in &chunk.steps {
            if step.len() != axes {
                return Err(ActionStatsError::Axes {
                    stats: axes,
                    actions: step.len(),
                });
            }
            steps.push(
                (0..axes)
                    .map(|axis| self.axis(axis, f64::from(step[axis])))
                    .collect(),
            );
        }
        Ok(ActionChunk { steps })
    }

    fn axis(&self, axis: usize, value: f64) -> f64 {
        let clipped = value.clamp(-1.0, 1.0);
        let value = match axis {
            GRIPPER_AXIS if clipped < 0.5 => 0.0,
            GRIPPER_AXIS => 1.0,
            _ => clipped,
        };
        if self.mask[axis] {
            0.5 * (value + 1.0) * (self.q99[axis] - self.q01[axis]) + self.q01[axis]
        } else {
            value
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bridge_vector_of_the_public_statistics() {
        let stats = ActionStats {
            q01: vec![
                -0.028_752_55,
                -0.041_702_14,
                -0.026_096_72,
                -0.080_528_75,
                -0.092_499_07,
                -0.207_385_55,
                0.0,
            ],
            q99: vec![
                0.028_306_66,
                0.040_898_53,
                0.040_180_52,
                0.081_734_03,
                0.077_607_6,
                0.203_846_54,
                1.0,
            ],
            mask: vec![true, true, true, true, true, true, false],
        };
        let chunk = NormActionChunk::from_rows(&[0.5, -0.5, 1.5, 0.0, -1.0, 0.25, 0.49], 7);
        let got = stats.denormalize(&chunk).expect("fits").steps()[0].clone();
        let want = [
            0.014_041_86,
            -0.021_051_97,
            0.040_180_52,
            0.000_602_64,
            -0.092_499_07,
            0.049_634_51,
            0.0,
        ];
        for (g, w) in got.iter().zip(want) {
            assert!((g - w).abs() < 1e-8, "{got:?}");
        }
    }
}
