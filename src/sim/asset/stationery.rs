//! Things to write, cut and stick with.

use super::category::{Category, Group};
use super::hold::{Grip, Rests};
use super::material::Finish;
use super::parts::{
    along_x, along_x_at, along_y, cuboid, cylinder, hoop, lathe, rgb, ring, rod, sweep,
};
use crate::geometry::Pose;
use crate::sim::solid::{Ball, Knot, Shape, Solid};

const BASE: Category = Category {
    group: Group::Office,
    density: 700.0,
    ..Category::BASE
};

pub(super) const CATEGORIES: &[Category] = &[
    Category {
        name: "tape",
        synonyms: &[
            "roll of tape",
            "adhesive tape",
            "sticky tape",
            "tape roll",
            "tape dispenser",
        ],
        size: [0.075, 0.09],
        accents: &[([222, 196, 148], Finish::Cardboard)],
        grip: Grip::Rim(0.032, 0.02),
        build: tape,
        ..BASE
    },
    Category {
        name: "pen",
        synonyms: &[
            "ballpoint pen",
            "ball pen",
            "marker",
            "biro",
            "something to write with",
        ],
        size: [0.13, 0.15],
        accents: &[(rgb::STEEL, Finish::Metal), (rgb::DARK, Finish::Plastic)],
        build: pen,
        ..BASE
    },
    Category {
        name: "pencil",
        synonyms: &[
            "lead pencil",
            "wooden pencil",
            "drawing pencil",
            "hexagonal pencil",
            "something to draw with",
        ],
        size: [0.14, 0.17],
        finishes: &[Finish::Wax],
        accents: &[
            ([222, 178, 122], Finish::Wood),
            (rgb::DARK, Finish::Plastic),
            ([236, 132, 142], Finish::Rubber),
            (rgb::BRASS, Finish::Metal),
        ],
        build: pencil,
        ..BASE
    },
    Category {
        name: "scissors",
        synonyms: &[
            "pair of scissors",
            "shears",
            "paper scissors",
            "cutting scissors",
            "something to cut paper with",
        ],
        size: [0.14, 0.17],
        accents: &[(rgb::STEEL, Finish::Metal)],
        grip: Grip::At(-0.1, 0.012),
        unseen: true,
        build: scissors,
        ..BASE
    },
    Category {
        name: "mouse",
        synonyms: &[
            "computer mouse",
            "wireless mouse",
            "pointing device",
            "desk mouse",
            "mouse with a wheel",
        ],
        size: [0.095, 0.11],
        accents: &[(rgb::DARK, Finish::Rubber)],
        build: mouse,
        ..BASE
    },
    Category {
        name: "glue stick",
        synonyms: &[
            "glue",
            "stick of glue",
            "paper glue",
            "adhesive stick",
            "something to stick paper with",
        ],
        size: [0.09, 0.11],
        accents: &[(rgb::WHITE, Finish::Paper), (rgb::DARK, Finish::Plastic)],
        grip: Grip::Around,
        rests: Rests::OrLies,
        build: glue,
        ..BASE
    },
];

fn tape() -> Solid {
    let roll = |inner: f64, outer: f64, half: f64| {
        lathe(&[
            [inner, -half],
            [outer - 0.001, -half],
            [outer, 0.001 - half],
            [outer, half - 0.001],
            [outer - 0.001, half],
            [inner, half],
            [inner, -half],
        ])
    };
    Solid::of(roll(0.0265, 0.041, 0.0115), 0).at(roll(0.0245, 0.027, 0.0122), [0.0; 3], 1)
}

fn pen() -> Solid {
    let barrel = lathe(&[
        [0.0, -0.058],
        [0.0046, -0.056],
        [0.005, -0.04],
        [0.005, 0.046],
        [0.0, 0.046],
    ]);
    let tip = lathe(&[
        [0.0, 0.044],
        [0.0049, 0.046],
        [0.0044, 0.05],
        [0.0014, 0.063],
        [0.0008, 0.068],
        [0.0, 0.0685],
    ]);
    let button = lathe(&[
        [0.0, -0.07],
        [0.0024, -0.0695],
        [0.0027, -0.066],
        [0.0027, -0.056],
        [0.0, -0.056],
    ]);
    Solid::default()
        .with(barrel, along_x(), 0)
        .with(tip, along_x(), 1)
        .with(button, along_x(), 1)
        .with(cylinder(0.0053, 0.003), along_x_at([-0.012, 0.0, 0.0]), 1)
        .at(
            cuboid([0.038, 0.0032, 0.0012], 0.0004),
            [-0.037, 0.0, 0.0068],
            1,
        )
        .at(
            cuboid([0.004, 0.003, 0.004], 0.0004),
            [-0.054, 0.0, 0.0055],
            1,
        )
        .with(cylinder(0.00515, 0.022), along_x_at([0.033, 0.0, 0.0]), 2)
}

