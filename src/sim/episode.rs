//! One episode: a scene drawn from a seed, played by the expert, judged, recorded, and played again from its actions.

use serde::{Deserialize, Serialize};

use crate::geometry::Pose;
use crate::robot::DeltaAction;

use super::expert::{Answer, Expert, Phase, Trouble, Wish};
use super::judge::Judge;
use super::perturb::{Noise, Perturbation};
use super::rig::{SimRig, StepReport};
use super::scene::Scene;
use super::snapshot::Snapshot;
use super::tasks::{Options, Task};
use super::world::WorldError;

/// One control step: what was seen, what was done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// The world before the action.
    pub snapshot: Snapshot,
    /// Angles commanded at that moment.
    pub commanded: Vec<f64>,
    /// The tool in the base's frame, as measured.
    pub tool: Pose,
    /// What was done then.
    pub action: DeltaAction,
    /// Part of the task.
    pub phase: Phase,
    /// Part of the goal.
    pub subtask: usize,
    /// Whether the goal held after it.
    pub success: bool,
}

/// Why an episode is no demonstration.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    thiserror::Error,
)]
#[serde(rename_all = "snake_case")]
pub enum Failure {
    /// The goal held before anything was done.
    #[error("the goal holds at the start")]
    AlreadyDone,
    /// The expert gave up.
    #[error("the expert gave up: {0}")]
    Expert(Trouble),
    /// Something was in the arm's way too often.
    #[error("the arm could not follow its steps")]
    Stuck,
    /// The steps ran out.
    #[error("the episode's steps ran out")]
    OutOfTime,
    /// The expert was done but the goal does not hold.
    #[error("the goal does not hold at the end")]
    NotReached,
    /// The arm ran into something the task has nothing to do with.
    #[error("the arm ran into a bystander with more than 5 N s")]
    Collision,
}

/// All of an episode; the scene and the actions give the rest again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EpisodeRecord {
    /// The world at the start.
    pub scene: Scene,
    /// Control steps a second.
    pub hz: f64,
    /// What was let happen.
    pub perturbations: Vec<Perturbation>,
    /// What another did before the expert took over; no part of the demonstration.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub before: Vec<DeltaAction>,
    /// Every control step of it.
    pub steps: Vec<Step>,
    /// The world after the last action.
    pub last: Snapshot,
    /// Whether the goal held at the end.
    pub success: bool,
    /// Why it is no demonstration.
    pub failure: Option<Failure>,
    /// How often the expert had to try again.
    pub tries: usize,
    /// The hardest that the arm has run into anything the goal does not speak of: newton seconds within about a quarter
    /// of a second.
    #[serde(default)]
    pub collision: f64,
    /// Bits of the physics at the end, to tell whether a replay is the same.
    pub fingerprint: u64,
}

/// An episode under way.
pub struct Episode {
    scene: Scene,
    hz: f64,
    perturbations: Vec<Perturbation>,
    rig: SimRig,
    judge: Judge,
    steps: Vec<Step>,
    /// Steps that another took before the expert.
    begin: usize,
    report: StepReport,
    noise: Option<Noise>,
}

/// Seconds for things to come to rest before the goal is judged.
const SETTLE: f64 = 0.5;
/// An episode whose arm ran into a bystander harder than this is no demonstration, newton seconds.
const COLLISION: f64 = 5.0;

impl Episode {
    /// Begins an episode of a scene.
    ///
    /// # Errors
    /// When the scene cannot be built.
    pub fn new(
        scene: Scene,
        hz: f64,
        perturbations: Vec<Perturbation>,
    ) -> Result<Self, WorldError> {
        let rig = SimRig::new(&scene, hz)?;
        let judge = Judge::new(&scene, rig.world.assets(), &rig.snapshot());
        Ok(Self {
            scene,
            hz,
            perturbations,
            rig,
            judge,
            steps: Vec::new(),
            begin: 0,
            report: StepReport::default(),
            noise: None,
        })
    }

    /// The same with noise of this standard deviation, in metres, on the expert's steps.
    #[must_use]
    pub fn noisy(mut self, metres: f64) -> Self {
        self.noise = Noise::new(self.scene.seed, metres);
        self
    }

    /// The same, the expert's from here on; what it answers for begins here, too.
    #[must_use]
    pub(super) fn handed_over(mut self) -> Self {
        self.begin = self.steps.len();
        self.rig.world.forget_collisions();
        self
    }

    /// Draws the scene of a seed and lets the expert play it.
    ///
    /// # Errors
    /// When the scene cannot be built.
    pub fn run(task: &Task, seed: u64, options: &Options) -> Result<EpisodeRecord, WorldError> {
        let draft = task.draw(seed, options);
        let episode = Self::new(draft.scene, task.hz, draft.perturbations)?;
        Ok(episode.noisy(options.noise).play(task.steps))
    }

    /// The rig: where everything is.
    #[must_use]
    pub fn rig(&self) -> &SimRig {
        &self.rig
    }

    /// The rig, to disturb the world as a person does; the arm is told steps only.
    pub fn rig_mut(&mut self) -> &mut SimRig {
        &mut self.rig
    }

    /// Lets one control period pass without a step; says whether the goal holds after it.
    pub fn wait(&mut self) -> bool {
        self.rig.wait();
        self.judge.update(&self.rig.snapshot())
    }

    /// All of it so far, as it stands now.
    #[must_use]
    pub fn so_far(&self, failure: Option<Failure>, tries: usize) -> EpisodeRecord {
        let collision = self.collision();
        EpisodeRecord {
            last: self.rig.snapshot(),
            fingerprint: self.rig.world.fingerprint(),
            collision,
            scene: self.scene.clone(),
            hz: self.hz,
            perturbations: self.perturbations.clone(),
            before: Vec::new(),
            steps: self.steps.clone(),
            success: failure.is_none() && self.steps.last().is_some_and(|step| step.success),
            failure,
            tries,
        }
    }

