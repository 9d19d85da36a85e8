//! What the arm can reach: solutions for a chain of grasp frames, one after the other. World frame.

use crate::geometry::Pose;
use crate::robot::{Chain, InverseOptions, RobotSpec};

use super::motion::blend;

/// An arm at its place, for planning.
#[derive(Debug, Clone)]
pub(super) struct Reach {
    chain: Chain,
    options: InverseOptions,
    base: Pose,
    workspace: [[f64; 3]; 2],
    spec: &'static RobotSpec,
}

/// Looked at along each leg.
const SAMPLES: usize = 4;
/// A joint that moves farther than this between samples has changed branch.
const JUMP: f64 = 1.2;
/// Kept from the ends of the joints' ranges.
const MARGIN: f64 = 0.01;
/// Farthest a gripper of a five-joint arm may lean from what was asked.
const LEAN: f64 = 0.8;

impl Reach {
    pub fn new(spec: &'static RobotSpec, base: Pose) -> Self {
        Self {
            chain: spec.grasp_chain(),
            options: spec.inverse_options(),
            base,
            workspace: spec.workspace,
            spec,
        }
    }

    /// The grasp frame in the world at these angles.
    pub fn grasp_at(&self, joints: &[f64]) -> Pose {
        self.base.then(&self.chain.tool(joints))
    }

    /// A grasp frame in the world as a pose of the tool in the base.
    pub fn tool_for(&self, grasp: &Pose) -> Pose {
        self.base
            .inverse()
            .then(grasp)
            .then(&self.spec.grasp_pose().inverse())
    }

    /// A tool pose in the base as a grasp frame in the world.
    pub fn grasp_for(&self, tool: &Pose) -> Pose {
        self.base.then(tool).then(&self.spec.grasp_pose())
    }

    /// The level direction from the base to a point.
    pub fn forward(&self, point: [f64; 3]) -> [f64; 2] {
        let [x, y] = [0, 1].map(|axis| point[axis] - self.base.position[axis]);
        let length = x.hypot(y).max(1e-9);
        [x / length, y / length]
    }

    /// Follows straight legs through `stops` from `joints`; the cost is how far joints turn in all, none if somewhere
    /// the arm cannot follow.
    pub fn follow(&self, joints: &[f64], stops: &[Pose]) -> Option<f64> {
        let mut at = joints.to_vec();
        let mut from = self.grasp_at(joints);
        let mut cost = 0.0;
        for stop in stops {
            for sample in 1..=SAMPLES {
                let next = self.solve(&blend(&from, stop, sample as f64 / SAMPLES as f64), &at)?;
                let turn = next
                    .iter()
                    .zip(&at)
                    .map(|(a, b)| (a - b).abs())
                    .fold(0.0, f64::max);
                if turn > JUMP {
                    return None;
                }
                cost += turn;
                at = next;
            }
            from = *stop;
        }
        Some(cost)
    }

    fn solve(&self, grasp: &Pose, seed: &[f64]) -> Option<Vec<f64>> {
        let target = self.base.inverse().then(grasp);
        let found = self.chain.inverse(&target, seed, &self.options);
        let lean = found.rotation_error <= LEAN || self.options.rotation_tolerance.is_finite();
        let inside = (0..found.joints.len()).all(|joint| {
            let [low, high] = self.chain.limit(joint);
            found.joints[joint] > low + MARGIN && found.joints[joint] < high - MARGIN
        });
        (found.converged && lean && inside && self.inside_box(&target)).then_some(found.joints)
    }

    fn inside_box(&self, grasp: &Pose) -> bool {
        let tool = grasp.then(&self.spec.grasp_pose().inverse()).position;
        let [low, high] = self.workspace;
        (0..3).all(|axis| tool[axis] > low[axis] + 0.002 && tool[axis] < high[axis] - 0.002)
    }
}
