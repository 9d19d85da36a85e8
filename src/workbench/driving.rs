//! A policy at the wheel of the simulator: where the world waits for it, it is asked what it sees and how to move on.
//!
//! It looks through the cameras it was trained with where the scene has them, else through all that are in view, in
//! their order. Boxes of the things that the instruction names and the trace come from its planner, at least every two
//! seconds where the machine can, on frames of the same moments. Before the first step they are waited for, so that
//! people see what it is about to do; from then on actions come first and the world moves on while the planner is asked.
//!
//! [`Workbench::apply`] and [`Workbench::absorb`] end by asking on, so that nothing that was in its way is waited for
//! longer than it lasts.

use std::collections::VecDeque;

use super::simulator::tell;
use super::{NoticeLevel, QueryRun, ResultSet, SourceState, Workbench};
use crate::engine::{
    ActionAnswer, Answer, Driver, Query, QueryId, Request, SimulatorOrder, SimulatorSetup,
    SourceId, SourceSpec,
};
use crate::grounding::prompt::{self, Task};
use crate::vision::Frame;

/// Seconds after which boxes and trace are asked for anew.
const PLAN_SECS: f64 = 1.0;
/// Most things of an instruction that are asked for.
const THINGS: usize = 3;

/// The policy at the wheel.
#[derive(Debug, Clone, Default)]
pub struct Driving {
    /// What its planner said last of each thing and of the way.
    pub plan: Vec<ResultSet>,
    /// When that was asked for.
    planned_secs: Option<f64>,
    /// The wait of the simulator that actions were asked for last.
    wait: Option<u64>,
    /// What it saw when the world stood still last.
    views: Vec<(SourceId, Frame)>,
    /// What the planner is still to be asked about that, in order.
    questions: VecDeque<(Task, String)>,
    /// What is being asked.
    asked: Option<QueryId>,
    /// What was being asked when things changed: its answer is nobody's.
    left: Option<QueryId>,
}

impl Workbench {
    /// Why the policy cannot drive now, in words for the person; none if it can.
    #[must_use]
    pub fn driving_obstacle(&self) -> Option<String> {
        if self.model.loading.is_some() {
            return Some("The checkpoint is being loaded".into());
        }
        if self.model.report.is_none() {
            return Some("Open a checkpoint to drive with".into());
        }
        if self.seen().is_empty() {
            let trained = self.trained_cameras().join(", ");
            let named = if trained.is_empty() {
                "a camera"
            } else {
                &trained
            };
            return Some(format!(
                "Show {named}, so that the policy can look through it"
            ));
        }
        prompt::check_instruction(&self.asking.instruction)
            .err()
            .map(|error| error.to_string())
    }

    /// The cameras that the policy looks through, in their order: those it was trained with, if the scene has them,
    /// else all in view.
    #[must_use]
    pub fn seen(&self) -> Vec<&SourceState> {
        let open: Vec<&SourceState> = self.simulated().filter(|s| s.in_view).collect();
        let trained = self.trained_cameras();
        if trained.is_empty() {
            return open;
        }
        let shown = |name: &&str| {
            let spec = SourceSpec::Simulator((*name).to_owned());
            open.iter().find(|source| source.spec == spec).copied()
        };
        let found: Vec<&SourceState> = trained.iter().filter_map(shown).collect();
        if found.len() == trained.len() {
            found
        } else {
            Vec::new()
        }
    }

    /// The cameras that the loaded checkpoint was trained with, if the scene has all of them.
    fn trained_cameras(&self) -> Vec<&str> {
        let names = self.model.report.iter().flat_map(|report| &report.cameras);
        let names: Vec<&str> = names.map(String::as_str).collect();
        let scene = self.simulator.scene();
        let known = |name: &&str| {
            scene.is_some_and(|scene| scene.cameras.iter().any(|camera| camera.name == **name))
        };
        if names.iter().all(known) {
            names
        } else {
            Vec::new()
        }
    }

    /// Asks the next question, if the policy drives and nothing else is being asked.
    pub(super) fn drive(&mut self) -> Vec<Request> {
        let drives = self.simulator.driver == Driver::Policy;
        if !drives || !self.asking.sent.is_empty() || self.driving_obstacle().is_some() {
            return Vec::new();
        }
        let goes = self.simulator.running || self.simulator.stepping;
        let waits = self.simulator.status.waits.filter(|_| goes);
        if let Some(wait) = waits.filter(|wait| self.driving.wait != Some(*wait)) {
            // The world stands still: what it shows now is what the policy is to act on.
            let Some(views) = self.looks_at() else {
                return Vec::new();
            };
            self.driving.views = views;
            self.plan_anew();
            let first = self.driving.wait.is_none();
            if !first || self.driving.questions.is_empty() {
                self.driving.wait = Some(wait);
                return self.put(Task::Action, self.asking.instruction.clone());
            }
        }
        match self.driving.questions.pop_front() {
            Some((task, about)) => self.put(task, about),
            None => Vec::new(),
        }
    }

