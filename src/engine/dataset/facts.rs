//! What is asked of an open dataset and what it answers: plain data.

use std::path::PathBuf;
use std::sync::Arc;

use crate::engine::SourceId;
use crate::geometry::ImageSize;
use crate::grounding::Grounding;
use crate::vision::Frame;

/// Names one opening of a dataset; counts up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DatasetId(pub u64);

/// One request about a dataset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DatasetRequest {
    /// Open the one at a path; the one that was open is closed.
    Open(PathBuf),
    /// Close it.
    Close,
    /// Show an episode from its beginning: the cameras by their whole names, each as a source.
    Show {
        /// Number of the episode.
        episode: u64,
        /// Where each camera is shown.
        cameras: Vec<(SourceId, String)>,
    },
    /// Make small pictures of these entries, the first one first; takes the place of what was wanted before.
    Thumbnails(Vec<u64>),
}

/// One fact about a dataset.
#[derive(Debug, Clone)]
pub enum DatasetEvent {
    /// It is open.
    Opened(Arc<DatasetAbout>),
    /// It could not be opened, or broke: why, and what to do.
    Failed(String),
    /// Rows of the episode that is shown.
    Rows(Arc<EpisodeRows>),
    /// Rows of an episode cannot be read, and why; its pictures may be.
    RowsFailed(u64, String),
    /// A small picture of an entry; none where it has no picture that can be read.
    Thumbnail(u64, Option<Frame>),
}

/// What the entries of a dataset are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DatasetKind {
    /// Recorded episodes.
    Episodes,
    /// Annotated pictures.
    Samples,
}

/// What a dataset says of itself, and the list of its entries.
#[derive(Debug, Clone, PartialEq)]
pub struct DatasetAbout {
    /// Its folder or file.
    pub path: PathBuf,
    /// The last part of that.
    pub name: String,
    /// What its entries are.
    pub kind: DatasetKind,
    /// "LeRobot v3.0".
    pub format: String,
    /// The robot, where stated.
    pub robot: Option<String>,
    /// Rows per second.
    pub fps: Option<f64>,
    /// Rows over all episodes, or targets over all samples.
    pub rows: u64,
    /// Cameras in the order of the dataset.
    pub cameras: Vec<DatasetCamera>,
    /// Its episodes or samples, in order.
    pub entries: Vec<DatasetEntry>,
    /// What entries are about, each text once.
    pub texts: Vec<String>,
    /// What was found wrong while opening.
    pub problems: Vec<Problem>,
    /// Problems beyond those that are listed.
    pub more_problems: u64,
    /// Whether it tells what is true in its pictures.
    pub has_truth: bool,
    /// Milliseconds that opening took.
    pub opened_ms: u64,
}

/// A camera of a dataset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatasetCamera {
    /// Its whole name: "observation.images.overhead".
    pub name: String,
    /// Size that the dataset states; zero where it does not.
    pub size: ImageSize,
}

/// An episode or a sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DatasetEntry {
    /// Its number in the dataset.
    pub number: u64,
    /// Rows of an episode, targets of a sample.
    pub length: u32,
    /// Index of its text in [`DatasetAbout::texts`].
    pub text: u32,
}

/// How bad a problem is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ProblemLevel {
    /// Worth knowing.
    Note,
    /// Something was repaired, skipped or guessed.
    Warning,
    /// A part cannot be used.
    Error,
}

/// One thing that is wrong with a dataset while the rest is usable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// How bad.
    pub level: ProblemLevel,
    /// What is wrong.
    pub what: String,
    /// The file, episode or annotation.
    pub place: String,
    /// What to do about it, or what was done.
    pub advice: String,
}

/// The numbers of an episode.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct EpisodeRows {
    /// Its number.
    pub episode: u64,
    /// Number of rows.
    pub length: usize,
    /// What was to be done.
    pub tasks: Vec<String>,
    /// When each row was recorded, in seconds of the episode.
    pub times: Vec<f64>,
    /// What was recorded, in the order of the dataset.
    pub features: Vec<FeatureRows>,
}

/// One recorded feature of an episode.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FeatureRows {
    /// Its name: "observation.state".
    pub name: String,
    /// Names of its axes; numbers where the dataset has none.
    pub axes: Vec<String>,
    /// Row after row; not finite where nothing was recorded.
    pub values: Vec<f32>,
}

/// What is on show: all cameras at one row, together.
#[derive(Debug, Clone, Default)]
pub struct Shown {
    /// Number of the episode; of samples always zero.
    pub episode: u64,
    /// Row of the episode, or place of the sample.
    pub index: u64,
    /// The newest picture of each source.
    pub frames: Vec<(SourceId, Frame)>,
    /// What is true in them.
    pub truth: Vec<(SourceId, Vec<Grounding>)>,
    /// Pictures that could not be read, and why; a blank one is shown instead.
    pub troubles: Vec<(SourceId, String)>,
    /// What the arm is doing, or what the sample is about.
    pub note: String,
    /// What is asked and answered about a sample: who speaks, and the words.
    pub turns: Vec<(String, String)>,
}

impl FeatureRows {
    /// Values in each row.
    #[must_use]
    pub fn width(&self) -> usize {
        self.axes.len().max(1)
    }

    /// One row.
    #[must_use]
    pub fn row(&self, row: usize) -> Option<&[f32]> {
        self.values.chunks_exact(self.width()).nth(row)
    }
}

impl EpisodeRows {
    /// The feature of that name.
    #[must_use]
    pub fn feature(&self, name: &str) -> Option<&FeatureRows> {
        self.features.iter().find(|feature| feature.name == name)
    }

    /// When a row was recorded, in seconds.
    #[must_use]
    pub fn time(&self, row: usize) -> f64 {
        self.times.get(row).copied().unwrap_or_default()
    }

    /// The row recorded nearest to a time.
    #[must_use]
    pub fn row_at(&self, time: f64) -> usize {
        let after = self.times.partition_point(|known| *known < time);
        let before = after.saturating_sub(1);
        let nearer = (self.time(before) - time).abs() <= (self.time(after) - time).abs();
        let row = if nearer || after >= self.times.len() {
            before
        } else {
            after
        };
        row.min(self.length.saturating_sub(1))
    }
}

/// The last part of a feature's name: "overhead" of "observation.images.overhead".
#[must_use]
pub fn short_name(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_row_is_found_in_uneven_time() {
        let rows = EpisodeRows {
            length: 4,
            times: vec![0.0, 0.1, 0.5, 0.6],
            ..EpisodeRows::default()
        };
        let at = [-1.0, 0.04, 0.06, 0.29, 0.31, 0.56, 9.0].map(|time| rows.row_at(time));
        assert_eq!(at, [0, 0, 1, 1, 2, 3, 3]);
        assert_eq!(EpisodeRows::default().row_at(1.0), 0);
    }
}
