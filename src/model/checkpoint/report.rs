//! What loading found, as plain data: for the window, the command line and logs.

use std::fmt;
use std::path::PathBuf;

use serde::Serialize;

use super::loader::{Misshapen, Tally};
use super::{Checkpoint, CheckpointKind, LoadError, TensorEntry};
use crate::model::config::ModelConfig;

/// Where and how a checkpoint was loaded.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LoadedOn {
    /// The device, in words.
    pub device: String,
    /// The precision of linear weights, in words.
    pub precision: String,
    /// Seconds from opening to ready.
    pub seconds: f64,
}

/// One part of a model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Part {
    /// What it is.
    pub name: &'static str,
    /// Numbers in its tensors.
    pub parameters: u64,
    /// Bytes of its tensors in the file.
    pub file_bytes: u64,
}

/// A tensor whose shape is not the expected one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MisshapenTensor {
    /// Its name.
    pub name: String,
    /// The shape the configuration asks for.
    pub expected: Vec<usize>,
    /// The shape in the file.
    pub found: Vec<usize>,
}

/// How large a model is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ModelSize {
    /// Its parts.
    pub parts: Vec<Part>,
    /// Parameters in use; a tied head counts once.
    pub parameters: u64,
    /// Bytes of them at run time.
    pub bytes: u64,
}

/// Everything worth knowing about a loaded checkpoint.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LoadReport {
    /// The weights file.
    pub path: PathBuf,
    /// Whether it is the checkpoint inside the program; set by whoever unpacked it.
    pub shipped: bool,
    /// The model in one sentence.
    pub architecture: String,
    /// The training step.
    pub step: Option<u64>,
    /// Whether the weights were never trained.
    pub random_weights: bool,
    /// How large it is.
    pub size: ModelSize,
    /// Where and how.
    pub loaded: LoadedOn,
    /// The run's sentence around an instruction, with `{instruction}` in it.
    pub prompt_wrapper: Option<String>,
    /// The cameras it was trained to look through, in their order, where the run names them.
    pub cameras: Vec<String>,
    /// Keys of the action statistics.
    pub statistics: Vec<String>,
    /// The run's training settings as written, null without a run.
    pub training: serde_json::Value,
    /// Tensors that are missing, misshapen and so on.
    pub tensors: TensorFindings,
    /// What was odd but could be used.
    pub warnings: Vec<String>,
}

/// Tensors that did not simply fit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct TensorFindings {
    /// Asked for and not in the file, by current name.
    pub missing: Vec<String>,
    /// In the file with another shape, by the file's name.
    pub misshapen: Vec<MisshapenTensor>,
    /// In the file and not used, by the file's name.
    pub unexpected: Vec<String>,
    /// Too large for f16, by the file's name.
    pub overflowed: Vec<String>,
}

/// Parts by the beginning of their current names.
const PARTS: [(&str, &[&str]); 6] = [
    ("Vision tower", &["model.visual."]),
    ("Language model", &["model.language_model.", "lm_head."]),
    ("DINOv2", &["dino_encoder."]),
    ("DINO projection", &["dino_pro."]),
    ("Querying transformer", &["layer_qformer."]),
    ("Action expert", &["action_model."]),
];

impl LoadReport {
    /// The report of a checkpoint after loading gave `tally`.
    #[must_use]
    pub fn new(checkpoint: &Checkpoint, tally: &Tally, loaded: LoadedOn) -> Self {
        let original = |name: &String| checkpoint.original_name(name).to_owned();
        let misshapen = |found: &Misshapen| MisshapenTensor {
            name: original(&found.key),
            expected: found.expected.clone(),
            found: found.found.clone(),
        };
        let statistics = checkpoint.statistics.as_ref();
        let run = checkpoint.run.as_ref();
        Self {
            path: checkpoint.path.clone(),
            architecture: architecture(checkpoint.kind, &checkpoint.config),
            step: checkpoint.step,
            random_weights: checkpoint.random_weights,
            shipped: false,
            size: ModelSize {
                parts: parts(
                    checkpoint.entries(),
                    checkpoint.config.qwen.tie_word_embeddings,
                ),
                parameters: tally.parameters,
                bytes: tally.bytes,
            },
            loaded,
            prompt_wrapper: run.and_then(|run| run.prompt_wrapper.clone()),
            cameras: run.map_or_else(Vec::new, |run| run.cameras.clone()),
            statistics: statistics.map_or_else(Vec::new, |s| s.keys().map(str::to_owned).collect()),
            training: run.map_or(serde_json::Value::Null, |run| run.training.clone()),
            tensors: TensorFindings {
                missing: tally.missing.clone(),
                misshapen: tally.misshapen.iter().map(misshapen).collect(),
                unexpected: tally.unexpected.iter().map(original).collect(),
                overflowed: tally.overflowed.iter().map(original).collect(),
            },
            warnings: checkpoint.warnings.clone(),
        }
    }

