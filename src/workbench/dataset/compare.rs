//! What was recorded beside what was predicted: the rows of the episode from the frame that was asked about.

use super::super::{ResultSet, Workbench};

/// Names of the recorded actions, the best first.
const ACTIONS: [&str; 2] = ["action", "actions"];

/// Recorded actions beside a predicted chunk.
#[derive(Debug, Clone, PartialEq)]
pub struct Recorded {
    /// The episode.
    pub episode: u64,
    /// Name of the recorded feature.
    pub feature: String,
    /// The row that was asked about.
    pub start: usize,
    /// `[step][axis]`: as many steps as were predicted, fewer at the end of the episode.
    pub steps: Vec<Vec<f64>>,
    /// Mean absolute error of each axis over those steps; none where nothing can be compared.
    pub errors: Vec<Option<f64>>,
}

impl Workbench {
    /// The recorded actions that a predicted chunk, `[step][axis]`, speaks of. None where the answer is about something
    /// else than the episode on show, or its actions have another number of axes.
    #[must_use]
    pub fn recorded(&self, result: &ResultSet, predicted: &[Vec<f64>]) -> Option<Recorded> {
        let set = self.dataset.as_ref()?;
        let (_, episode) = set.asked.iter().find(|(id, _)| *id == result.run.id)?;
        let rows = set.rows.as_ref().filter(|rows| rows.episode == *episode)?;
        let feature = ACTIONS.iter().find_map(|name| rows.feature(name))?;
        let axes = predicted.first()?.len();
        if feature.width() != axes {
            return None;
        }
        let start = result.run.views.first()?.1.seq as usize;
        let steps: Vec<Vec<f64>> = (start..start + predicted.len())
            .map_while(|row| feature.row(row))
            .map(|row| row.iter().map(|value| f64::from(*value)).collect())
            .collect();
        Some(Recorded {
            episode: *episode,
            feature: feature.name.clone(),
            start,
            errors: errors(predicted, &steps, axes),
            steps,
        })
    }
}

/// Mean absolute error of each axis over the steps that both have.
fn errors(predicted: &[Vec<f64>], recorded: &[Vec<f64>], axes: usize) -> Vec<Option<f64>> {
    let error = |axis: usize| {
        let pairs = predicted.iter().zip(recorded);
        let differences = pairs.filter_map(|(a, b)| Some((a.get(axis)? - b.get(axis)?).abs()));
        let finite: Vec<f64> = differences.filter(|d| d.is_finite()).collect();
        (!finite.is_empty()).then(|| finite.iter().sum::<f64>() / finite.len() as f64)
    };
    (0..axes).map(error).collect()
}
