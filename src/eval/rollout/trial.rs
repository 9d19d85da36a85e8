//! Which episodes are played: rows, columns, layouts, wordings and seeds.

use super::config::RolloutConfig;
use super::report::Column;
use crate::eval::EvalError;
use crate::sim::instruction;
use crate::sim::scene::Scene;
use crate::sim::stream::{Stream, stream};
use crate::sim::tasks::suite::{ROWS, Row};
use crate::sim::tasks::{Drawn, Options, Split, Task};

/// Episodes of a row without layouts where nobody says how many.
const USUAL: usize = 24;
/// Most episodes of a row.
const MOST: usize = 100_000;
/// Templates whose things may be unseen ones, by arm.
const TEMPLATES: [(&str, &[&str]); 2] = [
    ("widowx", &["pick", "place_on", "place_in", "stack"]),
    ("google", &["open", "close"]),
];
/// Tasks of several parts, by arm.
const LONG: [(&str, &str); 2] = [
    ("widowx", "sort"),
    ("google", "google_place_apple_in_closed_top_drawer"),
];

/// One episode.
#[derive(Clone)]
pub struct Trial {
    /// What it is: column, row, setting, layout, wording and seed in words.
    pub key: String,
    /// Which comparison it belongs to.
    pub column: Column,
    /// The row it is counted in.
    pub row: String,
    /// Whether looks vary (variant aggregation) or only colours (visual matching).
    pub varied: bool,
    /// The settings it is averaged within, outermost first.
    pub setting: Vec<String>,
    /// What is done.
    pub task: &'static Task,
    /// What the scene is drawn from.
    pub seed: u64,
    /// How it is drawn.
    pub options: Options,
    /// Which held-out wording; the task's own if none.
    pub wording: Option<usize>,
}

impl Trial {
    /// The scene, worded.
    #[must_use]
    pub fn draw(&self) -> Drawn {
        let mut drawn = self.task.draw(self.seed, &self.options);
        if let Some(wording) = self.wording {
            drawn.scene.instruction = held_out(&drawn.scene, self.task, wording);
        }
        drawn
    }
}

/// A wording kept from training, another for each number as far as they go.
fn held_out(scene: &Scene, task: &Task, wording: usize) -> String {
    let mut random = stream(scene.seed, Stream::Language);
    let mut found: Vec<String> = Vec::new();
    // Wordings are drawn with names; enough draws give as many different ones as there are.
    for _ in 0..64 {
        let text = instruction::instruction(scene, task.family, Split::Unseen, &mut random);
        if !found.contains(&text) {
            found.push(text);
        }
        if found.len() > wording {
            break;
        }
    }
    let at = wording % found.len().max(1);
    found.into_iter().nth(at).unwrap_or_default()
}

/// Every episode that a configuration asks for, in order.
///
/// # Errors
/// When the suite is unknown.
pub fn trials(config: &RolloutConfig) -> Result<Vec<Trial>, EvalError> {
    let robots: &[&str] = match config.suite.as_str() {
        "widowx" => &["widowx"],
        "google" => &["google"],
        "all" => &["widowx", "google"],
        other => {
            return Err(EvalError::Unknown {
                kind: "suite",
                name: other.to_owned(),
                known: "widowx, google and all".into(),
            });
        }
    };
    let mut columns = config.columns.clone();
    // Scattered things are to practise on: nothing is compared with the benchmark's own episodes.
    if columns != [Column::Scattered] {
        columns.push(Column::Base);
    }
    if columns.contains(&Column::Unseen) {
        columns.push(Column::Seen);
    }
    columns.sort_unstable();
    columns.dedup();
    let mut all = Vec::new();
    for column in columns {
        for robot in robots {
            match column {
                Column::Base | Column::Perturbed | Column::Paraphrased => {
                    benchmark(config, column, robot, &mut all);
                }
                Column::Scattered => scattered(config, robot, &mut all),
                Column::Seen | Column::Unseen => templates(config, column, robot, &mut all),
                Column::Long => long(config, robot, &mut all),
            }
        }
    }
    Ok(all)
}

fn benchmark(config: &RolloutConfig, column: Column, robot: &str, into: &mut Vec<Trial>) {
    for row in ROWS.iter().filter(|row| row.tasks[0].robot == robot) {
        for (at, trial) in chosen(row, config.episodes).into_iter().enumerate() {
            let wordings = if column == Column::Paraphrased {
                config.wordings
            } else {
                1
            };
            for wording in 0..wordings {
                let mut options = trial.options.clone();
                if column == Column::Perturbed {
                    options.perturbed = 1.0;
                }
                let mut setting = path(trial.task);
                setting.push(format!("{:?}", options.variant));
                let layout = options.layout.unwrap_or_default();
                let wording = (column == Column::Paraphrased).then_some(wording);
                let word =
                    wording.map_or_else(String::new, |wording| format!(" wording {wording}"));
                let kind = if row.varied { "VA" } else { "VM" };
                into.push(Trial {
                    key: format!(
                        "{} {kind} {} {at} layout {layout}{word}",
                        column.name(),
                        setting.join(" ")
                    ),
                    column,
                    row: row.name.to_owned(),
                    varied: row.varied,
                    setting,
                    task: trial.task,
                    seed: seed(config.seed, row.name, at),
                    options,
                    wording,
                });
            }
        }
    }
}

