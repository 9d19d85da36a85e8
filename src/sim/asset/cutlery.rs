//! Things to eat and stir with.

use super::category::{Category, Group};
use super::hold::Grip;
use super::material::Finish;
use super::parts::{along_x_at, cylinder, rgb, sweep};
use crate::geometry::Pose;
use crate::sim::solid::{Knot, Shape, Solid};

const BASE: Category = Category {
    group: Group::Tableware,
    finishes: &[Finish::Ceramic, Finish::Plastic, Finish::Metal],
    density: 900.0,
    ..Category::BASE
};

pub(super) const CATEGORIES: &[Category] = &[
    Category {
        name: "spoon",
        synonyms: &[
            "tablespoon",
            "soup spoon",
            "ladle",
            "scoop",
            "something to eat soup with",
        ],
        size: [0.14, 0.14],
        finishes: &[Finish::Metal, Finish::Plastic, Finish::Wood],
        grip: Grip::At(-0.1, 0.008),
        build: spoon,
        ..BASE
    },
    Category {
        name: "fork",
        synonyms: &[
            "dinner fork",
            "table fork",
            "pronged fork",
            "four-pronged fork",
            "eating fork",
        ],
        size: [0.15, 0.18],
        finishes: &[Finish::Metal, Finish::Plastic],
        build: fork,
        ..BASE
    },
    Category {
        name: "knife",
        synonyms: &[
            "table knife",
            "kitchen knife",
            "cutting knife",
            "butter knife",
            "blade with a handle",
        ],
        size: [0.16, 0.2],
        finishes: &[Finish::Plastic, Finish::Wood],
        accents: &[(rgb::STEEL, Finish::Metal)],
        grip: Grip::At(-0.5, 0.018),
        build: knife,
        ..BASE
    },
    Category {
        name: "whisk",
        synonyms: &[
            "egg whisk",
            "balloon whisk",
            "egg beater",
            "wire whisk",
            "kitchen whisk",
        ],
        size: [0.15, 0.18],
        finishes: &[Finish::Plastic, Finish::Wood],
        accents: &[(rgb::STEEL, Finish::Metal)],
        grip: Grip::At(-0.5, 0.019),
        unseen: true,
        build: whisk,
        ..BASE
    },
];

fn spoon() -> Solid {
    Solid::of(
        sweep(
            &[
                Knot::new([-0.07, 0.0, 0.012], [0.0005, 0.0008]),
                Knot::new([-0.067, 0.0, 0.0123], [0.0065, 0.0022]),
                Knot::new([-0.04, 0.0, 0.0172], [0.0062, 0.0022]),
                Knot::new([0.005, 0.0, 0.0238], [0.0038, 0.0022]),
                Knot::new([0.022, 0.0, 0.0165], [0.0055, 0.0035]).dished(0.2),
                Knot::new([0.032, 0.0, 0.0115], [0.0135, 0.0085]).dished(1.5),
                Knot::new([0.046, 0.0, 0.01], [0.0175, 0.01]).dished(1.72),
                Knot::new([0.059, 0.0, 0.0115], [0.0135, 0.0075]).dished(1.6),
                Knot::new([0.068, 0.0, 0.014], [0.006, 0.003]).dished(1.2),
                Knot::new([0.07, 0.0, 0.0146], [0.0012, 0.0008]),
            ],
            4,
        ),
        0,
    )
}

fn fork() -> Solid {
    let stem = sweep(
        &[
            Knot::new([-0.085, 0.0, 0.004], [0.001, 0.0008]),
            Knot::new([-0.082, 0.0, 0.004], [0.008, 0.002]),
            Knot::new([-0.04, 0.0, 0.008], [0.0065, 0.002]),
            Knot::new([0.015, 0.0, 0.0135], [0.004, 0.002]),
            Knot::new([0.028, 0.0, 0.011], [0.007, 0.0017]),
            Knot::new([0.038, 0.0, 0.0075], [0.0125, 0.0016]),
            Knot::new([0.047, 0.0, 0.0055], [0.0128, 0.0015]),
        ],
        3,
    );
    let tine = |y: f64| {
        sweep(
            &[
                Knot::new([0.045, y, 0.0058], [0.0018, 0.0015]),
                Knot::new([0.065, y, 0.0052], [0.0016, 0.0014]),
                Knot::new([0.083, y, 0.0105], [0.0007, 0.0007]),
            ],
            3,
        )
    };
    [-0.0109, -0.0036, 0.0036, 0.0109]
        .into_iter()
        .fold(Solid::of(stem, 0), |solid, y| {
            solid.at(tine(y), [0.0; 3], 0)
        })
}

fn knife() -> Solid {
    let grip = sweep(
        &[
            Knot::new([-0.09, 0.0, 0.0], [0.003, 0.005]),
            Knot::new([-0.087, 0.0, 0.0], [0.0062, 0.0098]),
            Knot::new([-0.05, 0.0, 0.0], [0.0058, 0.009]),
            Knot::new([-0.004, 0.0, 0.0], [0.006, 0.0095]),
            Knot::new([0.0, 0.0, 0.0], [0.004, 0.007]),
        ],
        4,
    );
    let blade = Shape::Prism {
        outline: vec![
            [-0.002, -0.008],
            [0.004, -0.0125],
            [0.05, -0.0125],
            [0.074, -0.0085],
            [0.086, -0.002],
            [0.09, 0.0065],
            [0.07, 0.0085],
            [-0.002, 0.0085],
        ],
        half_height: 0.0012,
        bevel: 0.0004,
    };
    let flat = Pose::from_rpy([0.0; 3], [std::f64::consts::FRAC_PI_2, 0.0, 0.0]);
    // On its side: the blade lies in the plane of the table.
    Solid::of(grip, 0).with(blade, flat, 1).moved(&flat)
}

fn whisk() -> Solid {
    let grip = sweep(
        &[
            Knot::round([-0.085, 0.0, 0.0], 0.004),
            Knot::round([-0.082, 0.0, 0.0], 0.0085),
            Knot::round([-0.05, 0.0, 0.0], 0.0095),
            Knot::round([-0.01, 0.0, 0.0], 0.0065),
            Knot::round([-0.006, 0.0, 0.0], 0.005),
        ],
        4,
    );
    let loop_at = |turn: f64| {
        let (sin, cos) = turn.sin_cos();
        let knot = |(x, r): (f64, f64)| Knot::round([x, r * cos, r * sin], 0.0013);
        let way = [
            (-0.01, 0.003),
            (0.02, 0.013),
            (0.055, 0.024),
            (0.078, 0.019),
            (0.085, 0.0),
            (0.078, -0.019),
            (0.055, -0.024),
            (0.02, -0.013),
            (-0.01, -0.003),
        ];
        sweep(&way.map(knot), 2)
    };
    let quarter = std::f64::consts::FRAC_PI_4;
    (0..4).fold(
        Solid::of(grip, 0).with(cylinder(0.0068, 0.006), along_x_at([-0.008, 0.0, 0.0]), 1),
        |solid, i| solid.at(loop_at(quarter * f64::from(i)), [0.0; 3], 1),
    )
}
