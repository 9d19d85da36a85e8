//! Bottles, cans, pots and other things that hold something.

use super::category::{Category, Group, Uses};
use super::colour::Colour;
use super::hold::{Grip, Hollow, Rests};
use super::material::Finish;
use super::parts::{cuboid, curved, cylinder, lathe, rgb, sweep};
use crate::geometry::Pose;
use crate::sim::solid::{Knot, Solid};

const BASE: Category = Category {
    group: Group::Container,
    density: 700.0,
    ..Category::BASE
};

pub(super) const CATEGORIES: &[Category] = &[
    Category {
        name: "bottle",
        synonyms: &[
            "water bottle",
            "drink bottle",
            "flask",
            "plastic bottle",
            "bottle with a cap",
        ],
        size: [0.15, 0.2],
        finishes: &[Finish::Plastic, Finish::Glass],
        accents: &[(rgb::WHITE, Finish::Plastic), (rgb::PAPER, Finish::Paper)],
        density: 300.0,
        grip: Grip::Around,
        rests: Rests::OrLies,
        build: bottle,
        ..BASE
    },
    Category {
        name: "coke can",
        synonyms: &["can", "soda can", "drink can", "cola", "tin of cola"],
        size: [0.123, 0.123],
        colours: &[Colour::Red],
        finishes: &[Finish::Plastic],
        accents: &[(rgb::STEEL, Finish::Metal), (rgb::WHITE, Finish::Plastic)],
        density: 150.0,
        grip: Grip::Around,
        rests: Rests::OrLies,
        build: can,
        ..BASE
    },
    Category {
        name: "tin",
        synonyms: &[
            "food tin",
            "soup can",
            "tin can",
            "canned food",
            "preserved food",
        ],
        size: [0.08, 0.1],
        finishes: &[Finish::Paper],
        accents: &[(rgb::STEEL, Finish::Metal)],
        grip: Grip::Around,
        rests: Rests::OrLies,
        build: tin,
        ..BASE
    },
    Category {
        name: "vase",
        synonyms: &[
            "flower vase",
            "urn",
            "pot for flowers",
            "flower holder",
            "slender vase",
        ],
        size: [0.13, 0.19],
        finishes: &[Finish::Ceramic, Finish::Glass],
        grip: Grip::Around,
        build: vase,
        ..BASE
    },
    Category {
        name: "jar",
        synonyms: &[
            "jam jar",
            "pot with a lid",
            "storage jar",
            "preserving jar",
            "jar with a lid",
        ],
        size: [0.08, 0.11],
        finishes: &[Finish::Glass, Finish::Ceramic],
        accents: &[(rgb::BRASS, Finish::Metal), (rgb::PAPER, Finish::Paper)],
        grip: Grip::Around,
        rests: Rests::OrLies,
        build: jar,
        ..BASE
    },
    Category {
        name: "flower pot",
        synonyms: &[
            "plant pot",
            "planter",
            "clay pot",
            "pot for a plant",
            "terracotta pot",
        ],
        size: [0.09, 0.12],
        colours: &[Colour::Orange, Colour::Brown, Colour::White, Colour::Grey],
        finishes: &[Finish::Crust, Finish::Ceramic],
        uses: Uses::HOLD,
        grip: Grip::None,
        cavity: Hollow::Round(0.034, 0.006),
        unseen: true,
        build: flower_pot,
        ..BASE
    },
];

fn bottle() -> Solid {
    let body = curved(
        &[
            [0.0, 0.002],
            [0.022, 0.002],
            [0.026, 0.0],
            [0.0305, 0.004],
            [0.032, 0.012],
            [0.032, 0.02],
            [0.0312, 0.045],
            [0.0312, 0.085],
            [0.032, 0.1],
            [0.0315, 0.112],
            [0.024, 0.136],
            [0.0125, 0.15],
            [0.0122, 0.166],
            [0.0, 0.166],
        ],
        2,
    );
    let label = lathe(&[
        [0.0, 0.05],
        [0.0316, 0.05],
        [0.0318, 0.051],
        [0.0318, 0.084],
        [0.0316, 0.085],
        [0.0, 0.085],
    ]);
    Solid::of(body, 0)
        .at(cylinder(0.0142, 0.014), [0.0, 0.0, 0.165], 1)
        .at(cylinder(0.0156, 0.003), [0.0, 0.0, 0.1535], 1)
        .trim(label, Pose::IDENTITY, 2)
}

