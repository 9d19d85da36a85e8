//! Files that appear under their name only when they are whole.

use std::fs::File;
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::{MediaError, file_name};

/// A file that is written under a temporary name beside its own, and renamed by [`ScratchFile::commit`]. Dropped
/// without that, it is removed.
pub struct ScratchFile {
    file: Option<BufWriter<File>>,
    temporary: PathBuf,
    target: PathBuf,
}

impl ScratchFile {
    /// Creates the temporary file, and the folder where it lies; what an earlier run left there is overwritten.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn create(target: &Path) -> Result<Self, MediaError> {
        if let Some(folder) = target.parent() {
            std::fs::create_dir_all(folder)
                .map_err(|source| MediaError::io("creating the folder", folder, source))?;
        }
        let temporary = target.with_file_name(format!(".{}.part", file_name(target)));
        let file = File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(true)
            .open(&temporary)
            .map_err(|source| MediaError::io("creating the file", &temporary, source))?;
        Ok(Self {
            file: Some(BufWriter::with_capacity(1 << 17, file)),
            temporary,
            target: target.to_owned(),
        })
    }

    /// Puts the file on the disk and gives it its name.
    ///
    /// # Errors
    /// When the disk is full or the system refuses.
    pub fn commit(mut self) -> Result<(), MediaError> {
        let finished = self.finish();
        finished.map_err(|source| MediaError::io("writing the file", &self.target, source))
    }

    fn finish(&mut self) -> io::Result<()> {
        if let Some(file) = self.file.take() {
            let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
            file.sync_all()?;
            drop(file);
            std::fs::rename(&self.temporary, &self.target)?;
            // The name itself is on the disk once its folder is.
            if let Some(Ok(folder)) = self.target.parent().map(File::open) {
                drop(folder.sync_all());
            }
        }
        Ok(())
    }

    /// Writes a whole file at once.
    ///
    /// # Errors
    /// When the disk is full or the system refuses.
    pub fn write_all_to(target: &Path, bytes: &[u8]) -> Result<(), MediaError> {
        let mut file = Self::create(target)?;
        file.write_all(bytes)
            .map_err(|source| MediaError::io("writing the file", target, source))?;
        file.commit()
    }

    /// The file itself, with all that was written so far.
    pub(super) fn flushed(&mut self) -> io::Result<&mut File> {
        match &mut self.file {
            Some(file) => {
                file.flush()?;
                Ok(file.get_mut())
            }
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }
}

impl Write for ScratchFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.file {
            Some(file) => file.write(bytes),
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.as_mut().map_or(Ok(()), Write::flush)
    }
}

impl Seek for ScratchFile {
    fn seek(&mut self, place: SeekFrom) -> io::Result<u64> {
        match &mut self.file {
            Some(file) => file.seek(place),
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }
}

impl Drop for ScratchFile {
    fn drop(&mut self) {
        if self.file.take().is_some() {
            // Nothing can be done about a file that cannot be removed; the next run overwrites it.
            drop(std::fs::remove_file(&self.temporary));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_its_name_only_when_it_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("inside/a.txt");
        let mut file = ScratchFile::create(&path).unwrap();
        file.write_all(b"half").unwrap();
        assert!(!path.exists());
        drop(file);
        let left = std::fs::read_dir(path.parent().unwrap()).unwrap().count();
        assert_eq!(left, 0, "nothing is left of what was given up");
        ScratchFile::write_all_to(&path, b"whole").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"whole");
        ScratchFile::write_all_to(&path, b"other").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"other");
        let mut given_up = ScratchFile::create(&path).unwrap();
        given_up.write_all(b"ne").unwrap();
        drop(given_up);
        assert_eq!(
            std::fs::read(&path).unwrap(),
            b"other",
            "the old file stays"
        );
    }
}
