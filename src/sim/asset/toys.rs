//! Toys and blocks.

use super::category::{Category, Group, Uses};
use super::colour::Colour;
use super::hold::{Grip, Hollow, Rests};
use super::material::Finish;
use super::parts::{cuboid, curved, cylinder, hoop, lathe, rgb};
use crate::geometry::Pose;
use crate::sim::solid::{Shape, Solid};
use std::f64::consts::FRAC_PI_2;

const BASE: Category = Category {
    group: Group::Toy,
    density: 600.0,
    ..Category::BASE
};

pub(super) const CATEGORIES: &[Category] = &[
    Category {
        name: "block",
        synonyms: &[
            "cube",
            "toy block",
            "building block",
            "wooden cube",
            "small cube",
        ],
        size: [0.03, 0.03],
        finishes: &[Finish::Wood, Finish::Plastic],
        uses: Uses::TAKE_AND_BEAR,
        rests: Rests::Any,
        cavity: Hollow::Top(0.9),
        build: block,
        ..BASE
    },
    Category {
        name: "dice",
        synonyms: &[
            "die",
            "gaming die",
            "cube with dots",
            "playing dice",
            "something to roll in a game",
        ],
        size: [0.03, 0.04],
        accents: &[(rgb::WHITE, Finish::Plastic)],
        rests: Rests::Any,
        build: dice,
        ..BASE
    },
    Category {
        name: "ball",
        synonyms: &[
            "toy ball",
            "rubber ball",
            "bouncy ball",
            "sphere",
            "round ball",
        ],
        size: [0.045, 0.06],
        finishes: &[Finish::Rubber, Finish::Plastic],
        accents: &[(rgb::WHITE, Finish::Rubber)],
        grip: Grip::Around,
        build: ball,
        ..BASE
    },
    Category {
        name: "cylinder block",
        synonyms: &[
            "cylinder",
            "round block",
            "wooden cylinder",
            "column block",
            "toy cylinder",
        ],
        size: [0.045, 0.06],
        finishes: &[Finish::Wood, Finish::Plastic],
        uses: Uses::TAKE_AND_BEAR,
        grip: Grip::Around,
        rests: Rests::OrLies,
        build: || Solid::of(cylinder(0.017, 0.05), 0),
        ..BASE
    },
    Category {
        name: "triangle block",
        synonyms: &[
            "prism",
            "wedge block",
            "roof block",
            "triangular block",
            "wooden triangle",
        ],
        size: [0.045, 0.06],
        finishes: &[Finish::Wood, Finish::Plastic],
        build: triangle,
        ..BASE
    },
    Category {
        name: "cone",
        synonyms: &[
            "traffic cone",
            "toy cone",
            "road cone",
            "pylon",
            "marker cone",
        ],
        size: [0.075, 0.1],
        colours: &[
            Colour::Orange,
            Colour::Red,
            Colour::Yellow,
            Colour::Blue,
            Colour::Green,
        ],
        accents: &[(rgb::WHITE, Finish::Plastic)],
        density: 300.0,
        grip: Grip::Around,
        build: cone,
        ..BASE
    },
    Category {
        name: "spinning top",
        synonyms: &[
            "top",
            "toy top",
            "whirligig",
            "humming top",
            "something that spins",
        ],
        size: [0.055, 0.068],
        finishes: &[Finish::Wood, Finish::Plastic],
        accents: &[(rgb::WHITE, Finish::Wood), (rgb::STEEL, Finish::Metal)],
        build: top,
        ..BASE
    },
    Category {
        name: "ring",
        synonyms: &[
            "stacking ring",
            "toy ring",
            "hoop",
            "ring to stack",
            "wooden ring",
        ],
        size: [0.07, 0.085],
        finishes: &[Finish::Wood, Finish::Plastic],
        grip: Grip::Rim(0.027, 0.02),
        build: || Solid::of(hoop(0.0275, 0.0, 0.0095), 0),
        ..BASE
    },
];

fn block() -> Solid {
    Solid::of(cuboid([0.03; 3], 0.0016), 0)
}

