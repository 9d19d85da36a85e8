//! Tables of cases around the model: sizes, tokens, un-normalising, replies and the two forms of a configuration.

use serde_json::Value;

use super::compare::Comparison;
use super::models::Which;
use super::numbers::Numbers;
use super::sheet::Sheet;
use super::{Fault, Workspace};
use crate::geometry::ImageSize;
use crate::grounding::GroundingKind;
use crate::grounding::reply::{self, ReplyContext, ReplyScale, extract_json};
use crate::model::config::QwenConfig;
use crate::model::planner::PlannerTokenizer;
use crate::model::planner::prompt::{Role, Turn, conversation};
use crate::robot::{ActionStats, Denormalization, NormActionChunk};
use crate::vision::{Fit, PixelLimits};

/// SI actions: the newer server computes in f32.
const ACTIONS: Comparison = Comparison::Close(1e-6);
/// Size of the picture that authored replies are read for; their boxes lie inside it.
const PICTURE: ImageSize = ImageSize::new(4096, 4096);

fn list<'a>(value: &'a Value, key: &str) -> Result<&'a Vec<Value>, Fault> {
    value
        .as_array()
        .ok_or_else(|| Fault::stored(format!("it has no list {key}")))
}

pub(super) fn smart_resize(sheet: &mut Sheet, table: &Value) -> Result<(), Fault> {
    let factor = table["factor"].as_u64().unwrap_or(28) as u32;
    let rows = list(&table["rows"], "rows")?;
    let mut wrong = Vec::new();
    for row in rows {
        let number = |key: &str| row[key].as_u64().unwrap_or(0);
        let size = ImageSize::new(number("width") as u32, number("height") as u32);
        let limits = PixelLimits {
            min: number("min_pixels"),
            max: number("max_pixels"),
        };
        let found = Fit::processor(size, factor, limits).ok();
        let found = found.map(|fit| [fit.target.height, fit.target.width]);
        let want: Option<[u32; 2]> = serde_json::from_value(row["result_hw"].clone()).ok();
        if found != want {
            wrong.push(format!("{size}: {found:?}, stored {want:?}"));
        }
    }
    sheet.count("rows", rows.len(), &wrong);
    Ok(())
}

pub(super) fn tokenizer(sheet: &mut Sheet, space: &Workspace, table: &Value) -> Result<(), Fault> {
    let (folder, _) = space.models.paths(Which::Base)?;
    let tokenizer = PlannerTokenizer::open(&folder)?;
    let strings = list(&table["strings"], "strings")?;
    let mut wrong = [Vec::new(), Vec::new(), Vec::new()];
    for case in strings {
        let text = case["text"].as_str().unwrap_or_default();
        let ids = ids(&case["ids"]);
        if tokenizer.encode(text) != ids {
            wrong[0].push(format!("{text:?}"));
        }
        for (at, key, skip) in [(1, "decoded", false), (2, "decoded_skip_special", true)] {
            if case[key].is_string() && case[key] != *tokenizer.decode(&ids, skip) {
                wrong[at].push(format!("{text:?}"));
            }
        }
    }
    for (name, wrong) in ["encode", "decode", "decode without special tokens"]
        .iter()
        .zip(&wrong)
    {
        sheet.count(name, strings.len(), wrong);
    }
    let chats = list(&table["chat_template"], "chat_template")?;
    let mut wrong = Vec::new();
    for case in chats {
        let turns = list(&case["messages"], "messages")?;
        let turns: Vec<Turn> = turns.iter().map(turn).collect();
        let text = conversation(&turns, true);
        let closed = &case["text_without_generation_prompt"];
        let same = case["text"] == *text
            && (closed.is_null() || *closed == *conversation(&turns, false))
            && tokenizer.encode(&text) == ids(&case["ids_before_image_expansion"]);
        if !same {
            wrong.push(text);
        }
    }
    sheet.count("chat template", chats.len(), &wrong);
    Ok(())
}

fn ids(value: &Value) -> Vec<u32> {
    serde_json::from_value(value.clone()).unwrap_or_default()
}

fn turn(message: &Value) -> Turn {
    let role = match message["role"].as_str() {
        Some("system") => Role::System,
        Some("assistant") => Role::Assistant,
        _ => Role::User,
    };
    let parts = message["content"].as_array().into_iter().flatten();
    let images = parts.clone().filter(|part| part["type"] == "image").count();
    let texts = parts.filter_map(|part| part["text"].as_str());
    let text = message["content"]
        .as_str()
        .map_or_else(|| texts.collect(), str::to_owned);
    Turn { role, images, text }
}

pub(super) fn unnormalize(sheet: &mut Sheet, table: &Value) -> Result<(), Fault> {
    for case in list(table, "cases")? {
        let variant = case["variant"].as_str().unwrap_or("unnamed");
        let key = case["key"].as_str().unwrap_or_default();
        let name = format!("{key} {variant}");
        match actions(case) {
            Ok([got, want]) => sheet.table(&name, ACTIONS, &got, &want),
            Err(fault) => sheet.fail(&name, &fault),
        }
    }
    Ok(())
}

