//! Tables of the control side: ensembling of chunks, and `SimplerEnv`'s client step by step.

use serde_json::Value;

use super::Fault;
use super::compare::Comparison;
use super::numbers::Numbers;
use super::sheet::Sheet;
use crate::control::{AdaptiveEnsemble, GripperRule, SimplerClient};

/// Both sides compute in f64, in another order.
const CLOSE: Comparison = Comparison::Close(1e-9);
/// Longest horizon and repeat that are believed.
const MOST: u64 = 100_000;
/// Steps a Google robot's gripper repeats, where the table does not say.
const REPEAT: u64 = 10;

fn list<'a>(value: &'a Value, key: &str) -> Result<&'a Vec<Value>, Fault> {
    let list = value.as_array();
    list.ok_or_else(|| Fault::stored(format!("it has no list {key}")))
}

pub(super) fn ensembles(sheet: &mut Sheet, table: &Value) -> Result<(), Fault> {
    for (at, case) in list(table, "of cases")?.iter().enumerate() {
        let name = format!(
            "case {at} horizon {} alpha {}",
            case["horizon"], case["alpha"]
        );
        match ensembled(case) {
            Ok([got, want]) => sheet.table(&name, CLOSE, &got, &want),
            Err(fault) => sheet.fail(&name, &fault),
        }
    }
    Ok(())
}

fn ensembled(case: &Value) -> Result<[Numbers; 2], Fault> {
    let mut ensemble = ensemble(&case["horizon"], &case["alpha"])
        .ok_or_else(|| Fault::stored("it has no horizon or alpha"))?;
    let mut got = Vec::new();
    for input in list(&case["inputs"], "inputs")? {
        let action = ensemble.step(chunk(input)?);
        got.push(action.ok_or_else(|| Fault::stored("no chunk reaches this step"))?);
    }
    Ok([matrix(&got), matrix(&chunk(&case["outputs"])?)])
}

fn ensemble(horizon: &Value, alpha: &Value) -> Option<AdaptiveEnsemble> {
    let horizon = horizon.as_u64()?.min(MOST) as usize;
    Some(AdaptiveEnsemble::new(horizon, alpha.as_f64()?))
}

/// Rows of numbers; one row of numbers alone is a chunk of one step.
fn chunk(value: &Value) -> Result<Vec<Vec<f64>>, Fault> {
    let rows: Option<Vec<Vec<f64>>> = serde_json::from_value(value.clone()).ok();
    let single = || Some(vec![serde_json::from_value(value.clone()).ok()?]);
    rows.or_else(single)
        .ok_or_else(|| Fault::stored("a chunk is no matrix of numbers"))
}

fn matrix(rows: &[Vec<f64>]) -> Numbers {
    Numbers {
        shape: vec![rows.len(), rows.first().map_or(0, Vec::len)],
        values: rows.concat(),
    }
}

/// The values of every step of a client, by where the table keeps them.
const FIELDS: [[&str; 2]; 7] = [
    ["raw_action", "world_vector"],
    ["raw_action", "rotation_delta"],
    ["raw_action", "open_gripper"],
    ["action", "world_vector"],
    ["action", "rot_axangle"],
    ["action", "gripper"],
    ["action", "terminate_episode"],
];

pub(super) fn clients(sheet: &mut Sheet, table: &Value) -> Result<(), Fault> {
    for case in list(table, "of clients")? {
        let setup = case["policy_setup"].as_str().unwrap_or("unnamed");
        let steps = match played(case, setup) {
            Ok(steps) => steps,
            Err(fault) => {
                sheet.fail(setup, &fault);
                continue;
            }
        };
        let stored = list(&case["steps"], "steps")?;
        for (at, [part, field]) in FIELDS.iter().enumerate() {
            let want: Result<Vec<Vec<f64>>, Fault> = stored
                .iter()
                .map(|step| Ok(chunk(&step[*part][*field])?.concat()))
                .collect();
            let got: Vec<Vec<f64>> = steps.iter().map(|step| step[at].clone()).collect();
            let name = format!("{setup} {part}.{field}");
            match want {
                Ok(want) => sheet.table(&name, CLOSE, &matrix(&got), &matrix(&want)),
                Err(fault) => sheet.fail(&name, &fault),
            }
        }
    }
    Ok(())
}

/// What a client does with the stored chunks, in the order of [`FIELDS`].
fn played(case: &Value, setup: &str) -> Result<Vec<[Vec<f64>; 7]>, Fault> {
    let repeat = case["sticky_gripper_num_repeat"]
        .as_u64()
        .unwrap_or(REPEAT)
        .min(MOST) as usize;
    let rule = match setup {
        "widowx_bridge" => GripperRule::Absolute,
        "google_robot" => GripperRule::Sticky { repeat },
        _ => return Err(Fault::stored("no client here has this name")),
    };
    let averaged = case["action_ensemble"].as_bool().unwrap_or(true);
    let averaged = averaged.then(|| ensemble(&case["ensemble_horizon"], &case["ensemble_alpha"]));
    let scale = case["action_scale"].as_f64().unwrap_or(1.0);
    let mut client = SimplerClient::new(rule, scale, averaged.flatten());
    let mut played = Vec::new();
    for step in list(&case["steps"], "steps")? {
        let task = step["task"].as_str().unwrap_or_default();
        let done = client.step(task, chunk(&step["server_actions"])?);
        let (action, command) = done.ok_or_else(|| Fault::stored("a chunk has not seven axes"))?;
        let part = |range: std::ops::Range<usize>| action[range].to_vec();
        played.push([
            part(0..3),
            part(3..6),
            part(6..7),
            command.translation.to_vec(),
            command.rotation.to_vec(),
            vec![command.gripper],
            // The reference never ends an episode on its own.
            vec![0.0],
        ]);
    }
    Ok(played)
}
