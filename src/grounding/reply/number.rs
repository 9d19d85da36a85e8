//! Number literals and where they stand.

use std::ops::Range;

/// Longest literal that is read, in bytes; no coordinate needs more.
const MAX_LITERAL: usize = 32;

/// A number as written.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Number {
    /// Its value; not finite for `NaN`, `Infinity`, and literals out of range.
    pub value: f64,
    /// Whether it has a decimal point.
    pub decimal: bool,
    /// Its bytes in the text.
    pub span: Range<usize>,
}

impl Number {
    /// The number that all of `text[span]` is.
    pub fn read(text: &str, span: Range<usize>) -> Option<Self> {
        let literal = text.get(span.clone())?;
        let value = match literal.trim_start_matches(['+', '-']) {
            rest if rest.len() > MAX_LITERAL => return None,
            rest if is_not_finite(rest) => f64::NAN,
            rest if rest.starts_with(|c: char| c.is_ascii_digit() || c == '.') => {
                literal.parse().ok()?
            }
            _ => return None,
        };
        Some(Self {
            value,
            decimal: literal.contains('.'),
            span,
        })
    }
}

fn is_not_finite(word: &str) -> bool {
    ["nan", "inf", "infinity"]
        .iter()
        .any(|name| word.eq_ignore_ascii_case(name))
}

/// All numbers that stand free in `text[range]`: `x1`, `3D`, `90%` and `1.2.3` hold none.
pub(super) fn numbers(text: &str, range: Range<usize>) -> impl Iterator<Item = Number> {
    let mut at = range.start;
    std::iter::from_fn(move || {
        while at < range.end {
            let word = word_at(text.as_bytes(), at, range.end);
            at = word.end.max(at + 1);
            if let Some(number) = (!word.is_empty()).then(|| free(text, word)).flatten() {
                return Some(number);
            }
        }
        None
    })
}

/// The run of ASCII letters, digits, signs and dots at `at`; empty where there is none. Other scripts do not glue to
/// digits: many write no spaces.
fn word_at(bytes: &[u8], at: usize, end: usize) -> Range<usize> {
    let belongs = |b: u8| b.is_ascii_alphanumeric() || b"_.%+-".contains(&b);
    let length = bytes[at..end].iter().take_while(|b| belongs(**b)).count();
    at..at + length
}

/// The number that a word is, a full stop after it aside.
fn free(text: &str, word: Range<usize>) -> Option<Number> {
    let bytes = text.as_bytes();
    let end = if bytes[word.end - 1] == b'.' {
        word.end - 1
    } else {
        word.end
    };
    Number::read(text, word.start..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &str) -> Vec<f64> {
        numbers(text, 0..text.len()).map(|n| n.value).collect()
    }

    #[test]
    fn only_free_numbers_count() {
        assert_eq!(
            values("The box is [107, -2.5,1e2] and 140."),
            [107.0, -2.5, 100.0, 140.0]
        );
        assert_eq!(values("坐标是107，109"), [107.0, 109.0]);
        assert!(values("x1 3D 90% 1.2.3 _4 5cm - . +").is_empty());
    }

    #[test]
    fn what_is_not_finite_keeps_its_place() {
        let read = values("[nan, -Infinity, 1e999, 4]");
        assert_eq!(read.len(), 4);
        assert!(read[..3].iter().all(|v| !v.is_finite()));
    }

    #[test]
    fn an_endless_literal_is_no_number() {
        assert!(values(&"1".repeat(40)).is_empty());
    }

    #[test]
    fn the_span_is_that_of_the_digits() {
        let text = "é (12.5, 7).";
        let spans: Vec<&str> = numbers(text, 0..text.len())
            .map(|n| &text[n.span])
            .collect();
        assert_eq!(spans, ["12.5", "7"]);
    }
}
