//! Files of a run: lines that are added one by one and survive a kill, settings that must stay the same, and whole
//! files that appear at once.

use std::fs::{File, OpenOptions};
use std::io::{BufRead as _, BufReader, ErrorKind, Read as _, Seek as _, SeekFrom, Write as _};
use std::marker::PhantomData;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::EvalError;
use crate::media::{FolderLock, LockError, ScratchFile};

/// Longest line and most lines that are read.
const MAX_LINE: u64 = 64 << 20;
const MAX_LINES: usize = 10_000_000;

/// Reads every line of a file of JSON lines; empty lines are passed over.
///
/// # Errors
/// When the file cannot be read or a line is not what it should be.
pub(super) fn read<T: DeserializeOwned>(path: &Path) -> Result<Vec<T>, EvalError> {
    let failed = || EvalError::file("reading a file of lines", path);
    let mut reader = BufReader::new(File::open(path).map_err(failed())?);
    let (mut lines, mut bytes) = (Vec::new(), Vec::new());
    for number in 1..=MAX_LINES {
        bytes.clear();
        let length = reader
            .by_ref()
            .take(MAX_LINE)
            .read_until(b'\n', &mut bytes)
            .map_err(failed())?;
        if length == 0 {
            return Ok(lines);
        }
        if length as u64 == MAX_LINE {
            return Err(EvalError::line(path, number, "it is too long"));
        }
        if bytes.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
        let line = serde_json::from_slice(bytes);
        lines.push(line.map_err(|error| EvalError::line(path, number, error.to_string()))?);
    }
    Err(EvalError::line(path, MAX_LINES, "there are too many lines"))
}

/// A file that lines are added to.
pub(super) struct Journal<T> {
    path: PathBuf,
    file: File,
    kind: PhantomData<T>,
}

impl<T: Serialize + DeserializeOwned> Journal<T> {
    /// Opens a file with the lines it has; a last line that was cut off by a kill is cut away. Any other line that
    /// cannot be read is an error: nothing behind it may be lost.
    pub(super) fn open(path: &Path) -> Result<(Self, Vec<T>), EvalError> {
        let failed = || EvalError::file("opening the lines of a run", path);
        let mut options = OpenOptions::new();
        let options = options.read(true).write(true).create(true).truncate(false);
        let mut file = options.open(path).map_err(failed())?;
        let (mut kept, mut lines, mut bytes) = (0, Vec::new(), Vec::new());
        let mut reader = BufReader::new(&file);
        for number in 1.. {
            bytes.clear();
            let length = reader
                .by_ref()
                .take(MAX_LINE)
                .read_until(b'\n', &mut bytes)
                .map_err(failed())?;
            if length as u64 == MAX_LINE {
                return Err(EvalError::line(path, number, "it is too long"));
            }
            if !bytes.ends_with(b"\n") {
                break;
            }
            if !bytes.iter().all(u8::is_ascii_whitespace) {
                let line = serde_json::from_slice(&bytes);
                lines.push(line.map_err(|error| EvalError::line(path, number, error.to_string()))?);
            }
            kept += length as u64;
        }
        file.set_len(kept).map_err(failed())?;
        file.seek(SeekFrom::Start(kept)).map_err(failed())?;
        let journal = Self {
            path: path.to_owned(),
            file,
            kind: PhantomData,
        };
        Ok((journal, lines))
    }

    /// Adds a line.
    pub(super) fn add(&mut self, line: &T) -> Result<(), EvalError> {
        let failed = || EvalError::file("writing a line of a run", &self.path);
        let mut bytes = serde_json::to_vec(line)
            .map_err(std::io::Error::from)
            .map_err(failed())?;
        bytes.push(b'\n');
        self.file.write_all(&bytes).map_err(failed())
    }
}

/// The file that an evaluation holds while it works.
const LOCK: &str = "eval.lock";

/// The folder of a run: made if it is not there, refused if it holds a run with other settings or another process
/// works in it. It is this one's as long as what is given back lives.
pub(super) fn folder(path: &Path, settings: &impl Serialize) -> Result<FolderLock, EvalError> {
    let lock = FolderLock::take(path, LOCK).map_err(|error| match error {
        LockError::Held { process, path } => EvalError::Locked { process, path },
        LockError::Io(source) => EvalError::file("making the folder of a run", path)(source),
    })?;
    keeps(path, settings)?;
    Ok(lock)
}

