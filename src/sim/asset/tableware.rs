//! Things on a laid table: cups, plates, cutlery.

use super::category::{Category, Group, Uses};
use super::hold::{Grip, Hollow, Rests};
use super::material::Finish;
use super::parts::{along_x_at, curved, cylinder, handle, lathe, rgb, sweep};
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
        name: "cup",
        synonyms: &[
            "drinking cup",
            "beaker",
            "tumbler",
            "something to drink from",
            "cup without a handle",
        ],
        size: [0.07, 0.1],
        uses: Uses::TAKE_AND_HOLD,
        grip: Grip::Around,
        rests: Rests::OrLies,
        cavity: Hollow::Round(0.026, 0.005),
        build: cup,
        ..BASE
    },
    Category {
        name: "mug",
        synonyms: &[
            "coffee mug",
            "tea mug",
            "mug with a handle",
            "cup with a handle",
            "coffee cup",
        ],
        size: [0.1, 0.125],
        uses: Uses::TAKE_AND_HOLD,
        grip: Grip::Rim(0.038, 0.005),
        cavity: Hollow::Round(0.032, 0.006),
        build: mug,
        ..BASE
    },
    Category {
        name: "bowl",
        synonyms: &["soup bowl", "cereal bowl", "dish", "round bowl", "basin"],
        size: [0.11, 0.16],
        uses: Uses::TAKE_AND_HOLD,
        grip: Grip::Rim(0.066, 0.005),
        cavity: Hollow::Round(0.04, 0.008),
        build: bowl,
        ..BASE
    },
    Category {
        name: "plate",
        synonyms: &[
            "dinner plate",
            "flat dish",
            "saucer",
            "round plate",
            "platter",
        ],
        size: [0.11, 0.11],
        uses: Uses::BEAR,
        grip: Grip::None,
        cavity: Hollow::Round(0.045, 0.003),
        build: plate,
        ..BASE
    },
    Category {
        name: "wine glass",
        synonyms: &[
            "goblet",
            "stem glass",
            "glass on a foot",
            "chalice",
            "wine cup",
        ],
        size: [0.13, 0.16],
        finishes: &[Finish::Glass, Finish::Plastic],
        uses: Uses::TAKE_AND_HOLD,
        grip: Grip::Around,
        cavity: Hollow::Round(0.022, 0.078),
        unseen: true,
        build: wine_glass,
        ..BASE
    },
    Category {
        name: "teapot",
        synonyms: &[
            "tea pot",
            "pot for tea",
            "kettle",
            "pot with a spout",
            "tea kettle",
        ],
        size: [0.14, 0.17],
        uses: Uses {
            graspable: false,
            container: false,
            support: false,
        },
        grip: Grip::None,
        unseen: true,
        build: teapot,
        ..BASE
    },
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

fn cup() -> Solid {
    Solid::of(
        lathe(&[
            [0.0, 0.0],
            [0.024, 0.0],
            [0.0265, 0.0015],
            [0.034, 0.086],
            [0.0346, 0.0885],
            [0.0336, 0.09],
            [0.032, 0.0885],
            [0.0245, 0.007],
            [0.021, 0.005],
            [0.0, 0.005],
        ]),
        0,
    )
}

fn mug() -> Solid {
    let body = lathe(&[
        [0.0, 0.002],
        [0.03, 0.002],
        [0.032, 0.0],
        [0.036, 0.0],
        [0.0395, 0.004],
        [0.0405, 0.012],
        [0.0405, 0.088],
        [0.0395, 0.0905],
        [0.0375, 0.0905],
        [0.0362, 0.088],
        [0.036, 0.012],
        [0.031, 0.006],
        [0.0, 0.006],
    ]);
    Solid::of(body, 0).at(
        handle(0.038, [0.022, 0.074], 0.032, [0.006, 0.0042]),
        [0.0; 3],
        0,
    )
}

fn bowl() -> Solid {
    Solid::of(
        curved(
            &[
                [0.0, 0.003],
                [0.026, 0.003],
                [0.026, 0.003],
                [0.028, 0.0],
                [0.028, 0.0],
                [0.031, 0.0],
                [0.031, 0.0],
                [0.034, 0.006],
                [0.056, 0.026],
                [0.067, 0.056],
                [0.068, 0.0585],
                [0.0665, 0.0595],
                [0.064, 0.057],
                [0.052, 0.028],
                [0.032, 0.01],
                [0.0, 0.007],
            ],
            2,
        ),
        0,
    )
}

fn plate() -> Solid {
    Solid::of(
        lathe(&[
            [0.0, 0.0],
            [0.034, 0.0],
            [0.0375, 0.0004],
            [0.0525, 0.0044],
            [0.055, 0.0054],
            [0.0548, 0.006],
            [0.053, 0.0059],
            [0.04, 0.0031],
            [0.036, 0.0024],
            [0.0, 0.0024],
        ]),
        0,
    )
}

fn wine_glass() -> Solid {
    Solid::of(
        curved(
            &[
                [0.0, 0.0],
                [0.033, 0.0],
                [0.033, 0.0],
                [0.033, 0.002],
                [0.012, 0.006],
                [0.005, 0.014],
                [0.004, 0.06],
                [0.008, 0.07],
                [0.026, 0.086],
                [0.034, 0.108],
                [0.03, 0.145],
                [0.0285, 0.146],
                [0.028, 0.144],
                [0.032, 0.108],
                [0.024, 0.09],
                [0.0, 0.078],
            ],
            2,
        ),
        0,
    )
}

fn teapot() -> Solid {
    let body = curved(
        &[
            [0.0, 0.0],
            [0.03, 0.0],
            [0.03, 0.0],
            [0.05, 0.022],
            [0.052, 0.045],
            [0.036, 0.076],
            [0.034, 0.078],
            [0.034, 0.078],
            [0.022, 0.086],
            [0.008, 0.09],
            [0.006, 0.094],
            [0.009, 0.1],
            [0.007, 0.105],
            [0.0, 0.107],
        ],
        2,
    );
    let spout = sweep(
        &[
            Knot::round([-0.042, 0.0, 0.026], 0.014),
            Knot::round([-0.064, 0.0, 0.038], 0.0105),
            Knot::round([-0.076, 0.0, 0.062], 0.0075),
            Knot::round([-0.088, 0.0, 0.074], 0.0065),
        ],
        4,
    );
    Solid::of(body, 0).at(spout, [0.0; 3], 0).at(
        handle(0.044, [0.022, 0.066], 0.034, [0.0055, 0.0045]),
        [0.0; 3],
        0,
    )
}

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
