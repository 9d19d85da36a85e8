//! Predicting actions: from pictures and instruction through planner, image encoder, querying transformer and
//! sampler to normalised and SI actions, each stage from the stored input where there is one, and once end to end.

use burn::tensor::Tensor;
use serde_json::Value;

use super::compare::Comparison;
use super::models::{Model, Which};
use super::numbers::Numbers;
use super::pictures;
use super::preprocess::grids;
use super::sheet::Sheet;
use super::{Fault, Workspace};
use crate::grounding::prompt::action_prompt;
use crate::model::action::{Sampler, SamplerOptions, Start};
use crate::model::pass::Pass;
use crate::model::planner::rope::VISION_THETA;
use crate::model::planner::{DecoderInput, PlannerInput, Positions, RopeRounding, prompt};
use crate::robot::NormActionChunk;
use crate::vision::Frame;

/// End to end errors add up: the golden format's own limit for f32 from stored pixels.
const END_TO_END: f64 = 1e-4;

/// Rounding of rotary frequencies shows in a file that stores the rounded tables.
pub(super) fn stages(sheet: &mut Sheet, space: &mut Workspace) -> Result<(), Fault> {
    let model = space.models.get(Which::Policy)?;
    let rounded = sheet.names().iter().any(|name| name.ends_with("inv_freq"));
    let rope = if rounded {
        RopeRounding::Bf16
    } else {
        RopeRounding::F32
    };
    frequencies(sheet, &model, rope);
    let cases = space.golden.cases["predict"].as_object();
    let cases = cases.ok_or_else(|| Fault::case("predict"))?;
    let stem = sheet.file.stem().to_owned();
    let own = stem
        .strip_prefix("predict_")
        .and_then(|name| Some((name, cases.get(name)?)));
    if let Some((name, case)) = own {
        return Prediction::new(name, "", rope, case)?.verify(sheet, space, &model);
    }
    for (name, case) in cases {
        let prefix = format!("{name}.");
        let ours = |tensor: &&String| tensor.starts_with(&prefix);
        if sheet.names().iter().find(ours).is_none() {
            continue;
        }
        let prediction = Prediction::new(name, &prefix, rope, case);
        let done = prediction.and_then(|prediction| prediction.verify(sheet, space, &model));
        if let Err(fault) = done {
            for tensor in sheet.names().iter().filter(ours) {
                sheet.fail(tensor, &fault);
            }
        }
    }
    Ok(())
}

fn frequencies(sheet: &mut Sheet, model: &Model, rope: RopeRounding) {
    let qwen = &model.config.qwen;
    let lm = rope.frequencies(qwen.rope_theta, qwen.head_dim);
    sheet.check("lm.inv_freq", &Numbers::floats(&[lm.len()], &lm));
    let head_dim = qwen.vision.hidden_size / qwen.vision.num_heads.max(1);
    let vision = rope.frequencies(VISION_THETA, head_dim / 2);
    sheet.check(
        "vision.inv_freq",
        &Numbers::floats(&[vision.len()], &vision),
    );
}

/// One case: samples of views with an instruction each.
struct Prediction<'a> {
    name: &'a str,
    prefix: &'a str,
    rope: RopeRounding,
    views: Vec<Vec<String>>,
    instructions: Vec<String>,
}

impl<'a> Prediction<'a> {
    fn new(
        name: &'a str,
        prefix: &'a str,
        rope: RopeRounding,
        case: &Value,
    ) -> Result<Self, Fault> {
        let read = |key: &str| case.get(key).cloned();
        let views: Option<Vec<Vec<String>>> = match read("batch_images") {
            Some(batch) => serde_json::from_value(batch).ok(),
            None => read("images").and_then(|one| Some(vec![serde_json::from_value(one).ok()?])),
        };
        let instructions: Option<Vec<String>> = match read("instructions") {
            Some(all) => serde_json::from_value(all).ok(),
            None => read("instruction").and_then(|one| Some(vec![one.as_str()?.to_owned()])),
        };
        let usable = |views: &Vec<Vec<String>>, instructions: &Vec<String>| {
            let first = views.first().map_or(0, Vec::len);
            let even = first > 0 && views.iter().all(|sample| sample.len() == first);
            even && views.len() == instructions.len()
        };
        match (views, instructions) {
            (Some(views), Some(instructions)) if usable(&views, &instructions) => Ok(Self {
                name,
                prefix,
                rope,
                views,
                instructions,
            }),
            _ => Err(Fault::case(format!(
                "predict.{name}: images and instruction"
            ))),
        }
    }

    fn tensor(&self, what: &str) -> String {
        format!("{}{what}", self.prefix)
    }

    fn verify(&self, sheet: &mut Sheet, space: &Workspace, model: &Model) -> Result<(), Fault> {
        let mut frames = Vec::new();
        for name in self.views.iter().flatten() {
            frames.push(pictures::square(space.golden, model, name)?);
        }
        let states = self.states(sheet, model, &frames)?;
        let own = self.condition(sheet, model, &states, &frames)?;
        self.actions(sheet, space, model, &own)
    }

