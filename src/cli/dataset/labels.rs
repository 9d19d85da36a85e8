//! The same commands for labelled pictures.
//!
//! JSON of `info`: `{"schema": 1, "format", "samples", "pictures", "targets", "kinds", "labels", "report", …}`.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};

use super::super::{Outcome, json as write_json, text};
use crate::data::labels::{self, Defect, LabelSet};

/// What a set of annotations holds.
pub(super) fn info(set: &LabelSet, as_json: bool) -> anyhow::Result<Outcome> {
    let mut value = json!({"schema": 1});
    if let (Value::Object(all), Value::Object(more)) = (&mut value, labels::info_json(set)) {
        all.extend(more);
    }
    if as_json {
        write_json(&value)?;
    } else {
        let number = |key: &str| value[key].to_string();
        text(&format!(
            "{}: {} samples, {} pictures, {} targets {}\n{}\n",
            set.format,
            number("samples"),
            number("pictures"),
            number("targets"),
            number("kinds"),
            set.report
        ))?;
    }
    Ok(Outcome::Good)
}

/// What is wrong with a set of annotations.
pub(super) fn check(set: &LabelSet, as_json: bool) -> anyhow::Result<Outcome> {
    let report = &set.report;
    let errors = report.count(labels::Outcome::Skipped);
    let all: u64 = report
        .defect_counts
        .values()
        .flat_map(BTreeMap::values)
        .sum();
    let whole = errors == 0 && report.unresolved_count == 0;
    if as_json {
        let warnings = all - errors;
        write_json(&json!({
            "schema": 1, "usable": whole, "errors": errors, "warnings": warnings, "report": report,
        }))?;
    } else {
        let listed: Vec<String> = report.defects.iter().map(Defect::to_string).collect();
        let more = all - listed.len() as u64;
        let more = (more > 0).then(|| format!("and {more} more"));
        let lines = listed.into_iter().chain(more).map(|line| line + "\n");
        text(&format!("{}{report}\n", lines.collect::<String>()))?;
    }
    Ok(if whole { Outcome::Good } else { Outcome::Bad })
}

/// Writes a set of annotations in another format.
pub(super) fn convert(set: &LabelSet, out: &Path, format: &str) -> anyhow::Result<Outcome> {
    let report = labels::write(set, out, format)?;
    text(&format!("{report}\n"))?;
    Ok(Outcome::Good)
}
