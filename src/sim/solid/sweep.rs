//! Ovals that change their size on a way through space: handles, spoons, bananas.

use std::f64::consts::{PI, TAU};

use nalgebra::{UnitQuaternion, Vector3};

use super::mesh::Mesh;

/// Corners of one oval, by its size: multiples of four, so that it is as wide and high as asked.
const SIDES: [(f64, usize); 3] = [(0.003, 8), (0.008, 12), (f64::INFINITY, 16)];

/// One place on the way of a sweep.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Knot {
    /// The oval's middle.
    pub at: [f64; 3],
    /// Half its width (sideways, level where the way is) and half its height.
    pub half: [f64; 2],
    /// How much of the upper half is taken away: 0 leaves an oval, 1 half of one, 1.5 a dish.
    pub dish: f64,
}

impl Knot {
    /// An oval at a place.
    #[must_use]
    pub const fn new(at: [f64; 3], half: [f64; 2]) -> Self {
        Self {
            at,
            half,
            dish: 0.0,
        }
    }

    /// A round place.
    #[must_use]
    pub const fn round(at: [f64; 3], radius: f64) -> Self {
        Self::new(at, [radius; 2])
    }

    /// The same place with its upper half taken away.
    #[must_use]
    pub const fn dished(mut self, dish: f64) -> Self {
        self.dish = dish;
        self
    }
}

/// The oval's frame at each knot: sideways, up, forwards.
fn frames(knots: &[Knot]) -> Vec<[Vector3<f64>; 3]> {
    let at = |i: usize| Vector3::from(knots[i].at);
    let last = knots.len() - 1;
    let along = |i: usize| {
        let way = at((i + 1).min(last)) - at(i.saturating_sub(1));
        way.try_normalize(1e-12).unwrap_or_else(Vector3::x)
    };
    let first = along(0);
    // Level sideways; a way straight up has none, so x is taken.
    let side = Vector3::z().cross(&first).try_normalize(1e-3);
    let mut side = side.unwrap_or_else(|| {
        let level = Vector3::x() - first * first.x;
        level.normalize()
    });
    let mut before = first;
    (0..=last)
        .map(|i| {
            let forward = along(i);
            if let Some(turn) = UnitQuaternion::rotation_between(&before, &forward) {
                side = turn * side;
            }
            before = forward;
            [side, forward.cross(&side), forward]
        })
        .collect()
}

/// Points around the oval at each knot.
pub(super) fn rings(knots: &[Knot], sides: usize) -> Vec<Vec<Vector3<f64>>> {
    let ring = |(knot, [side, up, _]): (&Knot, [Vector3<f64>; 3])| {
        (0..sides)
            .map(|k| {
                let (sin, cos) = (TAU * k as f64 / sides as f64).sin_cos();
                let keep = if sin > 0.0 { 1.0 - knot.dish } else { 1.0 };
                let place = side * (cos * knot.half[0]) + up * (sin * keep * knot.half[1]);
                Vector3::from(knot.at) + place
            })
            .collect()
    };
    knots.iter().zip(frames(knots)).map(ring).collect()
}

/// The surface of a sweep, its ends closed.
pub(super) fn mesh(knots: &[Knot]) -> Mesh {
    let mut mesh = Mesh::default();
    if knots.len() < 2 {
        return mesh;
    }
    let widest = knots.iter().flat_map(|k| k.half).fold(0.0, f64::max);
    let sides = SIDES
        .iter()
        .find(|(size, _)| widest <= *size)
        .map_or(16, |(_, n)| *n);
    let rings = rings(knots, sides);
    let mut way = 0.0;
    for (i, ring) in rings.iter().enumerate() {
        if i > 0 {
            way += (Vector3::from(knots[i].at) - Vector3::from(knots[i - 1].at)).norm();
        }
        let width = knots[i].half[0].max(knots[i].half[1]);
        for k in 0..=sides {
            let normal = normal(&rings, i, k % sides);
            let uv = [PI * width * 2.0 * k as f64 / sides as f64, way];
            mesh.corner(ring[k % sides], normal, uv);
        }
    }
    let stride = sides as u32 + 1;
    for i in 0..rings.len() as u32 - 1 {
        for k in 0..sides as u32 {
            let low = i * stride + k;
            mesh.quad([low, low + 1, low + 1 + stride, low + stride]);
        }
    }
    close(&mut mesh, &rings[0], true);
    close(&mut mesh, &rings[rings.len() - 1], false);
    mesh
}

/// Across the way around and the way along.
fn normal(rings: &[Vec<Vector3<f64>>], i: usize, k: usize) -> Vector3<f64> {
    let (below, above) = (i.saturating_sub(1), (i + 1).min(rings.len() - 1));
    let sides = rings[i].len();
    let around = rings[i][(k + 1) % sides] - rings[i][(k + sides - 1) % sides];
    let along = rings[above][k] - rings[below][k];
    let middle = rings[i].iter().sum::<Vector3<f64>>() / sides as f64;
    around
        .cross(&along)
        .try_normalize(1e-15)
        .unwrap_or_else(|| rings[i][k] - middle)
}

fn close(mesh: &mut Mesh, ring: &[Vector3<f64>], first: bool) {
    let middle = ring.iter().sum::<Vector3<f64>>() / ring.len() as f64;
    for k in 0..ring.len() {
        let (a, b) = (ring[k], ring[(k + 1) % ring.len()]);
        if (a - middle).cross(&(b - middle)).norm() > 1e-14 {
            mesh.flat(if first {
                [middle, b, a]
            } else {
                [middle, a, b]
            });
        }
    }
}
