//! What is true in a picture of the simulator, as groundings: boxes, the points where the gripper will close and open,
//! and its way there.
//!
//! The way ahead is known by playing the same episode to its end beforehand, on a thread of its own; it holds as long
//! as nobody reaches in.

use std::sync::mpsc::{Receiver, TryRecvError, sync_channel};

use super::plain::SimulatorSetup;
use crate::engine::worker::spawn;
use crate::geometry::ImagePoint;
use crate::grounding::{Grounding, GroundingKind};
use crate::sim::drawing::THINGS;
use crate::sim::expert::Phase;
use crate::sim::label::{Labeller, project, trace};
use crate::sim::render::{Camera, Drawing, View};
use crate::sim::session::Session;
use crate::sim::tasks::Task;
use crate::sim::{Episode, Scene};

/// Where the tool is at a step, for what, and for which part of the goal.
type Waypoint = ([f64; 3], Phase, usize);

/// Knows what is true in the pictures of one episode.
pub(super) struct Truth {
    labeller: Labeller,
    task: &'static Task,
    setup: SimulatorSetup,
    asked: bool,
    coming: Option<Receiver<Vec<Waypoint>>>,
    ahead: Vec<Waypoint>,
}

impl Truth {
    pub(super) fn new(task: &'static Task, setup: &SimulatorSetup) -> Self {
        Self {
            labeller: Labeller::default(),
            task,
            setup: setup.clone(),
            asked: false,
            coming: None,
            ahead: Vec::new(),
        }
    }

    /// What is true in one picture.
    pub(super) fn marks(
        &mut self,
        session: &Session,
        (drawing, camera): (&Drawing, &Camera),
        view: &View,
    ) -> Vec<Grounding> {
        let scene = session.episode().scene();
        let things: Vec<u32> = (0..scene.objects.len() as u32)
            .map(|index| THINGS + index)
            .collect();
        let mut marks = Vec::new();
        for label in self.labeller.objects(drawing, camera, view, &things) {
            let corners = label.visible.filter(|_| label.dropped().is_none());
            if let Some([x1, y1, x2, y2]) = corners {
                let name = named(scene, (label.object - THINGS) as usize);
                let corners = vec![point([x1, y1]), point([x2, y2])];
                marks.push(Grounding::new(GroundingKind::Box, corners).labelled(name));
            }
        }
        self.look_ahead();
        if session.on_script() {
            marks.extend(self.way(session.episode().steps().len(), camera, view));
        }
        marks
    }

    /// Begins to play the episode to its end, once.
    fn look_ahead(&mut self) {
        if self.asked {
            return;
        }
        self.asked = true;
        let (sender, receiver) = sync_channel(1);
        let (task, setup) = (self.task, self.setup.clone());
        spawn("simulator ahead", move || {
            if let Ok(record) = Episode::run(task, setup.seed, &setup.options()) {
                let steps = record.steps.iter();
                let way = steps.map(|step| {
                    let place = step.snapshot.tool.position;
                    (place, step.phase, step.subtask)
                });
                let mut way: Vec<Waypoint> = way.collect();
                let last = way.last().map(|&(_, phase, part)| (phase, part));
                way.extend(last.map(|(phase, part)| (record.last.tool.position, phase, part)));
                // The episode may have been put away meanwhile.
                drop(sender.send(way));
            }
        });
        self.coming = Some(receiver);
    }

    /// Whether the way ahead is still being played.
    pub(super) fn is_coming(&self) -> bool {
        self.coming.is_some()
    }

    /// Takes the way ahead, if it has come just now.
    pub(super) fn arrived(&mut self) -> bool {
        let came = self.coming.as_ref().map(Receiver::try_recv);
        match came {
            Some(Ok(way)) => {
                self.ahead = way;
                self.coming = None;
                true
            }
            Some(Err(TryRecvError::Disconnected)) => {
                self.coming = None;
                false
            }
            Some(Err(TryRecvError::Empty)) | None => false,
        }
    }

    /// The way from a step to the end of its part of the goal, and where the gripper will close and open.
    fn way(&self, step: usize, camera: &Camera, view: &View) -> Vec<Grounding> {
        let Some(&(_, _, part)) = self.ahead.get(step) else {
            return Vec::new();
        };
        let rest = &self.ahead[step..];
        let end = rest.iter().position(|(_, _, own)| *own != part);
        let rest = &rest[..end.unwrap_or(rest.len())];
        let mut marks = Vec::new();
        for (phase, name) in [(Phase::Grasp, "grasp"), (Phase::Place, "place")] {
            let last = rest.iter().rfind(|(_, own, _)| *own == phase);
            let seen = last.and_then(|(place, _, _)| project(camera, *place));
            if let Some(seen) = seen.filter(|seen| seen.inside(view.size)) {
                let place = vec![point(seen.pixel)];
                marks.push(Grounding::new(GroundingKind::Point, place).labelled(name));
            }
        }
        let way: Vec<[f64; 3]> = rest.iter().map(|(place, _, _)| *place).collect();
        let points: Vec<ImagePoint> = trace(camera, &way).points.into_iter().map(point).collect();
        if points.len() > 1 {
            marks.push(Grounding::new(GroundingKind::Trace, points).labelled("gripper"));
        }
        marks
    }
}

/// Colour and name of a thing.
pub(super) fn named(scene: &Scene, object: usize) -> String {
    scene
        .objects
        .get(object)
        .map_or_else(String::new, |object| {
            let spec = object.spec;
            format!("{} {}", spec.colour.name(), spec.category.entry().name)
        })
}

fn point([x, y]: [f64; 2]) -> ImagePoint {
    ImagePoint::new(x as f32, y as f32)
}
