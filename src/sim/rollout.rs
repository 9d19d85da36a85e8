//! An episode that a policy played, as scene and actions alone, and the expert taking over in the middle of it: what it
//! does from there is a demonstration of the way back (`DAgger`, Ross et al. 2011; `HG-DAgger`, Kelly et al. 2019).

use serde::{Deserialize, Serialize};

use crate::robot::DeltaAction;

use super::episode::{Episode, EpisodeRecord};
use super::expert::Phase;
use super::perturb::Perturbation;
use super::scene::Scene;
use super::world::WorldError;

/// Rates of control, steps and things that are believed.
const HZ: std::ops::RangeInclusive<f64> = 0.5..=100.0;
const LONGEST: usize = 100_000;
const MOST_THINGS: usize = 256;

/// An episode as it was played; the scene and the actions give the rest again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rollout {
    /// The world at the start.
    pub scene: Scene,
    /// Control steps a second.
    pub hz: f64,
    /// What was let happen.
    #[serde(default)]
    pub perturbations: Vec<Perturbation>,
    /// What the arm was told, step by step: metres, radians, opening.
    pub actions: Vec<[f32; 7]>,
}

impl Rollout {
    /// An episode so far.
    #[must_use]
    pub fn of(record: &EpisodeRecord) -> Self {
        let steps = record.steps.iter().map(|step| step.action);
        let all = record.before.iter().copied().chain(steps);
        Self {
            scene: record.scene.clone(),
            hz: record.hz,
            perturbations: record.perturbations.clone(),
            actions: all.map(|action| action.axes()).collect(),
        }
    }

    /// Refuses what no policy can have played: a stranger's file is believed nothing.
    ///
    /// # Errors
    /// What is wrong, in words.
    pub fn check(&self) -> Result<(), String> {
        if !HZ.contains(&self.hz) {
            return Err(format!("{} steps a second are not possible", self.hz));
        }
        if self.actions.len() > LONGEST {
            return Err(format!("{} steps are too many", self.actions.len()));
        }
        if self.actions.iter().flatten().any(|axis| !axis.is_finite()) {
            return Err("an action holds a number that is not finite".into());
        }
        let (things, drawers) = (self.scene.objects.len(), self.scene.drawers());
        if things > MOST_THINGS {
            return Err(format!("{things} things are too many"));
        }
        let there = |perturbation: &Perturbation| match perturbation {
            Perturbation::Shift { object, .. } => *object < things,
            Perturbation::Bump { .. } | Perturbation::Noise { .. } => true,
        };
        if !self.scene.goal.fits(things, drawers) || !self.perturbations.iter().all(there) {
            return Err(format!(
                "its goal or a perturbation speaks of more than its {things} things and {drawers} drawers"
            ));
        }
        Ok(())
    }

    /// Plays the first `steps` of it, then the expert from there, in at most `limit` steps more and with noise of
    /// this many metres.
    ///
    /// # Errors
    /// When the scene cannot be built.
    pub fn take_over(
        &self,
        steps: usize,
        limit: usize,
        noise: f64,
    ) -> Result<EpisodeRecord, WorldError> {
        let (scene, perturbations) = (self.scene.clone(), self.perturbations.clone());
        let mut episode = Episode::new(scene, self.hz, perturbations)?.noisy(noise);
        let axes = self.actions.iter().map(|axes| axes.map(f64::from));
        for action in axes
            .filter_map(|axes| DeltaAction::from_axes(&axes))
            .take(steps)
        {
            episode.step(action, Phase::PreGrasp, 0);
        }
        Ok(episode.handed_over().play(limit))
    }
}
