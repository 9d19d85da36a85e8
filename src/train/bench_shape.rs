//! Sizes of the models that are measured in training.

use serde::Serialize;

use super::vocabulary::Vocabulary;
use super::{NewExpert, NewModel, TrainError, fresh};
use crate::model::config::{ModelConfig, Shape};

/// Sizes of the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum BenchShape {
    /// The smallest that learns: width 128, 4 blocks in either tower.
    #[default]
    Tiny,
    /// Width 192, 6 blocks.
    Small,
    /// `InternVLA-M1` as published.
    #[value(name = "3b")]
    #[serde(rename = "3b")]
    Large3b,
}

impl BenchShape {
    pub(super) fn sizes(self, side: u32) -> Result<ModelConfig, TrainError> {
        let tiny = NewModel::default();
        let new = match self {
            Self::Tiny => tiny,
            Self::Small => NewModel {
                width: 192,
                layers: 6,
                heads: 6,
                shared_heads: 3,
                inner: 576,
                ..tiny
            },
            Self::Large3b => return Ok(Shape::Large3b.config()),
        };
        let vocabulary = Vocabulary::new(std::iter::empty(), side, 0);
        let qwen = fresh::planner(&new, &vocabulary);
        Ok(ModelConfig {
            expert: Some(fresh::expert(&NewExpert::default(), &qwen)?),
            qwen,
        })
    }
}

/// Refuses what the system would end the process for: 4.2 billion parameters with gradients and two moments in f32.
pub(super) fn fits_memory() -> Result<(), TrainError> {
    const NEEDED: u64 = 68_000_000_000;
    let known = std::fs::read_to_string("/proc/meminfo").ok();
    let free = known.as_deref().and_then(|text| {
        let line = text
            .lines()
            .find_map(|line| line.strip_prefix("MemAvailable:"))?;
        let kilobytes: u64 = line.trim().trim_end_matches("kB").trim().parse().ok()?;
        Some(kilobytes * 1024)
    });
    match free {
        Some(free) if free < NEEDED => Err(TrainError::Setting {
            name: "shape 3b".into(),
            why: format!(
                "needs about {} GB for weights, gradients and moments in f32, {} GB are free here; measure it on a GPU with --device wgpu",
                NEEDED / 1_000_000_000,
                free / 1_000_000_000
            ),
        }),
        _ => Ok(()),
    }
}
