//! Small things of the household, and the cabinet.

use super::category::{Category, Group, Uses};
use super::colour::Colour::{self, White};
use super::hold::{Grip, Hollow, Rests};
use super::material::Finish;
use super::parts::{cuboid, curved, cylinder, lathe, rgb, rod, sweep};
use crate::geometry::Pose;
use crate::sim::solid::{Knot, Shape, Solid};
use std::f64::consts::FRAC_PI_2;

const BASE: Category = Category {
    group: Group::Household,
    density: 400.0,
    rests: Rests::OrLies,
    ..Category::BASE
};

pub(super) const CATEGORIES: &[Category] = &[
    Category {
        name: "candle",
        synonyms: &[
            "wax candle",
            "pillar candle",
            "light with a wick",
            "table candle",
            "tea light",
        ],
        size: [0.085, 0.11],
        finishes: &[Finish::Wax],
        accents: &[(rgb::DARK, Finish::Cloth)],
        density: 900.0,
        grip: Grip::Around,
        build: candle,
        ..BASE
    },
    Category {
        name: "light bulb",
        synonyms: &[
            "bulb",
            "lamp bulb",
            "electric bulb",
            "lightbulb",
            "glass bulb",
        ],
        size: [0.095, 0.11],
        colours: &[White, Colour::Yellow, Colour::Blue, Colour::Red],
        finishes: &[Finish::Glass],
        accents: &[(rgb::BRASS, Finish::Metal), (rgb::DARK, Finish::Plastic)],
        density: 200.0,
        rests: Rests::Stands,
        unseen: true,
        build: bulb,
        ..BASE
    },
    Category {
        name: "bell",
        synonyms: &[
            "hand bell",
            "dinner bell",
            "ringing bell",
            "school bell",
            "bell with a handle",
        ],
        size: [0.1, 0.12],
        finishes: &[Finish::Metal],
        accents: &[(rgb::WOOD, Finish::Wood)],
        density: 900.0,
        grip: Grip::Around,
        rests: Rests::Stands,
        build: bell,
        ..BASE
    },
    Category {
        name: "clock",
        synonyms: &[
            "alarm clock",
            "desk clock",
            "round clock",
            "table clock",
            "something that tells the time",
        ],
        size: [0.085, 0.105],
        accents: &[
            (rgb::WHITE, Finish::Paper),
            (rgb::DARK, Finish::Plastic),
            (rgb::BRASS, Finish::Metal),
        ],
        rests: Rests::Stands,
        build: clock,
        ..BASE
    },
    Category {
        name: "toothbrush",
        synonyms: &[
            "tooth brush",
            "brush for teeth",
            "dental brush",
            "small brush",
            "bathroom brush",
        ],
        size: [0.15, 0.18],
        accents: &[(rgb::WHITE, Finish::Fur)],
        rests: Rests::Stands,
        build: toothbrush,
        ..BASE
    },
    Category {
        name: "cabinet",
        synonyms: &[
            "drawer cabinet",
            "chest of drawers",
            "set of drawers",
            "drawers",
            "dresser",
        ],
        group: Group::Furniture,
        size: [0.3, 0.4],
        finishes: &[Finish::Wood, Finish::Plastic],
        accents: &[(rgb::WOOD, Finish::Wood), (rgb::STEEL, Finish::Metal)],
        uses: Uses {
            graspable: false,
            container: true,
            support: true,
        },
        grip: Grip::None,
        rests: Rests::Stands,
        cavity: Hollow::Top(0.9),
        build: super::cabinet::closed,
        ..BASE
    },
];

fn candle() -> Solid {
    let body = lathe(&[
        [0.0, 0.0],
        [0.0265, 0.0],
        [0.0275, 0.001],
        [0.0275, 0.083],
        [0.0262, 0.0855],
        [0.0245, 0.085],
        [0.015, 0.0815],
        [0.0, 0.0805],
    ]);
    Solid::of(body, 0).trim(
        rod([0.0, 0.0, 0.079], [0.0015, 0.0, 0.093], 0.0012),
        Pose::IDENTITY,
        1,
    )
}

fn bulb() -> Solid {
    let glass = curved(
        &[
            [0.0, 0.022],
            [0.0125, 0.022],
            [0.0135, 0.03],
            [0.018, 0.044],
            [0.0285, 0.064],
            [0.0295, 0.08],
            [0.02, 0.097],
            [0.009, 0.1035],
            [0.0, 0.105],
        ],
        3,
    );
    let mut thread = vec![[0.0, 0.004], [0.009, 0.004]];
    for i in 0..5 {
        let z = 0.006 + 0.0034 * f64::from(i);
        thread.extend([[0.0118, z], [0.0132, z + 0.0012], [0.0118, z + 0.0024]]);
    }
    thread.extend([[0.0132, 0.0235], [0.0132, 0.026], [0.0, 0.026]]);
    Solid::of(glass, 0)
        .at(lathe(&thread), [0.0; 3], 1)
        .at(
            lathe(&[[0.0, 0.0], [0.003, 0.0], [0.009, 0.0045], [0.0, 0.0045]]),
            [0.0; 3],
            2,
        )
        // On its side, as a bulb lies.
        .moved(&Pose::from_rpy([0.0; 3], [0.0, FRAC_PI_2, 0.0]))
}

