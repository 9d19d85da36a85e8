//! A scripted expert: does a task from the simulator's state, as a policy would, one step of the tool at a time.
//!
//! A goal is cut into skills, a skill into moves; every skill is planned when it begins, from where things are then. What
//! goes wrong (a thing moved away, slipped, was missed) is seen and tried again. World frame inside, base frame outside.

mod grasp;
mod motion;
mod place;
mod plan;
mod reach;
mod skill;

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::geometry::Pose;

use self::motion::{Leg, shifted};
use self::place::Search;
use self::plan::{high, holding, plan};
use self::reach::Reach;
use self::skill::{Move, Skill};
use super::asset::Asset;
use super::rig::SimRig;
use super::scene::Scene;
use super::snapshot::Snapshot;

pub use grasp::fits;
pub use skill::Phase;

/// What the expert wants of the next step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Wish {
    /// Where the tool is to be, base frame.
    pub tool: Pose,
    /// 0 closed, 1 open.
    pub gripper: f32,
    /// Which part of the task this is.
    pub phase: Phase,
    /// Which part of the goal this is for, counted from zero.
    pub subtask: usize,
}

/// What the expert says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Answer {
    /// Go on so.
    Step(Wish),
    /// All skills are done.
    Done,
    /// It cannot.
    Failed(Trouble),
}

/// Why an expert gives up.
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
pub enum Trouble {
    /// No grasp of the thing is within reach.
    #[error("no grasp of the thing is within reach")]
    NoGrasp,
    /// No place for it is free and within reach.
    #[error("no place for the thing is free and within reach")]
    NoPlace,
    /// The handle, or the way behind the thing, is out of reach.
    #[error("no way to push or pull is within reach")]
    NoWay,
    /// Every try missed or lost the thing.
    #[error("the thing was missed or lost too often")]
    Missed,
}

/// Tries of one thing before giving up.
const TRIES: usize = 4;
/// A thing that moved so far since planning is looked at again.
const ASTRAY: f64 = 0.012;
/// Up by this much to begin again.
const RETREAT: f64 = 0.08;

/// The expert of one episode.
pub struct Expert {
    hz: f64,
    scene: Scene,
    assets: Vec<Asset>,
    reach: Reach,
    /// Each skill with the part of the goal it is for.
    skills: Vec<(usize, Skill)>,
    current: usize,
    started: bool,
    moves: VecDeque<Move>,
    leg: Option<(Leg, Move)>,
    dwell: usize,
    gripper: f32,
    phase: Phase,
    /// Where the thing was when this skill was planned.
    planned: Option<Pose>,
    tries: usize,
    /// What is held must first be lifted: it was taken by another.
    lift: bool,
}

impl Expert {
    /// An expert for this scene at this rate, which goes on from how things are.
    #[must_use]
    pub fn new(scene: &Scene, rig: &SimRig, hz: f64) -> Self {
        let parts = scene.goal.parts().iter().enumerate();
        let skills = parts.flat_map(|(part, goal)| {
            let skills = skill::skills(goal, &scene.arm.base);
            skills.into_iter().map(move |skill| (part, skill))
        });
        let mut expert = Self {
            hz,
            scene: scene.clone(),
            assets: rig.world.assets().to_vec(),
            reach: Reach::new(rig.spec(), scene.arm.base),
            skills: skills.collect(),
            current: 0,
            started: false,
            moves: VecDeque::new(),
            leg: None,
            dwell: 0,
            gripper: scene.arm.gripper as f32,
            phase: Phase::PreGrasp,
            planned: None,
            tries: 0,
            lift: false,
        };
        expert.carry_on(&rig.snapshot());
        expert
    }

    /// Takes nothing that the hand holds already, but lifts it before it goes on.
    fn carry_on(&mut self, now: &Snapshot) {
        if let Some((_, Skill::Take { object })) = self.skills.first()
            && holding(now, *object)
        {
            self.current = 1;
            self.lift = true;
        }
    }

    /// How often something was tried again.
    #[must_use]
    pub fn tries(&self) -> usize {
        self.tries
    }

    /// Begins again from the first skill; false when it has been tried too often.
    pub fn again(&mut self) -> bool {
        self.current = 0;
        self.try_again()
    }

    /// The last wish was not followed: plan again from where the arm is. False when that happened too often.
    pub fn stumble(&mut self, now: &Snapshot) -> bool {
        if let Some((_, Skill::Take { object })) = self.skills.get(self.current)
            && self.phase == Phase::PostGrasp
            && holding(now, *object)
        {
            // High enough.
            self.current += 1;
        }
        self.replan()
    }

    fn replan(&mut self) -> bool {
        self.tries += 1;
        self.started = false;
        self.moves.clear();
        self.leg = None;
        self.tries < TRIES
    }

