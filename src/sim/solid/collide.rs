//! Convex pieces of shapes, for contact. Hollow profiles become rings of wedges.

use std::f64::consts::PI;

use nalgebra::Vector3;

use super::{Ball, Knot, Shape, lathe, sweep, turned};
use crate::geometry::Pose;

/// Pieces of a sweep, at most.
const LENGTHS: usize = 8;

/// A convex shape for contact.
#[derive(Debug, Clone, PartialEq)]
pub enum ColliderShape {
    /// A box.
    Cuboid {
        /// Half its sides.
        half: [f64; 3],
    },
    /// A cylinder around z.
    Cylinder {
        /// Radius.
        radius: f64,
        /// Half its height.
        half_height: f64,
    },
    /// A ball.
    Sphere {
        /// Radius.
        radius: f64,
    },
    /// A cylinder around z with half balls at its ends.
    Capsule {
        /// Radius.
        radius: f64,
        /// Half the height of the cylinder alone.
        half_height: f64,
    },
    /// The smallest convex thing around some points.
    Hull {
        /// The points, in the piece's frame.
        points: Vec<[f64; 3]>,
    },
}

/// A convex piece and where it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Collider {
    /// Its shape.
    pub shape: ColliderShape,
    /// Its frame in the solid's.
    pub pose: Pose,
}

impl Collider {
    fn new(shape: ColliderShape) -> Self {
        Self {
            shape,
            pose: Pose::IDENTITY,
        }
    }

    pub(super) fn hull(points: Vec<[f64; 3]>) -> Self {
        Self::new(ColliderShape::Hull { points })
    }
}

/// The pieces of a shape, in its frame.
pub(super) fn pieces(shape: &Shape) -> Vec<Collider> {
    match shape {
        Shape::Cuboid { half, .. } => vec![Collider::new(ColliderShape::Cuboid { half: *half })],
        Shape::Cylinder {
            radius,
            half_height,
        } => vec![Collider::new(ColliderShape::Cylinder {
            radius: *radius,
            half_height: *half_height,
        })],
        Shape::Sphere { radius } => vec![Collider::new(ColliderShape::Sphere { radius: *radius })],
        Shape::Capsule {
            radius,
            half_height,
        } => vec![Collider::new(ColliderShape::Capsule {
            radius: *radius,
            half_height: *half_height,
        })],
        Shape::Ellipsoid { half } => vec![ellipsoid(*half)],
        Shape::Cone { .. } | Shape::Lathe { .. } => turned::pieces(&lathe::profile(shape)),
        Shape::Hull { points } => vec![Collider::hull(points.clone())],
        Shape::Prism {
            outline,
            half_height,
            ..
        } => vec![prism(outline, *half_height)],
        Shape::Sweep { knots } => swept(knots),
        Shape::Blob { balls, .. } => balls.iter().map(ball).collect(),
    }
}

/// Points on a ball, about evenly (a Fibonacci lattice).
fn directions(count: usize) -> impl Iterator<Item = [f64; 3]> {
    let golden = PI * (3.0 - 5.0_f64.sqrt());
    (0..count).map(move |i| {
        let z = 1.0 - 2.0 * (i as f64 + 0.5) / count as f64;
        let (sin, cos) = (golden * i as f64).sin_cos();
        let r = (1.0 - z * z).sqrt();
        [r * cos, r * sin, z]
    })
}

/// Directions along the axes reach exactly as far as the shape.
fn ellipsoid(half: [f64; 3]) -> Collider {
    let stretched = |d: [f64; 3]| std::array::from_fn(|k| d[k] * half[k]);
    let tips = (0..3).flat_map(|axis| {
        [1.0, -1.0].map(|sign| std::array::from_fn(|k| if k == axis { sign } else { 0.0 }))
    });
    Collider::hull(directions(40).chain(tips).map(stretched).collect())
}

fn ball(ball: &Ball) -> Collider {
    let [a, b] = ball.radii;
    let length = (Vector3::from(ball.to) - Vector3::from(ball.from)).norm();
    if length < 1e-9 {
        let shape = ColliderShape::Sphere { radius: a.max(b) };
        return Collider {
            shape,
            pose: Pose::at(ball.from),
        };
    }
    let around = |middle: [f64; 3], radius: f64| {
        directions(18).map(move |d| std::array::from_fn(|k| middle[k] + d[k] * radius))
    };
    Collider::hull(around(ball.from, a).chain(around(ball.to, b)).collect())
}

fn prism(outline: &[[f64; 2]], half_height: f64) -> Collider {
    let at = |z: f64| outline.iter().map(move |p| [p[0], p[1], z]);
    Collider::hull(at(-half_height).chain(at(half_height)).collect())
}

fn swept(knots: &[Knot]) -> Vec<Collider> {
    if knots.len() < 2 {
        return Vec::new();
    }
    let rings = sweep::rings(
        &knots
            .iter()
            .map(|k| k.dished(k.dish.min(1.0)))
            .collect::<Vec<_>>(),
        8,
    );
    let steps = rings.len() - 1;
    let pieces = steps.min(LENGTHS);
    let piece = |i: usize| {
        let (from, to) = (i * steps / pieces, (i + 1) * steps / pieces);
        Collider::hull(
            rings[from..=to]
                .iter()
                .flatten()
                .map(|p| (*p).into())
                .collect(),
        )
    };
    (0..pieces).map(piece).collect()
}
