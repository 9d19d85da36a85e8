//! Statistics of a feature: what normalisation needs, element by element.
//!
//! Standard deviations are those of the population. Quantiles interpolate linearly between the two nearest values.

use serde::Serialize;
use serde_json::{Map, Value};

/// Names and shares of the quantiles that are kept.
pub const QUANTILES: [(&str, f64); 5] = [
    ("q01", 0.01),
    ("q10", 0.10),
    ("q50", 0.50),
    ("q90", 0.90),
    ("q99", 0.99),
];
/// Most elements of one feature.
const MAX_WIDTH: usize = 1 << 16;

/// Statistics of every element of a feature.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Stats {
    /// Smallest values.
    pub min: Vec<f64>,
    /// Largest values.
    pub max: Vec<f64>,
    /// Means.
    pub mean: Vec<f64>,
    /// Standard deviations of the population.
    pub std: Vec<f64>,
    /// Number of rows, or of sampled pictures.
    pub count: u64,
    /// Quantiles in the order of [`QUANTILES`]; empty where the dataset has none.
    pub quantiles: Vec<Vec<f64>>,
}

impl Stats {
    /// Statistics of rows of `width` values each.
    #[must_use]
    pub fn of_rows(width: usize, values: &[f64]) -> Self {
        let width = width.max(1);
        let count = values.len() / width;
        let mut stats = Self {
            count: count as u64,
            quantiles: vec![Vec::with_capacity(width); QUANTILES.len()],
            ..Self::default()
        };
        let mut sorted = Vec::with_capacity(count);
        for element in 0..width {
            sorted.clear();
            sorted.extend(values.iter().skip(element).step_by(width).take(count));
            sorted.sort_by(f64::total_cmp);
            let mean = sorted.iter().sum::<f64>() / count as f64;
            let spread = sorted
                .iter()
                .map(|value| (value - mean).powi(2))
                .sum::<f64>();
            stats.min.push(sorted.first().copied().unwrap_or(f64::NAN));
            stats.max.push(sorted.last().copied().unwrap_or(f64::NAN));
            stats.mean.push(mean);
            stats.std.push((spread / count as f64).sqrt());
            for (list, (_, share)) in stats.quantiles.iter_mut().zip(QUANTILES) {
                list.push(quantile(&sorted, share));
            }
        }
        stats
    }

    /// Joins statistics of parts. Means and deviations come out exactly; quantiles cannot be merged and become their
    /// weighted mean, as in LeRobot.
    #[must_use]
    pub fn merged<'a>(parts: impl IntoIterator<Item = &'a Self>) -> Option<Self> {
        let mut merge: Option<Merge> = None;
        for part in parts {
            match &mut merge {
                None => merge = Some(Merge::new(part)),
                Some(merge) => merge.add(part),
            }
        }
        merge.map(Merge::finish)
    }

    /// Reads what `stats.json` holds for one feature, whatever its nesting.
    #[must_use]
    pub fn from_json(value: &Value) -> Option<Self> {
        let list = |name: &str| flat(value.get(name)?);
        let quantiles: Option<Vec<_>> = QUANTILES.iter().map(|(name, _)| list(name)).collect();
        let count = list("count").and_then(|count| count.first().copied());
        let stats = Self {
            min: list("min")?,
            max: list("max")?,
            mean: list("mean")?,
            std: list("std")?,
            count: count.unwrap_or(0.0).max(0.0) as u64,
            quantiles: quantiles.unwrap_or_default(),
        };
        let width = stats.mean.len();
        let lists = [&stats.min, &stats.max, &stats.std];
        let even = lists
            .into_iter()
            .chain(&stats.quantiles)
            .all(|list| list.len() == width);
        even.then_some(stats)
    }

    /// As `stats.json` holds it. `nested` wraps every element twice, as statistics of pictures are written: shape
    /// (3, 1, 1).
    #[must_use]
    pub fn to_json(&self, nested: bool) -> Value {
        let list = |values: &[f64]| -> Value {
            let element = |value: &f64| {
                let value = Value::from(*value);
                if nested {
                    Value::from(vec![vec![value]])
                } else {
                    value
                }
            };
            values.iter().map(element).collect()
        };
        let mut object = Map::new();
        for (name, values) in [
            ("min", &self.min),
            ("max", &self.max),
            ("mean", &self.mean),
            ("std", &self.std),
        ] {
            object.insert(name.into(), list(values));
        }
        object.insert("count".into(), vec![self.count].into());
        for ((name, _), values) in QUANTILES.iter().zip(&self.quantiles) {
            object.insert((*name).into(), list(values));
        }
        Value::Object(object)
    }
}

/// Sums over parts.
struct Merge {
    sum: Stats,
    /// Sum of count x (std^2 + mean^2).
    squares: Vec<f64>,
    /// Whether every part so far has quantiles.
    quantiles: bool,
}

