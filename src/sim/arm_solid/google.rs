//! An arm like the Google Robot's: smooth white limbs with grey joints on a column, two curved dark fingers.

use super::draft::{BASE, Draft, prism};
use super::{BODY, METAL, MOTOR, PAD, Paint};
use crate::geometry::Pose;
use crate::sim::asset::Finish;
use crate::sim::solid::{Shape, Solid};

const JOINT: ([u8; 3], Finish) = ([120, 124, 128], Finish::Plastic);
const TRIM: ([u8; 3], Finish) = ([150, 152, 156], Finish::Metal);
const FINGER: ([u8; 3], Finish) = ([52, 53, 57], Finish::Rubber);

pub(super) const PAINTS: [Paint; 4] = [
    [([226, 227, 226], Finish::Plastic), JOINT, TRIM, FINGER],
    [
        ([120, 126, 134], Finish::Plastic),
        ([70, 72, 76], Finish::Plastic),
        TRIM,
        FINGER,
    ],
    [([206, 196, 176], Finish::Plastic), JOINT, TRIM, FINGER],
    [
        ([62, 66, 74], Finish::Plastic),
        ([150, 152, 156], Finish::Plastic),
        TRIM,
        FINGER,
    ],
];

const UP: [f64; 3] = [0.0, 0.0, 1.0];

pub(super) fn draw(draft: &mut Draft) -> [Solid; 2] {
    base(draft);
    shoulder(draft);
    elbow(draft);
    hand(draft);
    [finger(1.0), finger(-1.0)]
}

fn base(draft: &mut Draft) {
    draft.turned(
        BASE,
        &[
            [0.0, 0.02],
            [0.2, 0.02],
            [0.235, 0.05],
            [0.24, 0.12],
            [0.21, 0.2],
            [0.12, 0.24],
            [0.0, 0.24],
        ],
        ([0.0; 3], UP),
        BODY,
    );
    draft.turned(
        BASE,
        &[
            [0.0, 0.22],
            [0.105, 0.22],
            [0.09, 0.3],
            [0.085, 0.56],
            [0.095, 0.6],
            [0.095, 0.622],
            [0.0, 0.622],
        ],
        ([0.0; 3], UP),
        BODY,
    );
    draft.rod(BASE, 0.09, ([0.0, 0.0, 0.62], [0.0, 0.0, 0.012]), MOTOR);
}

fn shoulder(draft: &mut Draft) {
    draft.turned(
        0,
        &[
            [0.0, 0.0],
            [0.09, 0.0],
            [0.096, 0.01],
            [0.094, 0.12],
            [0.078, 0.17],
            [0.04, 0.19],
            [0.0, 0.193],
        ],
        ([0.0, 0.0, 0.632], UP),
        BODY,
    );
    draft.rod(0, 0.066, ([0.0, -0.02, 0.7696], [0.0, -0.085, 0.0]), BODY);
    draft.rod(0, 0.061, ([0.0, -0.1, 0.7696], [0.0, -0.016, 0.0]), MOTOR);
    draft.limb(
        1,
        [[0.0, -0.167, 0.7696], [0.0, -0.165, 0.93]],
        [0.062, 0.058],
        BODY,
    );
    draft.rod(1, 0.05, ([0.0, -0.1165, 0.7696], [0.0, -0.101, 0.0]), BODY);
    draft.rod(1, 0.053, ([0.0, -0.165, 0.962], [0.0, 0.0, 0.02]), MOTOR);
}

fn elbow(draft: &mut Draft) {
    draft.limb(
        2,
        [[0.0, -0.165, 1.02], [0.0, -0.166, 1.168]],
        [0.0565, 0.055],
        BODY,
    );
    draft.rod(2, 0.047, ([0.0, -0.166, 1.1696], [0.0, -0.052, 0.0]), BODY);
    draft.rod(2, 0.045, ([0.0, -0.216, 1.1696], [0.0, -0.012, 0.0]), MOTOR);
    draft.limb(
        3,
        [[0.0, -0.268, 1.1696], [0.0, -0.328, 1.206]],
        [0.05, 0.049],
        BODY,
    );
    draft.rod(3, 0.047, ([0.0, -0.229, 1.1696], [0.0, -0.05, 0.0]), BODY);
    draft.rod(3, 0.0465, ([0.0, -0.33, 1.238], [0.0, 0.0, 0.018]), MOTOR);
    draft.limb(
        4,
        [[0.0, -0.33, 1.305], [0.0, -0.332, 1.45]],
        [0.049, 0.042],
        BODY,
    );
    draft.turned(
        4,
        &[
            [0.0, 0.0],
            [0.041, 0.0],
            [0.04, 0.05],
            [0.03, 0.07],
            [0.0, 0.072],
        ],
        ([0.0, -0.333, 1.45], UP),
        BODY,
    );
}

fn hand(draft: &mut Draft) {
    draft.rod(5, 0.036, ([0.0, -0.376, 1.5346], [0.0, 0.082, 0.0]), MOTOR);
    draft.limb(
        5,
        [[0.0, -0.333, 1.546], [0.0, -0.33, 1.588]],
        [0.038, 0.038],
        BODY,
    );
    draft.rod(5, 0.037, ([0.0, -0.33, 1.612], [0.0, 0.0, 0.016]), MOTOR);
    draft.turned(
        6,
        &[
            [0.0, 0.0],
            [0.036, 0.0],
            [0.042, 0.006],
            [0.044, 0.03],
            [0.04, 0.052],
            [0.0, 0.055],
        ],
        ([0.0, -0.33, 1.63], UP),
        BODY,
    );
    draft.block(6, [0.052, 0.15, 0.026], [0.0, -0.33, 1.69], MOTOR);
    draft.block(6, [0.03, 0.04, 0.012], [0.0, -0.33, 1.706], METAL);
}

fn finger(side: f64) -> Solid {
    // From the palm outwards and back in: a hollow hand.
    let outline = [
        [-0.058, 0.004],
        [-0.03, 0.006],
        [-0.004, 0.001],
        [0.018, -0.0075],
        [0.044, -0.0078],
        [0.045, -0.002],
        [0.024, 0.0055],
        [0.0, 0.014],
        [-0.03, 0.0185],
        [-0.058, 0.017],
    ]
    .map(|[x, y]| [x, side * y]);
    let knuckle = Shape::Cylinder {
        radius: 0.0105,
        half_height: 0.0135,
    };
    Solid::default()
        .with(prism(&outline, 0.0118), Pose::IDENTITY, PAD)
        .at(knuckle, [-0.05, side * 0.011, 0.0], MOTOR)
}
