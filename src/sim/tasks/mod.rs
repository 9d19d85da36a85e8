//! Tasks: what is set up and what is to be done. One file a family, one row of [`TASKS`] a task.
//!
//! The first rows are those of `SimplerEnv` with its layouts, lengths and rates (`ManiSkill2_real2sim`); the others are
//! templates with relations, distractors, held-out things and words. World frame, metres.

mod coke;
mod draft;
mod drawer;
mod look;
mod near;
mod options;
mod place;
mod push;
mod put;
mod region;
mod sort;
mod stack;
mod start;
pub mod suite;

pub use draft::Drawn;
pub use options::{Options, Split, Switches, Variant};

use draft::Draft;

/// A kind of task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(missing_docs, reason = "each is its own name")]
pub enum Family {
    PutOn,
    PutIn,
    Stack,
    Pick,
    Near,
    Open,
    Close,
    DrawerPlace,
    Relation,
    Sort,
    Push,
}

/// One task.
pub struct Task {
    /// How files and commands name it.
    pub name: &'static str,
    /// What kind it is.
    pub family: Family,
    /// Which arm does it.
    pub robot: &'static str,
    /// Control steps a second.
    pub hz: f64,
    /// Control steps of an episode.
    pub steps: usize,
    /// Layouts of the benchmark; zero where every episode is drawn at random.
    pub layouts: usize,
    /// Sets it up.
    build: fn(&mut Draft),
}

/// Every task.
pub const TASKS: &[&Task] = &[
    &put::SPOON,
    &put::CARROT,
    &stack::GREEN_ON_YELLOW,
    &put::EGGPLANT,
    &coke::HORIZONTAL,
    &coke::VERTICAL,
    &coke::STANDING,
    &near::MOVE_NEAR,
    &drawer::OPEN_TOP,
    &drawer::OPEN_MIDDLE,
    &drawer::OPEN_BOTTOM,
    &drawer::CLOSE_TOP,
    &drawer::CLOSE_MIDDLE,
    &drawer::CLOSE_BOTTOM,
    &drawer::PLACE_APPLE,
    &place::PICK,
    &place::PICK_WHICH,
    &place::ON,
    &place::IN,
    &place::BESIDE,
    &place::BETWEEN,
    &stack::ANY,
    &sort::SORT,
    &push::PUSH,
    &drawer::OPEN_ANY,
    &drawer::CLOSE_ANY,
    &place::PICK_SO101,
    &place::IN_SO101,
];

/// A task or suite that is asked for and does not exist.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "no task or suite is called {name:?}; suites are all, simpler, templates, widowx, google, so101; tasks are {known}"
)]
pub struct UnknownTask {
    /// As asked.
    pub name: String,
    /// All tasks.
    pub known: String,
}

/// Tasks by their names or the names of suites, each once, in the order of the table.
///
/// # Errors
/// When a name is unknown or none is given.
pub fn chosen(names: &[String]) -> Result<Vec<&'static Task>, UnknownTask> {
    let asked = |task: &Task, name: &String| task.name == name || task.in_suite(name);
    let nobody = |name: &&String| !TASKS.iter().any(|task| asked(task, name));
    let unknown = match names {
        [] => Some(String::new()),
        some => some.iter().find(nobody).cloned(),
    };
    if let Some(name) = unknown {
        let known = TASKS.iter().map(|task| task.name).collect::<Vec<_>>();
        let known = known.join(", ");
        return Err(UnknownTask { name, known });
    }
    let wanted = |task: &&Task| names.iter().any(|name| asked(task, name));
    Ok(TASKS.iter().copied().filter(wanted).collect())
}

impl Task {
    /// Whether a suite has it: `all`, `simpler`, `templates`, or those of one robot.
    #[must_use]
    pub fn in_suite(&self, suite: &str) -> bool {
        match suite {
            "all" => true,
            "simpler" => self.layouts > 0,
            "templates" => self.layouts == 0,
            robot => robot == self.robot,
        }
    }

    /// The task of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        TASKS.iter().copied().find(|task| task.name == name)
    }

    /// The scene of a seed: everything but the physics.
    #[must_use]
    pub fn draw(&self, seed: u64, options: &Options) -> Drawn {
        Draft::new(self, seed, &options.of_episode(seed)).drawn(self.build)
    }
}