impl Merge {
    fn new(part: &Stats) -> Self {
        let zero = vec![0.0; part.mean.len()];
        let mut merge = Self {
            sum: Stats {
                min: vec![f64::INFINITY; zero.len()],
                max: vec![f64::NEG_INFINITY; zero.len()],
                mean: zero.clone(),
                std: Vec::new(),
                count: 0,
                quantiles: vec![zero.clone(); QUANTILES.len()],
            },
            squares: zero,
            quantiles: true,
        };
        merge.add(part);
        merge
    }

    fn add(&mut self, part: &Stats) {
        if part.mean.len() != self.sum.mean.len() {
            return;
        }
        let weight = part.count as f64;
        self.sum.count += part.count;
        self.quantiles &= part.quantiles.len() == QUANTILES.len();
        for at in 0..part.mean.len() {
            self.sum.min[at] = self.sum.min[at].min(part.min[at]);
            self.sum.max[at] = self.sum.max[at].max(part.max[at]);
            self.sum.mean[at] += weight * part.mean[at];
            self.squares[at] += weight * (part.std[at].powi(2) + part.mean[at].powi(2));
        }
        for (sums, values) in self.sum.quantiles.iter_mut().zip(&part.quantiles) {
            for (sum, value) in sums.iter_mut().zip(values) {
                *sum += weight * value;
            }
        }
    }

    fn finish(mut self) -> Stats {
        let count = self.sum.count as f64;
        for mean in self
            .sum
            .mean
            .iter_mut()
            .chain(self.sum.quantiles.iter_mut().flatten())
        {
            *mean /= count;
        }
        let spreads = self.squares.iter().zip(&self.sum.mean);
        self.sum.std = spreads
            .map(|(square, mean)| (square / count - mean.powi(2)).max(0.0).sqrt())
            .collect();
        if !self.quantiles {
            self.sum.quantiles.clear();
        }
        self.sum
    }
}

/// The value below which a share of sorted values lies, interpolated as numpy does by default.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else {
        return f64::NAN;
    };
    let place = share * last as f64;
    let below = place.floor();
    let (low, high) = (
        sorted[below as usize],
        sorted[(below as usize + 1).min(last)],
    );
    low + (high - low) * (place - below)
}

/// The numbers of nested lists in order; true and false count as one and zero, null as NaN.
pub(super) fn flat(value: &Value) -> Option<Vec<f64>> {
    let mut out = Vec::new();
    let mut open = vec![value];
    while let Some(value) = open.pop() {
        match value {
            Value::Array(list) => open.extend(list.iter().rev()),
            Value::Number(number) => out.push(number.as_f64()?),
            Value::Bool(yes) => out.push(f64::from(u8::from(*yes))),
            Value::Null => out.push(f64::NAN),
            Value::String(_) | Value::Object(_) => return None,
        }
        if out.len() > MAX_WIDTH {
            return None;
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(a: &[f64], b: &[f64]) -> bool {
        a.len() == b.len() && a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-12)
    }

    #[test]
    fn numbers_are_those_of_numpy() {
        // np.quantile([3, 1, 2, 10], q), np.std.
        let stats = Stats::of_rows(2, &[3.0, 0.0, 1.0, 0.0, 2.0, 0.0, 10.0, 0.0]);
        assert_eq!(
            (stats.count, &stats.min, &stats.max),
            (4, &vec![1.0, 0.0], &vec![10.0, 0.0])
        );
        assert!(near(&stats.mean, &[4.0, 0.0]) && near(&stats.std, &[12.5_f64.sqrt(), 0.0]));
        let first: Vec<f64> = stats.quantiles.iter().map(|list| list[0]).collect();
        assert!(near(&first, &[1.03, 1.3, 2.5, 7.9, 9.79]), "{first:?}");
    }

    #[test]
    fn merging_parts_is_the_whole() {
        let values: Vec<f64> = (0..30).map(|at| f64::from(at * 7919 % 101)).collect();
        let whole = Stats::of_rows(3, &values);
        let parts = [
            Stats::of_rows(3, &values[..9]),
            Stats::of_rows(3, &values[9..]),
        ];
        let merged = Stats::merged(&parts).unwrap();
        assert_eq!(
            (merged.count, &merged.min, &merged.max),
            (10, &whole.min, &whole.max)
        );
        assert!(near(&merged.mean, &whole.mean));
        assert!(
            merged
                .std
                .iter()
                .zip(&whole.std)
                .all(|(a, b)| (a - b).abs() < 1e-9)
        );
        assert!(Stats::merged([]).is_none());
    }

    #[test]
    fn json_is_read_as_written() {
        let stats = Stats::of_rows(2, &[0.1, -2.0, 0.3, 5.0]);
        for nested in [false, true] {
            assert_eq!(
                Stats::from_json(&stats.to_json(nested)).as_ref(),
                Some(&stats)
            );
        }
        let old = serde_json::json!({"min": [0], "max": [1], "mean": [0.5], "std": [0.5]});
        let old = Stats::from_json(&old).unwrap();
        assert!(old.quantiles.is_empty() && old.count == 0);
        let uneven = serde_json::json!({"min": [0], "max": [1], "mean": [0.5, 1], "std": [0.5]});
        assert!(Stats::from_json(&uneven).is_none());
    }
}