/// Episodes of a row, evenly over its layouts and variants; each again, from another seed, where more are wanted.
fn chosen(row: &Row, episodes: usize) -> Vec<crate::sim::tasks::suite::Trial> {
    let all = row.trials(false);
    let wanted = if episodes == 0 {
        all.len()
    } else {
        episodes.min(MOST)
    };
    let pick = |at: usize| {
        let index = if wanted < all.len() {
            at * all.len() / wanted
        } else {
            at % all.len()
        };
        crate::sim::tasks::suite::Trial {
            task: all[index].task,
            options: all[index].options.clone(),
        }
    };
    (0..wanted).map(pick).collect()
}

/// The settings of a task within its row: drawers by what is done and which, cans by how they lie.
fn path(task: &Task) -> Vec<String> {
    let name = task
        .name
        .trim_start_matches("google_")
        .trim_start_matches("widowx_");
    match name.split('_').collect::<Vec<_>>()[..] {
        [deed @ ("open" | "close"), which, "drawer"] => vec![deed.to_owned(), which.to_owned()],
        ["pick", pose, "coke", "can"] => vec![pose.to_owned()],
        _ => vec![name.to_owned()],
    }
}

fn templates(config: &RolloutConfig, column: Column, robot: &str, into: &mut Vec<Trial>) {
    let names = TEMPLATES
        .iter()
        .filter(|(own, _)| *own == robot)
        .flat_map(|(_, names)| *names);
    for task in names.filter_map(|name| Task::named(name)) {
        let objects = if column == Column::Unseen {
            Split::Unseen
        } else {
            Split::Seen
        };
        let options = Options {
            objects,
            ..Options::default()
        };
        random(config, (column, task), &options, into);
    }
}

fn scattered(config: &RolloutConfig, robot: &str, into: &mut Vec<Trial>) {
    let options = Options {
        plain: 1.0,
        ..Options::default()
    };
    let rows = ROWS.iter().filter(|row| !row.varied);
    for task in rows
        .flat_map(|row| row.tasks)
        .filter(|task| task.robot == robot)
    {
        random(config, (Column::Scattered, task), &options, into);
    }
}

fn long(config: &RolloutConfig, robot: &str, into: &mut Vec<Trial>) {
    let names = LONG.iter().filter(|(own, _)| *own == robot);
    for task in names.filter_map(|(_, name)| Task::named(name)) {
        random(config, (Column::Long, task), &Options::default(), into);
    }
}

/// Episodes drawn at random.
fn random(
    config: &RolloutConfig,
    (column, task): (Column, &'static Task),
    options: &Options,
    into: &mut Vec<Trial>,
) {
    let count = if config.episodes == 0 {
        USUAL
    } else {
        config.episodes.min(MOST)
    };
    for at in 0..count {
        into.push(Trial {
            key: format!("{} {} {at}", column.name(), task.name),
            column,
            row: task.name.to_owned(),
            varied: false,
            setting: Vec::new(),
            task,
            seed: seed(config.seed, task.name, at),
            options: options.clone(),
            wording: None,
        });
    }
}

/// The same for every column, so that columns differ in what they name alone. Training draws from other numbers: see
/// the salt.
fn seed(run: u64, row: &str, at: usize) -> u64 {
    let numbers = [run, at as u64].into_iter().flat_map(u64::to_le_bytes);
    let bytes = b"evaluation"
        .iter()
        .copied()
        .chain(row.bytes())
        .chain(numbers);
    // FNV-1a over all that names the episode.
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn all(config: &RolloutConfig) -> Vec<Trial> {
        trials(config).expect("a suite")
    }

    #[test]
    fn the_benchmark_has_its_own_counts() {
        let widowx = all(&RolloutConfig::default());
        assert_eq!(widowx.len(), 4 * 24);
        let google = all(&RolloutConfig {
            suite: "google".into(),
            ..RolloutConfig::default()
        });
        assert_eq!(google.len(), 300 + 240 + 216 + 108 + 675 + 480 + 378 + 189);
        let keys: BTreeSet<&str> = google.iter().map(|trial| trial.key.as_str()).collect();
        assert_eq!(
            keys.len(),
            google.len(),
            "every episode has a name of its own"
        );
    }

    #[test]
    fn columns_share_seeds_and_layouts() {
        let columns = vec![
            Column::Perturbed,
            Column::Paraphrased,
            Column::Unseen,
            Column::Long,
        ];
        let config = RolloutConfig {
            columns,
            episodes: 3,
            wordings: 2,
            ..RolloutConfig::default()
        };
        let all = all(&config);
        let of = |column: Column| {
            all.iter()
                .filter(|t| t.column == column)
                .collect::<Vec<_>>()
        };
        let (base, hit) = (of(Column::Base), of(Column::Perturbed));
        assert_eq!((base.len(), of(Column::Paraphrased).len()), (12, 24));
        assert_eq!(
            (
                of(Column::Seen).len(),
                of(Column::Unseen).len(),
                of(Column::Long).len()
            ),
            (12, 12, 3)
        );
        for (a, b) in base.iter().zip(&hit) {
            assert_eq!((a.seed, a.options.layout), (b.seed, b.options.layout));
            let (a, b) = (a.draw(), b.draw());
            assert_eq!(a.scene.objects, b.scene.objects, "the same layout");
            assert!(a.perturbations.is_empty() && b.perturbations.len() == 1);
        }
    }

    #[test]
    fn held_out_wordings_differ_from_each_other_and_from_the_plain_one() {
        let config = RolloutConfig {
            columns: vec![Column::Paraphrased],
            episodes: 1,
            ..RolloutConfig::default()
        };
        let texts: BTreeSet<String> = all(&config)
            .iter()
            .filter(|trial| trial.row.contains("carrot"))
            .map(|trial| trial.draw().scene.instruction)
            .collect();
        assert_eq!(texts.len(), 5, "{texts:?}");
    }
}
