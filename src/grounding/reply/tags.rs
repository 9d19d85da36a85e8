//! Reads coordinates from tags: `<box>…</box>`, `<|box_start|>…<|box_end|>`, `<point x=… y=…>`, `<points x1=… y1=…>`.
//!
//! Inside a tag only numbers count: brackets there are written unbalanced even in the paper.

use std::collections::BTreeMap;
use std::ops::Range;

use super::escape::unescape;
use super::markup::{self, Name, Token};
use super::number::{Number, numbers};
use super::stage::Stage;
use super::{ReplyWarning, Rule};
use crate::grounding::GroundingKind;

/// Attributes that name the object.
const LABELS: &[&str] = &["alt", "label", "name"];

/// Reads all tags. Coordinates inside the string at `subtask` are of what that string says, unless named themselves.
pub(super) fn read(text: &str, subtask: Option<&Range<usize>>) -> Stage {
    let tokens = markup::tokens(text);
    let step = subtask.and_then(|span| {
        let words = markup::words(&unescape(&text[span.clone()]));
        Some((span, super::label(&words)?))
    });
    let mut stage = Stage::default();
    let mut label = None;
    for (index, token) in tokens.iter().enumerate().filter(|(_, t)| !t.closes) {
        let body = markup::body(&tokens, index, text.len());
        match token.name {
            Name::Label => label = super::label(&text[body]),
            Name::Kind(kind) => {
                let read = coordinates(text, token, body, &mut stage);
                let inside = step
                    .as_ref()
                    .filter(|(span, _)| span.contains(&token.span.start));
                let label = read.label.or(label.take());
                let label = label.as_deref().or(inside.map(|(_, words)| words.as_str()));
                stage.add(kind, label, &read.numbers);
                stage.rule.get_or_insert(rule(kind, token));
            }
            _ => {}
        }
    }
    stage
}

fn rule(kind: GroundingKind, token: &Token) -> Rule {
    match kind {
        GroundingKind::Box if token.special => Rule::BoxTokens,
        GroundingKind::Box if token.attributes.is_empty() => Rule::BoxTag,
        _ => Rule::Xml,
    }
}

struct Read {
    label: Option<String>,
    numbers: Vec<Number>,
}

fn coordinates(text: &str, token: &Token, body: Range<usize>, stage: &mut Stage) -> Read {
    let attributes = attributes(text, token.attributes.clone());
    let indexed = indexed(text, &attributes, stage);
    if indexed.is_empty() {
        return Read {
            label: None,
            numbers: from_body(text, body, stage),
        };
    }
    let named = |name: &&str| {
        attributes
            .iter()
            .find(|(own, _)| own.eq_ignore_ascii_case(name))
    };
    let attribute = LABELS.iter().find_map(named);
    Read {
        label: attribute
            .and_then(|(_, span)| super::label(&text[span.clone()]))
            .or_else(|| super::label(&text[body])),
        numbers: indexed,
    }
}

/// The numbers of a body. One that the end of the text cuts off may lack digits, so it is left out.
fn from_body(text: &str, body: Range<usize>, stage: &mut Stage) -> Vec<Number> {
    let mut numbers: Vec<Number> = numbers(text, body).collect();
    if let Some(last) = numbers.pop_if(|last| last.span.end == text.len()) {
        stage.warn_once(ReplyWarning::TailCut {
            at: last.span.start,
        });
    }
    numbers
}

/// `x1, y1, x2, y2, …` by their numbers, whatever their order. Half a pair is left out.
fn indexed(text: &str, attributes: &[(&str, Range<usize>)], stage: &mut Stage) -> Vec<Number> {
    let mut pairs: BTreeMap<u32, [Option<Number>; 2]> = BTreeMap::new();
    for (name, span) in attributes {
        if let Some((index, axis)) = axis(name) {
            pairs.entry(index).or_default()[axis] = Number::read(text, span.clone());
        }
    }
    let mut numbers = Vec::new();
    for pair in pairs.into_values() {
        match pair {
            [Some(x), Some(y)] => numbers.extend([x, y]),
            [Some(lone), None] | [None, Some(lone)] => stage.wrong_count(&[lone]),
            [None, None] => {}
        }
    }
    numbers
}

/// `x` is pair 0, `y2` pair 2, `xmax` pair 2; `x` is axis 0 and `y` axis 1.
fn axis(name: &str) -> Option<(u32, usize)> {
    let name = name.to_ascii_lowercase();
    let (axis, rest) = match name.strip_prefix('x') {
        Some(rest) => (0, rest),
        None => (1, name.strip_prefix('y')?),
    };
    let index = match rest {
        "" => 0,
        "min" => 1,
        "max" => 2,
        digits => digits.parse().ok()?,
    };
    Some((index, axis))
}

/// Names and values, values with or without quotes.
fn attributes(text: &str, range: Range<usize>) -> Vec<(&str, Range<usize>)> {
    let mut found = Vec::new();
    let mut at = range.start;
    while let Some(equals) = text[at..range.end].find('=') {
        let name = text[at..at + equals]
            .split_whitespace()
            .next_back()
            .unwrap_or("");
        let value = attribute_value(text, at + equals + 1, range.end);
        at = value.end;
        found.push((name, value));
        // Past the closing quote, which belongs to no name.
        at += usize::from(text[at..range.end].starts_with(['"', '\'']));
    }
    found
}

fn attribute_value(text: &str, from: usize, end: usize) -> Range<usize> {
    let rest = &text[from..end];
    let start = from + rest.len() - rest.trim_start().len();
    let rest = &text[start..end];
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''));
    if let Some(quote) = quote {
        let inner = start + 1;
        return inner..text[inner..end].find(quote).map_or(end, |at| inner + at);
    }
    let length = rest.find(|c: char| c.is_whitespace() || c == '/');
    start..start + length.unwrap_or(rest.len())
}
