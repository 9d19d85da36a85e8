//! A loaded checkpoint that answers: planner, tokenizer and, where there is one, the action expert with its statistics.

use std::path::{Path, PathBuf};
use std::time::Instant;

use burn::tensor::{Tensor, TensorData};

use super::action::{Sampler, SamplerOptions, ScheduleError, Start};
use super::answer::{
    ActionAnswer, Answer, AnswerEvent, Query, ReplyToken, RopeChoice, StopReason, TextAnswer,
};
use super::checkpoint::{
    Checkpoint, Filling, LoadError, LoadReport, LoadedOn, Loader, Statistics,
};
use super::config::{GenerationConfig, ModelConfig, ProcessorConfig, RunSettings};
use super::device::{ComputeDevice, Precision};
use super::expert::Expert;
use super::pass::{Pass, PassError};
use super::planner::{
    Ending, GenerateOptions, Planner, PlannerError, PlannerInput, PlannerTokenizer, RopeRounding,
    TokenEvent, prompt as chat,
};
use super::stopwatch::Stopwatch;
use crate::grounding::prompt::{self, InstructionError, Task};
use crate::grounding::reply::{self, ReplyContext};
use crate::job::{CancelToken, Cancelled, JobContext};
use crate::robot::NormActionChunk;
use crate::vision::normalize::{self, PatchError, PatchLayout, Patches};
use crate::vision::resample::{self, Filter};
use crate::vision::{Fit, FitError, Frame, PixelLimits};

/// How to load.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LoadOptions {
    /// The folder with the tokenizer, if the run does not say or says wrongly.
    pub base_vlm: Option<PathBuf>,
    /// Precision of linear weights.
    pub precision: Precision,
    /// Whether this is the checkpoint inside the program.
    pub shipped: bool,
}

/// A policy, or a planner alone.
pub struct Vla {
    planner: Planner,
    expert: Option<Expert>,
    tokenizer: PlannerTokenizer,
    config: ModelConfig,
    run: Option<RunSettings>,
    statistics: Option<Statistics>,
    processor: ProcessorConfig,
    generation: GenerationConfig,
    device: ComputeDevice,
    report: LoadReport,
}

/// Why a query cannot be answered.
#[derive(Debug, thiserror::Error)]
pub enum AnswerError {
    /// Somebody asked to stop.
    #[error(transparent)]
    Cancelled(Cancelled),
    /// The device failed or a block put out NaN.
    #[error(transparent)]
    Pass(PassError),
    /// The picture cannot be fitted.
    #[error(transparent)]
    Fit(#[from] FitError),
    /// The picture cannot be cut into patches.
    #[error(transparent)]
    Patches(#[from] PatchError),
    /// The prompt and the pictures do not go together.
    #[error(transparent)]
    Planner(#[from] PlannerError),
    /// The instruction cannot be used.
    #[error(transparent)]
    Instruction(#[from] InstructionError),
    /// The number of diffusion steps is not possible.
    #[error(transparent)]
    Schedule(#[from] ScheduleError),
    /// There is no picture.
    #[error("no picture was given; open one and show it in a view")]
    NoView,
    /// The checkpoint has no action expert.
    #[error(
        "this checkpoint is a planner without action expert; open a run folder of a policy, or choose another task"
    )]
    NoExpert,
    /// Views of different shape cannot go through the image encoder together.
    #[error(
        "the views have different sizes after fitting ({0} and {1}), and the checkpoint sets no image_size; show views of one size"
    )]
    ViewSizes(crate::geometry::ImageSize, crate::geometry::ImageSize),
}

impl From<PassError> for AnswerError {
    fn from(error: PassError) -> Self {
        match error {
            PassError::Cancelled(cancelled) => Self::Cancelled(cancelled),
            other => Self::Pass(other),
        }
    }
}

impl Vla {
    /// Loads a checkpoint onto a device.
    ///
    /// # Errors
    /// When files are missing, damaged or do not fit together, or somebody cancelled.
    pub fn load(
        path: &Path,
        options: &LoadOptions,
        device: &ComputeDevice,
        context: &JobContext<'_>,
    ) -> Result<Self, LoadError> {
        let start = Instant::now();
        context.report("Reading configuration", 0, 0);
        let mut checkpoint = Checkpoint::open(path, options.base_vlm.as_deref())?;
        let tokenizer = PlannerTokenizer::open(&checkpoint.planner.folder)?;
        tokenizer.check(&checkpoint.config.qwen, &checkpoint.planner.folder)?;
        let parameters = checkpoint.entries().iter().map(|e| e.numel() as u64).sum();
        let dtype = options.precision.resolve(parameters);
        let config = checkpoint.config.clone();
        let loader = Loader::new(
            Filling::Source(checkpoint.source()),
            device.handle(),
            dtype,
            context,
        );
        let (planner, expert) = modules(&loader, &config)?;
        let tally = loader.finish();
        let loaded = LoadedOn {
            device: device.name().to_owned(),
            precision: format!("{dtype:?}").to_lowercase(),
            seconds: start.elapsed().as_secs_f64(),
        };
        let mut report = LoadReport::new(&checkpoint, &tally, loaded);
        report.shipped = options.shipped;
        report.complete()?;
        Ok(Self {
            planner,
            expert,
            tokenizer,
            config,
            run: checkpoint.run,
            statistics: checkpoint.statistics,
            processor: checkpoint.planner.processor,
            generation: checkpoint.planner.generation,
            device: device.clone(),
            report,
        })
    }

