//! What is asked of a planner for each task: the exact text, as presets.
//!
//! Knows the words only. The chat template and the image tokens around them are the planner's business.

mod instruction;
mod presets;
mod things;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

pub use instruction::{
    InstructionError, InstructionWarning, MAX_CHARACTERS, SPECIAL_TOKENS, check_instruction,
};
pub use presets::{PRESETS, Preset};
pub use things::named_things;

use super::{GroundingError, GroundingKind};

/// Where a template takes the instruction. Every occurrence is replaced.
pub const PLACE: &str = "{instruction}";

/// What somebody wants of the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Task {
    /// Boxes of the objects named.
    #[default]
    Box,
    /// Points that satisfy a description.
    Point,
    /// The path something should take.
    Trace,
    /// The next step of a longer instruction, in words, with or without boxes.
    Plan,
    /// Free talk about the image.
    Chat,
    /// A chunk of robot actions; nothing is written.
    Action,
}

impl Task {
    /// Every task, in the order they are offered.
    pub const ALL: [Self; 6] = [
        Self::Box,
        Self::Point,
        Self::Trace,
        Self::Plan,
        Self::Chat,
        Self::Action,
    ];

    /// Its name as written in files and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Box => "box",
            Self::Point => "point",
            Self::Trace => "trace",
            Self::Plan => "plan",
            Self::Chat => "chat",
            Self::Action => "action",
        }
    }

    /// The kind of grounding that a reply should hold, where the task names one.
    #[must_use]
    pub const fn expected(self) -> Option<GroundingKind> {
        match self {
            Self::Box => Some(GroundingKind::Box),
            Self::Point => Some(GroundingKind::Point),
            Self::Trace => Some(GroundingKind::Trace),
            Self::Plan | Self::Chat | Self::Action => None,
        }
    }

    /// The presets for this task; the first one is the default.
    pub fn presets(self) -> impl Iterator<Item = &'static Preset> {
        PRESETS.iter().filter(move |preset| preset.task == self)
    }
}

impl fmt::Display for Task {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Task {
    type Err = GroundingError;

    fn from_str(name: &str) -> Result<Self, GroundingError> {
        Self::ALL
            .into_iter()
            .find(|task| task.name() == name)
            .ok_or_else(|| GroundingError::UnknownTask(name.to_owned()))
    }
}

/// The text of the action path: the instruction in lower case, inside the run's `CoT_prompt` where its configuration
/// has one. Full stops are never repaired: the model was trained with them doubled.
#[must_use]
pub fn action_prompt(cot_prompt: Option<&str>, instruction: &str) -> String {
    wrapped(cot_prompt, &instruction.to_lowercase())
}

/// The text of the action path in training, which leaves the instruction's letters as they are.
#[must_use]
pub fn wrapped(cot_prompt: Option<&str>, instruction: &str) -> String {
    match cot_prompt {
        Some(template) => template.replace(PLACE, instruction),
        None => instruction.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_task_goes_by_its_name() {
        for task in Task::ALL {
            assert_eq!(task.name().parse(), Ok(task));
            assert_eq!(serde_json::to_value(task).expect("plain data"), task.name());
        }
        let error = "dance".parse::<Task>().unwrap_err();
        assert!(error.to_string().contains("\"dance\""));
    }

    #[test]
    fn only_grounding_tasks_expect_a_kind() {
        for task in Task::ALL {
            match task.expected() {
                Some(kind) => assert_eq!(kind.name(), task.name()),
                None => assert!(task.name().parse::<GroundingKind>().is_err()),
            }
        }
    }

    #[test]
    fn the_action_prompt_is_lower_case_and_keeps_both_full_stops() {
        let wrapper = "Your task is {instruction}. To identify the key objects for your task. \
                       Locate their bounding boxes in [x1,y1,x2,y2] format.";
        assert_eq!(
            action_prompt(Some(wrapper), "Pick up the CUP."),
            "Your task is pick up the cup.. To identify the key objects for your task. \
             Locate their bounding boxes in [x1,y1,x2,y2] format."
        );
    }

    #[test]
    fn every_place_is_filled_and_without_a_wrapper_the_instruction_is_bare() {
        assert_eq!(
            action_prompt(Some("{instruction}|{instruction}"), "A"),
            "a|a"
        );
        assert_eq!(action_prompt(None, "Öffne die TÜR"), "öffne die tür");
        assert_eq!(action_prompt(Some("no place"), "A"), "no place");
    }
}
