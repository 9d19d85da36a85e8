//! Which step of which chunk is carried out: a new chunk every step, averaged, or a few steps of each chunk before
//! the next is asked for (receding horizon).

use serde::{Deserialize, Serialize};

use super::AdaptiveEnsemble;

/// How chunks are played.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Playback {
    /// A new chunk every step; the last `horizon` of them are averaged by likeness with sharpness `alpha`.
    Ensemble {
        /// Chunks that are averaged: 7 on WidowX, 2 on the Google robot, 3 on LIBERO, 16 on a real arm.
        horizon: usize,
        /// Sharpness; 0.1 in the reference.
        alpha: f64,
    },
    /// The first `steps` of each chunk, then a new one.
    Receding {
        /// Steps of a chunk that are carried out; more than a chunk has means all of it.
        steps: usize,
    },
}

/// Plays chunks.
#[derive(Debug, Clone)]
pub struct Chunker {
    playback: Playback,
    ensemble: AdaptiveEnsemble,
    rest: std::vec::IntoIter<Vec<f64>>,
}

impl Chunker {
    /// With no chunk yet.
    #[must_use]
    pub fn new(playback: Playback) -> Self {
        let ensemble = match playback {
            Playback::Ensemble { horizon, alpha } => AdaptiveEnsemble::new(horizon, alpha),
            Playback::Receding { .. } => AdaptiveEnsemble::new(1, 0.0),
        };
        Self {
            playback,
            ensemble,
            rest: Vec::new().into_iter(),
        }
    }

    /// Whether the next step needs a new chunk.
    #[must_use]
    pub fn is_hungry(&self) -> bool {
        self.rest.len() == 0
    }

    /// Takes a chunk whose first row is for the next step.
    pub fn feed(&mut self, chunk: Vec<Vec<f64>>) {
        let steps = match self.playback {
            Playback::Ensemble { .. } => self.ensemble.step(chunk).into_iter().collect(),
            Playback::Receding { steps } => {
                let mut chunk = chunk;
                chunk.truncate(steps.max(1));
                chunk
            }
        };
        self.rest = steps.into_iter();
    }

    /// The action of the next step; none until a chunk was fed.
    pub fn next_action(&mut self) -> Option<Vec<f64>> {
        self.rest.next()
    }

    /// Forgets every chunk: another task or another episode began.
    pub fn reset(&mut self) {
        *self = Self::new(self.playback);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(values: &[f64]) -> Vec<Vec<f64>> {
        values.iter().map(|v| vec![*v]).collect()
    }

    #[test]
    fn a_receding_horizon_asks_after_its_steps() {
        let mut chunker = Chunker::new(Playback::Receding { steps: 2 });
        assert!(chunker.is_hungry() && chunker.next_action().is_none());
        chunker.feed(rows(&[1.0, 2.0, 3.0]));
        assert_eq!(chunker.next_action(), Some(vec![1.0]));
        assert!(!chunker.is_hungry());
        assert_eq!(chunker.next_action(), Some(vec![2.0]));
        assert!(chunker.is_hungry());
        chunker.feed(rows(&[9.0, 9.0]));
        chunker.reset();
        assert!(
            chunker.is_hungry(),
            "a reset leaves nothing of an old chunk"
        );
    }

    #[test]
    fn an_ensemble_asks_every_step() {
        let mut chunker = Chunker::new(Playback::Ensemble {
            horizon: 2,
            alpha: 0.0,
        });
        chunker.feed(rows(&[1.0, 3.0]));
        assert_eq!(chunker.next_action(), Some(vec![1.0]));
        assert!(chunker.is_hungry());
        chunker.feed(rows(&[5.0, 9.0]));
        assert_eq!(
            chunker.next_action(),
            Some(vec![4.0]),
            "the mean of 3 and 5"
        );
    }
}
