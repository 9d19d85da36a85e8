//! A template: things of two colours, each into the dish of its colour.

use rand::seq::IndexedRandom as _;

use crate::sim::asset::{AssetSpec, Colour};
use crate::sim::goal::Goal;
use crate::sim::scene::Role;

use super::draft::{Draft, usual};
use super::{Family, Task};

/// Sort two blocks by colour.
pub const SORT: Task = Task {
    name: "sort",
    family: Family::Sort,
    robot: "widowx",
    hz: 5.0,
    steps: 160,
    layouts: 0,
    build: sort,
};

/// Blocks and what takes them.
const DISHES: [&str; 2] = ["plate", "towel"];

fn sort(draft: &mut Draft) {
    let block = usual("block", None);
    let name = DISHES.choose(&mut draft.random).copied().unwrap_or("plate");
    let dish = usual(name, None);
    let clear = [
        Colour::Red,
        Colour::Green,
        Colour::Blue,
        Colour::Yellow,
        Colour::Orange,
        Colour::Purple,
    ];
    let pair: Vec<Colour> = clear
        .choose_multiple(&mut draft.random, 2)
        .copied()
        .collect();
    draft.until(|draft| {
        let mut goals = Vec::new();
        for colour in &pair {
            let target = draft.scatter(
                AssetSpec {
                    colour: *colour,
                    ..dish
                },
                Role::Target,
            )?;
            let source = draft.scatter(
                AssetSpec {
                    colour: *colour,
                    ..block
                },
                Role::Source,
            )?;
            goals.push(Goal::On {
                source,
                target,
                rise: 0.02,
                alone: true,
            });
        }
        Some(Goal::All { goals })
    });
}
