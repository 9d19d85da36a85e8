//! A box: two opposite corners, edges parallel to the image's.

use super::mark::Mark;
use super::{Grounding, GroundingKind, KindSpec, Settled};
use crate::geometry::ImagePoint;

pub(super) const SPEC: KindSpec = KindSpec {
    kind: GroundingKind::Box,
    name: "box",
    points: (2, 2),
    keys: &[
        "bbox_2d",
        "bbox",
        "box",
        "bounding_box",
        "box_2d",
        "boxes",
        "bboxes",
    ],
    tags: &["box", "bbox"],
    settle,
    marks,
    answer,
};

impl Grounding {
    /// A box between two opposite corners, in whichever order.
    #[must_use]
    pub fn from_box(a: ImagePoint, b: ImagePoint) -> Self {
        let mut grounding = Self::new(GroundingKind::Box, vec![a, b]);
        grounding.settle();
        grounding
    }

    /// Left, top, right and bottom of all points: the box itself, or the bounds of any other kind.
    #[must_use]
    pub fn bounds(&self) -> Option<[f32; 4]> {
        let first = self.points.first()?;
        Some(
            self.points
                .iter()
                .fold([first.x, first.y, first.x, first.y], |b, p| {
                    [b[0].min(p.x), b[1].min(p.y), b[2].max(p.x), b[3].max(p.y)]
                }),
        )
    }

    /// Whether `point` lies within the bounds, edges included.
    #[must_use]
    pub fn contains(&self, point: ImagePoint) -> bool {
        self.bounds().is_some_and(|[x1, y1, x2, y2]| {
            (x1..=x2).contains(&point.x) && (y1..=y2).contains(&point.y)
        })
    }

    /// Area of the bounds, in pixels.
    #[must_use]
    pub fn area(&self) -> f32 {
        self.bounds().map_or(0.0, |b| area(b) as f32)
    }

    /// Intersection over union of both bounds, 0 to 1. Continuous boxes (no pixel is added); 0 where both are empty.
    #[must_use]
    pub fn iou(&self, other: &Self) -> f32 {
        let (Some(a), Some(b)) = (self.bounds(), other.bounds()) else {
            return 0.0;
        };
        let shared = area([
            a[0].max(b[0]),
            a[1].max(b[1]),
            a[2].min(b[2]),
            a[3].min(b[3]),
        ]);
        let union = area(a) + area(b) - shared;
        if union > 0.0 {
            (shared / union) as f32
        } else {
            0.0
        }
    }
}

fn area([x1, y1, x2, y2]: [f32; 4]) -> f64 {
    let side = |from: f32, to: f32| (f64::from(to) - f64::from(from)).max(0.0);
    side(x1, x2) * side(y1, y2)
}

/// Top-left corner first.
fn settle(points: &mut [ImagePoint]) -> Settled {
    let [a, b] = points else {
        return Settled::Empty;
    };
    let swapped = a.x > b.x || a.y > b.y;
    (*a, *b) = (
        ImagePoint::new(a.x.min(b.x), a.y.min(b.y)),
        ImagePoint::new(a.x.max(b.x), a.y.max(b.y)),
    );
    match (a.x < b.x && a.y < b.y, swapped) {
        (false, _) => Settled::Empty,
        (true, true) => Settled::Reordered,
        (true, false) => Settled::Kept,
    }
}

fn marks(grounding: &Grounding) -> Vec<Mark> {
    grounding
        .bounds()
        .map_or_else(Vec::new, |[x1, y1, x2, y2]| {
            vec![Mark::Outline(vec![
                ImagePoint::new(x1, y1),
                ImagePoint::new(x2, y1),
                ImagePoint::new(x2, y2),
                ImagePoint::new(x1, y2),
            ])]
        })
}

/// Qwen2.5-VL's own form: `[{"bbox_2d": [x1, y1, x2, y2], "label": "…"}]`, the label left out where there is none.
fn answer(boxes: &[Grounding]) -> String {
    let items: Vec<String> = boxes
        .iter()
        .filter_map(|g| Some((g.bounds()?, g.label.as_deref())))
        .map(|([x1, y1, x2, y2], label)| {
            let ((x1, x2), (y1, y2)) = (side(x1, x2), side(y1, y2));
            let label = label.map_or_else(String::new, |label| {
                format!(r#", "label": {}"#, serde_json::Value::from(label))
            });
            format!(r#"{{"bbox_2d": [{x1}, {y1}, {x2}, {y2}]{label}}}"#)
        })
        .collect();
    format!("[{}]", items.join(", "))
}

/// Both ends as whole pixels; a side thinner than a pixel is widened, so that rounding cannot make the box vanish.
fn side(from: f32, to: f32) -> (i64, i64) {
    match (super::whole(from), super::whole(to)) {
        (a, b) if a == b => (from.floor() as i64, to.ceil() as i64),
        ends => ends,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn boxed([x1, y1, x2, y2]: [f32; 4]) -> Grounding {
        Grounding::from_box(ImagePoint::new(x1, y1), ImagePoint::new(x2, y2))
    }

    #[test]
    fn iou_is_that_of_continuous_boxes() {
        let unit = boxed([0.0, 0.0, 10.0, 10.0]);
        for (other, expected) in [
            ([0.0, 0.0, 10.0, 10.0], 1.0),
            ([20.0, 20.0, 30.0, 30.0], 0.0),
            ([10.0, 0.0, 20.0, 10.0], 0.0),
            ([0.0, 0.0, 10.0, 5.0], 0.5),
        ] {
            assert!(
                (unit.iou(&boxed(other)) - expected).abs() < 1e-6,
                "{other:?}"
            );
        }
        // From numpy, f64.
        let a = boxed([235.512_53, 87.409_19, 357.209_45, 259.354_84]);
        let b = boxed([270.332_53, 85.729_28, 335.675_7, 246.625_2]);
        assert!((a.iou(&b) - 0.494_588).abs() < 1e-6);
    }

    #[test]
    fn iou_of_nothing_is_zero_and_not_nan() {
        let flat = boxed([3.0, 3.0, 3.0, 9.0]);
        assert!(flat.iou(&flat).abs() < f32::EPSILON);
        assert!(flat.iou(&Grounding::trace(vec![])).abs() < f32::EPSILON);
    }

    #[test]
    fn corners_come_in_any_order() {
        assert_eq!(boxed([30.0, 2.0, 1.0, 40.0]), boxed([1.0, 2.0, 30.0, 40.0]));
        let mut points = [ImagePoint::new(5.0, 1.0), ImagePoint::new(2.0, 9.0)];
        assert_eq!(settle(&mut points), Settled::Reordered);
        assert_eq!(settle(&mut points), Settled::Kept);
        points[1].x = points[0].x;
        assert_eq!(settle(&mut points), Settled::Empty);
    }

    #[test]
    fn a_thin_box_survives_rounding() {
        let thin = boxed([10.2, 5.0, 10.4, 9.0]);
        assert_eq!(answer(&[thin]), r#"[{"bbox_2d": [10, 5, 11, 9]}]"#);
    }

    #[test]
    fn inside_includes_the_edge() {
        let b = boxed([1.0, 2.0, 3.0, 4.0]);
        assert!(b.contains(ImagePoint::new(3.0, 2.0)));
        assert!(!b.contains(ImagePoint::new(3.1, 2.0)));
        assert!((b.area() - 4.0).abs() < 1e-6);
    }
}
