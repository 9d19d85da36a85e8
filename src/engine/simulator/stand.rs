//! Where an episode stands, as the window is told.

use super::plain::{SimulatorEnd, SimulatorStatus};
use super::play::Live;
use super::truth::named;
use crate::sim::instruction;
use crate::sim::session::Ending;

impl Live {
    /// Where it stands at a moment.
    pub(super) fn status(&self, now: &crate::sim::Snapshot) -> SimulatorStatus {
        let episode = self.session.episode();
        let scene = episode.scene();
        let doing = episode.steps().last().map_or_else(String::new, |step| {
            instruction::subtask(scene, step.subtask, step.phase)
        });
        SimulatorStatus {
            step: episode.steps().len(),
            doing,
            success: self.session.success(),
            end: self.session.ending().map(|ending| match ending {
                Ending::Reached => SimulatorEnd::Reached,
                Ending::Failed(failure) => SimulatorEnd::Failed(failure.to_string()),
            }),
            held: now.held.map(|object| named(scene, object)),
            carried: self.session.carried().map(|object| named(scene, object)),
            joints: now.joints.clone(),
            gripper: now.gripper,
            refused: self.refused,
            refusal: self.refusal.clone(),
            changed: self.changed,
            waits: self.waits,
            told: f64::from(self.session.gripper()),
            disturbed: self.session.disturbed(),
            ..SimulatorStatus::default()
        }
    }
}
