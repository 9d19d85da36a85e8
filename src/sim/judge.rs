//! Whether a goal is reached, by the criteria of `ManiSkill2_real2sim` where it has them.
//!
//! Fed one snapshot a control step. Metres; heights along the world's z.

use crate::geometry::Pose;

use super::asset::Asset;
use super::goal::Goal;
use super::relation::seen_from;
use super::scene::Scene;
use super::snapshot::{Body, Snapshot};

/// Height gains of a lifted thing: at once, and held for [`HELD_STEPS`] at any time.
const LIFT: [f64; 2] = [0.01, 0.02];
const HELD_STEPS: u32 = 5;
/// Move near: how far moved at least, how near beyond the half diagonals, slack for being the nearest, deepest fall of
/// bystanders and of the two.
const MOVED: f64 = 0.03;
const NEAR: f64 = 0.10;
const NEAREST_SLACK: f64 = 0.01;
const SUNK: [f64; 2] = [0.02, 0.15];

/// What lies in a hollow reaches below this share of its depth.
const SUBMERGED: f64 = 0.7;
/// Deeper than this a thing is put into, not onto.
const DEEP: f64 = 0.02;

/// Watches one episode.
#[derive(Debug, Clone)]
pub struct Judge {
    goal: Goal,
    base: Pose,
    start: Vec<Pose>,
    halves: Vec<[f64; 3]>,
    cavities: Vec<Option<super::asset::Cavity>>,
    /// Steps in a row that each part's thing was well up.
    lifted: Vec<u32>,
    /// Whether each part's thing has touched its drawer.
    touched: Vec<bool>,
    won: bool,
}

impl Judge {
    /// Begins with the world at rest.
    #[must_use]
    pub fn new(scene: &Scene, assets: &[Asset], start: &Snapshot) -> Self {
        let parts = scene.goal.parts().len();
        Self {
            goal: scene.goal.clone(),
            base: scene.arm.base,
            start: start.objects.clone(),
            halves: assets
                .iter()
                .zip(&start.objects)
                .map(|(asset, pose)| upright_half(asset, pose))
                .collect(),
            cavities: assets.iter().map(|asset| asset.cavity).collect(),
            lifted: vec![0; parts],
            touched: vec![false; parts],
            won: false,
        }
    }

    /// Whether the goal holds now.
    pub fn update(&mut self, now: &Snapshot) -> bool {
        let goal = self.goal.clone();
        for (part, goal) in goal.parts().iter().enumerate() {
            self.remember(part, goal, now);
        }
        let all = goal
            .parts()
            .iter()
            .enumerate()
            .all(|(part, goal)| self.holds(part, goal, now));
        self.won |= all;
        all
    }

    /// Which parts of the goal hold now, in the order of doing them; to be asked after [`Self::update`].
    #[must_use]
    pub fn parts(&self, now: &Snapshot) -> Vec<bool> {
        let parts = self.goal.parts().iter().enumerate();
        parts
            .map(|(part, goal)| self.holds(part, goal, now))
            .collect()
    }

    /// Whether the goal held at any step.
    #[must_use]
    pub fn won(&self) -> bool {
        self.won
    }

    fn remember(&mut self, part: usize, goal: &Goal, now: &Snapshot) {
        match goal {
            Goal::Lifted { source } => {
                let up = self.gain(*source, now) > LIFT[1] && only_robot(now, *source);
                self.lifted[part] = if up { self.lifted[part] + 1 } else { 0 };
            }
            Goal::InDrawer { source, drawer, .. } => {
                let touches = now
                    .touching(Body::Object(*source))
                    .any(|(other, _)| other == Body::Drawer(*drawer));
                self.touched[part] |= touches;
            }
            _ => {}
        }
    }

    fn holds(&self, part: usize, goal: &Goal, now: &Snapshot) -> bool {
        match goal {
            Goal::On {
                source,
                target,
                rise,
                alone,
            } => {
                self.on(*source, *target, *rise, now)
                    && (!alone || touches_only(now, *source, *target))
            }
            Goal::Inside { source, target } => self.inside(*source, *target, now),
            Goal::Lifted { source } => {
                self.lifted[part] >= HELD_STEPS
                    || (self.gain(*source, now) > LIFT[0]
                        && only_robot(now, *source)
                        && now.held == Some(*source))
            }
            Goal::Near { source, target } => self.near(*source, *target, now),
            Goal::Placed {
                source,
                relation,
                anchors,
            } => {
                let at = |index: usize| seen_from(&self.base, now.objects[index].position);
                let anchors: Vec<[f64; 2]> = anchors.iter().map(|anchor| at(*anchor)).collect();
                relation.holds(at(*source), &anchors) && self.stands(*source, now)
            }
            Goal::Pushed {
                source,
                relation,
                distance,
            } => self.pushed(*source, relation.direction(), *distance, now),
            Goal::Opened { drawer, at_least } => now
                .drawers
                .get(*drawer)
                .is_some_and(|open| open >= at_least),
            Goal::Closed { drawer, at_most } => {
                now.drawers.get(*drawer).is_some_and(|open| open <= at_most)
            }
            Goal::InDrawer {
                drawer, at_least, ..
            } => {
                self.touched[part]
                    && now
                        .drawers
                        .get(*drawer)
                        .is_some_and(|open| open >= at_least)
            }
            Goal::All { .. } => false,
        }
    }

