//! Boxes and flat things of the household.

use super::category::{Category, Group, Uses};
use super::colour::Colour::{self, Brown, Grey, White};
use super::hold::{Grip, Hollow, Rests};
use super::material::Finish;
use super::parts::{cuboid, cylinder, open_box, rgb, sweep};
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
        name: "brick",
        synonyms: &[
            "clay brick",
            "building brick",
            "stone block",
            "wall brick",
            "masonry block",
        ],
        size: [0.1, 0.13],
        colours: &[Colour::Red, Brown, Grey, White],
        finishes: &[Finish::Crust],
        accents: &[([70, 44, 36], Finish::Crust)],
        density: 1600.0,
        uses: Uses::TAKE_AND_BEAR,
        build: brick,
        ..BASE
    },
    Category {
        name: "box",
        synonyms: &[
            "cardboard box",
            "parcel",
            "open box",
            "carton box",
            "something to pack things in",
        ],
        size: [0.13, 0.18],
        colours: &[
            Brown,
            White,
            Colour::Blue,
            Colour::Red,
            Colour::Green,
            Colour::Yellow,
        ],
        finishes: &[Finish::Cardboard],
        density: 300.0,
        uses: Uses::HOLD,
        grip: Grip::None,
        rests: Rests::Stands,
        cavity: Hollow::Square(0.068, 0.048, 0.004),
        build: open_carton,
        ..BASE
    },
    Category {
        name: "gift box",
        synonyms: &[
            "present",
            "wrapped gift",
            "gift",
            "parcel with a ribbon",
            "birthday present",
        ],
        size: [0.08, 0.1],
        finishes: &[Finish::Paper],
        accents: &[([244, 206, 72], Finish::Cloth)],
        uses: Uses::TAKE,
        rests: Rests::Stands,
        build: gift,
        ..BASE
    },
    Category {
        name: "carton",
        synonyms: &[
            "milk carton",
            "juice carton",
            "drink carton",
            "milk",
            "carton with a gable top",
        ],
        size: [0.12, 0.15],
        finishes: &[Finish::Paper],
        accents: &[(rgb::WHITE, Finish::Paper)],
        build: carton,
        ..BASE
    },
    Category {
        name: "sponge",
        synonyms: &[
            "kitchen sponge",
            "dish sponge",
            "scrubbing sponge",
            "cleaning sponge",
            "scouring pad",
        ],
        size: [0.09, 0.11],
        colours: &[
            Colour::Yellow,
            Colour::Pink,
            Colour::Blue,
            Colour::Orange,
            Colour::Green,
        ],
        finishes: &[Finish::Foam],
        accents: &[([44, 104, 60], Finish::Fur)],
        density: 120.0,
        friction: 0.8,
        build: sponge,
        ..BASE
    },
    Category {
        name: "soap",
        synonyms: &[
            "bar of soap",
            "soap bar",
            "hand soap",
            "piece of soap",
            "something to wash with",
        ],
        size: [0.07, 0.085],
        finishes: &[Finish::Wax],
        density: 900.0,
        build: soap,
        ..BASE
    },
    Category {
        name: "towel",
        synonyms: &["cloth", "napkin", "folded towel", "table cloth", "rag"],
        size: [0.1, 0.1],
        finishes: &[Finish::Cloth],
        density: 250.0,
        friction: 0.8,
        uses: Uses::BEAR,
        grip: Grip::None,
        rests: Rests::Stands,
        cavity: Hollow::Top(0.9),
        build: towel,
        ..BASE
    },
];

fn brick() -> Solid {
    let [x, y, z] = [0.115, 0.055, 0.04];
    let hole = |i: f64| {
        (
            cylinder(0.0085, 0.0008),
            Pose::at([i * 0.034, 0.0, z / 2.0]),
        )
    };
    [-1.0, 0.0, 1.0].map(hole).into_iter().fold(
        Solid::of(cuboid([x, y, z], 0.0022), 0),
        |solid, (shape, pose)| solid.trim(shape, pose, 1),
    )
}

