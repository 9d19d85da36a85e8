//! What a run is: one struct for the TOML file, the form in the window and the record in the run folder.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::TrainError;
use super::limits;
use super::settings::{
    AuxiliaryConfig, BatchConfig, CurriculumConfig, LoraConfig, LossConfig, ModelSource,
    OptimizerConfig, PictureConfig,
};
use super::sources::{ActionSource, LabelSource};
use crate::model::device::{DeviceChoice, DeviceError, DevicePlace};

/// A run of training.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RunConfig {
    /// The run folder: made if missing, continued with `resume`.
    pub folder: PathBuf,
    /// Where to train.
    pub device: DeviceChoice,
    /// Several devices to train on in its place, by name: `cpu`, `wgpu`, `wgpu:1`, `lent:KEY@HOST:PORT`. The first one
    /// keeps the model; every step is shared out evenly among all.
    pub devices: Vec<String>,
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
            devices: Vec::new(),
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

/// Largest file that is read as a configuration.
const MAX_BYTES: u64 = 1 << 20;

impl RunConfig {
    /// Whether answers are learnt: what the recipe says, unless it gives them no weight beside the actions.
    #[must_use]
    pub fn answers(&self) -> bool {
        self.recipe.answers() && (!self.recipe.acts() || self.loss.vlm > 0.0)
    }

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
        let base = path.parent().unwrap_or(Path::new(""));
        config.each_path(&mut |path| *path = base.join(&*path));
        config.check()?;
        Ok(config)
    }

    /// The same with paths from the root of the file system, so that it can be read from anywhere.
    pub(super) fn whole(&self) -> Self {
        let mut whole = self.clone();
        whole.each_path(&mut |path| {
            if let Ok(found) = std::path::absolute(&*path) {
                *path = found;
            }
        });
        whole
    }

    fn each_path(&mut self, change: &mut dyn FnMut(&mut PathBuf)) {
        let mut paths: Vec<&mut PathBuf> = vec![&mut self.folder];
        paths.extend(self.model.from.as_mut());
        paths.extend(self.model.base_vlm.as_mut());
        paths.extend(self.labels.iter_mut().map(|source| &mut source.path));
        paths.extend(self.actions.iter_mut().map(|source| &mut source.path));
        paths.into_iter().for_each(change);
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
        if self.answers() && !sum(&mut self.labels.iter().map(|s| s.weight)) {
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
        self.check_devices()?;
        limits::check(self)?;
        let optimizer = &self.optimizer;
        if optimizer.clip.is_nan() || optimizer.clip <= 0.0 {
            return setting("optimizer.clip", "must be above 0; 1 is usual");
        }
        if optimizer
            .ema
            .is_some_and(|decay| !(0.0..1.0).contains(&decay))
        {
            return setting("optimizer.ema", "must be from 0 to below 1; 0.999 is usual");
        }
        if self.curriculum.vision_steps > 0 && !(self.answers() && self.auxiliary.dense > 0.0) {
            return setting(
                "curriculum.vision_steps",
                "train by the dense loss of pictures with labels: set auxiliary.dense above 0 and a recipe that learns answers",
            );
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

    /// The devices by name.
    ///
    /// # Errors
    /// When one of the names is none.
    pub(super) fn places(&self) -> Result<Vec<DevicePlace>, DeviceError> {
        self.devices.iter().map(|name| name.parse()).collect()
    }

    fn check_devices(&self) -> Result<(), TrainError> {
        let setting = |name: &str, why: String| {
            Err(TrainError::Setting {
                name: name.to_owned(),
                why,
            })
        };
        let places = self.places()?;
        if places.is_empty() {
            return Ok(());
        }
        if self.device != DeviceChoice::Auto {
            return setting("devices", "leave `device` out where there is a list".into());
        }
        for (at, place) in places.iter().enumerate() {
            if places[..at].contains(place) && *place != DevicePlace::Cpu {
                return setting("devices", format!("{place} is named twice"));
            }
        }
        let few = |name: &str, count: usize| {
            let devices = places.len();
            setting(
                name,
                format!("{count} cannot be shared out among {devices} devices"),
            )
        };
        let batch = &self.batch;
        if self.answers() && batch.pictures < places.len() {
            return few("batch.pictures", batch.pictures);
        }
        if self.recipe.acts() && batch.actions < places.len() {
            return few("batch.actions", batch.actions);
        }
        Ok(())
    }
}
