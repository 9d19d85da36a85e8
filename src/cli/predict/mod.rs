//! `spvla predict`: one question about one or several pictures, asked of the same engine as the window's.

mod answer;
mod ask;
mod report;

use std::path::PathBuf;

use clap::Args;

use super::{Outcome, Placement, json, text};
use crate::engine::{QueryOptions, Request, RopeChoice, annotated};
use crate::grounding::prompt::{Preset, Task};
use answer::Prediction;
use ask::Session;

/// Arguments of `spvla predict`.
#[derive(Debug, Args)]
pub struct Options {
    /// A run folder, a weights file in one, or a Qwen2.5-VL folder; the shipped small one if not
    /// given
    #[arg(long, value_name = "PATH")]
    pub(super) checkpoint: Option<PathBuf>,
    /// The folder with the tokenizer, if the run does not say or says wrongly
    #[arg(long, value_name = "DIR")]
    base_vlm: Option<PathBuf>,
    /// A picture; repeat it for several views, third person first, wrist second
    #[arg(long = "image", value_name = "FILE", required = true)]
    images: Vec<PathBuf>,
    /// What to ask for: an object, a description or an instruction
    #[arg(long, value_name = "TEXT")]
    instruction: String,
    /// What kind of answer is wanted: box, point, trace, plan, chat or action
    #[arg(long, value_parser = task)]
    task: Task,
    /// The wording to ask in, by name (a wrong one lists them); the first of the task if not given
    #[arg(long, value_name = "NAME")]
    preset: Option<String>,
    /// Seed of the noise that actions are made from
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Denoising steps
    #[arg(long, default_value_t = 10)]
    steps: usize,
    /// Classifier-free guidance; 1 turns it off
    #[arg(long, default_value_t = 1.5, value_parser = guidance)]
    guidance: f32,
    /// Action chunks drawn from different noise
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=256))]
    samples: u16,
    /// Which statistics turn normalised actions into SI
    #[arg(long, value_name = "K")]
    statistics_key: Option<String>,
    /// Longest reply, in tokens
    #[arg(long, value_name = "N", default_value_t = 128, value_parser = clap::value_parser!(u32).range(1..=32_768))]
    max_new_tokens: u32,
    /// How rotary frequencies are rounded
    #[arg(long, value_enum, default_value_t)]
    rope: RopeChoice,
    /// Where and how the model runs
    #[command(flatten)]
    pub(super) placement: Placement,
    /// Write the first picture with what was found drawn onto it
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Write JSON
    #[arg(long)]
    json: bool,
}

fn task(name: &str) -> Result<Task, crate::grounding::GroundingError> {
    name.parse()
}

/// Finite and not negative.
fn guidance(text: &str) -> Result<f32, GuidanceError> {
    let value = text.parse::<f32>().ok();
    value
        .filter(|value| (0.0..=1e3).contains(value))
        .ok_or(GuidanceError)
}

/// Guidance that is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("write a number from 0 to 1000, such as 1.5")]
struct GuidanceError;

impl Options {
    fn query_options(&self) -> QueryOptions {
        QueryOptions {
            max_new_tokens: self.max_new_tokens as usize,
            rope: self.rope,
            steps: self.steps,
            guidance: self.guidance,
            samples: usize::from(self.samples),
            seed: self.seed,
            statistics_key: self.statistics_key.clone(),
            ..QueryOptions::default()
        }
    }

    /// The wording: by name without regard to case, or the first of the task.
    fn wording(&self) -> anyhow::Result<&'static Preset> {
        let mut presets = self.task.presets();
        let Some(name) = &self.preset else {
            return presets
                .next()
                .ok_or_else(|| anyhow::anyhow!("the task {} has no wording", self.task));
        };
        let same = |preset: &&Preset| preset.name.eq_ignore_ascii_case(name);
        let known: Vec<&str> = self.task.presets().map(|preset| preset.name).collect();
        presets.find(same).ok_or_else(|| {
            let known = known.join("\", \"");
            anyhow::anyhow!(
                "the task {} has no wording {name:?}; use one of \"{known}\"",
                self.task
            )
        })
    }
}

pub(super) fn run(options: &Options) -> anyhow::Result<Outcome> {
    let wording = options.wording()?;
    let mut session = Session::start();
    if options.checkpoint.is_none() && !options.json {
        eprintln!(
            "No --checkpoint given: using the shipped one, which knows the built-in simulator's things alone."
        );
    }
    let (report, frames) = session.open(options)?;
    let query = crate::engine::Query {
        task: options.task,
        instruction: options.instruction.clone(),
        prompt: wording.render(&options.instruction),
        frames,
        options: options.query_options(),
    };
    let answer = session.ask(&query, !options.json)?;
    if let Some(path) = &options.out {
        let groundings: Vec<_> = answer
            .text
            .iter()
            .flat_map(|text| text.reply.groundings().cloned())
            .collect();
        let bytes = annotated::png(&query.frames[0], &groundings)?;
        session.write(Request::Write {
            path: path.clone(),
            bytes,
        })?;
    }
    let prediction = Prediction::new(options, &report, &query, &answer);
    if options.json {
        json(&prediction)?;
    } else {
        text(&report::text(&prediction, &answer))?;
    }
    Ok(Outcome::Good)
}
