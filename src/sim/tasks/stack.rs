//! Stacking blocks: `SimplerEnv`'s green on yellow, and any two colours.

use rand::seq::IndexedRandom as _;

use crate::sim::asset::{AssetSpec, Colour};
use crate::sim::goal::Goal;
use crate::sim::scene::Role;

use super::draft::{Draft, usual};
use super::put::corners;
use super::{Family, Task};

/// Stack the green block on the yellow block.
pub const GREEN_ON_YELLOW: Task = Task {
    name: "widowx_stack_cube",
    family: Family::Stack,
    robot: "widowx",
    hz: 5.0,
    steps: 60,
    layouts: 24,
    build: green_on_yellow,
};

/// Stack one thing of a colour on another.
pub const ANY: Task = Task {
    name: "stack",
    steps: 80,
    layouts: 0,
    build: any,
    ..GREEN_ON_YELLOW
};

fn goal(source: usize, target: usize) -> Goal {
    Goal::On {
        source,
        target,
        rise: 0.02,
        alone: true,
    }
}

fn green_on_yellow(draft: &mut Draft) {
    let (green, yellow) = (
        usual("block", Some(Colour::Green)),
        usual("block", Some(Colour::Yellow)),
    );
    if let Some(layout) = draft.layout() {
        let [from, to] = corners(layout % 12, if layout < 12 { 0.10 } else { 0.20 });
        let source = draft.add(green, (from, 0.0), 0, Role::Source);
        let target = draft.add(yellow, (to, 0.0), 0, Role::Target);
        draft.goal = goal(source, target);
        return;
    }
    scatter(draft, green, yellow);
}

fn any(draft: &mut Draft) {
    let block = usual("block", None);
    let colours = block.category.entry().colours;
    let pair: Vec<Colour> = colours
        .choose_multiple(&mut draft.random, 2)
        .copied()
        .collect();
    let coloured = |index: usize| AssetSpec {
        colour: pair.get(index).copied().unwrap_or(Colour::Red),
        ..block
    };
    scatter(draft, coloured(0), coloured(1));
}

fn scatter(draft: &mut Draft, source: AssetSpec, target: AssetSpec) {
    draft.until(|draft| {
        let target = draft.scatter(target, Role::Target)?;
        let source = draft.scatter(source, Role::Source)?;
        if draft.task.layouts == 0 {
            draft.distract();
        }
        Some(goal(source, target))
    });
}
