//! The text files beside a dataset: `scenes.jsonl`, `grounding.jsonl`, `priors.jsonl`, `rejects.jsonl`.
//!
//! `scenes.jsonl` has a line for every slot that is done and says how long the other files were then. Lines are written
//! before the dataset takes the episode, so that after a kill the files may be ahead, never behind; opening cuts them
//! back to the dataset.

use std::fs::{File, OpenOptions};
use std::io::{BufRead as _, BufReader, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::film::Told;
use super::{CollectError, Reject};

/// Has a line for every episode of a dataset.
pub(super) const SCENES: &str = "scenes.jsonl";
/// The same for episodes of which only stills are kept.
pub(super) const STILLS: &str = "stills.jsonl";
/// Files that grow with every episode.
const OTHERS: [&str; 3] = ["grounding.jsonl", "priors.jsonl", "rejects.jsonl"];

/// One line of `scenes.jsonl`, less the scene.
#[derive(Debug, Serialize, Deserialize)]
struct Entry {
    slot: usize,
    /// None if the slot was given up.
    episode: Option<u64>,
    /// Bytes of [`OTHERS`] with this slot.
    ends: [u64; 3],
    /// Everything from which the episode can be played and drawn again.
    #[serde(default, skip_serializing_if = "serde_json::Value::is_null")]
    scene: serde_json::Value,
}

/// The files, open for appending.
pub(super) struct Journal {
    folder: PathBuf,
    name: &'static str,
    scenes: File,
    others: [File; 3],
    next_slot: usize,
}

impl Journal {
    /// Opens the files of a dataset that has `episodes`; without `resume` they begin empty.
    pub(super) fn open(
        folder: &Path,
        name: &'static str,
        episodes: u64,
        resume: bool,
    ) -> Result<Self, CollectError> {
        let failed = |doing, path: &Path| {
            let path = path.to_owned();
            move |source| CollectError::File {
                doing,
                source,
                path,
            }
        };
        let open = |name: &str| {
            let path = folder.join(name);
            let mut options = OpenOptions::new();
            options
                .read(true)
                .write(true)
                .create(true)
                .truncate(!resume);
            options
                .open(&path)
                .map_err(failed("opening a file beside the dataset", &path))
        };
        let scenes = open(name)?;
        let [a, b, c] = OTHERS;
        let mut journal = Self {
            folder: folder.to_owned(),
            name,
            scenes,
            others: [open(a)?, open(b)?, open(c)?],
            next_slot: 0,
        };
        journal.cut(episodes)?;
        Ok(journal)
    }

    /// The first slot that is not done.
    pub(super) const fn next_slot(&self) -> usize {
        self.next_slot
    }

    /// Cuts every file back to what the dataset has.
    fn cut(&mut self, episodes: u64) -> Result<(), CollectError> {
        let path = self.folder.join(self.name);
        let (mut kept, mut ends) = (0, [0; 3]);
        let mut reader = BufReader::new(&self.scenes);
        let mut line = String::new();
        for number in 1.. {
            line.clear();
            let read = reader
                .read_line(&mut line)
                .map_err(|source| CollectError::File {
                    doing: "reading the scenes",
                    source,
                    path: path.clone(),
                })?;
            // A line without its end was cut off by a kill.
            if read == 0 || !line.ends_with('\n') {
                break;
            }
            let entry: Entry =
                serde_json::from_str(&line).map_err(|error| CollectError::Journal {
                    line: number,
                    what: error.to_string(),
                    path: path.clone(),
                })?;
            if entry.episode.is_some_and(|episode| episode >= episodes) {
                break;
            }
            kept += read as u64;
            ends = entry.ends;
            self.next_slot = entry.slot + 1;
        }
        for (file, end) in self
            .others
            .iter_mut()
            .zip(ends)
            .chain([(&mut self.scenes, kept)])
        {
            let cut = file
                .set_len(end)
                .and_then(|()| file.seek(SeekFrom::Start(end)));
            cut.map_err(|source| CollectError::File {
                doing: "cutting files back to the finished episodes",
                source,
                path: self.folder.clone(),
            })?;
        }
        Ok(())
    }

    /// Notes an episode that is about to be appended.
    pub(super) fn filmed(
        &mut self,
        slot: usize,
        episode: u64,
        told: &Told,
        rejects: &[Reject],
    ) -> Result<(), CollectError> {
        self.others(|[grounding, priors, _]| {
            told.write_questions(episode, grounding)?;
            told.write_priors(episode, priors)
        })?;
        self.entry(slot, Some(episode), told.scene.clone(), rejects)
    }

    /// Notes a slot for which no seed gave a good episode.
    pub(super) fn gave_up(&mut self, slot: usize, rejects: &[Reject]) -> Result<(), CollectError> {
        self.entry(slot, None, serde_json::Value::Null, rejects)
    }

    fn entry(
        &mut self,
        slot: usize,
        episode: Option<u64>,
        scene: serde_json::Value,
        rejects: &[Reject],
    ) -> Result<(), CollectError> {
        let mut ends = [0; 3];
        self.others(|files| {
            for reject in rejects {
                line(&mut files[2], reject)?;
            }
            for (end, file) in ends.iter_mut().zip(files.iter_mut()) {
                *end = file.stream_position()?;
            }
            Ok(())
        })?;
        let entry = Entry {
            slot,
            episode,
            ends,
            scene,
        };
        let path = self.folder.join(self.name);
        line(&mut self.scenes, &entry).map_err(|source| CollectError::File {
            doing: "noting an episode",
            source,
            path,
        })?;
        self.next_slot = slot + 1;
        Ok(())
    }

    fn others(
        &mut self,
        work: impl FnOnce(&mut [File; 3]) -> std::io::Result<()>,
    ) -> Result<(), CollectError> {
        work(&mut self.others).map_err(|source| CollectError::File {
            doing: "writing questions and priors",
            source,
            path: self.folder.clone(),
        })
    }
}

/// Appends a value as one line, in one write.
pub(super) fn line(to: &mut impl std::io::Write, value: &impl Serialize) -> std::io::Result<()> {
    let mut text = serde_json::to_vec(value)?;
    text.push(b'\n');
    to.write_all(&text)
}
