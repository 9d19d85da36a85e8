//! Places of the world in a picture, and ways through it.

use crate::geometry::{ImagePoint, ImageSize};
use crate::grounding::resample;
use crate::sim::render::{Camera, View};

/// Points of a resampled trace (A0's and InternVLA-M1's number).
pub const TRACE_POINTS: usize = 8;
/// Something this much nearer than a place hides it, in metres.
const TOLERANCE: f64 = 0.015;

/// A place of the world in a picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Projected {
    /// In pixels, within the image or not.
    pub pixel: [f64; 2],
    /// Metres along the camera's axis.
    pub depth: f64,
}

/// Where a place of the world appears; nowhere if it lies behind the camera.
#[must_use]
pub fn project(camera: &Camera, place: [f64; 3]) -> Option<Projected> {
    let [x, y, z] = camera.pose.inverse().apply(place);
    let lens = &camera.lens;
    (z > 0.0).then(|| Projected {
        pixel: [lens.fx * x / z + lens.cx, lens.fy * y / z + lens.cy],
        depth: z,
    })
}

impl Projected {
    /// Whether it lies within the image.
    #[must_use]
    pub fn inside(&self, size: ImageSize) -> bool {
        let [x, y] = self.pixel;
        x >= 0.0 && y >= 0.0 && x < f64::from(size.width) && y < f64::from(size.height)
    }

    /// Whether it is seen: within the image, and nothing in front of it.
    #[must_use]
    pub fn visible(&self, view: &View) -> bool {
        if !self.inside(view.size) {
            return false;
        }
        let [x, y] = self.pixel.map(|x| x as usize);
        let index = y * view.size.width as usize + x;
        let first = view.depths.get(index).copied().unwrap_or_default();
        first == 0.0 || f64::from(first) > self.depth - TOLERANCE
    }
}

/// A way through a picture.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Trace {
    /// Where each place of the way appears; nowhere if it is behind the camera.
    pub places: Vec<Option<[f64; 2]>>,
    /// Whether each lies within the image.
    pub inside: Vec<bool>,
    /// The part of the way within the image, [`TRACE_POINTS`] places equally spaced; empty if none of it is.
    pub points: Vec<[f64; 2]>,
}

/// The way through these places of the world as one camera sees it; of several parts within the image, the first.
#[must_use]
pub fn trace(camera: &Camera, way: &[[f64; 3]]) -> Trace {
    let size = camera.lens.size;
    let projected: Vec<Option<Projected>> =
        way.iter().map(|place| project(camera, *place)).collect();
    let places: Vec<Option<[f64; 2]>> = projected.iter().map(|p| p.map(|p| p.pixel)).collect();
    let inside = projected
        .iter()
        .map(|p| p.is_some_and(|p| p.inside(size)))
        .collect();
    let clipped: Vec<ImagePoint> = clip(&places, size)
        .into_iter()
        .map(|[x, y]| ImagePoint::new(x as f32, y as f32))
        .collect();
    let points = resample(&clipped, TRACE_POINTS)
        .into_iter()
        .map(|point| [f64::from(point.x), f64::from(point.y)])
        .collect();
    Trace {
        places,
        inside,
        points,
    }
}

/// The first part of a way that lies within the image, cut at its edges.
fn clip(places: &[Option<[f64; 2]>], size: ImageSize) -> Vec<[f64; 2]> {
    let mut kept: Vec<[f64; 2]> = Vec::new();
    if let [Some(only)] = places {
        let projected = Projected {
            pixel: *only,
            depth: 0.0,
        };
        return projected
            .inside(size)
            .then_some(*only)
            .into_iter()
            .collect();
    }
    for pair in places.windows(2) {
        let part = match pair {
            [Some(from), Some(to)] => segment(*from, *to, size),
            _ => None,
        };
        let Some(part) = part else {
            if kept.is_empty() {
                continue;
            }
            break;
        };
        if kept.is_empty() {
            kept.push(part.ends[0]);
        }
        kept.push(part.ends[1]);
        if part.leaves {
            break;
        }
    }
    kept
}

/// What of a straight line lies within the image.
struct Part {
    ends: [[f64; 2]; 2],
    /// Whether the line goes on outside.
    leaves: bool,
}

/// The part of a straight line within the image (Liang and Barsky).
fn segment(from: [f64; 2], to: [f64; 2], size: ImageSize) -> Option<Part> {
    let most = [f64::from(size.width), f64::from(size.height)];
    let (mut start, mut end) = (0.0_f64, 1.0_f64);
    for k in 0..2 {
        let way = to[k] - from[k];
        let (low, high) = (-from[k], most[k] - from[k]);
        if way.abs() < 1e-12 {
            if low > 0.0 || high < 0.0 {
                return None;
            }
            continue;
        }
        let (a, b) = (low / way, high / way);
        start = start.max(a.min(b));
        end = end.min(a.max(b));
    }
    let at = |part: f64| std::array::from_fn(|k| from[k] + (to[k] - from[k]) * part);
    let first = if start > 0.0 { at(start) } else { from };
    let last = if end < 1.0 { at(end) } else { to };
    (start <= end).then_some(Part {
        ends: [first, last],
        leaves: end < 1.0,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: ImageSize = ImageSize::new(100, 80);

    #[test]
    fn a_way_is_cut_where_it_leaves_the_image() {
        let way = [
            [50.0, 40.0],
            [90.0, 40.0],
            [130.0, 40.0],
            [130.0, 20.0],
            [50.0, 20.0],
        ]
        .map(Some);
        assert_eq!(
            clip(&way, SIZE),
            [[50.0, 40.0], [90.0, 40.0], [100.0, 40.0]]
        );
    }

    #[test]
    fn a_way_that_comes_in_begins_at_the_edge() {
        let way = [[-20.0, 40.0], [20.0, 40.0]].map(Some);
        assert_eq!(clip(&way, SIZE), [[0.0, 40.0], [20.0, 40.0]]);
        assert!(clip(&[[-20.0, 90.0], [20.0, 120.0]].map(Some), SIZE).is_empty());
    }

    #[test]
    fn a_place_behind_the_camera_ends_the_way() {
        let way = [
            Some([10.0, 10.0]),
            Some([20.0, 10.0]),
            None,
            Some([30.0, 10.0]),
        ];
        assert_eq!(clip(&way, SIZE), [[10.0, 10.0], [20.0, 10.0]]);
    }
}