    /// Puts a question about the moment that was looked at.
    fn put(&mut self, task: Task, about: String) -> Vec<Request> {
        let wrapper = self.model.report.as_ref();
        let wrapper = wrapper.and_then(|report| report.prompt_wrapper.as_deref());
        let prompt = match task {
            Task::Action => prompt::action_prompt(wrapper, &about),
            _ => task
                .presets()
                .next()
                .map_or_else(|| about.clone(), |preset| preset.render(&about)),
        };
        let views = self.driving.views.clone();
        let query = Query {
            task,
            instruction: about,
            prompt,
            frames: views.iter().map(|(_, frame)| frame.clone()).collect(),
            options: self.asking.options.clone(),
        };
        let (id, request) = self.send_query(query, views);
        self.driving.asked = Some(id);
        vec![request]
    }

    /// The pictures of the cameras that the policy looks through. All of them or none: with a camera less than it was
    /// trained with it would move all the same.
    fn looks_at(&self) -> Option<Vec<(SourceId, Frame)>> {
        let views: Option<Vec<(SourceId, Frame)>> = self
            .seen()
            .into_iter()
            .map(|source| Some((source.id, source.frame.clone()?)))
            .collect();
        views.filter(|views| !views.is_empty())
    }

    /// Puts down what the planner is to be asked, if its last plan is old and was asked for to the end.
    fn plan_anew(&mut self) {
        let fresh = |at: f64| self.now_secs - at < PLAN_SECS;
        let driving = &mut self.driving;
        if !driving.questions.is_empty() || driving.planned_secs.is_some_and(fresh) {
            return;
        }
        driving.planned_secs = Some(self.now_secs);
        let instruction = &self.asking.instruction;
        let things = prompt::named_things(instruction).into_iter().take(THINGS);
        let questions = &mut driving.questions;
        questions.extend(things.map(|thing| (Task::Box, thing)));
        questions.push_back((Task::Trace, instruction.clone()));
    }

    /// Whether a query is the policy's own.
    pub(super) fn is_driving(&self, id: QueryId) -> bool {
        self.driving.asked == Some(id)
    }

    /// Whether a query was the policy's before things changed.
    pub(super) fn was_driving(&self, id: QueryId) -> bool {
        self.driving.left == Some(id)
    }

    /// Takes in an answer to a question of [`Self::drive`].
    pub(super) fn driven(&mut self, run: QueryRun, answer: Answer) -> Vec<Request> {
        self.driving.asked = None;
        let chunk = answer.action.as_ref().map(chunk);
        let result = self.result_of(run, answer);
        let Some(chunk) = chunk else {
            let plan = &mut self.driving.plan;
            plan.retain(|old| {
                (old.run.task, &old.run.instruction) != (result.run.task, &result.run.instruction)
            });
            plan.push(result);
            return Vec::new();
        };
        self.asking.answer(result);
        match (chunk, self.driving.wait) {
            (Ok(steps), Some(wait)) => {
                self.simulator.stepping = false;
                tell(SimulatorOrder::Chunk(wait, steps))
            }
            (Ok(_), None) => Vec::new(),
            (Err(why), _) => self.stop_driving(&why),
        }
    }

    /// A question of [`Self::drive`] came to nothing: the simulator pauses, the world waits no longer.
    pub(super) fn stop_driving(&mut self, why: &str) -> Vec<Request> {
        self.driving = Driving::default();
        self.notice(NoticeLevel::Warning, format!("The policy stopped: {why}"));
        self.run_simulator(false)
    }

    /// The loaded or coming checkpoint drives through one camera, from the start of an episode.
    pub(super) fn demonstrate(&mut self) -> Vec<Request> {
        self.simulator.one_view = true;
        self.simulator.driver = Driver::Policy;
        self.forget_driving();
        let mut requests = tell(SimulatorOrder::Drive(Driver::Policy));
        requests.extend(self.set_up(SimulatorSetup::default()));
        // The episode before, which may be over, is none of its business.
        self.simulator.status.end = None;
        requests.extend(self.run_simulator(true));
        requests
    }

    /// Gives the arm to a driver, or takes it back.
    pub(super) fn toggle_driver(&mut self, driver: Driver) -> Vec<Request> {
        let now = &mut self.simulator.driver;
        *now = if *now == driver {
            Driver::Person
        } else {
            driver
        };
        let order = SimulatorOrder::Drive(*now);
        self.forget_driving();
        tell(order)
    }

    /// Things are no longer as the policy knew them: another episode, another driver, another instruction.
    pub(super) fn forget_driving(&mut self) {
        self.driving = Driving {
            left: self.driving.asked.or(self.driving.left),
            ..Driving::default()
        };
    }
}

/// The steps of an answer in SI, or why there are none.
fn chunk(answer: &ActionAnswer) -> Result<Vec<Vec<f64>>, String> {
    let first = answer.si.as_ref().and_then(|chunks| chunks.first());
    match (first, &answer.statistics) {
        (Some(chunk), _) => Ok(chunk.steps().to_vec()),
        (None, Err(why)) => Err(format!("its actions are normalised only: {why}")),
        (None, Ok(_)) => Err("its answer has no actions".into()),
    }
}

#[cfg(test)]
mod tests;