fn dice() -> Solid {
    const A: f64 = 0.0085;
    let faces: [(&[[f64; 2]], [f64; 3]); 6] = [
        (&[[0.0, 0.0]], [0.0, 0.0, 0.0]),
        (&[[A, A], [-A, -A]], [FRAC_PI_2, 0.0, 0.0]),
        (&[[A, A], [0.0, 0.0], [-A, -A]], [0.0, FRAC_PI_2, 0.0]),
        (
            &[[A, A], [-A, A], [A, -A], [-A, -A]],
            [0.0, -FRAC_PI_2, 0.0],
        ),
        (
            &[[A, A], [-A, A], [0.0, 0.0], [A, -A], [-A, -A]],
            [-FRAC_PI_2, 0.0, 0.0],
        ),
        (
            &[[A, A], [A, 0.0], [A, -A], [-A, A], [-A, 0.0], [-A, -A]],
            [FRAC_PI_2 * 2.0, 0.0, 0.0],
        ),
    ];
    let mut solid = Solid::of(cuboid([0.034; 3], 0.0045), 0);
    for (dots, turn) in faces {
        let face = Pose::from_rpy([0.0; 3], turn);
        for [x, y] in dots {
            solid = solid.trim(
                cylinder(0.0031, 0.001),
                face.then(&Pose::at([*x, *y, 0.0168])),
                1,
            );
        }
    }
    solid
}

fn ball() -> Solid {
    let band = lathe(&[
        [0.0, -0.0046],
        [0.0267, -0.0046],
        [0.0272, -0.002],
        [0.0272, 0.002],
        [0.0267, 0.0046],
        [0.0, 0.0046],
    ]);
    Solid::of(Shape::Sphere { radius: 0.0268 }, 0).trim(
        band,
        Pose::from_rpy([0.0; 3], [0.5, 0.3, 0.0]),
        1,
    )
}

fn triangle() -> Solid {
    let outline = vec![[-0.025, -0.0125], [0.025, -0.0125], [0.0, 0.0145]];
    let stand = Pose::from_rpy([0.0; 3], [FRAC_PI_2, 0.0, 0.0]);
    Solid::default().with(
        Shape::Prism {
            outline,
            half_height: 0.015,
            bevel: 0.0008,
        },
        stand,
        0,
    )
}

fn cone() -> Solid {
    let body = lathe(&[
        [0.0, 0.005],
        [0.0235, 0.005],
        [0.0235, 0.008],
        [0.0055, 0.083],
        [0.0042, 0.0845],
        [0.0, 0.0845],
    ]);
    let band = |low: f64, high: f64| {
        let r = |z: f64| 0.0238 - (z - 0.008) * 0.24;
        lathe(&[[0.0, low], [r(low), low], [r(high), high], [0.0, high]])
    };
    Solid::default()
        .at(cuboid([0.06, 0.06, 0.006], 0.002), [0.0, 0.0, 0.003], 0)
        .at(body, [0.0; 3], 0)
        .trim(band(0.028, 0.042), Pose::IDENTITY, 1)
        .trim(band(0.056, 0.066), Pose::IDENTITY, 1)
}

fn top() -> Solid {
    let body = curved(
        &[
            [0.0, 0.0],
            [0.002, 0.002],
            [0.0095, 0.012],
            [0.027, 0.024],
            [0.0295, 0.029],
            [0.0265, 0.034],
            [0.012, 0.039],
            [0.0045, 0.043],
            [0.0, 0.043],
        ],
        2,
    );
    let band = lathe(&[
        [0.0, 0.0262],
        [0.0292, 0.0262],
        [0.03, 0.029],
        [0.0289, 0.0318],
        [0.0, 0.0318],
    ]);
    let handle = lathe(&[
        [0.0, 0.04],
        [0.0036, 0.041],
        [0.003, 0.055],
        [0.0042, 0.06],
        [0.003, 0.063],
        [0.0, 0.0635],
    ]);
    Solid::of(body, 0)
        .trim(band, Pose::IDENTITY, 1)
        .at(handle, [0.0; 3], 1)
        // It lies on its rim and tip.
        .moved(&Pose::from_rpy([0.0; 3], [0.0, 0.8, 0.0]))
}
