//! A recipe as text: read with the place of what is wrong, written, and changed in place so that comments stay.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::train::RunConfig;

/// Longest recipe that is read, in bytes.
pub(super) const MAX_BYTES: u64 = 1 << 20;

/// The table whose keys a person chooses.
const RATES: [&str; 2] = ["optimizer", "rates"];

/// What is wrong with a recipe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecipeProblem {
    /// The line, from one, where it is known.
    pub line: Option<usize>,
    /// What is wrong.
    pub text: String,
}

/// The run that a TOML text describes.
///
/// # Errors
/// Where it is no TOML, or has a key or value that a run has not.
pub fn read_recipe(text: &str) -> Result<RunConfig, RecipeProblem> {
    if text.len() as u64 > MAX_BYTES {
        return Err(RecipeProblem {
            line: None,
            text: "the text is longer than a recipe can be".into(),
        });
    }
    toml::from_str(text).map_err(|error: toml::de::Error| {
        let start = error.span().map(|span| span.start.min(text.len()));
        let before = start.and_then(|start| text.get(..start));
        RecipeProblem {
            line: before.map(|before| before.matches('\n').count() + 1),
            text: error.message().to_owned(),
        }
    })
}

/// A run as TOML.
#[must_use]
pub fn write_recipe(config: &RunConfig) -> String {
    toml::to_string_pretty(config).unwrap_or_default()
}

/// Why a run cannot be trained, as far as that shows without opening files; none if it can.
#[must_use]
pub fn recipe_obstacle(config: &RunConfig) -> Option<String> {
    let missing = [
        (
            config.folder.as_os_str().is_empty(),
            "Choose the folder of the run",
        ),
        (
            config.answers() && config.labels.is_empty(),
            "Add labelled pictures to learn from",
        ),
        (
            config.recipe.acts() && config.actions.is_empty(),
            "Add recorded episodes to learn from",
        ),
        (
            config.model.from.is_none() && config.model.new.is_none(),
            "Choose the checkpoint to begin with, or a new, small model",
        ),
    ];
    let missing = missing.into_iter().find(|(missing, _)| *missing);
    missing
        .map(|(_, text)| text.to_owned())
        .or_else(|| config.check().err().map(|error| error.to_string()))
}

/// The same run with its relative paths taken from `base`.
#[must_use]
pub fn recipe_at(config: &RunConfig, base: &Path) -> RunConfig {
    let mut config = config.clone();
    let mut paths: Vec<&mut PathBuf> = vec![&mut config.folder];
    paths.extend(config.model.from.as_mut());
    paths.extend(config.model.base_vlm.as_mut());
    paths.extend(config.labels.iter_mut().map(|source| &mut source.path));
    paths.extend(config.actions.iter_mut().map(|source| &mut source.path));
    for path in paths
        .into_iter()
        .filter(|path| !path.as_os_str().is_empty())
    {
        *path = base.join(&*path);
    }
    config
}

/// The text of `new`, made from the `text` of `old` with as little change as possible: comments and order stay where
/// only single values differ.
#[must_use]
pub fn edit_recipe(text: &str, old: &RunConfig, new: &RunConfig) -> String {
    let plain = || write_recipe(new);
    let (Ok(was), Ok(is)) = (serde_json::to_value(old), serde_json::to_value(new)) else {
        return plain();
    };
    let mut edited = text.to_owned();
    for (mut path, mut value) in differences(&was, &is) {
        if path.starts_with(&RATES.map(str::to_owned)) && !edited.contains("[optimizer.rates]") {
            // A table of rates that is given takes the place of the usual one, so that it is written whole.
            path.truncate(RATES.len());
            value.clone_from(&is["optimizer"]["rates"]);
        }
        let Some(next) = replaced(&edited, &path, &value) else {
            return plain();
        };
        edited = next;
    }
    // Whatever the text looks like, it must say what is meant.
    match read_recipe(&edited) {
        Ok(read) if read == *new => edited,
        _ => plain(),
    }
}

/// Keys of tables whose values differ, with the new value; lists are values.
fn differences(old: &Value, new: &Value) -> Vec<(Vec<String>, Value)> {
    let (Some(old), Some(new)) = (old.as_object(), new.as_object()) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for (key, value) in new {
        let was = old.get(key).unwrap_or(&Value::Null);
        if was == value {
            continue;
        }
        if was.is_object() && value.is_object() {
            let below = differences(was, value).into_iter();
            found.extend(below.map(|(path, value)| ([vec![key.clone()], path].concat(), value)));
        } else {
            found.push((vec![key.clone()], value.clone()));
        }
    }
    found
}

