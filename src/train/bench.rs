//! How fast a model trains: samples a second of both stages, and the arithmetic behind them.
//!
//! Weights, pictures and words are random; the sizes are those of a run. Products count two operations for each
//! multiplication and addition, forwards once and backwards twice; what is not a product is left out.

use std::time::Instant;

use burn::tensor::{DType, Tensor};
use rayon::prelude::*;
use serde::Serialize;

use super::TrainError;
use super::bench_shape::{BenchShape, fits_memory};
use crate::job::{CancelToken, JobContext};
use crate::model::checkpoint::{Filling, Loader};
use crate::model::config::{ExpertConfig, ModelConfig, QwenConfig};
use crate::model::device::{DeviceChoice, Devices, is_cpu};
use crate::model::pass::{Pass, values};
use crate::model::planner::{RopeRounding, patch_width};
use crate::model::training::{
    ActionBatch, AdamW, AdamWSettings, DiffusionDraw, Gradients, LanguageBatch, Moments, Network,
    Packed, Parameters,
};

/// Tokens before and behind the pictures, and of a question with its answer, of which so many are learnt.
const HEAD: usize = 9;
const QUESTION: usize = 26;
const LEARNT: usize = 12;
/// Times an action sample is learnt with other noise.
const REPEATS: usize = 4;

/// What to measure.
#[derive(Debug, Clone, PartialEq)]
pub struct BenchConfig {
    /// Sizes of the model.
    pub shape: BenchShape,
    /// Where.
    pub device: DeviceChoice,
    /// Side of the pictures.
    pub side: u32,
    /// Pictures, or action samples, of a step.
    pub batch: usize,
    /// Questions about each picture.
    pub questions: usize,
    /// Steps measured, after one to warm up.
    pub steps: usize,
}

/// One stage.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BenchRow {
    /// "grounding" or "action".
    pub stage: &'static str,
    /// Milliseconds of a step: forwards and backwards, and the update.
    pub gradient_ms: f64,
    /// Milliseconds of the update.
    pub update_ms: f64,
    /// Pictures or action samples a second.
    pub samples_per_second: f64,
    /// Operations of products in a step.
    pub operations: f64,
    /// Billions of them a second.
    pub gflops: f64,
}

/// What was measured.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BenchReport {
    /// Sizes.
    pub shape: BenchShape,
    /// The device, in words.
    pub device: String,
    /// Threads that compute.
    pub threads: usize,
    /// Parameters.
    pub parameters: u64,
    /// Both stages.
    pub rows: Vec<BenchRow>,
}

/// Measures both stages.
///
/// # Errors
/// When the device cannot be had or fails.
pub fn bench(config: &BenchConfig, context: &JobContext<'_>) -> Result<BenchReport, TrainError> {
    let device = Devices::default().open(config.device)?;
    let sizes = config.shape.sizes(config.side)?;
    if config.shape == BenchShape::Large3b && device.is_in_main_memory() {
        fits_memory()?;
    }
    let loader = Loader::new(Filling::Fresh(1), device.handle(), DType::F32, context);
    let (network, parameters) = Network::load(&loader, &sizes)?;
    let count = parameters
        .list()
        .iter()
        .map(|n| n.shape.iter().product::<usize>() as u64)
        .sum();
    let parts = if is_cpu(device.handle()) {
        rayon::current_num_threads()
    } else {
        1
    };
    let mut meter = Meter {
        config,
        sizes: &sizes,
        parameters: &parameters,
        parts: parts.min(config.batch).max(1),
        context,
    };
    let (grounding, network) = meter.stage("grounding", network)?;
    let (action, _) = meter.stage("action", network)?;
    Ok(BenchReport {
        shape: config.shape,
        device: device.name().to_owned(),
        threads: rayon::current_num_threads(),
        parameters: count,
        rows: vec![grounding, action],
    })
}

struct Meter<'a> {
    config: &'a BenchConfig,
    sizes: &'a ModelConfig,
    parameters: &'a Parameters,
    /// Parts of a step that are computed at the same time.
    parts: usize,
    context: &'a JobContext<'a>,
}

