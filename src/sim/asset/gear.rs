//! Lamps, batteries and tools of the kitchen.

use super::category::{Category, Group};
use super::colour::Colour;
use super::hold::{Grip, Rests};
use super::material::Finish;
use super::parts::{along_x, along_x_at, along_y, cuboid, cylinder, hoop, lathe, rgb, ring, sweep};
use crate::geometry::Pose;
use crate::sim::solid::{Knot, Shape, Solid};
use std::f64::consts::FRAC_PI_2;

const BASE: Category = Category {
    group: Group::Tool,
    accents: &[(rgb::STEEL, Finish::Metal), (rgb::DARK, Finish::Rubber)],
    density: 1200.0,
    ..Category::BASE
};

pub(super) const CATEGORIES: &[Category] = &[
    Category {
        name: "flashlight",
        synonyms: &[
            "torch",
            "hand lamp",
            "pocket light",
            "electric torch",
            "something to shine in the dark",
        ],
        size: [0.13, 0.16],
        accents: &[
            (rgb::DARK, Finish::Rubber),
            ([250, 246, 214], Finish::Glass),
            (rgb::STEEL, Finish::Metal),
        ],
        grip: Grip::At(-0.3, 0.027),
        build: flashlight,
        ..BASE
    },
    Category {
        name: "battery",
        synonyms: &[
            "battery cell",
            "dry cell",
            "power cell",
            "round battery",
            "battery pack",
        ],
        size: [0.05, 0.062],
        finishes: &[Finish::Paper],
        accents: &[(rgb::BRASS, Finish::Metal), (rgb::DARK, Finish::Paper)],
        density: 2000.0,
        grip: Grip::Around,
        rests: Rests::OrLies,
        build: battery,
        ..BASE
    },
    Category {
        name: "tape measure",
        synonyms: &[
            "measuring tape",
            "pocket rule",
            "rule",
            "retractable rule",
            "something to measure with",
        ],
        size: [0.07, 0.085],
        accents: &[(rgb::DARK, Finish::Rubber), ([246, 206, 44], Finish::Metal)],
        build: tape_measure,
        ..BASE
    },
    Category {
        name: "spatula",
        synonyms: &[
            "turner",
            "kitchen spatula",
            "pancake turner",
            "fish slice",
            "something to turn pancakes with",
        ],
        size: [0.2, 0.25],
        group: Group::Tableware,
        finishes: &[Finish::Plastic, Finish::Wood],
        density: 700.0,
        grip: Grip::At(-0.3, 0.015),
        build: spatula,
        ..BASE
    },
    Category {
        name: "rolling pin",
        synonyms: &[
            "roller",
            "pastry roller",
            "dough roller",
            "wooden roller",
            "something to roll dough with",
        ],
        size: [0.19, 0.24],
        group: Group::Tableware,
        colours: &[
            Colour::Brown,
            Colour::Orange,
            Colour::Blue,
            Colour::Red,
            Colour::Green,
            Colour::White,
        ],
        finishes: &[Finish::Wood],
        density: 650.0,
        build: rolling_pin,
        ..BASE
    },
];

fn flashlight() -> Solid {
    let body = lathe(&[
        [0.0, -0.07],
        [0.012, -0.07],
        [0.0135, -0.0685],
        [0.0135, 0.018],
        [0.016, 0.026],
        [0.0225, 0.038],
        [0.0235, 0.041],
        [0.0235, 0.062],
        [0.0225, 0.064],
        [0.0205, 0.064],
        [0.0205, 0.06],
        [0.0, 0.06],
    ]);
    let rings = [-0.056, -0.046, -0.036, -0.026, -0.016]
        .map(|x| (cylinder(0.0141, 0.0042), along_x_at([x, 0.0, 0.0])));
    let lens = lathe(&[[0.0, 0.058], [0.0203, 0.06], [0.012, 0.0625], [0.0, 0.0632]]);
    let base = Solid::default()
        .with(body, along_x(), 0)
        .trim(lens, along_x(), 2)
        .trim(hoop(0.0218, 0.0632, 0.0014), along_x(), 3)
        .trim(
            cuboid([0.014, 0.0075, 0.004], 0.0018),
            Pose::at([0.004, 0.0, 0.0138]),
            1,
        );
    rings
        .into_iter()
        .fold(base, |solid, (shape, pose)| solid.trim(shape, pose, 1))
}

