//! What a robot arm is: joints, limits, tool, gripper, resting angles. One file and one row of [`ROBOTS`] an arm.
//!
//! Metres, radians, seconds, newtons. The numbers of each arm name their public source.

use serde::{Deserialize, Serialize};

use crate::geometry::Pose;

use super::chain::{Chain, ChainJoint};
use super::inverse::InverseOptions;

/// Every arm known.
pub const ROBOTS: &[&RobotSpec] = &[
    &super::widowx::WIDOWX,
    &super::google::GOOGLE,
    &super::so101::SO101,
];

/// One joint and its motor.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct JointSpec {
    /// As the vendor names it.
    pub name: &'static str,
    /// The joint's origin in its parent.
    pub xyz: [f64; 3],
    /// The joint's orientation in its parent: roll, pitch, yaw about fixed axes.
    pub rpy: [f64; 3],
    /// What it turns about, in its own frame.
    pub axis: [f64; 3],
    /// Lowest and highest angle.
    pub limit: [f64; 2],
    /// Fastest turn, radians per second.
    pub speed: f64,
    /// Largest torque, newton metres.
    pub torque: f64,
}

/// How the fingers move.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Mechanism {
    /// Two fingers slide apart alike; distance of each inner face from the middle, closed and open.
    Parallel {
        /// Metres from the middle, closed and open.
        travel: [f64; 2],
    },
    /// One finger stands still, the other turns; its joint hangs on the last link, closed at its lower limit.
    Jaw {
        /// The turning finger's joint.
        joint: JointSpec,
        /// Distance of the standing finger's inner face from the middle.
        fixed: f64,
    },
}

/// A two-finger gripper. Its frame, [`RobotSpec::grasp`], lies between the finger tips, x along the approach, y along the
/// closing direction.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GripperSpec {
    /// How the fingers move.
    pub mechanism: Mechanism,
    /// Half extents of a finger in the grasp frame: along the approach, thick, across.
    pub finger: [f64; 3],
    /// Widest gap between the inner faces.
    pub opening: f64,
    /// Fastest change of the gap, metres per second.
    pub speed: f64,
    /// Largest force of one finger.
    pub force: f64,
}

/// An arm with its gripper.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RobotSpec {
    /// How files and commands name it.
    pub name: &'static str,
    /// How people name it.
    pub title: &'static str,
    /// From the base outwards.
    pub joints: &'static [JointSpec],
    /// The tool point in the last link: position, then roll, pitch, yaw.
    pub tool: ([f64; 3], [f64; 3]),
    /// The grasp frame in the tool's frame: midway between the finger tips, x approaches, y closes; position, then roll,
    /// pitch, yaw.
    pub grasp: ([f64; 3], [f64; 3]),
    /// The gripper.
    pub gripper: GripperSpec,
    /// Angles an episode begins with: above the work space, gripper down.
    pub home: &'static [f64],
    /// Angles at which the arm may lose power.
    pub rest: &'static [f64],
    /// Rate of the policies trained on this arm, in hertz.
    pub control_hz: f64,
    /// Where the tool may go, base frame: lowest and highest corner.
    pub workspace: [[f64; 3]; 2],
}

/// Where an arm is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JointState {
    /// Radians, from the base outwards.
    pub positions: Vec<f64>,
    /// Radians per second.
    pub velocities: Vec<f64>,
    /// 0 closed, 1 open.
    pub gripper: f64,
}

impl RobotSpec {
    /// The arm of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        ROBOTS.iter().copied().find(|robot| robot.name == name)
    }

    /// Its kinematic chain, ending at the tool point.
    #[must_use]
    pub fn chain(&self) -> Chain {
        self.chain_to(self.tool_pose())
    }

    /// Its kinematic chain, ending at the grasp frame.
    #[must_use]
    pub fn grasp_chain(&self) -> Chain {
        self.chain_to(self.tool_pose().then(&self.grasp_pose()))
    }

    fn chain_to(&self, end: Pose) -> Chain {
        let joint = |joint: &JointSpec| ChainJoint {
            origin: Pose::from_rpy(joint.xyz, joint.rpy),
            axis: joint.axis,
            limit: joint.limit,
        };
        Chain::new(Pose::IDENTITY, self.joints.iter().map(joint), end)
    }

    /// The tool point in the last link's frame.
    #[must_use]
    pub fn tool_pose(&self) -> Pose {
        Pose::from_rpy(self.tool.0, self.tool.1)
    }

    /// The grasp frame in the tool's frame.
    #[must_use]
    pub fn grasp_pose(&self) -> Pose {
        Pose::from_rpy(self.grasp.0, self.grasp.1)
    }

    /// How inverse kinematics is judged for this arm.
    #[must_use]
    pub fn inverse_options(&self) -> InverseOptions {
        if self.joints.len() < 6 {
            InverseOptions::POSITION_FIRST
        } else {
            InverseOptions::POSE
        }
    }

    /// At home with the gripper open, at rest.
    #[must_use]
    pub fn home_state(&self) -> JointState {
        JointState {
            positions: self.home.to_vec(),
            velocities: vec![0.0; self.home.len()],
            gripper: 1.0,
        }
    }
}
