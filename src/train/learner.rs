//! Everything that learns in a run, its parameters by name, and the files it came with.

use std::collections::BTreeSet;
use std::path::Path;

use burn::module::Module;
use burn::tensor::{DType, Device};

use super::aim::Aim;
use super::gallery::Gallery;
use super::heads::Heads;
use super::lora::Adapters;
use super::vocabulary::Vocabulary;
use super::{RunConfig, TrainError, fresh};
use crate::geometry::ImageSize;
use crate::grounding::prompt::PRESETS;
use crate::job::JobContext;
use crate::model::checkpoint::{Checkpoint, Filling, LoadError, Loader, Statistics};
use crate::model::config::{ModelConfig, ProcessorConfig};
use crate::model::expert::Expert;
use crate::model::planner::{Planner, PlannerTokenizer};
use crate::model::training::{Network, Parameters};

/// The sentence around an instruction in the published configurations.
pub(super) const SPATIAL_PROMPT: &str = "Your task is {instruction}. To identify the key objects for your task. Locate their bounding boxes in [x1,y1,x2,y2] format.";

/// Most words that the dense head tells apart.
const MAX_WORDS: usize = 256;

/// Model and heads.
#[derive(Module, Debug)]
pub(super) struct Learner {
    pub network: Network,
    pub heads: Option<Heads>,
    pub aim: Option<Aim>,
    pub adapters: Option<Adapters>,
}

impl Learner {
    fn plain(network: Network) -> Self {
        Self {
            network,
            heads: None,
            aim: None,
            adapters: None,
        }
    }

    /// A copy of its own on another device.
    pub(super) fn on(self, device: &Device) -> Self {
        Self {
            network: self.network.on(device),
            heads: self.heads.map(|heads| heads.fork(device)),
            aim: self.aim.map(|aim| aim.fork(device)),
            adapters: self.adapters.map(|adapters| adapters.fork(device)),
        }
    }

    /// The network as it computes: with the low-rank additions, where there are any.
    pub(super) fn computing(self) -> Self {
        match &self.adapters {
            Some(adapters) => Self {
                network: adapters.merged(self.network.clone()),
                ..self
            },
            None => self,
        }
    }
}

/// A learner with what it was made from.
pub(super) struct Made {
    pub learner: Learner,
    pub parameters: Parameters,
    pub config: ModelConfig,
    pub tokenizer: PlannerTokenizer,
    pub processor: ProcessorConfig,
    pub prompt: Option<String>,
    pub statistics: Option<Statistics>,
    /// The cameras it was trained to act through so far.
    pub cameras: Vec<String>,
    /// Words of the dense head.
    pub words: Vec<String>,
}

