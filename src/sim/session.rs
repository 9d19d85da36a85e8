//! An episode that is played live: step by step, by the expert or by a person, with hands reaching in.
//!
//! Undisturbed, the expert's steps are those of [`Episode::play`], bit for bit. Metres, world frame.

use crate::geometry::{ImagePoint, Pose};
use crate::robot::DeltaAction;

use super::episode::{Episode, EpisodeRecord, Failure};
use super::expert::{Answer, Expert, Phase};
use super::render::Camera;
use super::tasks::{Options, Task};
use super::world::WorldError;

/// Seconds for things to come to rest before the goal is judged, as in [`Episode::play`].
const SETTLE: f64 = 0.5;
/// A thing is carried this high above where it lay.
const CARRY: f64 = 0.05;
/// A thing is kept this far inside the table's edges.
const EDGE: f64 = 0.03;
/// Ticks in which a thing that was let go falls onto the table.
const FALL: usize = 45;

/// How an episode ended.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Ending {
    /// The goal holds.
    Reached,
    /// It does not.
    Failed(Failure),
}

/// A thing in a person's hand.
#[derive(Debug, Clone, Copy)]
struct Carried {
    object: usize,
    /// Where it is held.
    pose: Pose,
    /// Height of the plane on which the pointer moves.
    plane: f64,
    /// From where the pointer meets the plane to the thing's middle.
    offset: [f64; 2],
}

/// An episode under way.
pub struct Session {
    task: &'static Task,
    episode: Episode,
    expert: Option<Expert>,
    /// Steps left of waiting for things to come to rest, once the expert is done.
    settling: Option<usize>,
    ending: Option<Ending>,
    success: bool,
    disturbed: bool,
    /// Whether it no longer goes as the expert alone would have played it.
    off_script: bool,
    carried: Option<Carried>,
}

impl Session {
    /// Draws the scene of a seed.
    ///
    /// # Errors
    /// When the scene cannot be built.
    pub fn begin(task: &'static Task, seed: u64, options: &Options) -> Result<Self, WorldError> {
        let drawn = task.draw(seed, options);
        Ok(Self {
            task,
            episode: Episode::new(drawn.scene, task.hz, drawn.perturbations)?.noisy(options.noise),
            expert: None,
            settling: None,
            ending: None,
            success: false,
            disturbed: false,
            off_script: false,
            carried: None,
        })
    }

