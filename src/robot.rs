//! Arms and what is asked of them: chains and kinematics, the table of robots, actions, and the governor that every
//! command passes on its way to a motor, simulated or real.
//!
//! The normalised numbers a model emits and the SI numbers a robot can use are kept apart by type. Units: metres and
//! radians; a gripper is 0 (closed) to 1 (open); the frame is the robot's base, x away from it, z up.

mod action;
mod chain;
mod delta;
mod google;
mod governor;
mod inverse;
mod kinematics;
mod pursuit;
mod rig;
mod so101;
mod spec;
mod widowx;

#[cfg(test)]
mod tests;

pub use action::{ActionChunk, ActionStats, ActionStatsError, Denormalization, NormActionChunk};
pub use chain::{Chain, ChainJoint};
pub use delta::DeltaAction;
pub use google::GOOGLE;
pub use governor::{
    Admitted, Change, Governor, GovernorLimits, JointRequest, Refusal, SafeCommand,
};
pub use inverse::{InverseOptions, Solution};
pub use pursuit::{AimError, Pursuit};
pub use rig::Arm;
pub use so101::SO101;
pub use spec::{GripperSpec, JointSpec, JointState, Mechanism, ROBOTS, RobotSpec};
pub use widowx::WIDOWX;
