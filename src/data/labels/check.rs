//! Whether a target makes sense in its picture, and what to do where it does not.

use super::geometry::{Rect, Shape, Spot};
use super::mask::MaskError;
use super::record::Target;
use super::report::Reason;
use crate::geometry::ImageSize;

/// Farther outside than this many pixels counts; less is rounding.
const SLACK: f64 = 0.01;

/// What becomes of a target.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Verdict {
    /// Nothing is wrong.
    Good,
    /// It was cut to the picture.
    Clipped(Reason),
    /// Something is wrong, but it is kept.
    Kept(Reason),
    /// It must be left out.
    Bad(Reason),
}

/// Checks a target, and cuts a box to the picture.
pub(super) fn check(target: &mut Target, size: Option<ImageSize>) -> Verdict {
    if !target.shape.is_finite() {
        return Verdict::Bad(Reason::NotFinite);
    }
    tidy_bounds(target, size);
    if let Shape::Polygon(rings) = &mut target.shape {
        rings.retain(|ring| ring.len() > 2);
    }
    if let Some(reason) = senseless(&target.shape, size) {
        return Verdict::Bad(reason);
    }
    let (Some(size), Some(bounds)) = (size, target.shape.bounds()) else {
        return Verdict::Good;
    };
    place(&mut target.shape, bounds, size)
}

/// A stated box is dropped where it is none, and cut to the picture.
fn tidy_bounds(target: &mut Target, size: Option<ImageSize>) {
    let good = |r: &Rect| [r.x1, r.y1, r.x2, r.y2].iter().all(|v| v.is_finite()) && r.area() > 0.0;
    target.bounds = target.bounds.filter(good);
    if let (Some(bounds), Some(size)) = (target.bounds, size)
        && reaches_beyond(bounds, size)
    {
        target.bounds = Some(bounds.clipped(size)).filter(good);
    }
}

/// Why a shape is none, wherever it is.
fn senseless(shape: &Shape, size: Option<ImageSize>) -> Option<Reason> {
    let empty = match shape {
        Shape::Box { rect, .. } => rect.x2 <= rect.x1 || rect.y2 <= rect.y1,
        Shape::Ellipse { radii, .. } => radii.iter().any(|r| *r <= 0.0),
        Shape::Polygon(rings) => Rect::around(rings.concat()).is_none_or(|r| r.area() <= 0.0),
        Shape::Mask(mask) => mask.area() == 0,
        Shape::Trace(spots) if spots.len() < 2 => {
            return Some(Reason::Form("a trace needs at least two points".into()));
        }
        Shape::Point(_) | Shape::Trace(_) => false,
    };
    match (shape, size) {
        (Shape::Mask(mask), Some(size)) if mask.size() != size => {
            let reason = format!("it is {}, the picture {size}", mask.size());
            Some(Reason::Mask(MaskError::Damaged(reason)))
        }
        _ => empty.then_some(Reason::NoArea),
    }
}

/// Compares a shape with its picture. Upright boxes are cut; other shapes would become something else and are kept.
fn place(shape: &mut Shape, bounds: Rect, size: ImageSize) -> Verdict {
    if !reaches_beyond(bounds, size) {
        return Verdict::Good;
    }
    let inside = bounds.clipped(size);
    let touches = match shape {
        Shape::Point(_) => false,
        Shape::Trace(spots) => spots.iter().any(|spot| holds(size, *spot)),
        _ => inside.area() > 0.0,
    };
    if !touches {
        return Verdict::Bad(Reason::Outside);
    }
    match shape {
        Shape::Box { rect, rotation } if *rotation == 0.0 => {
            *rect = inside;
            Verdict::Clipped(Reason::PartlyOutside)
        }
        _ => Verdict::Kept(Reason::PartlyOutside),
    }
}

fn reaches_beyond(bounds: Rect, size: ImageSize) -> bool {
    !holds(size, [bounds.x1, bounds.y1]) || !holds(size, [bounds.x2, bounds.y2])
}

/// Whether a position lies in the picture, but for rounding.
fn holds(size: ImageSize, [x, y]: Spot) -> bool {
    let within = |v: f64, side: u32| (-SLACK..=f64::from(side) + SLACK).contains(&v);
    within(x, size.width) && within(y, size.height)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: ImageSize = ImageSize::new(100, 50);

    fn verdict(shape: Shape) -> (Verdict, Shape) {
        let mut target = Target::new(shape);
        let verdict = check(&mut target, Some(SIZE));
        (verdict, target.shape)
    }

    #[test]
    fn a_box_is_cut_to_the_picture() {
        let (verdict_, shape) = verdict(Shape::upright(Rect::from_xywh([90.0, 40.0, 20.0, 20.0])));
        assert_eq!(verdict_, Verdict::Clipped(Reason::PartlyOutside));
        assert_eq!(
            shape,
            Shape::upright(Rect::from_xywh([90.0, 40.0, 10.0, 10.0]))
        );
    }

    #[test]
    fn rounding_is_no_defect() {
        let shape = Shape::upright(Rect::between([0.0, 0.0], [100.001, 50.0]));
        assert_eq!(verdict(shape.clone()), (Verdict::Good, shape));
    }

    #[test]
    fn nonsense_is_left_out() {
        let rect = |numbers| Shape::upright(Rect::from_xywh(numbers));
        for (shape, reason) in [
            (rect([1.0, 1.0, 0.0, 5.0]), Reason::NoArea),
            (rect([1.0, 1.0, -4.0, 5.0]), Reason::NoArea),
            (rect([f64::NAN, 1.0, 4.0, 5.0]), Reason::NotFinite),
            (rect([200.0, 1.0, 4.0, 5.0]), Reason::Outside),
            (Shape::Point([5.0, 51.0]), Reason::Outside),
            (Shape::Point([f64::INFINITY, 1.0]), Reason::NotFinite),
            (
                Shape::Polygon(vec![vec![[1.0, 1.0], [2.0, 2.0]]]),
                Reason::NoArea,
            ),
        ] {
            assert_eq!(verdict(shape.clone()).0, Verdict::Bad(reason), "{shape:?}");
        }
    }

    #[test]
    fn a_trace_may_leave_the_picture() {
        let trace = Shape::Trace(vec![[5.0, 5.0], [5.0, 80.0]]);
        assert_eq!(verdict(trace).0, Verdict::Kept(Reason::PartlyOutside));
    }
}
