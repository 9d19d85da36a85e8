//! How fast a model is, and in [`expert`] how often the scripted expert succeeds. For a model: load time, memory, and
//! the time of every stage of an action query and of a reply. Training and generating are measured in their own rooms.
//!
//! Random weights take as long as trained ones. Each stage is run once to warm up and then three times, of
//! which the median counts; a stage ends when the device has done its work. Times in milliseconds.

pub mod expert;
mod report;

use std::time::Instant;

use burn::tensor::{Tensor, TensorData};

pub use crate::model::config::Shape;
pub use report::{BenchError, Config, Model, Report, Row};

use crate::job::JobContext;
use crate::model::action::{Sampler, SamplerOptions, Start};
use crate::model::checkpoint::{Checkpoint, Filling, LoadError, Loader};
use crate::model::config::ModelConfig;
use crate::model::device::{ComputeDevice, Devices, Precision};
use crate::model::expert::Expert;
use crate::model::pass::{Pass, PassError, values};
use crate::model::planner::{
    DecoderInput, GenerateOptions, Planner, PlannerError, PlannerInput, RopeRounding, TokenEvent,
    patch_width,
};
use crate::model::policy::modules;

/// Runs of each stage after the first; the median counts.
const REPEATS: usize = 3;
/// Side of a view, as InternVLA-M1 resizes it.
const SIDE: u32 = 224;
/// Words of a prompt beside its images: those of the action wrapper and the chat template around it.
const PROMPT_WORDS: usize = 60;
/// Tokens of the measured reply.
const REPLY_TOKENS: usize = 16;
/// The published clients' settings.
const SAMPLER: SamplerOptions = SamplerOptions {
    steps: 10,
    guidance: 1.5,
};

/// Loads and measures a model.
///
/// # Errors
/// When it cannot be loaded, the device fails, or somebody cancelled.
pub fn run(config: &Config, context: &JobContext<'_>) -> Result<Report, BenchError> {
    let device = Devices::default().open(config.device)?;
    let start = Instant::now();
    let loaded = load(&config.model, config.precision, &device, context)?;
    synchronise(&device)?;
    let load_ms = millis(start);
    let mut meter = Meter {
        device: &device,
        context,
        rows: vec![row("load", load_ms)],
    };
    let input = prompt(&loaded.config, config.views)?;
    measure(&mut meter, &loaded, &input, config.views)?;
    Ok(Report {
        model: loaded.name,
        device: device.name().to_owned(),
        precision: loaded.precision,
        views: config.views,
        parameters: loaded.parameters,
        weight_bytes: loaded.bytes,
        peak_memory_bytes: peak_memory(),
        device_memory_bytes: device.memory_reserved(),
        prompt_tokens: input.ids.len(),
        rows: meter.rows,
    })
}

struct Loaded {
    name: String,
    config: ModelConfig,
    planner: Planner,
    expert: Option<Expert>,
    precision: String,
    parameters: u64,
    bytes: u64,
}

fn load(
    model: &Model,
    precision: Precision,
    device: &ComputeDevice,
    context: &JobContext<'_>,
) -> Result<Loaded, BenchError> {
    context.report("Loading", 0, 0);
    let mut checkpoint = match model {
        Model::Random(_) => None,
        Model::Checkpoint(path) => Some(Checkpoint::open(path, None)?),
    };
    let (name, config) = match (&checkpoint, model) {
        (Some(open), _) => (open.path.display().to_string(), open.config.clone()),
        (None, Model::Random(shape)) => (
            format!("{} shape, random weights", shape.name()),
            shape.config(),
        ),
        (None, Model::Checkpoint(path)) => {
            return Err(LoadError::Missing {
                what: "the checkpoint".into(),
                hint: "give its run folder".into(),
                path: path.clone(),
            }
            .into());
        }
    };
    let dtype = precision.resolve(count(&config, device, context)?);
    let filling = match &mut checkpoint {
        Some(open) => Filling::Source(open.source()),
        None => Filling::Random,
    };
    let loader = Loader::new(filling, device.handle(), dtype, context);
    let (planner, expert) = modules(&loader, &config)?;
    let tally = loader.finish();
    Ok(Loaded {
        name,
        config,
        planner,
        expert,
        precision: format!("{dtype:?}").to_lowercase(),
        parameters: tally.parameters,
        bytes: tally.bytes,
    })
}

