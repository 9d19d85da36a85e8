//! An arm like the Google Robot's (Everyday Robots): seven joints on a tall base.
//!
//! Chain and limits: `MuJoCo` Menagerie `google_robot` (Apache-2.0), tool = its `gripper` site. Start: `SimplerEnv`'s. The two
//! curved fingers are taken for parallel ones, which changes how they close but not how wide. The base frame stands on
//! the floor under the arm's first axis.

use super::spec::{GripperSpec, JointSpec, Mechanism, RobotSpec};

const Y: [f64; 3] = [0.0, 1.0, 0.0];
const Z: [f64; 3] = [0.0, 0.0, 1.0];

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
        speed: 2.5,
        torque,
    }
}

/// The arm.
pub const GOOGLE: RobotSpec = RobotSpec {
    name: "google",
    title: "Google-robot-like",
    joints: &[
        joint("torso", [0.0, 0.0, 0.656_55], Z, [-4.49, 1.35], 150.0),
        joint(
            "shoulder",
            [0.0, -0.167_289, 0.113],
            Y,
            [-2.66, 3.18],
            150.0,
        ),
        joint("bicep", [0.0, 0.002_289, 0.215_029], Z, [-2.13, 3.71], 90.0),
        joint("elbow", [0.0, -0.064, 0.185_036], Y, [-2.05, 3.79], 90.0),
        joint(
            "forearm",
            [0.0, -0.101, 0.091_435_9],
            Z,
            [-2.92, 2.92],
            60.0,
        ),
        joint("wrist", [0.0, -0.006_04, 0.2735], Y, [-1.79, 1.79], 60.0),
        joint(
            "gripper",
            [0.0, 0.006_038_4, 0.109_11],
            Z,
            [-4.49, 1.35],
            60.0,
        ),
    ],
    tool: ([0.0, 0.0, 0.13], [0.0; 3]),
    grasp: ([0.0, 0.0, 0.025], [0.0, -std::f64::consts::FRAC_PI_2, 0.0]),
    gripper: GripperSpec {
        mechanism: Mechanism::Parallel {
            travel: [0.0, 0.050],
        },
        finger: [0.045, 0.008, 0.012],
        opening: 0.100,
        speed: 0.25,
        force: 25.0,
    },
    home: &[
        -0.263_945_72,
        0.083_191_34,
        0.501_761_15,
        1.156_859_03,
        0.028_583_67,
        1.592_598_2,
        -1.080_652_96,
    ],
    rest: &[0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
    control_hz: 3.0,
    workspace: [[-0.3, -1.0, 0.02], [1.3, 1.0, 1.6]],
};
