//! Who drives: the expert, the expert's actions played again, or a checkpoint. One more is one more implementation.

use super::config::RolloutConfig;
use crate::eval::EvalError;
use crate::grounding::prompt::Task as Asked;
use crate::job::JobContext;
use crate::model::answer::{Query, QueryOptions};
use crate::model::policy::Vla;
use crate::robot::DeltaAction;
use crate::sim::Episode;
use crate::sim::expert;
use crate::sim::tasks::Task;
use crate::vision::Frame;

/// Seconds the expert waits for things to come to rest before it looks whether it is done.
const SETTLE: f64 = 0.5;

/// What a policy may know of a moment.
pub struct Moment<'a> {
    /// What the arm is told now.
    pub instruction: &'a str,
    /// The pictures, if it wants any.
    pub frames: &'a [Frame],
    /// The world itself. A policy that wants pictures must not look.
    pub episode: &'a Episode,
    /// The task.
    pub task: &'static Task,
    /// Control steps taken so far.
    pub step: usize,
    /// What everything random is drawn from.
    pub seed: u64,
}

/// Something that drives an arm.
pub trait Policy {
    /// Whether it looks at pictures.
    fn sees(&self) -> bool;

    /// The next steps in SI, seven numbers each, the gripper last: 0 closed, 1 open. None where it gives up.
    ///
    /// # Errors
    /// When it cannot answer.
    fn chunk(&mut self, moment: &Moment<'_>) -> Result<Option<Vec<Vec<f64>>>, EvalError>;

    /// Hears what became of a step; whether it goes on.
    fn followed(&mut self, _episode: &Episode) -> bool {
        true
    }

    /// Whether it takes the part of the task it was told for done, so that the next may be told.
    fn signals(&self) -> bool {
        false
    }

    /// Whether its gripper is a choice between open and closed rather than an opening.
    fn chooses_gripper(&self) -> bool {
        false
    }
}

/// The scripted expert.
#[derive(Default)]
pub struct Expert {
    plan: Option<expert::Expert>,
    settling: Option<usize>,
    gripper: f32,
    subtask: usize,
}

impl Expert {
    /// Stays where it is.
    fn hold(&self, moment: &Moment<'_>) -> Option<Vec<Vec<f64>>> {
        let rig = moment.episode.rig();
        one(&rig.action_to(rig.target(), self.gripper))
    }
}

/// A chunk of one step.
#[expect(clippy::unnecessary_wraps, reason = "as a policy answers")]
fn one(action: &DeltaAction) -> Option<Vec<Vec<f64>>> {
    Some(vec![action.axes().map(f64::from).to_vec()])
}

impl Policy for Expert {
    fn sees(&self) -> bool {
        false
    }

    fn chunk(&mut self, moment: &Moment<'_>) -> Result<Option<Vec<Vec<f64>>>, EvalError> {
        let rig = moment.episode.rig();
        let fresh = || expert::Expert::new(moment.episode.scene(), rig, moment.task.hz);
        if let Some(left) = self.settling {
            self.settling = left.checked_sub(1);
            if self.settling.is_some() {
                return Ok(self.hold(moment));
            }
            if !self.plan.as_mut().is_some_and(expert::Expert::again) {
                return Ok(None);
            }
        }
        Ok(
            match self
                .plan
                .get_or_insert_with(fresh)
                .answer(rig, &rig.snapshot())
            {
                expert::Answer::Step(wish) => {
                    (self.gripper, self.subtask) = (wish.gripper, wish.subtask);
                    one(&rig.action_to(&wish.tool, wish.gripper))
                }
                expert::Answer::Done => {
                    self.settling = ((SETTLE * moment.task.hz).ceil() as usize).checked_sub(1);
                    self.hold(moment)
                }
                expert::Answer::Failed(_) => None,
            },
        )
    }

    fn followed(&mut self, episode: &Episode) -> bool {
        if episode.report().aim.is_none() {
            return true;
        }
        let now = episode.rig().snapshot();
        self.plan.as_mut().is_none_or(|expert| expert.stumble(&now))
    }

    fn signals(&self) -> bool {
        self.subtask > 0
    }
}

/// The expert plays an episode of its own; its actions are then played again without looking.
#[derive(Default)]
pub struct Replay {
    actions: Option<std::vec::IntoIter<(DeltaAction, usize)>>,
    subtask: usize,
}

impl Policy for Replay {
    fn sees(&self) -> bool {
        false
    }

    fn chunk(&mut self, moment: &Moment<'_>) -> Result<Option<Vec<Vec<f64>>>, EvalError> {
        if self.actions.is_none() {
            let record = moment.episode.so_far(None, 0);
            let alone = Episode::new(record.scene, record.hz, record.perturbations)?;
            let played = alone.play(moment.task.steps).steps;
            let actions: Vec<_> = played
                .iter()
                .map(|step| (step.action, step.subtask))
                .collect();
            self.actions = Some(actions.into_iter());
        }
        let next = self.actions.as_mut().and_then(Iterator::next);
        Ok(next.and_then(|(action, subtask)| {
            self.subtask = subtask;
            one(&action)
        }))
    }

    fn signals(&self) -> bool {
        self.subtask > 0
    }
}

/// A checkpoint with an action expert.
pub struct VlaPolicy<'a> {
    vla: &'a Vla,
    config: &'a RolloutConfig,
    context: &'a JobContext<'a>,
}

impl<'a> VlaPolicy<'a> {
    /// Drives with a loaded checkpoint.
    #[must_use]
    pub fn new(vla: &'a Vla, config: &'a RolloutConfig, context: &'a JobContext<'a>) -> Self {
        Self {
            vla,
            config,
            context,
        }
    }
}

impl Policy for VlaPolicy<'_> {
    fn sees(&self) -> bool {
        true
    }

    fn chunk(&mut self, moment: &Moment<'_>) -> Result<Option<Vec<Vec<f64>>>, EvalError> {
        let query = Query {
            task: Asked::Action,
            instruction: moment.instruction.to_owned(),
            prompt: String::new(),
            frames: moment.frames.to_vec(),
            options: QueryOptions {
                steps: self.config.steps,
                guidance: self.config.guidance,
                seed: moment.seed.wrapping_add(moment.step as u64),
                statistics_key: self.config.statistics_key.clone(),
                ..QueryOptions::default()
            },
        };
        let answer = self.vla.answer(&query, &self.context.cancel, &mut |_| {})?;
        let found = answer.action.ok_or_else(|| EvalError::Chunk {
            found: "in words".into(),
        })?;
        let chunk = match (found.si, found.statistics) {
            (Some(chunks), _) => chunks.into_iter().next(),
            (None, Err(why)) => {
                return Err(EvalError::Chunk {
                    found: format!("normalised numbers only: {why}"),
                });
            }
            (None, Ok(_)) => None,
        };
        Ok(chunk.map(|chunk| chunk.steps().to_vec()))
    }

    fn chooses_gripper(&self) -> bool {
        true
    }
}
