//! SO-101: printed brackets around black servos, one jaw that turns.

use super::draft::{BASE, Draft, bar, prism};
use super::{BODY, METAL, MOTOR, PAD, Paint};
use crate::geometry::Pose;
use crate::sim::asset::Finish;
use crate::sim::solid::{Shape, Solid};

const SERVO: ([u8; 3], Finish) = ([26, 26, 29], Finish::Plastic);
const HORN: ([u8; 3], Finish) = ([196, 198, 202], Finish::Metal);
const TIP: ([u8; 3], Finish) = ([40, 40, 43], Finish::Rubber);

pub(super) const PAINTS: [Paint; 4] = [
    [([246, 184, 30], Finish::Plastic), SERVO, HORN, TIP],
    [([236, 236, 234], Finish::Plastic), SERVO, HORN, TIP],
    [([52, 110, 190], Finish::Plastic), SERVO, HORN, TIP],
    [([52, 54, 58], Finish::Plastic), SERVO, HORN, TIP],
];

const SIDES: [f64; 2] = [1.0, -1.0];
/// Axes of shoulder, elbow and wrist in the x-z plane.
const SHOULDER: [f64; 2] = [0.0692, 0.1166];
const ELBOW: [f64; 2] = [0.0972, 0.2292];
const WRIST: [f64; 2] = [0.2321, 0.2344];

pub(super) fn draw(draft: &mut Draft) -> [Solid; 2] {
    base(draft);
    shoulder(draft);
    upper_arm(draft);
    forearm(draft);
    hand(draft);
    [fixed_jaw(), moving_jaw()]
}

fn base(draft: &mut Draft) {
    draft.block(BASE, [0.105, 0.094, 0.009], [0.014, 0.0, 0.0045], BODY);
    draft.block(BASE, [0.064, 0.056, 0.046], [0.026, 0.0, 0.027], BODY);
    draft.block(BASE, [0.036, 0.0575, 0.028], [0.012, 0.0, 0.032], MOTOR);
    draft.block(BASE, [0.03, 0.064, 0.016], [-0.018, 0.0, 0.014], MOTOR);
    draft.rod(
        BASE,
        0.011,
        ([0.0388, 0.0, 0.048], [0.0, 0.0, 0.009]),
        METAL,
    );
}

fn shoulder(draft: &mut Draft) {
    let [x, z] = SHOULDER;
    draft.rod(0, 0.03, ([0.0388, 0.0, 0.053], [0.0, 0.0, 0.01]), BODY);
    draft.block(0, [0.058, 0.052, 0.012], [0.05, 0.0, 0.066], BODY);
    draft.block(0, [0.012, 0.048, 0.06], [0.028, 0.0, 0.094], BODY);
    draft.block(0, [0.046, 0.036, 0.03], [x - 0.012, 0.0, z - 0.004], MOTOR);
    for side in SIDES {
        draft.plate(
            0,
            &bar([[0.045, 0.075], [x - 0.008, z]], [0.016, 0.014]),
            (side * 0.0205, 0.004),
            BODY,
        );
    }
}

fn upper_arm(draft: &mut Draft) {
    let along = |part: f64| {
        [
            SHOULDER[0] + (ELBOW[0] - SHOULDER[0]) * part,
            SHOULDER[1] + (ELBOW[1] - SHOULDER[1]) * part,
        ]
    };
    let lean = (ELBOW[0] - SHOULDER[0]).atan2(ELBOW[1] - SHOULDER[1]);
    for side in SIDES {
        draft.plate(
            1,
            &bar([SHOULDER, ELBOW], [0.0175, 0.0165]),
            (side * 0.0255, 0.0055),
            BODY,
        );
        for [x, z] in [SHOULDER, ELBOW] {
            draft.rod(
                1,
                0.0095,
                ([x, side * 0.027, z], [0.0, side * 0.0035, 0.0]),
                METAL,
            );
        }
    }
    let [x, z] = along(0.42);
    let spacer = Shape::Cuboid {
        half: [0.0125, 0.024, 0.021],
        round: 0.003,
    };
    draft.add(
        1,
        spacer,
        Pose::from_rpy([x, 0.0, z], [0.0, lean, 0.0]),
        BODY,
    );
    let [x, z] = along(0.86);
    let servo = Shape::Cuboid {
        half: [0.0125, 0.0215, 0.0225],
        round: 0.002,
    };
    draft.add(
        1,
        servo,
        Pose::from_rpy([x, 0.0, z], [0.0, lean, 0.0]),
        MOTOR,
    );
}

