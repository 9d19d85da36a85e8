//! Where to put a thing that is in the hand. World frame, metres.
//!
//! The hand stays upright and may turn about the vertical; the thing keeps its place between the fingers.

use std::f64::consts::PI;

use crate::geometry::Pose;
use crate::sim::asset::{Asset, cabinet};
use crate::sim::cabinet::drawer_pose;
use crate::sim::judge::upright_half;
use crate::sim::relation::{MARGIN, Relation, seen_from};
use crate::sim::scene::{Cabinet, Scene};
use crate::sim::snapshot::Snapshot;

use super::grasp::leaned;
use super::motion::shifted;
use super::reach::Reach;

/// Where a thing is to go.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Spot {
    On(usize),
    Inside(usize),
    Near(usize),
    Beside(Relation, Vec<usize>),
    Drawer(usize),
}

/// A way to put it down.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Place {
    /// The grasp frame when the fingers open.
    pub grasp: Pose,
    /// Before going down.
    pub before: Pose,
}

/// What the places are looked for with.
pub(super) struct Search<'a> {
    pub scene: &'a Scene,
    pub assets: &'a [Asset],
    pub reach: &'a Reach,
    pub now: &'a Snapshot,
    pub joints: &'a [f64],
    /// The grasp frame now.
    pub grasp: Pose,
}

/// Fingers and a thing between them fit into a hollow this wide.
const WIDE: f64 = 0.05;
/// Let go this far above the ground.
const GAP: f64 = 0.003;
/// The hand comes down from this far above.
const CLEARANCE: f64 = 0.06;
/// Left between things, and where there is no better place.
const ROOM: f64 = 0.012;
const TIGHT: f64 = 0.004;
/// Turns of the hand that are tried.
const TURNS: [f64; 8] = [
    0.0,
    PI / 6.0,
    -PI / 6.0,
    PI / 3.0,
    -PI / 3.0,
    PI / 2.0,
    -PI / 2.0,
    PI,
];
/// Leans of the hand that are tried: far places are reached leaning.
const LEANS: [f64; 4] = [0.0, 0.2, 0.4, 0.6];
/// From here on the hand comes down from less high.
const MUCH: f64 = 0.3;
/// Solutions looked for before the search is content.
const ENOUGH: usize = 4;

/// The best ways to put `object`, the cheapest first.
pub(super) fn places(search: &Search<'_>, object: usize, spot: &Spot) -> Vec<Place> {
    let mut found: Vec<(f64, Place)> = Vec::new();
    for (rank, (xy, bottom)) in search.points(object, spot).into_iter().enumerate() {
        let ways = LEANS
            .iter()
            .flat_map(|lean| TURNS.map(|turn| (*lean, turn)));
        let way = ways.into_iter().find_map(|(lean, turn)| {
            let grasp = search.carried(object, xy, bottom, (lean, turn));
            let before = shifted(
                &grasp,
                [
                    0.0,
                    0.0,
                    if lean < MUCH {
                        CLEARANCE
                    } else {
                        CLEARANCE / 2.0
                    },
                ],
            );
            let cost = search.reach.follow(search.joints, &[before, grasp])?;
            Some((cost + lean + 0.2 * rank as f64, Place { grasp, before }))
        });
        found.extend(way);
        if found.len() >= ENOUGH {
            break;
        }
    }
    found.sort_by(|a, b| a.0.total_cmp(&b.0));
    found.into_iter().map(|(_, place)| place).collect()
}

