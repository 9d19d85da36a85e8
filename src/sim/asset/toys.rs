//! Toys and blocks.

use std::f64::consts::FRAC_PI_2;

use super::category::{Category, Group, Uses};
use super::colour::Colour;
use super::hold::{Grip, Hollow, Rests};
use super::material::Finish;
use super::parts::{along_y, cuboid, curved, cylinder, hoop, lathe, rgb, rod};
use crate::geometry::Pose;
use crate::sim::solid::{Shape, Solid};

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
        [0.0, -0.0045],
        [0.0265, -0.0045],
        [0.0269, 0.0],
        [0.0265, 0.0045],
        [0.0, 0.0045],
    ]);
    Solid::of(Shape::Sphere { radius: 0.0268 }, 0).trim(
        band,
        Pose::from_rpy([0.0; 3], [0.5, 0.3, 0.0]),
        1,
    )
}

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
