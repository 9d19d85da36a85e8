//! Where something is in a picture, exact enough for storage.
//!
//! Unit: pixels of the original picture after its EXIF orientation, origin at the outer corner of the top-left pixel,
//! as `f64`. Angles in degrees, clockwise as seen, about the centre.

use serde::{Deserialize, Serialize};

use super::mask::Mask;
use crate::geometry::ImageSize;

/// A position: x to the right, y down.
pub type Spot = [f64; 2];

/// Corners of the polygon that stands in for an ellipse where a format knows none.
const ELLIPSE_CORNERS: usize = 64;

/// An upright rectangle; its width is `x2 - x1`, nothing is added.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Rect {
    /// Left edge.
    pub x1: f64,
    /// Top edge.
    pub y1: f64,
    /// Right edge.
    pub x2: f64,
    /// Bottom edge.
    pub y2: f64,
}

impl Rect {
    /// Between two opposite corners, in whichever order.
    #[must_use]
    pub const fn between(a: Spot, b: Spot) -> Self {
        Self {
            x1: a[0].min(b[0]),
            y1: a[1].min(b[1]),
            x2: a[0].max(b[0]),
            y2: a[1].max(b[1]),
        }
    }

    /// From the top-left corner, width and height, as COCO writes it.
    #[must_use]
    pub const fn from_xywh([x, y, width, height]: [f64; 4]) -> Self {
        Self {
            x1: x,
            y1: y,
            x2: x + width,
            y2: y + height,
        }
    }

    /// Top-left corner, width and height.
    #[must_use]
    pub const fn xywh(self) -> [f64; 4] {
        [self.x1, self.y1, self.x2 - self.x1, self.y2 - self.y1]
    }

    /// The smallest one around all `spots`.
    pub fn around(spots: impl IntoIterator<Item = Spot>) -> Option<Self> {
        let mut spots = spots.into_iter();
        let first = spots.next()?;
        Some(
            spots.fold(Self::between(first, first), |rect, [x, y]| Self {
                x1: rect.x1.min(x),
                y1: rect.y1.min(y),
                x2: rect.x2.max(x),
                y2: rect.y2.max(y),
            }),
        )
    }

    /// Clockwise from the top-left one.
    #[must_use]
    pub const fn corners(self) -> [Spot; 4] {
        [
            [self.x1, self.y1],
            [self.x2, self.y1],
            [self.x2, self.y2],
            [self.x1, self.y2],
        ]
    }

    /// Its middle.
    #[must_use]
    pub const fn centre(self) -> Spot {
        [
            f64::midpoint(self.x1, self.x2),
            f64::midpoint(self.y1, self.y2),
        ]
    }

    /// In square pixels; 0 where it is inside out.
    #[must_use]
    pub const fn area(self) -> f64 {
        (self.x2 - self.x1).max(0.0) * (self.y2 - self.y1).max(0.0)
    }

    /// The part of it inside a picture of `size`.
    #[must_use]
    pub fn clipped(self, size: ImageSize) -> Self {
        let (width, height) = (f64::from(size.width), f64::from(size.height));
        Self {
            x1: self.x1.clamp(0.0, width),
            y1: self.y1.clamp(0.0, height),
            x2: self.x2.clamp(0.0, width),
            y2: self.y2.clamp(0.0, height),
        }
    }
}

/// What a target is, and where.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Shape {
    /// A box, turned about its own centre.
    Box {
        /// Before it is turned.
        rect: Rect,
        /// Clockwise, in degrees.
        rotation: f64,
    },
    /// One position.
    Point(Spot),
    /// A path in order of time.
    Trace(Vec<Spot>),
    /// One outline, or several where the object is seen in parts.
    Polygon(Vec<Vec<Spot>>),
    /// An ellipse, turned about its own centre.
    Ellipse {
        /// Its middle.
        centre: Spot,
        /// Half its width and half its height, before it is turned.
        radii: [f64; 2],
        /// Clockwise, in degrees.
        rotation: f64,
    },
    /// The pixels themselves.
    Mask(Mask),
}

/// The kinds of [`Shape`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TargetKind {
    /// A box.
    Box,
    /// One position.
    Point,
    /// A path in order of time.
    Trace,
    /// Outlines.
    Polygon,
    /// An ellipse.
    Ellipse,
    /// Pixels.
    Mask,
}

impl TargetKind {
    /// Every kind.
    pub const ALL: [Self; 6] = [
        Self::Box,
        Self::Point,
        Self::Trace,
        Self::Polygon,
        Self::Ellipse,
        Self::Mask,
    ];

    /// Its name as written in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Box => "box",
            Self::Point => "point",
            Self::Trace => "trace",
            Self::Polygon => "polygon",
            Self::Ellipse => "ellipse",
            Self::Mask => "mask",
        }
    }
}

impl Shape {
    /// An upright box.
    #[must_use]
    pub const fn upright(rect: Rect) -> Self {
        Self::Box {
            rect,
            rotation: 0.0,
        }
    }

