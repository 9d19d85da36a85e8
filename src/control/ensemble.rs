//! Adaptive ensembling: the predictions that the last chunks make for now, averaged by how alike they are to the
//! newest (`SimplerEnv`'s clients, after `CogACT`).

use std::collections::VecDeque;

/// Keeps a quotient of zero vectors finite, as the reference does.
const TINY: f64 = 1e-7;

/// The last chunks and what they say about this step.
#[derive(Debug, Clone, PartialEq)]
pub struct AdaptiveEnsemble {
    horizon: usize,
    alpha: f64,
    chunks: VecDeque<Vec<Vec<f64>>>,
}

impl AdaptiveEnsemble {
    /// The reference's sharpness.
    pub const ALPHA: f64 = 0.1;

    /// Of the last `horizon` chunks. `alpha` is how much likeness weighs; 0 is the plain mean.
    #[must_use]
    pub fn new(horizon: usize, alpha: f64) -> Self {
        Self {
            horizon: horizon.max(1),
            alpha,
            chunks: VecDeque::new(),
        }
    }

    /// Takes the newest chunk, whose first row is for now, and gives the action for now. A chunk of a single row is an
    /// action without a future: every one of the last actions counts as said of now. Nothing where no chunk reaches
    /// this step.
    pub fn step(&mut self, chunk: Vec<Vec<f64>>) -> Option<Vec<f64>> {
        if self.chunks.len() == self.horizon {
            self.chunks.pop_front();
        }
        self.chunks.push_back(chunk);
        let newest = self.chunks.len() - 1;
        let said = |(at, chunk): (usize, &Vec<Vec<f64>>)| match chunk.len() {
            1 => chunk.first().cloned(),
            _ => chunk.get(newest - at).cloned(),
        };
        let said: Vec<Vec<f64>> = self.chunks.iter().enumerate().filter_map(said).collect();
        let now = said.last()?;
        let weights: Vec<f64> = said
            .iter()
            .map(|p| (self.alpha * likeness(p, now)).exp())
            .collect();
        let total: f64 = weights.iter().sum();
        let axis = |axis: usize| {
            let weighed = said.iter().zip(&weights);
            weighed
                .map(|(p, w)| p.get(axis).copied().unwrap_or(0.0) * w / total)
                .sum()
        };
        Some((0..now.len()).map(axis).collect())
    }

    /// Forgets every chunk: another task began.
    pub fn reset(&mut self) {
        self.chunks.clear();
    }
}

/// Cosine of two actions over all axes, the gripper included.
fn likeness(a: &[f64], b: &[f64]) -> f64 {
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    dot(a, b) / (dot(a, a).sqrt() * dot(b, b).sqrt() + TINY)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A chunk whose rows are for this step and the two after it.
    fn chunk(rows: [[f64; 3]; 3]) -> Vec<Vec<f64>> {
        rows.iter().map(|row| row.to_vec()).collect()
    }

    #[test]
    fn chunks_that_agree_with_the_newest_weigh_more() {
        let mut ensemble = AdaptiveEnsemble::new(3, AdaptiveEnsemble::ALPHA);
        let first = ensemble.step(chunk([[1.0, 0.0, 0.0], [0.9, 0.1, 0.0], [0.8, 0.2, 1.0]]));
        assert_eq!(first, Some(vec![1.0, 0.0, 0.0]));
        let second = ensemble.step(chunk([[1.0, 0.2, 0.0], [0.7, 0.3, 1.0], [0.0; 3]]));
        let third = ensemble.step(chunk([[0.5, 0.5, 1.0], [0.0; 3], [0.0; 3]]));
        let near = |got: Option<Vec<f64>>, want: [f64; 3]| {
            let got = got.expect("a chunk reaches");
            assert!(
                got.iter().zip(want).all(|(g, w)| (g - w).abs() < 1e-6),
                "{got:?}"
            );
        };
        near(second, [0.950_009, 0.150_009, 0.0]);
        near(third, [0.666_393, 0.333_607, 1.0]);
    }

    #[test]
    fn nothing_is_left_of_another_task() {
        let mut ensemble = AdaptiveEnsemble::new(7, 0.1);
        ensemble.step(chunk([[9.0; 3]; 3]));
        ensemble.reset();
        assert_eq!(ensemble.step(chunk([[1.0; 3]; 3])), Some(vec![1.0; 3]));
        assert_eq!(AdaptiveEnsemble::new(2, 0.1).step(Vec::new()), None);
    }
}
