//! Curves of a run, bounded: a million steps take no more room than a thousand.
//!
//! Neighbouring steps share a bucket that keeps their mean, lowest and highest value, so that a spike stays visible
//! however long the run is. Knows no files and no drawing.

use std::collections::BTreeMap;

use crate::train::StepMetrics;

/// Buckets of a curve at most: more than a wide screen has pixels for one plot.
const BUCKETS: usize = 1024;
/// Curves of a run at most; a file may name as many as it likes.
const SERIES: usize = 48;
/// Longest name of a curve, in bytes.
const NAME: usize = 48;

/// Which number of a step.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Series {
    /// The whole loss.
    Loss,
    /// One part of the loss, before it is weighed.
    Part(String),
    /// Norm of all gradients before clipping.
    GradientNorm,
    /// Projection-space similarity of spatial and action gradients.
    Similarity,
    /// Learning rate of a group.
    Rate(String),
    /// Samples a second.
    Throughput,
}

/// Neighbouring steps together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bucket {
    /// First step.
    pub first: u64,
    /// Last step.
    pub last: u64,
    /// Steps with a value.
    pub count: u64,
    /// Mean of the values.
    pub mean: f64,
    /// Lowest value.
    pub low: f64,
    /// Highest value.
    pub high: f64,
}

impl Bucket {
    /// Where it is drawn: the middle of its steps.
    #[must_use]
    pub fn step(&self) -> f64 {
        self.first as f64 + (self.last - self.first) as f64 / 2.0
    }

    fn join(&mut self, other: &Self) {
        let count = self.count + other.count;
        let share = other.count as f64 / count.max(1) as f64;
        self.mean += (other.mean - self.mean) * share;
        self.count = count;
        self.last = other.last;
        self.low = self.low.min(other.low);
        self.high = self.high.max(other.high);
    }
}

/// One number over the steps of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    every: u64,
    buckets: Vec<Bucket>,
}

impl Default for Curve {
    fn default() -> Self {
        Self {
            every: 1,
            buckets: Vec::new(),
        }
    }
}

impl Curve {
    /// Adds the value of a step. Steps that are not later than the last one, and values that are no numbers, are left
    /// out.
    pub fn push(&mut self, step: u64, value: f64) {
        if !value.is_finite() {
            return;
        }
        let bucket = Bucket {
            first: step,
            last: step,
            count: 1,
            mean: value,
            low: value,
            high: value,
        };
        let every = self.every;
        match self.buckets.last_mut() {
            Some(last) if step <= last.last => return,
            Some(last) if last.first / every == step / every => last.join(&bucket),
            _ => self.buckets.push(bucket),
        }
        while self.buckets.len() > BUCKETS {
            self.halve();
        }
    }

    fn halve(&mut self) {
        self.every = self.every.saturating_mul(2);
        let every = self.every;
        self.buckets.dedup_by(|later, kept| {
            let same = later.first / every == kept.first / every;
            if same {
                kept.join(later);
            }
            same
        });
    }

    /// Forgets the steps from `step` on: a resumed run takes them again.
    pub fn cut(&mut self, step: u64) {
        self.buckets.retain(|bucket| bucket.last < step);
    }

    /// The buckets, in order of their steps.
    #[must_use]
    pub fn buckets(&self) -> &[Bucket] {
        &self.buckets
    }

    /// The last value, or the mean of the last few steps of a long run.
    #[must_use]
    pub fn last(&self) -> Option<f64> {
        self.buckets.last().map(|bucket| bucket.mean)
    }

    /// The value nearest to a step.
    #[must_use]
    pub fn near(&self, step: f64) -> Option<f64> {
        let after = self.buckets.partition_point(|bucket| bucket.step() < step);
        let around = [after.checked_sub(1), Some(after)];
        let around = around.into_iter().flatten();
        let found = around.filter_map(|at| self.buckets.get(at));
        let far = |bucket: &&Bucket| (bucket.step() - step).abs();
        let nearest = found.min_by(|a, b| far(a).total_cmp(&far(b)));
        nearest.map(|bucket| bucket.mean)
    }
}

/// Every curve of a run.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RunCurves {
    series: BTreeMap<Series, Curve>,
    last: Option<StepMetrics>,
}

