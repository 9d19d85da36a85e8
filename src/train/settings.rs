//! The parts of a run's configuration, each a table of the TOML file.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Deserializer, Serialize};

use super::TrainError;
use crate::model::training::AdamWSettings;

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
    /// Width and height every picture is resized to: multiples of 28. The action side takes only some shapes, 140x112,
    /// 168x112, 224x224 and 280x224 among them.
    pub size: [u32; 2],
    /// Resized pictures kept in memory, in megabytes.
    pub cache: usize,
    /// Labelled pictures are moved by up to so many pixels each way, boxes and points with them.
    pub shift: u32,
    /// Pictures of action samples are moved by up to so many pixels each way, all views of a moment alike, and where the
    /// arm aims with them: what cannot be learnt by heart must be seen (`DrQ`, Kostrikov et al. 2020).
    pub action_shift: u32,
}

impl Default for PictureConfig {
    fn default() -> Self {
        Self {
            size: [224, 224],
            cache: 1024,
            shift: 0,
            action_shift: 0,
        }
    }
}

/// The number format of a run's products. Weights, their moments, sums, norms, softmax and losses are f32 in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Multiply {
    /// 32 bits.
    #[default]
    F32,
    /// 16 bits, on a graphics adapter that has them (mixed precision).
    F16,
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
    /// Parts a step is computed in, one after the other, to fit memory; the gradient stays that of the whole step.
    pub accumulate: usize,
    /// Parts computed at the same time on the CPU, each on a core of its own; 0 for as many as there are cores.
    pub parallel: usize,
    /// Recompute cheap activations in the backward pass to fit memory.
    pub checkpointing: bool,
    /// What linear layers multiply in, forwards and backwards.
    pub precision: Multiply,
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
            precision: Multiply::F32,
            tokens: 2048,
        }
    }
}

/// The optimiser.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OptimizerConfig {
    /// Full rates of the groups `qwen_vl_interface`, `action_model` and `base`, or of parameters by the beginning of
    /// their name; `base` where nothing fits. Where `base` is left out, groups that are not named have their published rates.
    #[serde(deserialize_with = "beside_published")]
    pub rates: BTreeMap<String, f64>,
    /// Beginnings of the names of parameters that are not trained.
    pub freeze: Vec<String>,
    /// Steps of warm-up; a tenth of the run at most.
    pub warmup: u64,
    /// Where the cosine ends, as a share of the full rate.
    pub floor: f64,
    /// Its decays and epsilon.
    pub adamw: AdamWSettings,
    /// Largest norm of all gradients together.
    pub clip: f64,
    /// Keep a running mean of the weights with this decay, and save it in their place.
    pub ema: Option<f64>,
}

/// The rates of the published configuration.
fn published() -> BTreeMap<String, f64> {
    let rates = [
        ("qwen_vl_interface", 1e-5),
        ("action_model", 1e-4),
        ("base", 5e-5),
    ];
    rates.map(|(name, rate)| (name.to_owned(), rate)).into()
}

/// Rates that are given, and without one for all the rest the published ones.
fn beside_published<'de, D: Deserializer<'de>>(from: D) -> Result<BTreeMap<String, f64>, D::Error> {
    let mut given = BTreeMap::<String, f64>::deserialize(from)?;
    if !given.contains_key("base") {
        for (group, rate) in published() {
            given.entry(group).or_insert(rate);
        }
    }
    Ok(given)
}

impl Default for OptimizerConfig {
    /// The published configuration.
    fn default() -> Self {
        Self {
            rates: published(),
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
    /// What the answers count beside the actions; 0 to learn actions alone, as with a planner that is frozen.
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
    /// Where the arm is, grips and lets go, told by the condition of the actions.
    pub aim: f64,
}

impl AuxiliaryConfig {
    /// Whether there is any of the planner.
    #[must_use]
    pub fn of_planner(&self) -> bool {
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

impl NewModel {
    /// Whether the sizes fit each other.
    pub(super) fn check(&self) -> Result<(), TrainError> {
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
