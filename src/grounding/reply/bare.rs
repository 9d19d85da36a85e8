//! The last resort: numbers that stand close together.
//!
//! Prose is full of numbers, so a run counts only if nothing but punctuation and names of coordinates stands between
//! them and their count makes whole groundings.

use super::number::{Number, numbers};
use super::stage::{Stage, fits};
use super::{Rule, stage};
use crate::grounding::GroundingKind;

/// Words that may stand between the numbers of one grounding.
const JOINERS: &[&str] = &[
    "x", "y", "x0", "y0", "x1", "y1", "x2", "y2", "x3", "y3", "x4", "y4", "xmin", "ymin", "xmax",
    "ymax", "x_min", "y_min", "x_max", "y_max", "left", "top", "right", "bottom", "upper", "lower",
    "corner", "to",
];

/// Longest text between two numbers of one run, in bytes.
const MAX_GAP: usize = 40;

/// Reads runs of numbers.
pub(super) fn read(text: &str, expected: Option<GroundingKind>) -> Stage {
    let mut stage = Stage {
        rule: Some(Rule::Numbers),
        ..stage::Stage::default()
    };
    let mut run: Vec<Number> = Vec::new();
    for number in numbers(text, 0..text.len()) {
        let joined = run
            .last()
            .is_none_or(|last| joins(&text[last.span.end..number.span.start]));
        if !joined {
            close(text, &run, expected, &mut stage);
            run.clear();
        }
        run.push(number);
    }
    close(text, &run, expected, &mut stage);
    stage
}

/// Whether numbers on both sides of `gap` belong together.
fn joins(gap: &str) -> bool {
    let mut words = gap.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    gap.len() <= MAX_GAP
        && !gap.contains(['.', '!', '?'])
        && gap.chars().all(|c| c.is_ascii() || !c.is_alphabetic())
        && words.all(|word| word.is_empty() || JOINERS.iter().any(|j| word.eq_ignore_ascii_case(j)))
}

fn close(text: &str, run: &[Number], expected: Option<GroundingKind>, stage: &mut Stage) {
    let Some(kind) = expected.or_else(|| kind_of(text, run)) else {
        return;
    };
    if fits(kind, run.len()) {
        stage.add(kind, None, run);
    }
}

/// What a run is when nothing was asked for: pairs in brackets are points, but two of them are the corners of a box,
/// as Qwen-VL wrote it; other numbers are boxes.
fn kind_of(text: &str, run: &[Number]) -> Option<GroundingKind> {
    let closed = |a: &Number, b: &Number| text[a.span.end..b.span.start].contains([')', ']']);
    match run {
        [] | [_] => None,
        [first, _] => text[..first.span.start]
            .trim_end()
            .ends_with(['(', '['])
            .then_some(GroundingKind::Point),
        [_, second, third, _, _, ..] if closed(second, third) => Some(GroundingKind::Point),
        _ => Some(GroundingKind::Box),
    }
}
