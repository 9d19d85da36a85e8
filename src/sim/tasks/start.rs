//! Where the arm starts: at home, near it, or astray, as a policy that went wrong would have left it.

use rand::Rng as _;
use rand_chacha::ChaCha8Rng;

use crate::geometry::Pose;
use crate::robot::Chain;

use super::draft::Draft;

/// How far the hand may be beyond the region in which things stand, metres.
const BEYOND: f64 = 0.08;
/// Heights of the grasp frame above the table, metres.
const HEIGHTS: [f64; 2] = [0.03, 0.26];
/// Most that the hand is turned about the vertical and leans, radians.
const TURN: f64 = 1.2;
const LEAN: f64 = 0.3;
/// Kept between the grasp frame and the outline of a thing, metres.
const ROOM: f64 = 0.055;
/// Kept above a thing, metres.
const OVER: f64 = 0.035;
/// Share of hands astray that are closed.
const CLOSED: f64 = 0.35;
/// Places tried before the arm stays at home.
const TRIES: usize = 40;

/// A start.
pub(super) struct Start {
    pub joints: Vec<f64>,
    /// 0 closed, 1 open.
    pub gripper: f64,
}

/// Somewhere over the table, clear of everything that stands there; none if nothing was found.
pub(super) fn astray(draft: &Draft, random: &mut ChaCha8Rng) -> Option<Start> {
    // What is free beside a cabinet and its drawers is not known here.
    if draft.cabinet.is_some() {
        return None;
    }
    let chain = draft.spec.grasp_chain();
    let home = draft.base.then(&chain.tool(&draft.home));
    let joints = (0..TRIES).find_map(|_| {
        let grasp = drawn(draft, &home, random);
        free(draft, grasp.position)
            .then(|| reached(draft, &chain, &grasp))
            .flatten()
    })?;
    let gripper = if random.random_bool(CLOSED) { 0.0 } else { 1.0 };
    Some(Start { joints, gripper })
}

/// A grasp frame in the world: the home's, moved, turned about the vertical and leaning.
fn drawn(draft: &Draft, home: &Pose, random: &mut ChaCha8Rng) -> Pose {
    let [x, y] = [0, 1].map(|axis| {
        let (low, high) = (draft.region.low[axis], draft.region.high[axis]);
        random.random_range(low - BEYOND..high + BEYOND)
    });
    let z = draft.table.height + random.random_range(HEIGHTS[0]..HEIGHTS[1]);
    let mut part = |most: f64| random.random_range(-most..most);
    let turned = Pose::from_rpy([0.0; 3], [part(LEAN), part(LEAN), part(TURN)]);
    let turned = turned.then(&Pose {
        position: [0.0; 3],
        ..*home
    });
    Pose {
        position: [x, y, z],
        ..turned
    }
}

/// Whether the hand is beside or above everything that stands on the table.
fn free(draft: &Draft, at: [f64; 3]) -> bool {
    draft.objects.iter().all(|object| {
        let asset = crate::sim::asset::instance(&object.spec);
        let [x, y, z] = object.pose.position;
        let radius = asset.extents[0].hypot(asset.extents[1]) / 2.0;
        let tall = asset.extents.into_iter().fold(0.0, f64::max);
        (at[0] - x).hypot(at[1] - y) > radius + ROOM || at[2] > z + tall / 2.0 + OVER
    })
}

fn reached(draft: &Draft, chain: &Chain, grasp: &Pose) -> Option<Vec<f64>> {
    let target = draft.base.inverse().then(grasp);
    let tool = target.then(&draft.spec.grasp_pose().inverse()).position;
    let [low, high] = draft.spec.workspace;
    let inside = (0..3).all(|axis| tool[axis] > low[axis] && tool[axis] < high[axis]);
    let found = chain.inverse(&target, &draft.home, &draft.spec.inverse_options());
    (inside && found.converged).then_some(found.joints)
}