    /// The planner: ids, positions and the hidden states that the querying transformer reads.
    fn states(
        &self,
        sheet: &mut Sheet,
        model: &Model,
        frames: &[Frame],
    ) -> Result<Vec<Tensor<3>>, Fault> {
        let wrapper = model
            .run
            .as_ref()
            .and_then(|run| run.prompt_wrapper.as_deref());
        let views = self.views[0].len();
        let mut inputs = Vec::with_capacity(self.views.len());
        for (frames, instruction) in frames.chunks(views).zip(&self.instructions) {
            let fitted = frames.iter().map(|frame| pictures::smart_of(model, frame));
            let patches = pictures::patches(model, &fitted.collect::<Result<Vec<_>, _>>()?)?;
            let text = prompt::chat(views, &action_prompt(wrapper, instruction));
            let ids = model.tokenizer.encode(&text);
            let qwen = &model.config.qwen;
            inputs.push(PlannerInput::new(
                &ids,
                patches.values,
                patches.grids,
                qwen,
            )?);
        }
        let positions: Vec<Positions> = inputs.iter().map(|i| i.positions.clone()).collect();
        let positions = Positions::left_padded(&positions);
        self.check_input(sheet, &inputs, &positions);
        let mut pass = Pass::collecting();
        let embeds = self.embeds(model, &inputs, positions.length(), &mut pass)?;
        let input = DecoderInput {
            embeds,
            positions,
            rope: self.rope,
        };
        let layers = reads(model)?;
        let states = model
            .planner
            .hidden_states(&input, layers.clone(), &mut pass)?;
        for (i, state) in layers.zip(&states) {
            let name = self.tensor(&format!("hidden_state_{i}"));
            if sheet.has(&name) {
                sheet.check(&name, &Numbers::of(state.clone())?);
            }
        }
        Ok(states)
    }

    fn check_input(&self, sheet: &mut Sheet, inputs: &[PlannerInput], positions: &Positions) {
        let ids: Vec<i64> = inputs
            .iter()
            .flat_map(|i| &i.ids)
            .map(|id| i64::from(*id))
            .collect();
        let shape = [inputs.len(), ids.len() / inputs.len().max(1)];
        sheet.check(&self.tensor("input_ids"), &Numbers::integers(&shape, ids));
        let axes = positions.axes().concat();
        let axes = axes.iter().map(|position| i64::from(*position));
        let shape = [3, positions.batch(), positions.length()];
        sheet.check(
            &self.tensor("position_ids"),
            &Numbers::integers(&shape, axes),
        );
        let all: Vec<[u32; 3]> = inputs.iter().flat_map(|i| i.grids.clone()).collect();
        sheet.check(&self.tensor("image_grid_thw"), &grids(&all));
    }

    fn embeds(
        &self,
        model: &Model,
        inputs: &[PlannerInput],
        length: usize,
        pass: &mut Pass,
    ) -> Result<Tensor<3>, Fault> {
        let mut rows = Vec::with_capacity(inputs.len());
        for input in inputs {
            let row = model.planner.read(input, self.rope, pass)?.embeds;
            let padding = vec![0; length - input.ids.len()];
            rows.push(if padding.is_empty() {
                row
            } else {
                Tensor::cat(vec![model.planner.embed(&padding, None), row], 1)
            });
        }
        Ok(Tensor::cat(rows, 0))
    }

    /// Image features and querying transformer. Returns the condition computed from nothing but pictures and text.
    fn condition(
        &self,
        sheet: &mut Sheet,
        model: &Model,
        states: &[Tensor<3>],
        frames: &[Frame],
    ) -> Result<Tensor<3>, Fault> {
        let expert = model.expert()?;
        let mut pass = Pass::collecting();
        let features = expert
            .dino
            .forward(pictures::dino_tensor(model, frames)?, &mut pass)?;
        let image = expert.image_tokens(features, self.views[0].len());
        let projected = self.tensor("dino_projected");
        if sheet.has(&projected) {
            sheet.check(&projected, &Numbers::of(image.clone())?);
        }
        let own = expert
            .qformer
            .forward(states, image.clone(), &mut Pass::collecting())?;
        let mut inputs = Vec::with_capacity(states.len());
        for (i, state) in reads(model)?.zip(states) {
            let name = self.tensor(&format!("hidden_state_{i}"));
            inputs.push(stored_like(sheet, &name, state)?);
        }
        let image = stored_like(sheet, &projected, &image)?;
        let mut pass = Pass::collecting();
        let condition = expert.qformer.forward(&inputs, image, &mut pass)?;
        for stage in pass.finish()? {
            let name = stage.name.replace("qformer.layer_", "qformer_layer_");
            let numbers = Numbers::floats(&stage.shape, &stage.values);
            sheet.check(&self.tensor(&name), &numbers);
        }
        let name = self.tensor("condition");
        if sheet.has(&name) {
            sheet.check(&name, &Numbers::of(condition)?);
        }
        Ok(own)
    }

