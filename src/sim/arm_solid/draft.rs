//! Draws an arm stretched out at angle zero, in its base frame, link by link.

use std::f64::consts::{FRAC_PI_2, PI};

use nalgebra::{UnitQuaternion, Vector3};

use crate::geometry::Pose;
use crate::robot::RobotSpec;
use crate::sim::solid::{Shape, Solid};

/// The base, as a link's number.
pub(super) const BASE: usize = usize::MAX;

/// An arm being drawn.
pub(super) struct Draft {
    /// Frame of every link at angle zero, in the base's.
    zero: Vec<Pose>,
    base: Solid,
    links: Vec<Solid>,
}

impl Draft {
    pub(super) fn new(spec: &RobotSpec) -> Self {
        let mut at = Pose::IDENTITY;
        let mut zero = Vec::new();
        for joint in spec.joints {
            at = at.then(&Pose::from_rpy(joint.xyz, joint.rpy));
            zero.push(at);
        }
        let links = vec![Solid::default(); zero.len()];
        Self {
            zero,
            base: Solid::default(),
            links,
        }
    }

    /// Adds a shape at a pose of the base frame.
    pub(super) fn add(&mut self, link: usize, shape: Shape, pose: Pose, slot: u8) {
        if let (Some(zero), Some(solid)) = (self.zero.get(link), self.links.get_mut(link)) {
            let inside = zero.inverse().then(&pose);
            *solid = std::mem::take(solid).with(shape, inside, slot);
        } else {
            self.base = std::mem::take(&mut self.base).with(shape, pose, slot);
        }
    }

    /// A box with rounded edges.
    pub(super) fn block(&mut self, link: usize, sides: [f64; 3], at: [f64; 3], slot: u8) {
        let (least, most) = sides
            .into_iter()
            .fold((f64::INFINITY, 0.0_f64), |(a, b), side| {
                (a.min(side), b.max(side))
            });
        // Small enough beside the longest side for one step per edge.
        let round = (least * 0.14).min(most * 0.039);
        let shape = Shape::Cuboid {
            half: sides.map(|side| side / 2.0),
            round,
        };
        self.add(link, shape, Pose::at(at), slot);
    }

    /// A profile turned around a line from `at` in a direction.
    pub(super) fn turned(
        &mut self,
        link: usize,
        profile: &[[f64; 2]],
        (at, way): ([f64; 3], [f64; 3]),
        slot: u8,
    ) {
        let shape = Shape::Lathe {
            profile: profile.to_vec(),
        };
        self.add(link, shape, towards(at, way), slot);
    }

    /// A cylinder from `at` in a direction, as long as the direction.
    pub(super) fn rod(&mut self, link: usize, radius: f64, line: ([f64; 3], [f64; 3]), slot: u8) {
        let length = Vector3::from(line.1).norm();
        let bevel = radius.min(length) * 0.08;
        let profile = [
            [0.0, 0.0],
            [radius - bevel, 0.0],
            [radius, bevel],
            [radius, length - bevel],
            [radius - bevel, length],
            [0.0, length],
        ];
        self.turned(link, &profile, line, slot);
    }

    /// A cylinder with round ends from one place to another, its radius changing.
    pub(super) fn limb(
        &mut self,
        link: usize,
        [from, to]: [[f64; 3]; 2],
        [a, b]: [f64; 2],
        slot: u8,
    ) {
        let way: [f64; 3] = std::array::from_fn(|k| to[k] - from[k]);
        let length = Vector3::from(way).norm();
        let mut profile = Vec::new();
        for i in 0..=3 {
            let turn = FRAC_PI_2 * f64::from(i) / 3.0;
            profile.push([a * turn.sin(), -a * turn.cos()]);
        }
        for i in 0..=3 {
            let turn = FRAC_PI_2 * f64::from(i) / 3.0;
            profile.push([b * turn.cos(), length + b * turn.sin()]);
        }
        self.turned(link, &profile, (from, way), slot);
    }

    /// A plate that stands in the x-z plane at `y`, with an outline in x and z.
    pub(super) fn plate(
        &mut self,
        link: usize,
        outline: &[[f64; 2]],
        (y, thickness): (f64, f64),
        slot: u8,
    ) {
        let shape = prism(outline, thickness / 2.0);
        // Outline y becomes z, so the prism's z becomes -y.
        let pose = Pose::from_rpy([0.0, y, 0.0], [FRAC_PI_2, 0.0, 0.0]);
        self.add(link, shape, pose, slot);
    }

    pub(super) fn finish(self) -> (Solid, Vec<Solid>) {
        (self.base, self.links)
    }
}

/// A plate whose outline may run either way around.
pub(super) fn prism(outline: &[[f64; 2]], half_height: f64) -> Shape {
    let next = |i: usize| outline[(i + 1) % outline.len()];
    let area: f64 = outline
        .iter()
        .enumerate()
        .map(|(i, p)| p[0] * next(i)[1] - p[1] * next(i)[0])
        .sum();
    let mut outline = outline.to_vec();
    if area < 0.0 {
        outline.reverse();
    }
    Shape::Prism {
        outline,
        half_height,
        bevel: half_height * 0.25,
    }
}

/// The outline of a bar with round ends between two places of a plane.
pub(super) fn bar([from, to]: [[f64; 2]; 2], [a, b]: [f64; 2]) -> Vec<[f64; 2]> {
    let way = (to[1] - from[1]).atan2(to[0] - from[0]);
    let arc = |middle: [f64; 2], radius: f64, start: f64| {
        (0..=8).map(move |i| {
            let (sin, cos) = (start + PI * f64::from(i) / 8.0).sin_cos();
            [middle[0] + radius * cos, middle[1] + radius * sin]
        })
    };
    arc(to, b, way - FRAC_PI_2)
        .chain(arc(from, a, way + FRAC_PI_2))
        .collect()
}

/// At a place, z along a direction.
fn towards(at: [f64; 3], way: [f64; 3]) -> Pose {
    let way = Vector3::from(way)
        .try_normalize(1e-12)
        .unwrap_or_else(Vector3::z);
    let rotation = UnitQuaternion::rotation_between(&Vector3::z(), &way)
        .unwrap_or_else(|| UnitQuaternion::from_axis_angle(&Vector3::x_axis(), PI));
    Pose {
        position: at,
        rotation: [rotation.w, rotation.i, rotation.j, rotation.k],
    }
}
