//! One dataset of recorded episodes: its actions, how they are scaled, and the moments that are drawn from it.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use serde_json::{Value, json};

use super::aim::{self, Places};
use super::moment::ActionSample;
use super::pictures::Pictures;
use super::{ActionSource, TrainError};
use crate::data::{Episodes, PriorsFile, QUANTILES, Stats};
use crate::geometry::ImageSize;
use crate::job::JobContext;

/// One dataset.
pub(super) struct ActionSet {
    pub path: PathBuf,
    pub weight: f64,
    pub tag: String,
    /// Cameras in the order the model sees them.
    pub cameras: Vec<String>,
    episodes: Mutex<Episodes>,
    /// Where the arm aims, if that is learnt.
    priors: Option<Mutex<PriorsFile>>,
    recorded: Vec<Recorded>,
    pub frames: u64,
    pub axes: usize,
    scale: Scale,
    stats: Stats,
    names: Vec<String>,
}

/// The actions of one episode.
struct Recorded {
    number: u64,
    /// Frames of all episodes before.
    first: u64,
    task: String,
    actions: Vec<f32>,
}

/// How actions become numbers from -1 to 1: by the 1 % and 99 % quantiles, a gripper as it is.
#[derive(Debug, Clone, PartialEq, Default)]
struct Scale {
    low: Vec<f32>,
    high: Vec<f32>,
    mask: Vec<bool>,
}

impl Scale {
    fn apply(&self, axis: usize, value: f32) -> f32 {
        let (low, high) = (self.low[axis], self.high[axis]);
        if !self.mask[axis] {
            return f32::from(u8::from(value > 0.5));
        }
        if high <= low {
            return value.clamp(-1.0, 1.0);
        }
        (2.0 * (value - low) / (high - low) - 1.0).clamp(-1.0, 1.0)
    }
}

impl ActionSet {
    /// Opens a dataset and reads its actions; pictures are read when they are drawn.
    pub(super) fn open(
        source: &ActionSource,
        context: &JobContext<'_>,
    ) -> Result<Self, TrainError> {
        let mut episodes = Episodes::open(&source.path)?;
        let empty = |what: &str| TrainError::Empty {
            what: what.to_owned(),
            path: source.path.clone(),
        };
        let cameras = if source.cameras.is_empty() {
            let first = episodes.info().cameras.first();
            vec![first.ok_or_else(|| empty("it has no camera"))?.name.clone()]
        } else {
            source.cameras.clone()
        };
        for camera in &cameras {
            episodes.camera(camera)?;
        }
        let feature = episodes.feature(&source.column).cloned();
        let feature = feature.ok_or_else(|| empty("it has no such column of actions"))?;
        let axes = feature.width();
        let summaries: Vec<(u64, u64, String)> = episodes
            .summaries()
            .map(|(number, length, tasks)| {
                (
                    number,
                    length,
                    tasks.first().copied().unwrap_or_default().to_owned(),
                )
            })
            .collect();
        let total = summaries.len() as u64;
        let (mut recorded, mut frames) = (Vec::new(), 0);
        for (done, (number, length, task)) in summaries.into_iter().enumerate() {
            context.check()?;
            context.report("Reading actions", done as u64, total);
            if length == 0 || task.is_empty() {
                continue;
            }
            let rows = episodes.rows(number, &[&source.column])?;
            let column = rows.column(&source.column);
            let actions: Option<Vec<f32>> = column.and_then(|column| {
                let values = &column.values;
                (0..values.len())
                    .map(|at| Some(values.number(at)? as f32))
                    .collect()
            });
            let Some(actions) = actions.filter(|all| all.len() == length as usize * axes) else {
                return Err(empty("its actions are not numbers, or some are missing"));
            };
            recorded.push(Recorded {
                number,
                first: frames,
                task,
                actions,
            });
            frames += length;
        }
        if recorded.is_empty() {
            return Err(empty("it has no episode with a task and a frame"));
        }
        let mut set = Self {
            path: source.path.clone(),
            weight: source.weight,
            tag: source.tag.clone(),
            cameras,
            episodes: Mutex::new(episodes),
            priors: None,
            recorded,
            frames,
            axes,
            scale: Scale::default(),
            stats: Stats::default(),
            names: feature.names,
        };
        let alone = set.numbers().collect::<Vec<f64>>();
        set.scale_by(&Stats::of_rows(axes, &alone))?;
        Ok(set)
    }

    /// Samples say from now on where the arm aims.
    pub(super) fn look_where_it_aims(&mut self) -> Result<(), TrainError> {
        let file = PriorsFile::beside(&self.path).ok_or_else(|| TrainError::Setting {
            name: "auxiliary.aim".into(),
            why: format!(
                "needs priors.jsonl beside the episodes, as `spvla generate` writes it; {} has none: set it to 0",
                self.path.display()
            ),
        })?;
        self.priors = Some(Mutex::new(file));
        Ok(())
    }

    fn places(&self, episode: u64, row: u64, size: ImageSize) -> Result<Places, TrainError> {
        let Some(file) = &self.priors else {
            return Ok(Places::default());
        };
        let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(aim::places(
            file.aims(episode, row, &self.cameras[0])?,
            size,
        ))
    }

    /// Every number of every action, in order.
    pub(super) fn numbers(&self) -> impl Iterator<Item = f64> {
        let all = self.recorded.iter().flat_map(|one| &one.actions);
        all.copied().map(f64::from)
    }

