//! An answer as text, after the reply itself was written while it came.

use std::fmt::Write as _;

use super::answer::{Actions, Prediction};
use crate::cli::table::{Flush, Table};
use crate::engine::Answer;

/// What follows the streamed reply.
pub(super) fn text(prediction: &Prediction, answer: &Answer) -> String {
    let mut out = String::new();
    if let Some(reply) = &prediction.reply {
        out.extend(["\n", reply.rule.sentence(), "\n"]);
        if let Some(subtask) = reply.subtask {
            out.extend(["Next step: ", subtask, "\n"]);
        }
        out += &groundings(answer);
    }
    if let Some(actions) = &prediction.actions {
        out += &chunks(actions);
    }
    for warning in &prediction.warnings {
        out.extend(["Warning: ", warning, "\n"]);
    }
    out + &times(prediction)
}

fn groundings(answer: &Answer) -> String {
    let found: Vec<_> = answer
        .text
        .iter()
        .flat_map(|text| text.reply.groundings())
        .collect();
    if found.is_empty() {
        return String::new();
    }
    let mut table = Table::new(&[
        (Flush::Left, "kind"),
        (Flush::Left, "label"),
        (Flush::Right, "score"),
        (Flush::Left, "pixels"),
    ]);
    for grounding in found {
        let points = grounding
            .points
            .iter()
            .map(|p| format!("({:.1}, {:.1})", p.x, p.y));
        table.row([
            grounding.kind.name().to_owned(),
            grounding.label.clone().unwrap_or_default(),
            grounding
                .score
                .map_or_else(String::new, |score| format!("{score:.3}")),
            points.collect::<Vec<_>>().join(" "),
        ]);
    }
    table.render()
}

/// The first sample step by step; in SI where there are statistics.
fn chunks(actions: &Actions) -> String {
    let si = actions.si.as_ref().zip(actions.statistics_key.as_ref());
    let (title, steps): (String, Vec<Vec<f64>>) = if let Some((si, key)) = si {
        let first = si.first().cloned().unwrap_or_default();
        (format!("Actions in metres and radians ({key})"), first)
    } else {
        let first = actions.normalized.first().cloned().unwrap_or_default();
        let widened = first
            .iter()
            .map(|step| step.iter().copied().map(f64::from).collect());
        let why = actions.reason.as_deref().unwrap_or("no statistics");
        (format!("Normalised actions ({why})"), widened.collect())
    };
    let samples = actions.normalized.len();
    let mut out = format!("{title}, sample 1 of {samples}\n");
    for (at, step) in steps.iter().enumerate() {
        let number = format!("{at:>3} ");
        out.push_str(&number);
        for value in step {
            // Writing to a string does not fail.
            let written = write!(out, " {value:>9.5}");
            debug_assert!(written.is_ok());
        }
        out.push('\n');
    }
    out
}

fn times(prediction: &Prediction) -> String {
    let timing = &prediction.timing;
    let stages = timing
        .stages
        .iter()
        .map(|stage| format!("{} {:.0} ms", stage.stage, stage.ms));
    let stages = stages.collect::<Vec<_>>().join(", ");
    let speed = timing.tokens_per_second;
    let speed = speed.map_or_else(String::new, |speed| format!(", {speed:.1} tokens/s"));
    format!("\n{:.0} ms: {stages}{speed}\n", timing.total_ms)
}
