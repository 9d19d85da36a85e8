//! Whether a simulation orders policies as real robots do: `SimplerEnv`'s two measures.

use super::mean;

/// Mean maximum rank violation: for each policy the largest real gap to a policy that the simulation orders
/// differently (`(sim_i > sim_j) != (real_i > real_j)`), then the mean. None of no policies.
#[must_use]
pub fn mean_max_rank_violation(simulated: &[f64], real: &[f64]) -> Option<f64> {
    let pairs: Vec<(f64, f64)> = simulated
        .iter()
        .copied()
        .zip(real.iter().copied())
        .collect();
    let worst = |(sim, real): &(f64, f64)| {
        pairs
            .iter()
            .filter(|(s, r)| (sim > s) != (real > r))
            .map(|(_, r)| (real - r).abs())
            .fold(0.0, f64::max)
    };
    mean(&pairs.iter().map(worst).collect::<Vec<_>>())
}

/// Pearson's correlation; none where one side is constant or there are no pairs.
#[must_use]
pub fn pearson(a: &[f64], b: &[f64]) -> Option<f64> {
    let count = a.len().min(b.len());
    let (a, b) = (&a[..count], &b[..count]);
    let (mean_a, mean_b) = (mean(a)?, mean(b)?);
    let (mut both, mut of_a, mut of_b) = (0.0, 0.0, 0.0);
    for (a, b) in a.iter().zip(b) {
        let (a, b) = (a - mean_a, b - mean_b);
        both += a * b;
        of_a += a * a;
        of_b += b * b;
    }
    super::ratio(both, (of_a * of_b).sqrt()).map(|r| r.clamp(-1.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_swapped_pair_costs_its_real_gap() {
        let violation = mean_max_rank_violation(&[0.1, 0.2], &[0.8, 0.5]);
        assert!((violation.expect("two policies") - 0.3).abs() < 1e-12);
        assert_eq!(mean_max_rank_violation(&[0.1, 0.2], &[0.5, 0.8]), Some(0.0));
        assert_eq!(mean_max_rank_violation(&[], &[]), None);
    }

    #[test]
    fn constants_do_not_correlate() {
        assert_eq!(pearson(&[1.0, 1.0], &[1.0, 2.0]), None);
        assert_eq!(pearson(&[1.0, 2.0], &[3.0, 5.0]), Some(1.0));
    }
}
