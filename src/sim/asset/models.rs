//! Small models of large things.

use super::category::{Category, Group};
use super::material::Finish;
use super::parts::{along_y, cuboid, cylinder, rgb, rod};
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
        name: "toy car",
        synonyms: &["car", "model car", "small car", "vehicle", "racing car"],
        size: [0.09, 0.11],
        accents: &[
            (rgb::DARK, Finish::Rubber),
            (rgb::SCREEN, Finish::Glass),
            (rgb::STEEL, Finish::Metal),
            ([250, 236, 180], Finish::Glass),
        ],
        build: car,
        ..BASE
    },
    Category {
        name: "toy truck",
        synonyms: &["truck", "lorry", "dump truck", "pickup", "tipper"],
        size: [0.11, 0.13],
        accents: &[
            (rgb::DARK, Finish::Rubber),
            (rgb::SCREEN, Finish::Glass),
            ([240, 200, 60], Finish::Plastic),
        ],
        unseen: true,
        build: truck,
        ..BASE
    },
    Category {
        name: "toy house",
        synonyms: &[
            "house",
            "model house",
            "little house",
            "doll's house",
            "cottage",
        ],
        size: [0.075, 0.09],
        finishes: &[Finish::Wood, Finish::Plastic],
        accents: &[
            (rgb::CREAM, Finish::Wood),
            (rgb::STEM, Finish::Wood),
            ([120, 170, 206], Finish::Glass),
        ],
        build: house,
        ..BASE
    },
    Category {
        name: "robot toy",
        synonyms: &[
            "toy robot",
            "little robot",
            "tin robot",
            "android",
            "mechanical figure",
        ],
        size: [0.09, 0.11],
        accents: &[
            (rgb::STEEL, Finish::Metal),
            (rgb::DARK, Finish::Plastic),
            ([250, 210, 60], Finish::Glass),
        ],
        unseen: true,
        build: robot,
        ..BASE
    },
];

fn wheels(solid: Solid, places: &[[f64; 2]], radius: f64, side: f64) -> Solid {
    places.iter().fold(solid, |solid, [x, y]| {
        let outer = y.signum() * (side / 2.0 + 0.0004);
        solid
            .with(cylinder(radius, side), along_y([*x, *y, radius]), 1)
            .trim(
                cylinder(radius * 0.55, 0.0014),
                along_y([*x, y + outer, radius]),
                3,
            )
    })
}

fn car() -> Solid {
    let cabin = Shape::Prism {
        outline: vec![
            [-0.031, 0.0],
            [0.024, 0.0],
            [0.0105, 0.0165],
            [-0.0215, 0.0165],
        ],
        half_height: 0.0175,
        bevel: 0.0035,
    };
    let side = Pose::from_rpy([-0.002, 0.0, 0.029], [FRAC_PI_2, 0.0, 0.0]);
    let roof = Shape::Prism {
        outline: vec![
            [-0.0215, 0.0135],
            [0.0105, 0.0135],
            [0.0075, 0.0178],
            [-0.019, 0.0178],
        ],
        half_height: 0.016,
        bevel: 0.002,
    };
    let body = Solid::default()
        .at(cuboid([0.1, 0.044, 0.019], 0.0065), [0.0, 0.0, 0.0205], 0)
        .with(cabin, side, 2)
        .with(roof, side, 0);
    let body = wheels(
        body,
        &[
            [0.03, 0.019],
            [0.03, -0.019],
            [-0.03, 0.019],
            [-0.03, -0.019],
        ],
        0.0115,
        0.01,
    );
    [0.014, -0.014].into_iter().fold(body, |solid, y| {
        solid
            .trim(
                Shape::Sphere { radius: 0.0042 },
                Pose::at([0.0475, y, 0.022]),
                4,
            )
            .trim(
                cuboid([0.003, 0.009, 0.004], 0.001),
                Pose::at([-0.0492, y, 0.0235]),
                4,
            )
    })
}

