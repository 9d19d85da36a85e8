//! The action expert by itself: one prediction of the noise, every step of a run, and the schedule's tables.

use burn::tensor::Tensor;
use serde_json::Value;

use super::compare::Comparison;
use super::models::Which;
use super::numbers::Numbers;
use super::sheet::Sheet;
use super::{Fault, Workspace};
use crate::model::action::{
    Conditioning, Dit, Sampler, SamplerOptions, Schedule, Start, ddim_steps, timestep_frequencies,
};
use crate::model::pass::Pass;

/// Steps of a run whose file does not show them.
const STEPS: usize = 10;
/// The schedule is computed in f64 on both sides.
const SCHEDULE: Comparison = Comparison::Close(1e-12);

pub(super) fn noise_prediction(sheet: &mut Sheet, space: &mut Workspace) -> Result<(), Fault> {
    let model = space.models.get(Which::Policy)?;
    let dit = &model.expert()?.dit;
    let device = model.planner.device();
    let timesteps = sheet.given("t")?.counts()?;
    let timesteps: Vec<usize> = timesteps.iter().map(|t| *t as usize).collect();
    let x: Tensor<3> = sheet.given("x")?.tensor(device)?;
    let z: Tensor<3> = sheet.given("z")?.tensor(device)?;
    let [batch, horizon, axes] = x.dims();
    let expected = dit.null_condition().dims();
    if [horizon, axes] != dit.chunk()
        || z.dims() != [batch, expected[1], expected[2]]
        || timesteps.len() != batch
    {
        return Err(Fault::stored("t, x and z do not fit the action expert"));
    }
    let waves = timestep_frequencies(&timesteps);
    let shape = [batch, waves.len() / batch];
    sheet.check("t_freq_embedding", &Numbers::floats(&shape, &waves));
    let given = Conditioning {
        timestep: dit.embed_timesteps(&timesteps),
        condition: dit.embed_condition(z.clone()),
    };
    sheet.check("t_emb", &Numbers::of(given.timestep.clone())?);
    sheet.check("z_emb", &Numbers::of(given.condition.clone())?);
    sheet.check("x_emb", &Numbers::of(dit.embed_actions(x.clone()))?);
    let mut pass = Pass::collecting();
    let noise = dit.predict_noise(x.clone(), &given, "dit", &mut pass)?;
    sheet.check("eps", &Numbers::of(noise)?);
    for stage in pass.finish()? {
        let name = stage.name.trim_start_matches("dit.");
        sheet.check(name, &Numbers::floats(&stage.shape, &stage.values));
    }
    for name in sheet.names() {
        let setting = name.strip_prefix("eps_cfg").and_then(|rest| {
            let (guidance, timestep) = rest.rsplit_once("_t")?;
            Some((guidance.parse().ok()?, timestep.parse().ok()?))
        });
        if let Some(setting) = setting {
            let got = guided(dit, [x.clone(), z.clone()], setting);
            sheet.check_result(&name, got);
        }
    }
    Ok(())
}

/// The guided noise of the first sample; the reference returns it once per branch.
fn guided(
    dit: &Dit,
    [x, z]: [Tensor<3>; 2],
    (guidance, timestep): (f64, usize),
) -> Result<Numbers, Fault> {
    let conditions = vec![z.narrow(0, 0, 1), dit.null_condition()];
    let given = Conditioning {
        timestep: dit.embed_timesteps(&[timestep]),
        condition: dit.embed_condition(Tensor::cat(conditions, 0)),
    };
    let x = x.narrow(0, 0, 1).repeat_dim(0, 2);
    let noise = dit.predict_noise(x, &given, "dit", &mut Pass::collecting())?;
    let with = noise.clone().narrow(0, 0, 1);
    let without = noise.narrow(0, 1, 1);
    let guided = without.clone() + (with - without) * guidance;
    Numbers::of(guided.repeat_dim(0, 2))
}

pub(super) fn runs(sheet: &mut Sheet, space: &mut Workspace) -> Result<(), Fault> {
    let model = space.models.get(Which::Policy)?;
    let dit = &model.expert()?.dit;
    let device = model.planner.device();
    let condition: Tensor<3> = sheet.given("condition")?.tensor(device)?;
    let noise: Tensor<3> = sheet.given("initial_noise")?.tensor(device)?;
    let expected = dit.null_condition().dims();
    let [samples, horizon, axes] = noise.dims();
    if [horizon, axes] != dit.chunk()
        || condition.dims()[1..] != expected[1..]
        || samples % condition.dims()[0] != 0
    {
        return Err(Fault::stored(
            "condition and initial_noise do not fit the action expert",
        ));
    }
    let names = sheet.names();
    let settings = names.iter().filter_map(|name| name.strip_prefix("cfg"));
    let mut settings: Vec<String> = settings
        .filter_map(|rest| rest.rsplit_once('.'))
        .map(|(guidance, _)| guidance.to_owned())
        .collect();
    settings.dedup();
    for setting in settings {
        let start = Start {
            condition: condition.clone(),
            noise: noise.clone(),
        };
        if let Err(fault) = run(sheet, dit, &setting, start) {
            sheet.fail(&format!("cfg{setting}.final"), &fault);
        }
    }
    Ok(())
}

