//! The built-in suite in `SimplerEnv`'s rows: which task, layout and variant each episode has.
//!
//! Not `SimplerEnv` itself: same criteria, layouts, lengths and counts, other pictures and physics. Its numbers are
//! never to be compared with published ones as if equal.

use super::options::{Options, Variant};
use super::{Task, coke, drawer, near, put, stack};

/// One row of the table.
pub struct Row {
    /// As `SimplerEnv` prints it.
    pub name: &'static str,
    /// Whether looks vary ("variant aggregation") or only arm and table do ("visual matching").
    pub varied: bool,
    /// Tasks whose episodes are averaged.
    pub tasks: &'static [&'static Task],
}

/// All rows.
pub const ROWS: &[Row] = &[
    row("put spoon on towel", false, &[&put::SPOON]),
    row("put carrot on plate", false, &[&put::CARROT]),
    row(
        "stack green block on yellow block",
        false,
        &[&stack::GREEN_ON_YELLOW],
    ),
    row("put eggplant in yellow basket", false, &[&put::EGGPLANT]),
    row("pick coke can", false, COKE),
    row("move near", false, &[&near::MOVE_NEAR]),
    row("open/close drawer", false, DRAWERS),
    row(
        "open top drawer and place apple",
        false,
        &[&drawer::PLACE_APPLE],
    ),
    row("pick coke can", true, COKE),
    row("move near", true, &[&near::MOVE_NEAR]),
    row("open/close drawer", true, DRAWERS),
    row(
        "open top drawer and place apple",
        true,
        &[&drawer::PLACE_APPLE],
    ),
];

const COKE: &[&Task] = &[&coke::HORIZONTAL, &coke::VERTICAL, &coke::STANDING];
const DRAWERS: &[&Task] = &[
    &drawer::OPEN_TOP,
    &drawer::OPEN_MIDDLE,
    &drawer::OPEN_BOTTOM,
    &drawer::CLOSE_TOP,
    &drawer::CLOSE_MIDDLE,
    &drawer::CLOSE_BOTTOM,
];

const fn row(name: &'static str, varied: bool, tasks: &'static [&'static Task]) -> Row {
    Row {
        name,
        varied,
        tasks,
    }
}

/// One episode of a row.
pub struct Trial {
    /// What is done.
    pub task: &'static Task,
    /// How its scene is drawn.
    pub options: Options,
}

impl Row {
    /// Every episode of this row; `quick` takes about 24 of them, evenly.
    #[must_use]
    pub fn trials(&self, quick: bool) -> Vec<Trial> {
        let mut all = Vec::new();
        for task in self.tasks {
            for variant in self.variants(task) {
                for layout in 0..task.layouts {
                    all.push(Trial {
                        task,
                        options: Options::benchmark(layout, variant),
                    });
                }
            }
        }
        let stride = if quick { all.len().div_ceil(24) } else { 1 };
        all.into_iter().step_by(stride).collect()
    }

    fn variants(&self, task: &Task) -> Vec<Variant> {
        if task.robot != "google" {
            return vec![Variant::Base];
        }
        if !self.varied {
            return (0..4).map(Variant::Recolour).collect();
        }
        let mut variants = vec![Variant::Base];
        for which in 0..2 {
            variants.extend([Variant::Background(which), Variant::Light(which)]);
            let cabinet = self.tasks.len() != COKE.len() && task.name != near::MOVE_NEAR.name;
            variants.push(if cabinet {
                Variant::Cabinet(which)
            } else {
                Variant::Table(which)
            });
        }
        match task.name {
            name if name == near::MOVE_NEAR.name => variants.push(Variant::Distractors(0)),
            name if name.starts_with("google_pick") => {
                variants.extend([1, 2].map(Variant::Distractors));
            }
            _ => {}
        }
        variants
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_counts_are_simpler_envs() {
        let counts: Vec<usize> = ROWS.iter().map(|row| row.trials(false).len()).collect();
        assert_eq!(
            counts,
            [24, 24, 24, 24, 300, 240, 216, 108, 675, 480, 378, 189]
        );
        assert!(
            ROWS.iter()
                .all(|row| (20..=24).contains(&row.trials(true).len()))
        );
    }
}
