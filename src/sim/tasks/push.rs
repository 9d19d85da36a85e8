//! A template: push a thing to the left, right, forward or back.

use rand::seq::IndexedRandom as _;

use crate::sim::asset::Asset;
use crate::sim::goal::Goal;
use crate::sim::relation::Relation;
use crate::sim::scene::Role;

use super::draft::Draft;
use super::{Family, Task};

/// Push a thing in a direction.
pub const PUSH: Task = Task {
    name: "push",
    family: Family::Push,
    robot: "widowx",
    hz: 5.0,
    steps: 80,
    layouts: 0,
    build: push,
};

/// How far at least.
const DISTANCE: f64 = 0.06;

fn push(draft: &mut Draft) {
    // Towards the robot the hand would have to reach behind far things.
    let ways = [Relation::LeftOf, Relation::RightOf, Relation::Behind];
    let relation = *ways.choose(&mut draft.random).unwrap_or(&Relation::LeftOf);
    draft.until(|draft| {
        // What neither rolls nor topples.
        let sliding = |asset: &Asset| {
            let [x, y, z] = asset.extents;
            let round = asset.category().group == crate::sim::asset::Group::Fruit;
            asset.uses.graspable
                && !round
                && z > 0.018
                && z < 0.6 * x.min(y).max(0.05)
                && x.max(y) < 0.11
        };
        let spec = draft.draw(sliding)?;
        let [x, y] =
            [0, 1].map(|axis| f64::midpoint(draft.region.low[axis], draft.region.high[axis]));
        let at = [
            x + draft.between(-0.04, 0.04),
            y + draft.between(-0.05, 0.05),
        ];
        let yaw = draft.between(-0.4, 0.4);
        let source = draft.add(spec, (at, yaw), 0, Role::Source);
        Some(Goal::Pushed {
            source,
            relation,
            distance: DISTANCE,
        })
    });
}
