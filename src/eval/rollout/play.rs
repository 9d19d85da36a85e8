//! One episode: the loop of pictures, chunks, steps and judgement that every policy passes.

use std::path::PathBuf;
use std::time::Instant;

use serde::{Deserialize, Serialize};

use super::config::RolloutConfig;
use super::eye::{Eye, Film, Views};
use super::policy::{Moment, Policy};
use super::report::Column;
use super::trial::Trial;
use crate::control::{Chunker, Playback, decided};
use crate::eval::EvalError;
use crate::metrics::success::steps_in_order;
use crate::robot::DeltaAction;
use crate::sim::expert::Phase;
use crate::sim::tasks::Family;
use crate::sim::{Episode, Goal, Perturbation, Rollout, Step, instruction};

/// The step at which the second half of a drawer task is told, if the policy does not signal before (`SimplerEnv`).
const SWITCH: usize = 100;

/// How an episode ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ended {
    /// The goal holds.
    Reached,
    /// The steps ran out.
    OutOfTime,
    /// The policy gave up.
    GaveUp,
    /// The policy's numbers were no step.
    NotFinite,
}

/// What came of an episode: a line of `episodes.jsonl`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EpisodeResult {
    /// What it was: column, row, setting, layout and wording in words.
    pub key: String,
    /// Which comparison it belongs to.
    pub column: Column,
    /// The row it is counted in.
    pub row: String,
    /// Whether looks vary or only colours.
    pub varied: bool,
    /// The settings it is averaged within, outermost first.
    pub setting: Vec<String>,
    /// Row of the task table.
    pub task: String,
    /// The arm.
    pub robot: String,
    /// What the scene was drawn from.
    pub seed: u64,
    /// Layout of the benchmark.
    pub layout: Option<usize>,
    /// Which held-out wording.
    pub wording: Option<usize>,
    /// What the arm was told.
    pub instruction: String,
    /// What was let happen.
    pub perturbations: Vec<Perturbation>,
    /// Whether the goal held.
    pub success: bool,
    /// How it ended.
    pub ended: Ended,
    /// Whether the thing that is to be moved was ever held (`SimplerEnv`'s partial success); none of drawers.
    #[serde(default)]
    pub grasped: Option<bool>,
    /// Most parts of the goal that held, each with all before it, and how many there are.
    pub parts: [usize; 2],
    /// Control steps.
    pub steps: usize,
    /// Chunks that were asked for.
    pub queries: usize,
    /// Steps that the governor or the solver changed or refused.
    pub governed: usize,
    /// Seconds of wall time, and those of them that the policy took.
    pub seconds: [f64; 2],
    /// The film, below the run's folder.
    pub video: Option<PathBuf>,
}

/// An episode under way.
struct Loop<'a> {
    trial: &'a Trial,
    episode: Episode,
    chunker: Chunker,
    instruction: String,
    /// Whether the last part of the task has been told.
    told: bool,
    parts: usize,
    queries: usize,
    governed: usize,
    thinking: f64,
}

/// Plays one episode: what came of it, and what plays it again.
pub(super) fn play(
    trial: &Trial,
    policy: &mut dyn Policy,
    eye: &mut Eye,
    config: &RolloutConfig,
) -> Result<(EpisodeResult, Rollout), EvalError> {
    let begun = Instant::now();
    let drawn = trial.draw();
    let perturbations = drawn.perturbations.clone();
    let told = drawn.scene.instruction.clone();
    // The benchmark's own wording tells the first half alone.
    let in_parts = trial.task.family == Family::DrawerPlace
        && trial.options.layout.is_some()
        && trial.wording.is_none();
    // Blind policies answer step by step: averaging would blur what they know exactly.
    let playback = if policy.sees() {
        config.playback(trial.task.robot)
    } else {
        Playback::Receding { steps: 1 }
    };
    let video = config.video.then(|| film_of(&trial.key));
    let path = video.as_ref().map(|video| config.out.join(video));
    if let Some(folder) = path.as_ref().and_then(|path| path.parent()) {
        std::fs::create_dir_all(folder)
            .map_err(EvalError::file("making the folder of the films", folder))?;
    }
    let mut film = path.as_deref().map(|path| Film::new(path, trial.task.hz));
    let views = (policy.sees() || film.is_some())
        .then(|| Views::new(&drawn.scene, &config.views))
        .transpose()?;
    let mut run = Loop {
        trial,
        instruction: told.clone(),
        episode: Episode::new(drawn.scene, trial.task.hz, drawn.perturbations)?,
        chunker: Chunker::new(playback),
        told: !in_parts,
        parts: 0,
        queries: 0,
        governed: 0,
        thinking: 0.0,
    };
    let ended = loop {
        run.tell(policy.signals());
        let looks = film.is_some() || run.chunker.is_hungry();
        let frames = match &views {
            Some(views) if looks => eye.look(views, &run.episode)?,
            _ => Vec::new(),
        };
        if let (Some(film), Some(frame)) = (&mut film, frames.first()) {
            film.push(frame)?;
        }
        if let Some(ended) = run.step(policy, &frames)? {
            break ended;
        }
    };
    if let (Some(film), Some(views)) = (&mut film, &views)
        && film.frames() <= run.episode.steps().len() as u64
        && let Some(frame) = eye.look(views, &run.episode)?.first()
    {
        film.push(frame)?;
    }
    film.map_or(Ok(()), Film::finish)?;
    let rollout = Rollout::of(&run.episode.so_far(None, 0));
    Ok((
        run.result((told, perturbations, video), ended, begun),
        rollout,
    ))
}