    /// Which parts of the goal hold now, in the order of doing them.
    #[must_use]
    pub fn parts(&self) -> Vec<bool> {
        self.judge.parts(&self.rig.snapshot())
    }

    /// The hardest that the arm has run into anything the goal does not speak of so far, newton seconds.
    #[must_use]
    pub fn collision(&self) -> f64 {
        self.rig.world.collision(|body| self.scene.goal.names(body))
    }

    /// Why it is no demonstration although the goal holds.
    #[must_use]
    pub fn fault(&self) -> Option<Failure> {
        (self.collision() > COLLISION).then_some(Failure::Collision)
    }

    /// The scene it began with.
    #[must_use]
    pub fn scene(&self) -> &Scene {
        &self.scene
    }

    /// What became of the last step: followed, changed or refused.
    #[must_use]
    pub fn report(&self) -> &StepReport {
        &self.report
    }

    /// Steps taken so far.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// Takes one step, of the expert, a policy or a person; says whether the goal holds after it.
    pub fn step(&mut self, action: DeltaAction, phase: Phase, subtask: usize) -> bool {
        let index = self.steps.len();
        let mut done = action;
        for perturbation in &self.perturbations {
            if perturbation.step() == index {
                perturbation.happen(&mut self.rig.world);
                done = perturbation.changed(done);
            }
        }
        let snapshot = self.rig.snapshot();
        let tool = self.rig.base().inverse().then(&snapshot.tool);
        let commanded = self.rig.commanded().to_vec();
        self.report = self.rig.step(&done);
        let success = self.judge.update(&self.rig.snapshot());
        self.steps.push(Step {
            snapshot,
            commanded,
            tool,
            action,
            phase,
            subtask,
            success,
        });
        success
    }

    /// Lets the expert play it to the end, in at most `limit` steps.
    #[must_use]
    pub fn play(mut self, limit: usize) -> EpisodeRecord {
        let mut fresh = self.judge.clone();
        if fresh.update(&self.rig.snapshot()) {
            return self.record(Some(Failure::AlreadyDone), 0);
        }
        let mut expert = Expert::new(&self.scene, &self.rig, self.hz);
        let limit = self.begin + limit;
        let failure = loop {
            if self.steps.len() >= limit {
                break self.verdict(Failure::OutOfTime);
            }
            match expert.answer(&self.rig, &self.rig.snapshot()) {
                Answer::Step(wish) => {
                    if !self.follow(&wish) && !expert.stumble(&self.rig.snapshot()) {
                        break self.verdict(Failure::Stuck);
                    }
                }
                Answer::Done => {
                    let verdict = self.settle(limit);
                    if verdict.is_none() || self.steps.len() >= limit || !expert.again() {
                        break verdict;
                    }
                }
                Answer::Failed(trouble) => break self.verdict(Failure::Expert(trouble)),
            }
        };
        let tries = expert.tries();
        self.record(failure, tries)
    }

    /// Takes the step that the expert wishes; whether the arm could follow.
    pub fn follow(&mut self, wish: &Wish) -> bool {
        let action = self.rig.action_to(&wish.tool, wish.gripper);
        let index = self.steps.len();
        let noise = self.noise.as_mut();
        let drawn = noise.and_then(|noise| noise.draw(index, wish.phase));
        self.perturbations.extend(drawn);
        self.step(action, wish.phase, wish.subtask);
        self.report.aim.is_none()
    }

    /// Waits for things to come to rest, then judges.
    fn settle(&mut self, limit: usize) -> Option<Failure> {
        let gripper = self.steps.last().map_or(1.0, |step| step.action.gripper);
        let subtask = self.steps.last().map_or(0, |step| step.subtask);
        for _ in 0..(SETTLE * self.hz).ceil() as usize {
            if self.steps.len() < limit {
                let here = *self.rig.target();
                let action = self.rig.action_to(&here, gripper);
                self.step(action, Phase::Settle, subtask);
            }
        }
        self.verdict(Failure::NotReached)
    }

    /// None if the goal held after the last step.
    fn verdict(&self, otherwise: Failure) -> Option<Failure> {
        let holds = self.steps.last().is_some_and(|step| step.success);
        (!holds).then_some(otherwise)
    }

    fn record(mut self, failure: Option<Failure>, tries: usize) -> EpisodeRecord {
        let collision = self.collision();
        let failure = failure.or_else(|| self.fault());
        let steps = self.steps.split_off(self.begin);
        EpisodeRecord {
            last: self.rig.snapshot(),
            fingerprint: self.rig.world.fingerprint(),
            collision,
            scene: self.scene,
            hz: self.hz,
            perturbations: self.perturbations,
            before: self.steps.iter().map(|step| step.action).collect(),
            steps,
            success: failure.is_none(),
            failure,
            tries,
        }
    }
}

/// Plays a recorded episode again from its actions alone; whether it ends in the same bits and as it did.
///
/// # Errors
/// When the scene cannot be built.
pub fn replay(record: &EpisodeRecord) -> Result<bool, WorldError> {
    let mut episode = Episode::new(
        record.scene.clone(),
        record.hz,
        record.perturbations.clone(),
    )?;
    let mut success = false;
    for action in &record.before {
        episode.step(*action, Phase::PreGrasp, 0);
    }
    for step in &record.steps {
        success = episode.step(step.action, step.phase, step.subtask);
    }
    Ok(
        success == record.steps.last().is_some_and(|step| step.success)
            && episode.rig.world.fingerprint() == record.fingerprint,
    )
}
