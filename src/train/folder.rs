//! The run folder: one trainer at a time, and files that are either whole or not there.

use std::fs::{self, File, TryLockError};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use super::TrainError;
use crate::media::ScratchFile;

/// The file that a trainer holds.
const LOCK: &str = "train.lock";

/// A run folder that this process trains in. The system lets the lock go when the process ends, however it ends.
#[derive(Debug)]
pub(super) struct RunFolder {
    path: PathBuf,
    _lock: File,
}

impl RunFolder {
    /// Makes the folder if needed and takes it.
    pub(super) fn take(path: &Path) -> Result<Self, TrainError> {
        let io = |source| TrainError::io("making the run folder", path, source);
        fs::create_dir_all(path).map_err(io)?;
        let lock_path = path.join(LOCK);
        let mut lock = File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&lock_path)
            .map_err(io)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut process = String::new();
                let named = (&mut lock).take(20).read_to_string(&mut process).is_ok();
                return Err(TrainError::Locked {
                    process: if named {
                        process.trim().into()
                    } else {
                        "unknown".into()
                    },
                    path: lock_path,
                });
            }
            Err(TryLockError::Error(source)) => return Err(io(source)),
        }
        lock.set_len(0).map_err(io)?;
        write!(lock, "{}", std::process::id()).map_err(io)?;
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
