//! What a run is: one struct for the TOML file, the form in the window and the record in the run folder.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::TrainError;
use crate::model::device::DeviceChoice;
use crate::model::training::AdamWSettings;

/// A run of training.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RunConfig {
    /// The run folder: made if missing, continued with `resume`.
    pub folder: PathBuf,
    /// Where to train.
    pub device: DeviceChoice,
    /// Decides every draw.
    pub seed: u64,
    /// Steps of the optimiser.
    pub steps: u64,
    /// Steps between two saves.
    pub save_every: u64,
    /// Checkpoints kept; older ones are deleted. 0 keeps all.
    pub keep: usize,
    /// Which losses train which parts.
    pub recipe: Recipe,
    /// Where the model comes from.
    pub model: ModelSource,
    /// How pictures are fitted.
    pub picture: PictureConfig,
    /// Labelled pictures and conversations.
    pub labels: Vec<LabelSource>,
    /// Recorded episodes.
    pub actions: Vec<ActionSource>,
    /// Sizes of a step.
    pub batch: BatchConfig,
    /// The optimiser.
    pub optimizer: OptimizerConfig,
    /// The losses.
    pub loss: LossConfig,
    /// Losses that help a model trained from nothing; their heads are not saved with it.
    pub auxiliary: AuxiliaryConfig,
    /// What comes first.
    pub curriculum: CurriculumConfig,
    /// Train low-rank additions to the planner in place of its weights.
    pub lora: Option<LoraConfig>,
}

impl Default for RunConfig {
    fn default() -> Self {
        Self {
            folder: PathBuf::new(),
            device: DeviceChoice::Auto,
            seed: 42,
            steps: 1000,
            save_every: 500,
            keep: 2,
            recipe: Recipe::Grounding,
            model: ModelSource::default(),
            picture: PictureConfig::default(),
            labels: Vec::new(),
            actions: Vec::new(),
            batch: BatchConfig::default(),
            optimizer: OptimizerConfig::default(),
            loss: LossConfig::default(),
            auxiliary: AuxiliaryConfig::default(),
            curriculum: CurriculumConfig::default(),
            lora: None,
        }
    }
}

/// Which losses train which parts: stage 1, and the three strategies the paper compares in stage 2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Recipe {
    /// Stage 1: answers alone, no expert.
    #[default]
    Grounding,
    /// Actions alone, from the bare instruction.
    Vanilla,
    /// Actions and answers, from the bare instruction.
    CoTraining,
    /// Actions and answers, the instruction wrapped in the spatial prompt.
    SpatiallyGuided,
}

impl Recipe {
    /// Whether actions are learnt.
    #[must_use]
    pub const fn acts(self) -> bool {
        !matches!(self, Self::Grounding)
    }

    /// Whether answers are learnt.
    #[must_use]
    pub const fn answers(self) -> bool {
        !matches!(self, Self::Vanilla)
    }

    /// Whether instructions are wrapped.
    #[must_use]
    pub const fn wraps(self) -> bool {
        matches!(self, Self::SpatiallyGuided)
    }
}

/// Where the model comes from.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ModelSource {
    /// A checkpoint that opens: a run folder, a weights file in one, or a Qwen2.5-VL folder.
    pub from: Option<PathBuf>,
    /// The tokenizer's folder, where the checkpoint does not name it.
    pub base_vlm: Option<PathBuf>,
    /// Sizes of a model made from nothing, with a vocabulary of its own.
    pub new: Option<NewModel>,
    /// An action side of these sizes, where `from` has none.
    pub expert: Option<NewExpert>,
}

/// Sizes of a planner made from nothing. Key and value heads divide the heads; the width divides by the heads.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NewModel {
    /// Width of the language model.
    pub width: usize,
    /// Its blocks.
    pub layers: usize,
    /// Its query heads.
    pub heads: usize,
    /// Its key and value heads.
    pub shared_heads: usize,
    /// Width of its gated MLP.
    pub inner: usize,
    /// Base of its rotary frequencies. Small for small pictures: the width axis gets the lowest frequencies.
    pub rope_theta: f64,
    /// Whether the output head is the embedding.
    pub tied: bool,
    /// Width of the vision tower.
    pub vision_width: usize,
    /// Its blocks; the last one sees the whole picture.
    pub vision_layers: usize,
    /// Its heads.
    pub vision_heads: usize,
    /// Width of its gated MLP.
    pub vision_inner: usize,
    /// Most words in the vocabulary, beside numbers and bytes.
    pub words: usize,
}

