//! Numbers of a report with what they are worth: how many they are of, and a 95 % interval.

use serde::{Deserialize, Serialize};

use crate::metrics::mean;
use crate::metrics::success::{Count, Z95};

/// A share of successes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Rate {
    /// Successes.
    pub k: u64,
    /// Of how many.
    pub n: u64,
    /// Their share; none of nothing.
    pub rate: Option<f64>,
    /// Wilson's 95 % interval.
    pub interval95: [f64; 2],
}

impl Default for Rate {
    fn default() -> Self {
        Self::of([])
    }
}

impl From<Count> for Rate {
    fn from(count: Count) -> Self {
        Self {
            k: count.k,
            n: count.n,
            rate: count.rate(),
            interval95: count.wilson(),
        }
    }
}

impl Rate {
    /// Of outcomes.
    #[must_use]
    pub fn of(outcomes: impl IntoIterator<Item = bool>) -> Self {
        Count::of(outcomes).into()
    }
}

/// A mean.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct MeanOf {
    /// Of how many.
    pub n: usize,
    /// The mean.
    pub mean: f64,
    /// The mean plus and minus 1.96 standard errors; the mean twice where there is one value.
    pub interval95: [f64; 2],
}

impl MeanOf {
    /// Of shares: the interval stays within 0 to 1, and is Wilson's where each is all or nothing.
    #[must_use]
    pub fn share(values: &[f64]) -> Option<Self> {
        let mean = Self::of(values)?;
        let whole = |v: &f64| *v >= 1.0;
        if values.iter().all(|v| whole(v) || *v <= 0.0) {
            // All or nothing each: a share of successes.
            let Rate { interval95, .. } = Rate::of(values.iter().map(whole));
            return Some(Self { interval95, ..mean });
        }
        let interval95 = mean.interval95.map(|end| end.clamp(0.0, 1.0));
        Some(Self { interval95, ..mean })
    }

    /// Of values; none of nothing.
    #[must_use]
    pub fn of(values: &[f64]) -> Option<Self> {
        let middle = mean(values)?;
        let squares: f64 = values.iter().map(|v| (v - middle).powi(2)).sum();
        let n = values.len() as f64;
        let error = (squares / (n - 1.0).max(1.0) / n).sqrt();
        Some(Self {
            n: values.len(),
            mean: middle,
            interval95: [middle - Z95 * error, middle + Z95 * error],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_narrows_with_the_root_of_the_count() {
        let few = MeanOf::of(&[0.0, 1.0]).expect("two");
        assert!((few.interval95[1] - 0.5 - Z95 * 0.5).abs() < 1e-12);
        let [low, high] = MeanOf::of(&[3.0]).expect("one").interval95;
        assert!((low - 3.0).abs() < 1e-12 && (high - 3.0).abs() < 1e-12);
        let share = MeanOf::share(&[0.0, 1.0, 0.5]).expect("three");
        assert!(share.interval95[0].abs() < 1e-12 && (share.interval95[1] - 1.0).abs() < 1e-12);
        let sure = MeanOf::share(&[1.0; 4]).expect("four").interval95;
        assert!(
            sure[0] < 0.6 && sure[1] > 0.99,
            "four hits prove little: {sure:?}"
        );
        assert_eq!(MeanOf::of(&[]), None);
    }
}
