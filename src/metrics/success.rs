//! Success of episodes: rates with intervals, and how rates of settings become a column and a suite.

use serde::{Deserialize, Serialize};

use super::{mean, ratio};

/// The standard normal's 97.5 % point: 95 % lie between minus and plus this.
pub const Z95: f64 = 1.959_963_984_540_054;

/// Successes among episodes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count {
    /// Episodes that succeeded.
    #[serde(alias = "successes")]
    pub k: u64,
    /// Episodes.
    pub n: u64,
}

impl Count {
    /// Counts episodes.
    #[must_use]
    pub fn of(outcomes: impl IntoIterator<Item = bool>) -> Self {
        let mut count = Self::default();
        for succeeded in outcomes {
            count.k += u64::from(succeeded);
            count.n += 1;
        }
        count
    }

    /// Share of successes; none of no episodes.
    #[must_use]
    pub fn rate(&self) -> Option<f64> {
        ratio(self.k as f64, self.n as f64)
    }

    /// Wilson's 95 % interval of the rate: all of 0 to 1 where there are no episodes.
    #[must_use]
    pub fn wilson(&self) -> [f64; 2] {
        let (n, z2) = (self.n as f64, Z95 * Z95);
        let Some(p) = self.rate() else {
            return [0.0, 1.0];
        };
        let centre = p + z2 / (2.0 * n);
        let half = Z95 * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).max(0.0).sqrt();
        let by = 1.0 + z2 / n;
        let low = if self.k == 0 {
            0.0
        } else {
            (centre - half) / by
        };
        let high = if self.k >= self.n {
            1.0
        } else {
            (centre + half) / by
        };
        [low, high]
    }
}

/// A tree of settings: a rate is the plain mean of what is below it, level by level, never pooled.
#[derive(Debug, Clone, PartialEq)]
pub enum Settings {
    /// Episodes of one setting.
    Leaf(Count),
    /// Settings of one kind: poses, recolours, drawers.
    Group(Vec<Settings>),
}

impl Settings {
    /// The rate; none where a setting has no episodes.
    #[must_use]
    pub fn rate(&self) -> Option<f64> {
        match self {
            Self::Leaf(count) => count.rate(),
            Self::Group(below) => {
                let rates: Option<Vec<f64>> = below.iter().map(Self::rate).collect();
                mean(&rates?)
            }
        }
    }
}

/// Of one long task, how many of its steps succeeded with all steps before them.
#[must_use]
pub fn steps_in_order(steps: &[bool]) -> usize {
    steps.iter().take_while(|done| **done).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_is_not_pooled() {
        let leaf = |k, n| Settings::Leaf(Count { k, n });
        let uneven = Settings::Group(vec![leaf(1, 1), leaf(0, 9)]);
        assert_eq!(uneven.rate(), Some(0.5));
        assert_eq!(Settings::Group(vec![leaf(1, 1), leaf(0, 0)]).rate(), None);
    }

    #[test]
    fn an_interval_of_nothing_is_everything_and_ends_are_exact() {
        let [low, high] = Count::default().wilson();
        assert!(low.abs() < 1e-15 && (high - 1.0).abs() < 1e-15);
        // 190 of 200, by the formula in Wilson 1927, worked out by hand in double precision.
        let [low, high] = Count { k: 190, n: 200 }.wilson();
        assert!((low - 0.910_421_85).abs() < 1e-8 && (high - 0.972_617_35).abs() < 1e-8);
        let [low, high] = Count { k: 200, n: 200 }.wilson();
        assert!(low > 0.98 && high > 0.999);
        let [low, high] = Count { k: 0, n: 24 }.wilson();
        assert!(low.abs() < 1e-15 && (high - 0.137_976_204_675).abs() < 1e-9);
        assert!((Count { k: 24, n: 24 }.wilson()[1] - 1.0).abs() < 1e-15);
    }

    #[test]
    fn a_step_counts_only_after_those_before_it() {
        assert_eq!(steps_in_order(&[true, true, false, true]), 2);
        assert_eq!(steps_in_order(&[false, true]), 0);
    }
}
