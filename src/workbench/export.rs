//! Answers as text for other programs: stable JSON and CSV.
//!
//! **Groundings**, in pixels of the original picture:
//! `{"format": "spvla-groundings-1", "task", "instruction", "image": {"name", "width", "height", "frame"}, "rule",
//! "groundings": [{"kind", "label", "points": [[x, y]], "score"}]}`. `label` and `score` may be null.
//!
//! **Actions**: `{"format": "spvla-actions-1", "instruction", "statistics", "axes": [{"name", "unit"}],
//! "normalized": [sample][step][axis], "si": the same or null}`. Units are those of `si`; `statistics` names the
//! statistics that made it and is null where `si` is.
//!
//! **Actions as CSV**: a header `sample,step,<axis>…` and one row for each step, both counted from 0. An axis carries
//! its unit (`dx_m`), or `_norm` where the numbers are normalised.

use std::fmt::Write as _;

use serde::Serialize;

use super::axes::{ActionAxis, AxisGroup, action_axes};
use super::{CommandId, ResultSet, Workbench};
use crate::engine::ActionAnswer;
use crate::grounding::Grounding;
use crate::grounding::prompt::Task;
use crate::grounding::reply::Rule;
use crate::robot::{ActionChunk, NormActionChunk};

#[derive(Serialize)]
struct GroundingsFile<'a> {
    format: &'static str,
    task: Task,
    instruction: &'a str,
    image: Option<ImageNote<'a>>,
    rule: Option<Rule>,
    groundings: Vec<&'a Grounding>,
}

#[derive(Serialize)]
struct ImageNote<'a> {
    name: &'a str,
    width: u32,
    height: u32,
    frame: u64,
}

#[derive(Serialize)]
struct ActionsFile<'a> {
    format: &'static str,
    instruction: &'a str,
    statistics: Option<&'a str>,
    axes: Vec<AxisNote>,
    normalized: Vec<&'a [Vec<f32>]>,
    si: Option<Vec<&'a [Vec<f64>]>>,
}

#[derive(Serialize)]
struct AxisNote {
    name: String,
    unit: &'static str,
}

/// One grounding as JSON on one line.
#[must_use]
pub fn grounding_json(grounding: &Grounding) -> String {
    line(grounding)
}

/// The groundings of an answer as JSON, hidden ones included.
#[must_use]
pub fn groundings_json(result: &ResultSet) -> String {
    let image = result.run.views.first().map(|(_, frame)| ImageNote {
        name: frame.camera(),
        width: frame.size().width,
        height: frame.size().height,
        frame: frame.seq,
    });
    pretty(&GroundingsFile {
        format: "spvla-groundings-1",
        task: result.run.task,
        instruction: &result.run.instruction,
        image,
        rule: result.answer.text.as_ref().map(|text| text.reply.rule),
        groundings: result.groundings().collect(),
    })
}

/// Actions as JSON.
#[must_use]
pub fn actions_json(instruction: &str, action: &ActionAnswer) -> String {
    let axes = axes_of(action)
        .into_iter()
        .map(|axis| AxisNote {
            unit: axis.group.unit(),
            name: axis.name,
        })
        .collect();
    let si = action.si.as_ref();
    line(&ActionsFile {
        format: "spvla-actions-1",
        instruction,
        statistics: action.statistics.as_deref().ok().filter(|_| si.is_some()),
        axes,
        normalized: action
            .normalized
            .iter()
            .map(NormActionChunk::steps)
            .collect(),
        si: si.map(|chunks| chunks.iter().map(ActionChunk::steps).collect()),
    })
}

/// Actions as CSV: normalised, or SI where there is one.
#[must_use]
pub fn actions_csv(action: &ActionAnswer, normalized: bool) -> String {
    let axes = axes_of(action);
    let mut csv = String::from("sample,step");
    let si = action.si.as_ref().filter(|_| !normalized);
    for axis in &axes {
        csv.push(',');
        csv.push_str(&column(axis, si.is_none()));
    }
    csv.push('\n');
    if let Some(chunks) = si {
        for (sample, chunk) in chunks.iter().enumerate() {
            rows(&mut csv, sample, chunk.steps());
        }
    } else {
        for (sample, chunk) in action.normalized.iter().enumerate() {
            rows(&mut csv, sample, chunk.steps());
        }
    }
    csv
}

fn rows<T: std::fmt::Display>(csv: &mut String, sample: usize, steps: &[Vec<T>]) {
    for (step, values) in steps.iter().enumerate() {
        // Writing to a string cannot fail.
        _ = write!(csv, "{sample},{step}");
        for value in values {
            _ = write!(csv, ",{value}");
        }
        csv.push('\n');
    }
}