impl Meter<'_> {
    fn stage(
        &mut self,
        stage: &'static str,
        network: Network,
    ) -> Result<(BenchRow, Network), TrainError> {
        let each = self.config.batch / self.parts;
        let acts = stage == "action";
        let prompts = self.prompts(each, acts);
        let mut network = network;
        let mut moments: Vec<Option<Moments>> = vec![None; self.parameters.list().len()];
        let (mut gradient_ms, mut update_ms) = (0.0, 0.0);
        for step in 0..=self.config.steps {
            self.context.check()?;
            self.context
                .report(stage, step as u64, self.config.steps as u64);
            let start = Instant::now();
            let own = vec![network.clone(); self.parts];
            let found: Vec<Result<Gradients, TrainError>> = own
                .into_par_iter()
                .map(|network| self.gradients(network, (&prompts, each, acts)))
                .collect();
            let mut sum = Gradients::default();
            for gradients in found {
                sum = sum.plus(gradients?);
            }
            let norm = sum.norm()?;
            let middle = Instant::now();
            let update = AdamW::new(AdamWSettings::default());
            network = self.parameters.updated(network, &mut |at, value| {
                let gradient = sum.take(at)?;
                let how = [1e-4, 1.0 / norm.max(1.0)];
                let (value, own) = update.update(value, gradient, moments[at].take(), how);
                moments[at] = Some(own);
                Some(value)
            });
            self.synchronise(&network)?;
            if step > 0 {
                gradient_ms += (middle - start).as_secs_f64() * 1e3;
                update_ms += middle.elapsed().as_secs_f64() * 1e3;
            }
        }
        let steps = self.config.steps.max(1) as f64;
        let [gradient_ms, update_ms] = [gradient_ms / steps, update_ms / steps];
        let seconds = (gradient_ms + update_ms) / 1e3;
        let samples = (each * self.parts) as f64;
        let operations = 3.0 * self.parts as f64 * self.forward(&prompts, acts);
        let row = BenchRow {
            stage,
            gradient_ms,
            update_ms,
            samples_per_second: samples / seconds,
            operations,
            gflops: operations / seconds / 1e9,
        };
        Ok((row, network))
    }

    /// Reads one number, so that everything before it is done.
    fn synchronise(&self, network: &Network) -> Result<(), TrainError> {
        let mut one: Option<Tensor<1>> = None;
        self.parameters.each(network, &mut |_, value| {
            one.get_or_insert_with(|| value.narrow(0, 0, 1));
        });
        if let Some(one) = one {
            values(one)?;
        }
        Ok(())
    }

    fn gradients(
        &self,
        network: Network,
        (prompts, each, acts): (&LanguageBatch, usize, bool),
    ) -> Result<Gradients, TrainError> {
        let network = self.parameters.trainable(network, &|_| true, false);
        let mut pass = Pass::unwatched(CancelToken::default());
        let loss = match (&self.sizes.expert, acts) {
            (Some(expert), true) => {
                let (batch, draw) = actions(prompts, each, expert);
                let reads = expert.qformer.start_layer..expert.qformer.end_layer;
                let how = (RopeRounding::Bf16, reads, 1.0);
                network.action_loss(&batch, &draw, how, &mut pass)?
            }
            _ => network.language_loss(prompts, RopeRounding::F32, &mut pass)?,
        };
        Ok(Gradients::of(&loss, &network, self.parameters))
    }

    /// Random pictures with questions, or with one instruction.
    fn prompts(&self, count: usize, acts: bool) -> LanguageBatch {
        let qwen = &self.sizes.qwen;
        let side = self.config.side / 28;
        let grid = [1, 2 * side, 2 * side];
        let questions = if acts { 1 } else { self.config.questions };
        let mut packed = Vec::new();
        for sample in 0..count {
            let pictures = (side * side) as usize;
            let head = HEAD + pictures;
            let mut one = Packed {
                ids: (0..head)
                    .map(|at| {
                        if at < HEAD {
                            at as u32
                        } else {
                            qwen.image_token_id
                        }
                    })
                    .collect(),
                learnt: vec![false; head],
                segments: vec![0; head],
                axes: [0; 3].map(|_| (0..head as u32).collect()),
            };
            for question in 0..questions {
                let id = |at: usize| ((at * 7 + question * 3 + sample) % 200) as u32;
                one.ids.extend((0..QUESTION).map(id));
                one.learnt
                    .extend((0..QUESTION).map(|at| !acts && at + LEARNT >= QUESTION));
                one.segments.extend(vec![question as u16 + 1; QUESTION]);
                for axis in &mut one.axes {
                    axis.extend((head..head + QUESTION).map(|at| at as u32));
                }
            }
            packed.push(one);
        }
        let patches = count * (grid[1] * grid[2]) as usize * patch_width(&qwen.vision);
        let patches = (0..patches)
            .map(|at| (at * 37 % 101) as f32 / 50.0 - 1.0)
            .collect();
        let batch = LanguageBatch::new(&packed, patches, vec![grid; count]);
        // There is at least one sample, so there is a batch.
        batch.unwrap_or_else(|| unreachable!("an empty batch was asked for"))
    }

    /// Operations of the products of one part, forwards.
    fn forward(&self, prompts: &LanguageBatch, acts: bool) -> f64 {
        let planner = planner_operations(&self.sizes.qwen, prompts);
        match (&self.sizes.expert, acts) {
            (Some(expert), true) => planner + expert_operations(expert, prompts),
            _ => {
                planner
                    + prompts.targets.len() as f64
                        * 2.0
                        * (self.sizes.qwen.hidden_size * self.sizes.qwen.vocab_size) as f64
            }
        }
    }
}