    fn on(&self, source: usize, target: usize, rise: f64, now: &Snapshot) -> bool {
        let to = now.objects[source].position;
        let a = self.halves[source];
        // Of a deep thing the plane of its floor is the target.
        let (from, b) = match self.cavities[target] {
            Some(cavity) if cavity.depth > DEEP => (
                now.objects[target].apply(cavity.floor),
                [cavity.half[0], cavity.half[1], 0.0],
            ),
            _ => (now.objects[target].position, self.halves[target]),
        };
        let flat = (to[0] - from[0]).hypot(to[1] - from[1]);
        let up = to[2] - from[2];
        flat <= b[0].hypot(b[1]) + 0.003 && up > 0.0 && up - a[2] - b[2] <= rise
    }

    /// Over the hollow's floor, below its rim by more than half, let go.
    fn inside(&self, source: usize, target: usize, now: &Snapshot) -> bool {
        let Some(cavity) = self.cavities[target] else {
            return self.on(source, target, 0.02, now);
        };
        let [x, y, z] = now.objects[target]
            .inverse()
            .apply(now.objects[source].position);
        let [dx, dy] = [
            (x - cavity.floor[0]) / cavity.half[0],
            (y - cavity.floor[1]) / cavity.half[1],
        ];
        let over = if cavity.round {
            dx.hypot(dy) <= 1.0
        } else {
            dx.abs() <= 1.0 && dy.abs() <= 1.0
        };
        let height = z - cavity.floor[2];
        let half = self.halves[source]
            .into_iter()
            .fold(f64::INFINITY, f64::min);
        over && height > -0.005
            && height - half < (SUBMERGED * cavity.depth).max(0.01)
            && now.held != Some(source)
    }

    fn near(&self, source: usize, target: usize, now: &Snapshot) -> bool {
        let moved = |index: usize| apart(&self.start[index], &now.objects[index]);
        let others = || (0..now.objects.len()).filter(move |index| *index != source);
        let far = moved(source) > MOVED && others().all(|index| moved(index) < moved(source));
        let diagonal = |index: usize| self.halves[index][0].hypot(self.halves[index][1]);
        let distance = |index: usize| apart(&now.objects[source], &now.objects[index]);
        let close = distance(target) <= diagonal(source) + diagonal(target) + NEAR;
        let nearest = others().all(|index| distance(target) <= distance(index) + NEAREST_SLACK);
        let sunk = |index: usize| -self.gain(index, now);
        let kept = (0..now.objects.len()).all(|index| {
            let own = index == source || index == target;
            sunk(index) <= SUNK[usize::from(own)]
        });
        far && close && nearest && kept
    }

    fn pushed(
        &self,
        source: usize,
        direction: Option<[f64; 2]>,
        distance: f64,
        now: &Snapshot,
    ) -> bool {
        let Some(direction) = direction else {
            return false;
        };
        let from = seen_from(&self.base, self.start[source].position);
        let to = seen_from(&self.base, now.objects[source].position);
        let offset = [to[0] - from[0], to[1] - from[1]];
        let along = offset[0] * direction[0] + offset[1] * direction[1];
        let across = (offset[0] * direction[1] - offset[1] * direction[0]).abs();
        along >= distance && across <= along && self.gain(source, now) > -SUNK[0]
    }

    /// Not in the hand and not fallen from the table.
    fn stands(&self, source: usize, now: &Snapshot) -> bool {
        now.held != Some(source) && self.gain(source, now) > -SUNK[1]
    }

    fn gain(&self, index: usize, now: &Snapshot) -> f64 {
        now.objects[index].position[2] - self.start[index].position[2]
    }
}

/// Half the sides of the box along the world's axes around a thing.
#[must_use]
pub fn upright_half(asset: &Asset, pose: &Pose) -> [f64; 3] {
    let half = asset.extents.map(|side| side / 2.0);
    let axes: [[f64; 3]; 3] = std::array::from_fn(|axis| {
        let mut unit = [0.0; 3];
        unit[axis] = half[axis];
        pose.rotate(unit)
    });
    std::array::from_fn(|row| axes.iter().map(|axis| axis[row].abs()).sum())
}

fn apart(a: &Pose, b: &Pose) -> f64 {
    (a.position[0] - b.position[0]).hypot(a.position[1] - b.position[1])
}

fn only_robot(now: &Snapshot, source: usize) -> bool {
    now.touching(Body::Object(source))
        .all(|(other, _)| other.is_arm())
}

fn touches_only(now: &Snapshot, source: usize, target: usize) -> bool {
    now.touching(Body::Object(source))
        .all(|(other, _)| other.is_arm() || other == Body::Object(target))
}