    /// What loading met.
    #[must_use]
    pub const fn report(&self) -> &LoadReport {
        &self.report
    }

    /// Answers a query, telling of stages and tokens as they come.
    ///
    /// # Errors
    /// When the query does not fit the checkpoint, the device fails, or somebody cancelled.
    pub fn answer(
        &self,
        query: &Query,
        cancel: &CancelToken,
        tell: &mut dyn FnMut(AnswerEvent),
    ) -> Result<Answer, AnswerError> {
        let warnings = prompt::check_instruction(&query.instruction)?;
        if query.frames.is_empty() {
            return Err(AnswerError::NoView);
        }
        let mut answer = match query.task {
            Task::Action => self.act(query, cancel, tell)?,
            _ => self.reply(query, cancel, tell)?,
        };
        answer.warnings = warnings.iter().map(ToString::to_string).collect();
        Ok(answer)
    }

    // --- Planner ---------------------------------------------------------------------------------------------------

    fn reply(
        &self,
        query: &Query,
        cancel: &CancelToken,
        tell: &mut dyn FnMut(AnswerEvent),
    ) -> Result<Answer, AnswerError> {
        let rope = self.rope(query.options.rope, RopeRounding::F32);
        let mut watch = Stopwatch::start(&self.device, "preprocess", tell);
        let (patches, fits) = self.patches(&query.frames)?;
        let text = chat::chat(query.frames.len(), &query.prompt);
        let input = self.input(&text, patches)?;
        watch.enter("vision");
        let mut pass = self.pass(cancel);
        let read = self.planner.read(&input, rope, &mut pass)?;
        pass.finish()?;
        watch.enter("prefill");
        let options = self.generate_options(query);
        let mut writer = Writer::new(&self.tokenizer);
        let generation = {
            let mut on_token = |event: &TokenEvent| {
                if event.index == 0 {
                    watch.enter("decode");
                }
                let token = writer.write(event);
                watch.tell(AnswerEvent::Token(token));
            };
            let listener = (cancel, &mut on_token as &mut dyn FnMut(&TokenEvent));
            self.planner.generate(&read, &input.ids, &options, listener)?
        };
        let (tokens, spans, raw) = writer.finish();
        let context = ReplyContext {
            fit: fits[0],
            scale: query.options.scale,
            expected: query.task.expected(),
        };
        let mut reply = reply::parse(&raw, &context);
        reply.score(&spans);
        let mut timing = watch.finish();
        timing.prompt_tokens = input.ids.len();
        timing.reply_tokens = tokens.len();
        Ok(Answer {
            prompt: text,
            text: Some(TextAnswer {
                tokens,
                stop: match generation.ending {
                    Ending::Stop(_) => StopReason::EndOfTurn,
                    Ending::Length => StopReason::Length,
                },
                reply,
            }),
            action: None,
            timing,
            warnings: Vec::new(),
        })
    }

    fn generate_options(&self, query: &Query) -> GenerateOptions {
        GenerateOptions {
            max_new_tokens: query.options.max_new_tokens,
            repetition_penalty: self.generation.repetition_penalty,
            stop_ids: self.generation.eos_token_ids.clone(),
            top_k: query.options.alternatives,
            submit: self.device.gpu().is_some(),
        }
    }

    fn input(&self, text: &str, patches: Patches) -> Result<PlannerInput, PlannerError> {
        let ids = self.tokenizer.encode(text);
        PlannerInput::new(&ids, patches.values, patches.grids, &self.config.qwen)
    }

