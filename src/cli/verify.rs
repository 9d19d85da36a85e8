//! `spvla verify`: the table of a golden folder.
//!
//! JSON: `{"schema": 1, "passed", "failed", "skipped", "given", "report": {"folder", "set", "device", "precision",
//! "rows": [{"stage", "tensor", "max_abs", "relative", "tolerance", "verdict", "note"}]}}`.

use std::path::PathBuf;
use std::sync::Mutex;

use clap::Args;
use serde::Serialize;

use super::progress::ProgressLine;
use super::table::{Flush, Table};
use super::{Outcome, json, text};
use crate::engine::{DeviceChoice, Precision};
use crate::job::{CancelToken, JobContext, Progress};
use crate::verify::{self, Config, Report, Row, Verdict};

/// Arguments of `spvla verify`.
#[derive(Debug, Args)]
pub struct Options {
    /// The folder with manifest.json
    folder: PathBuf,
    /// Where the model runs
    #[arg(long, value_enum, default_value_t)]
    device: DeviceChoice,
    /// Precision of linear weights; the tolerances are for f32
    #[arg(long, value_enum, default_value_t = Precision::F32)]
    precision: Precision,
    /// Only rows whose STAGE/TENSOR contains this; may be given several times
    #[arg(long, value_name = "PATTERN")]
    only: Vec<String>,
    /// Write JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Verification {
    schema: u32,
    passed: usize,
    failed: usize,
    skipped: usize,
    given: usize,
    report: Report,
}

pub(super) fn run(options: &Options) -> anyhow::Result<Outcome> {
    let config = Config {
        folder: options.folder.clone(),
        device: options.device,
        precision: options.precision,
        only: options.only.clone(),
    };
    let line = Mutex::new(ProgressLine::new());
    let show = |progress: Progress| {
        if let Ok(mut line) = line.lock() {
            line.show(&progress);
        }
    };
    let context = JobContext {
        cancel: CancelToken::default(),
        progress: &show,
    };
    let report = verify::run(&config, &context)?;
    drop(line);
    let sound = report.sound();
    if options.json {
        json(&Verification::new(report))?;
    } else {
        text(&table(&report))?;
    }
    Ok(if sound { Outcome::Good } else { Outcome::Bad })
}

impl Verification {
    fn new(report: Report) -> Self {
        Self {
            schema: 1,
            passed: report.count(Verdict::Passed),
            failed: report.count(Verdict::Failed),
            skipped: report.count(Verdict::Skipped),
            given: report.count(Verdict::Given),
            report,
        }
    }
}

fn table(report: &Report) -> String {
    let mut table = Table::new(&[
        (Flush::Left, "stage"),
        (Flush::Left, "tensor"),
        (Flush::Right, "max abs"),
        (Flush::Right, "relative"),
        (Flush::Right, "tolerance"),
        (Flush::Left, "verdict"),
        (Flush::Left, "note"),
    ]);
    for row in &report.rows {
        table.row(cells(row));
    }
    let count = |verdict| report.count(verdict);
    format!(
        "Golden set {} on {}, {} weights\n\n{}\n{} given, {} skipped\n{} passed, {} failed\n",
        report.set,
        report.device,
        format!("{:?}", report.precision).to_lowercase(),
        table.render(),
        count(Verdict::Given),
        count(Verdict::Skipped),
        count(Verdict::Passed),
        count(Verdict::Failed),
    )
}

fn cells(row: &Row) -> [String; 7] {
    let number =
        |value: Option<f64>| value.map_or_else(String::new, |value| format!("{value:.2e}"));
    let verdict = match row.verdict {
        Verdict::Passed => "passed",
        Verdict::Failed => "FAILED",
        Verdict::Given => "given",
        Verdict::Skipped => "skipped",
    };
    [
        row.stage.clone(),
        row.tensor.clone(),
        number(row.max_abs),
        number(row.relative),
        row.tolerance_text(),
        verdict.to_owned(),
        row.note.clone().unwrap_or_default(),
    ]
}
