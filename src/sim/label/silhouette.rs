//! What a thing alone would cover: its triangles projected, without anything in front and without the image's edges.

use crate::geometry::{Pinhole, Pose};
use crate::sim::solid::Mesh;

/// Triangles nearer than this are cut off, in metres along the camera's axis, as the renderer does.
const NEAR: f64 = 0.01;

/// The pixels a thing alone covers on a canvas twice as wide and high as the image, around it.
#[derive(Debug, Clone, PartialEq)]
pub struct Silhouette {
    /// The box around its projection, not cut at the image's edges.
    pub bounds: [f64; 4],
    /// Pixels it covers on the canvas.
    pub canvas_area: usize,
    /// Pixels it covers within the image.
    pub image_area: usize,
}

/// A part of the canvas as bits, row by row.
struct Canvas {
    left: i64,
    top: i64,
    width: usize,
    height: usize,
    bits: Vec<bool>,
}

impl Silhouette {
    /// Of meshes at poses, for a camera; nothing if all lies behind it.
    #[must_use]
    pub fn of(parts: &[(&Mesh, Pose)], camera: &Pose, lens: &Pinhole) -> Option<Self> {
        let back = camera.inverse();
        let mut triangles = Vec::new();
        for (mesh, pose) in parts {
            project(mesh, &back.then(pose), lens, &mut triangles);
        }
        let mut bounds = [
            f64::INFINITY,
            f64::INFINITY,
            f64::NEG_INFINITY,
            f64::NEG_INFINITY,
        ];
        for [x, y] in triangles.iter().flatten() {
            bounds = [
                bounds[0].min(*x),
                bounds[1].min(*y),
                bounds[2].max(*x),
                bounds[3].max(*y),
            ];
        }
        if triangles.is_empty() {
            return None;
        }
        let mut canvas = Canvas::new(bounds, lens);
        for triangle in &triangles {
            canvas.fill(triangle);
        }
        let (canvas_area, image_area) = canvas.areas(lens);
        Some(Self {
            bounds,
            canvas_area,
            image_area,
        })
    }
}

/// Projects triangles, cut at the near plane.
fn project(mesh: &Mesh, to_camera: &Pose, lens: &Pinhole, into: &mut Vec<[[f64; 2]; 3]>) {
    let isometry = to_camera.isometry();
    let place = |p: &[f32; 3]| -> [f64; 3] {
        (isometry * nalgebra::Point3::from(p.map(f64::from)))
            .coords
            .into()
    };
    let places: Vec<[f64; 3]> = mesh.positions.iter().map(place).collect();
    let pixel = |[x, y, z]: [f64; 3]| [lens.fx * x / z + lens.cx, lens.fy * y / z + lens.cy];
    for triangle in mesh.indices.chunks_exact(3) {
        let corners = [0, 1, 2].map(|k| places[triangle[k] as usize]);
        if corners.iter().all(|corner| corner[2] >= NEAR) {
            into.push(corners.map(pixel));
        } else {
            let cut: Vec<[f64; 2]> = cut(corners).into_iter().map(pixel).collect();
            into.extend(
                cut.windows(2)
                    .skip(1)
                    .map(|pair| [cut[0], pair[0], pair[1]]),
            );
        }
    }
}

/// The part of a triangle beyond the near plane: no, three or four corners.
fn cut(corners: [[f64; 3]; 3]) -> Vec<[f64; 3]> {
    let mut kept = Vec::with_capacity(4);
    for i in 0..3 {
        let (a, b) = (corners[i], corners[(i + 1) % 3]);
        if a[2] >= NEAR {
            kept.push(a);
        }
        if (a[2] >= NEAR) != (b[2] >= NEAR) {
            let part = (NEAR - a[2]) / (b[2] - a[2]);
            kept.push(std::array::from_fn(|k| a[k] + (b[k] - a[k]) * part));
        }
    }
    kept
}

impl Canvas {
    /// Half the image's sides beyond it on every side, or less where the thing ends before.
    fn new([x1, y1, x2, y2]: [f64; 4], lens: &Pinhole) -> Self {
        let (width, height) = (f64::from(lens.size.width), f64::from(lens.size.height));
        let span = |low: f64, high: f64, side: f64| {
            let low = low.max(-side / 2.0).floor() as i64;
            let high = high.min(side * 1.5).ceil() as i64;
            (low, (high - low).max(0) as usize)
        };
        let ((left, width), (top, height)) = (span(x1, x2, width), span(y1, y2, height));
        Self {
            left,
            top,
            width,
            height,
            bits: vec![false; width * height],
        }
    }

    /// Sets the pixels whose middle lies in a triangle.
    fn fill(&mut self, triangle: &[[f64; 2]; 3]) {
        let rows = triangle.map(|p| p[1] - self.top as f64);
        let low = rows.into_iter().fold(f64::INFINITY, f64::min);
        let high = rows.into_iter().fold(f64::NEG_INFINITY, f64::max);
        let first = (low - 0.5).ceil().max(0.0) as usize;
        let end = ((high - 0.5).floor() + 1.0).clamp(0.0, self.height as f64) as usize;
        for row in first..end {
            let Some([from, to]) = crossing(triangle, self.top as f64 + row as f64 + 0.5) else {
                continue;
            };
            let first = (from - self.left as f64 - 0.5).ceil().max(0.0) as usize;
            let end = ((to - self.left as f64 - 0.5).floor() + 1.0).clamp(0.0, self.width as f64)
                as usize;
            if first < end {
                self.bits[row * self.width + first..row * self.width + end].fill(true);
            }
        }
    }

    fn areas(&self, lens: &Pinhole) -> (usize, usize) {
        let inside = |row: usize, column: usize| {
            let (x, y) = (self.left + column as i64, self.top + row as i64);
            x >= 0 && y >= 0 && x < i64::from(lens.size.width) && y < i64::from(lens.size.height)
        };
        let (mut all, mut within) = (0, 0);
        for (index, _) in self.bits.iter().enumerate().filter(|(_, bit)| **bit) {
            all += 1;
            within += usize::from(inside(index / self.width, index % self.width));
        }
        (all, within)
    }
}

/// Where a horizontal line enters and leaves a triangle.
fn crossing(triangle: &[[f64; 2]; 3], y: f64) -> Option<[f64; 2]> {
    let mut span = [f64::INFINITY, f64::NEG_INFINITY];
    for i in 0..3 {
        let (a, b) = (triangle[i], triangle[(i + 1) % 3]);
        if (a[1] <= y) != (b[1] <= y) {
            let x = a[0] + (b[0] - a[0]) * (y - a[1]) / (b[1] - a[1]);
            span = [span[0].min(x), span[1].max(x)];
        }
    }
    (span[0] <= span[1]).then_some(span)
}
