//! From a pose of the tool to joint angles: damped least squares with an active set of joint limits.
//!
//! Minimises |Δp|² + w²|Δθ|², Δθ being the rotation vector from here to there in base axes. Steps are
//! `(JᵀJ + λI)⁻¹Jᵀe` with λ adapted like Levenberg and Marquardt do; a joint at a limit that the gradient pushes outward is
//! frozen for that step. Metres, radians.

use nalgebra::{DMatrix, DVector, Isometry3, Vector6};
use rand::{Rng as _, SeedableRng as _};

use crate::geometry::Pose;

use super::chain::Chain;
use super::kinematics::jacobian;

/// How a solution is sought and when it counts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct InverseOptions {
    /// Metres that one radian of wrong orientation costs.
    pub rotation_weight: f64,
    /// Steps from one start.
    pub iterations: usize,
    /// Largest change of one joint in one step.
    pub max_step: f64,
    /// Farthest a converged solution may be from the position.
    pub position_tolerance: f64,
    /// Farthest a converged solution may be from the orientation; infinite where only the position counts.
    pub rotation_tolerance: f64,
}

impl InverseOptions {
    /// For six joints or more: the whole pose counts.
    pub const POSE: Self = Self {
        rotation_weight: 0.1,
        iterations: 50,
        max_step: 0.3,
        position_tolerance: 5e-4,
        rotation_tolerance: 5e-3,
    };

    /// For five joints: the position first, the orientation as far as it goes.
    pub const POSITION_FIRST: Self = Self {
        rotation_weight: 0.02,
        position_tolerance: 1e-3,
        rotation_tolerance: f64::INFINITY,
        ..Self::POSE
    };
}

/// Where the search ended.
#[derive(Debug, Clone, PartialEq)]
pub struct Solution {
    /// Angles, inside the limits.
    pub joints: Vec<f64>,
    /// Metres between the tool there and the target.
    pub position_error: f64,
    /// Radians between the tool there and the target.
    pub rotation_error: f64,
    /// Whether both errors are within tolerance: computed from the pose reached, not from the search.
    pub converged: bool,
}

impl Solution {
    fn cost(&self, weight: f64) -> f64 {
        self.position_error.hypot(weight * self.rotation_error)
    }
}

const FIRST_DAMPING: f64 = 1e-3;
const DAMPING: [f64; 2] = [1e-9, 1e6];
/// Squared cost below which going on is of no use.
const ENOUGH: f64 = 1e-16;

impl Chain {
    /// The nearest solution downhill from `seed`.
    #[must_use]
    pub fn inverse(&self, target: &Pose, seed: &[f64], options: &InverseOptions) -> Solution {
        let goal = target.isometry();
        let mut joints = self.clamp(seed);
        let mut damping = FIRST_DAMPING;
        let mut frames = self.frames(&joints);
        let mut error = weighted_error(&frames.tool, &goal, options.rotation_weight);
        for _ in 0..options.iterations {
            if error.norm_squared() < ENOUGH || damping > DAMPING[1] {
                break;
            }
            let mut slope = jacobian(&frames);
            slope.rows_mut(3, 3).scale_mut(options.rotation_weight);
            let Some(step) = self.step(
                &joints,
                &DMatrix::from_column_slice(6, joints.len(), slope.as_slice()),
                &error,
                damping,
            ) else {
                break;
            };
            let largest = step.amax();
            let scale = (options.max_step / largest.max(1e-12)).min(1.0);
            let moved: Vec<f64> = joints
                .iter()
                .zip(step.iter())
                .map(|(q, s)| q + scale * s)
                .collect();
            let moved = self.clamp(&moved);
            let there = self.frames(&moved);
            let new_error = weighted_error(&there.tool, &goal, options.rotation_weight);
            if new_error.norm_squared() < error.norm_squared() {
                let gain = error.norm_squared() - new_error.norm_squared();
                let stalled = gain < 1e-14;
                (joints, frames, error) = (moved, there, new_error);
                damping = (damping / 3.0).max(DAMPING[0]);
                if stalled {
                    break;
                }
            } else {
                damping *= 4.0;
            }
        }
        judge(joints, &frames.tool, &goal, options)
    }

    /// The best solution found from `seed` and then from `restarts` random angles; the first that converges ends the
    /// search. The same call gives the same answer.
    #[must_use]
    pub fn inverse_anywhere(
        &self,
        target: &Pose,
        seed: &[f64],
        options: &InverseOptions,
        restarts: usize,
    ) -> Solution {
        let mut best = self.inverse(target, seed, options);
        let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(1);
        let weight = options.rotation_weight;
        for _ in 0..restarts {
            // A pose that only the position must meet may still be met better.
            if best.converged && best.cost(weight) < options.position_tolerance {
                break;
            }
            let start: Vec<f64> = (0..self.len())
                .map(|joint| random.random_range(self.limit(joint)[0]..=self.limit(joint)[1]))
                .collect();
            let found = self.inverse(target, &start, options);
            if found.cost(weight) < best.cost(weight) {
                best = found;
            }
        }
        best
    }

    /// One damped step; joints that a limit stops do not take part.
    fn step(
        &self,
        joints: &[f64],
        slope: &DMatrix<f64>,
        error: &Vector6<f64>,
        damping: f64,
    ) -> Option<DVector<f64>> {
        let gradient = slope.transpose() * error;
        let free: Vec<usize> = (0..joints.len())
            .filter(|&joint| {
                let [low, high] = self.limit(joint);
                let outward = (joints[joint] <= low && gradient[joint] < 0.0)
                    || (joints[joint] >= high && gradient[joint] > 0.0);
                !outward
            })
            .collect();
        let part = slope.select_columns(&free);
        let mut normal = part.transpose() * &part;
        for diagonal in 0..free.len() {
            normal[(diagonal, diagonal)] += damping;
        }
        let solved = normal.cholesky()?.solve(&(part.transpose() * error));
        let mut step = DVector::zeros(joints.len());
        for (row, joint) in free.into_iter().enumerate() {
            step[joint] = solved[row];
        }
        Some(step)
    }
}

fn weighted_error(here: &Isometry3<f64>, goal: &Isometry3<f64>, weight: f64) -> Vector6<f64> {
    let linear = goal.translation.vector - here.translation.vector;
    let angular = (goal.rotation * here.rotation.inverse()).scaled_axis() * weight;
    Vector6::new(
        linear.x, linear.y, linear.z, angular.x, angular.y, angular.z,
    )
}

fn judge(
    joints: Vec<f64>,
    here: &Isometry3<f64>,
    goal: &Isometry3<f64>,
    options: &InverseOptions,
) -> Solution {
    let position_error = (goal.translation.vector - here.translation.vector).norm();
    let rotation_error = here.rotation.angle_to(&goal.rotation);
    Solution {
        converged: position_error <= options.position_tolerance
            && rotation_error <= options.rotation_tolerance,
        joints,
        position_error,
        rotation_error,
    }
}
