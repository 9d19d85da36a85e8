//! Escapes in strings, as JSON and Python write them.

/// The text of a string, its escapes resolved; unknown escapes and lone surrogates stay as they are.
pub(super) fn unescape(raw: &str) -> String {
    let mut text = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find('\\') {
        text.push_str(&rest[..at]);
        let (c, used) = escape(&rest[at..]);
        text.push(c);
        rest = &rest[at + used..];
    }
    text.push_str(rest);
    text
}

/// The character that an escape stands for, and its length in bytes.
fn escape(from: &str) -> (char, usize) {
    let simple = match from.as_bytes().get(1) {
        Some(b'n') => '\n',
        Some(b't') => '\t',
        Some(b'r') => '\r',
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(c @ (b'"' | b'\'' | b'\\' | b'/')) => char::from(*c),
        Some(b'u') => return unicode_escape(from).unwrap_or(('\\', 1)),
        _ => return ('\\', 1),
    };
    (simple, 2)
}

fn unicode_escape(from: &str) -> Option<(char, usize)> {
    let unit = |at: usize| u32::from_str_radix(from.get(at..at + 4)?, 16).ok();
    let high = unit(2)?;
    if let Some(c) = char::from_u32(high) {
        return Some((c, 6));
    }
    let low = from
        .get(6..8)
        .filter(|mark| *mark == "\\u")
        .and_then(|_| unit(8))?;
    let pair = u16::try_from(high).ok().zip(u16::try_from(low).ok())?;
    let c = char::decode_utf16([pair.0, pair.1]).next()?.ok()?;
    Some((c, 12))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broken_escapes_stay_as_they_are() {
        assert_eq!(unescape(r"\ud83d \u12 \q \"), r"\ud83d \u12 \q \");
    }
}
