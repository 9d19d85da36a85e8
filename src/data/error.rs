//! What can go wrong with a dataset, and what is wrong with a part of one.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::media::MediaError;

/// Why a dataset or a part of it cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    /// The operating system refused.
    #[error("{doing} failed: {source}: {}", path.display())]
    Io {
        /// What was attempted, for people: "reading the annotations".
        doing: &'static str,
        /// Where.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// None of the formats that are read here.
    #[error("this is no dataset: {what}; known are {known}: {}", path.display())]
    UnknownFormat {
        /// What it looks like instead.
        what: String,
        /// Names of the formats, for people.
        known: String,
        /// Where.
        path: PathBuf,
    },
    /// A known format in a version that is not read here.
    #[error("{format} version {found:?} is not supported, only {supported}; convert it with the tool that wrote it: {}", path.display())]
    Version {
        /// Name of the format.
        format: &'static str,
        /// What the file says.
        found: String,
        /// The versions that are read.
        supported: &'static str,
        /// Where.
        path: PathBuf,
    },
    /// A file does not hold what its format demands.
    #[error("{what}; repair it or export it again: {}", path.display())]
    Malformed {
        /// What is wrong, with the place inside the file.
        what: String,
        /// Where.
        path: PathBuf,
    },
    /// More of something than is safe to read.
    #[error("it claims {found} {what}, more than the limit of {limit}; split it: {}", path.display())]
    TooMuch {
        /// What there is too much of.
        what: &'static str,
        /// How much.
        found: u64,
        /// The limit.
        limit: u64,
        /// Where.
        path: PathBuf,
    },
    /// A name inside the dataset leads out of its folder.
    #[error("it names {name:?}, which lies outside the dataset and is not opened: {}", path.display())]
    Outside {
        /// The name.
        name: String,
        /// The file that names it.
        path: PathBuf,
    },
    /// There is no such episode, row or frame.
    #[error("{what} {index} does not exist, there are {count}")]
    OutOfRange {
        /// What was counted: "episode".
        what: &'static str,
        /// The index that was asked for.
        index: u64,
        /// How many there are.
        count: u64,
    },
    /// There is no column or camera of that name.
    #[error("there is no {what} {name:?}; there are {known}")]
    NoSuch {
        /// What was looked for: "camera".
        what: &'static str,
        /// Its name.
        name: String,
        /// Those there are.
        known: String,
    },
    /// No frame of the video is shown at the time that its row states.
    #[error("no frame of the video is shown at {wanted:.6} s, the nearest is at {nearest:.6} s; re-encode it at the rate that the dataset states: {}", path.display())]
    NoFrameAt {
        /// Time that was asked for, in seconds of the file.
        wanted: f64,
        /// Time of the nearest frame.
        nearest: f64,
        /// The video.
        path: PathBuf,
    },
    /// What is to be written does not fit the dataset.
    #[error("it does not fit the dataset: {0}")]
    Unfit(String),
    /// Something is already there that is not to be overwritten.
    #[error("there is already something here; choose an empty folder or resume: {}", path.display())]
    Occupied {
        /// Where.
        path: PathBuf,
    },
    /// A picture or video cannot be read or written.
    #[error(transparent)]
    Media(#[from] MediaError),
    /// Annotations of pictures cannot be read or written.
    #[error(transparent)]
    Labels(#[from] super::labels::LabelError),
    /// Somebody asked to stop.
    #[error(transparent)]
    Cancelled(#[from] crate::job::Cancelled),
}

impl DataError {
    /// Wraps what the system said.
    pub(super) fn io(doing: &'static str, path: &Path, source: std::io::Error) -> Self {
        Self::Io {
            doing,
            path: path.to_owned(),
            source,
        }
    }

    /// A file that breaks its format.
    pub(super) fn malformed(path: &Path, what: impl Into<String>) -> Self {
        Self::Malformed {
            what: what.into(),
            path: path.to_owned(),
        }
    }
}

/// How bad a defect is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing; nothing is lost.
    Note,
    /// Something was repaired, skipped or guessed; the rest is usable.
    Warning,
    /// A part of the dataset cannot be used.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

/// One thing that is wrong with a dataset while the rest of it is usable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Defect {
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, one sentence without the place.
    pub what: String,
    /// The file, episode, row or annotation.
    #[serde(rename = "where")]
    pub where_: String,
    /// What to do about it.
    pub advice: String,
}

impl Defect {
    /// A part that cannot be used.
    #[must_use]
    pub fn error(where_: impl Into<String>, what: impl Into<String>, advice: &str) -> Self {
        Self::new(Severity::Error, where_.into(), what.into(), advice)
    }

    /// Something that was skipped or guessed.
    #[must_use]
    pub fn warning(where_: impl Into<String>, what: impl Into<String>, advice: &str) -> Self {
        Self::new(Severity::Warning, where_.into(), what.into(), advice)
    }

    /// Something worth knowing.
    #[must_use]
    pub fn note(where_: impl Into<String>, what: impl Into<String>, advice: &str) -> Self {
        Self::new(Severity::Note, where_.into(), what.into(), advice)
    }

    fn new(severity: Severity, where_: String, what: String, advice: &str) -> Self {
        Self {
            severity,
            what,
            where_,
            advice: advice.to_owned(),
        }
    }
}

impl fmt::Display for Defect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (severity, where_) = (self.severity, &self.where_);
        write!(f, "{severity}: {where_}: {}", self.what)?;
        if !self.advice.is_empty() {
            write!(f, " ({})", self.advice)?;
        }
        Ok(())
    }
}
