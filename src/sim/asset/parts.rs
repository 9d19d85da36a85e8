//! Shapes that several categories share.

use std::f64::consts::{FRAC_PI_2, TAU};

use crate::geometry::Pose;
use crate::sim::solid::{Knot, Shape, Solid, smooth, smooth_knots};

/// Colours of accents, sRGB.
pub(super) mod rgb {
    pub const STEEL: [u8; 3] = [196, 198, 202];
    pub const BRASS: [u8; 3] = [212, 170, 86];
    pub const DARK: [u8; 3] = [34, 34, 38];
    pub const CREAM: [u8; 3] = [240, 228, 200];
    pub const PAPER: [u8; 3] = [238, 234, 222];
    pub const WOOD: [u8; 3] = [176, 124, 74];
    pub const STEM: [u8; 3] = [92, 62, 34];
    pub const LEAF: [u8; 3] = [70, 130, 44];
    pub const WHITE: [u8; 3] = [238, 238, 236];
    pub const SCREEN: [u8; 3] = [44, 58, 82];
}

pub(super) fn cuboid(sides: [f64; 3], round: f64) -> Shape {
    Shape::Cuboid {
        half: sides.map(|side| side / 2.0),
        round,
    }
}

pub(super) fn cylinder(radius: f64, height: f64) -> Shape {
    Shape::Cylinder {
        radius,
        half_height: height / 2.0,
    }
}

/// A profile with straight sides.
pub(super) fn lathe(profile: &[[f64; 2]]) -> Shape {
    Shape::Lathe {
        profile: profile.to_vec(),
    }
}

/// A profile that curves through its points; a point given twice is a corner.
pub(super) fn curved(profile: &[[f64; 2]], steps: usize) -> Shape {
    let mut profile = smooth(profile, steps);
    for point in &mut profile {
        point[0] = point[0].max(0.0);
    }
    Shape::Lathe { profile }
}

/// A sweep that curves through its knots.
pub(super) fn sweep(knots: &[Knot], steps: usize) -> Shape {
    Shape::Sweep {
        knots: smooth_knots(knots, steps),
    }
}

/// A straight rod between two places.
pub(super) fn rod(from: [f64; 3], to: [f64; 3], radius: f64) -> Shape {
    Shape::Sweep {
        knots: vec![Knot::round(from, radius), Knot::round(to, radius)],
    }
}

/// A round bar in a ring around z at a height.
pub(super) fn hoop(radius: f64, z: f64, bar: f64) -> Shape {
    let knot = |i: u32| {
        let (sin, cos) = (TAU * f64::from(i) / 20.0).sin_cos();
        Knot::round([radius * cos, radius * sin, z], bar)
    };
    Shape::Sweep {
        knots: (0..=20).map(knot).collect(),
    }
}

/// A handle in the x-z plane: an arch of `reach` between two heights at `x`.
pub(super) fn handle(x: f64, [low, high]: [f64; 2], reach: f64, half: [f64; 2]) -> Shape {
    let middle = f64::midpoint(low, high);
    let bulge = (high - low) * 0.18;
    sweep(
        &[
            Knot::new([x, 0.0, low], half),
            Knot::new([x + reach * 0.7, 0.0, low - bulge * 0.2], half),
            Knot::new([x + reach, 0.0, middle - bulge * 0.4], half),
            Knot::new([x + reach * 0.82, 0.0, high - bulge * 0.2], half),
            Knot::new([x, 0.0, high], half),
        ],
        4,
    )
}

/// A box without a lid, standing on z = 0.
pub(super) fn open_box([x, y, z]: [f64; 3], wall: f64, round: f64, slot: u8) -> Solid {
    let side = |sides: [f64; 3], at: [f64; 3]| (cuboid(sides, round.min(wall * 0.49)), at);
    let parts = [
        side([x, y, wall], [0.0, 0.0, wall / 2.0]),
        side([wall, y, z], [(x - wall) / 2.0, 0.0, z / 2.0]),
        side([wall, y, z], [(wall - x) / 2.0, 0.0, z / 2.0]),
        side([x, wall, z], [0.0, (y - wall) / 2.0, z / 2.0]),
        side([x, wall, z], [0.0, (wall - y) / 2.0, z / 2.0]),
    ];
    parts
        .into_iter()
        .fold(Solid::default(), |solid, (shape, at)| {
            solid.at(shape, at, slot)
        })
}

/// z onto x: lays what was turned around z along x.
pub(super) const fn along_x() -> Pose {
    Pose {
        position: [0.0; 3],
        rotation: HALF_Y,
    }
}

/// A quarter turn about y.
const HALF_Y: [f64; 4] = [
    std::f64::consts::FRAC_1_SQRT_2,
    0.0,
    std::f64::consts::FRAC_1_SQRT_2,
    0.0,
];

/// z onto y.
pub(super) fn along_y(at: [f64; 3]) -> Pose {
    Pose::from_rpy(at, [-FRAC_PI_2, 0.0, 0.0])
}

/// z onto x, at a place.
pub(super) fn along_x_at(at: [f64; 3]) -> Pose {
    Pose {
        position: at,
        ..along_x()
    }
}

/// A circle or regular polygon, counter-clockwise.
pub(super) fn ring(radius: f64, count: u32) -> Vec<[f64; 2]> {
    (0..count)
        .map(|i| {
            let (sin, cos) = (TAU * f64::from(i) / f64::from(count)).sin_cos();
            [radius * cos, radius * sin]
        })
        .collect()
}
