//! Reading files that strangers wrote: regular files only, and never more memory than the file is long.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use super::LoadError;

/// An open regular file whose length is known, read at positions.
#[derive(Debug)]
pub(super) struct InputFile {
    file: File,
    len: u64,
    path: PathBuf,
}

impl InputFile {
    /// Opens `path`. Pipes, devices and folders are refused, since they can block or never end.
    pub(super) fn open(path: &Path) -> Result<Self, LoadError> {
        let io = |source| io_error(path, source);
        let found = std::fs::metadata(path).map_err(io)?;
        if !found.is_file() {
            return Err(LoadError::Unsupported {
                what: "this is not a regular file; choose a file or a checkpoint folder".into(),
                path: path.into(),
            });
        }
        let file = File::open(path).map_err(io)?;
        let len = file.metadata().map_err(io)?.len();
        Ok(Self {
            file,
            len,
            path: path.into(),
        })
    }

    /// Bytes in the file when it was opened.
    pub(super) const fn len(&self) -> u64 {
        self.len
    }

    /// `count` bytes from `offset`. The range is compared with the file's length before memory is taken.
    pub(super) fn read_at(&mut self, offset: u64, count: u64) -> Result<Vec<u8>, LoadError> {
        let inside = offset.checked_add(count).is_some_and(|end| end <= self.len);
        if !inside {
            return Err(self.damaged(format!(
                "the file has {} bytes but {count} bytes at {offset} are needed",
                self.len
            )));
        }
        let mut bytes = Vec::new();
        let reserved = usize::try_from(count).is_ok_and(|n| bytes.try_reserve_exact(n).is_ok());
        if !reserved {
            return Err(LoadError::Unsupported {
                what: format!(
                    "{count} bytes of memory are needed and not there; close other programs"
                ),
                path: self.path.clone(),
            });
        }
        self.file
            .seek(SeekFrom::Start(offset))
            .and_then(|_| (&mut self.file).take(count).read_to_end(&mut bytes))
            .map_err(|source| io_error(&self.path, source))?;
        if bytes.len() as u64 == count {
            Ok(bytes)
        } else {
            Err(self.damaged(format!(
                "the file was cut short at {offset} while it was read"
            )))
        }
    }

    /// A [`LoadError::Damaged`] about this file.
    pub(super) fn damaged(&self, what: impl Into<String>) -> LoadError {
        damaged(&self.path, what)
    }

    /// A [`LoadError::Unsupported`] about this file.
    pub(super) fn unsupported(&self, what: impl Into<String>) -> LoadError {
        LoadError::Unsupported {
            what: what.into(),
            path: self.path.clone(),
        }
    }
}

/// The text of a small file of at most `limit` bytes.
pub(super) fn read_text(path: &Path, limit: u64) -> Result<String, LoadError> {
    let mut file = InputFile::open(path)?;
    if file.len() > limit {
        return Err(file.unsupported(format!(
            "{} bytes are too many for this file (at most {limit}); choose another file",
            file.len()
        )));
    }
    let bytes = file.read_at(0, file.len())?;
    String::from_utf8(bytes)
        .map_err(|error| file.damaged(format!("not UTF-8 text: {}", error.utf8_error())))
}

/// The JSON of a small file of at most `limit` bytes.
pub(super) fn read_json(path: &Path, limit: u64) -> Result<serde_json::Value, LoadError> {
    let text = read_text(path, limit)?;
    serde_json::from_str(&text).map_err(|error| damaged(path, format!("not valid JSON: {error}")))
}

/// A [`LoadError::Damaged`].
pub(super) fn damaged(path: &Path, what: impl Into<String>) -> LoadError {
    LoadError::Damaged {
        what: what.into(),
        path: path.into(),
    }
}

/// Text from a file, made fit for a message: short and printable.
pub(super) fn shown(text: &str) -> String {
    const MOST: usize = 80;
    let mut short: String = text
        .chars()
        .take(MOST)
        .map(|c| if c.is_control() { '\u{fffd}' } else { c })
        .collect();
    if text.chars().nth(MOST).is_some() {
        short.push('…');
    }
    short
}

fn io_error(path: &Path, source: std::io::Error) -> LoadError {
    LoadError::Io {
        path: path.into(),
        source,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_beyond_the_file_takes_no_memory() {
        let folder = tempfile::tempdir().expect("temporary folder");
        let path = folder.path().join("small");
        std::fs::write(&path, b"abcdef").expect("writes");
        let mut file = InputFile::open(&path).expect("opens");
        assert_eq!(file.read_at(2, 3).expect("inside"), b"cde");
        for (offset, count) in [(0, u64::MAX), (u64::MAX, 1), (6, 1), (3, 1 << 60)] {
            let error = file.read_at(offset, count).expect_err("outside");
            assert!(matches!(error, LoadError::Damaged { .. }), "{error}");
        }
        assert_eq!(file.read_at(6, 0).expect("nothing"), b"");
    }

    #[test]
    fn folders_and_missing_files_are_named() {
        let folder = tempfile::tempdir().expect("temporary folder");
        let error = InputFile::open(folder.path()).expect_err("a folder");
        assert!(error.to_string().contains("not a regular file"), "{error}");
        let error = InputFile::open(&folder.path().join("none")).expect_err("missing");
        assert!(matches!(error, LoadError::Io { .. }), "{error}");
    }

    #[test]
    fn messages_stay_short_and_printable() {
        assert_eq!(shown("a\u{1b}[2J"), "a\u{fffd}[2J");
        assert_eq!(shown(&"x".repeat(1000)).chars().count(), 81);
    }
}
