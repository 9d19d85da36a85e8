//! `SimplerEnv`'s Google Robot task of picking a coke can, in three poses.

use std::f64::consts::FRAC_PI_2;

use crate::sim::asset::Colour;
use crate::sim::goal::Goal;
use crate::sim::scene::Role;

use super::draft::{Draft, usual};
use super::options::Variant;
use super::{Family, Task};

/// Lying, its axis to the left and right.
pub const HORIZONTAL: Task = Task {
    name: "google_pick_horizontal_coke_can",
    family: Family::Pick,
    robot: "google",
    hz: 3.0,
    steps: 80,
    layouts: 25,
    build: |draft| coke(draft, 1, 0.0),
};

/// Lying, its axis away from the robot.
pub const VERTICAL: Task = Task {
    name: "google_pick_vertical_coke_can",
    build: |draft| coke(draft, 1, FRAC_PI_2),
    ..HORIZONTAL
};

/// Standing.
pub const STANDING: Task = Task {
    name: "google_pick_standing_coke_can",
    build: |draft| coke(draft, 0, 0.0),
    ..HORIZONTAL
};

fn coke(draft: &mut Draft, rest: usize, yaw: f64) {
    let can = usual("coke can", Some(Colour::Red));
    let ([x, y], turn) = if let Some(layout) = draft.layout() {
        let share = |index: usize| index as f64 / 4.0;
        (
            [
                -0.35 + 0.23 * share(layout % 5),
                -0.02 + 0.44 * share(layout / 5),
            ],
            0.0,
        )
    } else {
        (
            [draft.between(-0.35, -0.12), draft.between(-0.02, 0.42)],
            draft.between(-0.3, 0.3),
        )
    };
    draft.region.take([x, y], 0.08);
    let source = draft.add(can, ([x, y], yaw + turn), rest, Role::Source);
    draft.goal = Goal::Lifted { source };
    if let Variant::Distractors(more) = draft.options.variant {
        for _ in 0..2 * usize::from(more) {
            let small =
                |asset: &crate::sim::asset::Asset| asset.extents[0].max(asset.extents[1]) < 0.12;
            if let Some(spec) = draft.draw(small) {
                draft.scatter(spec, Role::Distractor);
            }
        }
    }
}
