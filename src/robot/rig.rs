//! What an arm is to its user, be it simulated, real or a recording.

use super::governor::SafeCommand;
use super::spec::{JointState, RobotSpec};

/// An arm that can be asked where it is and told where to go.
pub trait Arm {
    /// What can go wrong with it.
    type Error: std::error::Error;

    /// Which arm it is.
    fn spec(&self) -> &'static RobotSpec;

    /// Where it is, as measured.
    ///
    /// # Errors
    /// When it does not answer.
    fn state(&mut self) -> Result<JointState, Self::Error>;

    /// Tells its motors where to be at the end of this tick.
    ///
    /// # Errors
    /// When it cannot be told.
    fn command(&mut self, command: &SafeCommand) -> Result<(), Self::Error>;
}
