//! Flat outlines made thick.

use nalgebra::{Vector2, Vector3};

use super::mesh::Mesh;

/// Sides that meet more bluntly than this (cosine) are shaded as one curve.
const CREASE: f64 = 0.8;

/// The surface of an outline (counter-clockwise) made thick along z, its rims chamfered.
pub(super) fn mesh(outline: &[[f64; 2]], half_height: f64, bevel: f64) -> Mesh {
    let mut mesh = Mesh::default();
    if outline.len() < 3 {
        return mesh;
    }
    let outer: Vec<Vector2<f64>> = outline.iter().map(|p| Vector2::from(*p)).collect();
    let bevel = bevel.clamp(0.0, half_height * 0.9);
    let inner = shrunk(&outer, bevel);
    for (sign, inner) in [(1.0, &inner), (-1.0, &inner)] {
        cap(&mut mesh, inner, sign * half_height, sign);
    }
    let waist = half_height - bevel;
    band(&mut mesh, [&outer, &outer], [-waist, waist]);
    if bevel > 0.0 {
        band(&mut mesh, [&outer, &inner], [waist, half_height]);
        band(&mut mesh, [&inner, &outer], [-half_height, -waist]);
    }
    mesh
}

/// The outward normals of the sides.
fn sides(outline: &[Vector2<f64>]) -> Vec<Vector2<f64>> {
    let next = |i: usize| outline[(i + 1) % outline.len()];
    let normal = |(i, p): (usize, &Vector2<f64>)| {
        let along = next(i) - p;
        Vector2::new(along.y, -along.x)
            .try_normalize(1e-12)
            .unwrap_or_else(Vector2::x)
    };
    outline.iter().enumerate().map(normal).collect()
}

/// Every corner moved inwards until both its sides are `by` further in.
fn shrunk(outline: &[Vector2<f64>], by: f64) -> Vec<Vector2<f64>> {
    let normals = sides(outline);
    let count = outline.len();
    let moved = |i: usize| {
        let (a, b) = (normals[(i + count - 1) % count], normals[i]);
        let spread = (1.0 + a.dot(&b)).max(0.3);
        outline[i] - (a + b) * (by / spread)
    };
    (0..count).map(moved).collect()
}

/// The strip between two outlines at two heights.
fn band(mesh: &mut Mesh, outlines: [&[Vector2<f64>]; 2], heights: [f64; 2]) {
    let normals = sides(outlines[0]);
    let count = normals.len();
    let rise = heights[1] - heights[0];
    let mut way = 0.0;
    for i in 0..count {
        let j = (i + 1) % count;
        let smooth = |k: usize, other: usize| {
            let blunt = normals[k].dot(&normals[other]) > CREASE;
            if blunt {
                normals[k] + normals[other]
            } else {
                normals[k]
            }
        };
        let flat = [smooth(i, (i + count - 1) % count), smooth(i, j)];
        let length = (outlines[0][j] - outlines[0][i]).norm();
        let corner = |mesh: &mut Mesh, end: usize, level: usize| {
            let at = [i, j][end];
            let lean = (outlines[0][at] - outlines[1][at]).dot(&normals[i]) / rise.max(1e-12);
            let place = outlines[level][at];
            let out = flat[end].normalize();
            let uv = [way + length * end as f64, heights[level]];
            mesh.corner(place.push(heights[level]), out.push(lean), uv)
        };
        let a = corner(mesh, 0, 0);
        let b = corner(mesh, 1, 0);
        let c = corner(mesh, 1, 1);
        let d = corner(mesh, 0, 1);
        mesh.quad([a, b, c, d]);
        way += length;
    }
}

fn cap(mesh: &mut Mesh, outline: &[Vector2<f64>], z: f64, sign: f64) {
    let normal = Vector3::z() * sign;
    let corners: Vec<u32> = outline
        .iter()
        .map(|p| mesh.corner(p.push(z), normal, [p.x, p.y]))
        .collect();
    for [a, b, c] in ears(outline) {
        let [a, b, c] = [corners[a], corners[b], corners[c]];
        if sign > 0.0 {
            mesh.triangle(a, b, c);
        } else {
            mesh.triangle(a, c, b);
        }
    }
}

/// Cuts a simple polygon into triangles.
pub(super) fn ears(outline: &[Vector2<f64>]) -> Vec<[usize; 3]> {
    let mut left: Vec<usize> = (0..outline.len()).collect();
    let mut triangles = Vec::new();
    while left.len() > 3 {
        let count = left.len();
        let around = |i: usize| {
            [
                left[(i + count - 1) % count],
                left[i],
                left[(i + 1) % count],
            ]
        };
        // A polygon that crosses itself has no ear somewhere: then any corner is cut, and the loop ends.
        let ear = (0..count)
            .find(|&i| is_ear(outline, &left, around(i)))
            .unwrap_or(0);
        triangles.push(around(ear));
        left.remove(ear);
    }
    triangles.push([left[0], left[1], left[2]]);
    triangles
}

fn is_ear(outline: &[Vector2<f64>], left: &[usize], [a, b, c]: [usize; 3]) -> bool {
    let [p, q, r] = [outline[a], outline[b], outline[c]];
    let turn = |p: Vector2<f64>, q: Vector2<f64>, r: Vector2<f64>| (q - p).perp(&(r - p));
    if turn(p, q, r) <= 0.0 {
        return false;
    }
    let inside =
        |x: Vector2<f64>| turn(p, q, x) >= 0.0 && turn(q, r, x) >= 0.0 && turn(r, p, x) >= 0.0;
    !left
        .iter()
        .any(|&i| ![a, b, c].contains(&i) && inside(outline[i]))
}