/// Parameters of a configuration, without giving them memory.
fn count(
    config: &ModelConfig,
    device: &ComputeDevice,
    context: &JobContext<'_>,
) -> Result<u64, LoadError> {
    let mut nothing = Empty;
    let filling = Filling::Tally(&mut nothing);
    let loader = Loader::new(filling, device.handle(), burn::tensor::DType::F32, context);
    modules(&loader, config)?;
    Ok(loader.finish().parameters)
}

/// A container without tensors.
struct Empty;

impl crate::model::checkpoint::TensorSource for Empty {
    fn entries(&self) -> &[crate::model::checkpoint::TensorEntry] {
        &[]
    }

    fn read(&mut self, _index: usize) -> Result<Vec<u8>, LoadError> {
        Ok(Vec::new())
    }
}

/// A prompt of grey views and words.
fn prompt(config: &ModelConfig, views: usize) -> Result<PlannerInput, PlannerError> {
    let vision = &config.qwen.vision;
    let grid = [
        1,
        SIDE / vision.patch_size as u32,
        SIDE / vision.patch_size as u32,
    ];
    let image = [
        config.qwen.vision_start_token_id,
        config.qwen.image_token_id,
    ];
    let mut ids: Vec<u32> = image.repeat(views);
    ids.extend((1..=PROMPT_WORDS as u32).map(|word| word % 500));
    let patches = (grid[1] * grid[2]) as usize * views * patch_width(vision);
    let ramp = (0..patches)
        .map(|at| (at % 255) as f32 / 128.0 - 1.0)
        .collect();
    PlannerInput::new(&ids, ramp, vec![grid; views], &config.qwen)
}

/// Takes times.
struct Meter<'a> {
    device: &'a ComputeDevice,
    context: &'a JobContext<'a>,
    rows: Vec<Row>,
}

impl Meter<'_> {
    /// Runs a stage to warm up, then several times; notes the median and gives back the last result.
    fn time<T>(
        &mut self,
        stage: &'static str,
        mut work: impl FnMut() -> Result<T, BenchError>,
    ) -> Result<T, BenchError> {
        self.context.check()?;
        self.context.report(&format!("Measuring {stage}"), 0, 0);
        let mut result = work()?;
        synchronise(self.device)?;
        let mut times = Vec::with_capacity(REPEATS);
        for _ in 0..REPEATS {
            self.context.check()?;
            let start = Instant::now();
            result = work()?;
            synchronise(self.device)?;
            times.push(millis(start));
        }
        times.sort_by(f64::total_cmp);
        self.rows.push(row(stage, times[REPEATS / 2]));
        Ok(result)
    }

    fn pass(&self) -> Pass {
        Pass::new(self.context.cancel.clone(), self.device.gpu().is_some())
    }
}