fn truck() -> Solid {
    let bed = super::parts::open_box([0.068, 0.046, 0.027], 0.0035, 0.0012, 3)
        .moved(&Pose::at([-0.024, 0.0, 0.023]));
    let body = Solid::default()
        .at(cuboid([0.116, 0.034, 0.009], 0.002), [0.0, 0.0, 0.0165], 1)
        .at(cuboid([0.037, 0.044, 0.036], 0.005), [0.036, 0.0, 0.036], 0)
        .trim(
            cuboid([0.001, 0.036, 0.013], 0.0003),
            Pose::at([0.0545, 0.0, 0.043]),
            2,
        )
        .trim(
            cuboid([0.016, 0.0448, 0.012], 0.0003),
            Pose::at([0.039, 0.0, 0.0435]),
            2,
        )
        .joined(bed);
    wheels(
        body,
        &[
            [0.036, 0.019],
            [0.036, -0.019],
            [-0.012, 0.019],
            [-0.012, -0.019],
            [-0.042, 0.019],
            [-0.042, -0.019],
        ],
        0.0125,
        0.0105,
    )
}

fn house() -> Solid {
    let roof = Shape::Prism {
        outline: vec![[-0.037, 0.0], [0.037, 0.0], [0.0, 0.032]],
        half_height: 0.034,
        bevel: 0.0008,
    };
    let across = Pose::from_rpy([0.0, 0.0, 0.044], [FRAC_PI_2, 0.0, FRAC_PI_2]);
    let pane = |y: f64, x: f64| {
        (
            cuboid([0.0014, 0.0115, 0.0115], 0.0003),
            Pose::at([x, y, 0.028]),
        )
    };
    let base = Solid::default()
        .at(cuboid([0.056, 0.06, 0.045], 0.0012), [0.0, 0.0, 0.0225], 1)
        .with(roof, across, 0)
        .at(
            cuboid([0.009, 0.009, 0.024], 0.0008),
            [0.014, 0.018, 0.065],
            0,
        )
        .trim(
            cuboid([0.0014, 0.013, 0.024], 0.0003),
            Pose::at([0.028, 0.0, 0.012]),
            2,
        )
        .trim(
            cuboid([0.013, 0.0014, 0.024], 0.0003),
            Pose::at([0.0, -0.03, 0.012]),
            2,
        );
    [
        pane(0.019, 0.028),
        pane(-0.019, 0.028),
        pane(0.015, -0.028),
        pane(-0.015, -0.028),
    ]
    .into_iter()
    .fold(base, |solid, (shape, pose)| solid.trim(shape, pose, 3))
}

fn robot() -> Solid {
    let mut solid = Solid::default()
        .at(cuboid([0.03, 0.042, 0.036], 0.004), [0.0, 0.0, 0.046], 0)
        .at(cuboid([0.027, 0.033, 0.025], 0.004), [0.0, 0.0, 0.0795], 0)
        .at(cylinder(0.0075, 0.006), [0.0, 0.0, 0.0655], 1)
        .at(rod([0.0, 0.0, 0.09], [0.0, 0.0, 0.1], 0.0014), [0.0; 3], 1)
        .trim(
            Shape::Sphere { radius: 0.0032 },
            Pose::at([0.0, 0.0, 0.101]),
            3,
        )
        .trim(
            cuboid([0.0014, 0.026, 0.016], 0.0004),
            Pose::at([0.015, 0.0, 0.047]),
            1,
        )
        .trim(
            cuboid([0.0014, 0.018, 0.0036], 0.0004),
            Pose::at([0.0135, 0.0, 0.0735]),
            2,
        );
    for y in [-1.0, 1.0] {
        solid = solid
            .at(
                cuboid([0.016, 0.0155, 0.02], 0.0025),
                [0.0, y * 0.0115, 0.0195],
                1,
            )
            .at(
                cuboid([0.028, 0.0175, 0.011], 0.003),
                [0.004, y * 0.0115, 0.0055],
                0,
            )
            .at(
                rod([0.0, y * 0.021, 0.057], [0.006, y * 0.029, 0.034], 0.0048),
                [0.0; 3],
                1,
            )
            .at(
                Shape::Sphere { radius: 0.0066 },
                [0.0065, y * 0.0295, 0.032],
                0,
            )
            .trim(
                cylinder(0.0042, 0.0022),
                Pose::from_rpy([0.0135, y * 0.0075, 0.083], [0.0, FRAC_PI_2, 0.0]),
                3,
            );
    }
    solid
}
