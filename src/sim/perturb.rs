//! What goes wrong in the middle of an episode, so that recovering can be learned and measured.

use serde::{Deserialize, Serialize};

use crate::geometry::Pose;

use super::world::World;

/// Something that happens before a control step, whatever the arm does.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Perturbation {
    /// A thing is shifted along the table and turned.
    Shift {
        /// Before which control step.
        step: usize,
        /// Which thing.
        object: usize,
        /// Metres along the world's x and y.
        by: [f64; 2],
        /// Radians about the vertical.
        turn: f64,
    },
    /// The hand is pushed.
    Bump {
        /// Before which control step.
        step: usize,
        /// Newtons, world axes.
        force: [f64; 3],
        /// For how long.
        seconds: f64,
    },
}

impl Perturbation {
    /// Before which control step it happens.
    #[must_use]
    pub fn step(&self) -> usize {
        match self {
            Self::Shift { step, .. } | Self::Bump { step, .. } => *step,
        }
    }

    /// Lets it happen. A thing in the gripper stays there.
    pub fn happen(&self, world: &mut World) {
        match *self {
            Self::Shift {
                object, by, turn, ..
            } => {
                let now = world.snapshot();
                if now.held == Some(object) {
                    return;
                }
                if let Some(pose) = now.objects.get(object) {
                    let [x, y, z] = pose.position;
                    let turned = Pose::from_rpy([0.0; 3], [0.0, 0.0, turn]).then(&Pose {
                        position: [0.0; 3],
                        ..*pose
                    });
                    // A hair above, so that nothing begins inside the table.
                    let position = [x + by[0], y + by[1], z + 0.001];
                    world.move_object(object, &Pose { position, ..turned });
                }
            }
            Self::Bump { force, seconds, .. } => world.bump(force, seconds),
        }
    }
}
