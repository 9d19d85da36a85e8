//! Recorded episodes as action batches: pictures and instruction now, normalised actions from now on.

use std::sync::{Mutex, PoisonError};

use rand::Rng as _;
use rand_distr::{Distribution as _, StandardNormal};
use serde_json::{Value, json};

use super::learner::{Made, SPATIAL_PROMPT};
use super::pictures::{Fitted, Pictures};
use super::random::{Stream, generator, weighted};
use super::{ActionSource, RunConfig, TrainError};
use crate::data::{Episodes, QUANTILES, Stats};
use crate::grounding::prompt::action_prompt;
use crate::job::JobContext;
use crate::model::action::TRAIN_STEPS;
use crate::model::planner::{Positions, prompt};
use crate::model::policy::DINO_SIDE;
use crate::model::training::{ActionBatch, DiffusionDraw, LanguageBatch, Packed};
use crate::vision::normalize::{self, PatchLayout};
use crate::vision::resample::{self, Filter};
use crate::vision::{Fit, Frame};

/// Share of samples learnt without their condition (`class_dropout_prob` of the original).
const DROP: f64 = 0.1;

/// Action samples and what chance decides about them.
pub(super) struct ActionPart {
    pub batch: ActionBatch,
    pub draw: DiffusionDraw,
    /// What was drawn, for messages.
    pub names: Vec<String>,
}

/// The episodes of a run.
pub(super) struct Actions {
    sets: Vec<ActionSet>,
    prompt: Option<String>,
}

/// One dataset.
struct ActionSet {
    weight: f64,
    tag: String,
    cameras: Vec<String>,
    episodes: Mutex<Episodes>,
    recorded: Vec<Recorded>,
    frames: u64,
    axes: usize,
    scale: Scale,
    stats: Stats,
}

/// The actions of one episode.
struct Recorded {
    number: u64,
    /// Frames of all episodes before.
    first: u64,
    task: String,
    actions: Vec<f32>,
}

/// How actions become numbers from -1 to 1: by the 1 % and 99 % quantiles, a gripper as it is.
#[derive(Debug, Clone, PartialEq)]
struct Scale {
    low: Vec<f32>,
    high: Vec<f32>,
    mask: Vec<bool>,
}

impl Scale {
    fn apply(&self, axis: usize, value: f32) -> f32 {
        let (low, high) = (self.low[axis], self.high[axis]);
        if !self.mask[axis] {
            return f32::from(u8::from(value > 0.5));
        }
        if high <= low {
            return value.clamp(-1.0, 1.0);
        }
        (2.0 * (value - low) / (high - low) - 1.0).clamp(-1.0, 1.0)
    }
}

impl Actions {
    /// Opens every source of a run that learns actions.
    pub(super) fn open(
        config: &RunConfig,
        made: &mut Made,
        context: &JobContext<'_>,
    ) -> Result<Self, TrainError> {
        let mut sets = Vec::new();
        if config.recipe.acts() {
            for source in config.actions.iter().filter(|source| source.weight > 0.0) {
                sets.push(ActionSet::open(source, context)?);
            }
        }
        let chunk = made.learner.network.expert.as_ref().map(|e| e.dit.chunk());
        for (set, source) in sets.iter().zip(&config.actions) {
            if let Some([_, axes]) = chunk
                && set.axes != axes
            {
                return Err(TrainError::Setting {
                    name: "actions".into(),
                    why: format!(
                        "{} has {} axes in {}, the model {axes}; set model.expert.axes, or choose another column",
                        source.path.display(),
                        set.axes,
                        source.column
                    ),
                });
            }
        }
        let known = made
            .prompt
            .clone()
            .unwrap_or_else(|| SPATIAL_PROMPT.to_owned());
        Ok(Self {
            sets,
            prompt: config.recipe.wraps().then_some(known),
        })
    }

    /// The sentence around instructions.
    pub(super) fn prompt(&self) -> Option<&str> {
        self.prompt.as_deref()
    }

    /// `dataset_statistics.json`; none where no actions are learnt.
    pub(super) fn statistics(&self) -> Option<Value> {
        if self.sets.is_empty() {
            return None;
        }
        let mut table = serde_json::Map::new();
        for set in &self.sets {
            table
                .entry(set.tag.clone())
                .or_insert_with(|| set.statistics());
        }
        Some(Value::Object(table))
    }

