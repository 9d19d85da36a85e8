//! A folder that one process works in at a time.

use std::fs::{File, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

/// A folder that this process works in. The system lets the lock go when the process ends, however it ends.
#[derive(Debug)]
pub struct FolderLock {
    _file: File,
}

/// Why a folder cannot be taken.
#[derive(Debug)]
pub enum LockError {
    /// Another process works there.
    Held {
        /// Its number, as far as it is known.
        process: String,
        /// The file it holds.
        path: PathBuf,
    },
    /// The system refuses.
    Io(io::Error),
}

impl FolderLock {
    /// Makes the folder if needed and holds the file called `name` in it.
    ///
    /// # Errors
    /// When another process holds it, or the system refuses.
    pub fn take(folder: &Path, name: &str) -> Result<Self, LockError> {
        std::fs::create_dir_all(folder).map_err(LockError::Io)?;
        let path = folder.join(name);
        let mut options = File::options();
        let options = options.read(true).write(true).create(true).truncate(false);
        let mut file = options.open(&path).map_err(LockError::Io)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut process = String::new();
                let named = (&mut file).take(20).read_to_string(&mut process).is_ok();
                return Err(LockError::Held {
                    process: if named {
                        process.trim().into()
                    } else {
                        "unknown".into()
                    },
                    path,
                });
            }
            Err(TryLockError::Error(error)) => return Err(LockError::Io(error)),
        }
        let named = file
            .set_len(0)
            .and_then(|()| write!(file, "{}", std::process::id()));
        named.map_err(LockError::Io)?;
        Ok(Self { _file: file })
    }
}