    /// Nothing when every tensor that is needed was there in its shape.
    ///
    /// # Errors
    /// [`LoadError::Tensors`] otherwise.
    pub fn complete(&self) -> Result<(), LoadError> {
        let TensorFindings {
            missing, misshapen, ..
        } = &self.tensors;
        let first = match (missing.first(), misshapen.first()) {
            (Some(name), _) => name.clone(),
            (None, Some(tensor)) => format!(
                "{} of shape {:?}, expected {:?}",
                tensor.name, tensor.found, tensor.expected
            ),
            (None, None) => return Ok(()),
        };
        Err(LoadError::Tensors {
            missing: missing.len(),
            misshapen: misshapen.len(),
            first,
        })
    }
}

fn parts(entries: &[TensorEntry], tied: bool) -> Vec<Part> {
    let part = |(name, prefixes): &(&'static str, &[&str])| {
        let mut part = Part {
            name,
            parameters: 0,
            file_bytes: 0,
        };
        let copy_of_embedding = |entry: &TensorEntry| tied && entry.name == "lm_head.weight";
        for entry in entries {
            if prefixes.iter().any(|prefix| entry.name.starts_with(prefix)) {
                let numel = entry.numel() as u64;
                part.file_bytes += numel * entry.stored.size() as u64;
                part.parameters += if copy_of_embedding(entry) { 0 } else { numel };
            }
        }
        part
    };
    PARTS
        .iter()
        .map(part)
        .filter(|part| part.file_bytes > 0)
        .collect()
}

/// The model in one sentence.
fn architecture(kind: CheckpointKind, config: &ModelConfig) -> String {
    let qwen = &config.qwen;
    let planner = format!(
        "Qwen2.5-VL planner ({} blocks of width {}, vision tower of {} blocks of width {})",
        qwen.num_hidden_layers, qwen.hidden_size, qwen.vision.depth, qwen.vision.hidden_size
    );
    let Some(expert) = config
        .expert
        .as_ref()
        .filter(|_| kind == CheckpointKind::Policy)
    else {
        return format!("{planner}, without an action expert");
    };
    let (dino, qformer, dit) = (&expert.dino, &expert.qformer, &expert.dit);
    format!(
        "InternVLA-M1 policy: {planner}, DINOv2 of {} blocks of width {}, \
         {} queries over hidden states {} to {}, diffusion expert of {} blocks of width {} for {} actions of {} axes",
        dino.depth,
        dino.embed_dim,
        qformer.num_query_tokens,
        qformer.start_layer,
        qformer.end_layer - 1,
        dit.depth,
        dit.width,
        dit.horizon,
        dit.axes
    )
}

impl fmt::Display for LoadReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut row = |name: &str, text: &str| writeln!(f, "{name:<14}{text}");
        row("Weights", &self.path.display().to_string())?;
        row("Architecture", &self.architecture)?;
        if let Some(step) = self.step {
            row("Step", &step.to_string())?;
        }
        if self.random_weights {
            row("Training", "none: random weights, answers mean nothing")?;
        }
        row("Device", &self.loaded.device)?;
        row("Precision", &self.loaded.precision)?;
        let memory = megabytes(self.size.bytes);
        row(
            "In use",
            &format!("{} parameters, {memory}", grouped(self.size.parameters)),
        )?;
        row("Loaded in", &format!("{:.2} s", self.loaded.seconds))?;
        if !self.statistics.is_empty() {
            row("Statistics", &self.statistics.join(", "))?;
        }
        writeln!(
            f,
            "\n{:<24}{:>16}{:>14}",
            "Part", "parameters", "in the file"
        )?;
        for part in &self.size.parts {
            let (count, bytes) = (grouped(part.parameters), megabytes(part.file_bytes));
            writeln!(f, "{:<24}{count:>16}{bytes:>14}", part.name)?;
        }
        self.tensors.fmt(f)?;
        for warning in &self.warnings {
            writeln!(f, "Warning: {warning}")?;
        }
        Ok(())
    }
}

impl fmt::Display for TensorFindings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 10;
        let misshapen: Vec<String> = self
            .misshapen
            .iter()
            .map(|t| format!("{} is {:?}, expected {:?}", t.name, t.found, t.expected))
            .collect();
        let lists = [
            ("Missing", &self.missing),
            ("Misshapen", &misshapen),
            ("Unexpected", &self.unexpected),
            ("Beyond f16", &self.overflowed),
        ];
        writeln!(f)?;
        for (title, names) in lists {
            writeln!(f, "{title:<14}{}", names.len())?;
            for name in names.iter().take(SHOWN) {
                writeln!(f, "  {name}")?;
            }
            if let Some(more) = names.len().checked_sub(SHOWN).filter(|more| *more > 0) {
                writeln!(f, "  and {more} more")?;
            }
        }
        Ok(())
    }
}

/// A count with a comma after every three digits.
fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

fn megabytes(bytes: u64) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}

#[cfg(test)]
mod tests;