/// The text with one value replaced, added or taken out; none where that takes more than a line.
fn replaced(text: &str, path: &[String], value: &Value) -> Option<String> {
    let (key, table) = path.split_last()?;
    let nested = |value: &Value| value.is_object() || value.is_array();
    let objects = |list: &Vec<Value>| list.iter().any(Value::is_object);
    let deep = value
        .as_object()
        .is_some_and(|table| table.values().any(nested));
    if deep || value.as_array().is_some_and(objects) {
        return None;
    }
    let table = table.join(".");
    let line = (!value.is_null()).then(|| format!("{} = {}", quoted(key), inline(value)));
    let mut lines: Vec<String> = text.lines().map(ToOwned::to_owned).collect();
    let (mut at, mut end, mut here) = (None, table.is_empty().then_some(0), table.is_empty());
    for (number, text) in lines.iter().enumerate() {
        let text = text.trim();
        if let Some(rest) = text.strip_prefix('[') {
            here = rest.split(']').next().map(str::trim) == Some(table.as_str());
            if here {
                end = Some(number + 1);
            }
        } else if here {
            let own = text
                .split_once('=')
                .map(|(own, _)| own.trim().trim_matches('"'));
            if own == Some(key.as_str()) {
                at = Some(number);
            }
            if !text.is_empty() && !text.starts_with('#') {
                end = Some(number + 1);
            }
        }
    }
    match (at, line, end) {
        (Some(at), Some(line), _) => lines[at] = line + &remark(&lines[at]),
        (Some(at), None, _) => drop(lines.remove(at)),
        (None, None, _) => {}
        (None, Some(line), Some(end)) => lines.insert(end, line),
        (None, Some(line), None) => lines.extend([String::new(), format!("[{table}]"), line]),
    }
    Some(lines.join("\n") + "\n")
}

/// A key as TOML writes it.
fn quoted(key: &str) -> String {
    let bare = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-');
    if !key.is_empty() && key.chars().all(bare) {
        return key.to_owned();
    }
    Value::String(key.to_owned()).to_string()
}

/// A value in one line.
fn inline(value: &Value) -> String {
    let Some(table) = value.as_object() else {
        return value.to_string();
    };
    let pairs = table.iter();
    let pairs: Vec<String> = pairs
        .map(|(key, value)| format!("{} = {}", quoted(key), inline(value)))
        .collect();
    format!("{{ {} }}", pairs.join(", "))
}

/// The comment at the end of a line, with the space before it.
fn remark(line: &str) -> String {
    let quoted = line.contains(['"', '\'']);
    let found = line.find('#').filter(|_| !quoted);
    found.map_or_else(String::new, |at| format!("  {}", &line[at..]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::LoraConfig;

    const TEXT: &str = "# my run\nfolder = \"runs/a\"\nsteps = 2000 # enough\n\n[batch]\npictures = 4\n\n[[labels]]\npath = \"stills\"\n";

    #[test]
    fn a_single_value_is_changed_where_it_stands() {
        let old = read_recipe(TEXT).unwrap();
        let mut new = old.clone();
        new.steps = 500;
        new.batch.questions = 7;
        new.optimizer.clip = 0.5;
        new.optimizer.rates.insert("base".into(), 1e-3);
        new.optimizer.ema = Some(0.99);
        let text = edit_recipe(TEXT, &old, &new);
        assert_eq!(read_recipe(&text).unwrap(), new, "{text}");
        assert!(
            text.starts_with("# my run\n") && text.contains("steps = 500  # enough"),
            "{text}"
        );
        let mut without = new.clone();
        without.optimizer.ema = None;
        let text = edit_recipe(&text, &new, &without);
        assert_eq!(read_recipe(&text).unwrap(), without, "{text}");
        assert!(!text.contains("ema"));
    }

    #[test]
    fn what_takes_more_than_a_line_is_written_anew() {
        let old = read_recipe(TEXT).unwrap();
        let mut new = old.clone();
        new.lora = Some(LoraConfig::default());
        new.labels[0].weight = 2.0;
        let text = edit_recipe(TEXT, &old, &new);
        assert_eq!(read_recipe(&text).unwrap(), new, "{text}");
    }

    #[test]
    fn a_mistake_has_a_line_and_paths_have_a_base() {
        let wrong = read_recipe("steps = 5\nbatsh = 3\n").unwrap_err();
        assert_eq!(wrong.line, Some(2), "{wrong:?}");
        assert!(wrong.text.contains("batsh"), "{wrong:?}");
        assert!(read_recipe("steps = ").is_err() && read_recipe("\u{0}").is_err());
        let based = recipe_at(&read_recipe(TEXT).unwrap(), Path::new("/data"));
        assert_eq!(based.folder, Path::new("/data/runs/a"));
        assert_eq!(based.labels[0].path, Path::new("/data/stills"));
        let empty = recipe_at(&RunConfig::default(), Path::new("/data"));
        assert!(empty.folder.as_os_str().is_empty() && recipe_obstacle(&empty).is_some());
    }
}
