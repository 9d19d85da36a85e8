//! Tools.

use super::category::{Category, Group};
use super::hold::Grip;
use super::material::Finish;
use super::parts::{along_x, along_x_at, along_y, cuboid, cylinder, hoop, lathe, rgb, rod, sweep};
use crate::geometry::Pose;
use crate::sim::solid::{Knot, Shape, Solid};

const BASE: Category = Category {
    group: Group::Tool,
    accents: &[(rgb::STEEL, Finish::Metal), (rgb::DARK, Finish::Rubber)],
    density: 1200.0,
    ..Category::BASE
};

pub(super) const CATEGORIES: &[Category] = &[
    Category {
        name: "screwdriver",
        synonyms: &[
            "screw driver",
            "turnscrew",
            "hand screwdriver",
            "flat screwdriver",
            "something to turn screws with",
        ],
        size: [0.15, 0.19],
        grip: Grip::At(-0.5, 0.025),
        build: screwdriver,
        ..BASE
    },
    Category {
        name: "hammer",
        synonyms: &[
            "claw hammer",
            "mallet",
            "carpenter's hammer",
            "something to drive nails with",
            "nail hammer",
        ],
        size: [0.19, 0.24],
        finishes: &[Finish::Wood, Finish::Rubber],
        grip: Grip::At(-0.25, 0.024),
        build: hammer,
        ..BASE
    },
    Category {
        name: "wrench",
        synonyms: &[
            "spanner",
            "open-ended wrench",
            "hand wrench",
            "fork wrench",
            "something to turn bolts with",
        ],
        size: [0.13, 0.17],
        finishes: &[Finish::Metal, Finish::Plastic],
        grip: Grip::Across,
        unseen: true,
        build: wrench,
        ..BASE
    },
    Category {
        name: "brush",
        synonyms: &[
            "paint brush",
            "paintbrush",
            "painter's brush",
            "flat brush",
            "something to paint with",
        ],
        size: [0.15, 0.19],
        finishes: &[Finish::Wood, Finish::Plastic],
        accents: &[(rgb::STEEL, Finish::Metal), ([214, 188, 142], Finish::Fur)],
        density: 600.0,
        grip: Grip::At(-0.4, 0.013),
        build: brush,
        ..BASE
    },
    Category {
        name: "key",
        synonyms: &[
            "door key",
            "house key",
            "old key",
            "something to open a lock with",
            "latchkey",
        ],
        size: [0.065, 0.085],
        finishes: &[Finish::Metal],
        grip: Grip::At(-0.1, 0.0055),
        build: key,
        ..BASE
    },
];

fn screwdriver() -> Solid {
    let grip = lathe(&[
        [0.0, -0.086],
        [0.007, -0.085],
        [0.0115, -0.08],
        [0.0128, -0.07],
        [0.0125, -0.04],
        [0.0098, -0.022],
        [0.0085, -0.014],
        [0.0105, -0.006],
        [0.009, -0.001],
        [0.004, 0.0],
        [0.0, 0.0],
    ]);
    let ribs = (0..6).map(|i| {
        let (sin, cos) = (std::f64::consts::TAU * f64::from(i) / 6.0).sin_cos();
        rod(
            [-0.076, 0.0122 * cos, 0.0122 * sin],
            [-0.036, 0.0118 * cos, 0.0118 * sin],
            0.0019,
        )
    });
    let blade = Shape::Prism {
        outline: vec![
            [0.0, -0.0032],
            [0.012, -0.0042],
            [0.017, -0.004],
            [0.017, 0.004],
            [0.012, 0.0042],
            [0.0, 0.0032],
        ],
        half_height: 0.0011,
        bevel: 0.0003,
    };
    let base = Solid::default()
        .with(grip, along_x(), 0)
        .with(cylinder(0.0031, 0.072), along_x_at([0.035, 0.0, 0.0]), 1)
        .at(blade, [0.069, 0.0, 0.0], 1);
    ribs.fold(base, |solid, rib| solid.trim(rib, Pose::IDENTITY, 2))
}