/// Computed and stored actions of one case.
fn actions(case: &Value) -> Result<[Numbers; 2], Fault> {
    let matrix = |key: &str| -> Result<Vec<Vec<f64>>, Fault> {
        let rows = serde_json::from_value(case[key].clone());
        rows.map_err(|_other_form| Fault::stored(format!("{key} is no matrix")))
    };
    let stats: ActionStats = serde_json::from_value(case.clone())
        .map_err(|error| Fault::stored(format!("no statistics: {error}")))?;
    let by = match case["variant"].as_str() {
        Some(variant) if variant.to_lowercase().contains("starvla") => Denormalization::StarVla,
        _ => Denormalization::InternVla,
    };
    let (normalized, want) = (matrix("normalized")?, matrix("actions")?);
    let axes = normalized.first().map_or(0, Vec::len);
    let values: Vec<f32> = normalized.iter().flatten().map(|v| *v as f32).collect();
    let got = stats.denormalize_as(by, &NormActionChunk::from_rows(&values, axes))?;
    let numbers = |rows: &[Vec<f64>]| Numbers {
        shape: vec![rows.len(), rows.first().map_or(0, Vec::len)],
        values: rows.concat(),
    };
    Ok([numbers(got.steps()), numbers(&want)])
}

pub(super) fn replies(sheet: &mut Sheet, table: &Value) -> Result<(), Fault> {
    let cases = list(&table["extract_json"]["cases"], "extract_json.cases")?;
    let mut wrong = Vec::new();
    for case in cases {
        let text = case["input"].as_str().unwrap_or_default();
        let found = extract_json(text).unwrap_or(Value::Null);
        if !same(&found, &case["result"]) {
            wrong.push(format!("{text:?} gives {found}"));
        }
    }
    sheet.count("extract_json", cases.len(), &wrong);
    let Ok(cases) = list(&table["boxes_authored"]["cases"], "boxes_authored.cases") else {
        return Ok(());
    };
    let mut wrong = Vec::new();
    for case in cases {
        let text = case["answer"].as_str().unwrap_or_default();
        let found = boxes(text);
        let want = authored(&case["boxes"]);
        if found != want {
            wrong.push(format!("{text:?}: {found:?}, authored {want:?}"));
        }
    }
    sheet.count("boxes_authored", cases.len(), &wrong);
    Ok(())
}

/// Equal values; numbers by value, and Python's literals by how the table writes them.
fn same(found: &Value, want: &Value) -> bool {
    match (found, want) {
        (Value::Number(a), Value::Number(b)) => a.as_f64() == b.as_f64(),
        (Value::String(a), Value::String(b)) => a == b || b.starts_with(&format!("{a} (")),
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            let has = |(key, a): (&String, &Value)| b.get(key).is_some_and(|b| same(a, b));
            a.len() == b.len() && a.iter().all(has)
        }
        _ => found == want,
    }
}

type LabelledBox = ([f64; 4], Option<String>);

fn boxes(text: &str) -> Vec<LabelledBox> {
    let context = ReplyContext {
        fit: Fit::stretch(PICTURE, PICTURE),
        scale: ReplyScale::Resized,
        expected: Some(GroundingKind::Box),
    };
    let reply = reply::parse(text, &context);
    let found = reply.groundings.iter().map(|found| &found.grounding);
    let boxes = found.filter(|grounding| grounding.kind == GroundingKind::Box);
    let corners = |grounding: &crate::grounding::Grounding| match grounding.points[..] {
        [a, b] => [a.x, a.y, b.x, b.y].map(f64::from),
        _ => [f64::NAN; 4],
    };
    boxes
        .map(|grounding| (corners(grounding), grounding.label.clone()))
        .collect()
}

fn authored(boxes: &Value) -> Vec<LabelledBox> {
    let boxes = boxes.as_array().into_iter().flatten();
    let read = |case: &Value| {
        let corners = serde_json::from_value(case["bbox"].clone()).unwrap_or([f64::NAN; 4]);
        (corners, case["label"].as_str().map(str::to_owned))
    };
    boxes.map(read).collect()
}

/// The nested form of a configuration means the same as the flat one beside the weights.
pub(super) fn nested_config(
    sheet: &mut Sheet,
    space: &Workspace,
    table: &Value,
) -> Result<(), Fault> {
    let (folder, _) = space.models.paths(Which::Base)?;
    let path = folder.join("config.json");
    let flat = path.strip_prefix(&space.golden.root).unwrap_or(&path);
    let flat = space.golden.json(&flat.to_string_lossy())?;
    let nested = QwenConfig::from_json(table, &space.golden.root.join(&sheet.file.path))?;
    let flat = QwenConfig::from_json(&flat, &path)?;
    let wrong = (nested != flat).then(|| format!("{nested:?} and {flat:?}"));
    sheet.count(
        "equals the flat form",
        1,
        &wrong.into_iter().collect::<Vec<_>>(),
    );
    Ok(())
}
