//! `spvla dataset check`. Exit status 1 when a part of the dataset cannot be used.
//!
//! JSON: `{"schema": 1, "usable": bool, "errors": count, "warnings": count, "defects": [{"severity", "what", "where",
//! "advice"}]}`; of annotated pictures `{"schema": 1, "usable", "errors", "warnings", "report": {…}}`.

use serde::Serialize;

use super::super::{Outcome, json, text};
use super::CheckOptions;
use crate::data::{self, Dataset, Defect, Severity, Thoroughness};

#[derive(Serialize)]
struct Found {
    schema: u32,
    usable: bool,
    errors: usize,
    warnings: usize,
    defects: Vec<Defect>,
}

pub(super) fn run(options: &CheckOptions) -> anyhow::Result<Outcome> {
    let thoroughness = if options.every_frame {
        Thoroughness::EveryFrame
    } else {
        Thoroughness::Usual
    };
    let (usable, defects) = match data::open(&options.path) {
        Ok(Dataset::Labels(set)) => return super::labels::check(&set, options.json),
        Ok(Dataset::Episodes(mut set)) => (
            true,
            super::shown(|context| set.check(thoroughness, context))?,
        ),
        // A dataset that cannot even be opened is what this command is for.
        Err(error) => {
            let place = options.path.display().to_string();
            let advice = "nothing of it can be used";
            (false, vec![Defect::error(place, error.to_string(), advice)])
        }
    };
    let count = |severity| {
        defects
            .iter()
            .filter(|defect| defect.severity == severity)
            .count()
    };
    let found = Found {
        schema: 1,
        usable,
        errors: count(Severity::Error),
        warnings: count(Severity::Warning),
        defects,
    };
    if options.json {
        json(&found)?;
    } else {
        text(&shown(&found))?;
    }
    Ok(if found.errors == 0 {
        Outcome::Good
    } else {
        Outcome::Bad
    })
}

fn shown(found: &Found) -> String {
    let lines: Vec<String> = found.defects.iter().map(Defect::to_string).collect();
    let verdict = match (found.errors, found.warnings) {
        (0, 0) => "The dataset is whole.".to_owned(),
        (errors, warnings) => format!("{errors} errors, {warnings} warnings."),
    };
    format!("{}\n", [lines, vec![verdict]].concat().join("\n"))
}
