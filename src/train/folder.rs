//! The run folder: one trainer at a time, and files that are either whole or not there.

use std::fs::{self, File, TryLockError};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use super::TrainError;

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

/// Writes a file beside its place, makes sure that it is on the disk, and moves it there: whoever opens the name finds
/// the old file or the new one.
pub(super) fn write_atomically(path: &Path, bytes: &[u8]) -> Result<(), TrainError> {
    write_with(path, |file| file.write_all(bytes))
}

/// As [`write_atomically`], the file being filled by `fill`.
pub(super) fn write_with(
    path: &Path,
    fill: impl FnOnce(&mut File) -> std::io::Result<()>,
) -> Result<(), TrainError> {
    let io = |source| TrainError::io("saving", path, source);
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(io)?;
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    let part = folder.join(name);
    let written = File::create(&part).and_then(|mut file| {
        fill(&mut file)?;
        file.sync_all()
    });
    let moved = written.and_then(|()| fs::rename(&part, path));
    if let Err(source) = moved {
        // What is half-written is in nobody's way; that it cannot be removed changes nothing.
        drop(fs::remove_file(&part));
        return Err(io(source));
    }
    // The name itself is on the disk once its folder is.
    if let Ok(folder) = File::open(folder) {
        drop(folder.sync_all());
    }
    Ok(())
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

    #[test]
    fn a_failed_save_leaves_the_old_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("weights");
        write_atomically(&path, b"old").unwrap();
        let full = write_with(&path, |file| {
            file.write_all(b"ne")?;
            Err(std::io::Error::from(std::io::ErrorKind::StorageFull))
        });
        assert!(full.unwrap_err().to_string().contains("saving"));
        assert_eq!(fs::read(&path).unwrap(), b"old");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
