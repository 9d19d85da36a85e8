//! From joint angles to poses: forward kinematics and the geometric Jacobian. Base frame, metres, radians.

use nalgebra::{Matrix6xX, Vector3};

use crate::geometry::Pose;

use super::chain::{Chain, Frames};

impl Chain {
    /// The pose of every link, after its joint's rotation.
    #[must_use]
    pub fn links(&self, angles: &[f64]) -> Vec<Pose> {
        let frames = self.frames(angles);
        frames.links.into_iter().map(Pose::from).collect()
    }

    /// The pose of the tool point.
    #[must_use]
    pub fn tool(&self, angles: &[f64]) -> Pose {
        Pose::from(self.frames(angles).tool)
    }

    /// 6 x n: velocity of the tool point, then angular velocity, for one radian per second of each joint.
    #[must_use]
    pub fn jacobian(&self, angles: &[f64]) -> Matrix6xX<f64> {
        jacobian(&self.frames(angles))
    }
}

pub(super) fn jacobian(frames: &Frames) -> Matrix6xX<f64> {
    let mut matrix = Matrix6xX::zeros(frames.links.len());
    let tool = frames.tool.translation.vector;
    for (index, (link, axis)) in frames.links.iter().zip(&frames.axes).enumerate() {
        let linear: Vector3<f64> = axis.cross(&(tool - link.translation.vector));
        matrix.fixed_view_mut::<3, 1>(0, index).copy_from(&linear);
        matrix.fixed_view_mut::<3, 1>(3, index).copy_from(axis);
    }
    matrix
}
