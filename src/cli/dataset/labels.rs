//! The same commands for labelled pictures.
//!
//! JSON of `info`: `{"schema": 1, "format", "samples", "pictures", "targets", "kinds", "labels", "report", …}`.

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
    let skipped = |defect: &&Defect| defect.outcome == labels::Outcome::Skipped;
    let errors = report.defects.iter().filter(skipped).count();
    if as_json {
        let warnings = report.defects.len() - errors;
        write_json(&json!({
            "schema": 1, "usable": true, "errors": errors, "warnings": warnings, "report": report,
        }))?;
    } else {
        text(&format!("{report}\n"))?;
    }
    let whole = errors == 0 && report.unresolved_count == 0;
    Ok(if whole { Outcome::Good } else { Outcome::Bad })
}

/// Writes a set of annotations in another format.
pub(super) fn convert(set: &LabelSet, out: &Path, format: &str) -> anyhow::Result<Outcome> {
    let report = labels::write(set, out, format)?;
    text(&format!("{report}\n"))?;
    Ok(Outcome::Good)
}