fn battery() -> Solid {
    Solid::default()
        .at(cylinder(0.0128, 0.034), [0.0, 0.0, 0.017], 0)
        .at(cylinder(0.0129, 0.013), [0.0, 0.0, 0.0405], 1)
        .at(cylinder(0.0126, 0.003), [0.0, 0.0, 0.0478], 1)
        .at(cylinder(0.0044, 0.004), [0.0, 0.0, 0.051], 1)
        .trim(
            lathe(&[
                [0.0, 0.0005],
                [0.0131, 0.0005],
                [0.0131, 0.006],
                [0.0, 0.006],
            ]),
            Pose::IDENTITY,
            2,
        )
}

fn tape_measure() -> Solid {
    let mut outline = vec![
        [-0.034, -0.034],
        [0.034, -0.034],
        [0.036, -0.02],
        [0.036, 0.012],
    ];
    outline.extend((1..8).map(|i| {
        let (sin, cos) = (FRAC_PI_2 * f64::from(i) / 8.0).sin_cos();
        [0.036 - 0.03 * (1.0 - cos), 0.012 + 0.022 * sin]
    }));
    outline.extend([
        [0.006, 0.034],
        [-0.028, 0.034],
        [-0.034, 0.03],
        [-0.036, 0.024],
        [-0.036, -0.03],
    ]);
    let stand = Pose::from_rpy([0.0; 3], [FRAC_PI_2, 0.0, 0.0]);
    let disc = |sign: f64| (cylinder(0.0215, 0.0015), along_y([0.0, sign * 0.0172, 0.0]));
    let case = Solid::default()
        .with(
            Shape::Prism {
                outline,
                half_height: 0.017,
                bevel: 0.003,
            },
            stand,
            0,
        )
        .at(
            cuboid([0.012, 0.016, 0.0012], 0.0002),
            [0.041, 0.0, -0.0285],
            2,
        )
        .at(
            cuboid([0.0014, 0.019, 0.008], 0.0004),
            [0.0475, 0.0, -0.031],
            2,
        )
        .trim(
            cuboid([0.03, 0.036, 0.007], 0.002),
            Pose::at([-0.014, 0.0, 0.033]),
            1,
        );
    [disc(1.0), disc(-1.0)]
        .into_iter()
        .fold(case, |solid, (shape, pose)| solid.trim(shape, pose, 1))
}

fn spatula() -> Solid {
    let grip = sweep(
        &[
            Knot::new([-0.115, 0.0, 0.02], [0.004, 0.003]),
            Knot::new([-0.11, 0.0, 0.0202], [0.0095, 0.006]),
            Knot::new([-0.06, 0.0, 0.022], [0.0075, 0.0055]),
            Knot::new([-0.012, 0.0, 0.0235], [0.0068, 0.005]),
            Knot::new([-0.008, 0.0, 0.0235], [0.004, 0.003]),
        ],
        3,
    );
    let neck = sweep(
        &[
            Knot::new([-0.012, 0.0, 0.0235], [0.0042, 0.0022]),
            Knot::new([0.024, 0.0, 0.02], [0.0045, 0.0018]),
            Knot::new([0.042, 0.0, 0.0045], [0.0085, 0.0015]),
        ],
        4,
    );
    let bars = [-0.0285, -0.014, 0.0, 0.014, 0.0285]
        .map(|y| (cuboid([0.052, 0.0085, 0.0022], 0.0008), [0.073, y, 0.0022]));
    let blade = Solid::of(grip, 0)
        .at(neck, [0.0; 3], 1)
        .at(
            cuboid([0.016, 0.0655, 0.0024], 0.001),
            [0.044, 0.0, 0.0022],
            1,
        )
        .at(
            cuboid([0.013, 0.0655, 0.0022], 0.0009),
            [0.1015, 0.0, 0.0022],
            1,
        );
    bars.into_iter()
        .fold(blade, |solid, (shape, at)| solid.at(shape, at, 1))
}

fn rolling_pin() -> Solid {
    let knob = [
        [0.0, 0.062],
        [0.0068, 0.062],
        [0.0072, 0.07],
        [0.0105, 0.082],
        [0.0112, 0.096],
        [0.0085, 0.106],
        [0.0, 0.108],
    ];
    let other: Vec<[f64; 2]> = knob.iter().rev().map(|[r, z]| [*r, -z]).collect();
    let barrel = lathe(&[
        [0.0, -0.064],
        [0.0185, -0.064],
        [0.0205, -0.062],
        [0.0205, 0.062],
        [0.0185, 0.064],
        [0.0, 0.064],
    ]);
    Solid::default()
        .with(barrel, along_x(), 0)
        .with(lathe(&knob), along_x(), 0)
        .with(lathe(&other), along_x(), 0)
        .trim(
            Shape::Prism {
                outline: ring(0.004, 6),
                half_height: 0.11,
                bevel: 0.0,
            },
            along_x(),
            1,
        )
}
