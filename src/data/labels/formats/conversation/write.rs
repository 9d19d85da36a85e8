//! Writes conversations as Qwen2.5-VL is trained on them.

use std::io::Write;
use std::path::Path;

use serde_json::{Map, Value, json};

use super::answer::{self, written_as};
use super::record::MARK;
use super::{FORMAT, HOLDS};
use crate::data::labels::LabelError;
use crate::data::labels::export::{Export, WriteReport};
use crate::data::labels::geometry::Shape;
use crate::data::labels::options::{ReadOptions, Unit, WriteOptions};
use crate::data::labels::record::{LabelSet, Role, Sample, Sizing, Target, Turn};
use crate::grounding::GroundingKind;
use crate::grounding::prompt::Task;

type Held<'s> = (&'s Target, Shape);

/// Writes one record a line, or an array where the file is to end in `.json`.
pub(super) fn write(
    set: &LabelSet,
    out: &Path,
    options: WriteOptions,
) -> Result<WriteReport, LabelError> {
    let mut export = Export::open(set, out, (FORMAT.name, HOLDS), &["json", "jsonl"], options)?;
    let mut records = Vec::new();
    for sample in &set.samples {
        records.extend(of_sample(sample, &mut export)?);
    }
    export.report.samples = records.len() as u64;
    let array = out
        .extension()
        .is_some_and(|e| e.eq_ignore_ascii_case("json"));
    export.main("annotations.jsonl", |to| write_all(to, &records, array))?;
    export.finish()
}

fn write_all(to: &mut dyn Write, records: &[Value], array: bool) -> std::io::Result<()> {
    if array {
        return serde_json::to_writer_pretty(to, records).map_err(Into::into);
    }
    for record in records {
        serde_json::to_writer(&mut *to, record)?;
        to.write_all(b"\n")?;
    }
    Ok(())
}

/// The records of a sample: its own conversation, else one question for every kind and label.
fn of_sample(sample: &Sample, export: &mut Export) -> Result<Vec<Value>, LabelError> {
    let mut images = Vec::new();
    for image in &sample.images {
        images.push(export.picture(image, "images")?);
    }
    let targets = export.targets(sample);
    let groundings: Vec<Held> = targets
        .into_iter()
        .filter(|(target, _)| !target.crowd)
        .collect();
    if !sample.conversation.is_empty() {
        let turns = own(sample, &groundings, export);
        return Ok(vec![record(sample, &images, &turns)]);
    }
    let mut records = Vec::new();
    for (kind, label, targets) in questions(sample, &groundings) {
        export.note("questions were made up from a template");
        let question = question(kind, label);
        let answer = answer::write(targets.iter().map(|(t, s)| (*t, s)));
        let turns = turns(&format!("{}{question}", marks(sample)), answer);
        records.push(record(sample, &images, &turns));
    }
    Ok(records)
}

fn record(sample: &Sample, images: &[String], turns: &[Turn]) -> Value {
    let mut map = Map::new();
    if let Some(id) = &sample.id {
        map.insert("id".into(), id.as_str().into());
    }
    match images {
        [] => {}
        [one] => drop(map.insert("image".into(), one.as_str().into())),
        several => drop(map.insert("image".into(), several.into())),
    }
    if let Some(image) = sample.image()
        && let Some(size) = image.size.filter(|_| image.sizing != Sizing::Unknown)
    {
        map.insert("width".into(), size.width.into());
        map.insert("height".into(), size.height.into());
    }
    let name = |role| match role {
        Role::System => "system",
        Role::User => "human",
        Role::Assistant => "gpt",
    };
    let turns = turns
        .iter()
        .map(|turn| json!({"from": name(turn.role), "value": turn.text}));
    map.insert("conversations".into(), turns.collect());
    for (key, value) in &sample.extra {
        map.entry(key.clone()).or_insert_with(|| value.clone());
    }
    Value::Object(map)
}

/// The sample's own turns; answers with groundings in Qwen's form, the words of a plan kept around them.
fn own(sample: &Sample, targets: &[Held], export: &mut Export) -> Vec<Turn> {
    let mut turns = sample.conversation.clone();
    let marked = turns.iter().any(|turn| turn.text.contains(MARK));
    if !marked && let Some(first) = turns.iter_mut().find(|turn| turn.role == Role::User) {
        first.text = format!("{}{}", marks(sample), first.text);
    }
    for (index, turn) in turns.iter_mut().enumerate() {
        let of_turn = || targets.iter().filter(|(t, _)| t.turn == Some(index));
        if turn.role != Role::Assistant || of_turn().next().is_none() {
            continue;
        }
        if keeps_words(sample, &turn.text, of_turn().count()) {
            continue;
        }
        let text = answer::write(of_turn().map(|(t, s)| (*t, s)));
        if text != turn.text {
            export.note("answers were rewritten as Qwen2.5-VL JSON");
        }
        turn.text = text;
    }
    turns
}

/// Whether an answer is a plan whose words must stay, and whose numbers are pixels already.
fn keeps_words(sample: &Sample, text: &str, count: usize) -> bool {
    let pixels = (Unit::Pixels, &ReadOptions::default());
    sample.task == Task::Plan
        && answer::read(text, "", sample.size(), pixels)
            .groundings
            .len()
            == count
}

/// Targets by kind and label, in the order of their first ones; a phrase asks for all of them at once.
fn questions<'s>(
    sample: &'s Sample,
    targets: &[Held<'s>],
) -> Vec<(GroundingKind, &'s str, Vec<Held<'s>>)> {
    let mut groups: Vec<(GroundingKind, &str, Vec<Held>)> = Vec::new();
    for (target, shape) in targets {
        let kind = written_as(shape.kind());
        let label = sample
            .phrase
            .as_deref()
            .or(target.label.as_deref())
            .unwrap_or("object");
        match groups
            .iter_mut()
            .find(|(k, l, _)| *k == kind && *l == label)
        {
            Some((_, _, group)) => group.push((target, shape.clone())),
            None => groups.push((kind, label, vec![(target, shape.clone())])),
        }
    }
    if let (true, Some(phrase)) = (groups.is_empty(), sample.phrase.as_deref()) {
        let kind = sample.task.expected().unwrap_or(GroundingKind::Box);
        groups.push((kind, phrase, Vec::new()));
    }
    groups
}

/// A published wording for this kind.
fn question(kind: GroundingKind, label: &str) -> String {
    let (task, name) = match kind {
        GroundingKind::Box => (Task::Box, "Qwen JSON, all of them"),
        GroundingKind::Point => (Task::Point, "Several spots"),
        GroundingKind::Trace => (Task::Trace, ""),
    };
    let mut presets = task.presets();
    let preset = task
        .presets()
        .find(|preset| preset.name == name)
        .or_else(|| presets.next());
    preset.map_or_else(|| label.to_owned(), |preset| preset.render(label))
}

/// A line for every picture of the sample.
fn marks(sample: &Sample) -> String {
    format!("{MARK}\n").repeat(sample.images.len())
}

fn turns(question: &str, answer: String) -> Vec<Turn> {
    let turn = |role, text| Turn { role, text };
    vec![
        turn(Role::User, question.to_owned()),
        turn(Role::Assistant, answer),
    ]
}
