//! Training: supervised tokens, losses, gradients by name, the optimiser's steps, and the tables of rates and groups.

use burn::tensor::Tensor;
use serde_json::Value;

use super::compare::Comparison;
use super::models::{Model, Models, Which};
use super::numbers::Numbers;
use super::pictures;
use super::sheet::Sheet;
use super::{Fault, Workspace};
use crate::grounding::prompt::wrapped;
use crate::job::CancelToken;
use crate::model::pass::{Pass, values};
use crate::model::planner::prompt::{self, Role};
use crate::model::planner::{Positions, RopeRounding};
use crate::model::training::{
    ActionBatch, AdamW, AdamWSettings, DiffusionDraw, Gradients, LanguageBatch, ModuleGroup,
    Network, Packed, Parameters, RateSchedule, Sample, SampleTurn, clip_factor, published_name,
};
use crate::vision::normalize::{self, Patches};
use crate::vision::resample::{self, Filter};
use crate::vision::{Fit, Frame, PixelLimits};

/// A label that is not learnt.
const IGNORED: i64 = -100;
/// Where padding of a batch stands.
const PADDED_POSITION: u32 = 1;
/// Samples whose condition is left out: those whose random number is below this.
const DROP: f64 = 0.1;
/// Norms are compared as shares of the norm of all; the golden format's own least tolerance.
const NORMS: Comparison = Comparison::Close(2e-5);
/// Rates are computed in f64 on both sides.
const RATES: Comparison = Comparison::Close(1e-12);

fn pass() -> Pass {
    Pass::unwatched(CancelToken::default())
}

/// One conversation about one picture.
struct Asked {
    sample: Sample,
    patches: Patches,
}

pub(super) fn language(sheet: &mut Sheet, space: &mut Workspace) -> Result<(), Fault> {
    let model = space.models.get(Which::Policy)?;
    let rows = sheet.stored("input_ids")?.shape.first().copied();
    let table = &space.golden.cases["train_lm"];
    let listed = table["samples"].as_array();
    let listed = listed.ok_or_else(|| Fault::case("train_lm.samples"))?;
    let count = rows.unwrap_or(0).min(listed.len());
    let asked: Vec<Asked> = listed[..count]
        .iter()
        .map(|case| ask(space, &model, case))
        .collect::<Result<_, _>>()?;
    let batch = left_padded(sheet, &model, &asked)?;
    let (network, parameters) = model.trainable();
    let loss = network.language_loss(&batch, RopeRounding::F32, &mut pass())?;
    sheet.check("loss", &Numbers::of(loss.clone())?);
    let gradients = Gradients::of(&loss, &network, parameters);
    gradients_of(sheet, "grad.", parameters, &gradients)?;
    let name = sheet.file.stem().trim_start_matches("train_lm_").to_owned();
    norms(sheet, parameters, &gradients, ("grad_norms", &table[&name]))
}

/// A conversation of cases.json.
fn ask(space: &Workspace, model: &Model, case: &Value) -> Result<Asked, Fault> {
    let text = |key: &str| {
        let text = case[key].as_str().map(str::to_owned);
        text.ok_or_else(|| Fault::case(format!("train_lm.samples.{key}")))
    };
    let limit = |key: &str| space.golden.cases["train_lm"]["image_processor"][key].as_u64();
    let limits = match (limit("min_pixels"), limit("max_pixels")) {
        (Some(min), Some(max)) => PixelLimits { min, max },
        _ => model.limits(),
    };
    let original = pictures::picture(space.golden, &text("image")?)?;
    let fit = Fit::smart(original.size(), model.layout().cell(), limits)?;
    let frame = resample::resize(&original, fit.target, Filter::Bicubic);
    let patches = pictures::patches(model, &[frame])?;
    let turns = [
        (Role::User, text("human")?),
        (Role::Assistant, text("gpt")?),
    ];
    let turns = turns.map(|(role, text)| SampleTurn { role, text });
    let sample = Sample::new(&turns, &patches.grids, &model.tokenizer, &model.config.qwen)?;
    Ok(Asked { sample, patches })
}

