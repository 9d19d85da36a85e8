//! A folder of metric vectors: inputs of every measure with the values another program computed from them.
//!
//! Each JSON file holds one family of measures and says its `convention`; numbers in it (thresholds, points, bins) are
//! taken from there. Sizes, counts and which values are given may differ from folder to folder; a key that no measure
//! here has becomes a skipped row, and a `null` stands for a measure that has no value.

mod agreement;
mod boxes;
mod coordinates;
mod fields;
mod gradient;
mod points;
mod reality;
mod robustness;
mod success;
mod tally;
mod trajectory;

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::VerifyError;
use super::compare::{Row, Verdict};
use crate::job::JobContext;
use fields::Fields;
use tally::Tally;

/// Longest file and most files that are read.
const MAX_FILE: u64 = 64 << 20;
const MAX_FILES: usize = 1000;

/// How a file of a family is recomputed.
type Check = fn(&mut Tally, &mut Fields);

/// The families by the names of their files; the longest name that begins a file's name is its family.
const FAMILIES: &[(&str, Check)] = &[
    ("box", boxes::pairs),
    ("box_set", boxes::sets),
    ("point_mask", points::mask),
    ("point_box_polygon", points::shapes),
    ("trajectory", trajectory::check),
    ("coordinates", coordinates::check),
    ("success", success::check),
    ("real_sim", reality::check),
    ("robustness", robustness::check),
    ("gradient", gradient::check),
    ("agreement", agreement::check),
];

/// The JSON files of a folder of metric vectors, by name; none where the folder is no such thing.
pub(super) fn files(folder: &Path) -> Option<Vec<PathBuf>> {
    if folder.join("manifest.json").exists() {
        return None;
    }
    let entries = std::fs::read_dir(folder)
        .ok()?
        .flatten()
        .map(|entry| entry.path());
    let mut found: Vec<PathBuf> = entries
        .filter(|path| path.extension().is_some_and(|end| end == "json"))
        .take(MAX_FILES)
        .collect();
    found.sort();
    let vectors = |path: &PathBuf| load(path).is_ok_and(|value| value["convention"].is_string());
    found.iter().any(vectors).then_some(found)
}

/// Every row of these files.
///
/// # Errors
/// When somebody cancelled.
pub(super) fn rows(files: &[PathBuf], context: &JobContext<'_>) -> Result<Vec<Row>, VerifyError> {
    let mut rows = Vec::new();
    for (done, path) in files.iter().enumerate() {
        context.check()?;
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        context.report(
            &format!("Verifying {stem}"),
            done as u64,
            files.len() as u64,
        );
        rows.extend(file(&stem, path));
    }
    Ok(rows)
}

fn file(stem: &str, path: &Path) -> Vec<Row> {
    let plain = |verdict, note: String| vec![Row::plain(stem, "(file)", verdict, Some(note))];
    let value = match load(path) {
        Ok(value) => value,
        Err(why) => return plain(Verdict::Failed, why),
    };
    let named = FAMILIES.iter().filter(|(name, _)| stem.starts_with(name));
    let Some((_, check)) = named.max_by_key(|(name, _)| name.len()) else {
        return plain(
            Verdict::Skipped,
            "no family of measures here has this name".into(),
        );
    };
    let Value::Object(map) = &value else {
        return plain(
            Verdict::Failed,
            "it is no object with a convention and rows".into(),
        );
    };
    let mut tally = Tally::new(stem);
    let mut fields = Fields::new("", map);
    fields.take("convention");
    check(&mut tally, &mut fields);
    tally.rest(&fields);
    tally.finish()
}

fn load(path: &Path) -> Result<Value, String> {
    let length = std::fs::metadata(path)
        .map_err(|error| error.to_string())?
        .len();
    if length > MAX_FILE {
        return Err(format!(
            "it has {length} bytes; at most {MAX_FILE} are read"
        ));
    }
    let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
    serde_json::from_str(&text)
        .or_else(|_| serde_json::from_str(&without_nan(&text)))
        .map_err(|error| format!("it is no JSON: {error}"))
}

/// Python writes what is no number as `NaN` and `Infinity`, which JSON does not know: they become `null`.
fn without_nan(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let (mut quoted, mut escaped) = (false, false);
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let word = ["NaN", "-Infinity", "Infinity"]
            .iter()
            .find(|word| !quoted && rest.starts_with(**word));
        if let Some(word) = word {
            out.push_str("null");
            rest = &rest[word.len()..];
            continue;
        }
        quoted ^= c == '"' && !escaped;
        escaped = quoted && c == '\\' && !escaped;
        out.push(c);
        rest = &rest[c.len_utf8()..];
    }
    out
}

/// The number that stands right after some words of a convention.
fn number_after(text: &str, words: &str) -> Option<f64> {
    let rest = text.split_once(words)?.1.trim_start();
    let end = rest
        .find(|c: char| !(c.is_ascii_digit() || c == '.'))
        .unwrap_or(rest.len());
    rest[..end].trim_end_matches('.').parse().ok()
}

/// Most points or bins that a file may ask for: some distances take the square of it.
const MOST_COUNTED: usize = 10_000;

/// The whole number that stands right before some words of a convention.
fn count_before(text: &str, words: &str) -> Option<usize> {
    let before = text.split_once(words)?.0;
    let start = before
        .rfind(|c: char| !c.is_ascii_digit())
        .map_or(0, |at| at + 1);
    let count: usize = before.get(start..)?.parse().ok()?;
    Some(count.min(MOST_COUNTED))
}

#[cfg(test)]
mod tests;
