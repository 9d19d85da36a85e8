//! Solids: things made of a few simple shapes, each placed and given a colour slot.
//!
//! A solid gives its triangles ([`Solid::mesh`]) and convex pieces for contact ([`Solid::colliders`]); hollow things
//! are rings of pieces, so that something fits inside. Knows nothing of colours, mass or scenes. Metres; z is up.

mod blob;
mod build;
mod collide;
mod cuboid;
mod fingerprint;
mod lathe;
mod mesh;
mod prism;
mod sweep;
mod turned;

use crate::geometry::Pose;

pub use blob::Ball;
pub use build::{smooth, smooth_knots};
pub use collide::{Collider, ColliderShape};
pub use mesh::{Bounds, Mesh};
pub use sweep::Knot;

/// What one part looks like, in its own frame.
#[derive(Debug, Clone, PartialEq)]
pub enum Shape {
    /// A box with rounded edges.
    Cuboid {
        /// Half its sides.
        half: [f64; 3],
        /// Radius of the edges; zero leaves them sharp.
        round: f64,
    },
    /// A cylinder around z, its rims slightly bevelled.
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
    /// A stretched ball.
    Ellipsoid {
        /// Half its sides.
        half: [f64; 3],
    },
    /// A cylinder around z with half balls at its ends.
    Capsule {
        /// Radius.
        radius: f64,
        /// Half the height of the cylinder alone.
        half_height: f64,
    },
    /// A cone around z, its tip at the top.
    Cone {
        /// Radius of the foot.
        radius: f64,
        /// Half its height.
        half_height: f64,
    },
    /// A profile turned around z. The profile runs from the axis at the bottom over the outside to the axis; going
    /// down again on the inside makes it hollow.
    Lathe {
        /// Points (r, z), r never negative.
        profile: Vec<[f64; 2]>,
    },
    /// The smallest convex thing around some points.
    Hull {
        /// Four points or more, not in one plane.
        points: Vec<[f64; 3]>,
    },
    /// A flat outline made thick along z.
    Prism {
        /// A simple polygon, counter-clockwise seen from above.
        outline: Vec<[f64; 2]>,
        /// Half its thickness.
        half_height: f64,
        /// Width of the chamfer along its rims.
        bevel: f64,
    },
    /// An oval that changes its size on its way through space.
    Sweep {
        /// Where it passes, two or more.
        knots: Vec<Knot>,
    },
    /// Balls and cones that melt into each other.
    Blob {
        /// The pieces.
        balls: Vec<Ball>,
        /// How far apart two pieces begin to melt.
        blend: f64,
    },
}

/// One shape of a solid.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// Its shape.
    pub shape: Shape,
    /// The shape's frame in the solid's.
    pub pose: Pose,
    /// Which of the solid's colours it has.
    pub slot: u8,
    /// Whether other things touch it; a print on a label is only seen.
    pub contact: bool,
}

/// A thing made of parts.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Solid {
    /// Its parts; they may overlap.
    pub parts: Vec<Part>,
}

impl Solid {
    /// A solid of one part.
    #[must_use]
    pub fn of(shape: Shape, slot: u8) -> Self {
        Self::default().with(shape, Pose::IDENTITY, slot)
    }

    /// This solid and one part more.
    #[must_use]
    pub fn with(mut self, shape: Shape, pose: Pose, slot: u8) -> Self {
        self.parts.push(Part {
            shape,
            pose,
            slot,
            contact: true,
        });
        self
    }

    /// This solid and one part more that is only seen, never touched.
    #[must_use]
    pub fn trim(mut self, shape: Shape, pose: Pose, slot: u8) -> Self {
        self.parts.push(Part {
            shape,
            pose,
            slot,
            contact: false,
        });
        self
    }

    /// The same solid, only seen.
    #[must_use]
    pub fn untouched(mut self) -> Self {
        self.parts.iter_mut().for_each(|part| part.contact = false);
        self
    }

    /// This solid and one part more, not turned.
    #[must_use]
    pub fn at(self, shape: Shape, position: [f64; 3], slot: u8) -> Self {
        self.with(shape, Pose::at(position), slot)
    }

    /// This solid and another in one.
    #[must_use]
    pub fn joined(mut self, other: Self) -> Self {
        self.parts.extend(other.parts);
        self
    }

    /// The same solid elsewhere.
    #[must_use]
    pub fn moved(mut self, pose: &Pose) -> Self {
        for part in &mut self.parts {
            part.pose = pose.then(&part.pose);
        }
        self
    }

    /// The same solid with the middle of its bounds at the origin.
    #[must_use]
    pub fn centred(self) -> Self {
        let middle = self.bounds().middle();
        self.moved(&Pose::at(middle.map(|x| -x)))
    }

    /// The same solid, `factor` times as large.
    #[must_use]
    pub fn scaled(mut self, factor: f64) -> Self {
        for part in &mut self.parts {
            part.pose.position = part.pose.position.map(|x| x * factor);
            part.shape.scale(factor);
        }
        self
    }

    /// Its surface.
    #[must_use]
    pub fn mesh(&self) -> Mesh {
        let mut mesh = Mesh::default();
        for part in &self.parts {
            mesh.append(&shape_mesh(&part.shape), &part.pose, part.slot);
        }
        mesh
    }

    /// Convex pieces that together fill it, in its frame.
    #[must_use]
    pub fn colliders(&self) -> Vec<Collider> {
        let pieces = |part: &Part| {
            let mut pieces = collide::pieces(&part.shape);
            for piece in &mut pieces {
                piece.pose = part.pose.then(&piece.pose);
            }
            pieces
        };
        self.parts
            .iter()
            .filter(|part| part.contact)
            .flat_map(pieces)
            .collect()
    }

    /// The box around its surface, along its axes.
    #[must_use]
    pub fn bounds(&self) -> Bounds {
        self.mesh().bounds()
    }

    /// A number that two solids share only if they are equal (but for chance), for looking up what was made of one.
    #[must_use]
    pub fn fingerprint(&self) -> u64 {
        fingerprint::of(self)
    }
}

fn shape_mesh(shape: &Shape) -> Mesh {
    match shape {
        Shape::Cuboid { half, round } => cuboid::mesh(*half, *round),
        Shape::Cylinder { .. }
        | Shape::Cone { .. }
        | Shape::Sphere { .. }
        | Shape::Capsule { .. } => lathe::mesh(&lathe::profile(shape)),
        Shape::Ellipsoid { half } => lathe::ellipsoid(*half),
        Shape::Lathe { profile } => lathe::mesh(profile),
        Shape::Hull { points } => mesh::hull(points),
        Shape::Prism {
            outline,
            half_height,
            bevel,
        } => prism::mesh(outline, *half_height, *bevel),
        Shape::Sweep { knots } => sweep::mesh(knots),
        Shape::Blob { balls, blend } => blob::mesh(balls, *blend),
    }
}

#[cfg(test)]
mod tests;