    /// Fits every frame as Qwen's processor does and cuts it into patches.
    fn patches(&self, frames: &[Frame]) -> Result<(Patches, Vec<Fit>), AnswerError> {
        let limits = PixelLimits {
            min: self.processor.min_pixels,
            max: self.processor.max_pixels,
        };
        let layout = PatchLayout {
            patch: self.processor.patch_size as u32,
            merge: self.processor.merge_size as u32,
            temporal: self.processor.temporal_patch_size as u32,
        };
        let mut fits = Vec::with_capacity(frames.len());
        let mut fitted = Vec::with_capacity(frames.len());
        for frame in frames {
            let fit = Fit::smart(frame.size(), layout.patch * layout.merge, limits)?;
            fitted.push(resample::resize(frame, fit.target, Filter::Bicubic));
            fits.push(fit);
        }
        Ok((normalize::patchify(&fitted, layout)?, fits))
    }

    fn rope(&self, choice: RopeChoice, of_task: RopeRounding) -> RopeRounding {
        match choice {
            RopeChoice::F32 => RopeRounding::F32,
            RopeChoice::Bf16 => RopeRounding::Bf16,
            RopeChoice::Auto => of_task,
        }
    }

    fn pass(&self, cancel: &CancelToken) -> Pass {
        Pass::new(cancel.clone(), self.device.gpu().is_some())
    }

    // --- Action expert ---------------------------------------------------------------------------------------------

    fn act(
        &self,
        query: &Query,
        cancel: &CancelToken,
        tell: &mut dyn FnMut(AnswerEvent),
    ) -> Result<Answer, AnswerError> {
        let (Some(expert), Some(sizes)) = (&self.expert, &self.config.expert) else {
            return Err(AnswerError::NoExpert);
        };
        let rope = self.rope(query.options.rope, RopeRounding::Bf16);
        let sampler = Sampler::new(SamplerOptions {
            steps: query.options.steps,
            guidance: f64::from(query.options.guidance),
        })?;
        let mut watch = Stopwatch::start(&self.device, "preprocess", tell);
        let frames = self.action_frames(&query.frames);
        let (patches, _) = self.patches(&frames)?;
        let wrapper = self.run.as_ref().and_then(|r| r.prompt_wrapper.as_deref());
        let text = chat::chat(frames.len(), &prompt::action_prompt(wrapper, &query.instruction));
        let input = self.input(&text, patches)?;
        let pixels = self.dino_pixels(&frames)?;
        let mut pass = self.pass(cancel);
        watch.enter("vision");
        let read = self.planner.read(&input, rope, &mut pass)?;
        watch.enter("prefill");
        let layers = sizes.qformer.start_layer..sizes.qformer.end_layer;
        let hidden = self.planner.hidden_states(&read, layers, &mut pass)?;
        watch.enter("dino");
        let dino = expert.dino.forward(pixels, &mut pass)?;
        watch.enter("qformer");
        let condition = expert.condition(&hidden, dino, frames.len(), &mut pass)?;
        watch.enter("dit");
        let noise = expert.noise(query.options.seed, query.options.samples.max(1));
        let start = Start { condition, noise };
        let normalized = expert.actions(&sampler, start, &mut |_| {}, &mut pass)?;
        pass.finish()?;
        let mut timing = watch.finish();
        timing.prompt_tokens = input.ids.len();
        Ok(Answer {
            prompt: text,
            text: None,
            action: Some(self.denormalize(normalized, query)),
            timing,
            warnings: Vec::new(),
        })
    }

    /// Resizes to the run's `image_size`, as its training did; without one, frames stay as they are.
    fn action_frames(&self, frames: &[Frame]) -> Vec<Frame> {
        let size = self.run.as_ref().and_then(|r| r.image_size);
        frames
            .iter()
            .map(|frame| match size {
                Some(size) => resample::resize(frame, size, Filter::Bicubic),
                None => frame.clone(),
            })
            .collect()
    }

    fn dino_pixels(&self, frames: &[Frame]) -> Result<Tensor<4>, AnswerError> {
        let mut views = Vec::with_capacity(frames.len());
        let mut first = None;
        for frame in frames {
            let fit = Fit::shorter_side(frame.size(), DINO_SIDE);
            let size = *first.get_or_insert(fit.target);
            if size != fit.target {
                return Err(AnswerError::ViewSizes(size, fit.target));
            }
            let fitted = resample::resize(frame, fit.target, Filter::Bilinear);
            let pixels = normalize::dino_pixels(&fitted);
            let shape = [1, 3, size.height as usize, size.width as usize];
            let data = TensorData::new(pixels.values, shape);
            views.push(Tensor::<4>::from_data(data, self.device.handle()));
        }
        Ok(Tensor::cat(views, 0))
    }

