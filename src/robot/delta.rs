//! Steps of the tool's pose, as policies of the Bridge and Google sets emit them: seven numbers a step.
//!
//! Composition in the axes of the robot's base (`SimplerEnv`'s `ee_align2`):
//! `R* = Rz(yaw) Ry(pitch) Rx(roll) · R_prev` and `p* = p_now + d + R_Δ (p_prev - p_now)`, where prev is the previous
//! *target* and `p_now` the tool as measured, so that sag does not add up. Metres, radians.

use nalgebra::{UnitQuaternion, Vector3};
use serde::{Deserialize, Serialize};

use crate::geometry::Pose;

/// One step: translation, roll, pitch, yaw, gripper. Kept as `f32`, as datasets store it, so that a stored episode runs
/// again exactly.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct DeltaAction {
    /// Metres along the base's axes.
    pub translation: [f32; 3],
    /// Roll, pitch, yaw about the base's axes.
    pub rotation: [f32; 3],
    /// 0 closed, 1 open.
    pub gripper: f32,
}

impl DeltaAction {
    /// Stays where the target is.
    #[must_use]
    pub const fn hold(gripper: f32) -> Self {
        Self {
            translation: [0.0; 3],
            rotation: [0.0; 3],
            gripper,
        }
    }

    /// From a policy's seven numbers; nothing where there are not seven finite ones.
    #[must_use]
    pub fn from_axes(axes: &[f64]) -> Option<Self> {
        let [x, y, z, roll, pitch, yaw, gripper] = *<&[f64; 7]>::try_from(axes).ok()?;
        let action = Self {
            translation: [x as f32, y as f32, z as f32],
            rotation: [roll as f32, pitch as f32, yaw as f32],
            gripper: gripper as f32,
        };
        action.is_finite().then_some(action)
    }

    /// The seven numbers in the order policies emit them.
    #[must_use]
    pub fn axes(&self) -> [f32; 7] {
        let ([x, y, z], [roll, pitch, yaw]) = (self.translation, self.rotation);
        [x, y, z, roll, pitch, yaw, self.gripper]
    }

    /// Whether every number is one.
    #[must_use]
    pub fn is_finite(&self) -> bool {
        self.axes().iter().all(|axis| axis.is_finite())
    }

    /// The step that takes the target from `previous` to `next` while the tool is at `measured`.
    #[must_use]
    pub fn between(previous: &Pose, measured: [f64; 3], next: &Pose, gripper: f32) -> Self {
        let turn = next.isometry().rotation * previous.isometry().rotation.inverse();
        let (roll, pitch, yaw) = turn.euler_angles();
        let rotation = [roll as f32, pitch as f32, yaw as f32];
        let now = Vector3::from(measured);
        let carried = turned(rotation) * (Vector3::from(previous.position) - now);
        let d = Vector3::from(next.position) - now - carried;
        Self {
            translation: [d.x as f32, d.y as f32, d.z as f32],
            rotation,
            gripper,
        }
    }

    /// The new target.
    #[must_use]
    pub fn compose(&self, previous: &Pose, measured: [f64; 3]) -> Pose {
        let turn = turned(self.rotation);
        let now = Vector3::from(measured);
        let d = Vector3::from(self.translation.map(f64::from));
        let position = now + d + turn * (Vector3::from(previous.position) - now);
        Pose::from(nalgebra::Isometry3::from_parts(
            position.into(),
            turn * previous.isometry().rotation,
        ))
    }
}

fn turned(rotation: [f32; 3]) -> UnitQuaternion<f64> {
    let [roll, pitch, yaw] = rotation.map(f64::from);
    UnitQuaternion::from_euler_angles(roll, pitch, yaw)
}
