//! Reads conversations, one record at a time.

use std::path::Path;

use serde_json::Value;

use super::answer::{expected, in_pixels, read};
use super::record::Record;
use crate::data::labels::LabelError;
use crate::data::labels::import::{Import, task_of};
use crate::data::labels::options::Unit;
use crate::data::labels::record::{ImageRef, Role, Sample, Target, Turn};
use crate::data::labels::report::{Assumption, Outcome, Place, Reason};
use crate::data::labels::text;
use crate::grounding::prompt::Task;
use crate::grounding::reply::{Reply, ReplyScale};

/// Reads a file of conversations whose answers count in `unit`.
pub(in crate::data::labels) fn file(
    path: &Path,
    unit: Unit,
    import: &mut Import,
) -> Result<(), LabelError> {
    import.file();
    text::records(path, "conversation JSON", |place, record| {
        let record = record.and_then(Record::read);
        match record {
            Ok(record) => sample(record, unit, place, import),
            Err(why) => import.skip("sample", place, why),
        }
    })
}

/// Turns a record into a sample.
fn sample(record: Record, unit: Unit, place: &Place, import: &mut Import) {
    let mut sample = Sample {
        id: record.id,
        conversation: record.turns,
        extra: record.extra,
        ..Sample::default()
    };
    if let Some(id) = &sample.id {
        import.id(id, place);
    }
    let size = record.size;
    let images = record.images.iter().enumerate();
    sample.images = images
        .map(|(i, path)| import.image(path, size.filter(|_| i == 0), place))
        .collect();
    sample.task = Task::Chat;
    answers(&mut sample, unit, place, import);
    if sample.images.len() > 1 && !sample.targets.is_empty() {
        import.assume(Assumption::FirstPicture, 1);
    }
    import.push(sample, place);
}

/// Reads the groundings of all answers. Without a picture there is nothing to point at.
fn answers(sample: &mut Sample, unit: Unit, place: &Place, import: &mut Import) {
    let Some(mut image) = sample.images.first().cloned() else {
        return;
    };
    let mut question = String::new();
    for turn in 0..sample.conversation.len() {
        let text = sample.conversation[turn].text.clone();
        match sample.conversation[turn].role {
            Role::User => question = text,
            Role::System => {}
            Role::Assistant => {
                let reply = reply(&text, &question, (&mut image, unit), import);
                warn(&reply, place, import);
                sample.task = task(sample.task, &reply, &question);
                let targets = reply.groundings().filter_map(Target::from_grounding);
                let count = sample.targets.len();
                sample.targets.extend(targets.map(|target| Target {
                    turn: Some(turn),
                    ..target
                }));
                assume(&reply, unit, sample.targets.len() - count, import);
                sample.conversation[turn] = Turn {
                    role: Role::Assistant,
                    text: in_pixels_where_needed(&text, &reply, unit, import),
                };
            }
        }
    }
    sample.images[0] = image;
}

/// Reads an answer; where it turns out to be relative to a picture that is not here, once more.
fn reply(
    text: &str,
    question: &str,
    (image, unit): (&mut ImageRef, Unit),
    import: &mut Import,
) -> Reply {
    let options = import.options;
    let relative = matches!(unit, Unit::Fractions | Unit::Percent | Unit::Thousandths);
    let first = read(text, question, image.size, (unit, options));
    let needs_size = relative || options.resized.is_some() || first.scale_used == ReplyScale::Unit;
    if image.size.is_some() || first.groundings.is_empty() || !needs_size {
        return first;
    }
    let size = import.relative_to(image);
    read(text, question, Some(size), (unit, options))
}

fn warn(reply: &Reply, place: &Place, import: &mut Import) {
    use crate::grounding::reply::ReplyWarning as W;
    for warning in &reply.warnings {
        let outcome = match warning {
            W::Clipped { .. } => Outcome::Clipped,
            W::Repaired { .. } | W::CornersSwapped { .. } => Outcome::Mended,
            _ => Outcome::Skipped,
        };
        let why = match warning {
            W::Clipped { .. } => Reason::PartlyOutside,
            W::ZeroArea { .. } => Reason::NoArea,
            W::NotFinite { .. } => Reason::NotFinite,
            W::TooMany { limit } => Reason::TooMany(*limit as u64),
            other => Reason::Answer(other.to_string()),
        };
        import.defect("answer", place, why, outcome);
    }
}

/// What a sample teaches, once one more answer is known: the first grounding decides.
fn task(before: Task, reply: &Reply, question: &str) -> Task {
    if before != Task::Chat {
        return before;
    }
    if reply.subtask.is_some() {
        return Task::Plan;
    }
    let first = reply.groundings().next().and_then(Target::from_grounding);
    let asked = expected(question).map(|kind| kind.name().parse().unwrap_or_default());
    let is_none = serde_json::from_str::<Value>(
        reply
            .raw
            .trim_matches(['`', '\n', ' '])
            .trim_start_matches("json"),
    )
    .is_ok_and(|value| value.as_array().is_some_and(Vec::is_empty));
    match first {
        Some(target) => task_of(&[target]),
        None if is_none => asked.unwrap_or(Task::Chat),
        None => Task::Chat,
    }
}

fn assume(reply: &Reply, unit: Unit, count: usize, import: &mut Import) {
    let what = match (unit, reply.scale_used) {
        (Unit::Auto, ReplyScale::Unit) => Assumption::Fractions,
        (Unit::Auto, _) if import.options.resized.is_none() => Assumption::Pixels,
        _ => Assumption::UnitGiven,
    };
    import.assume(what, count);
}

/// Answers that do not count in pixels of the original are brought there, so that words and targets agree.
fn in_pixels_where_needed(text: &str, reply: &Reply, unit: Unit, import: &Import) -> String {
    let pixels = matches!(unit, Unit::Auto | Unit::Pixels) && reply.scale_used != ReplyScale::Unit;
    if pixels && import.options.resized.is_none() {
        return text.to_owned();
    }
    in_pixels(text, &reply.groundings)
}
