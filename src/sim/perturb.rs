//! What goes wrong in the middle of an episode, so that recovering can be learned and measured.

use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution as _, Normal};
use serde::{Deserialize, Serialize};

use crate::geometry::Pose;
use crate::robot::DeltaAction;

use super::expert::Phase;
use super::stream::{Stream, stream};
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
    /// The arm does not quite do what it is told: noise on a step, as DART injects it (Laskey et al. 2017). The
    /// recorded action is the one that was told.
    Noise {
        /// At which control step.
        step: usize,
        /// Metres along the base's axes.
        by: [f32; 3],
        /// Radians about them.
        turn: [f32; 3],
    },
}

impl Perturbation {
    /// Before which control step it happens.
    #[must_use]
    pub fn step(&self) -> usize {
        match self {
            Self::Shift { step, .. } | Self::Bump { step, .. } | Self::Noise { step, .. } => *step,
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
            Self::Noise { .. } => {}
        }
    }

    /// What becomes of an action.
    #[must_use]
    pub fn changed(&self, action: DeltaAction) -> DeltaAction {
        let sum = |a: [f32; 3], b: [f32; 3]| std::array::from_fn(|axis| a[axis] + b[axis]);
        match *self {
            Self::Noise { by, turn, .. } => DeltaAction {
                translation: sum(action.translation, by),
                rotation: sum(action.rotation, turn),
                ..action
            },
            Self::Shift { .. } | Self::Bump { .. } => action,
        }
    }
}

/// Turn of the noise for each metre of its shift, radians.
const TURN: f64 = 5.0;

/// Draws the noise of an episode's steps.
#[derive(Debug, Clone)]
pub(super) struct Noise {
    random: ChaCha8Rng,
    metres: Normal<f64>,
}

impl Noise {
    /// Noise of this standard deviation in metres; none where it is zero or no number.
    pub fn new(seed: u64, metres: f64) -> Option<Self> {
        let metres = Normal::new(0.0, metres).ok().filter(|_| metres > 0.0)?;
        let random = stream(seed, Stream::Expert);
        Some(Self { random, metres })
    }

    /// The noise of a step. Fingers that close or open are left alone: noise there teaches no recovery, it only fails.
    pub fn draw(&mut self, step: usize, phase: Phase) -> Option<Perturbation> {
        let mut part = |scale: f64| {
            std::array::from_fn(|_| (scale * self.metres.sample(&mut self.random)) as f32)
        };
        let (by, turn) = (part(1.0), part(TURN));
        let moving = matches!(
            phase,
            Phase::PreGrasp | Phase::PostGrasp | Phase::PrePlace | Phase::PostPlace
        );
        moving.then_some(Perturbation::Noise { step, by, turn })
    }
}
