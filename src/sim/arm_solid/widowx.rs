//! The 250s of the `WidowX` family: black plates, square servos, round forearm, fingers on a rail.

use super::draft::{BASE, Draft, bar, prism};
use super::{BODY, METAL, MOTOR, PAD, Paint};
use crate::geometry::Pose;
use crate::sim::asset::Finish;
use crate::sim::solid::{Shape, Solid};

const MOTORS: ([u8; 3], Finish) = ([44, 45, 49], Finish::Plastic);
const STEEL: ([u8; 3], Finish) = ([188, 190, 194], Finish::Metal);
const RUBBER: ([u8; 3], Finish) = ([28, 28, 30], Finish::Rubber);

pub(super) const PAINTS: [Paint; 4] = [
    [([30, 31, 34], Finish::Plastic), MOTORS, STEEL, RUBBER],
    [([150, 152, 156], Finish::Metal), MOTORS, STEEL, RUBBER],
    [([36, 60, 104], Finish::Plastic), MOTORS, STEEL, RUBBER],
    [
        ([214, 214, 210], Finish::Plastic),
        ([70, 72, 76], Finish::Plastic),
        STEEL,
        RUBBER,
    ],
];

/// Height of the stretched forearm.
const Z: f64 = 0.360_65;
const SIDES: [f64; 2] = [1.0, -1.0];

pub(super) fn draw(draft: &mut Draft) -> [Solid; 2] {
    base(draft);
    shoulder(draft);
    upper_arm(draft);
    forearm(draft);
    wrist(draft);
    [finger(1.0), finger(-1.0)]
}

fn base(draft: &mut Draft) {
    draft.block(BASE, [0.2, 0.14, 0.008], [-0.02, 0.0, 0.004], BODY);
    draft.block(BASE, [0.1, 0.08, 0.048], [-0.015, 0.0, 0.03], BODY);
    draft.block(BASE, [0.046, 0.05, 0.034], [-0.09, 0.0, 0.025], MOTOR);
    draft.turned(
        BASE,
        &[
            [0.0, 0.0],
            [0.054, 0.0],
            [0.058, 0.004],
            [0.058, 0.013],
            [0.052, 0.017],
            [0.0, 0.017],
        ],
        ([0.0, 0.0, 0.05], [0.0, 0.0, 1.0]),
        METAL,
    );
}

fn shoulder(draft: &mut Draft) {
    draft.rod(0, 0.05, ([0.0, 0.0, 0.068], [0.0, 0.0, 0.009]), BODY);
    for side in SIDES {
        let cheek = bar([[0.0, 0.07], [0.0, 0.111]], [0.034, 0.028]);
        draft.plate(0, &cheek, (side * 0.038, 0.005), BODY);
        draft.block(
            0,
            [0.036, 0.03, 0.058],
            [-0.004, side * 0.058, 0.103],
            MOTOR,
        );
        draft.rod(
            0,
            0.012,
            ([0.0, side * 0.0305, 0.110_65], [0.0, side * 0.006, 0.0]),
            METAL,
        );
    }
    draft.block(0, [0.05, 0.07, 0.012], [0.0, 0.0, 0.08], BODY);
}

fn upper_arm(draft: &mut Draft) {
    let outline = [
        [-0.021, 0.096],
        [0.0, 0.088],
        [0.021, 0.096],
        [0.0225, 0.3],
        [0.036, 0.333],
        [0.068, 0.338],
        [0.078, 0.352],
        [0.076, 0.376],
        [0.06, 0.387],
        [0.0, 0.383],
        [-0.019, 0.364],
        [-0.0225, 0.31],
    ];
    for side in SIDES {
        draft.plate(1, &outline, (side * 0.0275, 0.004), BODY);
        draft.block(1, [0.058, 0.03, 0.036], [0.036, side * 0.0465, Z], MOTOR);
        draft.rod(
            1,
            0.012,
            ([0.0, side * 0.029, 0.110_65], [0.0, side * 0.003, 0.0]),
            METAL,
        );
    }
    draft.block(1, [0.03, 0.052, 0.15], [0.0, 0.0, 0.215], MOTOR);
    draft.rod(1, 0.0045, ([0.0, -0.031, 0.28], [0.0, 0.062, 0.0]), METAL);
}

fn forearm(draft: &mut Draft) {
    draft.block(2, [0.046, 0.048, 0.036], [0.058, 0.0, Z], BODY);
    draft.rod(2, 0.0155, ([0.04975, -0.026, Z], [0.0, 0.052, 0.0]), METAL);
    draft.turned(
        2,
        &[
            [0.0, 0.0],
            [0.024, 0.0],
            [0.026, 0.003],
            [0.026, 0.012],
            [0.0185, 0.018],
            [0.0175, 0.11],
            [0.022, 0.116],
            [0.022, 0.134],
            [0.0, 0.134],
        ],
        ([0.08, 0.0, Z], [1.0, 0.0, 0.0]),
        BODY,
    );
    draft.rod(2, 0.0226, ([0.205, 0.0, Z], [0.006, 0.0, 0.0]), METAL);
    draft.rod(3, 0.0215, ([0.215, 0.0, Z], [0.016, 0.0, 0.0]), BODY);
    draft.block(3, [0.046, 0.036, 0.036], [0.252, 0.0, Z], MOTOR);
    for side in SIDES {
        let fork = bar([[0.245, Z], [0.299_75, Z]], [0.016, 0.0165]);
        draft.plate(3, &fork, (side * 0.0215, 0.0035), BODY);
    }
}

fn wrist(draft: &mut Draft) {
    draft.rod(
        4,
        0.0125,
        ([0.299_75, -0.0245, Z], [0.0, 0.049, 0.0]),
        METAL,
    );
    draft.block(4, [0.05, 0.036, 0.034], [0.321, 0.0, Z], MOTOR);
    draft.rod(5, 0.0185, ([0.347, 0.0, Z], [0.012, 0.0, 0.0]), METAL);
    draft.block(5, [0.046, 0.048, 0.04], [0.381, 0.0, Z], MOTOR);
    draft.block(5, [0.014, 0.138, 0.036], [0.409, 0.0, Z], BODY);
    for z in [-0.01, 0.01] {
        draft.rod(
            5,
            0.0028,
            ([0.4175, -0.064, Z + z], [0.0, 0.128, 0.0]),
            METAL,
        );
    }
    for side in SIDES {
        draft.block(5, [0.02, 0.006, 0.036], [0.415, side * 0.0665, Z], BODY);
    }
}

fn finger(side: f64) -> Solid {
    let outline = [
        [-0.036, -0.0052],
        [0.027, -0.0052],
        [0.027, 0.0],
        [0.012, 0.0052],
        [-0.012, 0.0075],
        [-0.036, 0.0085],
    ]
    .map(|[x, y]| [x, side * y]);
    let carriage = Shape::Cuboid {
        half: [0.0095, 0.0115, 0.0165],
        round: 0.002,
    };
    let pad = Shape::Cuboid {
        half: [0.0255, 0.0012, 0.0108],
        round: 0.0006,
    };
    Solid::default()
        .with(prism(&outline, 0.0112), Pose::IDENTITY, BODY)
        .at(carriage, [-0.0385, side * 0.0063, 0.0], BODY)
        .at(pad, [0.0012, side * -0.0048, 0.0], PAD)
}