fn open_carton() -> Solid {
    let [x, y, z] = [0.14, 0.1, 0.075];
    let flap = |sides: [f64; 3], pose: Pose| (cuboid(sides, 0.0006), pose);
    let lean = 0.62;
    let (long, wide) = (0.036, 0.04);
    let out = |half: f64, length: f64| half + length / 2.0 * f64::cos(lean);
    let up = |length: f64| z - 0.001 - length / 2.0 * f64::sin(lean);
    let flaps = [
        flap(
            [x, long, 0.0025],
            Pose::from_rpy([0.0, out(y / 2.0, long), up(long)], [-lean, 0.0, 0.0]),
        ),
        flap(
            [x, long, 0.0025],
            Pose::from_rpy([0.0, -out(y / 2.0, long), up(long)], [lean, 0.0, 0.0]),
        ),
        flap(
            [wide, y, 0.0025],
            Pose::from_rpy([out(x / 2.0, wide), 0.0, up(wide)], [0.0, lean, 0.0]),
        ),
        flap(
            [wide, y, 0.0025],
            Pose::from_rpy([-out(x / 2.0, wide), 0.0, up(wide)], [0.0, -lean, 0.0]),
        ),
    ];
    flaps.into_iter().fold(
        open_box([x, y, z], 0.003, 0.0008, 0),
        |solid, (shape, pose)| solid.trim(shape, pose, 0),
    )
}

fn gift() -> Solid {
    let [x, y, z] = [0.078, 0.07, 0.05];
    let loop_to = |sign: f64| {
        sweep(
            &[
                Knot::new([0.0, 0.0, z + 0.002], [0.006, 0.0008]),
                Knot::new([sign * 0.012, sign * 0.006, z + 0.017], [0.0065, 0.0008]),
                Knot::new([sign * 0.026, sign * 0.012, z + 0.018], [0.007, 0.0008]),
                Knot::new([sign * 0.024, sign * 0.012, z + 0.006], [0.0065, 0.0008]),
                Knot::new([0.0, 0.0, z + 0.003], [0.004, 0.0008]),
            ],
            4,
        )
    };
    Solid::default()
        .at(cuboid([x, y, z], 0.0015), [0.0, 0.0, z / 2.0], 0)
        .trim(
            cuboid([x + 0.0012, 0.013, z + 0.0012], 0.001),
            Pose::at([0.0, 0.0, z / 2.0]),
            1,
        )
        .trim(
            cuboid([0.013, y + 0.0012, z + 0.0012], 0.001),
            Pose::at([0.0, 0.0, z / 2.0]),
            1,
        )
        .trim(loop_to(1.0), Pose::IDENTITY, 1)
        .trim(loop_to(-1.0), Pose::IDENTITY, 1)
        .at(
            Shape::Ellipsoid {
                half: [0.006, 0.006, 0.005],
            },
            [0.0, 0.0, z + 0.004],
            1,
        )
}

fn carton() -> Solid {
    let side = 0.062;
    let gable = Shape::Prism {
        outline: vec![
            [-side / 2.0, 0.0],
            [side / 2.0, 0.0],
            [0.0018, 0.03],
            [-0.0018, 0.03],
        ],
        half_height: side / 2.0,
        bevel: 0.0006,
    };
    let across = Pose::from_rpy([0.0, 0.0, 0.092], [FRAC_PI_2, 0.0, FRAC_PI_2]);
    Solid::default()
        .at(cuboid([side, side, 0.062], 0.0015), [0.0, 0.0, 0.031], 0)
        .at(
            cuboid([side - 0.0004, side - 0.0004, 0.034], 0.0015),
            [0.0, 0.0, 0.0765],
            1,
        )
        .with(gable, across, 0)
        .at(cuboid([side, 0.004, 0.014], 0.001), [0.0, 0.0, 0.127], 1)
        .trim(
            cylinder(0.011, 0.006),
            Pose::from_rpy([0.0, -0.0165, 0.1085], [0.78, 0.0, 0.0]),
            1,
        )
}

fn sponge() -> Solid {
    Solid::default()
        .at(cuboid([0.1, 0.066, 0.024], 0.005), [0.0, 0.0, 0.012], 0)
        .at(cuboid([0.099, 0.065, 0.009], 0.0025), [0.0, 0.0, 0.0275], 1)
}

fn soap() -> Solid {
    Solid::default()
        .at(cuboid([0.078, 0.05, 0.026], 0.0115), [0.0; 3], 0)
        .trim(
            Shape::Ellipsoid {
                half: [0.026, 0.015, 0.0016],
            },
            Pose::at([0.0, 0.0, 0.0125]),
            0,
        )
}

/// Folded once, so that its edge shows two layers.
fn towel() -> Solid {
    let fold = Shape::Capsule {
        radius: 0.005,
        half_height: 0.045,
    };
    let along_y = Pose::from_rpy([-0.045, 0.0, 0.005], [FRAC_PI_2, 0.0, 0.0]);
    Solid::default()
        .at(
            cuboid([0.096, 0.1, 0.0052], 0.0024),
            [0.002, 0.0, 0.0026],
            0,
        )
        .at(
            cuboid([0.094, 0.0988, 0.005], 0.0024),
            [0.0, 0.0, 0.0075],
            0,
        )
        .with(fold, along_y, 0)
}