fn column(axis: &ActionAxis, normalized: bool) -> String {
    match (normalized, axis.group) {
        (_, AxisGroup::Gripper) | (false, AxisGroup::Unknown) => axis.name.clone(),
        (true, _) => format!("{}_norm", axis.name),
        (false, group) => format!("{}_{}", axis.name, group.unit()),
    }
}

fn axes_of(action: &ActionAnswer) -> Vec<ActionAxis> {
    let first = action
        .normalized
        .first()
        .and_then(|chunk| chunk.steps().first());
    action_axes(first.map_or(0, Vec::len))
}

/// Plain data always becomes JSON: `serde_json` writes numbers that are not finite as null.
fn line(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

fn pretty(value: &impl Serialize) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

impl Workbench {
    /// What a command puts on the clipboard; none if it is not a copy or there is nothing to copy.
    #[must_use]
    pub fn clipboard(&self, id: CommandId) -> Option<String> {
        let spoken = self.asking.spoken();
        let text = spoken.and_then(|result| result.answer.text.as_ref());
        let acted = self.asking.acted();
        let action = acted.and_then(|result| result.answer.action.as_ref());
        match id {
            CommandId::CopyReply => text.map(|text| text.reply.raw.clone()),
            CommandId::CopyGroundings => spoken.map(groundings_json),
            CommandId::CopyActionsJson => acted
                .zip(action)
                .map(|(r, a)| actions_json(&r.run.instruction, a)),
            CommandId::CopyActionsCsv => {
                action.map(|action| actions_csv(action, self.settings.normalized_actions))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::robot::ActionStats;

    fn answer(with_si: bool) -> ActionAnswer {
        let chunk = NormActionChunk::from_rows(
            &[
                0.5, -0.5, 1.0, 0.0, -1.0, 0.25, 0.9, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0,
            ],
            7,
        );
        let stats = ActionStats {
            q01: vec![-0.5, -0.5, -0.5, -1.0, -1.0, -1.0, 0.0],
            q99: vec![0.5, 0.5, 0.5, 1.0, 1.0, 1.0, 1.0],
            mask: vec![true, true, true, true, true, true, false],
        };
        let si = with_si.then(|| vec![stats.denormalize(&chunk).expect("seven axes")]);
        ActionAnswer {
            normalized: vec![chunk],
            si,
            statistics: if with_si {
                Ok("bridge_orig".into())
            } else {
                Err("no statistics".into())
            },
        }
    }

    #[test]
    fn csv_has_a_header_with_units_and_a_row_for_each_step() {
        let csv = actions_csv(&answer(true), false);
        assert_eq!(
            csv,
            "sample,step,dx_m,dy_m,dz_m,droll_rad,dpitch_rad,dyaw_rad,gripper\n\
             0,0,0.25,-0.25,0.5,0,-1,0.25,1\n\
             0,1,0,0,0,0,0,0,0\n"
        );
    }

    #[test]
    fn csv_says_so_when_the_numbers_are_normalised() {
        let header = |csv: String| csv.lines().next().unwrap_or_default().to_owned();
        let wanted = "sample,step,dx_norm,dy_norm,dz_norm,droll_norm,dpitch_norm,dyaw_norm,gripper";
        assert_eq!(header(actions_csv(&answer(true), true)), wanted);
        assert_eq!(header(actions_csv(&answer(false), false)), wanted);
    }

    #[test]
    fn json_keeps_normalised_and_si_apart_and_names_units() {
        let json: serde_json::Value =
            serde_json::from_str(&actions_json("pick", &answer(true))).expect("json");
        assert_eq!(json["format"], "spvla-actions-1");
        assert_eq!(json["statistics"], "bridge_orig");
        assert_eq!(
            json["axes"][3],
            serde_json::json!({"name": "droll", "unit": "rad"})
        );
        assert_eq!(json["normalized"][0][0][0], 0.5);
        assert_eq!(json["si"][0][0][0], 0.25);
        let json: serde_json::Value =
            serde_json::from_str(&actions_json("pick", &answer(false))).expect("json");
        assert!(json["si"].is_null() && json["statistics"].is_null());
    }

    #[test]
    fn nothing_to_copy_is_none() {
        let workbench = Workbench::default();
        assert_eq!(workbench.clipboard(CommandId::CopyReply), None);
        assert_eq!(workbench.clipboard(CommandId::Run), None);
    }
}
