//! Soft things and animals: pieces that melt into each other.

use super::category::{Category, Group};
use super::colour::Colour;
use super::hold::Grip;
use super::material::Finish;
use super::parts::{rgb, sweep};
use crate::geometry::Pose;
use crate::sim::solid::{Ball, Knot, Shape, Solid};

const BASE: Category = Category {
    group: Group::Toy,
    density: 250.0,
    friction: 0.7,
    ..Category::BASE
};

pub(super) const CATEGORIES: &[Category] = &[
    Category {
        name: "teddy",
        synonyms: &[
            "teddy bear",
            "toy bear",
            "stuffed bear",
            "plush bear",
            "cuddly toy",
        ],
        size: [0.1, 0.13],
        colours: &[
            Colour::Brown,
            Colour::Pink,
            Colour::White,
            Colour::Blue,
            Colour::Grey,
            Colour::Orange,
        ],
        finishes: &[Finish::Fur],
        accents: &[(rgb::CREAM, Finish::Fur), (rgb::DARK, Finish::Plastic)],
        grip: Grip::Across,
        build: teddy,
        ..BASE
    },
    Category {
        name: "duck",
        synonyms: &["rubber duck", "bath duck", "toy duck", "duckling", "bird"],
        size: [0.075, 0.09],
        colours: &[
            Colour::Yellow,
            Colour::White,
            Colour::Blue,
            Colour::Pink,
            Colour::Green,
        ],
        finishes: &[Finish::Rubber],
        accents: &[
            ([240, 120, 20], Finish::Rubber),
            (rgb::DARK, Finish::Plastic),
        ],
        build: duck,
        ..BASE
    },
    Category {
        name: "fish",
        synonyms: &[
            "toy fish",
            "plastic fish",
            "goldfish",
            "swimming animal",
            "fish with fins",
        ],
        size: [0.1, 0.12],
        accents: &[(rgb::WHITE, Finish::Plastic), (rgb::DARK, Finish::Plastic)],
        build: fish,
        ..BASE
    },
    Category {
        name: "turtle",
        synonyms: &[
            "tortoise",
            "toy turtle",
            "animal with a shell",
            "sea turtle",
            "shelled animal",
        ],
        size: [0.09, 0.11],
        colours: &[Colour::Green, Colour::Brown, Colour::Purple, Colour::Blue],
        accents: &[
            ([176, 196, 90], Finish::Rubber),
            (rgb::DARK, Finish::Plastic),
        ],
        unseen: true,
        build: turtle,
        ..BASE
    },
];

fn teddy() -> Solid {
    let mut balls = vec![
        Ball::cone([0.0, 0.0, 0.026], [0.0, 0.0, 0.046], [0.027, 0.021]),
        Ball::new([0.003, 0.0, 0.083], 0.0245),
    ];
    for y in [-1.0, 1.0] {
        balls.extend([
            Ball::new([0.0, y * 0.0195, 0.104], 0.0095),
            Ball::cone(
                [0.004, y * 0.02, 0.056],
                [0.019, y * 0.033, 0.04],
                [0.0105, 0.0095],
            ),
            Ball::cone(
                [0.008, y * 0.016, 0.014],
                [0.037, y * 0.022, 0.0125],
                [0.0135, 0.0125],
            ),
        ]);
    }
    let mut solid = Solid::of(
        Shape::Blob {
            balls,
            blend: 0.006,
        },
        0,
    )
    .trim(
        Shape::Ellipsoid {
            half: [0.0125, 0.0125, 0.0098],
        },
        Pose::at([0.0205, 0.0, 0.0775]),
        1,
    )
    .trim(
        Shape::Ellipsoid {
            half: [0.0042, 0.0052, 0.0038],
        },
        Pose::at([0.0322, 0.0, 0.0815]),
        2,
    )
    .trim(
        Shape::Ellipsoid {
            half: [0.008, 0.0165, 0.0185],
        },
        Pose::at([0.0195, 0.0, 0.033]),
        1,
    );
    for y in [-1.0, 1.0] {
        solid = solid
            .trim(
                Shape::Sphere { radius: 0.0035 },
                Pose::at([0.0238, y * 0.0098, 0.09]),
                2,
            )
            .trim(
                Shape::Ellipsoid {
                    half: [0.004, 0.0062, 0.0062],
                },
                Pose::at([0.0065, y * 0.0203, 0.1045]),
                1,
            )
            .trim(
                Shape::Ellipsoid {
                    half: [0.003, 0.009, 0.009],
                },
                Pose::at([0.0485, y * 0.0225, 0.0125]),
                1,
            );
    }
    solid
}

fn duck() -> Solid {
    let body = Shape::Blob {
        balls: vec![
            Ball::cone([-0.008, -0.008, 0.021], [-0.008, 0.008, 0.021], [0.0215; 2]),
            Ball::new([0.013, 0.0, 0.0205], 0.02),
            Ball::cone([-0.018, 0.0, 0.025], [-0.037, 0.0, 0.038], [0.0135, 0.0042]),
            Ball::new([0.018, 0.0, 0.053], 0.0182),
        ],
        blend: 0.013,
    };
    let bill = Shape::Blob {
        balls: vec![
            Ball::cone(
                [0.032, -0.0045, 0.0505],
                [0.032, 0.0045, 0.0505],
                [0.0048; 2],
            ),
            Ball::cone([0.042, -0.004, 0.0515], [0.042, 0.004, 0.0515], [0.0036; 2]),
        ],
        blend: 0.006,
    };
    let mut solid = Solid::of(body, 0).at(bill, [0.0; 3], 1);
    for y in [-1.0, 1.0] {
        let wing = Shape::Ellipsoid {
            half: [0.018, 0.006, 0.0105],
        };
        solid = solid
            .trim(
                Shape::Sphere { radius: 0.0034 },
                Pose::at([0.0292, y * 0.0118, 0.0588]),
                2,
            )
            .trim(
                wing,
                Pose::from_rpy([-0.008, y * 0.0275, 0.0265], [y * 0.2, 0.35, 0.0]),
                0,
            );
    }
    solid
}