fn pencil() -> Solid {
    let shaft = Shape::Prism {
        outline: ring(0.0041, 6),
        half_height: 0.058,
        bevel: 0.0,
    };
    let wood = lathe(&[[0.0, 0.0], [0.0038, 0.0], [0.0012, 0.013], [0.0, 0.013]]);
    let lead = lathe(&[[0.0, 0.0], [0.0013, 0.0], [0.0, 0.0055]]);
    Solid::default()
        .with(shaft, along_x(), 0)
        .with(wood, along_x_at([0.0578, 0.0, 0.0]), 1)
        .with(lead, along_x_at([0.0702, 0.0, 0.0]), 2)
        .with(cylinder(0.0041, 0.009), along_x_at([-0.0615, 0.0, 0.0]), 4)
        .with(cylinder(0.0038, 0.009), along_x_at([-0.0695, 0.0, 0.0]), 3)
}

fn scissors() -> Solid {
    let half = |sign: f64| {
        let blade = Shape::Prism {
            outline: vec![
                [-0.012, -0.0055],
                [0.02, -0.0065],
                [0.078, -0.001],
                [0.08, 0.001],
                [0.02, 0.0055],
                [-0.012, 0.0045],
            ],
            half_height: 0.0012,
            bevel: 0.0003,
        };
        let shank = sweep(
            &[
                Knot::new([-0.006, 0.0, 0.0], [0.0055, 0.0026]),
                Knot::new([-0.022, -0.003, 0.0], [0.0048, 0.0034]),
                Knot::new([-0.036, -0.0115, 0.0], [0.0042, 0.0036]),
            ],
            4,
        );
        let bow = Solid::of(hoop(0.0155, 0.0, 0.0038), 0);
        let turned = Pose::from_rpy(
            [0.0, 0.0, sign * 0.0013],
            [
                if sign > 0.0 {
                    0.0
                } else {
                    std::f64::consts::PI
                },
                0.0,
                sign * 0.16,
            ],
        );
        Solid::default()
            .with(blade, Pose::IDENTITY, 1)
            .with(shank, Pose::IDENTITY, 0)
            .joined(bow.moved(&Pose::at([-0.054, -0.0115, 0.0])))
            .moved(&turned)
    };
    half(1.0)
        .joined(half(-1.0))
        .trim(cylinder(0.0034, 0.0075), Pose::IDENTITY, 1)
}

fn mouse() -> Solid {
    let body = Shape::Blob {
        balls: vec![
            Ball::cone([-0.026, -0.009, 0.013], [-0.026, 0.009, 0.013], [0.0225; 2]),
            Ball::cone([0.03, -0.012, 0.009], [0.03, 0.012, 0.009], [0.016; 2]),
            Ball::cone([0.0, -0.009, 0.014], [0.0, 0.009, 0.014], [0.021; 2]),
        ],
        blend: 0.016,
    };
    let seam = sweep(
        &[
            Knot::new([0.006, 0.0, 0.0352], [0.0006, 0.001]),
            Knot::new([0.024, 0.0, 0.03], [0.0006, 0.001]),
            Knot::new([0.046, 0.0, 0.0145], [0.0006, 0.001]),
        ],
        4,
    );
    Solid::of(body, 0)
        .trim(cylinder(0.0072, 0.0055), along_y([0.026, 0.0, 0.0245]), 1)
        .trim(seam, Pose::IDENTITY, 1)
}

fn glue() -> Solid {
    Solid::default()
        .at(cylinder(0.0138, 0.06), [0.0, 0.0, 0.036], 1)
        .trim(
            lathe(&[[0.0, 0.018], [0.014, 0.018], [0.014, 0.054], [0.0, 0.054]]),
            Pose::IDENTITY,
            0,
        )
        .at(cylinder(0.0146, 0.008), [0.0, 0.0, 0.004], 2)
        .at(
            lathe(&[
                [0.0, 0.064],
                [0.0146, 0.064],
                [0.0146, 0.094],
                [0.0136, 0.0975],
                [0.0, 0.0985],
            ]),
            [0.0; 3],
            0,
        )
        .trim(
            rod([0.0, 0.0, 0.0], [0.0, 0.0, 0.004], 0.006),
            Pose::IDENTITY,
            2,
        )
}