impl Search<'_> {
    /// The grasp frame that brings the middle of `object` over `xy` and its lowest point to `bottom`.
    /// The hand turns about the vertical and leans towards the base.
    fn carried(&self, object: usize, xy: [f64; 2], bottom: f64, (lean, turn): (f64, f64)) -> Pose {
        let thing = self.now.objects[object];
        let low = thing.position[2] - upright_half(&self.assets[object], &thing)[2];
        let offset: [f64; 2] = [0, 1].map(|axis| thing.position[axis] - self.grasp.position[axis]);
        let (sin, cos) = turn.sin_cos();
        let turned = [
            cos * offset[0] - sin * offset[1],
            sin * offset[0] + cos * offset[1],
        ];
        // A leaning thing stands on its edge.
        let half = upright_half(&self.assets[object], &thing);
        let edge = half[0].min(half[1]) * lean.sin();
        let z = self.grasp.position[2] + bottom - low + edge;
        let position = [xy[0] - turned[0], xy[1] - turned[1], z];
        let rotation = Pose::from_rpy([0.0; 3], [0.0, 0.0, turn]).then(&Pose {
            position: [0.0; 3],
            ..self.grasp
        });
        leaned(
            &Pose {
                position,
                ..rotation
            },
            self.reach.forward(position),
            lean,
        )
    }

    /// Points for the middle of the thing and heights for its lowest point, the best first.
    fn points(&self, object: usize, spot: &Spot) -> Vec<([f64; 2], f64)> {
        match spot {
            Spot::On(target) => {
                let pose = self.now.objects[*target];
                vec![(
                    [pose.position[0], pose.position[1]],
                    self.support(*target) + GAP,
                )]
            }
            Spot::Inside(target) => vec![self.hollow(*target)],
            Spot::Drawer(drawer) => self
                .scene
                .cabinet
                .iter()
                .flat_map(|cabinet| self.drawer(cabinet, *drawer))
                .collect(),
            Spot::Near(target) => self.around(object, *target),
            Spot::Beside(relation, anchors) => self.beside(object, *relation, anchors),
        }
    }

    /// Height of what a thing offers to stand on.
    fn support(&self, target: usize) -> f64 {
        let (asset, pose) = (&self.assets[target], &self.now.objects[target]);
        match asset.cavity {
            Some(cavity) => pose.apply(cavity.floor)[2],
            None => pose.position[2] + upright_half(asset, pose)[2],
        }
    }

    fn hollow(&self, target: usize) -> ([f64; 2], f64) {
        let (asset, pose) = (&self.assets[target], &self.now.objects[target]);
        let Some(cavity) = asset.cavity else {
            return (
                [pose.position[0], pose.position[1]],
                self.support(target) + GAP,
            );
        };
        let [x, y, z] = pose.apply(cavity.floor);
        let wide = cavity.half[0].min(cavity.half[1]) > WIDE;
        // Into a narrow one it is dropped from just over the rim.
        let bottom = if wide {
            z + 0.012
        } else {
            z + cavity.depth + 0.008
        };
        ([x, y], bottom)
    }

    /// Over the open part of a drawer.
    fn drawer(&self, placed: &Cabinet, drawer: usize) -> Vec<([f64; 2], f64)> {
        let Some(open) = self.now.drawers.get(drawer).copied() else {
            return Vec::new();
        };
        let Some(pose) = drawer_pose(placed, drawer, open) else {
            return Vec::new();
        };
        let (floor, half) = cabinet().drawers[drawer].floor;
        [0.0, 0.05, -0.05]
            .into_iter()
            .map(|y| {
                let [x, y, z] = pose.apply([floor[0] + half[0] - open * 0.5, y, floor[2]]);
                ([x, y], z + 0.025)
            })
            .collect()
    }

    /// Free points of the table around a thing, the nearest to the hand first.
    fn around(&self, object: usize, target: usize) -> Vec<([f64; 2], f64)> {
        let half = |index: usize| {
            let half = upright_half(&self.assets[index], &self.now.objects[index]);
            half[0].hypot(half[1])
        };
        let centre = self.now.objects[target].position;
        let mut points = Vec::new();
        for radius in [0.02, 0.035, 0.05] {
            let radius = half(object) + half(target) + radius;
            for step in 0..16 {
                let angle = f64::from(step) * PI / 8.0;
                points.push([
                    centre[0] + radius * angle.cos(),
                    centre[1] + radius * angle.sin(),
                ]);
            }
        }
        points.retain(|point| {
            self.free(object, *point, ROOM) && self.nearest_is(object, target, *point)
        });
        let from = self.grasp.position;
        points.sort_by(|a, b| {
            let far = |p: &[f64; 2]| (p[0] - from[0]).hypot(p[1] - from[1]);
            far(a).total_cmp(&far(b))
        });
        points
            .into_iter()
            .map(|point| (point, self.scene.table.height + GAP))
            .collect()
    }

    /// Whether from `point` no other thing is nearer than `target`, with something to spare.
    fn nearest_is(&self, object: usize, target: usize, point: [f64; 2]) -> bool {
        let distance = |index: usize| {
            let at = self.now.objects[index].position;
            (at[0] - point[0]).hypot(at[1] - point[1])
        };
        (0..self.assets.len())
            .filter(|index| *index != object && *index != target)
            .all(|index| distance(index) > distance(target) + 0.01)
    }

    /// Free points of the table that stand in the relation, the most typical first.
    fn beside(&self, object: usize, relation: Relation, anchors: &[usize]) -> Vec<([f64; 2], f64)> {
        let base = &self.scene.arm.base;
        let seen: Vec<[f64; 2]> = anchors
            .iter()
            .map(|anchor| seen_from(base, self.now.objects[*anchor].position))
            .collect();
        let centre = match seen.as_slice() {
            [a, b] => [f64::midpoint(a[0], b[0]), f64::midpoint(a[1], b[1])],
            [a, ..] => *a,
            [] => return Vec::new(),
        };
        let direction = relation.direction().unwrap_or([0.0, 0.0]);
        let mut points = Vec::new();
        for along in [0.09, 0.075, 0.105, 0.12, 0.06, 0.14, 0.16] {
            for across in [0.0, 0.02, -0.02, 0.04, -0.04, 0.07, -0.07] {
                let point = if relation == Relation::Between {
                    [centre[0] + across * 0.6, centre[1] + (along - 0.09) * 0.4]
                } else {
                    let [dx, dy] = direction;
                    [
                        centre[0] + along * dx - across * dy,
                        centre[1] + along * dy + across * dx,
                    ]
                };
                let inner = [
                    point[0] - MARGIN * 0.3 * direction[0],
                    point[1] - MARGIN * 0.3 * direction[1],
                ];
                if relation.holds(point, &seen) && relation.holds(inner, &seen) {
                    let world = base.apply([point[0], point[1], 0.0]);
                    points.push([world[0], world[1]]);
                }
            }
        }
        let roomy = points
            .iter()
            .filter(|point| self.free(object, **point, ROOM))
            .copied()
            .collect::<Vec<_>>();
        if roomy.is_empty() {
            points.retain(|point| self.free(object, *point, TIGHT));
        } else {
            points = roomy;
        }
        points
            .into_iter()
            .map(|point| (point, self.scene.table.height + GAP))
            .collect()
    }

    /// On the table, away from every other thing.
    fn free(&self, object: usize, point: [f64; 2], room: f64) -> bool {
        let own = upright_half(&self.assets[object], &self.now.objects[object]);
        let own = own[0].max(own[1]);
        let table = &self.scene.table;
        let on_table = (0..2)
            .all(|axis| (point[axis] - table.centre[axis]).abs() + own < table.size[axis] / 2.0);
        on_table
            && (0..self.assets.len())
                .filter(|index| *index != object)
                .all(|index| {
                    let pose = &self.now.objects[index];
                    let half = upright_half(&self.assets[index], pose);
                    let gap = [0, 1]
                        .map(|axis| (pose.position[axis] - point[axis]).abs() - half[axis] - own);
                    gap[0].max(gap[1]) > room
                })
    }
}
