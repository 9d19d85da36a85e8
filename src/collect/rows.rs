//! What a row of a collected dataset holds, by the names that LeRobot and GR00T give it.
//!
//! Metres, radians, gripper 0 closed to 1 open. State and actions are in the frame of the robot's base.

use super::{Config, Group};
use crate::data::{CameraSpec, DatasetSpec, Feature, StepRow, Version};
use crate::geometry::{ImageSize, Pose};
use crate::robot::RobotSpec;
use crate::sim::episode::EpisodeRecord;
use crate::sim::instruction;

/// Angles and gripper as measured.
const STATE: &str = "observation.state";
/// Pose of the tool and gripper as measured.
const TOOL: &str = "observation.state.eef";
/// What was done: the change of the tool's pose that policies emit, and the gripper.
const ACTION: &str = "action";
/// The same as angles: what the arm was told at the end of the step.
const JOINTS: &str = "action.joints";
/// Part of the task.
const PHASE: &str = "annotation.phase";
/// Part of the goal, counted from zero.
const SUBTASK: &str = "annotation.subtask";

const TOOL_NAMES: [&str; 7] = ["x", "y", "z", "roll", "pitch", "yaw", "gripper"];

/// Name of a camera in the dataset.
pub(super) fn camera(view: &str) -> String {
    format!("observation.images.{view}")
}

/// What the dataset of a group consists of.
pub(super) fn spec(config: &Config, group: &Group, views: &[(String, ImageSize)]) -> DatasetSpec {
    let robot = RobotSpec::named(group.robot());
    let joints = robot.map_or(&[][..], |robot| robot.joints);
    let mut names: Vec<&str> = joints.iter().map(|joint| joint.name).collect();
    names.push("gripper");
    let mut spec = DatasetSpec::new(config.version(), group.hz());
    spec.robot_type = Some(group.robot().to_owned());
    spec.storage = config.storage();
    spec.subtasks = config.version() == Version::V30;
    spec.features = vec![
        Feature::vector(STATE, &names),
        Feature::vector(TOOL, &TOOL_NAMES),
        Feature::vector(
            ACTION,
            &["d_x", "d_y", "d_z", "d_roll", "d_pitch", "d_yaw", "gripper"],
        ),
        Feature::vector(JOINTS, &names),
        Feature::scalar(PHASE, "string"),
        Feature::scalar(SUBTASK, "int64"),
    ];
    let cameras = views.iter().map(|(view, size)| CameraSpec {
        name: camera(view),
        width: size.width,
        height: size.height,
    });
    spec.cameras = cameras.collect();
    spec
}

/// One row of an episode.
pub(super) fn row(record: &EpisodeRecord, index: usize) -> StepRow {
    let step = &record.steps[index];
    let with_gripper = |joints: &[f64], gripper: f64| [joints, &[gripper]].concat();
    // What was told at the end of a step is what the next one begins with.
    let told = record
        .steps
        .get(index + 1)
        .map_or(&record.last.joints, |next| &next.commanded);
    let action = step.action.axes().map(f64::from);
    let phase = serde_json::to_value(step.phase).ok();
    let phase = phase.as_ref().and_then(serde_json::Value::as_str);
    StepRow::new()
        .numbers(
            STATE,
            with_gripper(&step.snapshot.joints, step.snapshot.gripper),
        )
        .numbers(TOOL, tool(&step.tool, step.snapshot.gripper))
        .numbers(ACTION, action)
        .numbers(JOINTS, with_gripper(told, f64::from(step.action.gripper)))
        .text(PHASE, phase.unwrap_or_default())
        .numbers(SUBTASK, [step.subtask as f64])
        .subtask(instruction::subtask(
            &record.scene,
            step.subtask,
            step.phase,
        ))
}

fn tool(pose: &Pose, gripper: f64) -> [f64; 7] {
    let (roll, pitch, yaw) = pose.isometry().rotation.euler_angles();
    let [x, y, z] = pose.position;
    [x, y, z, roll, pitch, yaw, gripper]
}