impl Default for NewModel {
    fn default() -> Self {
        Self {
            width: 128,
            layers: 4,
            heads: 4,
            shared_heads: 2,
            inner: 384,
            rope_theta: 30.0,
            tied: false,
            vision_width: 128,
            vision_layers: 4,
            vision_heads: 4,
            vision_inner: 384,
            words: 4000,
        }
    }
}

/// Sizes of an action side made from nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NewExpert {
    /// Width of the image encoder.
    pub dino_width: usize,
    /// Its blocks.
    pub dino_layers: usize,
    /// Its heads.
    pub dino_heads: usize,
    /// Planner states the querying transformer reads, from the last one back.
    pub states: usize,
    /// Queries.
    pub queries: usize,
    /// Width of queries and diffusion transformer.
    pub width: usize,
    /// Blocks of the diffusion transformer.
    pub layers: usize,
    /// Its heads.
    pub heads: usize,
    /// Steps of a chunk.
    pub horizon: usize,
    /// Axes of an action.
    pub axes: usize,
}

impl Default for NewExpert {
    fn default() -> Self {
        Self {
            dino_width: 96,
            dino_layers: 3,
            dino_heads: 6,
            states: 1,
            queries: 64,
            width: 128,
            layers: 4,
            heads: 4,
            horizon: 16,
            axes: 7,
        }
    }
}

/// How pictures are fitted before both encoders.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PictureConfig {
    /// Width and height every picture is resized to; multiples of 28 lose nothing.
    pub size: [u32; 2],
    /// Resized pictures kept in memory, in megabytes.
    pub cache: usize,
}

impl Default for PictureConfig {
    fn default() -> Self {
        Self {
            size: [224, 224],
            cache: 1024,
        }
    }
}

/// A source of questions and answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LabelSource {
    /// Any readable label dataset.
    pub path: PathBuf,
    /// Its share of the pictures that are drawn.
    pub weight: f64,
    /// Ask for what is labelled where a picture has fewer questions than a step wants.
    pub ask: bool,
    /// Only the part of this name, such as `train`.
    pub split: Option<String>,
}

impl Default for LabelSource {
    fn default() -> Self {
        Self {
            path: PathBuf::new(),
            weight: 1.0,
            ask: true,
            split: None,
        }
    }
}

/// A source of actions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ActionSource {
    /// A LeRobot dataset.
    pub path: PathBuf,
    /// Its share of the samples that are drawn.
    pub weight: f64,
    /// Cameras in the order the model sees them; the first one of the dataset if none is named.
    pub cameras: Vec<String>,
    /// The column of actions.
    pub column: String,
    /// The tag of its statistics.
    pub tag: String,
}

impl Default for ActionSource {
    fn default() -> Self {
        Self {
            path: PathBuf::new(),
            weight: 1.0,
            cameras: Vec::new(),
            column: "action".into(),
            tag: "new_embodiment".into(),
        }
    }
}

/// Sizes of a step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BatchConfig {
    /// Pictures with questions.
    pub pictures: usize,
    /// Questions packed behind each picture.
    pub questions: usize,
    /// Action samples.
    pub actions: usize,
    /// Times each action sample is learnt with other noise.
    pub repeats: usize,
    /// Parts a step is divided into; their gradients are averaged.
    pub accumulate: usize,
    /// Parts computed at the same time on the CPU, each on a core of its own; 0 for as many as there are cores.
    pub parallel: usize,
    /// Recompute cheap activations in the backward pass to fit memory.
    pub checkpointing: bool,
    /// Longest sequence.
    pub tokens: usize,
}

impl Default for BatchConfig {
    fn default() -> Self {
        Self {
            pictures: 8,
            questions: 5,
            actions: 16,
            repeats: 4,
            accumulate: 1,
            parallel: 0,
            checkpointing: false,
            tokens: 2048,
        }
    }
}

