//! Curves as a screen shows them: a smoothed line over the values themselves, whose spikes stay visible.

use crate::engine::Curve;

/// Share of the line, to either side, that a smoothed curve is the mean of.
const AROUND: f64 = 0.012;

/// What is drawn of a curve: points in the order of their steps.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Drawn {
    /// The values; where several steps share a place, from the lowest to the highest.
    pub raw: Vec<[f64; 2]>,
    /// The mean around each of them; empty where nothing is smoothed.
    pub mean: Vec<[f64; 2]>,
}

/// The points of a curve; `log` takes the logarithm, and leaves out what has none.
pub(super) fn drawn(curve: &Curve, smooth: bool, log: bool) -> Drawn {
    let place = |value: f64| {
        let value = if log { value.log10() } else { value };
        value.is_finite().then_some(value)
    };
    let buckets = curve.buckets();
    let mut found = Drawn::default();
    for bucket in buckets {
        let ends = if bucket.count > 1 {
            vec![bucket.low, bucket.high]
        } else {
            vec![bucket.mean]
        };
        let ends = ends.into_iter().filter_map(place);
        found.raw.extend(ends.map(|value| [bucket.step(), value]));
    }
    if smooth {
        // The mean of both sides, so that a turn stays where it is.
        let around = (buckets.len() as f64 * AROUND).ceil() as usize;
        for (at, bucket) in buckets.iter().enumerate() {
            let near = &buckets[at.saturating_sub(around)..(at + around + 1).min(buckets.len())];
            let sum: f64 = near.iter().map(|bucket| bucket.mean).sum();
            let mean = place(sum / near.len() as f64);
            found.mean.extend(mean.map(|value| [bucket.step(), value]));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_smoothed_constant_is_the_constant_from_the_start() {
        let mut curve = Curve::default();
        for step in 1..=500 {
            curve.push(step, 3.0);
        }
        let found = drawn(&curve, true, false);
        assert_eq!((found.raw.len(), found.mean.len()), (500, 500));
        assert!(
            found
                .mean
                .iter()
                .all(|[_, value]| (value - 3.0).abs() < 1e-9)
        );
        let found = drawn(&curve, false, true);
        assert!(found.mean.is_empty() && (found.raw[0][1] - 3.0_f64.log10()).abs() < 1e-12);
    }

    #[test]
    fn what_has_no_logarithm_is_left_out() {
        let mut curve = Curve::default();
        for (step, value) in [(1, 0.0), (2, -1.0), (3, 10.0)] {
            curve.push(step, value);
        }
        assert_eq!(drawn(&curve, false, true).raw, [[3.0, 1.0]]);
        assert!(drawn(&Curve::default(), true, true).raw.is_empty());
    }
}
