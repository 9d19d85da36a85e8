//! What the window and the simulator's thread tell each other: plain data.

use std::path::PathBuf;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::engine::SourceId;
use crate::geometry::{ImagePoint, ImageSize};
use crate::grounding::Grounding;
use crate::robot::RobotSpec;
use crate::sim::tasks::{Options, Split, TASKS};

/// Who moves the arm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Driver {
    /// Nobody but a person; else it holds.
    Person,
    /// The scripted expert.
    #[default]
    Expert,
    /// The loaded checkpoint, chunk by chunk; time stands still while it thinks.
    Policy,
}

/// What is set up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SimulatorSetup {
    /// Row of the task table.
    pub task: String,
    /// What everything random is drawn from.
    pub seed: u64,
    /// Things and wordings kept from training.
    pub unseen: bool,
    /// How many things of no use stand about; drawn if not said. Templates only.
    pub distractors: Option<usize>,
}

impl Default for SimulatorSetup {
    fn default() -> Self {
        Self {
            task: "widowx_carrot_on_plate".into(),
            seed: 0,
            unseen: false,
            distractors: None,
        }
    }
}

impl SimulatorSetup {
    /// How the scene is drawn.
    pub(super) fn options(&self) -> Options {
        let usual = Options::default();
        // A benchmark's own rows have neither.
        if crate::sim::tasks::Task::named(&self.task).is_some_and(|task| task.layouts > 0) {
            return usual;
        }
        let split = if self.unseen {
            Split::Unseen
        } else {
            Split::Seen
        };
        Options {
            objects: split,
            words: split,
            distractors: self.distractors.map_or(usual.distractors, |n| [n, n]),
            ..usual
        }
    }
}

/// A task that can be set up.
#[derive(Debug, Clone, PartialEq)]
pub struct SimulatorTask {
    /// How files and commands name it.
    pub name: &'static str,
    /// In words: "Carrot on plate".
    pub text: String,
    /// The arm that does it, and where the task comes from: "WidowX 250s · SimplerEnv".
    pub group: String,
    /// Whether it is drawn at random, with distractors and things kept from training.
    pub template: bool,
}

static ALL: LazyLock<Vec<SimulatorTask>> = LazyLock::new(|| {
    let entry = |task: &&'static crate::sim::tasks::Task| {
        let robot = RobotSpec::named(task.robot).map_or(task.robot, |robot| robot.title);
        let template = task.layouts == 0;
        let origin = if template { "templates" } else { "SimplerEnv" };
        SimulatorTask {
            name: task.name,
            text: words(task.name, task.robot),
            group: format!("{robot} · {origin}"),
            template,
        }
    };
    TASKS.iter().map(entry).collect()
});

/// Every task that can be set up, those of one group together.
#[must_use]
pub fn simulator_tasks() -> &'static [SimulatorTask] {
    &ALL
}

/// A task's name without its robot, as words.
fn words(name: &str, robot: &str) -> String {
    let bare = name.strip_prefix(robot).unwrap_or(name);
    let text = bare.trim_start_matches('_').replace('_', " ");
    let mut letters = text.chars();
    let first = letters
        .next()
        .map_or_else(String::new, |letter| letter.to_uppercase().to_string());
    first + letters.as_str()
}

/// A camera of the scene.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SimulatorCamera {
    /// `overhead`, `shoulder`, `wrist`, `head`.
    pub name: String,
    /// Its picture.
    pub size: ImageSize,
}

/// A scene that is set up.
#[derive(Debug, Clone, PartialEq)]
pub struct SimulatorScene {
    /// What was asked for.
    pub setup: SimulatorSetup,
    /// What the arm is told.
    pub instruction: String,
    /// The arm.
    pub robot: &'static str,
    /// Its joints, from the base.
    pub joints: Vec<&'static str>,
    /// Control steps a second.
    pub hz: f64,
    /// Control steps of an episode.
    pub steps: usize,
    /// Cameras.
    pub cameras: Vec<SimulatorCamera>,
}

