//! Things on a laid table: cups, plates, cutlery.

use super::category::{Category, Group, Uses};
use super::hold::{Grip, Hollow, Rests};
use super::material::Finish;
use super::parts::{curved, handle, lathe, sweep};
use crate::sim::solid::{Knot, Solid};

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
