//! The table of wordings. They are copied to the letter, grammar included: a model answers best to what it was taught.

use super::{PLACE, Task};

/// One wording of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Preset {
    /// The task it asks for.
    pub task: Task,
    /// What it is called in a list; unique within its task.
    pub name: &'static str,
    /// The exact text, with `{instruction}` where the instruction goes.
    pub template: &'static str,
    /// Who published the wording.
    pub source: &'static str,
    /// Published by a sibling model or a source data set, not by InternVLA-M1 itself.
    pub compatible: bool,
}

impl Preset {
    /// The text that is sent.
    #[must_use]
    pub fn render(&self, instruction: &str) -> String {
        self.template.replace(PLACE, instruction)
    }
}

/// Every wording; the first of a task is its default.
pub const PRESETS: &[Preset] = &[
    // Box
    published(
        Task::Box,
        "Bounding box",
        "Give the bounding box for the {instruction}.",
        "InternVLA-M1 README, chat demo",
    ),
    compatible(
        Task::Box,
        "Qwen JSON",
        "Locate the {instruction}, output its bbox coordinates using JSON format.",
        "Qwen2.5-VL cookbook, spatial understanding",
    ),
    compatible(
        Task::Box,
        "Qwen JSON, all of them",
        "Outline the position of each {instruction} and output all the coordinates in JSON format.",
        "Qwen2.5-VL cookbook, spatial understanding",
    ),
    compatible(
        Task::Box,
        "RoboRefIt",
        "Give the box coordinates according to the instruction, Instruction: {instruction}, output the bbox \
         coordinates in the format of [x1, y1, x2, y2].",
        "RoboRefIt training text; InternVLA-M1 paper, Fig. 2 begins alike",
    ),
    compatible(
        Task::Box,
        "Region",
        "Please provide the bounding box coordinate of the region this sentence describes: <ref>{instruction}</ref>",
        "InternVL referring expressions",
    ),
    compatible(
        Task::Box,
        "Short",
        "Locate the {instruction}, output the bbox coordinates.",
        "Sibling grounding data",
    ),
    // Point
    published(
        Task::Point,
        "Several spots",
        "Identify several spots within {instruction}.",
        "InternVLA-M1 paper, Fig. 1",
    ),
    compatible(
        Task::Point,
        "List of tuples",
        "{instruction} Your answer should be formatted as a list of tuples, i.e. [(x1, y1), (x2, y2), ...], where \
         each tuple contains the x and y coordinates of a point satisfying the conditions above.",
        "RoboPoint suffix without its last sentence, as InternVLA-M1 answers in pixels",
    ),
    compatible(
        Task::Point,
        "RoboPoint, 0 to 1",
        "{instruction} Your answer should be formatted as a list of tuples, i.e. [(x1, y1), (x2, y2), ...], where \
         each tuple contains the x and y coordinates of a point satisfying the conditions above. The coordinates \
         should indicate the normalized pixel locations of the points in the image.",
        "RoboPoint suffix; its source data answers from 0 to 1",
    ),
    compatible(
        Task::Point,
        "Qwen XML",
        "point to the {instruction}, output its coordinates in XML format <points x y>object</points>",
        "Qwen2.5-VL cookbook, spatial understanding",
    ),
    // Trace
    published(
        Task::Trace,
        "Trace",
        "Give the trace for {instruction}.",
        "InternVLA-M1 paper, Fig. 1",
    ),
    compatible(
        Task::Trace,
        "End effector",
        "Based on the task description, predict the trajectory that the end effector should take. Task description: \
         {instruction}.",
        "InternVLA-M1 paper, Fig. 2 for the first sentence up to \"take\"; the rest is elided there",
    ),
    compatible(
        Task::Trace,
        "RoboBrain",
        "You are a robot using the joint control. The task is \"{instruction}\". Please predict up to 10 key \
         trajectory points to complete the task. Your answer should be formatted as a list of tuples, i.e. [[x1, \
         y1], [x2, y2], ...], where each tuple contains the x and y coordinates of a point.",
        "RoboBrain 2.0 inference",
    ),
    // Plan
    published(
        Task::Plan,
        "Controller",
        "You are a robotic arm that follows human instructions and communicates naturally with humans when needed.\n\
         Given the instruction and the observation images, generate a robotic plan in the following format:\n\
         - response: Provide a natural, human-friendly reply. Output Format: <response>Your reply to the \
         human</response>\n\
         - reason: Describe the scene and explain the reasoning behind the planned action. Output Format: \
         <think>Reasoning details here</think>\n\
         - next_action: Specify the robotic arm's next action in a clear command form. Output Format: \
         <action>Action command here</action>\n\
         Instruction: {instruction}",
        "InternVLA-M1 real-robot controller",
    ),
    published(
        Task::Plan,
        "Plain request",
        "{instruction}",
        "InternVLA-M1 paper, Fig. 1, 3 and 4",
    ),
    published(
        Task::Plan,
        "Key object",
        "Your task is to {instruction}. Figure out how to execute it, then locate the key object needed.",
        "InternVLA-M1 paper, Fig. 2",
    ),
    // Chat
    published(Task::Chat, "As written", "{instruction}", "The text alone"),
    // Action: for runs whose configuration has no `CoT_prompt` of its own, and to probe those that have.
    published(
        Task::Action,
        "Key objects",
        "Your task is {instruction}. To identify the key objects for your task. Locate their bounding boxes in \
         [x1,y1,x2,y2] format.",
        "InternVLA-M1 training files and released LIBERO runs",
    ),
    published(
        Task::Action,
        "Key object needed",
        "Your task is to {instruction}. Figure out how to execute it, then locate the key object needed.",
        "InternVLA-M1 paper, Fig. 2",
    ),
    published(
        Task::Action,
        "Key object, appended",
        "{instruction} Figure out how to execute it, then locate the key object needed.",
        "InternVLA-M1 paper, section 2.1",
    ),
    compatible(
        Task::Action,
        "starVLA",
        "Your task is {instruction}. Identify the key objects and locate their bounding boxes in [x1,y1,x2,y2] \
         format.",
        "starVLA training files",
    ),
    compatible(
        Task::Action,
        "ST4VLA box",
        "Your task is to {instruction}. Figure out how to execute it, then locate the key object needed. Give the \
         box coordinates according to the instruction",
        "ST4VLA, box variant",
    ),
    published(
        Task::Action,
        "Bare",
        "{instruction}",
        "Runs without a CoT_prompt",
    ),
];

