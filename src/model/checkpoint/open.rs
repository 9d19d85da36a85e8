//! Opening a checkpoint: every small file is read and checked against the tensors' shapes; no weight is read yet.

use std::path::{Path, PathBuf};

use super::file::{read_json, read_text};
use super::locate::{Located, StepFile, locate, planner_folder};
use super::names::Renamed;
use super::{LoadError, Statistics, TensorSource, container::Container};
use crate::model::config::qwen::MODEL_TYPE;
use crate::model::config::run::RunConfig;
use crate::model::config::shapes::Shapes;
use crate::model::config::{
    GenerationConfig, ModelConfig, ProcessorConfig, QwenConfig, RunSettings,
};

/// Configurations have a few kB.
const MAX_CONFIG: u64 = 1 << 20;
/// A file beside the configuration that marks weights as never trained.
const RANDOM_MARK: &str = "RANDOM_WEIGHTS";

/// What a checkpoint can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckpointKind {
    /// Planner and action expert.
    Policy,
    /// Planner alone.
    Planner,
}

/// The planner's files beside its weights.
#[derive(Debug, Clone, PartialEq)]
pub struct PlannerFiles {
    /// Where `tokenizer.json` lies.
    pub folder: PathBuf,
    /// How images are cut into patches.
    pub processor: ProcessorConfig,
    /// How text is generated.
    pub generation: GenerationConfig,
}

/// An open checkpoint: its sizes, settings and list of tensors.
pub struct Checkpoint {
    /// What it can do.
    pub kind: CheckpointKind,
    /// The weights file, or the list of its parts.
    pub path: PathBuf,
    /// The training step of these weights, where the file's name says it.
    pub step: Option<u64>,
    /// All weights of the run; the usual choice is last.
    pub steps: Vec<StepFile>,
    /// Sizes of every part.
    pub config: ModelConfig,
    /// How the policy was trained, in a run folder.
    pub run: Option<RunSettings>,
    /// Action ranges by embodiment, in a run folder that has them.
    pub statistics: Option<Statistics>,
    /// Tokenizer, image processor and generation settings.
    pub planner: PlannerFiles,
    /// Whether the weights were never trained.
    pub random_weights: bool,
    /// What was odd but could be used.
    pub warnings: Vec<String>,
    source: Renamed,
}

impl Checkpoint {
    /// Opens a run folder, a Hugging Face folder, or a weights file inside either. `base_vlm` is the planner's folder,
    /// for runs whose configuration names one that is not there.
    ///
    /// # Errors
    /// When a file is missing, damaged, of another architecture, or contradicts the tensors.
    pub fn open(path: &Path, base_vlm: Option<&Path>) -> Result<Self, LoadError> {
        match locate(path)? {
            Located::Run {
                folder,
                config,
                chosen,
                steps,
            } => {
                let run = RunConfig::parse(&read_text(&config, MAX_CONFIG)?, &config)?;
                let planner = planner_folder(&folder, run.base_vlm()?, base_vlm)?;
                let mut checkpoint = Self::assemble(&chosen.path, &planner, Some(&run))?;
                checkpoint.step = chosen.step;
                checkpoint.steps = steps;
                checkpoint.random_weights |= marked_random(&folder) || run.random_weights();
                checkpoint.add_statistics(&folder)?;
                Ok(checkpoint)
            }
            Located::Hub { folder, weights } => {
                let mut checkpoint = Self::assemble(&weights, base_vlm.unwrap_or(&folder), None)?;
                checkpoint.random_weights |= marked_random(&folder);
                Ok(checkpoint)
            }
        }
    }

    /// The tensors, by their current names.
    pub fn source(&mut self) -> &mut dyn TensorSource {
        &mut self.source
    }

    /// What the file calls the tensor that is now `name`.
    #[must_use]
    pub fn original_name<'a>(&'a self, name: &'a str) -> &'a str {
        self.source.original(name).unwrap_or(name)
    }

    /// The tensors, for reports.
    #[must_use]
    pub fn entries(&self) -> &[super::TensorEntry] {
        self.source.entries()
    }

