//! Closed loop: a policy drives the simulated arm through `SimplerEnv`'s rows and what goes beyond them.
//!
//! Every policy passes the same loop: pictures in, a chunk out, one step of it a control period, through the governor
//! to the arm. The scripted expert passes it too: what it scores says whether the loop is sound. Episodes end when the
//! goal holds or their steps are over. Columns are compared on the same layouts; an episode is named by what it is, so
//! that an interrupted run goes on and two runs can be paired.
//!
//! The rows are those of `SimplerEnv` on the built-in simulator: same criteria, layouts, lengths and rates, other
//! pictures and physics. They are never to be compared with published numbers as if equal.

mod config;
mod eye;
mod page;
mod paper;
mod play;
mod policy;
mod report;
mod trial;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;

pub use config::{PolicyChoice, RolloutConfig};
pub use paper::{PAPER, PaperRow};
pub use play::{Ended, EpisodeResult};
pub use policy::{Expert, Moment, Policy, Replay, VlaPolicy};
pub use report::{Column, RolloutReport, RowScores};
pub use trial::{Trial, trials};

use super::{EvalError, journal};
use crate::job::JobContext;
use crate::model::device::Devices;
use crate::model::policy::{LoadOptions, Vla};
use crate::sim::Rollout;
use eye::Eye;

/// The schema of `report.json`.
pub const SCHEMA: u32 = 1;

/// What plays every episode again, but those of the benchmark's layouts.
pub const ROLLOUTS: &str = "rollouts.jsonl";

/// What came of an episode, and what plays it again.
type Played = (EpisodeResult, Rollout);

/// Makes a policy for one episode.
type Make<'a> = dyn Fn() -> Box<dyn Policy + 'a> + Sync + 'a;

/// Plays what `config` asks for and writes the reports; `finished` hears of every episode.
///
/// # Errors
/// When a suite, column or camera is unknown, the checkpoint cannot be loaded, the folder holds another run, nothing can
/// be drawn, or somebody cancelled. Finished episodes are kept; the same call goes on from there.
pub fn run(
    config: &RolloutConfig,
    context: &JobContext<'_>,
    finished: &(dyn Fn(&EpisodeResult) + Sync),
) -> Result<RolloutReport, EvalError> {
    let trials = trials(config)?;
    if config.rollouts && trials.iter().all(|trial| trial.options.layout.is_some()) {
        return Err(EvalError::NoRollouts);
    }
    let _held = journal::folder(&config.out, config)?;
    let (mut file, done) =
        journal::Journal::<EpisodeResult>::open(&config.out.join("episodes.jsonl"))?;
    let mut results: BTreeMap<String, EpisodeResult> =
        done.into_iter().map(|r| (r.key.clone(), r)).collect();
    let left: Vec<&Trial> = trials
        .iter()
        .filter(|trial| !results.contains_key(&trial.key))
        .collect();
    let total = trials.len() as u64;
    let mut device = None;
    let mut rollouts = config
        .rollouts
        .then(|| journal::Journal::<Rollout>::open(&config.out.join(ROLLOUTS)))
        .transpose()?;
    let mut keep = |(result, rollout): Played| -> Result<(), EvalError> {
        if let Some((file, _)) = &mut rollouts
            && result.layout.is_none()
        {
            file.add(&rollout)?;
        }
        file.add(&result)?;
        finished(&result);
        results.insert(result.key.clone(), result);
        context.report("Playing", results.len() as u64, total);
        Ok(())
    };
    let eyes = Eyes::default();
    match &config.policy {
        PolicyChoice::Expert => many(
            config,
            &left,
            (&|| Box::new(Expert::default()), &eyes),
            context,
            &mut keep,
        )?,
        PolicyChoice::Replay => many(
            config,
            &left,
            (&|| Box::new(Replay::default()), &eyes),
            context,
            &mut keep,
        )?,
        PolicyChoice::Checkpoint(path) if !left.is_empty() => {
            let place = Devices::default().open(config.device)?;
            device = Some(place.name().to_owned());
            let options = LoadOptions {
                base_vlm: config.base_vlm.clone(),
                precision: config.precision,
                shipped: false,
            };
            let vla = Vla::load(path, &options, &place, context)?;
            for trial in left {
                context.check()?;
                // Each arm has cameras of its own.
                let config = &RolloutConfig {
                    views: views(config, &vla.report().cameras, trial),
                    ..config.clone()
                };
                let mut policy = VlaPolicy::new(&vla, config, context);
                keep(eyes.with(|eye| play::play(trial, &mut policy, eye, config))?)?;
            }
        }
        PolicyChoice::Checkpoint(_) => {}
    }
    let ordered = trials
        .iter()
        .filter_map(|trial| results.remove(&trial.key))
        .collect();
    let report = RolloutReport::new(config, device, ordered);
    write(&config.out, &report)?;
    Ok(report)
}

/// The cameras to look through: those that are asked for, else those the checkpoint was trained with, if the scenes
/// have them.
fn views(config: &RolloutConfig, trained: &[String], trial: &Trial) -> Vec<String> {
    let scene = trial.draw().scene;
    let known = |name: &String| scene.cameras.iter().any(|camera| camera.name == *name);
    if config.views.is_empty() && trained.iter().all(known) {
        return trained.to_vec();
    }
    config.views.clone()
}

/// Plays several episodes at a time; results are kept in order.
fn many(
    config: &RolloutConfig,
    left: &[&Trial],
    (make, eyes): (&Make<'_>, &Eyes),
    context: &JobContext<'_>,
    keep: &mut dyn FnMut(Played) -> Result<(), EvalError>,
) -> Result<(), EvalError> {
    let workers = rayon::ThreadPoolBuilder::new()
        .num_threads(config.workers())
        .build()
        .map_err(|error| EvalError::Workers(error.to_string()))?;
    for few in left.chunks(2 * config.workers()) {
        context.check()?;
        let one = |trial: &&Trial| eyes.with(|eye| play::play(trial, make().as_mut(), eye, config));
        let played: Vec<Result<Played, EvalError>> =
            workers.install(|| few.par_iter().map(one).collect());
        for result in played {
            keep(result?)?;
        }
    }
    Ok(())
}

/// Renderers, one for each worker, opened when first needed.
#[derive(Default)]
struct Eyes(Mutex<Vec<Eye>>);

impl Eyes {
    fn with<T>(&self, work: impl FnOnce(&mut Eye) -> T) -> T {
        let idle = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut eye = idle.unwrap_or_default();
        let result = work(&mut eye);
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(eye);
        result
    }
}

fn write(out: &Path, report: &RolloutReport) -> Result<(), EvalError> {
    let value = serde_json::json!({ "schema": SCHEMA, "simulator": report });
    journal::report(out, &value, &report.markdown())
}

#[cfg(test)]
mod tests;