fn run(sheet: &mut Sheet, dit: &Dit, setting: &str, start: Start) -> Result<(), Fault> {
    let name = |what: &str| format!("cfg{setting}.{what}");
    let guidance = setting.parse();
    let guidance = guidance.map_err(|_no_number| Fault::stored("its guidance is no number"))?;
    let steps = sheet.optional(&name("samples_after_each_step"))?;
    let steps = steps
        .and_then(|stored| stored.shape.first().copied())
        .unwrap_or(STEPS);
    let sampler = Sampler::new(SamplerOptions { steps, guidance })?;
    let (mut samples, mut cleans) = (Vec::new(), Vec::new());
    let mut on_step = |step: &crate::model::action::Denoised<'_>| {
        samples.push(step.sample.clone());
        cleans.push(step.clean.clone());
    };
    let actions = sampler.run(dit, start, &mut on_step, &mut Pass::collecting())?;
    sheet.check(
        &name("samples_after_each_step"),
        &Numbers::of(Tensor::cat(samples, 0))?,
    );
    sheet.check(
        &name("pred_x0_each_step"),
        &Numbers::of(Tensor::cat(cleans, 0))?,
    );
    sheet.check(&name("final"), &Numbers::of(actions)?);
    Ok(())
}

/// The noise schedule of cases.json.
pub(super) fn schedule(sheet: &mut Sheet, cases: &Value) {
    let tables = &cases["diffusion_schedule"];
    let Some(tables) = tables.as_object() else {
        return;
    };
    let schedule = Schedule::squared_cosine();
    for (name, table) in tables {
        if name.starts_with("betas") {
            numbers(sheet, name, &schedule.betas, table);
        } else if name.starts_with("alphas_cumprod") {
            numbers(sheet, name, &schedule.alphas_cumprod, table);
        } else if name == "ddim" {
            for (count, table) in table.as_object().into_iter().flatten() {
                respacing(sheet, &schedule, count, table);
            }
        } else {
            sheet.skip(
                &format!("diffusion_schedule.{name}"),
                "no table of this name",
            );
        }
    }
}

fn numbers(sheet: &mut Sheet, name: &str, got: &[f64], want: &Value) {
    let name = format!("diffusion_schedule.{name}");
    let array = |values: Vec<f64>| Numbers {
        shape: vec![values.len()],
        values,
    };
    match serde_json::from_value::<Vec<f64>>(want.clone()) {
        Ok(want) => sheet.table(&name, SCHEDULE, &array(got.to_vec()), &array(want)),
        Err(_) => sheet.fail(&name, &Fault::case(&name)),
    }
}

fn respacing(sheet: &mut Sheet, schedule: &Schedule, count: &str, table: &Value) {
    let name = format!("diffusion_schedule.ddim.{count}");
    let Ok(steps) = count.parse::<usize>() else {
        return sheet.fail(&name, &Fault::case(&name));
    };
    let visited = ddim_steps(steps);
    if table.get("error").is_some() {
        let wrong = visited.is_ok().then(|| format!("{count} steps exist here"));
        return sheet.count(&name, 1, &wrong.into_iter().collect::<Vec<_>>());
    }
    let whole = |values: &[usize]| values.iter().map(|v| *v as f64).collect::<Vec<f64>>();
    match visited {
        Ok(visited) => {
            let name = format!("ddim.{count}.timestep_map");
            numbers(sheet, &name, &whole(&visited), &table["timestep_map"]);
        }
        Err(error) => return sheet.fail(&name, &error.into()),
    }
    let Ok(mut run) = schedule.ddim(steps) else {
        return;
    };
    run.reverse();
    let column =
        |value: fn(&crate::model::action::DdimStep) -> f64| run.iter().map(value).collect();
    let columns: [(&str, Vec<f64>); 2] = [
        ("alphas_cumprod", column(|step| step.alpha)),
        ("alphas_cumprod_prev", column(|step| step.alpha_next)),
    ];
    for (key, got) in columns {
        if table.get(key).is_some() {
            numbers(sheet, &format!("ddim.{count}.{key}"), &got, &table[key]);
        }
    }
}