impl Made {
    /// Loads the model of a run, or makes it. The run's own `qwen` folder holds the tokenizer from then on.
    pub(super) fn new(
        config: &RunConfig,
        galleries: &[Gallery],
        (device, context): (&Device, &JobContext<'_>),
    ) -> Result<Self, TrainError> {
        let folder = config.folder.join("qwen");
        // What a run without a saved state left behind is not gone on with.
        let begun = config.folder.join(super::state::STATE).is_file();
        let words = words(galleries);
        let mut made = match (&config.model.new, &config.model.from) {
            (Some(new), _) => {
                if !begun {
                    let [width, height] = config.picture.size;
                    let largest = width.max(height);
                    let vocabulary = Vocabulary::new(texts(galleries), largest, new.words);
                    let sizes = fresh::planner(new, &vocabulary);
                    let wanted = ImageSize::new(width, height);
                    let pixels = fresh::most_pixels(stored(galleries), wanted);
                    fresh::write(&folder, &vocabulary, &sizes, pixels)?;
                }
                Self::fresh(config, device, context)?
            }
            (None, Some(path)) => {
                let base = config.model.base_vlm.as_deref();
                let checkpoint = Checkpoint::open(path, base)?;
                copy_files(&checkpoint.planner.folder, &folder, begun)?;
                Self::loaded(checkpoint, config, device, context)?
            }
            (None, None) => {
                return Err(TrainError::Setting {
                    name: "model".into(),
                    why: "give either `from` (a checkpoint) or `new` (sizes)".into(),
                });
            }
        };
        if config.auxiliary.of_planner() {
            made.add_heads(config.seed, words, device, context)?;
        }
        if config.auxiliary.aim > 0.0 && config.recipe.acts() {
            made.add_aim(config.seed, device, context)?;
        }
        if let Some(lora) = &config.lora {
            let list = made.parameters.list().to_vec();
            let (adapters, named) = Adapters::new(lora, &list, config.seed, (device, context))?;
            made.learner.adapters = Some(adapters);
            made.parameters = Parameters::new([list, named].concat());
        }
        Ok(made)
    }

    fn fresh(
        config: &RunConfig,
        device: &Device,
        context: &JobContext<'_>,
    ) -> Result<Self, TrainError> {
        let folder = config.folder.join("qwen");
        let files = crate::model::checkpoint::planner_sizes(&folder)?;
        let tokenizer = PlannerTokenizer::open(&folder)?;
        tokenizer.check(&files.0, &folder)?;
        let expert = match (&config.model.expert, config.recipe.acts()) {
            (Some(sizes), _) => Some(fresh::expert(sizes, &files.0)?),
            (None, true) => Some(fresh::expert(&super::NewExpert::default(), &files.0)?),
            (None, false) => None,
        };
        let sizes = ModelConfig {
            qwen: files.0,
            expert,
        };
        let loader = Loader::new(Filling::Fresh(config.seed), device, DType::F32, context);
        let (network, parameters) = Network::load(&loader, &sizes)?;
        Ok(Self {
            learner: Learner::plain(network),
            parameters,
            config: sizes,
            tokenizer,
            processor: files.1,
            prompt: None,
            statistics: None,
            cameras: Vec::new(),
            words: Vec::new(),
        })
    }

    fn loaded(
        mut checkpoint: Checkpoint,
        config: &RunConfig,
        device: &Device,
        context: &JobContext<'_>,
    ) -> Result<Self, TrainError> {
        let folder = checkpoint.planner.folder.clone();
        let tokenizer = PlannerTokenizer::open(&folder)?;
        tokenizer.check(&checkpoint.config.qwen, &folder)?;
        let mut sizes = checkpoint.config.clone();
        let processor = checkpoint.planner.processor.clone();
        let prompt = checkpoint
            .run
            .as_ref()
            .and_then(|run| run.prompt_wrapper.clone());
        let statistics = checkpoint.statistics.clone();
        let cameras = checkpoint.run.as_ref().map(|run| run.cameras.clone());
        let cameras = cameras.unwrap_or_default();
        let loader = Loader::new(
            Filling::Source(checkpoint.source()),
            device,
            DType::F32,
            context,
        );
        let (mut network, mut parameters) = Network::load(&loader, &sizes)?;
        let tally = loader.finish();
        if let Some(first) = tally.missing.first() {
            return Err(LoadError::Tensors {
                missing: tally.missing.len(),
                misshapen: tally.misshapen.len(),
                first: first.clone(),
            }
            .into());
        }
        if let Some(first) = tally.misshapen.first() {
            return Err(LoadError::Tensors {
                missing: 0,
                misshapen: tally.misshapen.len(),
                first: first.key.clone(),
            }
            .into());
        }
        if config.recipe.acts() && network.expert.is_none() {
            let new = config.model.expert.clone().unwrap_or_default();
            let expert = fresh::expert(&new, &sizes.qwen)?;
            let loader = Loader::new(Filling::Fresh(config.seed), device, DType::F32, context);
            network.expert = Some(Expert::load(&loader.weights(), &expert)?);
            sizes.expert = Some(expert);
            let named = [parameters.list(), &loader.named()].concat();
            parameters = Parameters::new(named);
        }
        Ok(Self {
            learner: Learner::plain(network),
            parameters,
            config: sizes,
            tokenizer,
            processor,
            prompt,
            statistics,
            cameras,
            words: Vec::new(),
        })
    }

    fn add_heads(
        &mut self,
        seed: u64,
        words: Vec<String>,
        device: &Device,
        context: &JobContext<'_>,
    ) -> Result<(), TrainError> {
        let loader = Loader::new(Filling::Fresh(seed), device, DType::F32, context);
        let width = self.config.qwen.hidden_size;
        self.learner.heads = Some(Heads::load(&loader.weights(), width, words.len())?);
        let named = [self.parameters.list(), &loader.named()].concat();
        self.parameters = Parameters::new(named);
        self.words = words;
        Ok(())
    }

    fn add_aim(
        &mut self,
        seed: u64,
        device: &Device,
        context: &JobContext<'_>,
    ) -> Result<(), TrainError> {
        let Some(sizes) = &self.config.expert else {
            return Ok(());
        };
        let loader = Loader::new(Filling::Fresh(seed), device, DType::F32, context);
        self.learner.aim = Some(Aim::load(&loader.weights(), sizes)?);
        let named = [self.parameters.list(), &loader.named()].concat();
        self.parameters = Parameters::new(named);
        Ok(())
    }

    /// The planner.
    pub(super) const fn planner(&self) -> &Planner {
        &self.learner.network.planner
    }
}

/// Every text the model is to know: those of the data, the questions of the workbench, the spatial prompt.
fn texts(galleries: &[Gallery]) -> impl Iterator<Item = &str> {
    let own = galleries.iter().flat_map(Gallery::texts);
    own.chain(PRESETS.iter().map(|preset| preset.template))
        .chain(std::iter::once(SPATIAL_PROMPT))
}

/// The size of a picture of the data, if it can be read.
fn stored(galleries: &[Gallery]) -> Option<ImageSize> {
    let shot = galleries.iter().flat_map(|gallery| &gallery.shots).next()?;
    let picture = crate::media::Picture::open(&shot.file).ok()?;
    Some(picture.frame.size())
}

/// The words in names of things.
fn words(galleries: &[Gallery]) -> Vec<String> {
    let things = galleries
        .iter()
        .flat_map(|g| &g.shots)
        .flat_map(|s| &s.things);
    let words: BTreeSet<&str> = things.flat_map(|t| t.label.split_whitespace()).collect();
    let mut words: Vec<String> = words
        .into_iter()
        .take(MAX_WORDS)
        .map(str::to_owned)
        .collect();
    if words.is_empty() {
        // The dense head still learns edges.
        words.push(String::new());
    }
    words
}

/// The small files of a planner's folder, into the run's own.
fn copy_files(from: &Path, to: &Path, begun: bool) -> Result<(), TrainError> {
    const FILES: [&str; 9] = [
        "config.json",
        "generation_config.json",
        "preprocessor_config.json",
        "tokenizer.json",
        "tokenizer_config.json",
        "chat_template.json",
        "chat_template.jinja",
        "vocab.json",
        "merges.txt",
    ];
    for name in FILES {
        let (source, target) = (from.join(name), to.join(name));
        if !source.is_file() || (begun && target.is_file()) {
            continue;
        }
        let io = |error| TrainError::io("copying the tokenizer", &source, error);
        let bytes = std::fs::read(&source).map_err(io)?;
        super::folder::write_atomically(&target, &bytes)?;
    }
    Ok(())
}
