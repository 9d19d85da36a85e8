//! Boxes with rounded edges.

use nalgebra::Vector3;

use super::mesh::{Mesh, facing};

/// Steps from the middle of a rounded edge to a face, and the share of the longest half side below which there is one.
const STEPS: (usize, f64) = (2, 0.08);
/// Boxes with half sides below this have one step, too.
const SMALL: f64 = 0.0075;
/// Large faces are cut into pieces about this long, at most so many: software adapters cut triangles that reach behind
/// the camera with gaps between them.
const PIECES: (f64, f64) = (0.25, 10.0);

/// One line across a face: its place on the flat part from -1 to 1, and how far the normal leans.
type Station = (f64, f64);

/// Steps of a rounded edge; none if it is sharp.
fn steps(round: f64, longest: f64) -> usize {
    if round <= 0.0 {
        0
    } else if round < STEPS.1 * longest || longest < SMALL {
        1
    } else {
        STEPS.0
    }
}

fn stations(steps: usize, flat: f64) -> Vec<Station> {
    let lean = |i: usize| (std::f64::consts::FRAC_PI_4 * i as f64 / steps.max(1) as f64).tan();
    let pieces = (2.0 * flat / PIECES.0).ceil().clamp(1.0, PIECES.1) as usize;
    let low = (1..=steps).rev().map(|i| (-1.0, -lean(i)));
    let middle = (0..=pieces).map(|i| (2.0 * i as f64 / pieces as f64 - 1.0, 0.0));
    let high = (1..=steps).map(|i| (1.0, lean(i)));
    low.chain(middle).chain(high).collect()
}

/// A box with these half sides; the radius is cut to what fits.
pub(super) fn mesh(half: [f64; 3], round: f64) -> Mesh {
    let half = Vector3::from(half);
    let round = round.clamp(0.0, half.min());
    let steps = steps(round, half.max());
    let stations = [0, 1, 2].map(|axis| stations(steps, half[axis] - round));
    let mut mesh = Mesh::default();
    for axis in 0..3 {
        for sign in [-1.0, 1.0] {
            face(&mut mesh, (half, round), (axis, sign), &stations);
        }
    }
    mesh
}

fn face(
    mesh: &mut Mesh,
    (half, round): (Vector3<f64>, f64),
    (axis, sign): (usize, f64),
    stations: &[Vec<Station>; 3],
) {
    let (a, b) = ((axis + 1) % 3, (axis + 2) % 3);
    let start = mesh.positions.len() as u32;
    let mut outward = Vector3::zeros();
    outward[axis] = sign;
    let uv = facing(outward);
    for &(side_b, lean_b) in &stations[b] {
        for &(side_a, lean_a) in &stations[a] {
            let mut normal = outward;
            normal[a] = lean_a;
            normal[b] = lean_b;
            let normal = normal.normalize();
            let mut core = Vector3::zeros();
            core[axis] = sign * (half[axis] - round);
            core[a] = side_a * (half[a] - round);
            core[b] = side_b * (half[b] - round);
            let position = core + normal * round;
            mesh.corner(position, normal, uv(position));
        }
    }
    let (columns, rows) = (stations[a].len() as u32, stations[b].len() as u32);
    for j in 0..rows - 1 {
        for i in 0..columns - 1 {
            let at = |i: u32, j: u32| start + j * columns + i;
            let [p, q, r, s] = [at(i, j), at(i + 1, j), at(i + 1, j + 1), at(i, j + 1)];
            mesh.quad(if sign > 0.0 {
                [p, q, r, s]
            } else {
                [p, s, r, q]
            });
        }
    }
}
