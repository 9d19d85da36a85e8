//! Straight legs in space with quintic time: at rest at both ends, no jolt between. World frame, metres, radians.

use nalgebra::{Isometry3, Vector3};

use crate::geometry::Pose;

/// One leg on its way.
#[derive(Debug, Clone)]
pub(super) struct Leg {
    from: Pose,
    to: Pose,
    steps: usize,
    done: usize,
}

/// Peak speeds of a leg: metres and radians per second.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace {
    pub metres: f64,
    pub radians: f64,
}

/// Peak over mean speed of the quintic.
const PEAK: f64 = 1.875;

impl Leg {
    pub fn new(from: Pose, to: Pose, pace: Pace, hz: f64) -> Self {
        let (metres, radians) = apart(&from, &to);
        let seconds = PEAK * (metres / pace.metres).max(radians / pace.radians);
        Self {
            from,
            to,
            steps: (seconds * hz).ceil() as usize,
            done: 0,
        }
    }

    pub fn finished(&self) -> bool {
        self.done >= self.steps
    }

    /// Where to be at the end of the next step.
    pub fn advance(&mut self) -> Pose {
        self.done = (self.done + 1).min(self.steps);
        let share = if self.steps == 0 {
            1.0
        } else {
            self.done as f64 / self.steps as f64
        };
        blend(&self.from, &self.to, quintic(share))
    }
}

/// 0 to 1 with zero speed and acceleration at both ends.
fn quintic(t: f64) -> f64 {
    t * t * t * (10.0 + t * (6.0 * t - 15.0))
}

pub(super) fn blend(a: &Pose, b: &Pose, share: f64) -> Pose {
    let (a, b) = (a.isometry(), b.isometry());
    let position = a.translation.vector + share * (b.translation.vector - a.translation.vector);
    // Exactly opposite orientations have no shortest way; then turn at the end.
    let rotation = a
        .rotation
        .try_slerp(&b.rotation, share, 1e-9)
        .unwrap_or(b.rotation);
    Pose::from(Isometry3::from_parts(position.into(), rotation))
}

pub(super) fn apart(a: &Pose, b: &Pose) -> (f64, f64) {
    let distance = Vector3::from(a.position) - Vector3::from(b.position);
    (
        distance.norm(),
        a.isometry().rotation.angle_to(&b.isometry().rotation),
    )
}

/// Moved along the world's axes.
pub(super) fn shifted(pose: &Pose, by: [f64; 3]) -> Pose {
    let position = std::array::from_fn(|axis| pose.position[axis] + by[axis]);
    Pose { position, ..*pose }
}

/// Moved against its approach, which is its x axis.
pub(super) fn backed(pose: &Pose, by: f64) -> Pose {
    pose.then(&Pose::at([-by, 0.0, 0.0]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_leg_ends_where_it_should_and_never_goes_faster_than_its_pace() {
        let to = Pose::from_rpy([0.2, 0.1, -0.1], [0.0, 0.0, 1.0]);
        let pace = Pace {
            metres: 0.2,
            radians: 1.5,
        };
        let mut leg = Leg::new(Pose::IDENTITY, to, pace, 5.0);
        let mut last = Pose::IDENTITY;
        while !leg.finished() {
            let next = leg.advance();
            let (metres, radians) = apart(&last, &next);
            assert!(
                metres <= 0.2 / 5.0 + 1e-9 && radians <= 1.5 / 5.0 + 1e-9,
                "{metres} {radians}"
            );
            last = next;
        }
        let (metres, radians) = apart(&last, &to);
        assert!(metres < 1e-9 && radians < 1e-9);
    }
}
