//! The learning rate over the steps of a run. Pure numbers.

use serde::{Deserialize, Serialize};

/// Linear warm-up, then half a cosine down to a share of the rate (`cosine_with_min_lr` of `transformers`).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct RateSchedule {
    /// Steps of warm-up.
    pub warmup: u64,
    /// Steps of the whole run.
    pub total: u64,
    /// Where the cosine ends, as a share of the full rate.
    pub floor: f64,
}

impl RateSchedule {
    /// What the full rate of every group is multiplied with at `step`, counted from zero.
    #[must_use]
    pub fn factor(&self, step: u64) -> f64 {
        if step < self.warmup {
            return step as f64 / self.warmup.max(1) as f64;
        }
        let rest = self.total.saturating_sub(self.warmup).max(1);
        let done = ((step - self.warmup) as f64 / rest as f64).min(1.0);
        let cosine = 0.5 * (1.0 + (std::f64::consts::PI * done).cos());
        self.floor + (1.0 - self.floor) * cosine
    }
}

#[cfg(test)]
mod tests {
    use super::RateSchedule;

    #[test]
    fn it_rises_turns_and_ends_at_its_floor() {
        let schedule = RateSchedule {
            warmup: 10,
            total: 110,
            floor: 0.1,
        };
        assert!(schedule.factor(0).abs() < 1e-12);
        assert!((schedule.factor(5) - 0.5).abs() < 1e-12);
        assert!((schedule.factor(10) - 1.0).abs() < 1e-12);
        assert!((schedule.factor(60) - 0.55).abs() < 1e-12);
        for after in [110, 111, 10_000] {
            assert!((schedule.factor(after) - 0.1).abs() < 1e-12);
        }
    }

    #[test]
    fn a_schedule_of_nothing_is_not_a_division_by_zero() {
        let schedule = RateSchedule {
            warmup: 0,
            total: 0,
            floor: 0.0,
        };
        assert!(schedule.factor(0).is_finite());
    }
}
