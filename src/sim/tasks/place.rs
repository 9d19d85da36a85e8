//! Templates: take a thing; put it on, into, beside or between others; with distractors.

use rand::Rng as _;
use rand::seq::IndexedRandom as _;

use crate::robot::Mechanism;
use crate::sim::asset::Asset;
use crate::sim::expert::fits;
use crate::sim::goal::Goal;
use crate::sim::relation::{Relation, seen_from};
use crate::sim::scene::Role;

use super::draft::Draft;
use super::{Family, Task};

/// Pick a thing up.
pub const PICK: Task = Task {
    name: "pick",
    family: Family::Pick,
    robot: "widowx",
    hz: 5.0,
    steps: 80,
    layouts: 0,
    build: pick,
};
/// Pick up one of several that are alike, told by where it is.
pub const PICK_WHICH: Task = Task {
    name: "pick_which",
    build: which,
    ..PICK
};
/// Put a thing on another.
pub const ON: Task = Task {
    name: "place_on",
    family: Family::PutOn,
    build: on,
    ..PICK
};
/// Put a thing into another.
pub const IN: Task = Task {
    name: "place_in",
    family: Family::PutIn,
    build: inside,
    ..PICK
};
/// Put a thing left of, right of, in front of or behind another.
pub const BESIDE: Task = Task {
    name: "place_beside",
    family: Family::Relation,
    build: beside,
    ..PICK
};
/// Put a thing between two others.
pub const BETWEEN: Task = Task {
    name: "place_between",
    family: Family::Relation,
    build: between,
    ..PICK
};
/// Pick a thing up with the SO-101.
pub const PICK_SO101: Task = Task {
    name: "so101_pick",
    robot: "so101",
    hz: 10.0,
    steps: 200,
    ..PICK
};
/// Put a thing into another with the SO-101.
pub const IN_SO101: Task = Task {
    name: "so101_place_in",
    robot: "so101",
    hz: 10.0,
    steps: 250,
    ..IN
};

/// A thing that this gripper takes.
fn takeable(draft: &Draft) -> impl Fn(&Asset) -> bool + use<> {
    let spec = draft.spec;
    // Fingers reach down to about the middle.
    let tallest = 2.0 * spec.gripper.finger[0] + 0.03;
    // A turning jaw squeezes flat things out.
    let flattest = if matches!(spec.gripper.mechanism, Mechanism::Jaw { .. }) {
        0.02
    } else {
        0.0
    };
    // A short arm turns its hand little where it reaches far.
    let longest = if spec.joints.len() < 6 { 0.10 } else { 0.16 };
    move |asset: &Asset| {
        let from_above = |grasp: &crate::sim::asset::Grasp| {
            fits(spec, asset, grasp) && grasp.pose.rotate([1.0, 0.0, 0.0])[2] < -0.9
        };
        let [x, y, z] = asset.extents;
        asset.uses.graspable
            && z > flattest
            && z < tallest
            && x.max(y) < longest
            && asset.grasps.iter().any(from_above)
    }
}

fn pick(draft: &mut Draft) {
    draft.until(|draft| {
        let spec = draft.draw(takeable(draft))?;
        let source = draft.scatter(spec, Role::Source)?;
        draft.distract();
        Some(Goal::Lifted { source })
    });
}

/// Three or four of a kind side by side, and something to tell them by.
fn which(draft: &mut Draft) {
    /// Least step to the side from one to the next: names by order need it clear.
    const STEP: f64 = 0.04;
    let count = draft.random.random_range(3..=4);
    draft.until(|draft| {
        let fits = takeable(draft);
        let narrow = |asset: &Asset| asset.extents[0].max(asset.extents[1]) < 0.055;
        let spec = draft.draw(|asset| fits(asset) && narrow(asset))?;
        let alike: Vec<usize> = (0..count)
            .map(|_| draft.scatter(spec, Role::Distractor))
            .collect::<Option<_>>()?;
        let side = |index: &usize| seen_from(&draft.base, draft.objects[*index].pose.position)[1];
        let mut sides: Vec<f64> = alike.iter().map(side).collect();
        sides.sort_by(f64::total_cmp);
        if sides.windows(2).any(|pair| pair[1] - pair[0] < STEP) {
            return None;
        }
        let anchor = draft.draw(small)?;
        draft.scatter(anchor, Role::Distractor)?;
        let source = *alike.choose(&mut draft.random)?;
        draft.objects[source].role = Role::Source;
        Some(Goal::Lifted { source })
    });
}

