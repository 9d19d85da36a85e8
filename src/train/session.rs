//! The loop: draw, learn, record, save; from the beginning or from where a run was stopped.

use std::time::Instant;

use burn::tensor::Device;
use rayon::prelude::*;

use super::action::Actions;
use super::batch::{Reader, Slot};
use super::folder::RunFolder;
use super::gallery::Gallery;
use super::learner::Made;
use super::metrics::Record;
use super::objective::Numbers;
use super::optimizer::Optimizer;
use super::pictures::Pictures;
use super::random::{Stream, generator};
use super::step::{Computed, Drawn, Part};
use super::{RunConfig, StepMetrics, TrainError, save, state};
use crate::job::JobContext;
use crate::model::device::Devices;
use crate::model::training::clip_factor;
use crate::vision::normalize::PatchLayout;

/// What a run came to.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Report {
    /// The run folder.
    pub folder: std::path::PathBuf,
    /// Steps taken in all, those before a resume included.
    pub steps: u64,
    /// Whether somebody stopped it before its last step.
    pub stopped: bool,
    /// Parameters that learnt.
    pub parameters: u64,
    /// What the last step gave.
    pub last: Option<StepMetrics>,
    /// Seconds this session took.
    pub seconds: f64,
    /// The newest checkpoint.
    pub checkpoint: Option<std::path::PathBuf>,
}

/// Trains: `resume` goes on from the saved state. Every step is told to `tell`. Stopping saves first.
///
/// # Errors
/// When the configuration, a dataset or the model cannot be used, a loss is not a number, or saving fails. What was
/// saved before stays usable.
pub fn run(
    config: &RunConfig,
    resume: bool,
    context: &JobContext<'_>,
    tell: &mut dyn FnMut(&StepMetrics),
) -> Result<Report, TrainError> {
    config.check()?;
    let start = Instant::now();
    let folder = RunFolder::take(&config.folder)?;
    let mut session = Session::open(config, folder, resume, context)?;
    let mut last = None;
    let mut checkpoint = None;
    let mut next = session.draw(session.step)?;
    while session.step < config.steps && !context.cancel.is_cancelled() {
        context.report("Training", session.step, config.steps);
        let step = session.step;
        // The next step's pictures are read while this one is computed.
        let (taken, drawn) = rayon::join(
            || Computed::of(&session, &next, context),
            || {
                if step + 1 < config.steps {
                    session.draw(step + 1).map(Some)
                } else {
                    Ok(None)
                }
            },
        );
        let metrics = match taken {
            Ok(computed) => session.learn(computed, context)?,
            Err(TrainError::Pass(crate::model::pass::PassError::Cancelled(_))) => break,
            Err(error) => return Err(error),
        };
        session.record.add(&metrics)?;
        tell(&metrics);
        last = Some(metrics);
        let ends = session.step == config.steps;
        if ends || session.step.is_multiple_of(config.save_every.max(1)) {
            checkpoint = Some(session.save()?);
        }
        match drawn? {
            Some(drawn) => next = drawn,
            None => break,
        }
    }
    let stopped = session.step < config.steps;
    if stopped && last.is_some() && checkpoint_is_old(&session, config) {
        checkpoint = Some(session.save()?);
    }
    context.report("Training", session.step, config.steps);
    Ok(Report {
        folder: config.folder.clone(),
        steps: session.step,
        stopped,
        parameters: session.learning(),
        last,
        seconds: start.elapsed().as_secs_f64(),
        checkpoint,
    })
}

fn checkpoint_is_old(session: &Session<'_>, config: &RunConfig) -> bool {
    !session.step.is_multiple_of(config.save_every.max(1))
}

/// A run being trained.
pub(super) struct Session<'a> {
    pub config: &'a RunConfig,
    pub folder: RunFolder,
    pub made: Made,
    pub optimizer: Optimizer,
    pub step: u64,
    pub actions: Actions,
    galleries: Vec<Gallery>,
    pictures: Pictures,
    pub numbers: Numbers,
    record: Record,
    device: Device,
}

impl<'a> Session<'a> {
    fn open(
        config: &'a RunConfig,
        folder: RunFolder,
        resume: bool,
        context: &JobContext<'_>,
    ) -> Result<Self, TrainError> {
        let saved = folder.join(state::STATE);
        if saved.is_file() && !resume {
            return Err(TrainError::Occupied {
                what: "the folder holds a run already".into(),
                path: folder.path().to_owned(),
            });
        }
        let easy = config.curriculum.objects;
        let galleries = if config.recipe.answers() {
            let sources = config.labels.iter().filter(|source| source.weight > 0.0);
            let open = sources.map(|source| Gallery::open(source, easy, context));
            open.collect::<Result<Vec<_>, _>>()?
        } else {
            Vec::new()
        };
        let device = Devices::default().open(config.device)?.handle().clone();
        let mut made = Made::new(config, &galleries, (&device, context))?;
        let actions = Actions::open(config, &mut made, context)?;
        let mut optimizer = Optimizer::new(config, &made.parameters);
        let mut step = 0;
        if resume && saved.is_file() {
            let learner = made.learner.clone();
            let found = state::load(&saved, (learner, &made.parameters), &mut optimizer, &device)?;
            made.learner = found.0;
            step = save::step_of(&found.1, config, &saved)?;
        }
        save::describe(&folder, config, &made, &actions)?;
        let [width, height] = config.picture.size;
        Ok(Self {
            record: Record::open(&folder.join("metrics.jsonl"), step)?,
            numbers: Numbers::new(|text| made.tokenizer.encode(text), width.max(height)),
            pictures: Pictures::new(&config.picture),
            config,
            folder,
            made,
            optimizer,
            step,
            actions,
            galleries,
            device,
        })
    }