/// The batch as the reference collates it: tokens padded at the left, positions at the right.
fn left_padded(sheet: &mut Sheet, model: &Model, asked: &[Asked]) -> Result<LanguageBatch, Fault> {
    let longest = asked.iter().map(|a| a.sample.ids.len()).max().unwrap_or(0);
    let pad_id = model.tokenizer.stop_ids().last().copied().unwrap_or(0);
    let mut axes = [const { Vec::new() }; 3];
    let mut packed = Vec::new();
    for Asked { sample, .. } in asked {
        let pad = longest - sample.ids.len();
        let before = |value: u32| std::iter::repeat_n(value, pad);
        let learnt = std::iter::repeat_n(false, pad).chain(sample.learnt.iter().copied());
        for (axis, from) in axes.iter_mut().zip(sample.positions.axes()) {
            axis.extend(from.iter().copied().chain(before(PADDED_POSITION)));
        }
        let segments = std::iter::repeat_n(u16::MAX, pad);
        packed.push(Packed {
            ids: before(pad_id).chain(sample.ids.iter().copied()).collect(),
            learnt: learnt.collect(),
            segments: segments
                .chain(std::iter::repeat_n(0, sample.ids.len()))
                .collect(),
            axes: [0; 3].map(|_| vec![0; longest]),
        });
    }
    compare_inputs(sheet, &packed, &axes, asked);
    let patches = asked.iter().flat_map(|a| a.patches.values.iter().copied());
    let grids = asked.iter().flat_map(|a| a.patches.grids.iter().copied());
    let empty = || Fault::stored("there is no sample");
    let mut batch =
        LanguageBatch::new(&packed, patches.collect(), grids.collect()).ok_or_else(empty)?;
    batch.positions = Positions::from_axes(axes, vec![0; packed.len()]).ok_or_else(empty)?;
    Ok(batch)
}

fn compare_inputs(sheet: &mut Sheet, packed: &[Packed], axes: &[Vec<u32>; 3], asked: &[Asked]) {
    let shape = [packed.len(), packed.first().map_or(0, Packed::length)];
    let integers = |of: &dyn Fn(&Packed) -> Vec<i64>| {
        Numbers::integers(&shape, packed.iter().flat_map(of).collect::<Vec<_>>())
    };
    let ids = integers(&|p| p.ids.iter().map(|id| i64::from(*id)).collect());
    sheet.check("input_ids", &ids);
    let mask = integers(&|p| p.segments.iter().map(|s| i64::from(*s == 0)).collect());
    sheet.check("attention_mask", &mask);
    let labels = integers(&|p| {
        let label = |(learnt, id): (&bool, &u32)| if *learnt { i64::from(*id) } else { IGNORED };
        p.learnt.iter().zip(&p.ids).map(label).collect()
    });
    sheet.check("labels", &labels);
    let positions = axes.iter().flatten().map(|p| i64::from(*p));
    let shape = [3, shape[0], shape[1]];
    sheet.check("position_ids", &Numbers::integers(&shape, positions));
    let grids: Vec<[u32; 3]> = asked.iter().flat_map(|a| a.patches.grids.clone()).collect();
    sheet.check("image_grid_thw", &super::preprocess::grids(&grids));
    let values: Vec<f32> = asked
        .iter()
        .flat_map(|a| a.patches.values.clone())
        .collect();
    let rows = crate::model::planner::patch_count(&grids).max(1);
    let pixels = Numbers::floats(&[rows, values.len() / rows], &values);
    sheet.check("pixel_values_every16", &pixels.every(16));
}

/// Every stored gradient named after `prefix`.
fn gradients_of(
    sheet: &mut Sheet,
    prefix: &str,
    parameters: &Parameters,
    gradients: &Gradients,
) -> Result<(), Fault> {
    for (place, named) in parameters.list().iter().enumerate() {
        let name = format!("{prefix}{}", published_name(&named.name));
        if !sheet.has(&name) {
            continue;
        }
        let numbers = match gradients.of_place(place) {
            Some(gradient) => Numbers::floats(&named.shape, &values(gradient.clone())?),
            None => Numbers::floats(&named.shape, &vec![0.0; named.shape.iter().product()]),
        };
        sheet.check(&name, &numbers);
    }
    Ok(())
}

/// The norm of every gradient against a table of cases.json.
fn norms(
    sheet: &mut Sheet,
    parameters: &Parameters,
    gradients: &Gradients,
    (name, case): (&str, &Value),
) -> Result<(), Fault> {
    let (Some(table), Some(total)) = (
        case["grad_norms"].as_object(),
        case["total_grad_norm"].as_f64(),
    ) else {
        return Ok(());
    };
    let (mut got, mut want) = (Vec::new(), Vec::new());
    for (place, named) in parameters.list().iter().enumerate() {
        let Some(stored) = table.get(&published_name(&named.name)) else {
            continue;
        };
        let norm = match gradients.of_place(place) {
            Some(gradient) => {
                let values = values(gradient.clone())?;
                values
                    .iter()
                    .map(|v| f64::from(*v).powi(2))
                    .sum::<f64>()
                    .sqrt()
            }
            None => 0.0,
        };
        got.push(norm / total);
        want.push(stored.as_f64().unwrap_or(0.0) / total);
    }
    got.push(gradients.norm()? / total);
    want.push(1.0);
    let numbers = |values: Vec<f64>| Numbers {
        shape: vec![values.len()],
        values,
    };
    sheet.table(name, NORMS, &numbers(got), &numbers(want));
    Ok(())
}

