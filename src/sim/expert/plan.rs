//! From a skill to its moves, chosen among what the arm can reach.

use std::collections::VecDeque;

use crate::geometry::Pose;
use crate::sim::rig::SimRig;
use crate::sim::snapshot::{Body, Snapshot};

use super::place::Search;
use super::skill::{Move, Skill};
use super::{Trouble, grasp, place, skill};

/// Whether the hand is already as high as where the first move leads.
pub(super) fn high(from: &Pose, moves: &VecDeque<Move>) -> bool {
    moves
        .front()
        .is_some_and(|first| from.position[2] > first.to.position[2] - 0.02)
}

/// The moves of a skill from where things are now.
pub(super) fn plan(
    search: &Search<'_>,
    rig: &SimRig,
    skill: &Skill,
    tries: usize,
) -> Result<Vec<Move>, Trouble> {
    let followed = |ways: Vec<Vec<Move>>| {
        let cost = |way: &Vec<Move>| {
            let stops: Vec<Pose> = way.iter().map(|step| step.to).collect();
            search.reach.follow(search.joints, &stops)
        };
        let feasible = ways.into_iter().filter_map(|way| Some((cost(&way)?, way)));
        let best = feasible.min_by(|a, b| a.0.total_cmp(&b.0));
        best.map(|(_, way)| way).ok_or(Trouble::NoWay)
    };
    let cabinet = search.scene.cabinet.as_ref();
    match skill {
        Skill::Take { object } => {
            let holds = grasp::holds(search, rig.spec(), *object);
            // Another way each time.
            let hold = holds
                .get(tries % holds.len().max(1))
                .ok_or(Trouble::NoGrasp)?;
            Ok(skill::take(search, *object, hold))
        }
        Skill::Raise { .. } => Ok(skill::raise(search)),
        Skill::Put { object, spot } => {
            let places = place::places(search, *object, spot);
            Ok(skill::put(search, places.first().ok_or(Trouble::NoPlace)?))
        }
        Skill::Pull { drawer, to } => followed(
            cabinet
                .map(|c| skill::pull(search, c, *drawer, *to))
                .unwrap_or_default(),
        ),
        Skill::Shut { drawer } => followed(
            cabinet
                .map(|c| skill::shut(search, c, *drawer))
                .unwrap_or_default(),
        ),
        Skill::Push {
            object,
            direction,
            distance,
        } => followed(skill::push(search, *object, *direction, *distance)),
    }
}

/// Whether the thing is in the hand: pressed by both fingers, or between them while the solver lets go for a step.
pub(super) fn holding(now: &Snapshot, object: usize) -> bool {
    if now.held == Some(object) {
        return true;
    }
    let tool = now.fingers;
    let middle: [f64; 3] =
        std::array::from_fn(|axis| f64::midpoint(tool[0].position[axis], tool[1].position[axis]));
    let at = now.objects[object].position;
    let touches = now
        .contacts
        .iter()
        .any(|touch| matches!(touch.other(Body::Object(object)), Some(Body::Finger(_))));
    touches
        && (0..3)
            .map(|axis| (middle[axis] - at[axis]).powi(2))
            .sum::<f64>()
            .sqrt()
            < 0.05
}
