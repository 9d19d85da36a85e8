//! The optimiser's steps, and the tables of rates and groups.

use burn::tensor::Tensor;
use serde_json::Value;

use super::compare::Comparison;
use super::models::{Models, Which};
use super::numbers::Numbers;
use super::sheet::Sheet;
use super::{Fault, Workspace};
use crate::model::pass::values;
use crate::model::training::{AdamW, AdamWSettings, ModuleGroup, RateSchedule, clip_factor};

/// Rates are computed in f64 on both sides.
const RATES: Comparison = Comparison::Close(1e-12);

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
    let update = AdamW::new(settings);
    for step in 1.. {
        let name = format!("grad_{}", step - 1);
        if !sheet.has(&name) {
            break;
        }
        let gradient = sheet.given(&name)?;
        let norm = gradient.values.iter().map(|v| v * v).sum::<f64>().sqrt();
        let norms = Numbers::floats(&[1], &[norm as f32]);
        sheet.check(&format!("norm_before_clip_{}", step - 1), &norms);
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
