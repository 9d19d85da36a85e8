//! A kinematic chain as URDF writes it: where each joint sits in its parent, the axis it turns about, its limits.
//!
//! child = parent · Trans(xyz) · Rz(yaw) Ry(pitch) Rx(roll) · Rot(axis, q). Metres and radians. Knows nothing of
//! motors, grippers or the world: its frame is the robot's base.

use nalgebra::{Isometry3, Unit, UnitQuaternion, Vector3};

use crate::geometry::Pose;

/// One revolute joint.
#[derive(Debug, Clone, PartialEq)]
pub struct ChainJoint {
    /// The joint's frame in its parent's, at angle zero.
    pub origin: Pose,
    /// What it turns about, in its own frame.
    pub axis: [f64; 3],
    /// Lowest and highest angle.
    pub limit: [f64; 2],
}

/// Revolute joints one after the other, with a tool at the end.
#[derive(Debug, Clone)]
pub struct Chain {
    base: Isometry3<f64>,
    joints: Vec<Joint>,
    tool: Isometry3<f64>,
}

#[derive(Debug, Clone)]
struct Joint {
    origin: Isometry3<f64>,
    axis: Unit<Vector3<f64>>,
    limit: [f64; 2],
}

/// Every frame of a chain at some angles.
#[derive(Debug, Clone)]
pub(super) struct Frames {
    /// After each joint's rotation.
    pub links: Vec<Isometry3<f64>>,
    /// The axis of each joint, base axes.
    pub axes: Vec<Vector3<f64>>,
    pub tool: Isometry3<f64>,
}

impl Chain {
    /// A chain that begins at `base` and ends at `tool`, which is given in the last joint's frame.
    #[must_use]
    pub fn new(base: Pose, joints: impl IntoIterator<Item = ChainJoint>, tool: Pose) -> Self {
        let joint = |joint: ChainJoint| Joint {
            origin: joint.origin.isometry(),
            axis: Unit::new_normalize(Vector3::from(joint.axis)),
            limit: joint.limit,
        };
        Self {
            base: base.isometry(),
            joints: joints.into_iter().map(joint).collect(),
            tool: tool.isometry(),
        }
    }

    /// Number of joints.
    #[must_use]
    pub fn len(&self) -> usize {
        self.joints.len()
    }

    /// Whether there is no joint.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.joints.is_empty()
    }

    /// Lowest and highest angle of joint `index`.
    #[must_use]
    pub fn limit(&self, index: usize) -> [f64; 2] {
        self.joints[index].limit
    }

    /// `angles` moved inside the limits.
    #[must_use]
    pub fn clamp(&self, angles: &[f64]) -> Vec<f64> {
        let inside = |(angle, joint): (&f64, &Joint)| angle.clamp(joint.limit[0], joint.limit[1]);
        angles.iter().zip(&self.joints).map(inside).collect()
    }

    /// Whether every angle lies inside its limits, give or take `slack` radians.
    #[must_use]
    pub fn within_limits(&self, angles: &[f64], slack: f64) -> bool {
        angles.iter().zip(&self.joints).all(|(angle, joint)| {
            *angle >= joint.limit[0] - slack && *angle <= joint.limit[1] + slack
        })
    }

    pub(super) fn frames(&self, angles: &[f64]) -> Frames {
        let mut at = self.base;
        let mut frames = Frames {
            links: Vec::with_capacity(self.joints.len()),
            axes: Vec::with_capacity(self.joints.len()),
            tool: at,
        };
        for (joint, angle) in self.joints.iter().zip(angles) {
            at *= joint.origin;
            frames.axes.push(at.rotation * joint.axis.into_inner());
            at.rotation *= UnitQuaternion::from_axis_angle(&joint.axis, *angle);
            frames.links.push(at);
        }
        frames.tool = at * self.tool;
        frames
    }
}