    /// Samples `first..first + count` of a step.
    pub(super) fn draw(
        &self,
        config: &RunConfig,
        made: &Made,
        pictures: &Pictures,
        (step, first, count): (u64, usize, usize),
    ) -> Result<ActionPart, TrainError> {
        let Some(expert) = &made.learner.network.expert else {
            return Err(TrainError::Setting {
                name: "recipe".into(),
                why: "actions need a model with an action expert".into(),
            });
        };
        let [horizon, axes] = expert.dit.chunk();
        let weights: Vec<f64> = self.sets.iter().map(|set| set.weight).collect();
        let mut samples = Vec::with_capacity(count);
        for slot in first..first + count {
            let mut random = generator(config.seed, Stream::Actions, step, slot);
            let set = &self.sets[weighted(&weights, &mut random)];
            let frame = random.random_range(0..set.frames);
            samples.push(set.sample(frame, horizon, pictures)?);
        }
        let repeats = config.batch.repeats;
        let mut random = generator(config.seed, Stream::Noise, step, first);
        let drawn = repeats * count;
        let draw = DiffusionDraw {
            repeats,
            timesteps: (0..drawn)
                .map(|_| random.random_range(0..TRAIN_STEPS))
                .collect(),
            unconditional: (0..drawn).map(|_| random.random_bool(DROP)).collect(),
            noise: StandardNormal
                .sample_iter(&mut random)
                .take(drawn * horizon * axes)
                .collect(),
        };
        let names = samples.iter().map(|sample| sample.name.clone()).collect();
        Ok(ActionPart {
            batch: self.batch(made, samples)?,
            draw,
            names,
        })
    }

    fn batch(&self, made: &Made, samples: Vec<ActionSample>) -> Result<ActionBatch, TrainError> {
        let qwen = &made.config.qwen;
        let processor = &made.processor;
        let layout = PatchLayout {
            patch: processor.patch_size as u32,
            merge: processor.merge_size as u32,
            temporal: processor.temporal_patch_size as u32,
        };
        let setting = |why: String| TrainError::Setting {
            name: "picture.size".into(),
            why,
        };
        let views = samples.first().map_or(1, |sample| sample.views.len());
        let (mut packed, mut frames, mut pixels, mut actions) =
            (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let mut sides = [0; 2];
        for sample in samples {
            let text = action_prompt(self.prompt(), &sample.instruction);
            let text = prompt::chat(views, &text);
            let grids = sample
                .views
                .iter()
                .map(|view| layout.grid(view.frame.size()));
            let grids: Vec<[u32; 3]> = grids
                .collect::<Result<_, _>>()
                .map_err(|error| setting(error.to_string()))?;
            let wrong = |error: crate::model::planner::PlannerError| setting(error.to_string());
            let ids = prompt::expand(&made.tokenizer.encode(&text), &grids, qwen).map_err(wrong)?;
            let positions = Positions::new(&ids, &grids, qwen).map_err(wrong)?;
            packed.push(Packed {
                learnt: vec![false; ids.len()],
                segments: vec![0; ids.len()],
                axes: positions.axes().map(<[u32]>::to_vec),
                ids,
            });
            for view in &sample.views {
                let (values, size) = dino(&view.frame);
                pixels.extend(values);
                sides = size;
            }
            frames.extend(sample.views.into_iter().map(|view| view.frame));
            actions.extend(sample.actions);
        }
        if sides.iter().any(|side| side % 14 != 0) {
            return Err(setting(
                "the action side needs square pictures: DINOv2 sees patches of 14 pixels".into(),
            ));
        }
        let patches =
            normalize::patchify(&frames, layout).map_err(|error| setting(error.to_string()))?;
        let prompts = LanguageBatch::new(&packed, patches.values, patches.grids);
        Ok(ActionBatch {
            prompts: prompts.ok_or_else(|| setting("there is no sample".into()))?,
            views,
            pixels: (pixels, sides),
            actions,
        })
    }
}

/// Normalised pixels for DINO, and their height and width.
fn dino(frame: &Frame) -> (Vec<f32>, [usize; 2]) {
    let fit = Fit::shorter_side(frame.size(), DINO_SIDE);
    let fitted = resample::resize(frame, fit.target, Filter::Bilinear);
    let size = fitted.size();
    let sides = [size.height as usize, size.width as usize];
    (normalize::dino_pixels(&fitted).values, sides)
}

/// One moment of an episode.
struct ActionSample {
    instruction: String,
    views: Vec<Fitted>,
    actions: Vec<f32>,
    name: String,
}

impl ActionSet {
    fn open(source: &ActionSource, context: &JobContext<'_>) -> Result<Self, TrainError> {
        let mut episodes = Episodes::open(&source.path)?;
        let empty = |what: &str| TrainError::Empty {
            what: what.to_owned(),
            path: source.path.clone(),
        };
        let cameras = if source.cameras.is_empty() {
            let first = episodes.info().cameras.first();
            vec![first.ok_or_else(|| empty("it has no camera"))?.name.clone()]
        } else {
            source.cameras.clone()
        };
        for camera in &cameras {
            episodes.camera(camera)?;
        }
        let feature = episodes.feature(&source.column).cloned();
        let feature = feature.ok_or_else(|| empty("it has no such column of actions"))?;
        let axes = feature.width();
        let summaries: Vec<(u64, u64, String)> = episodes
            .summaries()
            .map(|(number, length, tasks)| {
                (
                    number,
                    length,
                    tasks.first().copied().unwrap_or_default().to_owned(),
                )
            })
            .collect();
        let total = summaries.len() as u64;
        let (mut recorded, mut frames) = (Vec::new(), 0);
        for (done, (number, length, task)) in summaries.into_iter().enumerate() {
            context.check()?;
            context.report("Reading actions", done as u64, total);
            if length == 0 || task.is_empty() {
                continue;
            }
            let rows = episodes.rows(number, &[&source.column])?;
            let column = rows.column(&source.column);
            let actions: Option<Vec<f32>> = column.and_then(|column| {
                let values = &column.values;
                (0..values.len())
                    .map(|at| Some(values.number(at)? as f32))
                    .collect()
            });
            let Some(actions) = actions.filter(|all| all.len() == length as usize * axes) else {
                return Err(empty("its actions are not numbers, or some are missing"));
            };
            recorded.push(Recorded {
                number,
                first: frames,
                task,
                actions,
            });
            frames += length;
        }
        if recorded.is_empty() {
            return Err(empty("it has no episode with a task and a frame"));
        }
        let all: Vec<f64> = recorded
            .iter()
            .flat_map(|r| r.actions.iter().copied().map(f64::from))
            .collect();
        let stats = Stats::of_rows(axes, &all);
        Ok(Self {
            weight: source.weight,
            tag: source.tag.clone(),
            cameras,
            episodes: Mutex::new(episodes),
            recorded,
            frames,
            axes,
            scale: scale(&stats, &feature.names),
            stats,
        })
    }