impl RunCurves {
    /// Adds a step.
    pub fn push(&mut self, metrics: &StepMetrics) {
        let step = metrics.step;
        if self.last.as_ref().is_some_and(|last| step <= last.step) {
            return;
        }
        self.add(Series::Loss, step, metrics.loss);
        for (name, loss) in &metrics.losses {
            self.add(Series::Part(short(name)), step, *loss);
        }
        self.add(Series::GradientNorm, step, metrics.gradient_norm);
        for (name, rate) in &metrics.rates {
            self.add(Series::Rate(short(name)), step, *rate);
        }
        if let Some(similarity) = metrics.similarity {
            self.add(Series::Similarity, step, similarity);
        }
        self.add(Series::Throughput, step, metrics.samples_per_second);
        self.last = Some(metrics.clone());
    }

    fn add(&mut self, series: Series, step: u64, value: f64) {
        if let Some(curve) = self.series.get_mut(&series) {
            curve.push(step, value);
        } else if self.series.len() < SERIES {
            let mut curve = Curve::default();
            curve.push(step, value);
            self.series.insert(series, curve);
        }
    }

    /// Forgets the steps from `step` on.
    pub fn cut(&mut self, step: u64) {
        for curve in self.series.values_mut() {
            curve.cut(step);
        }
        if self.last.as_ref().is_some_and(|last| last.step >= step) {
            let loss = self.of(&Series::Loss).and_then(|loss| loss.buckets.last());
            self.last = loss.map(|bucket| StepMetrics {
                step: bucket.last,
                loss: bucket.mean,
                ..StepMetrics::default()
            });
        }
    }

    /// One curve.
    #[must_use]
    pub fn of(&self, series: &Series) -> Option<&Curve> {
        self.series.get(series)
    }

    /// Every curve there is.
    pub fn series(&self) -> impl Iterator<Item = (&Series, &Curve)> {
        self.series.iter()
    }

    /// The newest step.
    #[must_use]
    pub const fn last(&self) -> Option<&StepMetrics> {
        self.last.as_ref()
    }

    /// Whether there is no step.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.last.is_none()
    }
}

fn short(name: &str) -> String {
    let end = name.floor_char_boundary(NAME);
    name[..end].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(step: u64, loss: f64) -> StepMetrics {
        StepMetrics {
            step,
            loss,
            ..StepMetrics::default()
        }
    }

    #[test]
    fn a_million_steps_are_bounded_and_keep_spike_and_mean() {
        let mut curve = Curve::default();
        for at in 1..=1_000_000_u64 {
            let spike = if at == 777_777 { 1000.0 } else { 0.0 };
            curve.push(at, (at % 2) as f64 + spike);
        }
        let buckets = curve.buckets();
        assert!(buckets.len() <= BUCKETS && buckets.len() > BUCKETS / 4);
        assert_eq!(buckets.iter().map(|b| b.count).sum::<u64>(), 1_000_000);
        let sum: f64 = buckets.iter().map(|b| b.mean * b.count as f64).sum();
        assert!((sum - 501_000.0).abs() < 1e-3, "{sum}");
        assert!(
            buckets
                .iter()
                .any(|b| b.high > 1000.0 && b.low.abs() < 1e-12)
        );
        assert!(buckets.is_sorted_by(|a, b| a.last < b.first));
    }

    #[test]
    fn a_resumed_run_takes_its_steps_again() {
        let mut curves = RunCurves::default();
        for at in 1..=20 {
            curves.push(&step(at, 1.0));
        }
        curves.cut(11);
        assert_eq!(curves.last().map(|last| last.step), Some(10));
        for at in 11..=20 {
            curves.push(&step(at, 2.0));
        }
        let loss = curves.of(&Series::Loss).unwrap();
        assert_eq!(loss.buckets().len(), 20);
        assert_eq!(
            (loss.near(10.2), loss.near(11.0), loss.last()),
            (Some(1.0), Some(2.0), Some(2.0))
        );
    }

    #[test]
    fn what_is_no_number_and_too_many_names_are_left_out() {
        let mut curves = RunCurves::default();
        let mut metrics = step(1, f64::NAN);
        metrics.losses = (0..500)
            .map(|at| (format!("{at}{}", "é".repeat(200)), 0.5))
            .collect();
        curves.push(&metrics);
        curves.push(&step(1, 3.0));
        assert!(curves.of(&Series::Loss).unwrap().buckets().is_empty());
        assert!(curves.series().count() <= SERIES);
    }
}
