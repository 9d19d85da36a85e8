//! Where things are: in an image ([`plane`]), in space ([`pose`]), and how a camera takes one to the other
//! ([`pinhole`]).

pub mod pinhole;
pub mod plane;
pub mod pose;

pub use pinhole::Pinhole;
pub use plane::*;
pub use pose::Pose;
