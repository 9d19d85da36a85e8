//! A loaded checkpoint that answers: planner, tokenizer and, where there is one, the action expert with its statistics.

mod error;
mod writer;

use std::path::{Path, PathBuf};
use std::time::Instant;

use super::action::{Sampler, SamplerOptions, Start};
use super::answer::{ActionAnswer, Answer, AnswerEvent, Query, RopeChoice, StopReason, TextAnswer};
use super::checkpoint::{Checkpoint, Filling, LoadError, LoadReport, LoadedOn, Loader, Statistics};
use super::config::{GenerationConfig, ModelConfig, RunSettings};
use super::device::{ComputeDevice, Precision};
use super::expert::Expert;
use super::pass::{Pass, PassError};
use super::pixels::{Pixels, PlannerPixels};
use super::planner::{
    DecoderInput, Ending, GenerateOptions, Planner, PlannerError, PlannerInput, PlannerTokenizer,
    RopeRounding, TokenEvent, prompt as chat,
};
use super::stopwatch::Stopwatch;
use crate::grounding::prompt::{self, Task};
use crate::grounding::reply::{self, ReplyContext};
use crate::job::{CancelToken, JobContext};
use crate::robot::NormActionChunk;

pub use error::AnswerError;
use writer::Writer;

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
    pixels: Pixels,
    generation: GenerationConfig,
    device: ComputeDevice,
    report: LoadReport,
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
        let pixels = Pixels::new(device, &checkpoint.planner.processor)
            .map_err(|error| LoadError::Device(error.to_string()))?;
        Ok(Self {
            planner,
            expert,
            tokenizer,
            config,
            run: checkpoint.run,
            statistics: checkpoint.statistics,
            pixels,
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

    /// Where it runs.
    #[must_use]
    pub const fn device(&self) -> &ComputeDevice {
        &self.device
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
        let rope = rope_rounding(query.options.rope, RopeRounding::F32);
        let mut watch = Stopwatch::start(&self.device, "preprocess", tell);
        let views = self.pixels.views(&query.frames, None)?;
        let pixels = self.pixels.planner(&views)?;
        let fit = pixels.fits[0];
        let text = chat::chat(query.frames.len(), &query.prompt);
        let input = self.input(&text, &pixels)?;
        watch.enter("vision");
        let mut pass = self.pass(cancel);
        let read = self.read(&input, pixels, rope, &mut pass)?;
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
            self.planner
                .generate(&read, &input.ids, &options, listener)?
        };
        let (tokens, spans, raw) = writer.finish();
        let context = ReplyContext {
            fit,
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

    fn input(&self, text: &str, pixels: &PlannerPixels) -> Result<PlannerInput, PlannerError> {
        let ids = self.tokenizer.encode(text);
        PlannerInput::of_tokens(&ids, pixels.grids.clone(), &self.config.qwen)
    }

    /// Vision tower and embedding: what the decoder reads.
    fn read(
        &self,
        input: &PlannerInput,
        pixels: PlannerPixels,
        rope: RopeRounding,
        pass: &mut Pass,
    ) -> Result<DecoderInput, PassError> {
        let images = self
            .planner
            .vision(pixels.patches, &pixels.grids, rope, pass)?;
        Ok(DecoderInput {
            embeds: self.planner.embed(&input.ids, Some(images)),
            positions: input.positions.clone(),
            rope,
        })
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
        let rope = rope_rounding(query.options.rope, RopeRounding::Bf16);
        let sampler = Sampler::new(SamplerOptions {
            steps: query.options.steps,
            guidance: f64::from(query.options.guidance),
        })?;
        let mut watch = Stopwatch::start(&self.device, "preprocess", tell);
        let size = self.run.as_ref().and_then(|run| run.image_size);
        let views = self.pixels.views(&query.frames, size)?;
        let pixels = self.pixels.planner(&views)?;
        let dino_pixels = self.pixels.dino(&views)?;
        let wrapper = self.run.as_ref().and_then(|r| r.prompt_wrapper.as_deref());
        let wrapped = prompt::action_prompt(wrapper, &query.instruction);
        let text = chat::chat(views.len(), &wrapped);
        let input = self.input(&text, &pixels)?;
        let mut pass = self.pass(cancel);
        watch.enter("vision");
        let read = self.read(&input, pixels, rope, &mut pass)?;
        watch.enter("prefill");
        let layers = sizes.qformer.start_layer..sizes.qformer.end_layer;
        let hidden = self.planner.hidden_states(&read, layers, &mut pass)?;
        watch.enter("dino");
        let dino = expert.dino.forward(dino_pixels, &mut pass)?;
        watch.enter("qformer");
        let condition = expert.condition(&hidden, dino, views.len(), &mut pass)?;
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

/// How the rotary angles are rounded: as the task needs it, unless the query says.
fn rope_rounding(choice: RopeChoice, of_task: RopeRounding) -> RopeRounding {
    match choice {
        RopeChoice::F32 => RopeRounding::F32,
        RopeChoice::Bf16 => RopeRounding::Bf16,
        RopeChoice::Auto => of_task,
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
