//! Whether a confidence means what it says.

use super::mean;

/// Bins of confidence, where no other number is stated.
pub const BINS: usize = 10;

/// How far stated confidence is from what came true.
#[derive(Debug, Clone, PartialEq)]
pub struct Calibration {
    /// Expected calibration error: gap between mean confidence and share correct, weighted by count.
    pub expected: Option<f64>,
    /// The largest gap of a bin.
    pub largest: Option<f64>,
    /// Brier score: mean squared difference to the outcome.
    pub brier: Option<f64>,
}

impl Calibration {
    /// Of confidences and outcomes, in equal bins `(low, high]`; a confidence of exactly 0 falls in none.
    #[must_use]
    pub fn new(answers: &[(f64, bool)], bins: usize) -> Self {
        let outcome = |correct: bool| f64::from(u8::from(correct));
        let (mut expected, mut largest) = (0.0_f64, 0.0_f64);
        for bin in 0..bins.max(1) {
            let edge = |at: usize| at as f64 / bins.max(1) as f64;
            let inside = |(c, _): &&(f64, bool)| *c > edge(bin) && *c <= edge(bin + 1);
            let (confidence, correct): (Vec<f64>, Vec<f64>) = answers
                .iter()
                .filter(inside)
                .map(|(c, correct)| (*c, outcome(*correct)))
                .unzip();
            if let Some((confidence, share)) = mean(&confidence).zip(mean(&correct)) {
                let gap = (confidence - share).abs();
                expected += gap * correct.len() as f64 / answers.len() as f64;
                largest = largest.max(gap);
            }
        }
        let squares: Vec<f64> = answers
            .iter()
            .map(|(c, ok)| (c - outcome(*ok)).powi(2))
            .collect();
        let known = !answers.is_empty();
        Self {
            expected: known.then_some(expected),
            largest: known.then_some(largest),
            brier: mean(&squares),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edge_belongs_to_the_bin_below_it() {
        let sure = Calibration::new(&[(0.3, true), (0.31, false)], 10);
        // 0.3 lies in (0.2, 0.3] with gap 0.7, 0.31 in (0.3, 0.4] with gap 0.31.
        assert!((sure.largest.expect("answers") - 0.7).abs() < 1e-12);
        assert!((sure.expected.expect("answers") - 0.505).abs() < 1e-12);
        assert_eq!(Calibration::new(&[], 10).brier, None);
    }
}
