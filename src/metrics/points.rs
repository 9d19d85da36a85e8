//! Points: inside a box, a polygon or a mask. A boundary counts as inside.

use super::boxes::Corners;
use super::mean;

/// Whether a point lies in a box, edges included.
#[must_use]
pub fn in_box([x, y]: [f64; 2], [x1, y1, x2, y2]: Corners) -> bool {
    (x1..=x2).contains(&x) && (y1..=y2).contains(&y)
}

/// Whether a point lies in a polygon (even-odd rule), edges and corners included.
#[must_use]
pub fn in_polygon([x, y]: [f64; 2], corners: &[[f64; 2]]) -> bool {
    let mut inside = false;
    let mut last = match corners.last() {
        Some(last) => *last,
        None => return false,
    };
    for corner in corners {
        let ([ax, ay], [bx, by]) = (last, *corner);
        if on_edge([x, y], last, *corner) {
            return true;
        }
        if (ay > y) != (by > y) && x < (bx - ax) * (y - ay) / (by - ay) + ax {
            inside = !inside;
        }
        last = *corner;
    }
    inside
}

/// Whether a point lies on a straight edge, but for the rounding of the product that tells.
fn on_edge([x, y]: [f64; 2], [ax, ay]: [f64; 2], [bx, by]: [f64; 2]) -> bool {
    let (left, right) = ((bx - ax) * (y - ay), (by - ay) * (x - ax));
    let between = |v: f64, a: f64, b: f64| (a.min(b)..=a.max(b)).contains(&v);
    (left - right).abs() <= 4.0 * f64::EPSILON * (left.abs() + right.abs())
        && between(x, ax, bx)
        && between(y, ay, by)
}

/// A mask, asked by column and row.
pub struct MaskView<'a> {
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Whether the pixel at a column and row inside the picture belongs to the mask.
    pub inside: &'a dyn Fn(u32, u32) -> bool,
}

/// Whether a point lies on a pixel of the mask: pixel `floor(x), floor(y)`; outside the picture it does not.
#[must_use]
pub fn in_mask([x, y]: [f64; 2], mask: &MaskView) -> bool {
    let (x, y) = (x.floor(), y.floor());
    let within = |v: f64, side: u32| (0.0..f64::from(side)).contains(&v);
    within(x, mask.width) && within(y, mask.height) && (mask.inside)(x as u32, y as u32)
}

/// `Where2Place`'s score of one answer: the share of its points on the mask; an answer without points scores 0.
#[must_use]
pub fn mask_score(points: &[[f64; 2]], mask: &MaskView) -> f64 {
    let hits: Vec<f64> = points
        .iter()
        .map(|point| f64::from(u8::from(in_mask(*point, mask))))
        .collect();
    mean(&hits).unwrap_or(0.0)
}

/// Most pixels that a box is expanded to; of a larger one every second, third and so on.
const MOST: u64 = 1 << 20;

/// The pixels of a box given in answer to a question for points, as `Where2Place` expands it: corners cut to whole
/// numbers, the far ones excluded, clipped to the picture.
#[must_use]
pub fn expanded([x1, y1, x2, y2]: Corners, mask: &MaskView) -> Vec<[f64; 2]> {
    let range = |from: f64, to: f64, side: u32| {
        let bound = |v: f64| v.trunc().clamp(0.0, f64::from(side)) as u32;
        bound(from)..bound(to)
    };
    let (columns, rows) = (range(x1, x2, mask.width), range(y1, y2, mask.height));
    let mut stride = 1_usize;
    while (columns.len() / stride) as u64 * (rows.len() / stride) as u64 > MOST {
        stride += 1;
    }
    rows.step_by(stride)
        .flat_map(|y| {
            let columns = columns.clone().step_by(stride);
            columns.map(move |x| [f64::from(x), f64::from(y)])
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTCHED: [[f64; 2]; 5] = [
        [10.0, 10.0],
        [60.0, 12.0],
        [58.0, 50.0],
        [35.0, 28.0],
        [12.0, 48.0],
    ];

    #[test]
    fn edges_and_corners_are_inside_the_notch_is_not() {
        for corner in NOTCHED {
            assert!(in_polygon(corner, &NOTCHED), "{corner:?}");
        }
        assert!(in_polygon([35.0, 11.0], &NOTCHED), "the middle of an edge");
        assert!(!in_polygon([35.0, 30.0], &NOTCHED));
        assert!(!in_polygon([35.0, 10.9], &NOTCHED));
        assert!(!in_polygon([1.0, 1.0], &[]));
    }

    #[test]
    fn a_mask_is_asked_inside_its_picture_only() {
        let mask = MaskView {
            width: 4,
            height: 3,
            inside: &|x, y| x == 3 && y == 2,
        };
        assert!(in_mask([3.99, 2.0], &mask));
        for outside in [
            [4.0, 2.0],
            [3.0, 3.0],
            [-0.1, 2.0],
            [f64::NAN, 2.0],
            [2.9, 2.0],
        ] {
            assert!(!in_mask(outside, &mask), "{outside:?}");
        }
        assert!(mask_score(&[], &mask) == 0.0);
        assert!((mask_score(&[[3.0, 2.0], [0.0, 0.0]], &mask) - 0.5).abs() < 1e-12);
    }

    #[test]
    fn a_box_answer_is_all_its_pixels() {
        let mask = MaskView {
            width: 4,
            height: 3,
            inside: &|x, _| x >= 2,
        };
        let all = expanded([1.9, 0.0, 3.5, 99.0], &mask);
        assert_eq!(all.len(), 2 * 3);
        assert!((mask_score(&all, &mask) - 0.5).abs() < 1e-12);
        let huge = MaskView {
            width: 60_000,
            height: 60_000,
            inside: &|x, _| x < 30_000,
        };
        let all = expanded([0.0, 0.0, 6e4, 6e4], &huge);
        assert!((all.len() as u64) < 2 * MOST && (mask_score(&all, &huge) - 0.5).abs() < 1e-3);
    }
}
