//! `spvla eval compare`.
//!
//! JSON: `{"schema": 1, "comparison": {"first", "second", "pairs": [{"of", "first", "second", "counts", "p",
//! "only_first", "only_second"}], "kept": [{"measure", "first", "second", "ratio", "alarm"}], "alone"}}`. Ends with 1
//! where less than nine tenths of a grounding measure are kept.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;

use crate::cli::{Outcome, json as write_json, text};
use crate::eval::compare::{SCHEMA, compare};

/// Arguments of `spvla eval compare`.
#[derive(Debug, Args)]
#[command(
    after_help = "Ends with status 1 where less than nine tenths of a grounding measure is kept."
)]
pub struct Options {
    /// The folder of the first run, such as the one before stage 2
    first: PathBuf,
    /// The folder of the second run
    second: PathBuf,
    /// Write JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(options: &Options) -> anyhow::Result<Outcome> {
    show(&options.first, &options.second, options.json)
}

/// Compares two folders and writes what was found.
pub(super) fn show(first: &Path, second: &Path, as_json: bool) -> anyhow::Result<Outcome> {
    let found = compare(first, second)?;
    let alarm = found.kept.iter().any(|kept| kept.alarm);
    if as_json {
        write_json(&json!({ "schema": SCHEMA, "comparison": found }))?;
    } else {
        text(&found.markdown())?;
    }
    Ok(if alarm { Outcome::Bad } else { Outcome::Good })
}