impl Loop<'_> {
    /// One control step; how the episode ended, if it did.
    fn step(
        &mut self,
        policy: &mut dyn Policy,
        frames: &[crate::vision::Frame],
    ) -> Result<Option<Ended>, EvalError> {
        let step = self.episode.steps().len();
        if step >= self.trial.task.steps {
            return Ok(Some(Ended::OutOfTime));
        }
        if self.chunker.is_hungry() {
            let begun = Instant::now();
            let moment = Moment {
                instruction: &self.instruction,
                frames,
                episode: &self.episode,
                task: self.trial.task,
                step,
                seed: self.trial.seed,
            };
            let chunk = policy.chunk(&moment)?;
            self.thinking += begun.elapsed().as_secs_f64();
            self.queries += 1;
            match chunk {
                Some(chunk) => self.chunker.feed(chunk),
                None => return Ok(Some(Ended::GaveUp)),
            }
        }
        let axes = self.chunker.next_action().unwrap_or_default();
        // The gripper here takes openings, not changes, so that the Google client's sticky repeats have nothing to do.
        let read = if policy.chooses_gripper() {
            decided
        } else {
            DeltaAction::from_axes
        };
        let action = match read(&axes) {
            Some(action) => action,
            None if axes.len() == 7 => return Ok(Some(Ended::NotFinite)),
            None => {
                return Err(EvalError::Chunk {
                    found: format!("{} numbers a step", axes.len()),
                });
            }
        };
        let holds = self.episode.step(action, Phase::PreGrasp, 0);
        self.parts = self.parts.max(steps_in_order(&self.episode.parts()));
        let report = self.episode.report();
        self.governed += usize::from(
            report.aim.is_some() || report.refusal.is_some() || !report.changes.is_empty(),
        );
        if holds && self.told {
            return Ok(Some(Ended::Reached));
        }
        Ok((!policy.followed(&self.episode)).then_some(Ended::GaveUp))
    }

    /// Tells the last part of a task of parts.
    fn tell(&mut self, signals: bool) {
        let step = self.episode.steps().len();
        if !self.told && (signals || step >= SWITCH) {
            let parts = self.episode.scene().goal.parts().len();
            let second = instruction::part(self.episode.scene(), parts.saturating_sub(1));
            self.instruction = second.replace("the ", "");
            self.told = true;
            self.chunker.reset();
        }
    }

    fn result(
        self,
        (instruction, perturbations, video): (String, Vec<Perturbation>, Option<PathBuf>),
        ended: Ended,
        begun: Instant,
    ) -> EpisodeResult {
        let goal = &self.episode.scene().goal;
        let parts = goal.parts().len();
        let last = self.episode.rig().snapshot().held;
        let grasped = |source| {
            let held = |step: &Step| step.snapshot.held == Some(source);
            last == Some(source) || self.episode.steps().iter().any(held)
        };
        let source = goal.parts().iter().find_map(Goal::source);
        EpisodeResult {
            key: self.trial.key.clone(),
            column: self.trial.column,
            row: self.trial.row.clone(),
            varied: self.trial.varied,
            setting: self.trial.setting.clone(),
            task: self.trial.task.name.to_owned(),
            robot: self.trial.task.robot.to_owned(),
            seed: self.trial.seed,
            layout: self.trial.options.layout,
            wording: self.trial.wording,
            instruction,
            perturbations,
            success: ended == Ended::Reached,
            ended,
            grasped: source.map(grasped),
            parts: [
                if ended == Ended::Reached {
                    parts
                } else {
                    self.parts.min(parts)
                },
                parts,
            ],
            steps: self.episode.steps().len(),
            queries: self.queries,
            governed: self.governed,
            seconds: [begun.elapsed().as_secs_f64(), self.thinking],
            video,
        }
    }
}

/// Name of a film: the words of the key.
fn film_of(key: &str) -> PathBuf {
    let plain = |c: char| {
        if c.is_ascii_alphanumeric() {
            c.to_ascii_lowercase()
        } else {
            '_'
        }
    };
    let name: String = key.chars().map(plain).collect();
    PathBuf::from("videos").join(name + ".mp4")
}
