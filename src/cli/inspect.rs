//! `spvla inspect`: the load report of a checkpoint whose weights stay on the disk.
//!
//! JSON: `{"schema": 1, "complete": bool, "problem": text or null, "report": …}` with the report as the window shows
//! it: path, architecture, step, `random_weights`, size, statistics, training, tensors, warnings and so on.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use super::{Outcome, json, text};
use crate::engine::{LoadReport, Precision};
use crate::model::policy::{self, LoadOptions};

/// Arguments of `spvla inspect`.
#[derive(Debug, Args)]
pub struct Options {
    /// A run folder, a weights file in one, or a Qwen2.5-VL folder
    checkpoint: PathBuf,
    /// The folder with the tokenizer, if the run does not say or says wrongly
    #[arg(long, value_name = "DIR")]
    base_vlm: Option<PathBuf>,
    /// Precision that the memory is computed for
    #[arg(long, value_enum, default_value_t)]
    precision: Precision,
    /// Write JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Inspection {
    schema: u32,
    complete: bool,
    problem: Option<String>,
    report: LoadReport,
}

pub(super) fn run(options: &Options) -> anyhow::Result<Outcome> {
    let load = LoadOptions {
        base_vlm: options.base_vlm.clone(),
        precision: options.precision,
        shipped: false,
    };
    let report = policy::inspect(&options.checkpoint, &load)?;
    let problem = report.complete().err().map(|error| error.to_string());
    let complete = problem.is_none();
    if options.json {
        json(&Inspection {
            schema: 1,
            complete,
            problem,
            report,
        })?;
    } else {
        let verdict = problem.map_or_else(
            || "The checkpoint is whole.\n".to_owned(),
            |problem| format!("It cannot be used: {problem}\n"),
        );
        text(&format!("{report}\n{verdict}"))?;
    }
    Ok(if complete {
        Outcome::Good
    } else {
        Outcome::Bad
    })
}