fn actions(
    prompts: &LanguageBatch,
    each: usize,
    expert: &ExpertConfig,
) -> (ActionBatch, DiffusionDraw) {
    let side = crate::model::policy::DINO_SIDE as usize;
    let dit = &expert.dit;
    let numbers = |count: usize| {
        (0..count)
            .map(|at| (at * 29 % 83) as f32 / 41.0 - 1.0)
            .collect()
    };
    let drawn = each * REPEATS;
    let batch = ActionBatch {
        prompts: prompts.clone(),
        views: 1,
        pixels: (numbers(each * 3 * side * side), [side; 2]),
        actions: numbers(each * dit.horizon * dit.axes),
    };
    let draw = DiffusionDraw {
        repeats: REPEATS,
        timesteps: (0..drawn).map(|at| at * 13 % 100).collect(),
        noise: numbers(drawn * dit.horizon * dit.axes),
        unconditional: vec![false; drawn],
    };
    (batch, draw)
}

fn planner_operations(qwen: &QwenConfig, batch: &LanguageBatch) -> f64 {
    let vision = &qwen.vision;
    let patches: f64 = batch.grids.iter().map(|g| f64::from(g[1] * g[2])).sum();
    let window = ((vision.window_size / vision.patch_size) as f64).powi(2);
    let width = vision.hidden_size as f64;
    let block = 2.0 * (4.0 * width * width + 3.0 * width * vision.intermediate_size as f64);
    let merged = 2.0 * 4.0 * width * (4.0 * width + qwen.hidden_size as f64);
    let seen = patches
        * (2.0 * patch_width(vision) as f64 * width
            + vision.depth as f64 * (block + 4.0 * window * width)
            + merged / 4.0);
    let tokens = batch.ids.len() as f64;
    let hidden = qwen.hidden_size as f64;
    let shared = (qwen.num_key_value_heads * qwen.head_dim) as f64;
    let block = 2.0
        * (2.0 * hidden * hidden
            + 2.0 * hidden * shared
            + 3.0 * hidden * qwen.intermediate_size as f64);
    let attention = 4.0 * batch.length() as f64 * hidden;
    seen + tokens * qwen.num_hidden_layers as f64 * (block + attention)
}

fn expert_operations(expert: &ExpertConfig, batch: &LanguageBatch) -> f64 {
    let samples = batch.batch as f64;
    let (dino, qformer, dit) = (&expert.dino, &expert.qformer, &expert.dit);
    let transformer =
        |tokens: f64, width: f64| tokens * (2.0 * 12.0 * width * width + 4.0 * tokens * width);
    let patches = (dino.position_grid * dino.position_grid) as f64;
    let seen = dino.depth as f64 * transformer(patches + 1.0, dino.embed_dim as f64);
    let read = batch.length() as f64 + patches;
    let width = qformer.output_dim as f64;
    let queries = qformer.num_query_tokens as f64;
    let asked = read * 2.0 * (qformer.input_dim as f64 * width + 2.0 * width * width)
        + queries * (2.0 * 10.0 * width * width + 4.0 * read * width);
    let tokens = (dit.condition_tokens + dit.horizon) as f64;
    let acted = dit.depth as f64 * transformer(tokens, dit.width as f64);
    samples * (seen + asked + REPEATS as f64 * acted)
}
