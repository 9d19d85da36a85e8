//! The loop: draw, learn, record, save; from the beginning or from where a run was stopped.

use std::path::PathBuf;
use std::time::Instant;

use rayon::prelude::*;

use super::action::Actions;
use super::draw::Drawn;
use super::folder::RunFolder;
use super::frozen;
use super::gallery::Gallery;
use super::learner::Made;
use super::metrics::Record;
use super::objective::Numbers;
use super::optimizer::Optimizer;
use super::pictures::Pictures;
use super::replica::{Replica, guarded, open_devices};
use super::step::Computed;
use super::{RunConfig, StepMetrics, TrainError, save, similarity, state};
use crate::job::JobContext;
use crate::model::device::{ComputeDevice, is_cpu};
use crate::model::pass::PassError;
use crate::model::training::{clip_factor, fetch};

/// What a run came to.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Report {
    /// The run folder.
    pub folder: PathBuf,
    /// Steps taken in all, those before a resume included.
    pub steps: u64,
    /// Samples that could not be read, each counted once: others were learnt in their place.
    pub skipped: u64,
    /// Whether somebody stopped it before its last step.
    pub stopped: bool,
    /// Parameters that learnt.
    pub parameters: u64,
    /// What the last step gave.
    pub last: Option<StepMetrics>,
    /// Seconds this session took.
    pub seconds: f64,
    /// The newest checkpoint.
    pub checkpoint: Option<PathBuf>,
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
    let first = session.step;
    let (last, mut checkpoint) = match session.go(context, tell) {
        Ok(found) => found,
        Err(error) => {
            session.rescue(&error, first);
            return Err(error);
        }
    };
    let stopped = session.step < config.steps;
    if stopped && last.is_some() && checkpoint_is_old(&session, config) {
        checkpoint = Some(session.save()?);
    }
    context.report("Training", session.step, config.steps);
    Ok(Report {
        folder: config.folder.clone(),
        steps: session.step,
        skipped: session.pictures.skipped.count(),
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
    /// What stands for the weights that are not trained.
    pub frozen: Option<String>,
    pub actions: Actions,
    pub galleries: Vec<Gallery>,
    pub pictures: Pictures,
    pub numbers: Numbers,
    record: Record,
    /// Where the model is kept and the steps are taken.
    pub device: ComputeDevice,
    /// Copies on the other devices.
    pub replicas: Vec<Replica>,
}

impl<'a> Session<'a> {
    /// Takes the steps that are left; what the last one gave, and the newest checkpoint.
    fn go(
        &mut self,
        context: &JobContext<'_>,
        tell: &mut dyn FnMut(&StepMetrics),
    ) -> Result<(Option<StepMetrics>, Option<PathBuf>), TrainError> {
        let config = self.config;
        let mut last = None;
        let mut checkpoint = None;
        let mut next = self.draw(self.step)?;
        while self.step < config.steps && !context.cancel.is_cancelled() {
            context.report("Training", self.step, config.steps);
            let (session, step) = (&*self, self.step);
            // The next step's pictures are read while this one is computed.
            let (taken, drawn) = rayon::join(
                || Computed::of(session, &next, context),
                || {
                    let more = step + 1 < config.steps;
                    more.then(|| session.draw(step + 1)).transpose()
                },
            );
            let metrics = match taken {
                Ok(computed) => self.learn(computed, &next, context)?,
                Err(TrainError::Pass(PassError::Cancelled(_))) => break,
                Err(error) => return Err(error),
            };
            self.record.add(&metrics)?;
            tell(&metrics);
            last = Some(metrics);
            let ends = self.step == config.steps;
            if ends || self.step.is_multiple_of(config.save_every.max(1)) {
                checkpoint = Some(self.save()?);
            }
            match drawn? {
                Some(drawn) => next = drawn,
                None => break,
            }
            self.hand_out()?;
        }
        Ok((last, checkpoint))
    }

    /// Saves what was learnt before something else failed: a device, a picture.
    fn rescue(&self, error: &TrainError, first: u64) {
        let learnt = self.step > first && !self.step.is_multiple_of(self.config.save_every.max(1));
        if !matches!(error, TrainError::NotFinite { .. })
            && learnt
            && let Err(error) = self.save()
        {
            log::warn!("what was learnt since the last save is lost: {error}");
        }
    }

    /// Gives the weights that learn to the copies.
    fn hand_out(&mut self) -> Result<(), TrainError> {
        if self.replicas.is_empty() {
            return Ok(());
        }
        let (made, rates, step) = (&self.made, &self.optimizer.rates, self.step + 1);
        let (mut places, mut weights) = (Vec::new(), Vec::new());
        made.parameters.each(&made.learner, &mut |at, value| {
            if rates[at].is_some() {
                places.push(at);
                weights.push(value);
            }
        });
        let found = guarded(&self.device, step, || Ok(fetch(&weights)?))?;
        let mut table = vec![None; rates.len()];
        for (at, numbers) in places.into_iter().zip(found) {
            table[at] = Some(numbers);
        }
        self.replicas
            .par_iter_mut()
            .try_for_each(|replica| replica.take(made, step, &table))
    }

    /// Opens a run that is to take its next step.
    pub(super) fn open(
        config: &'a RunConfig,
        folder: RunFolder,
        resume: bool,
        context: &JobContext<'_>,
    ) -> Result<Self, TrainError> {
        let saved = folder.join(state::STATE);
        let occupied = |what: &str| {
            Err(TrainError::Occupied {
                what: what.into(),
                path: folder.path().to_owned(),
            })
        };
        if saved.is_file() && !resume {
            return occupied(
                "the folder holds a run already; choose another folder, or continue it with --resume",
            );
        }
        // Others' checkpoints would be taken for this run's; its own are without a state if it was killed in its
        // first save.
        let own = resume && folder.join(save::RUN).is_file();
        if !saved.is_file() && !own && folder.join(save::CHECKPOINTS).is_dir() {
            return occupied(
                "the folder holds checkpoints without the state of their training; choose another folder",
            );
        }
        let mut devices = open_devices(config)?;
        let device = devices.remove(0);
        let easy = config.curriculum.objects;
        let galleries = if config.answers() {
            let sources = config.labels.iter().filter(|source| source.weight > 0.0);
            let open = sources.map(|source| Gallery::open(source, easy, context));
            open.collect::<Result<Vec<_>, _>>()?
        } else {
            Vec::new()
        };
        let handle = device.handle();
        let mut made = Made::new(config, &galleries, (handle, context))?;
        let actions = Actions::open(config, &mut made, context)?;
        let mut optimizer = Optimizer::new(config, &made.parameters)?;
        let compared = similarity::measured(&made);
        let compares = config.loss.similarity_every > 0 && config.recipe.acts() && config.answers();
        if compares && !optimizer.wants(&made.parameters, &compared) {
            log::warn!(
                "the similarity of gradients cannot be measured: {compared} does not learn (frozen, or in low-rank additions alone)"
            );
        }
        let frozen = frozen::print((&made.learner, &made.parameters), &optimizer.rates)?;
        let mut step = 0;
        if resume && !saved.is_file() {
            log::warn!(
                "nothing was saved yet, so the run begins at its first step: {}",
                folder.path().display()
            );
        }
        if resume && saved.is_file() {
            let learner = made.learner.clone();
            let found = state::load(&saved, (learner, &made.parameters), &mut optimizer, handle)?;
            made.learner = found.0;
            step = save::step_of(&found.1, config, &saved)?;
            frozen::check(&found.1, frozen.as_ref(), &saved)?;
        }
        let [width, height] = config.picture.size;
        let numbers = Numbers::new(|text| made.tokenizer.encode(text), width.max(height));
        numbers.check(&config.loss)?;
        save::describe(&folder, config, &made, &actions)?;
        let replicas = devices.into_iter();
        let replicas = replicas.map(|device| Replica::new(device, &made, step));
        Ok(Self {
            record: Record::open(&folder.join("metrics.jsonl"), step)?,
            numbers,
            pictures: Pictures::new(&config.picture),
            replicas: replicas.collect::<Result<_, _>>()?,
            config,
            folder,
            made,
            optimizer,
            step,
            frozen,
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
        let here = is_cpu(self.device.handle());
        if here { asked.max(1) } else { 1 }
    }

    /// Takes the step.
    fn learn(
        &mut self,
        computed: Computed,
        drawn: &Drawn,
        context: &JobContext<'_>,
    ) -> Result<StepMetrics, TrainError> {
        let started = Instant::now();
        let norm = || Ok(computed.gradients.norm()?);
        let norm = guarded(&self.device, self.step + 1, norm)?;
        if !norm.is_finite() {
            return Err(TrainError::NotFinite {
                which: "gradient of the",
                value: norm,
                step: self.step + 1,
                samples: drawn.names(true, true),
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
            picture: computed.picture,
        })
    }

    fn save(&self) -> Result<PathBuf, TrainError> {
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
