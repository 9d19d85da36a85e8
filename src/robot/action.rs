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
#[serde(from = "StoredStats")]
pub struct ActionStats {
    /// 1 % quantile of each axis.
    pub q01: Vec<f64>,
    /// 99 % quantile of each axis.
    pub q99: Vec<f64>,
    /// Which axes are scaled; the others pass through.
    pub mask: Vec<bool>,
}

/// As files hold them: without a mask, every axis is scaled.
#[derive(Deserialize)]
struct StoredStats {
    q01: Vec<f64>,
    q99: Vec<f64>,
    mask: Option<Vec<bool>>,
}

impl From<StoredStats> for ActionStats {
    fn from(stored: StoredStats) -> Self {
        let axes = stored.q01.len();
        Self {
            q01: stored.q01,
            q99: stored.q99,
            mask: stored.mask.unwrap_or_else(|| vec![true; axes]),
        }
    }
}

/// Whose arithmetic maps normalised actions to SI.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Denormalization {
    /// InternVLA-M1: clips to -1..1, the gripper is open from 0.5 on and follows the mask.
    #[default]
    InternVla,
    /// starVLA, its successor: does not clip, the gripper is open above 0.5 and never scaled.
    StarVla,
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
        self.denormalize_as(Denormalization::InternVla, chunk)
    }

    /// Maps to SI by the arithmetic of the code the checkpoint was trained with.
    ///
    /// # Errors
    /// When the number of axes differs.
    pub fn denormalize_as(
        &self,
        by: Denormalization,
        chunk: &NormActionChunk,
    ) -> Result<ActionChunk, ActionStatsError> {
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
                    .map(|axis| self.axis(by, axis, f64::from(step[axis])))
                    .collect(),
            );
        }
        Ok(ActionChunk { steps })
    }

    fn axis(&self, by: Denormalization, axis: usize, value: f64) -> f64 {
        match (by, axis == GRIPPER_AXIS) {
            (Denormalization::InternVla, false) => self.scaled(axis, value.clamp(-1.0, 1.0)),
            (Denormalization::InternVla, true) => self.scaled(axis, binary(value >= 0.5)),
            (Denormalization::StarVla, false) => self.scaled(axis, value),
            (Denormalization::StarVla, true) => binary(value > 0.5),
        }
    }

    fn scaled(&self, axis: usize, value: f64) -> f64 {
        if self.mask[axis] {
            0.5 * (value + 1.0) * (self.q99[axis] - self.q01[axis]) + self.q01[axis]
        } else {
            value
        }
    }
}

fn binary(open: bool) -> f64 {
    if open { 1.0 } else { 0.0 }
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

    #[derive(Deserialize)]
    struct Case {
        variant: String,
        #[serde(flatten)]
        stats: ActionStats,
        normalized: Vec<Vec<f32>>,
        actions: Vec<Vec<f64>>,
    }

    #[test]
    fn the_vectors_of_both_original_implementations() {
        let cases = include_str!("../../tests/golden/adapter/unnormalize.json");
        let cases: Vec<Case> = serde_json::from_str(cases).expect("cases");
        assert_eq!(cases.len(), 3);
        for case in cases {
            let by = match case.variant.as_str() {
                "starvla" => Denormalization::StarVla,
                _ => Denormalization::InternVla,
            };
            let chunk = NormActionChunk::from_rows(&case.normalized.concat(), 7);
            let got = case.stats.denormalize_as(by, &chunk).expect("fits");
            for (got, want) in got.steps().concat().iter().zip(case.actions.concat()) {
                assert!((got - want).abs() < 2e-8, "{}: {got} {want}", case.variant);
            }
        }
    }

    #[test]
    fn statistics_of_another_embodiment_are_refused() {
        let stats = ActionStats {
            q01: vec![0.0; 8],
            q99: vec![1.0; 8],
            mask: vec![true; 8],
        };
        let chunk = NormActionChunk::from_rows(&[0.0; 7], 7);
        let error = stats.denormalize(&chunk).expect_err("7 is not 8");
        assert!(error.to_string().contains("describe 8"), "{error}");
    }
}
