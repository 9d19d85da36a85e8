//! Sets the answer apart: reasoning is blanked, an `<answer>` wins over all else, a planner's fields are picked out.
//!
//! Blanking writes spaces, so every range stays one of the raw reply.

use std::ops::Range;

use super::ReplyWarning;
use super::markup::{self, Name, Token};

/// The parts of a reply.
pub(super) struct Sections {
    /// The whole text, blank where it is not the answer.
    pub answer: String,
    /// What `<action>` holds.
    pub subtask: Option<String>,
    /// What `<response>` holds.
    pub response: Option<String>,
    pub warnings: Vec<ReplyWarning>,
}

/// Divides a reply by its tags.
pub(super) fn divide(text: &str) -> Sections {
    let (thoughts, unfinished) = thoughts(&markup::tokens(text), text.len());
    let spoken = blank(text, thoughts);
    let tokens = markup::tokens(&spoken);
    let words = |name| {
        let range = body(&tokens, name, spoken.len())?;
        Some(spoken[range].trim().to_owned())
    };
    let (subtask, response) = (words(Name::Action), words(Name::Response));
    let answer = match body(&tokens, Name::Answer, spoken.len()) {
        Some(range) => blank(&spoken, [0..range.start, range.end..spoken.len()]),
        None => spoken,
    };
    let warning = unfinished.map(|at| ReplyWarning::UnfinishedReasoning { at });
    Sections {
        answer,
        subtask,
        response,
        warnings: warning.into_iter().collect(),
    }
}

/// The text with spaces in `ranges`, which start and end between characters.
pub(super) fn blank(text: &str, ranges: impl IntoIterator<Item = Range<usize>>) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for range in ranges {
        bytes[range].fill(b' ');
    }
    String::from_utf8(bytes).unwrap_or_default()
}

/// Where reasoning stands, and where it begins if it never ends. A chat template may have written the opening tag,
/// so that the reply begins inside; a forgotten closing tag ends before the next field.
fn thoughts(tokens: &[Token], end: usize) -> (Vec<Range<usize>>, Option<usize>) {
    let mut ranges: Vec<Range<usize>> = Vec::new();
    let mut open = None;
    for token in tokens.iter().filter(|token| token.name == Name::Think) {
        match (token.closes, open) {
            (false, None) => open = Some(token.span.start),
            (true, Some(start)) => {
                ranges.push(start..token.span.end);
                open = None;
            }
            (true, None) if ranges.is_empty() => ranges.push(0..token.span.end),
            _ => {}
        }
    }
    let Some(start) = open else {
        return (ranges, None);
    };
    let field = |t: &&Token| {
        let named = matches!(t.name, Name::Answer | Name::Action | Name::Response);
        named && !t.closes && t.span.start > start
    };
    let next = tokens.iter().find(field).map(|token| token.span.start);
    ranges.push(start..next.unwrap_or(end));
    (ranges, next.is_none().then_some(start))
}

/// What stands between the first opening tag and the first closing one after it, or the end.
fn body(tokens: &[Token], name: Name, end: usize) -> Option<Range<usize>> {
    let mut own = tokens.iter().filter(|token| token.name == name);
    let start = own.find(|token| !token.closes)?.span.end;
    let close = own.find(|token| token.closes);
    Some(start..close.map_or(end, |token| token.span.start))
}
