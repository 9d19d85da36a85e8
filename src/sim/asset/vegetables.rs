//! Vegetables, and an egg.

use super::category::{Category, Group};
use super::colour::Colour::{Brown, Green, Orange, Purple, Red, White, Yellow};
use super::hold::{Grip, Rests};
use super::material::Finish;
use super::parts::{curved, rgb, rod, sweep};
use crate::geometry::Pose;
use crate::sim::solid::{Ball, Knot, Shape, Solid};

const BASE: Category = Category {
    group: Group::Vegetable,
    finishes: &[Finish::Skin],
    accents: &[(rgb::LEAF, Finish::Skin), (rgb::STEM, Finish::Crust)],
    density: 700.0,
    ..Category::BASE
};

pub(super) const CATEGORIES: &[Category] = &[
    Category {
        name: "carrot",
        synonyms: &[
            "root vegetable",
            "orange root",
            "long orange vegetable",
            "garden carrot",
            "pointed root",
        ],
        size: [0.115, 0.115],
        colours: &[Orange],
        build: carrot,
        ..BASE
    },
    Category {
        name: "eggplant",
        synonyms: &[
            "aubergine",
            "purple vegetable",
            "brinjal",
            "dark plump vegetable",
            "egg-shaped vegetable",
        ],
        size: [0.078, 0.078],
        colours: &[Purple],
        build: eggplant,
        ..BASE
    },
    Category {
        name: "cucumber",
        synonyms: &[
            "long green vegetable",
            "gherkin",
            "salad cucumber",
            "pickle",
            "green cucumber",
        ],
        size: [0.15, 0.19],
        colours: &[Green],
        build: cucumber,
        ..BASE
    },
    Category {
        name: "chilli",
        synonyms: &[
            "chili pepper",
            "hot pepper",
            "red pepper pod",
            "chile",
            "spicy pepper",
        ],
        size: [0.09, 0.12],
        colours: &[Red, Green, Yellow],
        unseen: true,
        build: chilli,
        ..BASE
    },
    Category {
        name: "bell pepper",
        synonyms: &[
            "pepper",
            "sweet pepper",
            "capsicum",
            "paprika",
            "blocky pepper",
        ],
        size: [0.08, 0.1],
        colours: &[Red, Yellow, Green, Orange],
        grip: Grip::Around,
        rests: Rests::OrLies,
        build: bell_pepper,
        ..BASE
    },
    Category {
        name: "onion",
        synonyms: &[
            "bulb onion",
            "kitchen onion",
            "layered bulb",
            "cooking onion",
            "shallot",
        ],
        size: [0.072, 0.088],
        colours: &[Brown, White, Purple],
        accents: &[([196, 150, 92], Finish::Paper), (rgb::STEM, Finish::Crust)],
        grip: Grip::Around,
        build: onion,
        ..BASE
    },
];

fn carrot() -> Solid {
    // A root of 3.2 by 3.8 cm at its thick end, as SimplerEnv's.
    let root = sweep(
        &[
            Knot::new([-0.0575, 0.0, 0.0], [0.0012, 0.0014]),
            Knot::new([-0.05, 0.0, 0.0], [0.004, 0.0047]),
            Knot::new([-0.02, 0.0, 0.0], [0.0095, 0.0112]),
            Knot::new([0.015, 0.0, 0.0], [0.0138, 0.0164]),
            Knot::new([0.036, 0.0, 0.0], [0.016, 0.019]),
            Knot::new([0.044, 0.0, 0.0], [0.0142, 0.017]),
            Knot::new([0.0465, 0.0, 0.0], [0.006, 0.007]),
        ],
        4,
    );
    let stalks = [
        [0.0575, 0.007, 0.009],
        [0.0575, -0.008, 0.005],
        [0.0565, 0.001, -0.009],
        [0.0575, 0.0, 0.001],
    ];
    stalks.into_iter().fold(Solid::of(root, 0), |solid, tip| {
        solid.at(
            rod([0.042, tip[1] * 0.3, tip[2] * 0.3], tip, 0.0024),
            [0.0; 3],
            1,
        )
    })
}

