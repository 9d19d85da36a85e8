//! Reads a planner's reply into groundings in pixels of the original image.
//!
//! A pipeline: `section` blanks what is not the answer (reasoning), then stages try, in order, fenced JSON, the whole
//! text or an embedded value (`value`, `read`), tags (`markup`, `tags`) and bare numbers (`bare`). The first stage
//! that finds coordinates wins; `settle` brings them into the original image. All stages work on text of the same
//! length, so every range is one of the raw reply. A reply that says nothing is a result, not an error; a reply still
//! being written can be read at any time.
//!
//! Time is linear in the text, nesting and the number of groundings are bounded: the text is a stranger's.

mod bare;
mod context;
mod escape;
mod fence;
mod frame;
mod markup;
mod number;
mod read;
mod reference;
mod section;
mod settle;
mod shape;
mod stage;
mod tags;
#[cfg(test)]
mod tests;
mod value;
mod warning;

use std::ops::Range;

use serde::Serialize;

pub use context::{ReplyContext, ReplyScale, Rule};
pub use reference::extract_json;
pub use warning::{Repair, ReplyWarning};

use super::Grounding;
use stage::Stage;

/// Most groundings that are read from one reply.
pub const MAX_GROUNDINGS: usize = 1000;

/// Most bytes of a reply that are looked at.
pub const MAX_BYTES: usize = 1 << 20;

/// Longest label, in characters.
pub const MAX_LABEL: usize = 256;

/// What a reply says.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reply {
    /// What it points at, in its own order.
    pub groundings: Vec<ReplyGrounding>,
    /// How the coordinates were found.
    pub rule: Rule,
    /// How the coordinates were read; never [`ReplyScale::Auto`].
    pub scale_used: ReplyScale,
    /// What had to be mended or left out.
    pub warnings: Vec<ReplyWarning>,
    /// The next step, where a planner named one.
    pub subtask: Option<String>,
    /// What a planner says to the person.
    pub response: Option<String>,
    /// The reply as it was written.
    pub raw: String,
}

/// A grounding and where in the reply its coordinates stand.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ReplyGrounding {
    /// The grounding, in pixels of the original image, without a score until [`Reply::score`].
    pub grounding: Grounding,
    /// Bytes of [`Reply::raw`] from its first coordinate to its last.
    pub span: Range<usize>,
}

/// Reads `text`. Never fails: a reply without coordinates has the rule [`Rule::Nothing`] or [`Rule::Planner`].
#[must_use]
pub fn parse(text: &str, context: &ReplyContext) -> Reply {
    let looked_at = &text[..text.floor_char_boundary(MAX_BYTES)];
    let sections = section::divide(looked_at);
    let json = read::values(&sections.answer, context.expected);
    let mut warnings = sections.warnings;
    if looked_at.len() < text.len() {
        warnings.push(ReplyWarning::TooLong { limit: MAX_BYTES });
    }
    let subtask = sections.subtask.or(json.subtask);
    let stages = [
        json.stage,
        tags::read(&sections.answer, json.subtask_span.as_ref()),
        bare::read(&sections.answer[..json.end], context.expected),
    ];
    let stage = first_with_coordinates(stages);
    warnings.extend(stage.warnings);
    let settled = settle::settle(stage.found, context);
    warnings.extend(settled.warnings);
    let rule = match stage.rule {
        Some(rule) => rule,
        None if subtask.is_some() => Rule::Planner,
        None => Rule::Nothing,
    };
    Reply {
        groundings: settled.groundings,
        rule,
        scale_used: settled.scale,
        warnings,
        subtask,
        response: sections.response.or(json.response),
        raw: text.to_owned(),
    }
}

/// The first stage that found something; where none did, an empty one with the reasons of all.
fn first_with_coordinates(stages: [Stage; 3]) -> Stage {
    let mut reasons: Vec<ReplyWarning> = Vec::new();
    for stage in stages {
        if !stage.found.is_empty() {
            return stage;
        }
        for warning in stage.warnings {
            if reasons.len() < MAX_GROUNDINGS && !reasons.contains(&warning) {
                reasons.push(warning);
            }
        }
    }
    Stage {
        warnings: reasons,
        ..Stage::default()
    }
}

impl Reply {
    /// The next step in words: what the planner named as such, else the whole reply, as the original controller does.
    #[must_use]
    pub fn next_step(&self) -> &str {
        self.subtask.as_deref().unwrap_or_else(|| self.raw.trim())
    }

    /// The groundings alone.
    pub fn groundings(&self) -> impl Iterator<Item = &Grounding> {
        self.groundings.iter().map(|found| &found.grounding)
    }

    /// Gives every grounding its score: the mean probability of the tokens that wrote digits of its coordinates.
    /// `tokens` are the bytes each token stands for in [`Reply::raw`], and its probability.
    pub fn score(&mut self, tokens: &[(Range<usize>, f32)]) {
        for found in &mut self.groundings {
            let digits = tokens
                .iter()
                .filter(|(bytes, _)| writes_digit(&self.raw, bytes, &found.span));
            let (sum, count) = digits.fold((0.0_f64, 0_u32), |(sum, count), (_, p)| {
                (sum + f64::from(*p), count + 1)
            });
            found.grounding.score = (count > 0).then(|| (sum / f64::from(count)) as f32);
        }
    }
}

fn writes_digit(raw: &str, token: &Range<usize>, span: &Range<usize>) -> bool {
    let shared = token.start.max(span.start)..token.end.min(span.end);
    raw.as_bytes()
        .get(shared)
        .is_some_and(|bytes| bytes.iter().any(u8::is_ascii_digit))
}

/// Cuts a label to its words: outer white space off, bounded, nothing where nothing is left.
fn label(text: &str) -> Option<String> {
    let text = text.trim();
    let label: String = text.chars().take(MAX_LABEL).collect();
    (!label.is_empty()).then_some(label)
}