/// Refuses a folder with a run of other settings; notes them in a new one.
fn keeps(path: &Path, settings: &impl Serialize) -> Result<(), EvalError> {
    let file = path.join("settings.json");
    let text = pretty(settings, &file)?;
    let other = || EvalError::OtherRun {
        path: path.to_owned(),
    };
    match std::fs::read_to_string(&file) {
        Ok(known) if known == text => Ok(()),
        Ok(_) => Err(other()),
        // Lines without settings are somebody else's: they must not pass for this run's.
        Err(error) if error.kind() == ErrorKind::NotFound => {
            if has_lines(path)? {
                return Err(other());
            }
            Ok(ScratchFile::write_all_to(&file, text.as_bytes())?)
        }
        Err(error) => Err(EvalError::file("reading the settings of a run", &file)(
            error,
        )),
    }
}

/// Whether a folder has files of lines.
fn has_lines(path: &Path) -> Result<bool, EvalError> {
    let failed = || EvalError::file("looking into the folder of a run", path);
    for entry in std::fs::read_dir(path).map_err(failed())? {
        let name = entry.map_err(failed())?.path();
        if name.extension().is_some_and(|end| end == "jsonl") {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Writes what a run came to, for programs and for people.
pub(super) fn report(
    out: &Path,
    value: &serde_json::Value,
    markdown: &str,
) -> Result<(), EvalError> {
    let path = out.join("report.json");
    let text = pretty(value, &path)?;
    ScratchFile::write_all_to(&path, text.as_bytes())?;
    Ok(ScratchFile::write_all_to(
        &out.join("report.md"),
        markdown.as_bytes(),
    )?)
}

/// A value as indented JSON.
pub(super) fn pretty(value: &impl Serialize, path: &Path) -> Result<String, EvalError> {
    let text = serde_json::to_string_pretty(value).map_err(std::io::Error::from);
    Ok(text.map_err(EvalError::file("writing JSON", path))? + "\n")
}

/// Writes a file of lines that appears at once.
pub(super) fn lines<T: Serialize>(path: &Path, all: &[T]) -> Result<(), EvalError> {
    let mut text = String::new();
    for one in all {
        let line = serde_json::to_string(one).map_err(std::io::Error::from);
        text += &line.map_err(EvalError::file("writing a line of a run", path))?;
        text.push('\n');
    }
    Ok(ScratchFile::write_all_to(path, text.as_bytes())?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_cut_off_by_a_kill_is_written_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("lines.jsonl");
        let (mut journal, lines) = Journal::<u32>::open(&path).expect("opens");
        assert!(lines.is_empty());
        for number in [1, 22, 333] {
            journal.add(&number).expect("adds");
        }
        drop(journal);
        let bytes = std::fs::read(&path).expect("bytes");
        std::fs::write(&path, &bytes[..bytes.len() - 2]).expect("cut");
        let (mut journal, lines) = Journal::<u32>::open(&path).expect("opens");
        assert_eq!(lines, [1, 22]);
        journal.add(&4).expect("adds");
        assert_eq!(read::<u32>(&path).expect("reads"), [1, 22, 4]);
    }

    #[test]
    fn a_bad_line_in_the_middle_loses_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("lines.jsonl");
        let text = "1\n\n2\nnot a number\n3\n";
        std::fs::write(&path, text).expect("written");
        let error = Journal::<u32>::open(&path).err().expect("an error");
        assert!(error.to_string().contains("line 4"), "{error}");
        assert_eq!(std::fs::read_to_string(&path).expect("text"), text);
        std::fs::write(&path, "1\n\n2\n3").expect("written");
        let (_, lines) = Journal::<u32>::open(&path).expect("opens");
        assert_eq!(lines, [1, 2]);
    }

    #[test]
    fn lines_of_another_run_do_not_pass_for_this_one() {
        let run = tempfile::tempdir().expect("a folder");
        std::fs::write(run.path().join("predictions.jsonl"), "{}\n").expect("written");
        let refused = folder(run.path(), &1);
        assert!(matches!(refused, Err(EvalError::OtherRun { .. })));
        assert!(!run.path().join("settings.json").exists());
    }

    #[test]
    fn a_folder_keeps_its_settings() {
        let folder_ = tempfile::tempdir().expect("a folder");
        let path = folder_.path().join("run");
        let held = folder(&path, &1).expect("new");
        let second = folder(&path, &1);
        assert!(
            matches!(second, Err(EvalError::Locked { .. })),
            "{second:?}"
        );
        drop(held);
        folder(&path, &1).expect("again");
        assert!(matches!(folder(&path, &2), Err(EvalError::OtherRun { .. })));
    }
}
