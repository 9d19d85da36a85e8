//! A trace: the path something should take through the image, in order of time.

use super::mark::Mark;
use super::{Grounding, GroundingKind, KindSpec, Settled, whole};
use crate::geometry::ImagePoint;

pub(super) const SPEC: KindSpec = KindSpec {
    kind: GroundingKind::Trace,
    name: "trace",
    points: (2, 64),
    keys: &[
        "trace",
        "trajectory",
        "points_2d",
        "trace_2d",
        "trajectory_2d",
        "waypoints",
    ],
    tags: &["trace", "trajectory"],
    settle: |_| Settled::Kept,
    marks,
    answer,
};

impl Grounding {
    /// Waypoints in order of time.
    #[must_use]
    pub const fn trace(points: Vec<ImagePoint>) -> Self {
        Self::new(GroundingKind::Trace, points)
    }

    /// Length of the way from the first point to the last, in pixels.
    #[must_use]
    pub fn length(&self) -> f32 {
        self.points
            .windows(2)
            .map(|ends| ends[0].distance(ends[1]))
            .sum()
    }
}

/// `count` points equally spaced along the way through `points`, both ends included. Repeated points weigh nothing;
/// a way of no length gives its first point `count` times; no points give none.
#[must_use]
pub fn resample(points: &[ImagePoint], count: usize) -> Vec<ImagePoint> {
    let Some(first) = points.first() else {
        return Vec::new();
    };
    let mut walked = vec![0.0_f64];
    let mut way = vec![*first];
    for (from, to) in points.iter().zip(&points[1..]) {
        let step = f64::from(to.x - from.x).hypot(f64::from(to.y - from.y));
        if step > 0.0 {
            walked.push(walked.last().copied().unwrap_or(0.0) + step);
            way.push(*to);
        }
    }
    let total = walked.last().copied().unwrap_or(0.0);
    let spaces = count.saturating_sub(1).max(1) as f64;
    (0..count)
        .map(|i| at_distance(&way, &walked, total * i as f64 / spaces))
        .collect()
}

/// The point `distance` along `way`, where `walked[i]` is the distance at `way[i]`, strictly increasing.
fn at_distance(way: &[ImagePoint], walked: &[f64], distance: f64) -> ImagePoint {
    let next = walked
        .partition_point(|w| *w < distance)
        .clamp(1, way.len().max(2) - 1);
    let (Some(to), Some(end)) = (way.get(next), walked.get(next)) else {
        return way.first().copied().unwrap_or_default();
    };
    let (from, start) = (way[next - 1], walked[next - 1]);
    let part = ((distance - start) / (end - start)).clamp(0.0, 1.0);
    let between = |a: f32, b: f32| (f64::from(a) + part * (f64::from(b) - f64::from(a))) as f32;
    ImagePoint::new(between(from.x, to.x), between(from.y, to.y))
}

fn marks(grounding: &Grounding) -> Vec<Mark> {
    vec![Mark::Path(grounding.points.clone())]
}

/// `[[x1, y1], [x2, y2]]`: the first trace only, since an answer describes one motion.
fn answer(traces: &[Grounding]) -> String {
    let items: Vec<String> = traces
        .first()
        .into_iter()
        .flat_map(|g| &g.points)
        .map(|p| format!("[{}, {}]", whole(p.x), whole(p.y)))
        .collect();
    format!("[{}]", items.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(points: &[(f32, f32)]) -> Vec<ImagePoint> {
        points
            .iter()
            .map(|(x, y)| ImagePoint::new(*x, *y))
            .collect()
    }

    fn assert_near(found: &[ImagePoint], expected: &[(f32, f32)]) {
        assert_eq!(found.len(), expected.len());
        for (found, expected) in found.iter().zip(path(expected)) {
            assert!(found.distance(expected) < 1e-3, "{found:?} {expected:?}");
        }
    }

    #[test]
    fn resampling_agrees_with_shapely() {
        let trace = path(&[
            (304.845_57, 318.137_67),
            (270.904, 315.395_65),
            (251.717_96, 305.857_01),
            (212.112_35, 328.082_84),
            (181.073_38, 303.032_4),
            (164.706_6, 322.104_82),
            (118.019_68, 322.316_47),
            (100.988_6, 331.464_8),
        ]);
        assert_near(
            &resample(&trace, 8),
            &[
                (304.845_57, 318.137_67),
                (271.819_85, 315.469_64),
                (242.310_01, 311.136_55),
                (213.415_54, 327.351_52),
                (187.491_55, 308.212_29),
                (164.867_28, 321.917_81),
                (131.820_3, 322.253_9),
                (100.988_6, 331.464_8),
            ],
        );
    }

    #[test]
    fn repeated_points_weigh_nothing() {
        let stuttering = path(&[
            (0.0, 0.0),
            (0.0, 0.0),
            (10.0, 0.0),
            (10.0, 0.0),
            (10.0, 10.0),
        ]);
        assert_near(
            &resample(&stuttering, 3),
            &[(0.0, 0.0), (10.0, 0.0), (10.0, 10.0)],
        );
        assert!((Grounding::trace(stuttering).length() - 20.0).abs() < 1e-6);
    }

    #[test]
    fn a_way_of_no_length_is_repeated_and_none_stays_none() {
        assert_near(&resample(&path(&[(3.0, 4.0)]), 3), &[(3.0, 4.0); 3]);
        assert_near(
            &resample(&path(&[(3.0, 4.0), (3.0, 4.0)]), 2),
            &[(3.0, 4.0); 2],
        );
        assert_near(
            &resample(&path(&[(3.0, 4.0), (5.0, 4.0)]), 1),
            &[(3.0, 4.0)],
        );
        assert!(resample(&[], 5).is_empty());
    }
}
