//! Two policies on the same episodes: what differs, and whether chance alone could do it.

use serde::Serialize;

/// Outcomes of two policies on the same episodes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Paired {
    /// Both succeeded.
    pub both: u64,
    /// Only the first did.
    pub first_only: u64,
    /// Only the second did.
    pub second_only: u64,
    /// Neither did.
    pub neither: u64,
}

impl Paired {
    /// Counts pairs of outcomes.
    #[must_use]
    pub fn of(pairs: impl IntoIterator<Item = (bool, bool)>) -> Self {
        let mut counts = Self::default();
        for pair in pairs {
            *match pair {
                (true, true) => &mut counts.both,
                (true, false) => &mut counts.first_only,
                (false, true) => &mut counts.second_only,
                (false, false) => &mut counts.neither,
            } += 1;
        }
        counts
    }

    /// `McNemar`'s exact test: how probable a split of the episodes that differ is, at least as uneven as this one, if
    /// each policy were as likely to win them. 1 where none differs.
    #[must_use]
    pub fn exact_p(&self) -> f64 {
        let n = self.first_only + self.second_only;
        let fewer = self.first_only.min(self.second_only);
        // Terms of the binomial distribution from the smallest up, in logarithms: 2^-n underflows from 1075 on.
        let mut log = -(n as f64) * std::f64::consts::LN_2;
        let mut tail = 0.0;
        for k in 0..=fewer {
            tail += log.exp();
            log += ((n - k) as f64).ln() - ((k + 1) as f64).ln();
        }
        (2.0 * tail).min(1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_episodes_that_differ_tell() {
        let split = |first_only, second_only| Paired {
            both: 40,
            first_only,
            second_only,
            neither: 3,
        };
        assert!((split(0, 0).exact_p() - 1.0).abs() < 1e-12);
        // 2 * (1 + 6) / 64 and 2 / 1024: sums of binomial coefficients.
        assert!((split(1, 5).exact_p() - 0.21875).abs() < 1e-12);
        assert!((split(10, 0).exact_p() - 2.0 / 1024.0).abs() < 1e-12);
        assert!((split(5, 5).exact_p() - 1.0).abs() < 1e-12);
        assert!(split(0, 3000).exact_p() < 1e-300);
    }

    #[test]
    fn pairs_are_counted() {
        let counts = Paired::of([
            (true, true),
            (true, false),
            (false, true),
            (false, false),
            (true, false),
        ]);
        assert_eq!(
            (
                counts.both,
                counts.first_only,
                counts.second_only,
                counts.neither
            ),
            (1, 2, 1, 1)
        );
    }
}
