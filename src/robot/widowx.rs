//! `WidowX` 250s of Trossen Robotics, the arm of the Bridge set.
//!
//! Chain: Interbotix `wx250s.urdf.xacro` (BSD-3), tool `ee_gripper_link`. Finger travel: the prismatic joint runs 0.015 to
//! 0.037 m and the pads stand 0.009 m inside it (`MuJoCo` Menagerie `trossen_wx250s`); like `SimplerEnv` the lower end is
//! moved inwards so that a closed gripper presses. Start: `SimplerEnv`'s Bridge table. Speed: 30 rpm.

use super::spec::{GripperSpec, JointSpec, Mechanism, RobotSpec};

const SPEED: f64 = std::f64::consts::PI;
const Y: [f64; 3] = [0.0, 1.0, 0.0];
const X: [f64; 3] = [1.0, 0.0, 0.0];

const fn joint(
    name: &'static str,
    xyz: [f64; 3],
    axis: [f64; 3],
    limit: [f64; 2],
    torque: f64,
) -> JointSpec {
    JointSpec {
        name,
        xyz,
        rpy: [0.0; 3],
        axis,
        limit,
        speed: SPEED,
        torque,
    }
}

/// The arm.
pub const WIDOWX: RobotSpec = RobotSpec {
    name: "widowx",
    title: "WidowX 250s",
    joints: &[
        joint(
            "waist",
            [0.0, 0.0, 0.072],
            [0.0, 0.0, 1.0],
            [-3.14158, 3.14158],
            35.0,
        ),
        joint(
            "shoulder",
            [0.0, 0.0, 0.03865],
            Y,
            [-1.884_956, 1.989_675],
            57.0,
        ),
        joint(
            "elbow",
            [0.04975, 0.0, 0.25],
            Y,
            [-2.146_755, 1.605_703],
            35.0,
        ),
        joint(
            "forearm_roll",
            [0.175, 0.0, 0.0],
            X,
            [-3.14158, 3.14158],
            35.0,
        ),
        joint(
            "wrist_angle",
            [0.075, 0.0, 0.0],
            Y,
            [-1.745_329, 2.146_755],
            35.0,
        ),
        joint(
            "wrist_rotate",
            [0.065, 0.0, 0.0],
            X,
            [-3.14158, 3.14158],
            35.0,
        ),
    ],
    tool: ([0.093_575, 0.0, 0.0], [0.0; 3]),
    // Approach along the tool's x.
    grasp: ([0.022, 0.0, 0.0], [0.0; 3]),
    gripper: GripperSpec {
        mechanism: Mechanism::Parallel {
            travel: [0.0, 0.028],
        },
        finger: [0.027, 0.006, 0.012],
        opening: 0.056,
        speed: 0.16,
        force: 12.0,
    },
    home: &[
        -0.018_407_77,
        0.039_883_5,
        0.222_427_22,
        -0.004_601_94,
        1.365_242_96,
        0.001_533_98,
    ],
    rest: &[0.0, -1.8, 1.55, 0.0, 0.8, 0.0],
    control_hz: 5.0,
    workspace: [[-0.10, -0.50, -0.02], [0.62, 0.50, 0.60]],
};