    /// Its kind.
    #[must_use]
    pub const fn kind(&self) -> TargetKind {
        match self {
            Self::Box { .. } => TargetKind::Box,
            Self::Point(_) => TargetKind::Point,
            Self::Trace(_) => TargetKind::Trace,
            Self::Polygon(_) => TargetKind::Polygon,
            Self::Ellipse { .. } => TargetKind::Ellipse,
            Self::Mask(_) => TargetKind::Mask,
        }
    }

    /// How far it is turned, in degrees clockwise.
    #[must_use]
    pub const fn rotation(&self) -> f64 {
        match self {
            Self::Box { rotation, .. } | Self::Ellipse { rotation, .. } => *rotation,
            _ => 0.0,
        }
    }

    /// The positions that define it; corners or rim for boxes and ellipses, none for a mask.
    #[must_use]
    pub fn spots(&self) -> Vec<Spot> {
        match self {
            Self::Box { rect, rotation } => rect
                .corners()
                .map(|c| turned(c, rect.centre(), *rotation))
                .to_vec(),
            Self::Point(spot) => vec![*spot],
            Self::Trace(spots) => spots.clone(),
            Self::Polygon(rings) => rings.concat(),
            Self::Ellipse { .. } => self.outline().unwrap_or_default(),
            Self::Mask(_) => Vec::new(),
        }
    }

    /// The upright rectangle around all of it.
    #[must_use]
    pub fn bounds(&self) -> Option<Rect> {
        match self {
            Self::Box { rect, rotation } if *rotation == 0.0 => Some(*rect),
            Self::Mask(mask) => mask.bounds(),
            Self::Ellipse {
                centre: [x, y],
                radii: [a, b],
                rotation,
            } => {
                let (sin, cos) = rotation.to_radians().sin_cos();
                let (w, h) = ((a * cos).hypot(b * sin), (a * sin).hypot(b * cos));
                Some(Rect::between([x - w, y - h], [x + w, y + h]))
            }
            _ => Rect::around(self.spots()),
        }
    }

    /// Its edge as one closed line, where it has a single one.
    #[must_use]
    pub fn outline(&self) -> Option<Vec<Spot>> {
        match self {
            Self::Box { .. } => Some(self.spots()),
            Self::Polygon(rings) if rings.len() == 1 => rings.first().cloned(),
            Self::Ellipse {
                centre: [x, y],
                radii: [a, b],
                rotation,
            } => Some(
                (0..ELLIPSE_CORNERS)
                    .map(|i| std::f64::consts::TAU * i as f64 / ELLIPSE_CORNERS as f64)
                    .map(|t| turned([x + a * t.cos(), y + b * t.sin()], [*x, *y], *rotation))
                    .collect(),
            ),
            _ => None,
        }
    }

    /// Whether all its numbers are finite.
    #[must_use]
    pub fn is_finite(&self) -> bool {
        let radii = match self {
            Self::Ellipse { radii, .. } => *radii,
            _ => [0.0; 2],
        };
        self.rotation().is_finite()
            && radii.iter().all(|r| r.is_finite())
            && self.spots().iter().flatten().all(|v| v.is_finite())
    }
}

/// `spot` turned clockwise about `centre`.
#[must_use]
pub fn turned(spot: Spot, centre: Spot, degrees: f64) -> Spot {
    if degrees == 0.0 {
        return spot;
    }
    let (sin, cos) = degrees.to_radians().sin_cos();
    let (dx, dy) = (spot[0] - centre[0], spot[1] - centre[1]);
    [
        centre[0] + dx * cos - dy * sin,
        centre[1] + dx * sin + dy * cos,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quarter_turn_swaps_the_sides_of_a_box() {
        let rect = Rect::from_xywh([10.0, 20.0, 40.0, 20.0]);
        let bounds = Shape::Box {
            rect,
            rotation: 90.0,
        }
        .bounds()
        .expect("a box has bounds");
        let expected = [20.0, 10.0, 40.0, 50.0];
        let found = [bounds.x1, bounds.y1, bounds.x2, bounds.y2];
        assert!(
            found
                .iter()
                .zip(expected)
                .all(|(a, b)| (a - b).abs() < 1e-9),
            "{found:?}"
        );
    }

    #[test]
    fn clockwise_is_as_seen_with_y_down() {
        let [x, y] = turned([1.0, 0.0], [0.0, 0.0], 90.0);
        assert!(x.abs() < 1e-12 && (y - 1.0).abs() < 1e-12);
    }

    #[test]
    fn the_bounds_of_a_turned_ellipse_hold_its_rim() {
        let shape = Shape::Ellipse {
            centre: [50.0, 40.0],
            radii: [30.0, 10.0],
            rotation: 30.0,
        };
        let rim = Rect::around(shape.outline().expect("closed")).expect("not empty");
        let bounds = shape.bounds().expect("has bounds");
        assert!((rim.x1 - bounds.x1).abs() < 0.1 && (rim.y2 - bounds.y2).abs() < 0.1);
        assert!(rim.x1 >= bounds.x1 - 1e-9 && rim.y2 <= bounds.y2 + 1e-9);
    }
}
