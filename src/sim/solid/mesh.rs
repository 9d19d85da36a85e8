//! Triangles: positions, normals, surface coordinates and colour slots. Metres; counter-clockwise seen from outside.

use nalgebra::Vector3;

use crate::geometry::Pose;

/// The box around something, along the axes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounds {
    /// Least coordinates.
    pub min: [f64; 3],
    /// Greatest coordinates.
    pub max: [f64; 3],
}

impl Bounds {
    /// Around nothing: the first point it grows by becomes all of it.
    pub const EMPTY: Self = Self {
        min: [f64::INFINITY; 3],
        max: [f64::NEG_INFINITY; 3],
    };

    /// Takes in one more point.
    pub fn grow(&mut self, point: [f64; 3]) {
        for (axis, x) in point.into_iter().enumerate() {
            self.min[axis] = self.min[axis].min(x);
            self.max[axis] = self.max[axis].max(x);
        }
    }

    /// The box around these points.
    #[must_use]
    pub fn around(points: impl IntoIterator<Item = [f64; 3]>) -> Self {
        let mut bounds = Self::EMPTY;
        points.into_iter().for_each(|point| bounds.grow(point));
        bounds
    }

    /// Its eight corners.
    #[must_use]
    pub fn corners(&self) -> [[f64; 3]; 8] {
        let ends = [self.min, self.max];
        std::array::from_fn(|corner| std::array::from_fn(|k| ends[corner >> k & 1][k]))
    }

    /// Its sides.
    #[must_use]
    pub fn extents(&self) -> [f64; 3] {
        std::array::from_fn(|axis| self.max[axis] - self.min[axis])
    }

    /// Its middle.
    #[must_use]
    pub fn middle(&self) -> [f64; 3] {
        std::array::from_fn(|axis| f64::midpoint(self.max[axis], self.min[axis]))
    }
}

/// A surface of triangles.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Mesh {
    /// Corners.
    pub positions: Vec<[f32; 3]>,
    /// Unit normals, one per corner.
    pub normals: Vec<[f32; 3]>,
    /// Coordinates on the surface in metres, one per corner, for textures.
    pub uvs: Vec<[f32; 2]>,
    /// Colour slots, one per corner.
    pub slots: Vec<u8>,
    /// Three corners per triangle.
    pub indices: Vec<u32>,
}

impl Mesh {
    /// Number of triangles.
    #[must_use]
    pub const fn triangles(&self) -> usize {
        self.indices.len() / 3
    }

    /// The box around it.
    #[must_use]
    pub fn bounds(&self) -> Bounds {
        Bounds::around(self.positions.iter().map(|p| p.map(f64::from)))
    }

    /// Adds a corner and returns its index.
    pub(super) fn corner(
        &mut self,
        position: Vector3<f64>,
        normal: Vector3<f64>,
        uv: [f64; 2],
    ) -> u32 {
        let index = self.positions.len() as u32;
        let normal = normal.try_normalize(1e-12).unwrap_or_else(Vector3::z);
        self.positions.push(position.map(|x| x as f32).into());
        self.normals.push(normal.map(|x| x as f32).into());
        self.uvs.push(uv.map(|x| x as f32));
        self.slots.push(0);
        index
    }

    pub(super) fn triangle(&mut self, a: u32, b: u32, c: u32) {
        self.indices.extend([a, b, c]);
    }

    /// Four corners in order around the outside.
    pub(super) fn quad(&mut self, [a, b, c, d]: [u32; 4]) {
        self.indices.extend([a, b, c, a, c, d]);
    }

    /// A flat triangle with corners of its own.
    pub(super) fn flat(&mut self, corners: [Vector3<f64>; 3]) {
        let normal = (corners[1] - corners[0]).cross(&(corners[2] - corners[0]));
        let uv = facing(normal);
        let [a, b, c] = corners.map(|p| self.corner(p, normal, uv(p)));
        self.triangle(a, b, c);
    }

    /// Adds another mesh at a pose, in one colour slot.
    pub(super) fn append(&mut self, other: &Self, pose: &Pose, slot: u8) {
        let start = self.positions.len() as u32;
        let isometry = pose.isometry();
        for (position, normal) in other.positions.iter().zip(&other.normals) {
            let position = isometry * nalgebra::Point3::from(position.map(f64::from));
            let normal = isometry.rotation * Vector3::from(normal.map(f64::from));
            self.positions
                .push(position.coords.map(|x| x as f32).into());
            self.normals.push(normal.map(|x| x as f32).into());
        }
        self.uvs.extend(&other.uvs);
        self.slots.extend(other.positions.iter().map(|_| slot));
        self.indices.extend(other.indices.iter().map(|i| i + start));
    }
}

/// Surface coordinates of points on a face with this normal: the two axes it faces least.
pub(super) fn facing(normal: Vector3<f64>) -> impl Fn(Vector3<f64>) -> [f64; 2] {
    let axis = normal.iamax();
    move |p| match axis {
        0 => [p.y, p.z],
        1 => [p.x, p.z],
        _ => [p.x, p.y],
    }
}

/// The convex hull of some points, with flat faces. Points in one plane have none.
pub(super) fn hull(points: &[[f64; 3]]) -> Mesh {
    let points: Vec<_> = points
        .iter()
        .map(|p| rapier3d::prelude::Vector::new(p[0] as f32, p[1] as f32, p[2] as f32))
        .collect();
    let mut mesh = Mesh::default();
    if points.len() < 4 {
        return mesh;
    }
    let hull = rapier3d::parry::transformation::try_convex_hull(&points);
    let Ok((corners, triangles)) = hull else {
        return mesh;
    };
    for triangle in triangles {
        mesh.flat(triangle.map(|i| {
            let corner = corners[i as usize];
            Vector3::new(
                f64::from(corner.x),
                f64::from(corner.y),
                f64::from(corner.z),
            )
        }));
    }
    mesh
}
