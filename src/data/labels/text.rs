//! Reads text files of strangers: bounded, UTF-8 checked, line by line or entry by entry where they may be huge.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;

use serde::de::{DeserializeOwned, DeserializeSeed, IgnoredAny, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::error::LabelError;
use super::report::{Place, Reason};

/// Longest file that is read whole.
pub(super) const MAX_WHOLE: u64 = 2 << 30;
/// Longest line of a file that is read line by line.
const MAX_LINE: u64 = 256 << 20;

/// The bytes of a file, of at most `limit`.
pub(super) fn bytes(path: &Path, limit: u64) -> Result<Vec<u8>, LabelError> {
    let file = File::open(path).map_err(LabelError::io("opening the file", path))?;
    let mut bytes = Vec::new();
    file.take(limit + 1)
        .read_to_end(&mut bytes)
        .map_err(LabelError::io("reading the file", path))?;
    if bytes.len() as u64 > limit {
        let length = std::fs::metadata(path).map_or(limit + 1, |metadata| metadata.len());
        return Err(LabelError::TooLarge {
            megabytes: length.div_ceil(1 << 20),
            limit: limit >> 20,
            path: path.to_owned(),
        });
    }
    Ok(bytes)
}

/// The text of a file, of at most `limit` bytes, without a byte order mark.
pub(super) fn whole(path: &Path, limit: u64) -> Result<String, LabelError> {
    let bytes = bytes(path, limit)?;
    let mut text = String::from_utf8(bytes).map_err(|error| {
        let good = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        LabelError::NotUtf8 {
            line: good.split(|byte| *byte == b'\n').count() as u64,
            path: path.to_owned(),
        }
    })?;
    if text.starts_with('\u{feff}') {
        text.drain(..'\u{feff}'.len_utf8());
    }
    Ok(text)
}

/// The first bytes of a file as text, cut where it is not UTF-8.
pub(super) fn head(path: &Path, limit: u64) -> Option<String> {
    let mut bytes = Vec::new();
    File::open(path)
        .ok()?
        .take(limit)
        .read_to_end(&mut bytes)
        .ok()?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    Some(text.trim_start_matches('\u{feff}').to_owned())
}

/// A JSON file read whole into `T`.
pub(super) fn json<T: DeserializeOwned>(
    path: &Path,
    format: &'static str,
) -> Result<T, LabelError> {
    let text = whole(path, MAX_WHOLE)?;
    serde_json::from_str(&text).map_err(LabelError::damaged(format, path))
}

/// Calls `each` with every line that is not empty, and where it stands. Lines that are not UTF-8 are reported.
pub(super) fn lines(
    path: &Path,
    mut each: impl FnMut(&Place, Result<&str, Reason>),
) -> Result<(), LabelError> {
    let file = File::open(path).map_err(LabelError::io("opening the file", path))?;
    let (mut reader, place) = (BufReader::with_capacity(1 << 16, file), Place::file(path));
    let (mut line, mut number) = (Vec::new(), 0);
    loop {
        line.clear();
        let read = (&mut reader).take(MAX_LINE).read_until(b'\n', &mut line);
        if read.map_err(LabelError::io("reading the file", path))? == 0 {
            return Ok(());
        }
        number += 1;
        if line.len() as u64 == MAX_LINE && line.last() != Some(&b'\n') {
            each(
                &place.line(number),
                Err(Reason::BreaksOff("the line is too long".into())),
            );
            return Ok(());
        }
        match std::str::from_utf8(&line) {
            Ok(text) => {
                let text = text.trim_start_matches('\u{feff}').trim();
                if !text.is_empty() {
                    each(&place.line(number), Ok(text));
                }
            }
            Err(_) => each(&place.line(number), Err(Reason::NotUtf8)),
        }
    }
}

/// Calls `each` with every record of a file: the entries of a JSON array, the lines of JSONL, or a lone object.
pub(super) fn records(
    path: &Path,
    format: &'static str,
    mut each: impl FnMut(&Place, Result<Value, Reason>),
) -> Result<(), LabelError> {
    let start = head(path, 1 << 16).unwrap_or_default();
    if start.trim_start().starts_with('[') {
        return array(path, format, each);
    }
    let first = start.trim_start().lines().next().unwrap_or_default();
    let spread = first.len() < 1 << 12 && serde_json::from_str::<IgnoredAny>(first).is_err();
    if spread
        && !path
            .extension()
            .is_some_and(|e| e.eq_ignore_ascii_case("jsonl"))
    {
        each(&Place::file(path), Ok(json(path, format)?));
        return Ok(());
    }
    lines(path, |place, line| {
        each(
            place,
            line.and_then(|text| {
                serde_json::from_str(text).map_err(|error| Reason::Form(error.to_string()))
            }),
        );
    })
}

/// The entries of a JSON array, one at a time. Where the file breaks off, what came before stands.
fn array(
    path: &Path,
    format: &'static str,
    mut each: impl FnMut(&Place, Result<Value, Reason>),
) -> Result<(), LabelError> {
    let file = File::open(path).map_err(LabelError::io("opening the file", path))?;
    let place = Place::file(path);
    let mut count = 0;
    let mut reader = BufReader::with_capacity(1 << 16, file);
    skip_mark(&mut reader);
    let mut json = serde_json::Deserializer::from_reader(reader);
    let result = Entries(|value| {
        each(&place.entry(count), Ok(value));
        count += 1;
    })
    .deserialize(&mut json)
    .and_then(|()| json.end());
    match result {
        Ok(()) => Ok(()),
        Err(error) if error.is_io() => Err(LabelError::io("reading the file", path)(error.into())),
        Err(error) if count == 0 => Err(LabelError::damaged(format, path)(error)),
        Err(error) => {
            each(
                &place.entry(count),
                Err(Reason::BreaksOff(error.to_string())),
            );
            Ok(())
        }
    }
}

/// Skips a byte order mark.
fn skip_mark(reader: &mut BufReader<File>) {
    if reader
        .fill_buf()
        .is_ok_and(|head| head.starts_with("\u{feff}".as_bytes()))
    {
        reader.consume(3);
    }
}

/// Hands the entries of a sequence over, one at a time.
struct Entries<F>(F);

impl<'de, F: FnMut(Value)> DeserializeSeed<'de> for Entries<F> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_seq(self)
    }
}

