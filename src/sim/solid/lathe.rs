//! Profiles turned around z: cylinders, cones, balls, bottles, bowls.

use std::f64::consts::{FRAC_PI_2, PI, TAU};

use nalgebra::{Vector2, Vector3};

use super::Shape;
use super::mesh::Mesh;

/// Corners of the profile sharper than this stay sharp.
const CREASE: f64 = 0.7;
/// Most steps around the axis, and the length in metres that one should have.
const AROUND: (usize, f64) = (28, 0.005);
/// Balls smaller than this have fewer steps.
const SMALL: f64 = 0.012;

/// The profile of a shape that has one; empty for others.
pub(super) fn profile(shape: &Shape) -> Vec<[f64; 2]> {
    match *shape {
        Shape::Cylinder {
            radius,
            half_height,
        } => cylinder(radius, half_height),
        Shape::Cone {
            radius,
            half_height,
        } => vec![
            [0.0, -half_height],
            [radius, -half_height],
            [0.0, half_height],
        ],
        Shape::Sphere { radius } => arcs(radius, 0.0, if radius < SMALL { 8 } else { 14 }),
        Shape::Capsule {
            radius,
            half_height,
        } => arcs(radius, half_height, 12),
        Shape::Lathe { ref profile } => profile.clone(),
        _ => Vec::new(),
    }
}

fn cylinder(radius: f64, half_height: f64) -> Vec<[f64; 2]> {
    let bevel = 0.08 * radius.min(half_height).min(0.02);
    vec![
        [0.0, -half_height],
        [radius - bevel, -half_height],
        [radius, -half_height + bevel],
        [radius, half_height - bevel],
        [radius - bevel, half_height],
        [0.0, half_height],
    ]
}

/// Two quarter circles, half the straight piece apart.
fn arcs(radius: f64, half_height: f64, steps: usize) -> Vec<[f64; 2]> {
    let half = steps / 2;
    let point = |i: usize, lift: f64| {
        let angle = PI * i as f64 / steps as f64 - FRAC_PI_2;
        [radius * angle.cos().max(0.0), radius * angle.sin() + lift]
    };
    let mut points: Vec<_> = (0..=half).map(|i| point(i, -half_height)).collect();
    let skip = usize::from(half_height == 0.0);
    points.extend((half + skip..=steps).map(|i| point(i, half_height)));
    points
}

/// A ball stretched along the axes.
pub(super) fn ellipsoid(half: [f64; 3]) -> Mesh {
    let largest = half.into_iter().fold(0.0, f64::max);
    let (steps, around) = if largest < SMALL { (8, 12) } else { (12, 24) };
    let mut mesh = turned(&arcs(1.0, 0.0, steps), around);
    for (position, normal) in mesh.positions.iter_mut().zip(&mut mesh.normals) {
        let mut stretched = Vector3::zeros();
        for axis in 0..3 {
            position[axis] *= half[axis] as f32;
            stretched[axis] = f64::from(normal[axis]) / half[axis].max(1e-9);
        }
        *normal = stretched.normalize().map(|x| x as f32).into();
    }
    for uv in &mut mesh.uvs {
        *uv = uv.map(|x| x * half[0] as f32);
    }
    mesh
}

/// One step of the profile and the normals at its ends.
struct Segment {
    ends: [[f64; 2]; 2],
    normals: [Vector2<f64>; 2],
    /// Way along the profile at its ends.
    along: [f64; 2],
}

/// The surface that a profile sweeps when it is turned around z.
pub(super) fn mesh(profile: &[[f64; 2]]) -> Mesh {
    let widest = profile.iter().map(|p| p[0]).fold(0.0, f64::max);
    let wanted = (TAU * widest / AROUND.1).ceil() as usize;
    // A multiple of four, so that the mesh is as wide as the profile along both axes.
    let around = wanted.clamp(12, AROUND.0).next_multiple_of(4);
    turned(profile, around)
}

fn turned(profile: &[[f64; 2]], around: usize) -> Mesh {
    let mut mesh = Mesh::default();
    let widest = profile.iter().map(|p| p[0]).fold(0.0, f64::max);
    for segment in segments(profile) {
        turn(&mut mesh, &segment, around, widest);
    }
    mesh
}

fn segments(profile: &[[f64; 2]]) -> Vec<Segment> {
    let ends: Vec<[[f64; 2]; 2]> = profile
        .windows(2)
        .map(|w| [w[0], w[1]])
        .filter(|[a, b]| (b[0] - a[0]).hypot(b[1] - a[1]) > 1e-9)
        .collect();
    // Outwards is to the right of the way up.
    let outward = |[a, b]: &[[f64; 2]; 2]| Vector2::new(b[1] - a[1], a[0] - b[0]).normalize();
    let normals: Vec<_> = ends.iter().map(outward).collect();
    let joined = |i: usize, j: usize| match (normals.get(i), normals.get(j)) {
        (Some(a), Some(b)) if a.dot(b) > CREASE => a + b,
        _ => normals[i],
    };
    let mut way = 0.0;
    let mut segments = Vec::new();
    for (i, &[a, b]) in ends.iter().enumerate() {
        let length = (b[0] - a[0]).hypot(b[1] - a[1]);
        segments.push(Segment {
            ends: [a, b],
            normals: [joined(i, i.wrapping_sub(1)), joined(i, i + 1)],
            along: [way, way + length],
        });
        way += length;
    }
    segments
}

fn turn(mesh: &mut Mesh, segment: &Segment, around: usize, widest: f64) {
    let start = mesh.positions.len() as u32;
    for step in 0..=around {
        let angle = TAU * step as f64 / around as f64;
        let (sin, cos) = quarter(step, around).unwrap_or_else(|| angle.sin_cos());
        for end in 0..2 {
            let [r, z] = segment.ends[end];
            let normal = segment.normals[end];
            // On the axis a smooth tip points along it.
            let lean = if r < 1e-9 && normal.y.abs() > CREASE {
                0.0
            } else {
                normal.x
            };
            let position = Vector3::new(r * cos, r * sin, z);
            let normal = Vector3::new(lean * cos, lean * sin, normal.y);
            mesh.corner(position, normal, [angle * widest, segment.along[end]]);
        }
    }
    let pointed = segment.ends.map(|[r, _]| r < 1e-9);
    for step in 0..around as u32 {
        let low = start + step * 2;
        let [a, b, c, d] = [low, low + 2, low + 3, low + 1];
        match pointed {
            [true, true] => {}
            [true, false] => mesh.triangle(a, c, d),
            [false, true] => mesh.triangle(a, b, c),
            [false, false] => mesh.quad([a, b, c, d]),
        }
    }
}

/// Exact sine and cosine at whole quarters, so that bounds are exact.
fn quarter(step: usize, around: usize) -> Option<(f64, f64)> {
    const QUARTERS: [(f64, f64); 4] = [(0.0, 1.0), (1.0, 0.0), (0.0, -1.0), (-1.0, 0.0)];
    (step * 4)
        .is_multiple_of(around)
        .then(|| QUARTERS[step * 4 / around % 4])
}