/// How an episode ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SimulatorEnd {
    /// The goal holds.
    Reached,
    /// It does not; why.
    Failed(String),
}

/// Where the simulator stands; newest wins.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SimulatorStatus {
    /// Whether time passes.
    pub running: bool,
    /// Control steps taken.
    pub step: usize,
    /// What the arm is doing, in words; empty before the first step.
    pub doing: String,
    /// Whether the goal holds now.
    pub success: bool,
    /// How the episode ended, if it did.
    pub end: Option<SimulatorEnd>,
    /// The thing between the fingers.
    pub held: Option<String>,
    /// The thing in the person's hand.
    pub carried: Option<String>,
    /// Angles in radians, from the base.
    pub joints: Vec<f64>,
    /// 0 closed, 1 open; what is held keeps the fingers apart.
    pub gripper: f64,
    /// What the gripper was told last.
    pub told: f64,
    /// Steps that were not followed, and commands that the governor refused.
    pub refused: u64,
    /// Why the last of them was.
    pub refusal: Option<String>,
    /// Commands that the governor changed: slowed, or kept within limits.
    pub changed: u64,
    /// Milliseconds that drawing all shown cameras took last.
    pub draw_ms: f32,
    /// The policy's next steps are waited for, under this number; the frames of this moment are what it is to see.
    pub waits: Option<u64>,
    /// Whether a person had a hand in this episode.
    pub disturbed: bool,
    /// What is true in the pictures, if that is wanted: camera and marks.
    pub truth: Vec<(SourceId, Vec<Grounding>)>,
}

/// What the simulator is told.
#[derive(Debug, Clone, PartialEq)]
pub enum SimulatorOrder {
    /// Set up a scene, from its start.
    Begin(SimulatorSetup),
    /// Let time pass, or not.
    Run(bool),
    /// Times real time.
    Speed(f32),
    /// Take one step.
    Step,
    /// Who moves the arm.
    Drive(Driver),
    /// The policy's next steps in SI, in answer to the wait of this number.
    Chunk(u64, Vec<Vec<f64>>),
    /// Whether the next seed follows when an episode ends.
    Repeat(bool),
    /// Whether what is true in the pictures is told.
    Truth(bool),
    /// Take the thing that this pixel of a camera shows into the hand.
    Grab(SourceId, ImagePoint),
    /// Move what is in the hand under this pixel.
    Carry(SourceId, ImagePoint),
    /// Let go of it.
    Drop,
    /// Bump the gripper.
    Bump,
    /// Move the tool: metres along the base's axes, radians about them, gripper 0 closed to 1 open.
    Move([f64; 7]),
    /// Keep every episode that reaches its goal in this dataset, or none.
    Record(Option<PathBuf>),
    /// Keep the episode as it is now in this dataset.
    Keep(PathBuf),
    /// Put it all away.
    Close,
}

/// What the simulator tells: facts.
#[derive(Debug)]
pub enum SimulatorEvent {
    /// A scene is set up.
    Ready(Box<SimulatorScene>),
    /// It could not be set up or drawn: why.
    Failed(String),
    /// An episode is being written.
    Keeping,
    /// An episode was written: folder, number, control steps.
    Kept(PathBuf, u64, usize),
    /// It could not be written: why.
    KeepFailed(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_benchmarks_rows_have_no_unseen_words() {
        let setup = |task: &str| SimulatorSetup {
            task: task.into(),
            unseen: true,
            ..SimulatorSetup::default()
        };
        assert_eq!(setup("place_on").options().words, Split::Unseen);
        assert_eq!(setup("widowx_carrot_on_plate").options().words, Split::Seen);
    }

    #[test]
    fn every_task_has_words_and_a_group() {
        let tasks = simulator_tasks();
        assert_eq!(tasks.len(), TASKS.len());
        let carrot = tasks.iter().find(|t| t.name == "widowx_carrot_on_plate");
        assert_eq!(carrot.unwrap().text, "Carrot on plate");
        assert!(carrot.unwrap().group.ends_with("SimplerEnv"));
        assert!(tasks.iter().all(|task| !task.text.is_empty()));
    }
}