const fn published(
    task: Task,
    name: &'static str,
    template: &'static str,
    source: &'static str,
) -> Preset {
    Preset {
        task,
        name,
        template,
        source,
        compatible: false,
    }
}

const fn compatible(
    task: Task,
    name: &'static str,
    template: &'static str,
    source: &'static str,
) -> Preset {
    Preset {
        compatible: true,
        ..published(task, name, template, source)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_preset_takes_the_instruction_once() {
        for preset in PRESETS {
            assert_eq!(preset.template.matches(PLACE).count(), 1, "{}", preset.name);
            assert!(!preset.render("the cup").contains(PLACE));
            assert!(!preset.template.contains("  "), "{}", preset.name);
        }
    }

    #[test]
    fn every_task_has_a_default_of_the_models_own_and_names_do_not_repeat() {
        for task in Task::ALL {
            let mut names: Vec<&str> = task.presets().map(|preset| preset.name).collect();
            assert!(
                !task.presets().next().expect("a default").compatible,
                "{task}"
            );
            let all = names.len();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), all, "{task}");
        }
    }

    #[test]
    fn the_demo_of_the_readme_is_the_default_for_boxes() {
        let preset = Task::Box.presets().next().expect("a default");
        assert_eq!(
            preset.render("apple"),
            "Give the bounding box for the apple."
        );
    }

    #[test]
    fn the_controller_prompt_has_its_six_lines() {
        let text = Task::Plan
            .presets()
            .next()
            .expect("a default")
            .render("Tidy up.");
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 6);
        assert_eq!(
            lines[4],
            "- next_action: Specify the robotic arm's next action in a clear command form. Output Format: \
             <action>Action command here</action>"
        );
        assert_eq!(lines[5], "Instruction: Tidy up.");
    }
}