fn bell() -> Solid {
    let body = curved(
        &[
            [0.0, 0.046],
            [0.02, 0.036],
            [0.028, 0.01],
            [0.036, 0.001],
            [0.036, 0.001],
            [0.0375, 0.0],
            [0.0375, 0.0],
            [0.038, 0.0015],
            [0.031, 0.012],
            [0.0245, 0.034],
            [0.0205, 0.047],
            [0.012, 0.055],
            [0.0, 0.0565],
        ],
        2,
    );
    let grip = curved(
        &[
            [0.0, 0.054],
            [0.006, 0.055],
            [0.0055, 0.062],
            [0.0085, 0.078],
            [0.0078, 0.094],
            [0.0098, 0.103],
            [0.006, 0.11],
            [0.0, 0.111],
        ],
        3,
    );
    Solid::of(body, 0).at(grip, [0.0; 3], 1)
}

fn clock() -> Solid {
    let facing = |z: f64| Pose::from_rpy([0.0, -z, 0.045], [FRAC_PI_2, 0.0, 0.0]);
    let hand = |turn: f64, length: f64, width: f64| {
        let outward =
            Pose::from_rpy([0.0; 3], [0.0, 0.0, turn]).then(&Pose::at([0.0, length * 0.42, 0.0]));
        (
            facing(0.0178).then(&outward),
            cuboid([width, length, 0.001], 0.0002),
        )
    };
    let mut solid = Solid::default()
        .with(
            lathe(&[
                [0.0, -0.014],
                [0.034, -0.014],
                [0.039, -0.009],
                [0.039, 0.014],
                [0.0365, 0.0165],
                [0.034, 0.0155],
                [0.0, 0.0155],
            ]),
            facing(0.0),
            0,
        )
        .trim(cylinder(0.034, 0.002), facing(0.0158), 1);
    for (pose, shape) in [hand(0.9, 0.028, 0.0022), hand(-1.05, 0.02, 0.003)] {
        solid = solid.trim(shape, pose, 2);
    }
    for i in 0..12 {
        let turn = std::f64::consts::TAU * f64::from(i) / 12.0;
        let mark = facing(0.0171).then(&Pose::from_rpy(
            [0.029 * turn.cos(), 0.029 * turn.sin(), 0.0],
            [0.0, 0.0, turn],
        ));
        solid = solid.trim(
            cuboid(
                [0.006, if i % 3 == 0 { 0.0024 } else { 0.0012 }, 0.0008],
                0.0,
            ),
            mark,
            2,
        );
    }
    for sign in [1.0, -1.0] {
        let bell = Shape::Ellipsoid {
            half: [0.0165, 0.0165, 0.0105],
        };
        solid = solid
            .with(
                bell,
                Pose::from_rpy([sign * 0.024, 0.0, 0.083], [0.0, sign * 0.5, 0.0]),
                3,
            )
            .at(
                rod([sign * 0.022, 0.0, 0.015], [sign * 0.032, 0.0, 0.0], 0.0042),
                [0.0; 3],
                0,
            );
    }
    solid
}

fn toothbrush() -> Solid {
    let grip = sweep(
        &[
            Knot::new([-0.082, 0.0, 0.0], [0.002, 0.0015]),
            Knot::new([-0.078, 0.0, 0.0], [0.006, 0.0042]),
            Knot::new([-0.04, 0.0, 0.0015], [0.0068, 0.0052]),
            Knot::new([0.005, 0.0, 0.0005], [0.0052, 0.0042]),
            Knot::new([0.035, 0.0, 0.0], [0.003, 0.0028]),
            Knot::new([0.052, 0.0, 0.0], [0.0058, 0.0024]),
            Knot::new([0.075, 0.0, 0.0], [0.0058, 0.0024]),
            Knot::new([0.081, 0.0, 0.0], [0.002, 0.0016]),
        ],
        3,
    );
    let mut solid = Solid::of(grip, 0);
    for i in 0..5 {
        let x = 0.0525 + 0.0055 * f64::from(i);
        solid = solid.at(
            cuboid([0.0044, 0.0098, 0.0105], 0.0012),
            [x, 0.0, 0.0068],
            1,
        );
    }
    solid
}
