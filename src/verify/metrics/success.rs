//! Rates, intervals, and the averages of suites.

use serde_json::{Map, Value};

use super::fields::{Fields, vector};
use super::tally::Tally;
use crate::metrics::mean;
use crate::metrics::success::{Count, Settings};

/// Deepest nesting of settings.
const DEPTH: usize = 16;

/// Columns that are named otherwise than their settings.
const COLUMNS: &[(&str, &str)] = &[("open_close", "drawer"), ("apple_in_drawer", "apple")];

pub(super) fn check(tally: &mut Tally, file: &mut Fields) {
    file.take("convention");
    for row in file.rows("wilson") {
        let count = |key: &str| row.take(key).as_u64();
        let successes = count("successes").or_else(|| count("k"));
        let Some((k, n)) = successes.zip(count("n")) else {
            tally.unusable(&row, "successes or n");
            continue;
        };
        let count = Count { k, n };
        tally.number(&row, "rate", count.rate());
        tally.numbers(&row, "wilson95", &count.wilson());
        tally.rest(&row);
    }
    for row in file.rows("paper_rows") {
        row.take("row");
        row.take("printed_average");
        let tasks = vector(row.take("tasks")).unwrap_or_default();
        tally.number(&row, "mean", mean(&tasks));
        tally.rest(&row);
    }
    for name in file.unseen() {
        if let Value::Object(map) = file.take(name)
            && map.contains_key("columns")
        {
            suite(tally, &Fields::new(name, map));
        } else {
            tally.skip(name, "it is no suite with columns");
        }
    }
}

fn suite(tally: &mut Tally, suite: &Fields) {
    let empty = Map::new();
    let columns = suite.take("columns").as_object().unwrap_or(&empty);
    let mut rates = Vec::new();
    for (column, want) in columns {
        let alias = COLUMNS.iter().find(|(name, _)| name == column);
        let source = match alias {
            Some((_, settings)) if !suite.has(column) => *settings,
            _ => column.as_str(),
        };
        let name = format!("{} {column}", suite.at);
        let Some(settings) = settings(suite.take(source), DEPTH) else {
            tally.skip(&name, "no settings have this name");
            continue;
        };
        rates.extend(settings.rate());
        tally.value(&name, &suite.at, settings.rate(), want);
    }
    if suite.has("average") {
        let name = format!("{} average", suite.at);
        if rates.len() == columns.len() {
            tally.value(&name, &suite.at, mean(&rates), suite.take("average"));
        } else {
            tally.skip(&name, "a column has no rate");
        }
        suite.take("average");
    }
    tally.rest(suite);
}

/// A tree of counts: lists and objects are groups of settings.
fn settings(value: &Value, depth: usize) -> Option<Settings> {
    if depth == 0 {
        return None;
    }
    match value {
        Value::Object(map) if map.contains_key("k") || map.contains_key("successes") => {
            Some(Settings::Leaf(serde_json::from_value(value.clone()).ok()?))
        }
        Value::Object(map) => group(map.values(), depth),
        Value::Array(list) => group(list.iter(), depth),
        _ => None,
    }
}

fn group<'a>(below: impl Iterator<Item = &'a Value>, depth: usize) -> Option<Settings> {
    let below: Option<Vec<Settings>> = below.map(|value| settings(value, depth - 1)).collect();
    below.map(Settings::Group)
}
