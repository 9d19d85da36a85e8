//! JSON files of strangers, bounded, and with the `NaN` and `Infinity` that Python writes though JSON has none.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;

use serde_json::Value;

use super::DataError;

/// Longest JSON file that is read whole.
const MAX_FILE: u64 = 1 << 28;
/// Longest line of a JSONL file.
const MAX_LINE: u64 = 1 << 26;

/// Reads a whole JSON file.
pub(super) fn read(path: &Path) -> Result<Value, DataError> {
    parse(&read_bytes(path, MAX_FILE)?, path)
}

/// The bytes of a file that is not too long.
pub(super) fn read_bytes(path: &Path, limit: u64) -> Result<Vec<u8>, DataError> {
    let failed = |source| DataError::io("reading the file", path, source);
    let file = File::open(path).map_err(failed)?;
    let found = file.metadata().map_err(failed)?.len();
    if found > limit {
        return Err(DataError::TooMuch {
            what: "bytes",
            found,
            limit,
            path: path.to_owned(),
        });
    }
    let mut bytes = Vec::with_capacity(found as usize);
    file.take(limit).read_to_end(&mut bytes).map_err(failed)?;
    Ok(bytes)
}

/// Parses one JSON value; numbers that JSON does not know become null.
pub(super) fn parse(bytes: &[u8], path: &Path) -> Result<Value, DataError> {
    match serde_json::from_slice(bytes) {
        Ok(value) => Ok(value),
        Err(first) => serde_json::from_slice(&without_nan(bytes))
            .map_err(|_| DataError::malformed(path, format!("it is no JSON: {first}"))),
    }
}

/// Calls back with every line of a JSONL file, its number from one and its position; stops at the first error.
pub(super) fn lines(
    path: &Path,
    mut each: impl FnMut(u64, u64, &[u8]) -> Result<(), DataError>,
) -> Result<(), DataError> {
    let failed = |source| DataError::io("reading the file", path, source);
    let mut reader = BufReader::with_capacity(1 << 16, File::open(path).map_err(failed)?);
    let (mut line, mut at) = (Vec::new(), 0);
    for number in 1.. {
        line.clear();
        let read = reader
            .by_ref()
            .take(MAX_LINE)
            .read_until(b'\n', &mut line)
            .map_err(failed)? as u64;
        if read == 0 {
            break;
        }
        if read == MAX_LINE {
            return Err(DataError::TooMuch {
                what: "bytes in one line",
                found: read,
                limit: MAX_LINE,
                path: path.to_owned(),
            });
        }
        if !line.trim_ascii().is_empty() {
            each(number, at, &line)?;
        }
        at += read;
    }
    Ok(())
}

/// Replaces `NaN`, `Infinity` and `-Infinity` outside strings by null.
fn without_nan(bytes: &[u8]) -> Vec<u8> {
    const WORDS: [&[u8]; 3] = [b"NaN", b"-Infinity", b"Infinity"];
    let mut out = Vec::with_capacity(bytes.len());
    let (mut at, mut quoted) = (0, false);
    while let Some(&byte) = bytes.get(at) {
        let word = WORDS
            .iter()
            .find(|word| !quoted && bytes[at..].starts_with(word));
        if let Some(word) = word {
            out.extend_from_slice(b"null");
            at += word.len();
            continue;
        }
        let taken = if quoted && byte == b'\\' { 2 } else { 1 };
        quoted ^= byte == b'"';
        out.extend_from_slice(&bytes[at..bytes.len().min(at + taken)]);
        at += taken;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_json_does_not_know_become_null() {
        let text = br#"{"a": [NaN, -Infinity, 1.5], "NaN \" Infinity": Infinity}"#;
        let value = parse(text, Path::new("x")).unwrap();
        let expected = serde_json::json!({"a": [null, null, 1.5], "NaN \" Infinity": null});
        assert_eq!(value, expected);
    }

    #[test]
    fn rubbish_and_other_encodings_are_refused() {
        for bytes in [&b"{"[..], b"\xff\xfe{\0}\0", b"{\"a\": \"\xff\"}"] {
            let error = parse(bytes, Path::new("x")).unwrap_err();
            assert!(error.to_string().contains("no JSON"), "{error}");
        }
    }

    #[test]
    fn lines_are_numbered_and_blank_ones_left_out() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "{}\n\n[1]").unwrap();
        let mut seen = Vec::new();
        lines(file.path(), |number, at, line| {
            seen.push((number, at, line.to_vec()));
            Ok(())
        })
        .unwrap();
        assert_eq!(seen, [(1, 0, b"{}\n".to_vec()), (3, 4, b"[1]".to_vec())]);
    }
}