    fn actions(
        &self,
        sheet: &mut Sheet,
        space: &Workspace,
        model: &Model,
        own: &Tensor<3>,
    ) -> Result<(), Fault> {
        let device = model.planner.device();
        let noise = self.noise(sheet, space)?;
        let [_, horizon, axes] = noise.shape[..] else {
            return Err(Fault::stored("initial_noise is not [batch, horizon, axes]"));
        };
        let batch = own.dims()[0];
        if [horizon, axes] != model.expert()?.dit.chunk() || noise.shape[0] % batch != 0 {
            return Err(Fault::stored(format!(
                "initial_noise of shape {:?} does not fit",
                noise.shape
            )));
        }
        let condition = stored_like(sheet, &self.tensor("condition"), own)?;
        for name in sheet.names() {
            let what = name
                .strip_prefix(self.prefix)
                .unwrap_or_default()
                .to_owned();
            if let Some(setting) = what.strip_prefix("actions_norm.").and_then(Setting::parse) {
                let run = |condition: &Tensor<3>| -> Result<Numbers, Fault> {
                    let noise = noise.tensor(device)?;
                    setting.run(
                        model,
                        Start {
                            condition: condition.clone(),
                            noise,
                        },
                    )
                };
                let got = run(&condition);
                sheet.check_result(&name, got);
                let entry = sheet.file.tensor(&name).map(|entry| entry.comparison);
                if let (Some(Comparison::Close(atol)), Ok(want)) = (entry, sheet.stored(&name)) {
                    let limit = Comparison::Close(atol.max(END_TO_END));
                    sheet.table(&format!("{name} from pictures"), limit, &run(own)?, &want);
                }
            } else if let Some(rest) = what.strip_prefix("actions_raw.") {
                let got = self.raw(sheet, model, rest);
                sheet.check_result(&name, got);
            }
        }
        Ok(())
    }

    /// The noise of this case: here, or in the file of the case itself.
    fn noise(&self, sheet: &mut Sheet, space: &Workspace) -> Result<Numbers, Fault> {
        let name = self.tensor("initial_noise");
        if sheet.has(&name) {
            return sheet.given(&name);
        }
        let file = format!("stages/predict_{}.safetensors", self.name);
        space.golden.tensor(&file, "initial_noise")
    }

    /// SI actions of `KEY.cfgC.ddimK` from the stored normalised ones.
    fn raw(&self, sheet: &Sheet, model: &Model, rest: &str) -> Result<Numbers, Fault> {
        let unknown = || Fault::stored("its name is not actions_raw.KEY.cfgC.ddimK");
        let (key, setting) = rest.rsplit_once(".cfg").ok_or_else(unknown)?;
        let normalized = sheet.stored(&self.tensor(&format!("actions_norm.cfg{setting}")))?;
        let axes = normalized.shape.last().copied().unwrap_or(1);
        let values: Vec<f32> = normalized.values.iter().map(|v| *v as f32).collect();
        let statistics = model.statistics.as_ref();
        let statistics = statistics.ok_or(Fault::NoModel("dataset_statistics.json"))?;
        let (_, embodiment) = statistics.choose(Some(key))?;
        let chunk = NormActionChunk::from_rows(&values, axes);
        let actions = embodiment.action_stats().denormalize(&chunk)?;
        Ok(Numbers {
            shape: normalized.shape.clone(),
            values: actions.steps().concat(),
        })
    }
}

/// The hidden states that the querying transformer reads.
fn reads(model: &Model) -> Result<std::ops::Range<usize>, Fault> {
    let config = model
        .config
        .expert
        .as_ref()
        .ok_or(Fault::NoModel("action expert"))?;
    Ok(config.qformer.start_layer..config.qformer.end_layer)
}

/// The stored tensor if it is listed and has the computed one's shape, else the computed one.
fn stored_like(sheet: &Sheet, name: &str, computed: &Tensor<3>) -> Result<Tensor<3>, Fault> {
    match sheet.optional(name)? {
        Some(stored) if stored.shape == computed.dims() => stored.tensor(&computed.device()),
        Some(stored) => Err(Fault::stored(format!(
            "{name} has shape {:?}, the model makes {:?}",
            stored.shape,
            computed.dims()
        ))),
        None => Ok(computed.clone()),
    }
}

/// Guidance and steps of a name such as `cfg1.5.ddim10`.
pub(super) struct Setting {
    guidance: f64,
    steps: usize,
}

impl Setting {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (guidance, steps) = text.strip_prefix("cfg")?.rsplit_once(".ddim")?;
        Some(Self {
            guidance: guidance.parse().ok()?,
            steps: steps.parse().ok()?,
        })
    }

    fn run(&self, model: &Model, start: Start) -> Result<Numbers, Fault> {
        let sampler = Sampler::new(SamplerOptions {
            steps: self.steps,
            guidance: self.guidance,
        })?;
        let dit = &model.expert()?.dit;
        let mut pass = Pass::new(crate::job::CancelToken::default(), false);
        let actions = sampler.run(dit, start, &mut |_| {}, &mut pass)?;
        pass.finish()?;
        Numbers::of(actions)
    }
}

#[cfg(test)]
mod tests;