fn fish() -> Solid {
    let body = sweep(
        &[
            Knot::new([0.054, 0.0, 0.0], [0.002, 0.002]),
            Knot::new([0.048, 0.0, 0.0], [0.008, 0.0105]),
            Knot::new([0.025, 0.0, 0.0], [0.014, 0.0215]),
            Knot::new([0.0, 0.0, 0.0], [0.0135, 0.0225]),
            Knot::new([-0.028, 0.0, 0.0], [0.0078, 0.0115]),
            Knot::new([-0.038, 0.0, 0.0], [0.0042, 0.007]),
        ],
        4,
    );
    let fin = |outline: Vec<[f64; 2]>, half_height: f64| Shape::Prism {
        outline,
        half_height,
        bevel: 0.0008,
    };
    let upright = Pose::from_rpy([0.0; 3], [std::f64::consts::FRAC_PI_2, 0.0, 0.0]);
    let tail = fin(
        vec![
            [-0.034, -0.005],
            [-0.034, 0.005],
            [-0.06, 0.024],
            [-0.057, 0.008],
            [-0.0535, 0.0],
            [-0.057, -0.008],
            [-0.06, -0.024],
        ],
        0.0022,
    );
    let back = fin(
        vec![
            [0.02, 0.019],
            [-0.02, 0.014],
            [-0.024, 0.024],
            [-0.008, 0.032],
            [0.008, 0.031],
        ]
        .into_iter()
        .rev()
        .collect(),
        0.0018,
    );
    let mut solid = Solid::of(body, 0)
        .with(tail, upright, 0)
        .with(back, upright, 0);
    for y in [-1.0, 1.0] {
        let side = fin(
            vec![
                [0.012, -0.002],
                [0.01, 0.003],
                [-0.01, 0.008],
                [-0.014, 0.0],
                [-0.008, -0.006],
            ]
            .into_iter()
            .collect(),
            0.0014,
        );
        solid = solid
            .trim(
                Shape::Sphere { radius: 0.0052 },
                Pose::at([0.036, y * 0.0092, 0.006]),
                1,
            )
            .trim(
                Shape::Sphere { radius: 0.0032 },
                Pose::at([0.0382, y * 0.0122, 0.0065]),
                2,
            )
            .trim(
                side,
                Pose::from_rpy(
                    [0.01, y * 0.0145, -0.005],
                    [std::f64::consts::FRAC_PI_2 + y * 0.5, 0.0, 0.0],
                ),
                0,
            );
    }
    // Flat on its side, as a fish lies.
    solid.moved(&upright)
}

fn turtle() -> Solid {
    let shell = Shape::Lathe {
        profile: vec![
            [0.0, 0.011],
            [0.034, 0.011],
            [0.0355, 0.0135],
            [0.034, 0.018],
            [0.028, 0.029],
            [0.018, 0.037],
            [0.008, 0.0405],
            [0.0, 0.041],
        ],
    };
    let mut solid = Solid::of(shell, 0)
        .at(
            Shape::Ellipsoid {
                half: [0.034, 0.034, 0.008],
            },
            [0.0, 0.0, 0.0115],
            1,
        )
        .at(
            Shape::Blob {
                balls: vec![Ball::cone(
                    [0.028, 0.0, 0.014],
                    [0.049, 0.0, 0.022],
                    [0.008, 0.0115],
                )],
                blend: 0.0,
            },
            [0.0; 3],
            1,
        )
        .trim(
            sweep(
                &[
                    Knot::round([-0.03, 0.0, 0.011], 0.005),
                    Knot::round([-0.046, 0.0, 0.007], 0.0008),
                ],
                2,
            ),
            Pose::IDENTITY,
            1,
        );
    for (x, y) in [
        (0.024, 0.029),
        (0.024, -0.029),
        (-0.022, 0.029),
        (-0.022, -0.029),
    ] {
        let foot = Shape::Ellipsoid {
            half: [0.0135, 0.009, 0.0065],
        };
        solid = solid.with(
            foot,
            Pose::from_rpy([x, y, 0.0065], [0.0, 0.0, f64::atan2(y, x)]),
            1,
        );
    }
    for y in [-1.0, 1.0] {
        solid = solid.trim(
            Shape::Sphere { radius: 0.0024 },
            Pose::at([0.0565, y * 0.007, 0.0265]),
            2,
        );
    }
    for i in 0..6 {
        let (sin, cos) = (std::f64::consts::TAU * f64::from(i) / 6.0).sin_cos();
        let plate = Shape::Ellipsoid {
            half: [0.009, 0.0075, 0.0035],
        };
        solid = solid.trim(
            plate,
            Pose::from_rpy(
                [0.021 * cos, 0.021 * sin, 0.0325],
                [0.0, 0.62, sin.atan2(cos)],
            ),
            0,
        );
    }
    solid
}
