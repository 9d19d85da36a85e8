//! Why a set of annotations cannot be read or written at all. Smaller trouble is a defect in the report.

use std::path::{Path, PathBuf};

/// Why a set of annotations cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum LabelError {
    /// The operating system refused.
    #[error("{doing} failed: {source}: {}", path.display())]
    Io {
        /// What was attempted, for people.
        doing: &'static str,
        /// Where.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is longer than is read.
    #[error("the file is {megabytes} MB, more than the {limit} MB that are read; split it first: {}", path.display())]
    TooLarge {
        /// Its length.
        megabytes: u64,
        /// The limit.
        limit: u64,
        /// Where.
        path: PathBuf,
    },
    /// The text is not UTF-8.
    #[error("line {line} is not UTF-8; save the file as UTF-8: {}", path.display())]
    NotUtf8 {
        /// The first such line, from 1.
        line: u64,
        /// Where.
        path: PathBuf,
    },
    /// The file cannot be read as what it claims to be.
    #[error("this is no readable {format} file: {reason}; export it again: {}", path.display())]
    Damaged {
        /// What it claims to be.
        format: &'static str,
        /// What is wrong, and where in the file.
        reason: String,
        /// Where.
        path: PathBuf,
    },
    /// No format recognises it.
    #[error("no annotation format recognises this; {known} are read: {}", path.display())]
    UnknownFormat {
        /// Names of the formats, for people.
        known: String,
        /// Where.
        path: PathBuf,
    },
    /// A name that is no format's.
    #[error("no annotation format is called {name:?}; use one of {known}")]
    UnknownName {
        /// The name.
        name: String,
        /// Names of the formats that could be meant.
        known: String,
    },
    /// A format that is only read.
    #[error("{name} is read but not written; write one of {known}")]
    ReadOnly {
        /// The format.
        name: &'static str,
        /// Names of the formats that are written.
        known: String,
    },
    /// A Python pickle, which may run any program when it is opened.
    #[error("Python pickles are not opened, since they can run any program; save the references as JSON (python: json.dump(pickle.load(...))): {}", path.display())]
    Pickle {
        /// Where.
        path: PathBuf,
    },
    /// The output would change what was read.
    #[error("the output lies inside the dataset it is made from; choose a folder outside of {}: {}", source_path.display(), out.display())]
    InsideSource {
        /// What was read.
        source_path: PathBuf,
        /// Where it should go.
        out: PathBuf,
    },
    /// There is something already.
    #[error("the output exists already; choose a new name: {}", out.display())]
    Exists {
        /// Where it should go.
        out: PathBuf,
    },
    /// Nothing that could be written.
    #[error(
        "there is nothing to write: none of the {samples} samples has anything that {format} can hold"
    )]
    NothingToWrite {
        /// How many there are.
        samples: usize,
        /// The format.
        format: &'static str,
    },
}

impl LabelError {
    /// An error of the operating system, made for `map_err`.
    pub(super) fn io(
        doing: &'static str,
        path: &Path,
    ) -> impl FnOnce(std::io::Error) -> Self + use<> {
        let path = path.to_owned();
        move |source| Self::Io {
            doing,
            path,
            source,
        }
    }

    /// A file that is not what it claims to be, made for `map_err`.
    pub(super) fn damaged<E: std::fmt::Display>(
        format: &'static str,
        path: &Path,
    ) -> impl FnOnce(E) -> Self + use<E> {
        let path = path.to_owned();
        move |reason| Self::Damaged {
            format,
            reason: reason.to_string(),
            path,
        }
    }
}