    /// What to do next.
    pub fn answer(&mut self, rig: &SimRig, now: &Snapshot) -> Answer {
        let from = self.reach.grasp_for(rig.target());
        for _ in 0..16 {
            if self.astray(now) && !self.try_again() {
                return Answer::Failed(Trouble::Missed);
            }
            if let Some(wish) = self.go_on(&from) {
                return Answer::Step(wish);
            }
            if self.started && self.moves.is_empty() && !self.finish(now) {
                return Answer::Failed(Trouble::Missed);
            }
            if self.current >= self.skills.len() {
                return Answer::Done;
            }
            if !self.started
                && let Err(trouble) = self.begin(rig, now, from)
            {
                return Answer::Failed(trouble);
            }
        }
        Answer::Failed(Trouble::NoWay)
    }

    /// The next step of the move under way, or of the next one.
    fn go_on(&mut self, from: &Pose) -> Option<Wish> {
        loop {
            if let Some((leg, _)) = &mut self.leg
                && !leg.finished()
            {
                let to = leg.advance();
                return Some(self.wish(&to));
            }
            if let Some((_, done)) = &self.leg {
                let to = done.to;
                if self.dwell > 0 {
                    self.dwell -= 1;
                    return Some(self.wish(&to));
                }
            }
            let next = self.moves.pop_front()?;
            self.gripper = next.gripper;
            self.phase = next.phase;
            self.dwell = (next.dwell * self.hz).ceil() as usize;
            let begin = self.leg.as_ref().map_or(*from, |(_, last)| last.to);
            self.leg = Some((Leg::new(begin, next.to, next.pace(), self.hz), next));
        }
    }

    fn wish(&self, grasp: &Pose) -> Wish {
        Wish {
            tool: self.reach.tool_for(grasp),
            gripper: self.gripper,
            phase: self.phase,
            subtask: self.skills.get(self.current).map_or(0, |(part, _)| *part),
        }
    }

    /// Whether the thing is no longer where the plan has it: moved before it was gripped, or lost after.
    fn astray(&self, now: &Snapshot) -> bool {
        let (true, Some((_, skill))) = (self.started, self.skills.get(self.current)) else {
            return false;
        };
        match skill {
            Skill::Take { object } => {
                let before = matches!(self.phase, Phase::PreGrasp)
                    || (self.phase == Phase::Grasp && self.gripper > 0.5);
                let here = now.objects[*object].position;
                let moved =
                    |was: &Pose| (was.position[0] - here[0]).hypot(was.position[1] - here[1]);
                before && self.planned.as_ref().is_some_and(|was| moved(was) > ASTRAY)
            }
            Skill::Raise { object } | Skill::Put { object, .. } => {
                matches!(self.phase, Phase::PostGrasp | Phase::PrePlace) && !holding(now, *object)
            }
            _ => false,
        }
    }

    /// After a skill's last move: on to the next skill, or back if it did not do what it should.
    fn finish(&mut self, now: &Snapshot) -> bool {
        if let Some((_, Skill::Take { object })) = self.skills.get(self.current)
            && !holding(now, *object)
        {
            return self.try_again();
        }
        self.current += 1;
        self.started = false;
        true
    }

    /// Back to taking the thing, after going up with an open hand.
    fn try_again(&mut self) -> bool {
        let may = self.replan();
        // What is put, pushed or raised must first be taken again.
        while self.current > 0
            && !matches!(
                self.skills.get(self.current),
                Some((
                    _,
                    Skill::Take { .. }
                        | Skill::Pull { .. }
                        | Skill::Shut { .. }
                        | Skill::Push { .. }
                ))
            )
        {
            self.current -= 1;
        }
        may
    }

    fn begin(&mut self, rig: &SimRig, now: &Snapshot, from: Pose) -> Result<(), Trouble> {
        let joints = rig.commanded().to_vec();
        let search = Search {
            scene: &self.scene,
            assets: &self.assets,
            reach: &self.reach,
            now,
            joints: &joints,
            grasp: from,
        };
        let (_, skill) = &self.skills[self.current];
        let retreat = self.tries > 0 && matches!(skill, Skill::Take { .. });
        let moves = plan(&search, rig, skill, self.tries)?;
        self.planned = match skill {
            Skill::Take { object } => now.objects.get(*object).copied(),
            _ => None,
        };
        self.moves = moves.into();
        if retreat && !high(&from, &self.moves) {
            self.moves.push_front(Move {
                to: shifted(&from, [0.0, 0.0, RETREAT]),
                gripper: 1.0,
                slow: false,
                dwell: 0.0,
                phase: Phase::PreGrasp,
            });
        }
        if std::mem::take(&mut self.lift) {
            let up = shifted(&from, [0.0, 0.0, RETREAT]);
            self.moves.push_front(Move::fast(up, 0.0, Phase::PostGrasp));
        }
        self.leg = None;
        self.dwell = 0;
        self.started = true;
        Ok(())
    }
}
