//! How many things each loss of a step is the mean over. A part of a step counts as much of each loss as it holds, so
//! that a step gives the same gradient however it is divided among parts and devices.

use super::aim;
use super::draw::Part;
use super::heads;
use super::objective::Numbers;

/// Things that losses are means over.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Counts {
    /// Tokens of answers.
    pub answers: f64,
    /// Coordinates in them.
    pub coordinates: f64,
    /// Patches of which it is known what is there, as the words are weighed; patches with something there.
    pub patches: [f64; 2],
    /// Answers that speak of cells.
    pub spots: f64,
    /// Answers that name what they speak of.
    pub names: f64,
    /// Action samples.
    pub actions: f64,
    /// Places that are known in their pictures.
    pub places: f64,
}

impl Counts {
    pub(super) fn of(part: &Part, numbers: &Numbers) -> Self {
        let mut counts = Self::default();
        if let Some(labels) = &part.labels {
            counts.answers = labels.language.targets.len() as f64;
            counts.coordinates = numbers.coordinates(labels).0.len() as f64;
            counts.patches = heads::patch_weights(&labels.scenery);
            counts.spots = labels.spots.len() as f64;
            let named = labels.spots.iter().filter(|spot| !spot.name.is_empty());
            counts.names = named.count() as f64;
        }
        if let Some(part) = &part.actions {
            counts.actions = part.batch.prompts.batch as f64;
            counts.places = aim::known(&part.places) as f64;
        }
        counts
    }

    pub(super) fn plus(self, other: Self) -> Self {
        Self {
            answers: self.answers + other.answers,
            coordinates: self.coordinates + other.coordinates,
            patches: [0, 1].map(|at| self.patches[at] + other.patches[at]),
            spots: self.spots + other.spots,
            names: self.names + other.names,
            actions: self.actions + other.actions,
            places: self.places + other.places,
        }
    }
}

/// The share of a part that holds `own` things in a step of `whole`. Losses divide by one where there is nothing.
pub(super) fn share(own: f64, whole: f64) -> f64 {
    own.max(1.0) / whole.max(1.0)
}