    /// The task.
    #[must_use]
    pub fn task(&self) -> &'static Task {
        self.task
    }

    /// The episode so far.
    #[must_use]
    pub fn episode(&self) -> &Episode {
        &self.episode
    }

    /// How it ended, if it did.
    #[must_use]
    pub fn ending(&self) -> Option<Ending> {
        self.ending
    }

    /// Whether the goal held when it was last looked at.
    #[must_use]
    pub fn success(&self) -> bool {
        self.success
    }

    /// Whether a person had a hand in it, so that it no longer goes as it would alone.
    #[must_use]
    pub fn disturbed(&self) -> bool {
        self.disturbed
    }

    /// Whether it goes step by step as the expert alone plays it.
    #[must_use]
    pub fn on_script(&self) -> bool {
        !self.disturbed && !self.off_script
    }

    /// The thing in a person's hand.
    #[must_use]
    pub fn carried(&self) -> Option<usize> {
        self.carried.map(|carried| carried.object)
    }

    /// All of it so far, to be kept.
    #[must_use]
    pub fn record(&self) -> EpisodeRecord {
        let failure = match self.ending {
            Some(Ending::Failed(failure)) => Some(failure),
            None if !self.success => Some(Failure::NotReached),
            _ => None,
        };
        let tries = self.expert.as_ref().map_or(0, Expert::tries);
        self.episode.so_far(failure, tries)
    }

    /// The expert takes one step.
    pub fn advance(&mut self) {
        if self.ending.is_some() {
            return;
        }
        if let Some(left) = self.settling {
            if left > 0 && self.steps_left() {
                self.settling = Some(left - 1);
                let gripper = self.gripper();
                return self.hold(gripper, Phase::Settle);
            }
            self.settling = None;
            let again = |expert: &mut Option<Expert>| expert.as_mut().is_some_and(Expert::again);
            if self.success || !self.steps_left() || !again(&mut self.expert) {
                return self.end(Failure::NotReached);
            }
        }
        if !self.steps_left() {
            return self.end(Failure::OutOfTime);
        }
        let (scene, rig) = (self.episode.scene(), self.episode.rig());
        let expert = self
            .expert
            .get_or_insert_with(|| Expert::new(scene, rig, self.task.hz));
        match expert.answer(rig, &rig.snapshot()) {
            Answer::Step(wish) => {
                let lost = !self.episode.follow(&wish);
                self.success = self.episode.steps().last().is_some_and(|step| step.success);
                let now = self.episode.rig().snapshot();
                let goes_on = |expert: &mut Expert| expert.stumble(&now);
                if lost && !self.expert.as_mut().is_some_and(goes_on) {
                    self.end(Failure::Stuck);
                }
            }
            Answer::Done => {
                self.settling = Some((SETTLE * self.task.hz).ceil() as usize);
                self.advance();
            }
            Answer::Failed(trouble) => self.end(Failure::Expert(trouble)),
        }
        self.carry_on();
    }

    /// A person's step: metres along the base's axes, radians about them, and the gripper.
    pub fn act(&mut self, action: DeltaAction) {
        self.disturb();
        if self.ending.is_none() && self.steps_left() {
            let (phase, subtask) = self.part();
            self.success = self.episode.step(action, phase, subtask);
        }
        if !self.steps_left() {
            self.end(Failure::OutOfTime);
        }
        self.carry_on();
    }

    /// A policy's step: the episode ends once the goal holds or its time is up.
    pub fn drive(&mut self, action: DeltaAction) {
        if self.ending.is_some() {
            return;
        }
        self.off_script = true;
        if self.steps_left() {
            let (phase, subtask) = self.part();
            self.success = self.episode.step(action, phase, subtask);
        }
        if self.success {
            self.ending = Some(Ending::Reached);
        } else if !self.steps_left() {
            self.end(Failure::OutOfTime);
        }
        self.carry_on();
    }

    /// Lets one control period pass while the arm holds; no step is counted.
    pub fn wait(&mut self) {
        self.disturb();
        self.success = self.episode.wait();
        self.carry_on();
    }

    /// Takes over from the expert, or gives the episode back: the next [`Self::advance`] plans anew.
    pub fn release(&mut self) {
        self.off_script |= !self.episode.steps().is_empty();
        self.expert = None;
        self.settling = None;
    }

    /// Takes a thing into the hand at the pixel `at` of a camera.
    pub fn grab(&mut self, object: usize, camera: &Camera, at: ImagePoint) {
        let now = self.episode.rig().snapshot();
        let fixed = self
            .episode
            .scene()
            .objects
            .get(object)
            .is_none_or(|object| object.fixed);
        let Some(pose) = now.objects.get(object).filter(|_| !fixed) else {
            return;
        };
        let [x, y, z] = pose.position;
        if now.held == Some(object) {
            return;
        }
        let Some(meets) = meets_plane(camera, at, z) else {
            return;
        };
        let position = [x, y, z + CARRY];
        self.carried = Some(Carried {
            object,
            pose: Pose { position, ..*pose },
            plane: z,
            offset: [x - meets[0], y - meets[1]],
        });
        self.disturb();
        self.carry_on();
    }

    /// Moves the thing in the hand under the pixel `at`, over the table.
    pub fn carry(&mut self, camera: &Camera, at: ImagePoint) {
        let Some(carried) = &mut self.carried else {
            return;
        };
        let table = &self.episode.scene().table;
        if let Some(meets) = meets_plane(camera, at, carried.plane) {
            for (axis, place) in carried.pose.position.iter_mut().take(2).enumerate() {
                let half = (table.size[axis] / 2.0 - EDGE).max(0.0);
                let middle = table.centre[axis];
                let wanted = meets[axis] + carried.offset[axis];
                *place = wanted.clamp(middle - half, middle + half);
            }
        }
        self.carry_on();
    }

    /// Lets go of the thing in the hand; it falls and comes to rest.
    pub fn drop_carried(&mut self) {
        if self.carried.take().is_some() {
            self.episode.rig_mut().world.pass(FALL);
            self.success = self.episode.wait();
        }
    }

    /// Pushes the hand with `force` newtons for a moment.
    pub fn bump(&mut self, force: [f64; 3], seconds: f64) {
        self.disturb();
        self.episode.rig_mut().world.bump(force, seconds);
    }

    fn disturb(&mut self) {
        self.disturbed = true;
    }

    /// What is in the hand stays there, whatever pulls at it.
    fn carry_on(&mut self) {
        if let Some(carried) = &self.carried {
            let world = &mut self.episode.rig_mut().world;
            world.move_object(carried.object, &carried.pose);
        }
    }

    fn hold(&mut self, gripper: f32, phase: Phase) {
        let rig = self.episode.rig();
        let action = rig.action_to(rig.target(), gripper);
        let (_, subtask) = self.part();
        self.success = self.episode.step(action, phase, subtask);
        self.carry_on();
    }

    fn part(&self) -> (Phase, usize) {
        let last = self.episode.steps().last();
        last.map_or((Phase::PreGrasp, 0), |step| (step.phase, step.subtask))
    }

    /// What the gripper was told last: 0 closed, 1 open.
    #[must_use]
    pub fn gripper(&self) -> f32 {
        let last = self.episode.steps().last();
        last.map_or(1.0, |step| step.action.gripper)
    }

    fn steps_left(&self) -> bool {
        self.episode.steps().len() < self.task.steps
    }

    fn end(&mut self, otherwise: Failure) {
        let failure = if self.success {
            self.episode.fault()
        } else {
            Some(otherwise)
        };
        self.ending = Some(failure.map_or(Ending::Reached, Ending::Failed));
    }
}

/// Where the ray through a pixel meets the level plane at height `z`; nowhere if it does not go down to it.
#[must_use]
pub fn meets_plane(camera: &Camera, at: ImagePoint, z: f64) -> Option<[f64; 2]> {
    let eye = camera.pose.position;
    let through = camera.pose.apply(camera.lens.unproject(at, 1.0));
    let down = through[2] - eye[2];
    let along = (z - eye[2]) / down;
    let place = |axis: usize| eye[axis] + along * (through[axis] - eye[axis]);
    (down.abs() > 1e-6 && along > 0.0).then(|| [place(0), place(1)])
}

#[cfg(test)]
mod tests;