/// The optimiser.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OptimizerConfig {
    /// Full rates of the groups `qwen_vl_interface`, `action_model` and `base`, or of parameters by the beginning of
    /// their name; `base` where nothing fits.
    pub rates: BTreeMap<String, f64>,
    /// Beginnings of the names of parameters that are not trained.
    pub freeze: Vec<String>,
    /// Steps of warm-up.
    pub warmup: u64,
    /// Where the cosine ends, as a share of the full rate.
    pub floor: f64,
    /// AdamW.
    pub adamw: AdamWSettings,
    /// Largest norm of all gradients together.
    pub clip: f64,
    /// Keep a running mean of the weights with this decay, and save it in their place.
    pub ema: Option<f64>,
}

impl Default for OptimizerConfig {
    /// The published configuration.
    fn default() -> Self {
        let rates = [
            ("qwen_vl_interface", 1e-5),
            ("action_model", 1e-4),
            ("base", 5e-5),
        ];
        Self {
            rates: rates.map(|(name, rate)| (name.to_owned(), rate)).into(),
            freeze: Vec::new(),
            warmup: 5000,
            floor: 0.01,
            adamw: AdamWSettings::default(),
            clip: 1.0,
            ema: None,
        }
    }
}

/// The losses.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LossConfig {
    /// What the answers count beside the actions.
    pub vlm: f64,
    /// What the gradient from the expert into the planner is multiplied with: 0.5 in the paper, 1 in its code.
    pub gradient_decay: f64,
    /// Log the projection-space similarity of both gradients every so many steps; 0 never.
    pub similarity_every: u64,
    /// Singular values below this share of the largest do not count towards the rank of a gradient.
    pub similarity_cutoff: f64,
    /// Width of the bell that a number's probability is spread over, in pixels; 0 for the number alone.
    pub number_sigma: f64,
    /// What the distance of the expected number counts, in sides of the picture.
    pub number_distance: f64,
}

impl Default for LossConfig {
    fn default() -> Self {
        Self {
            vlm: 0.1,
            gradient_decay: 1.0,
            similarity_every: 0,
            similarity_cutoff: 1e-3,
            number_sigma: 0.0,
            number_distance: 0.0,
        }
    }
}

/// Losses of heads that are dropped afterwards.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AuxiliaryConfig {
    /// What is where, patch by patch.
    pub dense: f64,
    /// Which cells the answer speaks of, read in the middle of the language model.
    pub heat: f64,
    /// Which cells the words of the question name, before the language model.
    pub align: f64,
}

impl AuxiliaryConfig {
    /// Whether there is any.
    #[must_use]
    pub fn any(&self) -> bool {
        self.dense > 0.0 || self.heat > 0.0 || self.align > 0.0
    }
}

/// What comes first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CurriculumConfig {
    /// Steps that train the vision tower alone, by the dense loss.
    pub vision_steps: u64,
    /// Share of the run that sees easy pictures only.
    pub easy: f64,
    /// Most labelled objects in an easy picture.
    pub objects: usize,
}

impl Default for CurriculumConfig {
    fn default() -> Self {
        Self {
            vision_steps: 0,
            easy: 0.0,
            objects: 3,
        }
    }
}

/// Low-rank additions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LoraConfig {
    /// Rank.
    pub rank: usize,
    /// The addition is scaled by this over the rank.
    pub alpha: f64,
}

impl Default for LoraConfig {
    fn default() -> Self {
        Self {
            rank: 8,
            alpha: 16.0,
        }
    }
}

/// Largest file that is read as a configuration.
const MAX_BYTES: u64 = 1 << 20;

impl RunConfig {
    /// Reads a TOML file; paths in it are relative to its folder.
    ///
    /// # Errors
    /// When it cannot be read, has a key nobody knows, or contradicts itself.
    pub fn read(path: &Path) -> Result<Self, TrainError> {
        let io = |source| TrainError::io("reading the run's configuration", path, source);
        let length = std::fs::metadata(path).map_err(io)?.len();
        if length > MAX_BYTES {
            return Err(TrainError::Config {
                what: format!("{length} bytes are too many for a configuration"),
                path: path.to_owned(),
            });
        }
        let text = std::fs::read_to_string(path).map_err(io)?;
        let mut config: Self = toml::from_str(&text).map_err(|error| TrainError::Config {
            what: error.to_string(),
            path: path.to_owned(),
        })?;
        config.rebase(path.parent().unwrap_or(Path::new("")));
        config.check()?;
        Ok(config)
    }

