//! Finds the tags and special tokens of a reply. Only known names are tags; everything else is text.

use std::ops::Range;

use crate::grounding::{GroundingKind, KINDS};

/// What a tag is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Name {
    /// Coordinates of a kind.
    Kind(GroundingKind),
    /// What the next coordinates are of.
    Label,
    /// Reasoning.
    Think,
    /// The answer proper.
    Answer,
    /// A planner's next step.
    Action,
    /// A planner's words to the person.
    Response,
}

/// An opening or closing tag.
#[derive(Debug, Clone)]
pub(super) struct Token {
    pub name: Name,
    pub closes: bool,
    /// One of the model's special tokens, not letters.
    pub special: bool,
    /// Its bytes, angle brackets included.
    pub span: Range<usize>,
    /// What stands between its name and its closing bracket.
    pub attributes: Range<usize>,
}

/// Tags that hold no coordinates. Those that do are named by their kind.
const WORDS: &[(&str, Name)] = &[
    ("ref", Name::Label),
    ("think", Name::Think),
    ("answer", Name::Answer),
    ("action", Name::Action),
    ("response", Name::Response),
];

/// Special tokens of Qwen's vocabulary: text, name, whether it closes.
const SPECIAL: &[(&str, Name, bool)] = &[
    ("<|box_start|>", Name::Kind(GroundingKind::Box), false),
    ("<|box_end|>", Name::Kind(GroundingKind::Box), true),
    ("<|object_ref_start|>", Name::Label, false),
    ("<|object_ref_end|>", Name::Label, true),
];

/// All tags of the text, in order.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    text.match_indices('<')
        .filter_map(|(at, _)| special(text, at).or_else(|| element(text, at)))
        .collect()
}

/// What follows the tag at `index` up to the next one or the end.
pub(super) fn body(tokens: &[Token], index: usize, end: usize) -> Range<usize> {
    let start = tokens[index].span.end;
    start..tokens.get(index + 1).map_or(end, |next| next.span.start)
}

/// The bodies of all tags that hold coordinates.
pub(super) fn coordinates(tokens: &[Token], end: usize) -> impl Iterator<Item = Range<usize>> {
    tokens
        .iter()
        .enumerate()
        .filter(|(_, token)| matches!(token.name, Name::Kind(_)) && !token.closes)
        .map(move |(index, _)| body(tokens, index, end))
}

/// The words of the text: tags and coordinates left out, and the gaps they leave. Text without tags stays as it is.
pub(super) fn words(text: &str) -> String {
    let tokens = tokens(text);
    if tokens.is_empty() {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut from = 0;
    for (index, token) in tokens.iter().enumerate() {
        kept.push_str(&text[from..token.span.start]);
        let coordinates = matches!(token.name, Name::Kind(_)) && !token.closes;
        from = if coordinates {
            body(&tokens, index, text.len()).end
        } else {
            token.span.end
        };
    }
    kept.push_str(&text[from..]);
    kept.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn special(text: &str, at: usize) -> Option<Token> {
    let (token, name, closes) = SPECIAL
        .iter()
        .find(|(token, ..)| text[at..].starts_with(token))?;
    let end = at + token.len();
    Some(Token {
        name: *name,
        closes: *closes,
        special: true,
        span: at..end,
        attributes: end..end,
    })
}

/// A tag ends at `>`. One that meets another `<` first is text: so every byte is looked at once.
fn element(text: &str, at: usize) -> Option<Token> {
    let bytes = text.as_bytes();
    let closes = bytes.get(at + 1) == Some(&b'/');
    let start = at + 1 + usize::from(closes);
    let letters = |b: &&u8| b.is_ascii_alphanumeric() || **b == b'_';
    let length = bytes[start..].iter().take(16).take_while(letters).count();
    let name = lookup(&text[start..start + length])?;
    let rest = &bytes[start + length..];
    let end = rest.iter().position(|b| matches!(b, b'<' | b'>'))?;
    (rest[end] == b'>').then(|| Token {
        name,
        closes,
        special: false,
        span: at..start + length + end + 1,
        attributes: start + length..start + length + end,
    })
}

fn lookup(word: &str) -> Option<Name> {
    let kind = KINDS
        .iter()
        .find(|spec| spec.tags.iter().any(|tag| word.eq_ignore_ascii_case(tag)))
        .map(|spec| Name::Kind(spec.kind));
    kind.or_else(|| {
        let known = WORDS.iter().find(|(tag, _)| word.eq_ignore_ascii_case(tag));
        known.map(|(_, name)| *name)
    })
}
