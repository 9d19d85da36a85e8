//! Traces: how far one path through the picture is from another.
//!
//! Both are resampled to the same number of points by arc length first, unless a measure says raw. Distances are
//! Euclidean, in pixels.

use super::mean;

/// A waypoint.
pub type Waypoint = [f64; 2];

/// Points both traces are resampled to, where no other number is stated.
pub const POINTS: usize = 8;

/// `count` points equally spaced by arc length, both ends included. Repeated points weigh nothing; a trace of one
/// place gives it `count` times; no points give none.
#[must_use]
pub fn resample(points: &[Waypoint], count: usize) -> Vec<Waypoint> {
    let mut way: Vec<Waypoint> = Vec::with_capacity(points.len());
    let mut walked: Vec<f64> = Vec::with_capacity(points.len());
    for point in points {
        match (way.last(), walked.last()) {
            (Some(last), Some(so_far)) if apart(*last, *point) > 0.0 => {
                walked.push(so_far + apart(*last, *point));
            }
            (Some(_), _) => continue,
            (None, _) => walked.push(0.0),
        }
        way.push(*point);
    }
    let Some(total) = walked.last() else {
        return Vec::new();
    };
    let spaces = count.saturating_sub(1).max(1) as f64;
    (0..count)
        .map(|index| at(&way, &walked, total * index as f64 / spaces))
        .collect()
}

/// The point `distance` along a way, where `walked[i]`, never falling, is the distance at `way[i]`.
fn at(way: &[Waypoint], walked: &[f64], distance: f64) -> Waypoint {
    let next = walked.partition_point(|w| *w < distance).min(way.len() - 1);
    let before = next.saturating_sub(1);
    let length = walked[next] - walked[before];
    if length <= 0.0 {
        return way[next];
    }
    let share = ((distance - walked[before]) / length).clamp(0.0, 1.0);
    let between = |axis: usize| way[before][axis] + share * (way[next][axis] - way[before][axis]);
    [between(0), between(1)]
}

/// Every measure of one pair of traces.
#[derive(Debug, Clone, PartialEq)]
pub struct TraceScore {
    /// Discrete Fréchet distance.
    pub frechet: f64,
    /// Symmetric Hausdorff distance.
    pub hausdorff: f64,
    /// Dynamic time warping: sum of the costs of the cheapest alignment, not normalised.
    pub warping: Option<f64>,
    /// Root of the mean squared distance.
    pub rmse: f64,
    /// Mean distance.
    pub mean_distance: f64,
    /// Distance of the last points.
    pub last_distance: f64,
    /// Mean absolute difference of a coordinate.
    pub mae: Option<f64>,
    /// The same after scaling each axis of the picture to 0-1000.
    pub mae_1000: Option<f64>,
    /// Root of the mean squared distance after scaling each axis of the picture to 0-1.
    pub rmse_unit: Option<f64>,
}

impl TraceScore {
    /// Of a predicted and a true trace in a picture of `size`, resampled to `count` points. None where the truth has
    /// no points. A prediction without points is as wrong as the picture allows: its diagonal, and left out of what
    /// has no largest value (warping and coordinate errors).
    #[must_use]
    pub fn new(
        predicted: &[Waypoint],
        truth: &[Waypoint],
        size: [f64; 2],
        count: usize,
    ) -> Option<Self> {
        let count = count.max(1);
        let (a, b) = (resample(predicted, count), resample(truth, count));
        if b.is_empty() {
            return None;
        }
        if a.is_empty() {
            return Some(Self::worst(size));
        }
        let scaled = |by: f64| {
            let each = |p: &Waypoint| [p[0] / size[0] * by, p[1] / size[1] * by];
            let known = size.iter().all(|side| *side > 0.0);
            known.then(|| {
                [
                    a.iter().map(each).collect(),
                    b.iter().map(each).collect::<Vec<_>>(),
                ]
            })
        };
        let distances: Vec<f64> = a.iter().zip(&b).map(|(a, b)| apart(*a, *b)).collect();
        Some(Self {
            frechet: frechet(&a, &b)?,
            hausdorff: hausdorff(&a, &b)?,
            warping: warping(&a, &b),
            rmse: rmse(&a, &b)?,
            mean_distance: mean(&distances)?,
            last_distance: *distances.last()?,
            mae: mae(&a, &b),
            mae_1000: scaled(1000.0).and_then(|[a, b]: [Vec<_>; 2]| mae(&a, &b)),
            rmse_unit: scaled(1.0).and_then(|[a, b]: [Vec<_>; 2]| rmse(&a, &b)),
        })
    }

