//! Balls and cones that melt into each other: distances blended smoothly, the surface found cell by cell.

use std::collections::BTreeMap;

use nalgebra::Vector3;

use super::mesh::{Bounds, Mesh, facing};

/// Cells along the longest side: fewest, most, and one more for each ball.
const CELLS: (usize, usize) = (12, 20);

/// Two balls and everything between them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ball {
    /// Middle of the first.
    pub from: [f64; 3],
    /// Middle of the second, which may be the first.
    pub to: [f64; 3],
    /// Their radii.
    pub radii: [f64; 2],
}

impl Ball {
    /// One ball.
    #[must_use]
    pub const fn new(at: [f64; 3], radius: f64) -> Self {
        Self {
            from: at,
            to: at,
            radii: [radius; 2],
        }
    }

    /// A cone with round ends.
    #[must_use]
    pub const fn cone(from: [f64; 3], to: [f64; 3], radii: [f64; 2]) -> Self {
        Self { from, to, radii }
    }

    /// Distance to the nearest of the balls between the two; negative inside.
    fn distance(&self, point: Vector3<f64>) -> f64 {
        let (from, to) = (Vector3::from(self.from), Vector3::from(self.to));
        let axis = to - from;
        let part = if axis.norm_squared() < 1e-18 {
            0.0
        } else {
            ((point - from).dot(&axis) / axis.norm_squared()).clamp(0.0, 1.0)
        };
        let radius = self.radii[0] + part * (self.radii[1] - self.radii[0]);
        (point - from - axis * part).norm() - radius
    }
}

/// Distance to the blended whole, after Quilez's polynomial minimum.
fn distance(balls: &[Ball], blend: f64, point: Vector3<f64>) -> f64 {
    balls.iter().fold(f64::INFINITY, |least, ball| {
        let other = ball.distance(point);
        if blend <= 0.0 || !least.is_finite() {
            return least.min(other);
        }
        let overlap = (1.0 - (least - other).abs() / blend).max(0.0);
        least.min(other) - overlap * overlap * blend / 4.0
    })
}

fn gradient(balls: &[Ball], blend: f64, point: Vector3<f64>, step: f64) -> Vector3<f64> {
    Vector3::from_fn(|axis, _| {
        let mut offset = Vector3::zeros();
        offset[axis] = step;
        distance(balls, blend, point + offset) - distance(balls, blend, point - offset)
    })
}

/// A grid of distances around the balls.
struct Grid {
    origin: Vector3<f64>,
    cell: f64,
    counts: [usize; 3],
    values: Vec<f64>,
}

impl Grid {
    fn new(balls: &[Ball], blend: f64) -> Self {
        let mut bounds = Bounds::EMPTY;
        for ball in balls {
            for (middle, radius) in [(ball.from, ball.radii[0]), (ball.to, ball.radii[1])] {
                bounds.grow(middle.map(|x| x - radius));
                bounds.grow(middle.map(|x| x + radius));
            }
        }
        let longest = bounds.extents().into_iter().fold(1e-6, f64::max);
        let cells = (CELLS.0 + balls.len()).min(CELLS.1);
        let cell = longest / cells as f64;
        let margin = cell * 1.5 + blend / 4.0;
        let origin = Vector3::from(bounds.min).add_scalar(-margin);
        let counts = bounds
            .extents()
            .map(|side| ((side + 2.0 * margin) / cell).ceil() as usize + 1);
        let mut grid = Self {
            origin,
            cell,
            counts,
            values: Vec::new(),
        };
        let all = counts.iter().product();
        grid.values = (0..all)
            .map(|i| distance(balls, blend, grid.place(grid.corner(i))))
            .collect();
        grid
    }

    fn corner(&self, index: usize) -> [usize; 3] {
        let [nx, ny, _] = self.counts;
        [index % nx, index / nx % ny, index / nx / ny]
    }

    fn place(&self, corner: [usize; 3]) -> Vector3<f64> {
        self.origin + Vector3::from(corner.map(|i| i as f64)) * self.cell
    }

    fn index(&self, [x, y, z]: [usize; 3]) -> usize {
        (z * self.counts[1] + y) * self.counts[0] + x
    }

    fn value(&self, corner: [usize; 3]) -> f64 {
        self.values[self.index(corner)]
    }

    /// Mean of the places where the surface crosses this cell's edges.
    fn crossing(&self, cell: [usize; 3]) -> Option<Vector3<f64>> {
        let mut sum = Vector3::zeros();
        let mut count = 0.0;
        for low in 0..8_usize {
            for axis in 0..3 {
                if low >> axis & 1 == 1 {
                    continue;
                }
                let at = |bits: usize| std::array::from_fn(|k| cell[k] + (bits >> k & 1));
                let ends = [at(low), at(low | 1 << axis)];
                let [a, b] = ends.map(|end| self.value(end));
                if (a < 0.0) != (b < 0.0) {
                    let [from, to] = ends.map(|end| self.place(end));
                    sum += from + (to - from) * (a / (a - b));
                    count += 1.0;
                }
            }
        }
        (count > 0.0).then(|| sum / count)
    }
}

/// The surface, by surface nets: a corner in every cell it crosses, a quad for every grid edge it crosses.
pub(super) fn mesh(balls: &[Ball], blend: f64) -> Mesh {
    let mut mesh = Mesh::default();
    if balls.is_empty() {
        return mesh;
    }
    let grid = Grid::new(balls, blend);
    let mut corners = BTreeMap::new();
    let [nx, ny, nz] = grid.counts;
    for (z, y, x) in triples([nx - 1, ny - 1, nz - 1]) {
        let cell = [x, y, z];
        if let Some(mut point) = grid.crossing(cell) {
            let step = grid.cell * 0.1;
            for _ in 0..2 {
                let slope = gradient(balls, blend, point, step) / (2.0 * step);
                let off = distance(balls, blend, point);
                point -= slope * (off / slope.norm_squared().max(0.25));
            }
            let normal = gradient(balls, blend, point, step);
            let uv = facing(normal)(point);
            corners.insert(grid.index(cell), mesh.corner(point, normal, uv));
        }
    }
    for (z, y, x) in triples([nx - 1, ny - 1, nz - 1]) {
        for axis in 0..3 {
            edge(&mut mesh, &grid, &corners, ([x, y, z], axis));
        }
    }
    mesh
}

fn triples([nx, ny, nz]: [usize; 3]) -> impl Iterator<Item = (usize, usize, usize)> {
    (0..nz).flat_map(move |z| (0..ny).flat_map(move |y| (0..nx).map(move |x| (z, y, x))))
}

/// The quad around one grid edge, if the surface crosses it.
fn edge(
    mesh: &mut Mesh,
    grid: &Grid,
    corners: &BTreeMap<usize, u32>,
    (low, axis): ([usize; 3], usize),
) {
    let mut high = low;
    high[axis] += 1;
    let (a, b) = (grid.value(low), grid.value(high));
    if (a < 0.0) == (b < 0.0) {
        return;
    }
    let (u, v) = ((axis + 1) % 3, (axis + 2) % 3);
    let around = [[0, 0], [1, 0], [1, 1], [0, 1]].map(|[back_u, back_v]| {
        let mut cell = low;
        cell[u] = cell[u].checked_sub(back_u)?;
        cell[v] = cell[v].checked_sub(back_v)?;
        corners.get(&grid.index(cell)).copied()
    });
    if let [Some(p), Some(q), Some(r), Some(s)] = around {
        mesh.quad(if a < 0.0 { [p, q, r, s] } else { [p, s, r, q] });
    }
}
