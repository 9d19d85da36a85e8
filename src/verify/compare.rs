//! When two arrays count as the same, and how far apart they are.

use serde::Serialize;

use super::numbers::Numbers;

/// Levels by which an 8-bit value may be off, and the share of values that may be (the golden format's own limits).
const PIXEL_LEVELS: f64 = 1.0;
const PIXEL_SHARE: f64 = 0.005;

/// How two arrays are compared.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Comparison {
    /// Every element equal.
    Exact,
    /// The largest difference at most this.
    Close(f64),
    /// Every difference at most this, absolute or relative to the expected value.
    Either(f64),
    /// 8-bit pixels: at most one level off on at most 0.5 % of the values.
    Pixels,
}

/// What became of one tensor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It was recomputed and agrees.
    Passed,
    /// It was recomputed and does not agree, or could not be.
    Failed,
    /// It is an input that others are computed from.
    Given,
    /// Nothing here computes it yet.
    Skipped,
}

/// One line of the table.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    /// The file, without folder and extension.
    pub stage: String,
    /// The tensor or the table in it.
    pub tensor: String,
    /// Largest difference.
    pub max_abs: Option<f64>,
    /// Largest difference over the largest expected magnitude.
    pub relative: Option<f64>,
    /// How it was compared.
    pub tolerance: Option<Comparison>,
    /// What became of it.
    pub verdict: Verdict,
    /// Why, where the numbers do not say it.
    pub note: Option<String>,
}

impl Row {
    /// A line without numbers.
    pub(super) fn plain(stage: &str, tensor: &str, verdict: Verdict, note: Option<String>) -> Self {
        Self {
            stage: stage.to_owned(),
            tensor: tensor.to_owned(),
            max_abs: None,
            relative: None,
            tolerance: None,
            verdict,
            note,
        }
    }

    /// The line of a comparison.
    pub(super) fn compared(
        [stage, tensor]: [&str; 2],
        comparison: Comparison,
        got: &Numbers,
        want: &Numbers,
    ) -> Self {
        let mut row = Self::plain(stage, tensor, Verdict::Failed, None);
        row.tolerance = Some(comparison);
        if got.axes() != want.axes() || got.values.len() != want.values.len() {
            let (got, want) = (&got.shape, &want.shape);
            row.note = Some(format!("computed shape {got:?}, stored {want:?}"));
            return row;
        }
        if let Some(at) = got.values.iter().position(|v| !v.is_finite()) {
            row.note = Some(format!("element {at} is not finite"));
            return row;
        }
        let distance = Distance::between(&got.values, &want.values);
        row.max_abs = Some(distance.largest);
        row.relative = Some(distance.relative());
        row.note = distance.note(comparison);
        if distance.within(comparison) {
            row.verdict = Verdict::Passed;
        }
        row
    }

    /// How the tolerance is shown.
    #[must_use]
    pub fn tolerance_text(&self) -> String {
        match self.tolerance {
            None => String::new(),
            Some(Comparison::Exact) => "exact".into(),
            Some(Comparison::Close(atol)) => format!("{atol:.2e}"),
            Some(Comparison::Either(share)) => format!("{share:.2e} either"),
            Some(Comparison::Pixels) => "1 on 0.5 %".into(),
        }
    }
}

struct Distance {
    largest: f64,
    magnitude: f64,
    differing: usize,
    count: usize,
}

impl Distance {
    fn between(got: &[f64], want: &[f64]) -> Self {
        let mut distance = Self {
            largest: 0.0,
            magnitude: 0.0,
            differing: 0,
            count: want.len(),
        };
        for (got, want) in got.iter().zip(want) {
            let apart = (got - want).abs();
            // A stored NaN must not pass: it compares false with everything.
            if apart.is_nan() || apart > distance.largest {
                distance.largest = if apart.is_nan() { f64::INFINITY } else { apart };
            }
            distance.magnitude = distance.magnitude.max(want.abs());
            distance.differing += usize::from(apart != 0.0);
        }
        distance
    }

    fn relative(&self) -> f64 {
        if self.largest == 0.0 {
            return 0.0;
        }
        self.largest / self.magnitude.max(f64::MIN_POSITIVE)
    }

    fn within(&self, comparison: Comparison) -> bool {
        match comparison {
            Comparison::Exact => self.differing == 0,
            Comparison::Close(atol) => self.largest <= atol,
            Comparison::Either(share) => self.largest <= share * self.magnitude.max(1.0),
            Comparison::Pixels => {
                self.largest <= PIXEL_LEVELS
                    && self.differing as f64 <= PIXEL_SHARE * self.count as f64
            }
        }
    }

    fn note(&self, comparison: Comparison) -> Option<String> {
        let close = matches!(comparison, Comparison::Close(_) | Comparison::Either(_));
        let counted = !close && self.differing > 0;
        counted.then(|| format!("{} of {} differ", self.differing, self.count))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(comparison: Comparison, got: &[f64], want: &[f64]) -> Verdict {
        let array = |values: &[f64]| Numbers {
            shape: vec![values.len()],
            values: values.to_vec(),
        };
        Row::compared(["s", "t"], comparison, &array(got), &array(want)).verdict
    }

    #[test]
    fn limits_are_inclusive_and_nothing_beyond_them_passes() {
        use Comparison::{Close, Exact};
        use Verdict::{Failed, Passed};
        assert_eq!(verdict(Exact, &[1.0, 2.0], &[1.0, 2.0]), Passed);
        assert_eq!(verdict(Exact, &[1.0, 2.0], &[1.0, 2.5]), Failed);
        assert_eq!(verdict(Close(0.5), &[1.0], &[1.5]), Passed);
        assert_eq!(verdict(Close(0.5), &[1.0], &[1.6]), Failed);
        assert_eq!(verdict(Close(0.5), &[f64::NAN], &[1.0]), Failed);
        assert_eq!(verdict(Close(0.5), &[1.0], &[f64::NAN]), Failed);
        assert_eq!(verdict(Close(0.5), &[1.0, 1.0], &[1.0]), Failed);
    }

    #[test]
    fn pixels_may_be_one_level_off_on_a_two_hundredth() {
        let want = vec![10.0; 400];
        let off = |count: usize, by: f64| {
            let mut got = want.clone();
            got.iter_mut().take(count).for_each(|v| *v += by);
            verdict(Comparison::Pixels, &got, &want)
        };
        assert_eq!(off(0, 0.0), Verdict::Passed);
        assert_eq!(off(2, 1.0), Verdict::Passed);
        assert_eq!(off(3, 1.0), Verdict::Failed);
        assert_eq!(off(1, 2.0), Verdict::Failed);
    }

    #[test]
    fn axes_of_one_are_not_compared() {
        let got = Numbers {
            shape: vec![2],
            values: vec![1.0, 2.0],
        };
        let want = Numbers {
            shape: vec![1, 2, 1],
            ..got.clone()
        };
        let row = Row::compared(["s", "t"], Comparison::Exact, &got, &want);
        assert_eq!(row.verdict, Verdict::Passed);
    }
}
