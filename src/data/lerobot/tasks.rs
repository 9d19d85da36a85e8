//! What was to be done, by number: `meta/tasks.parquet` or `meta/tasks.jsonl`.

use std::path::Path;

use serde::Deserialize;

use super::index::Index;
use super::info::{InfoFile, Version};
use crate::data::table::Table;
use crate::data::{DataError, Defect, json};

/// Most tasks of a dataset.
const MAX_TASKS: u64 = 10_000_000;
/// Columns that may hold the text: what pandas calls a nameless index, and what newer writers call it.
const TEXTS: [&str; 4] = ["__index_level_0__", "task", "subtask", "index"];

#[derive(Deserialize)]
struct Line {
    task_index: u64,
    task: String,
}

/// Tasks by their number; those that episodes name when the file cannot be used.
pub(super) fn read(
    root: &Path,
    info: &InfoFile,
    index: &Index,
    defects: &mut Vec<Defect>,
) -> Vec<String> {
    let (name, found) = match info.version {
        Version::V30 => (
            "meta/tasks.parquet",
            from_table(&root.join("meta/tasks.parquet"), "task_index"),
        ),
        _ => (
            "meta/tasks.jsonl",
            from_lines(&root.join("meta/tasks.jsonl")),
        ),
    };
    match found.and_then(|found| by_number(found, &root.join(name))) {
        Ok(tasks) => tasks,
        Err(error) => {
            defects.push(Defect::warning(
                name,
                error.to_string(),
                "the tasks that the episodes name are used",
            ));
            index.task_names().to_vec()
        }
    }
}

/// The texts of a table that numbers them in the column `index`, by their number.
pub(super) fn texts(path: &Path, index: &str) -> Result<Vec<String>, DataError> {
    by_number(from_table(path, index)?, path)
}

fn from_table(path: &Path, index: &str) -> Result<Vec<(u64, String)>, DataError> {
    let table = Table::open(path)?;
    check(table.rows(), path)?;
    let columns = table.read(0..table.rows(), |_| true)?;
    let find = |name: &str| columns.iter().find(|column| column.name == name);
    let texts = TEXTS
        .iter()
        .find_map(|name| find(name).filter(|column| column.text(0).is_some()));
    let (Some(numbers), Some(texts)) = (find(index), texts) else {
        if table.rows() == 0 {
            return Ok(Vec::new());
        }
        return Err(DataError::malformed(
            path,
            format!("it has no columns of texts and {index}"),
        ));
    };
    let pairs = (0..texts.rows()).filter_map(|row| {
        let number = u64::try_from(numbers.integer(row)?).ok()?;
        Some((number, texts.text(row)?.to_owned()))
    });
    Ok(pairs.collect())
}

fn from_lines(path: &Path) -> Result<Vec<(u64, String)>, DataError> {
    let mut pairs = Vec::new();
    json::lines(path, |number, _, line| {
        let line: Line = serde_json::from_slice(line).map_err(|error| {
            DataError::malformed(path, format!("line {number} names no task: {error}"))
        })?;
        pairs.push((line.task_index, line.task));
        check(pairs.len() as u64, path)
    })?;
    Ok(pairs)
}

fn by_number(mut pairs: Vec<(u64, String)>, path: &Path) -> Result<Vec<String>, DataError> {
    pairs.sort_by_key(|(number, _)| *number);
    let mut tasks = Vec::new();
    for (number, task) in pairs {
        check(number, path)?;
        tasks.resize(number as usize, String::new());
        tasks.push(task);
    }
    Ok(tasks)
}

fn check(found: u64, path: &Path) -> Result<(), DataError> {
    if found > MAX_TASKS {
        return Err(DataError::TooMuch {
            what: "tasks",
            found,
            limit: MAX_TASKS,
            path: path.to_owned(),
        });
    }
    Ok(())
}