    fn rebase(&mut self, base: &Path) {
        let mut paths: Vec<&mut PathBuf> = vec![&mut self.folder];
        paths.extend(self.model.from.as_mut());
        paths.extend(self.model.base_vlm.as_mut());
        paths.extend(self.labels.iter_mut().map(|source| &mut source.path));
        paths.extend(self.actions.iter_mut().map(|source| &mut source.path));
        for path in paths {
            *path = base.join(&*path);
        }
    }

    /// Checks what needs no files.
    ///
    /// # Errors
    /// Names the setting that cannot be.
    pub fn check(&self) -> Result<(), TrainError> {
        let setting = |name: &str, why: &str| {
            Err(TrainError::Setting {
                name: name.to_owned(),
                why: why.to_owned(),
            })
        };
        let weights = self.labels.iter().map(|s| (&s.path, s.weight));
        let weights = weights.chain(self.actions.iter().map(|s| (&s.path, s.weight)));
        for (path, weight) in weights {
            if !weight.is_finite() || weight < 0.0 {
                return setting("weight", &format!("of {} is {weight}", path.display()));
            }
        }
        let sum = |weights: &mut dyn Iterator<Item = f64>| weights.sum::<f64>() > 0.0;
        if self.recipe.answers() && !sum(&mut self.labels.iter().map(|s| s.weight)) {
            return setting(
                "labels",
                "no source has a weight above zero, so nothing is drawn",
            );
        }
        if self.recipe.acts() && !sum(&mut self.actions.iter().map(|s| s.weight)) {
            return setting(
                "actions",
                "no source has a weight above zero, so nothing is drawn",
            );
        }
        if self.folder.as_os_str().is_empty() {
            return setting("folder", "is missing: say where the run is kept");
        }
        let [width, height] = self.picture.size;
        if !(28..=4096).contains(&width) || !(28..=4096).contains(&height) {
            return setting("picture.size", "must be from 28 to 4096 pixels");
        }
        let batch = &self.batch;
        if batch.pictures == 0 || batch.questions == 0 || batch.actions == 0 || batch.repeats == 0 {
            return setting("batch", "every count must be at least 1");
        }
        if batch.pictures > 65_536 || batch.questions > 1024 || batch.actions > 65_536 {
            return setting("batch", "is larger than any machine can hold");
        }
        if self.model.from.is_some() == self.model.new.is_some() {
            return setting(
                "model",
                "give either `from` (a checkpoint) or `new` (sizes)",
            );
        }
        if let Some(new) = &self.model.new {
            new.check()?;
        }
        Ok(())
    }
}

impl NewModel {
    fn check(&self) -> Result<(), TrainError> {
        let wrong = |why: &str| {
            Err(TrainError::Setting {
                name: "model.new".into(),
                why: why.to_owned(),
            })
        };
        let sizes = [
            self.width,
            self.layers,
            self.heads,
            self.shared_heads,
            self.inner,
            self.vision_width,
            self.vision_layers,
            self.vision_heads,
            self.vision_inner,
        ];
        if sizes.iter().any(|size| !(1..=16_384).contains(size)) {
            return wrong("sizes must be from 1 to 16384");
        }
        let splits = |width: usize, heads: usize, by: usize| {
            width.is_multiple_of(heads) && (width / heads).is_multiple_of(by)
        };
        if !splits(self.width, self.heads, 16) || !self.heads.is_multiple_of(self.shared_heads) {
            return wrong(
                "the width over the heads must be a multiple of 16, the heads one of the shared heads",
            );
        }
        if !splits(self.vision_width, self.vision_heads, 4) {
            return wrong("the vision width over its heads must be a multiple of 4");
        }
        Ok(())
    }
}