fn forearm(draft: &mut Draft) {
    for side in SIDES {
        draft.plate(
            2,
            &bar([ELBOW, WRIST], [0.0155, 0.0145]),
            (side * 0.0315, 0.005),
            BODY,
        );
        for [x, z] in [ELBOW, WRIST] {
            draft.rod(
                2,
                0.009,
                ([x, side * 0.033, z], [0.0, side * 0.003, 0.0]),
                METAL,
            );
        }
    }
    draft.block(2, [0.05, 0.06, 0.018], [0.15, 0.0, 0.2313], BODY);
    draft.block(2, [0.045, 0.052, 0.025], [0.208, 0.0, 0.2334], MOTOR);
}

fn hand(draft: &mut Draft) {
    let [x, z] = WRIST;
    draft.plate(
        3,
        &bar([[x, z], [0.262, z]], [0.0135, 0.017]),
        (0.0265, 0.0045),
        BODY,
    );
    draft.plate(
        3,
        &bar([[x, z], [0.262, z]], [0.0135, 0.017]),
        (-0.0265, 0.0045),
        BODY,
    );
    draft.block(3, [0.026, 0.052, 0.036], [0.264, 0.0, z], BODY);
    draft.block(3, [0.0245, 0.036, 0.034], [0.2785, 0.0, z], MOTOR);
    draft.rod(4, 0.0125, ([0.29, 0.0, z], [0.008, 0.0, 0.0]), METAL);
    draft.block(4, [0.02, 0.046, 0.048], [0.306, 0.0, z + 0.004], BODY);
    draft.block(4, [0.036, 0.046, 0.025], [0.324, 0.002, z + 0.019], MOTOR);
    draft.block(4, [0.034, 0.03, 0.012], [0.322, 0.0, z - 0.0125], BODY);
    draft.rod(
        4,
        0.01,
        ([0.3166, -0.022, 0.2555], [0.0, 0.047, 0.0]),
        METAL,
    );
}

fn fixed_jaw() -> Solid {
    let outline = [
        [-0.054, 0.014],
        [-0.05, -0.002],
        [-0.026, -0.0032],
        [0.03, -0.0032],
        [0.03, -0.0002],
        [0.0, 0.0075],
        [-0.03, 0.014],
    ];
    let pad = Shape::Cuboid {
        half: [0.026, 0.0009, 0.0092],
        round: 0.0004,
    };
    Solid::default()
        .with(prism(&outline, 0.0105), Pose::IDENTITY, BODY)
        .at(pad, [0.0, -0.0031, 0.0], PAD)
}

/// The hinge lies behind and beside the pad.
fn moving_jaw() -> Solid {
    let outline = [
        [-0.058, -0.03],
        [-0.047, -0.037],
        [-0.02, -0.0235],
        [0.004, -0.01],
        [0.03, -0.0008],
        [0.03, 0.0032],
        [-0.022, 0.0032],
        [-0.036, -0.008],
        [-0.05, -0.017],
    ];
    let pad = Shape::Cuboid {
        half: [0.022, 0.0009, 0.0092],
        round: 0.0004,
    };
    let hub = Shape::Cylinder {
        radius: 0.0105,
        half_height: 0.0165,
    };
    Solid::default()
        .with(prism(&outline, 0.0105), Pose::IDENTITY, BODY)
        .at(pad, [0.006, 0.0031, 0.0], PAD)
        .at(hub, [-0.0448, -0.025, 0.002], BODY)
}