fn measure(
    meter: &mut Meter,
    loaded: &Loaded,
    input: &PlannerInput,
    views: usize,
) -> Result<(), BenchError> {
    let planner = &loaded.planner;
    let rope = RopeRounding::F32;
    let before = meter.rows.len();
    let device = meter.device.handle().clone();
    let cancel = meter.context.cancel.clone();
    let submit = meter.device.gpu().is_some();
    let pass = || Pass::new(cancel.clone(), submit);
    let images = meter.time("vision", || {
        let patches = input.patch_tensor(&device);
        Ok(planner.vision(patches, &input.grids, rope, &mut pass())?)
    })?;
    let read = DecoderInput {
        embeds: planner.embed(&input.ids, Some(images)),
        positions: input.positions.clone(),
        rope,
    };
    let layers = planner.config().num_hidden_layers;
    let range = loaded
        .config
        .expert
        .as_ref()
        .map_or(layers..layers + 1, |expert| {
            expert.qformer.start_layer..expert.qformer.end_layer
        });
    let hidden = meter.time("prefill", || {
        Ok(planner.hidden_states(&read, range.clone(), &mut pass())?)
    })?;
    if let Some(expert) = &loaded.expert {
        action(meter, expert, &hidden, views)?;
        let total = meter.rows[before..].iter().map(|row| row.ms).sum();
        let mut all = row("action query", total);
        all.per_second = Some(1e3 / total);
        meter.rows.push(all);
    }
    decode(meter, planner, &read, &input.ids)
}

/// Image encoder, querying transformer and denoising.
fn action(
    meter: &mut Meter,
    expert: &Expert,
    hidden: &[Tensor<3>],
    views: usize,
) -> Result<(), BenchError> {
    let device = meter.device.handle().clone();
    let side = SIDE as usize;
    let ramp: Vec<f32> = (0..views * 3 * side * side)
        .map(|at| (at % 255) as f32 / 64.0 - 2.0)
        .collect();
    let pixels = Tensor::<4>::from_data(TensorData::new(ramp, [views, 3, side, side]), &device);
    let mut pass = meter.pass();
    let features = meter.time("dino", || {
        Ok(expert.dino.forward(pixels.clone(), &mut pass)?)
    })?;
    let mut pass = meter.pass();
    let condition = meter.time("qformer", || {
        Ok(expert.condition(hidden, features.clone(), views, &mut pass)?)
    })?;
    let sampler = Sampler::new(SAMPLER)?;
    let mut pass = meter.pass();
    meter.time("dit", || {
        let start = Start {
            condition: condition.clone(),
            noise: expert.noise(0, 1),
        };
        let actions = sampler.run(&expert.dit, start, &mut |_| {}, &mut pass)?;
        Ok(values(actions)?)
    })?;
    Ok(())
}

/// A reply, from its first token to its last.
fn decode(
    meter: &mut Meter,
    planner: &Planner,
    read: &DecoderInput,
    ids: &[u32],
) -> Result<(), BenchError> {
    let options = GenerateOptions {
        max_new_tokens: REPLY_TOKENS,
        submit: meter.device.gpu().is_some(),
        ..GenerateOptions::default()
    };
    let mut times = Vec::with_capacity(REPEATS);
    for _ in 0..=REPEATS {
        meter.context.report("Measuring decode", 0, 0);
        let mut first = None;
        let mut on_token = |event: &TokenEvent| {
            if event.index == 0 {
                first = Some(Instant::now());
            }
        };
        let listener = (
            &meter.context.cancel,
            &mut on_token as &mut dyn FnMut(&TokenEvent),
        );
        planner.generate(read, ids, &options, listener)?;
        times.extend(first.map(millis));
    }
    // The first run warms up.
    let mut times = times.split_off(1.min(times.len()));
    times.sort_by(f64::total_cmp);
    let ms = times.get(REPEATS / 2).copied().unwrap_or_default();
    let mut decode = row("decode", ms);
    decode.per_second = Some((REPLY_TOKENS - 1) as f64 * 1e3 / ms);
    meter.rows.push(decode);
    Ok(())
}

const fn row(stage: &'static str, ms: f64) -> Row {
    Row {
        stage,
        ms,
        per_second: None,
    }
}

fn synchronise(device: &ComputeDevice) -> Result<(), PassError> {
    let done = device.handle().sync();
    done.map_err(|error| PassError::Device(error.to_string()))
}

fn millis(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1e3
}

/// The most memory this process has had, on Linux.
#[must_use]
pub fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.trim().trim_end_matches("kB").trim().parse().ok()?;
    Some(kilobytes * 1024)
}

#[cfg(test)]
mod tests;