    fn denormalize(&self, normalized: Vec<NormActionChunk>, query: &Query) -> ActionAnswer {
        let chosen = self
            .statistics
            .as_ref()
            .ok_or_else(|| "the checkpoint has no dataset_statistics.json".to_owned())
            .and_then(|statistics| {
                let key = query.options.statistics_key.as_deref();
                statistics.choose(key).map_err(|error| error.to_string())
            });
        let converted = chosen.and_then(|(key, embodiment)| {
            let stats = embodiment.action_stats();
            let chunks: Result<Vec<_>, _> =
                normalized.iter().map(|c| stats.denormalize(c)).collect();
            Ok((key.to_owned(), chunks.map_err(|error| error.to_string())?))
        });
        let (statistics, si) = match converted {
            Ok((key, chunks)) => (Ok(key), Some(chunks)),
            Err(error) => (Err(error), None),
        };
        ActionAnswer {
            normalized,
            si,
            statistics,
        }
    }
}

/// DINOv2's shorter side in the reference (torchvision `Resize(224)`).
pub const DINO_SIDE: u32 = 224;

/// The load report of a checkpoint whose weights are neither read nor given memory. An incomplete checkpoint has one
/// too: [`LoadReport::complete`] tells.
///
/// # Errors
/// When a file is missing or damaged, or the configuration contradicts itself.
pub fn inspect(path: &Path, options: &LoadOptions) -> Result<LoadReport, LoadError> {
    let start = Instant::now();
    let context = JobContext::silent();
    let mut checkpoint = Checkpoint::open(path, options.base_vlm.as_deref())?;
    let tokenizer = PlannerTokenizer::open(&checkpoint.planner.folder)?;
    tokenizer.check(&checkpoint.config.qwen, &checkpoint.planner.folder)?;
    let parameters = checkpoint.entries().iter().map(|e| e.numel() as u64).sum();
    let dtype = options.precision.resolve(parameters);
    let config = checkpoint.config.clone();
    let device = ComputeDevice::cpu();
    let filling = Filling::Tally(checkpoint.source());
    let loader = Loader::new(filling, device.handle(), dtype, &context);
    modules(&loader, &config)?;
    let tally = loader.finish();
    let loaded = LoadedOn {
        device: "none: the weights were not read".to_owned(),
        precision: format!("{dtype:?}").to_lowercase(),
        seconds: start.elapsed().as_secs_f64(),
    };
    let mut report = LoadReport::new(&checkpoint, &tally, loaded);
    report.shipped = options.shipped;
    Ok(report)
}

/// Loads every module of a configuration, in the order of the checkpoint.
///
/// # Errors
/// As [`Planner::load`].
pub fn modules<'a>(
    loader: &'a Loader<'a>,
    config: &ModelConfig,
) -> Result<(Planner, Option<Expert>), LoadError> {
    let weights = loader.weights();
    let planner = Planner::load(&weights, &config.qwen)?;
    let expert = config
        .expert
        .as_ref()
        .map(|sizes| Expert::load(&weights, sizes))
        .transpose()?;
    Ok((planner, expert))
}

/// Turns tokens into text as they come.
struct Writer<'a> {
    tokenizer: &'a PlannerTokenizer,
    decoder: super::planner::StreamDecoder<'a>,
    tokens: Vec<ReplyToken>,
    spans: Vec<(std::ops::Range<usize>, f32)>,
}

impl<'a> Writer<'a> {
    fn new(tokenizer: &'a PlannerTokenizer) -> Self {
        Self {
            tokenizer,
            decoder: tokenizer.stream(true),
            tokens: Vec::new(),
            spans: Vec::new(),
        }
    }

    fn write(&mut self, event: &TokenEvent) -> ReplyToken {
        let span = self.decoder.push(event.id);
        let token = ReplyToken {
            text: self.decoder.text()[span.clone()].to_owned(),
            probability: event.probability,
            alternatives: event
                .alternatives
                .iter()
                .map(|a| (self.tokenizer.token_text(a.id), a.probability))
                .collect(),
        };
        self.spans.push((span, event.probability));
        self.tokens.push(token.clone());
        token
    }

    fn finish(mut self) -> (Vec<ReplyToken>, Vec<(std::ops::Range<usize>, f32)>, String) {
        let rest = self.decoder.finish();
        let text = self.decoder.text().to_owned();
        if let Some(last) = self.tokens.last_mut() {
            last.text += &text[rest];
        }
        (self.tokens, self.spans, text)
    }
}