    /// The sample that begins at `frame`, counted over all episodes.
    fn sample(
        &self,
        frame: u64,
        horizon: usize,
        pictures: &Pictures,
    ) -> Result<ActionSample, TrainError> {
        let at = self.recorded.partition_point(|r| r.first <= frame) - 1;
        let recorded = &self.recorded[at];
        let row = (frame - recorded.first) as usize;
        let mut actions = Vec::with_capacity(horizon * self.axes);
        for step in row..row + horizon {
            for axis in 0..self.axes {
                // Steps past the end are zeros before they are scaled, as in the original.
                let value = recorded.actions.get(step * self.axes + axis).copied();
                actions.push(self.scale.apply(axis, value.unwrap_or(0.0)));
            }
        }
        let name = format!("episode {} frame {row}", recorded.number);
        let mut views = Vec::with_capacity(self.cameras.len());
        for camera in &self.cameras {
            let read = || {
                let mut episodes = self.episodes.lock().unwrap_or_else(PoisonError::into_inner);
                Ok(episodes.frame(recorded.number, row as u64, camera)?)
            };
            let key = format!("{}/{}/{camera}", self.tag, frame);
            views.push(pictures.remembered(&key, read)?);
        }
        Ok(ActionSample {
            instruction: recorded.task.clone(),
            views,
            actions,
            name,
        })
    }

    fn statistics(&self) -> Value {
        let stats = &self.stats;
        json!({
            "action": {
                "mean": stats.mean,
                "std": stats.std,
                "max": stats.max,
                "min": stats.min,
                "q01": quantile(stats, 0.01),
                "q99": quantile(stats, 0.99),
                "mask": self.scale.mask,
            },
            "num_transitions": self.frames,
            "num_trajectories": self.recorded.len(),
        })
    }
}

fn quantile(stats: &Stats, share: f64) -> Vec<f64> {
    let at = QUANTILES
        .iter()
        .position(|(_, known)| (known - share).abs() < 1e-9);
    at.and_then(|at| stats.quantiles.get(at))
        .cloned()
        .unwrap_or_default()
}

/// Grippers, by name or by having nothing between 0 and 1, are not scaled.
fn scale(stats: &Stats, names: &[String]) -> Scale {
    let narrow = |values: Vec<f64>| values.into_iter().map(|v| v as f32).collect();
    let axes = stats.mean.len();
    let gripper = |axis: usize| {
        let named = names
            .get(axis)
            .is_some_and(|name| name.to_lowercase().contains("gripper"));
        named || (stats.min[axis] == 0.0 && stats.max[axis] == 1.0 && axis + 1 == axes)
    };
    Scale {
        low: narrow(quantile(stats, 0.01)),
        high: narrow(quantile(stats, 0.99)),
        mask: (0..axes).map(|axis| !gripper(axis)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_become_the_ends_and_grippers_stay() {
        let rows: Vec<f64> = (0..=100)
            .flat_map(|i| [f64::from(i) / 10.0, f64::from(i % 2)])
            .collect();
        let scale = scale(&Stats::of_rows(2, &rows), &["x".into(), "gripper".into()]);
        assert_eq!(scale.mask, [true, false]);
        assert!(
            (scale.apply(0, 0.1) + 1.0).abs() < 1e-5 && (scale.apply(0, 9.9) - 1.0).abs() < 1e-5
        );
        assert!(scale.apply(0, 5.0).abs() < 1e-5 && (scale.apply(0, 50.0) - 1.0).abs() < 1e-6);
        assert!((scale.apply(1, 1.0) - 1.0).abs() < 1e-6 && scale.apply(1, 0.2).abs() < 1e-6);
    }
}
