//! The JSON reader of InternVLA-M1's training metrics, kept exact so that numbers can be compared with the original.

use serde_json::Value;

/// Everything from the first `{` to the last `}`, as strict JSON; none where that fails.
///
/// Python's reader takes `NaN`, `Infinity` and `-Infinity` for numbers. JSON has none such, so they come back as
/// strings of the same letters.
#[must_use]
pub fn extract_json(text: &str) -> Option<Value> {
    let body = text.get(text.find('{')?..=text.rfind('}')?)?;
    serde_json::from_str(&quote_literals(body)).ok()
}

/// Puts Python's literals between quotes. As keys they stay as they are: Python refuses them there.
fn quote_literals(json: &str) -> String {
    let mut quoted = String::with_capacity(json.len());
    let mut rest = json;
    let mut in_string = false;
    while let Some(c) = rest.chars().next() {
        let taken = match c {
            '\\' if in_string => 1 + rest[1..].chars().next().map_or(0, char::len_utf8),
            _ => literal(rest).filter(|_| !in_string).unwrap_or(c.len_utf8()),
        };
        in_string ^= c == '"';
        let (now, later) = rest.split_at(taken);
        if taken > 1 && !in_string && c.is_ascii() {
            quoted.extend(["\"", now, "\""]);
        } else {
            quoted.push_str(now);
        }
        rest = later;
    }
    quoted
}

/// Length of the literal that the text begins with.
fn literal(text: &str) -> Option<usize> {
    let literal = ["NaN", "Infinity", "-Infinity"]
        .iter()
        .find(|l| text.starts_with(**l))?;
    let after = text[literal.len()..].trim_start();
    (!after.starts_with(':')).then_some(literal.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pythons_literals_come_back_as_strings() {
        let read = extract_json(r#"{"a": [NaN, -Infinity, 1], "NaN": "NaN \" Infinity"}"#);
        assert_eq!(
            read,
            Some(serde_json::json!({"a": ["NaN", "-Infinity", 1], "NaN": "NaN \" Infinity"}))
        );
        assert_eq!(extract_json("{NaN: 1}"), None);
        assert_eq!(extract_json("} {"), None);
    }

    #[test]
    fn nesting_without_end_is_refused() {
        let deep = format!("{}{}", r#"{"a":"#.repeat(100_000), "}".repeat(100_000));
        assert_eq!(extract_json(&deep), None);
    }
}