pub(super) fn diffusion(sheet: &mut Sheet, space: &mut Workspace) -> Result<(), Fault> {
    let model = space.models.get(Which::Policy)?;
    let case = &space.golden.cases["train_diffusion"];
    let batch = actions(sheet, space, &model, case)?;
    let timesteps = sheet.given("timesteps")?.counts()?;
    let noise: Vec<f32> = sheet
        .given("noise")?
        .values
        .iter()
        .map(|v| *v as f32)
        .collect();
    let mut draw = DiffusionDraw {
        repeats: timesteps.len() / batch.prompts.batch.max(1),
        timesteps: timesteps.iter().map(|t| *t as usize).collect(),
        noise,
        unconditional: vec![false; timesteps.len()],
    };
    let known = crate::model::action::Schedule::squared_cosine().betas.len();
    let [horizon, axes] = model.expert()?.dit.chunk();
    let fits = draw.repeats * batch.prompts.batch == draw.timesteps.len()
        && draw.timesteps.iter().all(|t| *t < known)
        && draw.noise.len() == draw.timesteps.len() * horizon * axes;
    if !fits {
        return Err(Fault::stored(
            "timesteps, noise and actions do not fit together",
        ));
    }
    run_diffusion(sheet, &model, (&batch, &draw), ("eval", case))?;
    if sheet.has("label_drop_rand") {
        let random = sheet.given("label_drop_rand")?.values;
        draw.unconditional = random.iter().map(|r| *r < DROP).collect();
        run_diffusion(sheet, &model, (&batch, &draw), ("label_drop", case))?;
    }
    Ok(())
}

fn run_diffusion(
    sheet: &mut Sheet,
    model: &Model,
    (batch, draw): (&ActionBatch, &DiffusionDraw),
    (mode, case): (&str, &Value),
) -> Result<(), Fault> {
    let (network, parameters): (Network, &Parameters) = model.trainable();
    let range = model.states().ok_or(Fault::NoModel("action expert"))?;
    let how = (RopeRounding::F32, range, 1.0);
    let loss = network.action_loss(batch, draw, how, &mut pass())?;
    sheet.check(&format!("{mode}.loss"), &Numbers::of(loss.clone())?);
    let gradients = Gradients::of(&loss, &network, parameters);
    gradients_of(sheet, &format!("{mode}.grad."), parameters, &gradients)?;
    let name = format!("{mode}.grad_norms");
    norms(sheet, parameters, &gradients, (&name, &case[mode]))
}

/// The action batch of cases.json, its instruction wrapped and not lower-cased.
fn actions(
    sheet: &mut Sheet,
    space: &Workspace,
    model: &Model,
    case: &Value,
) -> Result<ActionBatch, Fault> {
    let views: Option<Vec<Vec<String>>> = serde_json::from_value(case["images"].clone()).ok();
    let views = views.filter(|views| !views.is_empty());
    let views = views.ok_or_else(|| Fault::case("train_diffusion.images"))?;
    let text = case["lang"].as_str();
    let text = text.ok_or_else(|| Fault::case("train_diffusion.lang"))?;
    let wrapper = model
        .run
        .as_ref()
        .and_then(|run| run.prompt_wrapper.as_deref());
    let text = prompt::chat(views[0].len(), &wrapped(wrapper, text));
    let (mut packed, mut all) = (Vec::new(), Vec::new());
    for sample in &views {
        let frames: Vec<Frame> = sample
            .iter()
            .map(|name| pictures::square(space.golden, model, name))
            .collect::<Result<_, _>>()?;
        let grids = pictures::patches(model, &frames)?.grids;
        let ids = prompt::expand(&model.tokenizer.encode(&text), &grids, &model.config.qwen)?;
        let positions = Positions::new(&ids, &grids, &model.config.qwen)?;
        packed.push(Packed {
            learnt: vec![false; ids.len()],
            segments: vec![0; ids.len()],
            axes: positions.axes().map(<[u32]>::to_vec),
            ids,
        });
        all.extend(frames);
    }
    let patches = normalize::patchify(&all, model.layout())?;
    let dino = pictures::dino_tensor(model, &all)?;
    let [_, _, height, width] = dino.dims();
    let given = sheet.given("actions")?.values;
    let prompts = LanguageBatch::new(&packed, patches.values, patches.grids);
    Ok(ActionBatch {
        prompts: prompts.ok_or_else(|| Fault::stored("there is no sample"))?,
        views: views[0].len(),
        pixels: (values(dino)?, [height, width]),
        actions: given.iter().map(|v| *v as f32).collect(),
    })
}

