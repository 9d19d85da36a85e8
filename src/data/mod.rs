//! Datasets in and out: recorded episodes and labelled pictures.
//!
//! A dataset is opened without being loaded: its index is read, and rows and frames come when they are asked for.
//! Every file is treated as hostile: sizes are bounded, names cannot lead out of the folder, and what is damaged is
//! a [`Defect`] while the rest stays usable. A dataset that was opened is never written to. Knows nothing of windows,
//! models and threads. Units: seconds, pixels of the original picture, and what the dataset's columns mean.

mod arrow_column;
mod column;
mod episode;
mod error;
mod json;
pub mod labels;
mod lerobot;
mod pickle;
mod place;
mod priors;
mod stats;
mod table;

pub use column::{Column, Values};
pub use episode::{CameraFeature, DatasetInfo, Episode, Feature, Rows, Storage, VideoPlace};
pub use error::{DataError, Defect, Severity};
pub use lerobot::write::{
    CameraSpec, Cell, DatasetSpec, EpisodeRecorder, LeRobotWriter, PictureStorage, RecordedEpisode,
    StepRow,
};
pub use lerobot::{Conversion, Episodes, Modality, Part, Thoroughness, Version};
pub use pickle::{PickleError, unpickle};
pub use priors::{Aims, FrameObject, FramePriors, PriorsFile};
pub use stats::{QUANTILES, Stats};

use std::path::Path;

/// A dataset of any format.
pub enum Dataset {
    /// Recorded episodes.
    Episodes(Box<Episodes>),
    /// Labelled pictures.
    Labels(Box<labels::LabelSet>),
}

/// How one kind of format is known and opened.
struct Format {
    recognises: fn(&Path) -> bool,
    open: fn(&Path) -> Result<Dataset, DataError>,
}

/// All kinds of formats, tried in this order. A new format is one file and one row, here or in [`labels::FORMATS`].
const FORMATS: &[Format] = &[
    Format {
        recognises: lerobot::recognises,
        open: |path| Ok(Dataset::Episodes(Box::new(Episodes::open(path)?))),
    },
    Format {
        recognises: |path| labels::sniff(path).is_some(),
        open: |path| Ok(Dataset::Labels(Box::new(labels::read(path)?))),
    },
];

/// Whether a path is a dataset by its files; a mere folder of pictures is none.
#[must_use]
pub fn is_dataset(path: &Path) -> bool {
    let annotated = || labels::sniff(path).is_some_and(|format| !format.is_pictures());
    FORMATS.iter().any(|format| (format.recognises)(path)) || annotated()
}

/// Opens a dataset of any format that is known by its files.
///
/// # Errors
/// When no format recognises it, or the one that does finds it unusable.
pub fn open(path: &Path) -> Result<Dataset, DataError> {
    std::fs::metadata(path).map_err(|source| DataError::io("opening the dataset", path, source))?;
    let Some(format) = FORMATS.iter().find(|format| (format.recognises)(path)) else {
        let mut known = vec!["LeRobot v2.0, v2.1 and v3.0"];
        known.extend(labels::FORMATS.iter().map(|format| format.title));
        return Err(DataError::UnknownFormat {
            what: "it has the files of none of the known formats".into(),
            known: known.join(", "),
            path: path.to_owned(),
        });
    };
    (format.open)(path)
}