    /// Scales actions by these statistics from now on: sets of one tag share theirs.
    pub(super) fn scale_by(&mut self, stats: &Stats) -> Result<(), TrainError> {
        self.scale = scale(stats, &self.names);
        self.stats = stats.clone();
        if self.scale.mask.get(GRIPPER) == Some(&true) {
            let [low, high] = [&stats.min, &stats.max].map(|ends| ends[GRIPPER]);
            return Err(TrainError::Setting {
                name: "actions".into(),
                why: format!(
                    "the seventh axis is served as open or closed, but goes from {low} to {high}; bring it to 0 for closed and 1 for open, or choose another column: {}",
                    self.path.display()
                ),
            });
        }
        Ok(())
    }

    /// The sample that begins at `frame`, counted over all episodes.
    pub(super) fn sample(
        &self,
        frame: u64,
        horizon: usize,
        pictures: &Pictures,
    ) -> Result<ActionSample, TrainError> {
        let at = self.recorded.partition_point(|r| r.first <= frame) - 1;
        let recorded = &self.recorded[at];
        let row = (frame - recorded.first) as usize;
        let mut actions = Vec::with_capacity(horizon * self.axes);
        for step in row..row + horizon {
            for axis in 0..self.axes {
                // Past the end the arm stays where it is, as in the original; the gripper does, too.
                let value = recorded.actions.get(step * self.axes + axis).copied();
                let last = recorded.actions[recorded.actions.len() - self.axes + axis];
                let rest = || if self.scale.mask[axis] { 0.0 } else { last };
                actions.push(self.scale.apply(axis, value.unwrap_or_else(rest)));
            }
        }
        let name = format!(
            "episode {} frame {row} of {}",
            recorded.number,
            self.path.display()
        );
        let mut views = Vec::with_capacity(self.cameras.len());
        for camera in &self.cameras {
            let read = || {
                let mut episodes = self.episodes.lock().unwrap_or_else(PoisonError::into_inner);
                Ok(episodes.frame(recorded.number, row as u64, camera)?)
            };
            let key = format!("{}/{frame}/{camera}", self.path.display());
            views.push(pictures.remembered(&key, read)?);
        }
        let size = views
            .first()
            .map_or(ImageSize::new(1, 1), |view| view.stored);
        Ok(ActionSample {
            places: self.places(recorded.number, row as u64, size)?,
            instruction: recorded.task.clone(),
            views,
            actions,
            name,
        })
    }

    /// The entry of its tag in `dataset_statistics.json`; `same` are all sets of the tag.
    pub(super) fn statistics<'a>(&self, same: impl Iterator<Item = &'a Self>) -> Value {
        let [frames, episodes] = same.fold([0, 0], |[frames, episodes], set| {
            [frames + set.frames, episodes + set.recorded.len() as u64]
        });
        let stats = &self.stats;
        json!({
            "action": {
                "mean": stats.mean,
                "std": stats.std,
                "max": stats.max,
                "min": stats.min,
                "q01": quantile(stats, 0.01),
                "q99": quantile(stats, 0.99),
                "mask": self.scale.mask,
            },
            "num_transitions": frames,
            "num_trajectories": episodes,
        })
    }
}

fn quantile(stats: &Stats, share: f64) -> Vec<f64> {
    let at = QUANTILES
        .iter()
        .position(|(_, known)| (known - share).abs() < 1e-9);
    at.and_then(|at| stats.quantiles.get(at))
        .cloned()
        .unwrap_or_default()
}

/// The axis that is served as open or closed, whatever it is called.
const GRIPPER: usize = 6;

/// Whether an axis stays between 0 and 1.
fn within(stats: &Stats, axis: usize) -> bool {
    stats.min[axis] >= -1e-6 && stats.max[axis] <= 1.0 + 1e-6
}

/// Grippers from 0 to 1, by name or by being the last axis, are not scaled.
fn scale(stats: &Stats, names: &[String]) -> Scale {
    let narrow = |values: Vec<f64>| values.into_iter().map(|v| v as f32).collect();
    let axes = stats.mean.len();
    let gripper = |axis: usize| {
        let named = names
            .get(axis)
            .is_some_and(|name| name.to_lowercase().contains("gripper"));
        let ends = stats.min[axis].abs() < 1e-9 && (stats.max[axis] - 1.0).abs() < 1e-9;
        ((named || axis == GRIPPER) && within(stats, axis)) || (ends && axis + 1 == axes)
    };
    Scale {
        low: narrow(quantile(stats, 0.01)),
        high: narrow(quantile(stats, 0.99)),
        mask: (0..axes).map(|axis| !gripper(axis)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_become_the_ends_and_grippers_stay() {
        let rows: Vec<f64> = (0..=100)
            .flat_map(|i| [f64::from(i) / 10.0, f64::from(i % 2)])
            .collect();
        let scale = scale(&Stats::of_rows(2, &rows), &["x".into(), "gripper".into()]);
        assert_eq!(scale.mask, [true, false]);
        assert!(
            (scale.apply(0, 0.1) + 1.0).abs() < 1e-5 && (scale.apply(0, 9.9) - 1.0).abs() < 1e-5
        );
        assert!(scale.apply(0, 5.0).abs() < 1e-5 && (scale.apply(0, 50.0) - 1.0).abs() < 1e-6);
        assert!((scale.apply(1, 1.0) - 1.0).abs() < 1e-6 && scale.apply(1, 0.2).abs() < 1e-6);
    }

    #[test]
    fn a_gripper_in_percent_is_scaled_not_cut() {
        let rows: Vec<f64> = (0..=100).map(f64::from).collect();
        let scale = scale(&Stats::of_rows(1, &rows), &["gripper".into()]);
        assert_eq!(scale.mask, [true]);
        assert!(scale.apply(0, 50.0).abs() < 1e-5);
    }
}