    /// Parts computed at the same time.
    pub(super) fn parallel(&self) -> usize {
        let asked = match self.config.batch.parallel {
            0 => rayon::current_num_threads(),
            some => some,
        };
        let here = crate::model::device::is_cpu(&self.device);
        if here { asked.max(1) } else { 1 }
    }

    /// Draws what step `step` learns: the same whenever and however often it is asked for.
    fn draw(&self, step: u64) -> Result<Drawn, TrainError> {
        let config = self.config;
        let easy = (step as f64) < config.curriculum.easy * config.steps as f64;
        let vision_only = step < config.curriculum.vision_steps;
        let count = config.batch.accumulate.max(1) * self.parallel();
        let reader = self.reader();
        let slots: Vec<Slot> = if config.recipe.answers() {
            (0..config.batch.pictures)
                .into_par_iter()
                .map(|slot| {
                    let mut random = generator(config.seed, Stream::Labels, step, slot);
                    reader.slot(&self.galleries, (&config.batch, easy), &mut random)
                })
                .collect::<Result<_, _>>()?
        } else {
            Vec::new()
        };
        let acts = config.recipe.acts() && !vision_only;
        let mut slots = slots.into_iter();
        let parts = (0..count).map(|part| {
            let own = shared_out(config.batch.pictures, part, count);
            let labels = reader.join(slots.by_ref().take(own).collect());
            let own = shared_out(config.batch.actions, part, count);
            let first = (0..part)
                .map(|p| shared_out(config.batch.actions, p, count))
                .sum();
            let actions = if acts && own > 0 {
                Some(
                    self.actions
                        .draw(config, &self.made, &self.pictures, (step, first, own))?,
                )
            } else {
                None
            };
            Ok(Part { labels, actions })
        });
        let parts: Vec<Part> = parts.collect::<Result<_, TrainError>>()?;
        let parts = parts.into_iter();
        Ok(Drawn {
            parts: parts
                .filter(|p| p.labels.is_some() || p.actions.is_some())
                .collect(),
        })
    }

    fn reader(&self) -> Reader<'_> {
        let processor = &self.made.processor;
        Reader {
            tokenizer: &self.made.tokenizer,
            config: &self.made.config.qwen,
            layout: PatchLayout {
                patch: processor.patch_size as u32,
                merge: processor.merge_size as u32,
                temporal: processor.temporal_patch_size as u32,
            },
            pictures: &self.pictures,
            words: &self.made.words,
        }
    }

    /// Takes the step.
    fn learn(
        &mut self,
        computed: Computed,
        context: &JobContext<'_>,
    ) -> Result<StepMetrics, TrainError> {
        let started = Instant::now();
        let norm = computed.gradients.norm()?;
        if !norm.is_finite() {
            return Err(TrainError::NotFinite {
                which: "gradient of the",
                value: norm,
                step: self.step + 1,
                samples: "see the step before in metrics.jsonl".into(),
            });
        }
        let scale = clip_factor(norm, self.config.optimizer.clip);
        let learner = self.made.learner.clone();
        let how = (self.step, scale);
        self.made.learner =
            self.optimizer
                .apply(learner, &self.made.parameters, computed.gradients, how);
        let rates = self
            .optimizer
            .rates_at(&self.made.parameters, self.step + 1);
        self.step += 1;
        context.report("Training", self.step, self.config.steps);
        let seconds = computed.seconds + started.elapsed().as_secs_f64();
        Ok(StepMetrics {
            step: self.step,
            loss: computed.total,
            losses: computed.losses,
            gradient_norm: norm,
            rates: rates
                .into_iter()
                .map(|(name, rate)| (name.to_owned(), rate))
                .collect(),
            samples: computed.samples,
            samples_per_second: computed.samples as f64 / seconds.max(1e-9),
            similarity: computed.similarity,
            picture: None,
        })
    }

    fn save(&self) -> Result<std::path::PathBuf, TrainError> {
        save::checkpoint(self)
    }

    /// Numbers that learn.
    fn learning(&self) -> u64 {
        let list = self
            .made
            .parameters
            .list()
            .iter()
            .zip(&self.optimizer.rates);
        let learning = list.filter(|(_, rate)| rate.is_some());
        learning
            .map(|(named, _)| named.shape.iter().product::<usize>() as u64)
            .sum()
    }
}

/// The share of `part` of `count` things divided into `parts`.
fn shared_out(count: usize, part: usize, parts: usize) -> usize {
    count / parts + usize::from(part < count % parts)
}
