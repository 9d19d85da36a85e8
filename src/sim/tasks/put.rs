//! `SimplerEnv`'s Bridge tasks of putting one thing on or into another.

use std::f64::consts::{FRAC_PI_2, FRAC_PI_3};

use crate::sim::asset::Colour;
use crate::sim::goal::Goal;
use crate::sim::scene::Role;

use super::draft::{Draft, usual};
use super::{Family, Task};

const BASE: Task = Task {
    name: "",
    family: Family::PutOn,
    robot: "widowx",
    hz: 5.0,
    steps: 60,
    layouts: 24,
    build: spoon,
};

/// Put the spoon on the towel.
pub const SPOON: Task = Task {
    name: "widowx_spoon_on_towel",
    ..BASE
};

/// Put carrot on plate.
pub const CARROT: Task = Task {
    name: "widowx_carrot_on_plate",
    build: carrot,
    ..BASE
};

/// Put eggplant into yellow basket.
pub const EGGPLANT: Task = Task {
    name: "widowx_put_eggplant_in_basket",
    family: Family::PutIn,
    steps: 120,
    build: eggplant,
    ..BASE
};

/// Middle of the squares on whose corners things stand.
pub(super) const MIDDLE: [f64; 2] = [-0.16, 0.0];

/// Two different corners of a square: the first, and the second of the three others.
pub(super) fn corners(pair: usize, side: f64) -> [[f64; 2]; 2] {
    let (first, other) = (pair / 3 % 4, pair % 3);
    let second = (0..4)
        .filter(|corner| *corner != first)
        .nth(other)
        .unwrap_or(0);
    [first, second].map(|corner| {
        let sign = |bit: usize| if corner >> bit & 1 == 1 { 0.5 } else { -0.5 };
        [MIDDLE[0] + side * sign(0), MIDDLE[1] + side * sign(1)]
    })
}

fn spoon(draft: &mut Draft) {
    let (source, target) = (
        usual("spoon", Some(Colour::Green)),
        usual("towel", Some(Colour::Blue)),
    );
    put_on(draft, source, target, false);
}

fn carrot(draft: &mut Draft) {
    let (source, target) = (
        usual("carrot", Some(Colour::Orange)),
        usual("plate", Some(Colour::White)),
    );
    put_on(draft, source, target, true);
}

fn put_on(
    draft: &mut Draft,
    source: crate::sim::asset::AssetSpec,
    target: crate::sim::asset::AssetSpec,
    alone: bool,
) {
    let goal = |source: usize, target: usize| Goal::On {
        source,
        target,
        rise: 0.02,
        alone,
    };
    if let Some(layout) = draft.layout() {
        let [from, to] = corners(layout % 12, 0.15);
        let yaw = if layout / 12 == 0 { 0.0 } else { FRAC_PI_2 };
        let source = draft.add(source, (from, yaw), 0, Role::Source);
        let target = draft.add(target, (to, 0.0), 0, Role::Target);
        draft.goal = goal(source, target);
        return;
    }
    draft.until(|draft| {
        let target = draft.scatter(target, Role::Target)?;
        let source = draft.scatter(source, Role::Source)?;
        Some(goal(source, target))
    });
}

fn eggplant(draft: &mut Draft) {
    let eggplant = usual("eggplant", Some(Colour::Purple));
    let basket = usual("basket", Some(Colour::Yellow));
    let [x, y, yaw] = match draft.layout() {
        Some(layout) => {
            let (column, row, turn) = (layout % 2, layout / 2 % 4, layout / 8);
            [
                -0.19 + 0.07 * column as f64,
                -0.13 + 0.04 * row as f64,
                FRAC_PI_3 * turn as f64,
            ]
        }
        None => [
            draft.between(-0.21, -0.10),
            draft.between(-0.14, 0.0),
            draft.between(-3.1, 3.1),
        ],
    };
    let target = draft.add(basket, ([-0.16, 0.18], FRAC_PI_2), 0, Role::Target);
    draft.objects[target].fixed = true;
    let source = draft.add(eggplant, ([x, y], yaw), 0, Role::Source);
    draft.goal = Goal::On {
        source,
        target,
        rise: 0.06,
        alone: false,
    };
}
