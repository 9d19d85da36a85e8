//! The intermediate representations of a frame: what is where, where it will be gripped and put, and the way there.
//!
//! Pixels of the recorded picture as real numbers, origin at the outer corner of the top-left pixel; boxes are x1, y1,
//! x2, y2.

use serde::Serialize;

use crate::sim::drawing::THINGS;
use crate::sim::episode::EpisodeRecord;
use crate::sim::expert::Phase;
use crate::sim::instruction;
use crate::sim::label::{ObjectLabel, Rle, project, trace};
use crate::sim::render::{Camera, View};

/// What is true in one picture of an episode.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Priors {
    /// Control step.
    pub frame: usize,
    /// Camera.
    pub camera: String,
    /// What the arm is doing, in words.
    pub subtask: String,
    /// Every thing that is drawn.
    pub objects: Vec<ObjectPrior>,
    /// The tool point, if it is within the picture.
    pub tool: Option<[f64; 2]>,
    /// Where the thing will be gripped, until it is.
    pub grasp: Option<[f64; 2]>,
    /// Where the tool will let go, until it does.
    pub place: Option<[f64; 2]>,
    /// The way of the tool from here to the end of this part of the task: 8 points, or none within the picture.
    pub trace: Vec<[f64; 2]>,
}

/// One thing in one picture.
#[derive(Debug, Clone, Serialize)]
pub(super) struct ObjectPrior {
    /// Its place in the scene.
    pub index: usize,
    /// Colour and name.
    pub label: String,
    /// Around its visible pixels; none if it is hidden.
    pub visible: Option<[f64; 4]>,
    /// Around all of it, hidden or beyond the picture as it may be.
    pub amodal: [f64; 4],
    /// A pixel well inside its visible part.
    pub point: Option<[f64; 2]>,
    /// Share of its pixels that something hides.
    pub occlusion: f64,
    /// Share of its pixels beyond the picture.
    pub truncation: f64,
    /// Visible pixels as run lengths, row by row, beginning with those outside.
    pub mask: Option<Rle>,
    /// Whether it is seen well enough to be asked for.
    #[serde(skip)]
    pub askable: bool,
}

/// What is true in a picture.
pub(super) fn priors(
    record: &EpisodeRecord,
    frame: usize,
    name: &str,
    (camera, view): (&Camera, &View),
    labels: &[ObjectLabel],
) -> Priors {
    let step = &record.steps[frame];
    let seen = |place: [f64; 3]| {
        let projected = project(camera, place)?;
        projected
            .inside(view.size)
            .then_some(projected.pixel.map(rounded))
    };
    let ahead = Ahead::of(record, frame);
    Priors {
        frame,
        camera: name.to_owned(),
        subtask: instruction::subtask(&record.scene, step.subtask, step.phase),
        objects: labels.iter().map(|label| object(record, label)).collect(),
        tool: seen(step.snapshot.tool.position),
        grasp: ahead.grasp.and_then(seen),
        place: ahead.place.and_then(seen),
        trace: trace(camera, &ahead.way)
            .points
            .into_iter()
            .map(|point| point.map(rounded))
            .collect(),
    }
}

fn object(record: &EpisodeRecord, label: &ObjectLabel) -> ObjectPrior {
    let index = (label.object - THINGS) as usize;
    let spec = record.scene.objects[index].spec;
    ObjectPrior {
        index,
        label: format!("{} {}", spec.colour.name(), spec.category.entry().name),
        visible: label.visible.map(|corners| corners.map(rounded)),
        amodal: label.amodal.map(rounded),
        point: label.point.map(|point| point.map(rounded)),
        occlusion: rounded(label.occlusion),
        truncation: rounded(label.truncation),
        mask: label.rle(),
        askable: label.dropped().is_none(),
    }
}

/// Where the tool goes from a frame on.
struct Ahead {
    way: Vec<[f64; 3]>,
    grasp: Option<[f64; 3]>,
    place: Option<[f64; 3]>,
}

impl Ahead {
    fn of(record: &EpisodeRecord, frame: usize) -> Self {
        let part = record.steps[frame].subtask;
        let rest = &record.steps[frame..];
        let part_ends = rest
            .iter()
            .position(|step| step.subtask != part)
            .unwrap_or(rest.len());
        let rest = &rest[..part_ends];
        let last_of = |phase: Phase| {
            let at = rest.iter().rposition(|step| step.phase == phase)?;
            Some(rest[at].snapshot.tool.position)
        };
        let mut way: Vec<[f64; 3]> = rest
            .iter()
            .map(|step| step.snapshot.tool.position)
            .collect();
        if frame + part_ends == record.steps.len() {
            way.push(record.last.tool.position);
        }
        Self {
            way,
            grasp: last_of(Phase::Grasp),
            place: last_of(Phase::Place),
        }
    }
}

/// To a hundredth of a pixel.
fn rounded(number: f64) -> f64 {
    (number * 100.0).round() / 100.0
}
