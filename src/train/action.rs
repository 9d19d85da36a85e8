//! Recorded episodes as action batches: pictures and instruction now, normalised actions from now on.

use rand::Rng as _;
use rand_distr::{Distribution as _, StandardNormal};
use serde_json::Value;

use super::aim::Places;
use super::learner::{Made, SPATIAL_PROMPT};
use super::moment::ActionSample;
use super::pictures::Pictures;
use super::random::{Stream, generator, weighted};
use super::recorded::ActionSet;
use super::shown::ShownMoment;
use super::{RunConfig, TrainError};
use crate::data::Stats;
use crate::geometry::ImageSize;
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
/// Side of a patch of the image encoder.
const DINO_PATCH: usize = 14;

/// Action samples and what chance decides about them.
pub(super) struct ActionPart {
    pub batch: ActionBatch,
    pub draw: DiffusionDraw,
    /// What was drawn, for messages.
    pub names: Vec<String>,
    /// Where the arm is, grips and lets go in the first picture of each, for those who ask.
    pub places: Vec<Places>,
    /// The first one, for whoever watches.
    pub shown: Option<ShownMoment>,
}

impl ActionPart {
    /// Patches of the image encoder, high and wide.
    pub(super) fn grid(&self) -> [usize; 2] {
        self.batch.pixels.1.map(|side| side / DINO_PATCH)
    }
}

/// The episodes of a run.
pub(super) struct Actions {
    sets: Vec<ActionSet>,
    prompt: Option<String>,
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
                let mut set = ActionSet::open(source, context)?;
                if config.auxiliary.aim > 0.0 {
                    set.look_where_it_aims()?;
                }
                sets.push(set);
            }
        }
        let chunk = made.learner.network.expert.as_ref().map(|e| e.dit.chunk());
        check(&sets, chunk.map(|[_, axes]| axes))?;
        share_scales(&mut sets)?;
        if !sets.is_empty() {
            check_sides(config.picture.size)?;
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

    /// Cameras in the order the model sees them.
    pub(super) fn cameras(&self) -> &[String] {
        self.sets.first().map_or(&[], |set| &set.cameras)
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
        // Sets of one tag have the same scale.
        let entries = self.sets.iter().map(|set| {
            let same = self.sets.iter().filter(|other| other.tag == set.tag);
            (set.tag.clone(), set.statistics(same))
        });
        Some(Value::Object(entries.collect()))
    }

    /// Samples `first..first + count` of a step, and whether the first of them is shown.
    pub(super) fn draw(
        &self,
        config: &RunConfig,
        made: &Made,
        pictures: &Pictures,
        ((step, first, count), show): ((u64, usize, usize), bool),
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
            samples.push(pictures.skipped.draw(|| {
                let set = &self.sets[weighted(&weights, &mut random)];
                let frame = random.random_range(0..set.frames);
                let sample = set.sample(frame, horizon, pictures)?;
                Ok(sample.moved(pictures.action_shift(), &mut random))
            })?);
        }
        let draw = draws(config, [horizon, axes], (step, first, count));
        let names = samples.iter().map(|sample| sample.name.clone()).collect();
        let places = samples.iter().map(|sample| sample.places).collect();
        let shown = samples.first().filter(|_| show);
        Ok(ActionPart {
            places,
            shown: shown.and_then(ActionSample::shown),
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

/// Whether the sets fit each other and the model.
fn check(sets: &[ActionSet], axes: Option<usize>) -> Result<(), TrainError> {
    let wrong = |why: String| {
        Err(TrainError::Setting {
            name: "actions".into(),
            why,
        })
    };
    for set in sets {
        let path = set.path.display();
        if let Some(axes) = axes.filter(|axes| *axes != set.axes) {
            return wrong(format!(
                "{path} has {} axes of actions, the model {axes}; set model.expert.axes, or choose another column",
                set.axes
            ));
        }
        let views = sets[0].cameras.len();
        if set.cameras.len() != views {
            return wrong(format!(
                "{path} gives {} cameras, {} gives {views}; name as many for each in `cameras`",
                set.cameras.len(),
                sets[0].path.display()
            ));
        }
    }
    Ok(())
}

/// Sets of one tag are one embodiment: they are scaled by the statistics of all of them.
fn share_scales(sets: &mut [ActionSet]) -> Result<(), TrainError> {
    for at in 0..sets.len() {
        let same = |other: &&ActionSet| other.tag == sets[at].tag;
        if sets.iter().filter(same).count() == 1 {
            continue;
        }
        let all: Vec<f64> = sets
            .iter()
            .filter(same)
            .flat_map(ActionSet::numbers)
            .collect();
        let stats = Stats::of_rows(sets[at].axes, &all);
        sets[at].scale_by(&stats)?;
    }
    Ok(())
}

/// DINOv2 sees patches of 14 pixels.
fn check_sides([width, height]: [u32; 2]) -> Result<(), TrainError> {
    let fitted = Fit::shorter_side(ImageSize::new(width, height), DINO_SIDE).target;
    if [fitted.width, fitted.height]
        .iter()
        .all(|side| side.is_multiple_of(DINO_PATCH as u32))
    {
        return Ok(());
    }
    Err(TrainError::Setting {
        name: "picture.size".into(),
        why: format!(
            "{width}x{height} becomes {fitted} for the image encoder of the action side, which needs multiples of 14; 140x112, 168x112, 224x224 and 280x224 fit"
        ),
    })
}

/// What chance decides about samples `first..first + count` of a step: for each sample the same, whatever is computed
/// together with it.
fn draws(
    config: &RunConfig,
    [horizon, axes]: [usize; 2],
    (step, first, count): (u64, usize, usize),
) -> DiffusionDraw {
    let repeats = config.batch.repeats;
    let size = horizon * axes;
    let mut draw = DiffusionDraw {
        repeats,
        timesteps: vec![0; repeats * count],
        unconditional: vec![false; repeats * count],
        noise: vec![0.0; repeats * count * size],
    };
    for sample in 0..count {
        let mut random = generator(config.seed, Stream::Noise, step, first + sample);
        for repeat in 0..repeats {
            // Every repetition is a whole batch.
            let at = repeat * count + sample;
            draw.timesteps[at] = random.random_range(0..TRAIN_STEPS);
            draw.unconditional[at] = random.random_bool(DROP);
            draw.noise[at * size..][..size].fill_with(|| StandardNormal.sample(&mut random));
        }
    }
    draw
}

/// Normalised pixels for DINO, and their height and width.
fn dino(frame: &Frame) -> (Vec<f32>, [usize; 2]) {
    let fit = Fit::shorter_side(frame.size(), DINO_SIDE);
    let fitted = resample::resize(frame, fit.target, Filter::Bilinear);
    let size = fitted.size();
    let sides = [size.height as usize, size.width as usize];
    (normalize::dino_pixels(&fitted).values, sides)
}