fn eggplant() -> Solid {
    let body = sweep(
        &[
            Knot::new([-0.039, 0.0, 0.0], [0.002, 0.002]),
            Knot::new([-0.037, 0.0, 0.0], [0.0085, 0.0087]),
            Knot::new([-0.027, 0.0, 0.0], [0.0165, 0.017]),
            Knot::new([-0.012, 0.0, 0.0], [0.0185, 0.019]),
            Knot::new([0.006, 0.0, 0.0], [0.0155, 0.016]),
            Knot::new([0.02, 0.0, 0.0], [0.0115, 0.0118]),
            Knot::new([0.027, 0.0, 0.0], [0.008, 0.008]),
        ],
        4,
    );
    let cap = sweep(
        &[
            Knot::round([0.0175, 0.0, 0.0], 0.0128),
            Knot::round([0.0225, 0.0, 0.0], 0.0117),
            Knot::round([0.029, 0.0, 0.0], 0.007),
            Knot::round([0.033, 0.0, 0.0], 0.0034),
            Knot::round([0.039, 0.0, 0.001], 0.003),
        ],
        3,
    );
    let sepal = |i: u32| {
        let turn = std::f64::consts::TAU * f64::from(i) / 5.0;
        let leaf = sweep(
            &[
                Knot::new([0.024, 0.0, 0.0112], [0.005, 0.001]),
                Knot::new([0.015, 0.0, 0.0142], [0.0042, 0.001]),
                Knot::new([0.007, 0.0, 0.0162], [0.0006, 0.0006]),
            ],
            3,
        );
        Solid::of(leaf, 1)
            .untouched()
            .moved(&Pose::from_rpy([0.0; 3], [turn, 0.0, 0.0]))
    };
    (0..5)
        .map(sepal)
        .fold(Solid::of(body, 0).at(cap, [0.0; 3], 1), Solid::joined)
}

fn cucumber() -> Solid {
    let knot = |(x, r): (f64, f64)| Knot::round([x, 0.35 * x * x * 4.0, 0.0], r);
    let body = [
        (-0.085, 0.001),
        (-0.083, 0.008),
        (-0.07, 0.015),
        (-0.03, 0.0178),
        (0.03, 0.0178),
        (0.07, 0.0148),
        (0.082, 0.008),
        (0.084, 0.003),
    ];
    Solid::of(sweep(&body.map(knot), 4), 0).at(
        rod([0.08, 0.009, 0.0], [0.09, 0.0115, 0.001], 0.0025),
        [0.0; 3],
        1,
    )
}

fn chilli() -> Solid {
    let body = sweep(
        &[
            Knot::round([-0.055, 0.014, 0.0], 0.0008),
            Knot::round([-0.035, 0.003, 0.0], 0.0048),
            Knot::round([-0.005, -0.002, 0.0], 0.0082),
            Knot::round([0.022, 0.0, 0.0], 0.0098),
            Knot::round([0.031, 0.002, 0.0], 0.0078),
        ],
        4,
    );
    let cap = sweep(
        &[
            Knot::round([0.026, 0.001, 0.0], 0.0096),
            Knot::round([0.033, 0.002, 0.0], 0.0072),
            Knot::round([0.037, 0.003, 0.0], 0.0024),
            Knot::round([0.052, 0.011, 0.003], 0.002),
        ],
        4,
    );
    Solid::of(body, 0).at(cap, [0.0; 3], 1)
}

fn bell_pepper() -> Solid {
    let lobe = |i: u32| {
        let (sin, cos) = (std::f64::consts::TAU * (f64::from(i) + 0.5) / 4.0).sin_cos();
        Ball::cone(
            [0.0105 * cos, 0.0105 * sin, 0.02],
            [0.0175 * cos, 0.0175 * sin, 0.056],
            [0.017, 0.0205],
        )
    };
    let body = Shape::Blob {
        balls: (0..4).map(lobe).collect(),
        blend: 0.008,
    };
    let stalk = sweep(
        &[
            Knot::round([0.0, 0.0, 0.064], 0.009),
            Knot::round([0.0, 0.0, 0.07], 0.0048),
            Knot::round([0.002, 0.0, 0.079], 0.004),
            Knot::round([0.006, 0.0, 0.088], 0.0048),
        ],
        3,
    );
    Solid::of(body, 0).at(stalk, [0.0; 3], 1)
}

fn onion() -> Solid {
    let body = curved(
        &[
            [0.0, 0.002],
            [0.008, 0.0],
            [0.02, 0.005],
            [0.0345, 0.027],
            [0.029, 0.046],
            [0.012, 0.058],
            [0.006, 0.066],
            [0.0042, 0.073],
            [0.0055, 0.08],
            [0.0, 0.08],
        ],
        3,
    );
    let root = (0..5).map(|i| {
        let (sin, cos) = (1.3 * f64::from(i)).sin_cos();
        rod(
            [0.003 * cos, 0.003 * sin, 0.003],
            [0.007 * cos, 0.007 * sin, 0.0004],
            0.0007,
        )
    });
    let top = sweep(
        &[
            Knot::round([0.0, 0.0, 0.068], 0.0047),
            Knot::round([0.001, 0.0, 0.079], 0.0052),
            Knot::round([0.004, 0.001, 0.0855], 0.0018),
        ],
        3,
    );
    root.fold(Solid::of(body, 0).at(top, [0.0; 3], 1), |solid, hair| {
        solid.at(hair, [0.0; 3], 2)
    })
}