fn hammer() -> Solid {
    let shaft = sweep(
        &[
            Knot::new([-0.11, 0.0, 0.0], [0.008, 0.006]),
            Knot::new([-0.106, 0.0, 0.0], [0.0135, 0.0105]),
            Knot::new([-0.06, 0.0, 0.0], [0.0125, 0.0095]),
            Knot::new([0.0, 0.0, 0.0], [0.0098, 0.0075]),
            Knot::new([0.085, 0.0, 0.0], [0.0098, 0.0078]),
            Knot::new([0.104, 0.0, 0.0], [0.0098, 0.0078]),
        ],
        3,
    );
    let face = lathe(&[
        [0.0, 0.0],
        [0.0105, 0.0],
        [0.0105, 0.018],
        [0.0142, 0.0215],
        [0.0142, 0.032],
        [0.013, 0.0335],
        [0.0, 0.0335],
    ]);
    let claw = |sign: f64| {
        sweep(
            &[
                Knot::new([0.09, -0.008, 0.0], [0.0085, 0.0105]),
                Knot::new([0.09, -0.026, sign * 0.004], [0.0085, 0.006]),
                Knot::new([0.083, -0.045, sign * 0.0068], [0.006, 0.0042]),
                Knot::new([0.069, -0.058, sign * 0.0085], [0.0022, 0.0032]),
            ],
            4,
        )
    };
    Solid::of(shaft, 0)
        .at(cuboid([0.026, 0.024, 0.023], 0.005), [0.09, 0.0, 0.0], 1)
        .with(face, along_y([0.09, 0.008, 0.0]), 1)
        .at(claw(1.0), [0.0; 3], 1)
        .at(claw(-1.0), [0.0; 3], 1)
}

fn wrench() -> Solid {
    let head = |sign: f64, size: f64| {
        let at = |x: f64, y: f64| [sign * (0.066 + x * size), sign * y * size];
        vec![
            at(-0.018, -0.008),
            at(-0.007, -0.0165),
            at(0.006, -0.017),
            at(0.017, -0.0115),
            at(0.0165, -0.0068),
            at(-0.001, -0.0062),
            at(-0.004, 0.0),
            at(0.001, 0.0068),
            at(0.0195, 0.0052),
            at(0.0205, 0.0095),
            at(0.009, 0.0165),
            at(-0.006, 0.0165),
            at(-0.018, 0.008),
        ]
    };
    let jaw = |outline| Shape::Prism {
        outline,
        half_height: 0.0042,
        bevel: 0.001,
    };
    let shaft = Shape::Prism {
        outline: vec![
            [-0.056, -0.0062],
            [0.054, -0.0072],
            [0.054, 0.0072],
            [-0.056, 0.0062],
        ],
        half_height: 0.0032,
        bevel: 0.0012,
    };
    Solid::of(jaw(head(1.0, 1.0)), 0)
        .at(jaw(head(-1.0, 0.8)), [0.0; 3], 0)
        .at(shaft, [0.0; 3], 0)
}

fn brush() -> Solid {
    let grip = sweep(
        &[
            Knot::new([-0.088, 0.0, 0.0], [0.004, 0.003]),
            Knot::new([-0.082, 0.0, 0.0], [0.0085, 0.0055]),
            Knot::new([-0.045, 0.0, 0.0], [0.0065, 0.0052]),
            Knot::new([-0.012, 0.0, 0.0], [0.0115, 0.006]),
            Knot::new([0.012, 0.0, 0.0], [0.0205, 0.006]),
            Knot::new([0.02, 0.0, 0.0], [0.0215, 0.006]),
        ],
        3,
    );
    let hair = sweep(
        &[
            Knot::new([0.034, 0.0, 0.0], [0.0215, 0.0062]),
            Knot::new([0.05, 0.0, 0.0], [0.0225, 0.0066]),
            Knot::new([0.07, 0.0, 0.0], [0.021, 0.0056]),
            Knot::new([0.084, 0.0, 0.0], [0.0165, 0.0024]),
        ],
        3,
    );
    Solid::of(grip, 0)
        .at(cuboid([0.022, 0.046, 0.0145], 0.003), [0.027, 0.0, 0.0], 1)
        .at(hair, [0.0; 3], 2)
}

fn key() -> Solid {
    let tooth = |x: f64, length: f64| {
        (
            cuboid([0.0042, length, 0.0026], 0.0004),
            [x, -0.0022 - length / 2.0, 0.0],
        )
    };
    let teeth = [
        tooth(0.033, 0.0085),
        tooth(0.0265, 0.0065),
        tooth(0.0205, 0.0085),
    ];
    let bow = Solid::of(hoop(0.0105, 0.0, 0.0026), 0).moved(&Pose::at([-0.026, 0.0, 0.0]));
    let shank = bow
        .at(
            rod([-0.0165, 0.0, 0.0], [0.038, 0.0, 0.0], 0.0027),
            [0.0; 3],
            0,
        )
        .with(cylinder(0.0042, 0.003), along_x_at([-0.013, 0.0, 0.0]), 0);
    teeth
        .into_iter()
        .fold(shank, |solid, (shape, at)| solid.at(shape, at, 0))
}
