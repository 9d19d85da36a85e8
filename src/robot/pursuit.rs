//! From a policy's steps to the ticks of a servo loop: compose the delta, solve for joints, interpolate.
//!
//! Inverse kinematics is solved halfway and at the end of each step; between them joints are interpolated. Base frame,
//! metres, radians. Knows no clock: the caller says which fraction of the step has passed.

use crate::geometry::Pose;

use super::chain::Chain;
use super::delta::DeltaAction;
use super::governor::JointRequest;
use super::inverse::{InverseOptions, Solution};
use super::spec::{JointState, RobotSpec};

/// Largest step of a policy that is followed: metres, radians.
const LARGEST: [f64; 2] = [0.15, 0.7];
/// Farthest the tool may lag behind its target before steps are no longer composed: metres, radians.
const LAG: [f64; 2] = [0.06, 0.5];
/// A joint that must move farther than this in half a step is on another branch.
const JUMP: f64 = 0.6;

/// Why a step was not followed; the target stays.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum AimError {
    /// A value is not a number.
    #[error("the action holds a value that is not a finite number")]
    NotFinite,
    /// The step is too long.
    #[error("the action moves the tool by {metres:.3} m and {radians:.2} rad in one step")]
    TooLarge {
        /// Length of the translation.
        metres: f64,
        /// Angle of the rotation.
        radians: f64,
    },
    /// The arm does not follow.
    #[error("the tool lags {metres:.3} m and {radians:.2} rad behind its target")]
    Lag {
        /// Distance.
        metres: f64,
        /// Angle.
        radians: f64,
    },
    /// The arm cannot be there.
    #[error(
        "no joint angles reach the target; the nearest miss it by {metres:.4} m and {radians:.3} rad"
    )]
    Unreachable {
        /// Distance.
        metres: f64,
        /// Angle.
        radians: f64,
    },
    /// The arm can be there only by folding over.
    #[error("joint {joint} would have to jump by {radians:.2} rad")]
    BranchJump {
        /// Which, from the base.
        joint: usize,
        /// How far.
        radians: f64,
    },
}

/// Follows a policy's steps. See the module.
#[derive(Debug, Clone)]
pub struct Pursuit {
    chain: Chain,
    options: InverseOptions,
    target: Pose,
    gripper: f64,
    /// Joints at the start, the middle and the end of the step.
    path: [Vec<f64>; 3],
}

impl Pursuit {
    /// Begins where the arm is.
    #[must_use]
    pub fn new(spec: &RobotSpec, state: &JointState) -> Self {
        let chain = spec.chain();
        Self {
            target: chain.tool(&state.positions),
            chain,
            options: spec.inverse_options(),
            gripper: state.gripper,
            path: [
                state.positions.clone(),
                state.positions.clone(),
                state.positions.clone(),
            ],
        }
    }

    /// Where the tool is to be at the end of this step.
    #[must_use]
    pub fn target(&self) -> &Pose {
        &self.target
    }

    /// Takes one step of the policy. On an error the arm is asked to stay at the end of the last step, or where it is if
    /// it lags.
    ///
    /// # Errors
    /// When the step cannot or must not be followed.
    pub fn aim(&mut self, action: &DeltaAction, measured: &JointState) -> Result<(), AimError> {
        self.path.swap(0, 2);
        let stay = self.path[0].clone();
        self.path[1].clone_from(&stay);
        self.path[2].clone_from(&stay);
        check(action)?;
        self.gripper = f64::from(action.gripper).clamp(0.0, 1.0);
        let here = self.chain.tool(&measured.positions);
        let (metres, radians) = apart(&here, &self.target);
        if metres > LAG[0] || (radians > LAG[1] && self.options.rotation_tolerance.is_finite()) {
            // From here on the arm is where it is, not where it should have been.
            self.target = here;
            self.path = [0, 1, 2].map(|_| measured.positions.clone());
            return Err(AimError::Lag { metres, radians });
        }
        let next = action.compose(&self.target, here.position);
        let middle = between(&self.target, &next);
        let half = self.solve(&middle, &self.path[0])?;
        let end = self.solve(&next, &half)?;
        self.path[1] = half;
        self.path[2] = end;
        self.target = next;
        Ok(())
    }

    /// What to ask of the arm when `fraction` of the step has passed.
    #[must_use]
    pub fn at(&self, fraction: f64) -> JointRequest {
        let [start, middle, end] = &self.path;
        let (from, to, share) = if fraction < 0.5 {
            (start, middle, fraction * 2.0)
        } else {
            (middle, end, fraction * 2.0 - 1.0)
        };
        JointRequest {
            joints: from
                .iter()
                .zip(to)
                .map(|(a, b)| a + share * (b - a))
                .collect(),
            gripper: self.gripper,
        }
    }

    fn solve(&self, target: &Pose, seed: &[f64]) -> Result<Vec<f64>, AimError> {
        let Solution {
            joints,
            position_error: metres,
            rotation_error: radians,
            converged,
        } = self.chain.inverse(target, seed, &self.options);
        if !converged {
            return Err(AimError::Unreachable { metres, radians });
        }
        for (joint, (to, from)) in joints.iter().zip(seed).enumerate() {
            let radians = (to - from).abs();
            if radians > JUMP {
                return Err(AimError::BranchJump { joint, radians });
            }
        }
        Ok(joints)
    }
}

fn check(action: &DeltaAction) -> Result<(), AimError> {
    if !action.is_finite() {
        return Err(AimError::NotFinite);
    }
    let length = |axes: [f32; 3]| {
        axes.iter()
            .map(|a| f64::from(*a).powi(2))
            .sum::<f64>()
            .sqrt()
    };
    let (metres, radians) = (length(action.translation), length(action.rotation));
    if metres > LARGEST[0] || radians > LARGEST[1] {
        return Err(AimError::TooLarge { metres, radians });
    }
    Ok(())
}

fn apart(a: &Pose, b: &Pose) -> (f64, f64) {
    let (a, b) = (a.isometry(), b.isometry());
    (
        (a.translation.vector - b.translation.vector).norm(),
        a.rotation.angle_to(&b.rotation),
    )
}

fn between(a: &Pose, b: &Pose) -> Pose {
    let (a, b) = (a.isometry(), b.isometry());
    let rotation = a
        .rotation
        .try_slerp(&b.rotation, 0.5, 1e-9)
        .unwrap_or(a.rotation);
    let position = (a.translation.vector + b.translation.vector) / 2.0;
    Pose::from(nalgebra::Isometry3::from_parts(position.into(), rotation))
}
