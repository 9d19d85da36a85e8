//! SO-101 of `TheRobotStudio`: five joints and a jaw.
//!
//! Chain: `so101_new_calib` (Apache-2.0), tool `gripper_frame_link`. Zero is the middle of every joint's range, as LeRobot
//! calibrates it. Speed and torque: STS3215 at 12 V.

use std::f64::consts::{FRAC_PI_2, PI};

use super::spec::{GripperSpec, JointSpec, Mechanism, RobotSpec};

const fn joint(name: &'static str, xyz: [f64; 3], rpy: [f64; 3], limit: [f64; 2]) -> JointSpec {
    JointSpec {
        name,
        xyz,
        rpy,
        axis: [0.0, 0.0, 1.0],
        limit,
        speed: 4.0,
        torque: 20.0,
    }
}

/// The arm.
pub const SO101: RobotSpec = RobotSpec {
    name: "so101",
    title: "SO-101",
    joints: &[
        joint(
            "shoulder_pan",
            [0.038_835_3, 0.0, 0.0624],
            [PI, 0.0, -PI],
            [-1.919_86, 1.919_86],
        ),
        joint(
            "shoulder_lift",
            [-0.030_399_2, -0.018_277_8, -0.0542],
            [-FRAC_PI_2, -FRAC_PI_2, 0.0],
            [-1.745_33, 1.745_33],
        ),
        joint(
            "elbow_flex",
            [-0.112_57, -0.028, 0.0],
            [0.0, 0.0, FRAC_PI_2],
            [-1.69, 1.69],
        ),
        joint(
            "wrist_flex",
            [-0.1349, 0.0052, 0.0],
            [0.0, 0.0, -FRAC_PI_2],
            [-1.658_06, 1.658_06],
        ),
        joint(
            "wrist_roll",
            [0.0, -0.0611, 0.0181],
            [FRAC_PI_2, 0.048_679_5, PI],
            [-2.743_85, 2.841_21],
        ),
    ],
    tool: ([-0.0079, -0.000_218_121, -0.098_127_4], [0.0, PI, 0.0]),
    grasp: ([0.0; 3], [0.0, -FRAC_PI_2, -FRAC_PI_2]),
    gripper: GripperSpec {
        mechanism: Mechanism::Jaw {
            joint: JointSpec {
                name: "gripper",
                xyz: [0.0202, 0.0188, -0.0234],
                rpy: [FRAC_PI_2, 0.0, 0.0],
                axis: [0.0, 0.0, 1.0],
                limit: [-0.174_533, 1.745_33],
                speed: 4.0,
                torque: 3.0,
            },
            fixed: 0.0,
        },
        finger: [0.030, 0.004, 0.010],
        opening: 0.060,
        speed: 0.12,
        force: 20.0,
    },
    home: &[0.0, -0.6, 0.5, 1.45, 0.0],
    rest: &[0.0, -1.7, 1.6, 1.3, 0.0],
    control_hz: 10.0,
    workspace: [[0.05, -0.30, -0.005], [0.42, 0.30, 0.40]],
};
