//! The run folder: one trainer at a time, and files that are either whole or not there.

use std::path::{Path, PathBuf};

use super::TrainError;
use crate::media::{FolderLock, LockError, ScratchFile};

/// The file that a trainer holds.
const LOCK: &str = "train.lock";

/// A run folder that this process trains in.
#[derive(Debug)]
pub(super) struct RunFolder {
    path: PathBuf,
    _lock: FolderLock,
}

impl RunFolder {
    /// Makes the folder if needed and takes it.
    pub(super) fn take(path: &Path) -> Result<Self, TrainError> {
        let lock = FolderLock::take(path, LOCK).map_err(|error| match error {
            LockError::Held { process, path } => TrainError::Locked { process, path },
            LockError::Io(source) => TrainError::io("making the run folder", path, source),
        })?;
        Ok(Self {
            path: path.to_owned(),
            _lock: lock,
        })
    }

    /// A file or folder in it.
    pub(super) fn join(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// The folder.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

/// Writes a file that is either whole or not there.
pub(super) fn write_atomically(path: &Path, bytes: &[u8]) -> Result<(), TrainError> {
    Ok(ScratchFile::write_all_to(path, bytes)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_has_one_trainer() {
        let folder = tempfile::tempdir().unwrap();
        let first = RunFolder::take(folder.path()).unwrap();
        let second = RunFolder::take(folder.path());
        assert!(
            matches!(second, Err(TrainError::Locked { .. })),
            "{second:?}"
        );
        drop(first);
        RunFolder::take(folder.path()).unwrap();
    }
}