    fn worst(size: [f64; 2]) -> Self {
        let diagonal = size[0].hypot(size[1]);
        Self {
            frechet: diagonal,
            hausdorff: diagonal,
            warping: None,
            rmse: diagonal,
            mean_distance: diagonal,
            last_distance: diagonal,
            mae: None,
            mae_1000: None,
            rmse_unit: None,
        }
    }
}

fn apart(a: Waypoint, b: Waypoint) -> f64 {
    (a[0] - b[0]).hypot(a[1] - b[1])
}

fn rmse(a: &[Waypoint], b: &[Waypoint]) -> Option<f64> {
    let squares: Vec<f64> = a
        .iter()
        .zip(b)
        .map(|(a, b)| apart(*a, *b).powi(2))
        .collect();
    mean(&squares).map(f64::sqrt)
}

fn mae(a: &[Waypoint], b: &[Waypoint]) -> Option<f64> {
    let pairs = a.as_flattened().iter().zip(b.as_flattened());
    mean(&pairs.map(|(a, b)| (a - b).abs()).collect::<Vec<_>>())
}

/// Discrete Fréchet distance of two traces as they are; none where one has no points.
#[must_use]
pub fn frechet(a: &[Waypoint], b: &[Waypoint]) -> Option<f64> {
    let farthest = |before: f64, here: f64| before.max(here);
    aligned(a, b, farthest)
}

/// Dynamic time warping of two traces as they are: the smallest sum of distances; none where one has no points.
#[must_use]
pub fn warping(a: &[Waypoint], b: &[Waypoint]) -> Option<f64> {
    let sum = |before: f64, here: f64| before + here;
    aligned(a, b, sum)
}

/// The least cost to walk both traces to their ends, each step advancing one or both; memory is one row.
fn aligned(a: &[Waypoint], b: &[Waypoint], join: impl Fn(f64, f64) -> f64) -> Option<f64> {
    let mut row: Vec<f64> = Vec::new();
    for (i, from) in a.iter().enumerate() {
        let above = std::mem::take(&mut row);
        for (j, to) in b.iter().enumerate() {
            let known = |at: Option<&f64>| at.copied().unwrap_or(f64::INFINITY);
            let left = known(row.last());
            let up = known(above.get(j));
            let corner = j
                .checked_sub(1)
                .map_or(f64::INFINITY, |j| known(above.get(j)));
            let before = if i == 0 && j == 0 {
                0.0
            } else {
                left.min(up).min(corner)
            };
            row.push(join(before, apart(*from, *to)));
        }
    }
    row.last().copied()
}

/// Symmetric Hausdorff distance; none where one has no points.
#[must_use]
pub fn hausdorff(a: &[Waypoint], b: &[Waypoint]) -> Option<f64> {
    let directed = |a: &[Waypoint], b: &[Waypoint]| {
        let nearest = |from: &Waypoint| b.iter().map(|to| apart(*from, *to)).reduce(f64::min);
        a.iter()
            .map(|from| nearest(from).unwrap_or(f64::INFINITY))
            .reduce(f64::max)
    };
    if b.is_empty() {
        return None;
    }
    Some(directed(a, b)?.max(directed(b, a)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_prediction_is_the_diagonal_and_an_empty_truth_nothing() {
        let truth = [[0.0, 0.0], [3.0, 4.0]];
        let worst = TraceScore::new(&[], &truth, [30.0, 40.0], 8).expect("a truth");
        assert!((worst.rmse - 50.0).abs() < 1e-12 && worst.warping.is_none());
        assert!((worst.frechet - 50.0).abs() < 1e-12);
        assert_eq!(TraceScore::new(&truth, &[], [30.0, 40.0], 8), None);
        assert_eq!(warping(&[], &truth), None);
        assert_eq!(hausdorff(&truth, &[]), None);
    }

    #[test]
    fn one_place_is_repeated_and_repeats_weigh_nothing() {
        assert_eq!(resample(&[[3.0, 4.0]], 3), [[3.0, 4.0]; 3]);
        let stutter = [
            [0.0, 0.0],
            [0.0, 0.0],
            [10.0, 0.0],
            [10.0, 0.0],
            [10.0, 10.0],
        ];
        assert_eq!(
            resample(&stutter, 3),
            [[0.0, 0.0], [10.0, 0.0], [10.0, 10.0]]
        );
        assert_eq!(resample(&stutter, 1), [[0.0, 0.0]]);
    }

    #[test]
    fn a_reversed_trace_covers_the_same_places_but_not_in_time() {
        let there = [[0.0, 0.0], [10.0, 0.0]];
        let back = [[10.0, 0.0], [0.0, 0.0]];
        let score = TraceScore::new(&there, &back, [100.0, 100.0], 8).expect("both");
        assert!(score.hausdorff < 1e-12 && (score.frechet - 10.0).abs() < 1e-12);
    }
}