impl<'de, F: FnMut(Value)> Visitor<'de> for Entries<F> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut list: A) -> Result<(), A::Error> {
        while let Some(value) = list.next_element()? {
            (self.0)(value);
        }
        Ok(())
    }
}

/// An entry of a list that may be none: the others stay usable.
pub(super) enum Lenient<T> {
    /// As it should be.
    Good(T),
    /// What is wrong with it.
    Bad(String),
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Lenient<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(from)?;
        Ok(match serde_json::from_value(value) {
            Ok(good) => Self::Good(good),
            Err(error) => Self::Bad(error.to_string()),
        })
    }
}

/// The text of a string or number.
pub(super) fn name_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &str, content: &[u8]) -> (Vec<Value>, Vec<(String, Reason)>) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        let (mut good, mut bad) = (Vec::new(), Vec::new());
        records(&path, "test", |place, record| match record {
            Ok(value) => good.push(value),
            Err(reason) => bad.push((place.to_string(), reason)),
        })
        .unwrap();
        (good, bad)
    }

    #[test]
    fn arrays_lines_and_lone_objects_are_records() {
        for (name, content) in [
            ("a.json", "\u{feff} [{\"a\": 1},\n {\"a\": 2}]"),
            ("a.jsonl", "{\"a\": 1}\r\n\n{\"a\": 2}"),
            ("a.json", "{\"a\": 1}\n{\"a\": 2}\n"),
        ] {
            let (good, bad) = read(name, content.as_bytes());
            assert_eq!((good.len(), bad.len()), (2, 0), "{content}");
        }
        assert_eq!(read("a.json", b"{\n \"a\": 1\n}").0.len(), 1);
    }

    #[test]
    fn what_came_before_a_break_stands() {
        let (good, bad) = read("a.json", b"[{\"a\": 1}, {\"a\":");
        assert_eq!((good.len(), bad[0].1.name()), (1, "file breaks off"));
    }

    #[test]
    fn a_bad_line_is_named_and_the_rest_is_read() {
        let (good, bad) = read("a.jsonl", b"{\"a\": 1}\n{\"a\": \xff}\n{oops\n{\"a\": 2}\n");
        assert_eq!(good.len(), 2);
        assert_eq!(bad[0], ("a.jsonl line 2".into(), Reason::NotUtf8));
        assert!(matches!(&bad[1].1, Reason::Form(_)), "{bad:?}");
    }

    #[test]
    fn deep_nesting_is_no_danger() {
        let deep = "[".repeat(100_000);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep.json");
        std::fs::write(&path, &deep).unwrap();
        assert!(records(&path, "test", |_, _| ()).is_err());
        let (good, bad) = read("a.jsonl", format!("{{\"a\": {deep}").as_bytes());
        assert_eq!((good.len(), bad.len()), (0, 1));
    }

    #[test]
    fn the_line_that_is_not_utf8_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.xml");
        std::fs::write(&path, b"one\ntwo\n\xff").unwrap();
        let error = whole(&path, 100).unwrap_err();
        assert!(
            error.to_string().starts_with("line 3 is not UTF-8"),
            "{error}"
        );
        assert!(matches!(whole(&path, 5), Err(LabelError::TooLarge { .. })));
    }
}
