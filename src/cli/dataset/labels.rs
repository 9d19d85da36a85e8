//! `spvla dataset` for annotated pictures: what they hold, what is wrong with them, another format of them.
//!
//! JSON of `info`: `{"schema": 1, "format", "samples", "pictures", "targets", "kinds": {…}, "labels": {…}, "report": {…}}`;
//! of `check`: `{"schema": 1, "usable", "errors", "warnings", "report"}`.

use std::path::Path;

use serde_json::{Value, json};

use super::super::{Outcome, json as write_json, text};
use crate::data::labels::{FORMATS, LabelSet, Outcome as Fate, info_json, write};

pub(super) fn info(set: &LabelSet, as_json: bool) -> anyhow::Result<Outcome> {
    let mut found = info_json(set);
    if let Value::Object(keys) = &mut found {
        keys.shift_insert(0, "schema".into(), 1.into());
    }
    if as_json {
        write_json(&found)?;
        return Ok(Outcome::Good);
    }
    let number = |key: &str| found[key].as_u64().unwrap_or_default();
    let mut out = format!(
        "{}\n{} samples of {} pictures ({} found), {} targets\n",
        set.format,
        number("samples"),
        number("pictures"),
        number("pictures_found"),
        number("targets"),
    );
    for key in ["kinds", "tasks", "labels"] {
        let counts = found[key].as_object().into_iter().flatten();
        let counts: Vec<String> = counts
            .take(20)
            .map(|(name, count)| format!("{name} {count}"))
            .collect();
        out += &format!("{key}: {}\n", counts.join(", "));
    }
    text(&format!("{out}\n{}\n", set.report))?;
    Ok(Outcome::Good)
}

pub(super) fn check(set: &LabelSet, as_json: bool) -> anyhow::Result<Outcome> {
    let report = &set.report;
    let count = |outcome| report.count(outcome);
    let errors = count(Fate::Skipped) + report.unresolved_count;
    let warnings =
        count(Fate::Clipped) + count(Fate::Mended) + count(Fate::Kept) + report.duplicate_count;
    if as_json {
        write_json(&json!({
            "schema": 1,
            "usable": true,
            "errors": errors,
            "warnings": warnings,
            "report": report,
        }))?;
    } else {
        let verdict = match (errors, warnings) {
            (0, 0) => "The dataset is whole.".to_owned(),
            (errors, warnings) => format!("{errors} errors, {warnings} warnings."),
        };
        text(&format!("{report}\n{verdict}\n"))?;
    }
    Ok(if errors == 0 {
        Outcome::Good
    } else {
        Outcome::Bad
    })
}

/// Whether a format of annotations has this name.
pub(super) fn knows(name: &str) -> bool {
    FORMATS.iter().any(|format| format.name == name)
}

pub(super) fn convert(set: &LabelSet, out: &Path, format: &str) -> anyhow::Result<Outcome> {
    let report = write(set, out, format)?;
    text(&format!("{}\n{report}\n", set.report))?;
    Ok(if report.lost.is_empty() {
        Outcome::Good
    } else {
        Outcome::Bad
    })
}