    fn assemble(
        weights: &Path,
        planner: &Path,
        run: Option<&RunConfig>,
    ) -> Result<Self, LoadError> {
        let config_path = planner.join("config.json");
        let config = read_json(&config_path, MAX_CONFIG)?;
        let mut qwen = QwenConfig::from_json(&config, &config_path)?;
        let source = Renamed::new(Container::open(weights)?, weights)?;
        let shapes = Shapes::new(source.entries());
        let kind = kind_of(&shapes, &source, weights)?;
        let mut warnings = ModelConfig::settle_planner(&mut qwen, &shapes, &config_path)?;
        let mut settings = None;
        let mut expert = None;
        if let Some(run) = run {
            settings = Some(run.settings()?);
            if kind == CheckpointKind::Policy {
                let (sizes, odd) = run.expert(&shapes, qwen.num_hidden_layers)?;
                warnings.extend(odd);
                expert = Some(sizes);
            }
        } else if kind == CheckpointKind::Policy {
            return Err(LoadError::Missing {
                what: "the config.yaml of this policy's run".into(),
                hint: "keep the weights in the checkpoints folder of their run".into(),
                path: weights.into(),
            });
        }
        Ok(Self {
            kind,
            path: weights.into(),
            step: None,
            steps: Vec::new(),
            config: ModelConfig { qwen, expert },
            run: settings,
            statistics: None,
            planner: planner_files(planner, &config, &mut warnings)?,
            random_weights: config["spvla"]["random_weights"] == true,
            warnings,
            source,
        })
    }

    fn add_statistics(&mut self, folder: &Path) -> Result<(), LoadError> {
        let path = folder.join("dataset_statistics.json");
        if path.exists() {
            let statistics = Statistics::read(&path)?;
            self.check_axes(&statistics);
            self.statistics = Some(statistics);
        } else if self.kind == CheckpointKind::Policy {
            self.warnings.push(
                "dataset_statistics.json is missing: actions stay normalised and cannot drive a robot; \
                 copy it from the training run"
                    .into(),
            );
        }
        Ok(())
    }

    fn check_axes(&mut self, statistics: &Statistics) {
        let Some(expert) = &self.config.expert else {
            return;
        };
        let fits = |key: &str| {
            let chosen = statistics.choose(Some(key));
            chosen.is_ok_and(|(_, embodiment)| embodiment.action.q01.len() == expert.dit.axes)
        };
        if !statistics.keys().any(fits) {
            self.warnings.push(format!(
                "no statistics have the model's {} action axes; actions stay normalised",
                expert.dit.axes
            ));
        }
    }
}

fn marked_random(folder: &Path) -> bool {
    folder.join(RANDOM_MARK).is_file()
}

fn kind_of(shapes: &Shapes, source: &Renamed, path: &Path) -> Result<CheckpointKind, LoadError> {
    let planner = shapes.any("model.language_model.") && shapes.any("model.visual.");
    if planner && shapes.any("action_model.net.") {
        return Ok(CheckpointKind::Policy);
    }
    if planner {
        return Ok(CheckpointKind::Planner);
    }
    let first = source.entries().first().map(|entry| entry.name.as_str());
    let first = super::file::shown(first.unwrap_or("none"));
    Err(LoadError::Unsupported {
        what: format!(
            "the tensors (first: {first}) are of another architecture; \
             only InternVLA-M1 and Qwen2.5-VL ({MODEL_TYPE}) checkpoints can be used"
        ),
        path: path.into(),
    })
}

/// Sizes and image processing of a planner, read from the small files of its folder.
///
/// # Errors
/// When one is missing, damaged or of another architecture.
pub fn planner_sizes(folder: &Path) -> Result<(QwenConfig, ProcessorConfig), LoadError> {
    let path = folder.join("config.json");
    let config = read_json(&path, MAX_CONFIG)?;
    let qwen = QwenConfig::from_json(&config, &path)?;
    let files = planner_files(folder, &config, &mut Vec::new())?;
    Ok((qwen, files.processor))
}

fn planner_files(
    folder: &Path,
    config: &serde_json::Value,
    warnings: &mut Vec<String>,
) -> Result<PlannerFiles, LoadError> {
    let processor_path = folder.join("preprocessor_config.json");
    let processor = if processor_path.exists() {
        ProcessorConfig::from_json(&read_json(&processor_path, MAX_CONFIG)?, &processor_path)?
    } else {
        warnings.push(
            "preprocessor_config.json is missing; Qwen2.5-VL's published values are used".into(),
        );
        ProcessorConfig::default()
    };
    let generation_path = folder.join("generation_config.json");
    let generation = if generation_path.exists() {
        GenerationConfig::from_json(&read_json(&generation_path, MAX_CONFIG)?, &generation_path)?
    } else {
        warnings.push("generation_config.json is missing; replies are generated greedily".into());
        GenerationConfig::from_json(
            &serde_json::json!({"eos_token_id": config["eos_token_id"]}),
            &folder.join("config.json"),
        )?
    };
    if !folder.join("tokenizer.json").is_file() {
        return Err(LoadError::Tokenizer {
            what: "tokenizer.json is missing".into(),
            hint: "copy it from Qwen2.5-VL-3B-Instruct, whose tokenizer all these models share"
                .into(),
            path: folder.into(),
        });
    }
    Ok(PlannerFiles {
        folder: folder.into(),
        processor,
        generation,
    })
}

#[cfg(test)]
mod tests;
