//! `spvla dataset`: what a dataset holds, one frame of it, everything wrong with it, another format of it, its speed.
//!
//! Sources are only ever read.

mod bench;
mod check;
mod convert;
mod frame;
mod info;
mod labels;

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::Outcome;
use super::progress::ProgressLine;
use crate::job::{JobContext, Progress};

/// What can be done with a dataset.
#[derive(Debug, Subcommand)]
pub enum Dataset {
    /// Show what a dataset holds, without loading it
    Info(InfoOptions),
    /// Write one frame of an episode as PNG
    Frame(FrameOptions),
    /// Look for every defect
    Check(CheckOptions),
    /// Write a dataset in another format
    Convert(ConvertOptions),
    /// Measure how fast frames are found and played
    Bench(BenchOptions),
}

const FORMATS: &str = "\
The format to write: lerobot-v3.0 or lerobot-v2.1 for episodes; conversation, coco, yolo, labelme, label_studio, cvat or \
pixmo for annotations";

/// Arguments of `spvla dataset info`.
#[derive(Debug, Args)]
pub struct InfoOptions {
    /// The dataset: a folder or a file
    path: PathBuf,
    /// Compute statistics from the rows instead of reading those that the dataset stores
    #[arg(long)]
    recompute: bool,
    /// Write JSON
    #[arg(long)]
    json: bool,
}

/// Arguments of `spvla dataset frame`.
#[derive(Debug, Args)]
pub struct FrameOptions {
    /// The dataset
    path: PathBuf,
    /// Number of the episode
    #[arg(long, value_name = "E")]
    episode: u64,
    /// Row of the episode, from zero
    #[arg(long, value_name = "I")]
    index: u64,
    /// Name of the camera, or the last part of it
    #[arg(long, value_name = "NAME")]
    camera: String,
    /// Where the PNG goes
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// Arguments of `spvla dataset check`.
#[derive(Debug, Args)]
pub struct CheckOptions {
    /// The dataset
    path: PathBuf,
    /// Decode every frame too
    #[arg(long)]
    every_frame: bool,
    /// Write JSON
    #[arg(long)]
    json: bool,
}

/// Arguments of `spvla dataset convert`.
#[derive(Debug, Args)]
pub struct ConvertOptions {
    /// The dataset that is read
    input: PathBuf,
    /// The empty or new folder that is written
    output: PathBuf,
    /// The format to write
    #[arg(long, value_name = "FORMAT", help = FORMATS)]
    to: String,
}

/// Arguments of `spvla dataset bench`.
#[derive(Debug, Args)]
pub struct BenchOptions {
    /// The dataset
    path: PathBuf,
    /// The camera; the first if not given
    #[arg(long, value_name = "NAME")]
    camera: Option<String>,
    /// How many frames are sought at random
    #[arg(long, value_name = "N", default_value_t = 200)]
    seeks: u64,
    /// Chooses which
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
    /// Write JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(dataset: &Dataset) -> anyhow::Result<Outcome> {
    match dataset {
        Dataset::Info(options) => info::run(options),
        Dataset::Frame(options) => frame::run(options),
        Dataset::Check(options) => check::run(options),
        Dataset::Convert(options) => convert::run(options),
        Dataset::Bench(options) => bench::run(options),
    }
}

/// Runs a long computation with a line of progress.
fn shown<T>(run: impl FnOnce(&JobContext<'_>) -> T) -> T {
    let line = std::sync::Mutex::new(ProgressLine::new());
    let show = |progress: Progress| {
        if let Ok(mut line) = line.lock() {
            line.show(&progress);
        }
    };
    let context = JobContext {
        progress: &show,
        ..JobContext::silent()
    };
    run(&context)
}

/// Opens a dataset of episodes.
fn episodes(path: &std::path::Path) -> anyhow::Result<Box<crate::data::Episodes>> {
    match crate::data::open(path)? {
        crate::data::Dataset::Episodes(episodes) => Ok(episodes),
        crate::data::Dataset::Labels(set) => anyhow::bail!(
            "these are annotations of pictures ({}), not episodes: {}",
            set.format,
            path.display()
        ),
    }
}
