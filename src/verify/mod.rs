//! Verification: recomputes every stage of a golden folder and says how far each is from the original.
//!
//! A golden folder holds a manifest, cases, a tiny model and the values the original computed with it, stage by
//! stage. Each stage is computed from the stored input of that stage, so that an error shows where it comes from.
//! What a file holds is told by its manifest and cases alone: sizes, names, numbers of views and settings may differ
//! from folder to folder. Nothing in a folder is believed: whatever is missing or damaged becomes a failed row.

mod checkpoints;
mod compare;
mod control;
mod diffusion;
mod dino;
mod fault;
mod golden;
mod metrics;
mod models;
mod numbers;
mod pictures;
mod planner;
mod predict;
mod preprocess;
mod reply;
mod sheet;
mod tables;
mod training;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;

use serde::Serialize;

pub use compare::{Comparison, Row, Verdict};
pub use fault::VerifyError;

use crate::job::JobContext;
use crate::model::device::{DeviceChoice, Devices, Precision};
use fault::Fault;
use golden::{FileEntry, Golden};
use models::Models;
use sheet::Sheet;

/// What to verify and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The golden folder.
    pub folder: PathBuf,
    /// Where to compute.
    pub device: DeviceChoice,
    /// Precision of linear weights; the stored tolerances are for f32.
    pub precision: Precision,
    /// Only rows whose `stage/tensor` contains one of these; every row if there is none.
    pub only: Vec<String>,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// The folder.
    pub folder: PathBuf,
    /// What the manifest calls the set.
    pub set: String,
    /// The device, in words.
    pub device: String,
    /// Precision of linear weights.
    pub precision: Precision,
    /// One row for each tensor and table.
    pub rows: Vec<Row>,
}

impl Report {
    /// Rows of a verdict.
    #[must_use]
    pub fn count(&self, verdict: Verdict) -> usize {
        self.rows
            .iter()
            .filter(|row| row.verdict == verdict)
            .count()
    }

    /// Whether something was compared and nothing failed.
    #[must_use]
    pub fn sound(&self) -> bool {
        self.count(Verdict::Failed) == 0 && self.count(Verdict::Passed) > 0
    }
}

/// What the stages work with.
struct Workspace<'a> {
    golden: &'a Golden,
    models: Models<'a>,
}

/// How the stages of a kind of file are recomputed.
type Recompute = fn(&mut Sheet, &mut Workspace) -> Result<(), Fault>;

/// Verifies a folder.
///
/// # Errors
/// When the folder has no manifest, the device cannot be had, or somebody cancelled. Everything else is a failed row.
pub fn run(config: &Config, context: &JobContext<'_>) -> Result<Report, VerifyError> {
    if let Some(files) = metrics::files(&config.folder) {
        return vectors(config, &files, context);
    }
    let golden = Golden::open(&config.folder)?;
    let device = Devices::default().open(config.device)?;
    let name = device.name().to_owned();
    let mut space = Workspace {
        models: Models::new(&golden, device, config.precision, context),
        golden: &golden,
    };
    let mut rows = Vec::new();
    let total = golden.files.len() as u64;
    for (done, file) in golden.files.iter().enumerate() {
        context.check()?;
        if !wanted(config, file) {
            continue;
        }
        context.report(&format!("Verifying {}", file.path), done as u64, total);
        rows.extend(verify(&golden, file, &mut space));
    }
    if !config.only.is_empty() {
        rows.retain(|row| asked(config, &format!("{}/{}", row.stage, row.tensor)));
    }
    Ok(Report {
        folder: config.folder.clone(),
        set: golden.set.clone(),
        device: name,
        precision: config.precision,
        rows,
    })
}

/// Verifies a folder of metric vectors.
fn vectors(
    config: &Config,
    files: &[PathBuf],
    context: &JobContext<'_>,
) -> Result<Report, VerifyError> {
    let mut rows = metrics::rows(files, context)?;
    rows.retain(|row| {
        config.only.is_empty() || asked(config, &format!("{}/{}", row.stage, row.tensor))
    });
    Ok(Report {
        folder: config.folder.clone(),
        set: "metric vectors".into(),
        device: "no device".into(),
        precision: config.precision,
        rows,
    })
}

/// Whether a file can have rows that are asked for: those before a slash are said by its name, others by its rows.
fn wanted(config: &Config, file: &FileEntry) -> bool {
    let may = |only: &String| match only.split_once('/') {
        Some((end, _)) => file.stem().ends_with(end),
        None => true,
    };
    config.only.is_empty() || config.only.iter().any(may)
}

fn asked(config: &Config, row: &str) -> bool {
    config.only.iter().any(|only| row.contains(only))
}

