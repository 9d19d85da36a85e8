//! Rigid poses in space.
//!
//! Frame: right-handed, metres. A pose named `T_a_b`, or "of b in a", takes coordinates in b to coordinates in a.
//! The world has z up; a robot's base has x forward.

use nalgebra::{Isometry3, Quaternion, Translation3, UnitQuaternion, Vector3};
use serde::{Deserialize, Serialize};

/// A position and an orientation.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Pose {
    /// Metres.
    pub position: [f64; 3],
    /// A unit quaternion: w, x, y, z.
    pub rotation: [f64; 4],
}

impl Default for Pose {
    fn default() -> Self {
        Self::IDENTITY
    }
}

impl Pose {
    /// Moves nothing.
    pub const IDENTITY: Self = Self::at([0.0; 3]);

    /// At `position`, not turned.
    #[must_use]
    pub const fn at(position: [f64; 3]) -> Self {
        Self {
            position,
            rotation: [1.0, 0.0, 0.0, 0.0],
        }
    }

    /// At `position`, turned by roll about x, then pitch about y, then yaw about z (fixed axes, radians), as URDF does.
    #[must_use]
    pub fn from_rpy(position: [f64; 3], [roll, pitch, yaw]: [f64; 3]) -> Self {
        Self::turned(
            position,
            UnitQuaternion::from_euler_angles(roll, pitch, yaw),
        )
    }

    /// At `position`, turned by `angle` radians about `axis`, which need not have unit length.
    #[must_use]
    pub fn from_axis_angle(position: [f64; 3], axis: [f64; 3], angle: f64) -> Self {
        let axis = nalgebra::Unit::new_normalize(Vector3::from(axis));
        Self::turned(position, UnitQuaternion::from_axis_angle(&axis, angle))
    }

    /// At `eye`, z towards `target`, y as far down as it can be when `up` is up: a camera's pose.
    #[must_use]
    pub fn looking_at(eye: [f64; 3], target: [f64; 3], up: [f64; 3]) -> Self {
        let towards = Vector3::from(target) - Vector3::from(eye);
        let rotation = UnitQuaternion::face_towards(&towards, &-Vector3::from(up));
        Self::turned(eye, rotation)
    }

    fn turned(position: [f64; 3], rotation: UnitQuaternion<f64>) -> Self {
        Self::from(Isometry3::from_parts(
            Translation3::from(position),
            rotation,
        ))
    }

    /// This pose after `inner`: `self` of b in a, `inner` of c in b, gives c in a.
    #[must_use]
    pub fn then(&self, inner: &Self) -> Self {
        Self::from(self.isometry() * inner.isometry())
    }

    /// The way back.
    #[must_use]
    pub fn inverse(&self) -> Self {
        Self::from(self.isometry().inverse())
    }

    /// A point of the inner frame in the outer one.
    #[must_use]
    pub fn apply(&self, point: [f64; 3]) -> [f64; 3] {
        (self.isometry() * nalgebra::Point3::from(point))
            .coords
            .into()
    }

    /// A direction of the inner frame in the outer one.
    #[must_use]
    pub fn rotate(&self, direction: [f64; 3]) -> [f64; 3] {
        (self.isometry().rotation * Vector3::from(direction)).into()
    }

    /// For arithmetic.
    #[must_use]
    pub fn isometry(&self) -> Isometry3<f64> {
        let [w, x, y, z] = self.rotation;
        Isometry3::from_parts(
            Translation3::from(self.position),
            UnitQuaternion::from_quaternion(Quaternion::new(w, x, y, z)),
        )
    }
}

impl From<Isometry3<f64>> for Pose {
    fn from(isometry: Isometry3<f64>) -> Self {
        let q = isometry.rotation;
        Self {
            position: isometry.translation.vector.into(),
            rotation: [q.w, q.i, q.j, q.k],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(a: [f64; 3], b: [f64; 3]) -> bool {
        a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-12)
    }

    #[test]
    fn a_pose_and_its_inverse_cancel() {
        let pose = Pose::from_rpy([0.1, -0.2, 0.3], [0.4, -0.5, 0.6]);
        let there_and_back = pose.inverse().apply(pose.apply([1.0, 2.0, 3.0]));
        assert!(near(there_and_back, [1.0, 2.0, 3.0]));
    }

    #[test]
    fn roll_comes_before_yaw() {
        let half = std::f64::consts::FRAC_PI_2;
        let pose = Pose::from_rpy([0.0; 3], [half, 0.0, half]);
        // Roll takes y to z, which yaw leaves alone.
        assert!(near(pose.apply([0.0, 1.0, 0.0]), [0.0, 0.0, 1.0]));
    }

    #[test]
    fn a_camera_looks_along_z_with_y_down() {
        let pose = Pose::looking_at([1.0, 0.0, 1.0], [0.0, 0.0, 1.0], [0.0, 0.0, 1.0]);
        assert!(near(pose.rotate([0.0, 0.0, 1.0]), [-1.0, 0.0, 0.0]));
        assert!(near(pose.rotate([0.0, 1.0, 0.0]), [0.0, 0.0, -1.0]));
    }
}