fn on(draft: &mut Draft) {
    draft.until(|draft| {
        let wide = |asset: &Asset| {
            asset.uses.support
                && asset.extents[0].min(asset.extents[1]) > 0.08
                && asset.extents[2] < 0.06
        };
        let target = draft.draw(wide)?;
        let target = draft.scatter(target, Role::Target)?;
        // Nothing that would lie over the edge.
        let extents = crate::sim::asset::instance(&draft.objects[target].spec).extents;
        let room = 0.9 * extents[0].min(extents[1]);
        let fits = takeable(draft);
        let spec =
            draft.draw(|asset| fits(asset) && asset.extents[0].max(asset.extents[1]) < room)?;
        let source = draft.scatter(spec, Role::Source)?;
        draft.distract();
        Some(Goal::On {
            source,
            target,
            rise: 0.02,
            alone: true,
        })
    });
}

fn inside(draft: &mut Draft) {
    let widest = if draft.spec.name == "so101" {
        0.17
    } else {
        0.28
    };
    draft.until(|draft| {
        let hollow = |asset: &Asset| {
            let roomy =
                |cavity: &crate::sim::asset::Cavity| cavity.half[0].min(cavity.half[1]) > 0.033;
            // A handle spans the middle of these.
            let handle = ["basket", "bucket"].contains(&asset.category().name);
            let wide = asset.extents[0].max(asset.extents[1]);
            asset.uses.container
                && !handle
                && asset.extents[2] < 0.11
                && wide < widest
                && asset.cavity.as_ref().is_some_and(roomy)
        };
        let target = draft.draw(hollow)?;
        let target = draft.scatter(target, Role::Target)?;
        let room = crate::sim::asset::instance(&draft.objects[target].spec).cavity?;
        let fits = takeable(draft);
        let room = 2.0 * room.half[0].min(room.half[1]) - 0.008;
        let spec =
            draft.draw(|asset| fits(asset) && asset.extents[0].max(asset.extents[1]) < room)?;
        let source = draft.scatter(spec, Role::Source)?;
        draft.distract();
        Some(Goal::Inside { source, target })
    });
}

fn small(asset: &Asset) -> bool {
    asset.extents[0].max(asset.extents[1]) < 0.09 && asset.extents[2] < 0.10
}

fn beside(draft: &mut Draft) {
    let relation = *Relation::DIRECTIONS
        .choose(&mut draft.random)
        .unwrap_or(&Relation::LeftOf);
    draft.until(|draft| {
        // In the middle, so that all sides are within reach.
        let spec = draft.draw(small)?;
        let [x, y] =
            [0, 1].map(|axis| f64::midpoint(draft.region.low[axis], draft.region.high[axis]));
        let at = [
            x + draft.random.random_range(-0.04..0.04),
            y + draft.random.random_range(-0.05..0.05),
        ];
        draft.region.take(at, 0.05);
        let yaw = draft.random.random_range(-3.1..3.1);
        let target = draft.add(spec, (at, yaw), 0, Role::Target);
        let fits = takeable(draft);
        let spec = draft.draw(|asset| fits(asset) && small(asset))?;
        let source = draft.scatter(spec, Role::Source)?;
        let distractor = few(draft);
        let seen = |index: usize| seen_from(&draft.base, draft.objects[index].pose.position);
        let done = relation.holds(seen(source), &[seen(target)]);
        let taken = distractor.is_some_and(|index| relation.holds(seen(index), &[seen(target)]));
        (!done && !taken).then(|| Goal::Placed {
            source,
            relation,
            anchors: vec![target],
        })
    });
}

fn between(draft: &mut Draft) {
    draft.until(|draft| {
        let middle =
            [0, 1].map(|axis| f64::midpoint(draft.region.low[axis], draft.region.high[axis]));
        let angle = draft.random.random_range(-0.5..0.5_f64);
        let mut anchors = Vec::new();
        for side in [-1.0, 1.0] {
            let spec = draft
                .draw(|asset| small(asset) && asset.extents[0].max(asset.extents[1]) < 0.075)?;
            let at = [
                middle[0] + side * 0.095 * angle.sin(),
                middle[1] + side * 0.095 * angle.cos(),
            ];
            draft.region.take(at, 0.05);
            anchors.push(draft.add(spec, (at, angle), 0, Role::Target));
        }
        draft.region.take(middle, 0.05);
        let fits = takeable(draft);
        let spec =
            draft.draw(|asset| fits(asset) && asset.extents[0].max(asset.extents[1]) < 0.06)?;
        let source = draft.scatter(spec, Role::Source)?;
        Some(Goal::Placed {
            source,
            relation: Relation::Between,
            anchors,
        })
    });
}

/// At most one distractor: the sides must stay free.
fn few(draft: &mut Draft) -> Option<usize> {
    if draft.options.distractors[1] == 0 {
        return None;
    }
    let spec = draft.draw(small)?;
    draft.scatter(spec, Role::Distractor)
}