/// Every row of one file; a panic inside becomes a failed row.
fn verify(golden: &Golden, file: &FileEntry, space: &mut Workspace) -> Vec<Row> {
    let mut sheet = Sheet::new(golden, file);
    let work = AssertUnwindSafe(|| compute(&mut sheet, space));
    let outcome = catch_unwind(work).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
        Err(Fault::Panic(
            text.unwrap_or_else(|| "without a message".into()),
        ))
    });
    sheet.finish(outcome)
}

/// Chooses by the file's folder and name.
fn compute(sheet: &mut Sheet, space: &mut Workspace) -> Result<(), Fault> {
    let file = sheet.file;
    match file.folder() {
        "stages" => match stage(file.stem()) {
            Ok(recompute) => recompute(sheet, space),
            Err(why) => {
                skip(sheet, why);
                Ok(())
            }
        },
        "adapter" => adapter(sheet, space),
        _ if file.path == "cases.json" => {
            present(sheet, space)?;
            cases(sheet, space)
        }
        folder if folder.ends_with("checkpoints") => {
            present(sheet, space)?;
            match space.golden.weights().next() {
                Some(first) if first.path != file.path => {
                    checkpoints::equality(sheet, space, first)
                }
                _ => Ok(()),
            }
        }
        _ => present(sheet, space),
    }
}

/// Who recomputes a stage file, or why nobody does.
fn stage(stem: &str) -> Result<Recompute, &'static str> {
    Ok(match stem {
        "preprocess" => preprocess::stages,
        "vision" => planner::vision,
        "generate" => reply::stages,
        "dino" => dino::stages,
        "dit" => diffusion::noise_prediction,
        "ddim" => diffusion::runs,
        _ if stem == "lm" || stem.starts_with("lm_") => planner::language,
        _ if stem.starts_with("predict_") => predict::stages,
        _ if stem.starts_with("train_lm") => training::language,
        _ if stem.starts_with("train_diffusion") => training::diffusion,
        _ if stem.starts_with("optimizer") => training::optimizer,
        _ => return Err("no stage here has this name"),
    })
}

fn adapter(sheet: &mut Sheet, space: &mut Workspace) -> Result<(), Fault> {
    let stem = sheet.file.stem();
    if stem == "image_ops" {
        return preprocess::image_operations(sheet, space);
    }
    if ![
        "smart_resize",
        "tokenizer",
        "unnormalize",
        "grounding_parse",
        "qwen_config_nested",
        "adaptive_ensemble",
        "simpler_env_steps",
    ]
    .contains(&stem)
    {
        skip(sheet, "its room is not built yet");
        return Ok(());
    }
    let table = space.golden.json(&sheet.file.path)?;
    match stem {
        "smart_resize" => tables::smart_resize(sheet, &table),
        "tokenizer" => tables::tokenizer(sheet, space, &table),
        "unnormalize" => tables::unnormalize(sheet, &table),
        "grounding_parse" => tables::replies(sheet, &table),
        "adaptive_ensemble" => control::ensembles(sheet, &table),
        "simpler_env_steps" => control::clients(sheet, &table),
        _ => tables::nested_config(sheet, space, &table),
    }
}

/// One skipped row for each tensor, or for a file without tensors.
fn skip(sheet: &mut Sheet, why: &str) {
    let names = sheet.names();
    if names.is_empty() {
        sheet.skip("(file)", why);
    }
    for name in names {
        sheet.skip(&name, why);
    }
}

/// An input of other stages: it must be there, at the length the manifest states.
fn present(sheet: &mut Sheet, space: &Workspace) -> Result<(), Fault> {
    let file = sheet.file;
    let io = |source| Fault::Io {
        file: file.path.clone(),
        source,
    };
    let found = std::fs::metadata(space.golden.root.join(&file.path)).map_err(io)?;
    let length = found.len();
    match file.bytes {
        Some(stated) if stated != length => {
            let what = format!("it has {length} bytes, the manifest says {stated}");
            sheet.fail("(file)", &Fault::stored(what));
        }
        _ => sheet.present(),
    }
    Ok(())
}

/// Tables of cases.json: schedules and groups are recomputed, inputs of stages are not rows.
fn cases(sheet: &mut Sheet, space: &mut Workspace) -> Result<(), Fault> {
    const INPUTS: [&str; 11] = [
        "preprocess",
        "vision",
        "generate",
        "generate_prompts",
        "dino",
        "predict",
        "versions",
        "train_diffusion",
        "train_lm",
        "optimizer",
        "diffusion_schedule",
    ];
    let cases = &space.golden.cases;
    diffusion::schedule(sheet, cases);
    for (name, table) in cases.as_object().into_iter().flatten() {
        match name.as_str() {
            "lr_schedule" => training::rates(sheet, table),
            "lr_groups" => training::groups(sheet, &mut space.models, table)?,
            name if INPUTS.contains(&name) => {}
            name => sheet.skip(name, "no table here has this name"),
        }
    }
    Ok(())
}