pub(super) fn optimizer(sheet: &mut Sheet, space: &mut Workspace) -> Result<(), Fault> {
    let case = &space.golden.cases["optimizer"];
    let number = |key: &str| case[key].as_f64();
    let settings = AdamWSettings {
        betas: serde_json::from_value(case["betas"].clone()).unwrap_or([0.9, 0.95]),
        eps: number("eps").unwrap_or(1e-8),
        weight_decay: number("weight_decay").unwrap_or(1e-8),
    };
    let rate = number("lr").ok_or_else(|| Fault::case("optimizer.lr"))?;
    let limit = number("clip").unwrap_or(f64::INFINITY);
    let device = space.models.device().clone();
    let flat = |numbers: Numbers| -> Result<Tensor<1>, Fault> {
        let count = numbers.values.len();
        let numbers = Numbers {
            shape: vec![count],
            ..numbers
        };
        numbers.tensor(&device)
    };
    let start = sheet.given("w0")?;
    let shape = start.shape.clone();
    let mut value = flat(start)?;
    let mut moments = None;
    for step in 1.. {
        let name = format!("grad_{}", step - 1);
        if !sheet.has(&name) {
            break;
        }
        let gradient = sheet.given(&name)?;
        let norm = gradient.values.iter().map(|v| v * v).sum::<f64>().sqrt();
        let norms = Numbers::floats(&[1], &[norm as f32]);
        sheet.check(&format!("norm_before_clip_{}", step - 1), &norms);
        let update = AdamW::new(settings, step);
        let how = [rate, clip_factor(norm, limit)];
        let (next, remembered) = update.update(value, flat(gradient)?, moments, how);
        sheet.check(
            &format!("w_after_{step}"),
            &Numbers::floats(&shape, &values(next.clone())?),
        );
        (value, moments) = (next, Some(remembered));
    }
    Ok(())
}

/// The learning rate at every step the table lists.
pub(super) fn rates(sheet: &mut Sheet, table: &Value) {
    let number = |key: &str| table[key].as_f64();
    let (Some(base), Some(least)) = (number("base_lr"), number("min_lr")) else {
        return sheet.fail("lr_schedule", &Fault::case("lr_schedule"));
    };
    let schedule = RateSchedule {
        warmup: table["warmup"].as_u64().unwrap_or(0),
        total: table["total"].as_u64().unwrap_or(0),
        floor: least / base,
    };
    let (mut got, mut want) = (Vec::new(), Vec::new());
    for (step, rate) in table["lr_at_step"].as_object().into_iter().flatten() {
        if let (Ok(step), Some(rate)) = (step.parse::<u64>(), rate.as_f64()) {
            got.push(base * schedule.factor(step));
            want.push(rate);
        }
    }
    let numbers = |values: Vec<f64>| Numbers {
        shape: vec![values.len()],
        values,
    };
    sheet.table("lr_schedule", RATES, &numbers(got), &numbers(want));
}

/// Tensors and numbers in each group of the policy checkpoint.
pub(super) fn groups(sheet: &mut Sheet, models: &mut Models, table: &Value) -> Result<(), Fault> {
    let model = models.get(Which::Policy)?;
    let (mut got, mut want) = (Vec::new(), Vec::new());
    for group in table.as_array().into_iter().flatten() {
        let named = ModuleGroup::ALL
            .into_iter()
            .find(|known| group["name"].as_str() == Some(known.name()));
        let tied = model.config.qwen.tie_word_embeddings;
        let ours = model.entries.iter().filter(|(name, _)| {
            Some(ModuleGroup::of(name)) == named && !(tied && name == "lm_head.weight")
        });
        got.push(ours.clone().count() as f64);
        got.push(ours.map(|(_, numel)| *numel as f64).sum());
        want.extend([&group["params"], &group["elements"]].map(|v| v.as_f64().unwrap_or(-1.0)));
    }
    let numbers = |values: Vec<f64>| Numbers {
        shape: vec![values.len()],
        values,
    };
    sheet.table(
        "lr_groups",
        Comparison::Exact,
        &numbers(got),
        &numbers(want),
    );
    Ok(())
}