fn can() -> Solid {
    let body = lathe(&[
        [0.0, 0.005],
        [0.0265, 0.005],
        [0.0328, 0.012],
        [0.0328, 0.108],
        [0.0275, 0.1195],
        [0.0, 0.1195],
    ]);
    let ends = lathe(&[
        [0.0, 0.003],
        [0.022, 0.003],
        [0.024, 0.0],
        [0.0255, 0.0],
        [0.0268, 0.0055],
        [0.0268, 0.118],
        [0.0274, 0.1222],
        [0.0262, 0.123],
        [0.0252, 0.1218],
        [0.0242, 0.119],
        [0.0, 0.1192],
    ]);
    let tab = cuboid([0.016, 0.011, 0.0016], 0.0007);
    let band = sweep(&wave(0.0326), 2);
    Solid::of(body, 0)
        .with(ends, Pose::IDENTITY, 1)
        .trim(tab, Pose::at([0.004, 0.0, 0.1203]), 1)
        .trim(band, Pose::IDENTITY, 2)
}

/// The white wave around a cola can: a flat ribbon on its wall.
fn wave(radius: f64) -> Vec<Knot> {
    (0..=24)
        .map(|i| {
            let turn = std::f64::consts::TAU * f64::from(i) / 24.0;
            let (sin, cos) = turn.sin_cos();
            let height = 0.058 + 0.012 * (turn * 2.0).sin();
            Knot::new(
                [radius * cos, radius * sin, height],
                [0.0004, 0.0065 + 0.003 * turn.cos()],
            )
        })
        .collect()
}

fn tin() -> Solid {
    let label = cylinder(0.0365, 0.078);
    let body = lathe(&[
        [0.0, 0.002],
        [0.034, 0.002],
        [0.036, 0.0],
        [0.0372, 0.0008],
        [0.0372, 0.004],
        [0.036, 0.005],
        [0.036, 0.085],
        [0.0372, 0.086],
        [0.0372, 0.0892],
        [0.036, 0.09],
        [0.0345, 0.0875],
        [0.0, 0.0875],
    ]);
    Solid::of(label, 0).at(body, [0.0, 0.0, -0.045], 1)
}

fn vase() -> Solid {
    Solid::of(
        curved(
            &[
                [0.0, 0.0],
                [0.024, 0.0],
                [0.024, 0.0],
                [0.027, 0.006],
                [0.04, 0.045],
                [0.037, 0.085],
                [0.019, 0.122],
                [0.0175, 0.138],
                [0.025, 0.16],
                [0.0235, 0.161],
                [0.0145, 0.139],
                [0.015, 0.122],
                [0.012, 0.11],
                [0.0, 0.108],
            ],
            2,
        ),
        0,
    )
}

fn jar() -> Solid {
    let body = curved(
        &[
            [0.0, 0.0],
            [0.03, 0.0],
            [0.034, 0.003],
            [0.035, 0.01],
            [0.035, 0.06],
            [0.033, 0.07],
            [0.029, 0.076],
            [0.029, 0.08],
            [0.0, 0.08],
        ],
        2,
    );
    let lid = lathe(&[
        [0.0, 0.076],
        [0.0315, 0.076],
        [0.032, 0.077],
        [0.032, 0.09],
        [0.0305, 0.092],
        [0.0, 0.092],
    ]);
    let label = lathe(&[
        [0.0, 0.018],
        [0.0362, 0.018],
        [0.0364, 0.0185],
        [0.0364, 0.0515],
        [0.0362, 0.052],
        [0.0, 0.052],
    ]);
    Solid::of(body, 0)
        .at(lid, [0.0; 3], 1)
        .trim(label, Pose::IDENTITY, 2)
}

fn flower_pot() -> Solid {
    Solid::of(
        lathe(&[
            [0.0, 0.0],
            [0.034, 0.0],
            [0.0355, 0.0015],
            [0.045, 0.066],
            [0.0505, 0.067],
            [0.0525, 0.088],
            [0.0515, 0.0895],
            [0.0475, 0.0895],
            [0.046, 0.088],
            [0.036, 0.008],
            [0.0, 0.006],
        ]),
        0,
    )
}
