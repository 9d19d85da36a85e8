//! What is recorded of every step: a line of `metrics.jsonl`.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::folder::write_atomically;
use super::{LearntPicture, TrainError};

/// What a step gave.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct StepMetrics {
    /// The step, counted from one.
    pub step: u64,
    /// The whole loss.
    pub loss: f64,
    /// Its parts by name, before they are weighed.
    pub losses: BTreeMap<String, f64>,
    /// Norm of all gradients before clipping.
    pub gradient_norm: f64,
    /// Rate of each group.
    pub rates: BTreeMap<String, f64>,
    /// Pictures and action samples learnt.
    pub samples: u64,
    /// Those a second, over this step.
    pub samples_per_second: f64,
    /// Projection-space similarity of spatial and action gradients, where it was measured.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub similarity: Option<f64>,
    /// A picture of this step, every so many steps; not recorded.
    #[serde(skip)]
    pub picture: Option<Arc<LearntPicture>>,
}

/// The file, open at its end.
pub(super) struct Record {
    file: File,
    path: std::path::PathBuf,
}

impl Record {
    /// Opens the record of a run that has taken `step` steps; lines about later ones are dropped.
    pub(super) fn open(path: &Path, step: u64) -> Result<Self, TrainError> {
        let io = |source| TrainError::io("opening the record of steps", path, source);
        if path.is_file() {
            let lines = BufReader::new(File::open(path).map_err(io)?).lines();
            let mut kept = String::new();
            for line in lines {
                let line = line.map_err(io)?;
                let of = serde_json::from_str::<StepMetrics>(&line).map(|metrics| metrics.step);
                if of.is_ok_and(|of| of <= step) {
                    kept.push_str(&line);
                    kept.push('\n');
                }
            }
            write_atomically(path, kept.as_bytes())?;
        }
        let file = OpenOptions::new()
            .create(true)
            .append(true)
            .open(path)
            .map_err(io)?;
        Ok(Self {
            file,
            path: path.to_owned(),
        })
    }

    pub(super) fn add(&mut self, metrics: &StepMetrics) -> Result<(), TrainError> {
        let mut line = serde_json::to_string(metrics).unwrap_or_default();
        line.push('\n');
        let written = self.file.write_all(line.as_bytes());
        written.map_err(|source| TrainError::io("recording a step", &self.path, source))
    }
}
