//! Boxes with rounded edges.

use nalgebra::Vector3;

use super::mesh::{Mesh, facing};

/// Steps from the middle of a rounded edge to a face, and the share of the longest half side below which there is one.
const STEPS: (usize, f64) = (2, 0.08);
/// Boxes with half sides below this have one step, too.
const SMALL: f64 = 0.0075;

/// Along one side of a face: how much of the flat half side, and how far the normal leans.
fn stations(round: f64, longest: f64) -> Vec<(f64, f64)> {
    if round <= 0.0 {
        return vec![(-1.0, 0.0), (1.0, 0.0)];
    }
    let steps = if round < STEPS.1 * longest || longest < SMALL {
        1
    } else {
        STEPS.0
    };
    let lean = |i: usize| (std::f64::consts::FRAC_PI_4 * i as f64 / steps as f64).tan();
    let low = (0..=steps).rev().map(|i| (-1.0, -lean(i)));
    let high = (0..=steps).map(|i| (1.0, lean(i)));
    low.chain(high).collect()
}

/// A box with these half sides; the radius is cut to what fits.
pub(super) fn mesh(half: [f64; 3], round: f64) -> Mesh {
    let half = Vector3::from(half);
    let round = round.clamp(0.0, half.min());
    let stations = stations(round, half.max());
    let mut mesh = Mesh::default();
    for axis in 0..3 {
        for sign in [-1.0, 1.0] {
            face(&mut mesh, half, round, (axis, sign), &stations);
        }
    }
    mesh
}

fn face(
    mesh: &mut Mesh,
    half: Vector3<f64>,
    round: f64,
    (axis, sign): (usize, f64),
    stations: &[(f64, f64)],
) {
    let (a, b) = ((axis + 1) % 3, (axis + 2) % 3);
    let start = mesh.positions.len() as u32;
    let side = stations.len() as u32;
    let mut outward = Vector3::zeros();
    outward[axis] = sign;
    let uv = facing(outward);
    for &(side_b, lean_b) in stations {
        for &(side_a, lean_a) in stations {
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
    for j in 0..side - 1 {
        for i in 0..side - 1 {
            let at = |i: u32, j: u32| start + j * side + i;
            let [p, q, r, s] = [at(i, j), at(i + 1, j), at(i + 1, j + 1), at(i, j + 1)];
            let corners = if sign > 0.0 {
                [p, q, r, s]
            } else {
                [p, s, r, q]
            };
            mesh.quad(corners);
        }
    }
}
