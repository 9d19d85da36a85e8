//! Writes datasets: every file whole or not at all, never into what was read.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Component, Path, PathBuf};

use serde::Serialize;

use super::error::LabelError;
use super::finder::inside;
use super::geometry::Shape;
use super::loss::{Feature, fitted, losses};
use super::options::{Pictures, WriteOptions};
use super::record::{ImageRef, LabelSet, Sample, Target};

/// The name of targets that have none, where a format asks for one.
pub(super) const NAMELESS: &str = "object";

/// What was written, and what was lost on the way.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct WriteReport {
    /// Name of the format.
    pub format: &'static str,
    /// Files of annotations.
    pub files: Vec<PathBuf>,
    /// Samples that were written.
    pub samples: u64,
    /// Targets that were written.
    pub targets: u64,
    /// Pictures that were copied.
    pub pictures: u64,
    /// Pictures that were not there to be copied.
    pub pictures_missing: u64,
    /// What the format cannot hold, and how often that was so.
    pub lost: BTreeMap<Feature, u64>,
    /// Other things worth knowing, and how often.
    pub notes: BTreeMap<&'static str, u64>,
}

impl fmt::Display for WriteReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut row =
            |name: &str, count: u64, what: &str| writeln!(f, "{name:<12}{count:>9}  {what}");
        row("written", self.samples, "samples")?;
        row("", self.targets, "targets")?;
        row("", self.pictures, "pictures copied")?;
        row(
            "missing",
            self.pictures_missing,
            "pictures not there to be copied",
        )?;
        for (feature, count) in &self.lost {
            row("lost", *count, feature.fate())?;
        }
        for (note, count) in &self.notes {
            row("note", *count, note)?;
        }
        Ok(())
    }
}

/// A dataset being written.
pub(super) struct Export<'a> {
    /// What is written.
    pub set: &'a LabelSet,
    /// What will be said about it.
    pub report: WriteReport,
    holds: &'static [Feature],
    folder: PathBuf,
    /// The one file, where a file was asked for.
    file: Option<PathBuf>,
    options: WriteOptions,
    /// Names given to pictures, by what they were made from.
    names: HashMap<PathBuf, String>,
    taken: HashSet<String>,
}

impl<'a> Export<'a> {
    /// Prepares `out`: a file where its name has one of the `endings`, else a new folder.
    pub fn open(
        set: &'a LabelSet,
        out: &Path,
        (format, holds): (&'static str, &'static [Feature]),
        endings: &[&str],
        options: WriteOptions,
    ) -> Result<Self, LabelError> {
        refuse_source(&set.path, out)?;
        let ending = out.extension().and_then(|ending| ending.to_str());
        let is_file =
            ending.is_some_and(|e| endings.iter().any(|known| e.eq_ignore_ascii_case(known)));
        let used =
            out.is_dir() && fs::read_dir(out).is_ok_and(|mut entries| entries.next().is_some());
        if out.is_file() || used || (is_file && out.exists()) {
            return Err(LabelError::Exists {
                out: out.to_owned(),
            });
        }
        let folder = if is_file {
            out.parent().map_or_else(PathBuf::new, Path::to_owned)
        } else {
            out.to_owned()
        };
        if !folder.as_os_str().is_empty() {
            fs::create_dir_all(&folder).map_err(LabelError::io("making the folder", &folder))?;
        }
        Ok(Self {
            set,
            report: WriteReport {
                format,
                lost: losses(set, holds).into_iter().collect(),
                ..WriteReport::default()
            },
            holds,
            folder,
            file: is_file.then(|| out.to_owned()),
            options,
            names: HashMap::new(),
            taken: HashSet::new(),
        })
    }

    /// The targets of a sample as the format holds them, counted as written.
    pub fn targets<'s>(&mut self, sample: &'s Sample) -> Vec<(&'s Target, Shape)> {
        let fitting = sample
            .targets
            .iter()
            .filter_map(|target| Some((target, fitted(target, self.holds)?)));
        let targets: Vec<(&Target, Shape)> = fitting.collect();
        self.report.targets += targets.len() as u64;
        targets
    }

    /// Says something worth knowing.
    pub fn note(&mut self, note: &'static str) {
        *self.report.notes.entry(note).or_default() += 1;
    }

    /// Copies a picture into the folder `below`, and returns the path by which a file in the output names it.
    pub fn picture(&mut self, image: &ImageRef, below: &str) -> Result<String, LabelError> {
        if self.options.pictures == Pictures::Leave || self.file.is_some() {
            return Ok(image.path.clone());
        }
        let key = image
            .file
            .clone()
            .unwrap_or_else(|| PathBuf::from(&image.path));
        if let Some(name) = self.names.get(&key) {
            return Ok(name.clone());
        }
        let name = self.free_name(image, below);
        match (&image.file, &image.embedded) {
            (Some(file), _) => self.copy(file, &name)?,
            (None, Some(json)) => self.unpack(json, &name)?,
            (None, None) => self.report.pictures_missing += 1,
        }
        self.names.insert(key, name.clone());
        Ok(name)
    }

    /// The path as written where it is a safe one, else its last part; numbered where it is taken.
    fn free_name(&self, image: &ImageRef, below: &str) -> String {
        let plain = image.path.replace('\\', "/");
        let safe = inside(&plain).filter(|_| !plain.contains("://") && !plain.starts_with('/'));
        let found = image
            .file
            .as_deref()
            .unwrap_or(Path::new(&plain))
            .file_name();
        let last = || PathBuf::from(found.unwrap_or("picture".as_ref()));
        let path = safe
            .unwrap_or_else(last)
            .to_string_lossy()
            .replace('\\', "/");
        let below = below.trim_end_matches('/');
        let path = match path
            .strip_prefix(below)
            .and_then(|rest| rest.strip_prefix('/'))
        {
            Some(rest) if !below.is_empty() => rest.to_owned(),
            _ => path,
        };
        let join = |path: &str| {
            if below.is_empty() {
                path.to_owned()
            } else {
                format!("{below}/{path}")
            }
        };
        let (stem, ending) = path.rsplit_once('.').unwrap_or((&path, "jpg"));
        std::iter::once(join(&path))
            .chain((2..u32::MAX).map(|number| join(&format!("{stem}_{number}.{ending}"))))
            .find(|name| !self.taken.contains(&name.to_lowercase()))
            .unwrap_or_default()
    }

    /// Writes a picture that stands inside an annotation file.
    fn unpack(&mut self, json: &Path, name: &str) -> Result<(), LabelError> {
        let Some(bytes) = super::formats::embedded(json) else {
            self.report.pictures_missing += 1;
            return Ok(());
        };
        let to = self.place(name)?;
        let part = partial(&to);
        fs::write(&part, bytes).map_err(LabelError::io("writing the picture", &to))?;
        fs::rename(&part, &to).map_err(LabelError::io("naming the picture", &to))?;
        self.report.pictures += 1;
        Ok(())
    }

    /// Where a picture of this name goes.
    fn place(&mut self, name: &str) -> Result<PathBuf, LabelError> {
        let to = self.folder.join(name);
        self.taken.insert(name.to_lowercase());
        if let Some(folder) = to.parent() {
            fs::create_dir_all(folder).map_err(LabelError::io("making the folder", folder))?;
        }
        Ok(to)
    }

    fn copy(&mut self, from: &Path, name: &str) -> Result<(), LabelError> {
        let to = self.place(name)?;
        let part = partial(&to);
        fs::copy(from, &part).map_err(LabelError::io("copying the picture", from))?;
        fs::rename(&part, &to).map_err(LabelError::io("naming the picture", &to))?;
        self.report.pictures += 1;
        Ok(())
    }

    /// Writes the main file of annotations: the one asked for, else `name` in the folder.
    pub fn main(
        &mut self,
        name: &str,
        fill: impl FnOnce(&mut dyn Write) -> std::io::Result<()>,
    ) -> Result<(), LabelError> {
        match self.file.clone() {
            Some(file) => self.write(file, fill),
            None => self.write(self.folder.join(name), fill),
        }
    }

    /// Writes a file into the folder.
    pub fn side(&mut self, name: &str, content: &[u8]) -> Result<(), LabelError> {
        self.write(self.folder.join(name), |to| to.write_all(content))
    }

    fn write(
        &mut self,
        path: PathBuf,
        fill: impl FnOnce(&mut dyn Write) -> std::io::Result<()>,
    ) -> Result<(), LabelError> {
        if let Some(folder) = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty())
        {
            fs::create_dir_all(folder).map_err(LabelError::io("making the folder", folder))?;
        }
        let part = partial(&path);
        let written = (|| {
            let mut to = BufWriter::new(File::create(&part)?);
            fill(&mut to)?;
            let file = to
                .into_inner()
                .map_err(std::io::IntoInnerError::into_error)?;
            file.sync_all()?;
            fs::rename(&part, &path)
        })();
        if let Err(source) = written {
            // Nothing of use is in it; that it cannot be removed either says nothing new.
            drop(fs::remove_file(&part));
            return Err(LabelError::io("writing the file", &path)(source));
        }
        self.report.files.push(path);
        Ok(())
    }

    /// What is said at the end.
    pub fn finish(self) -> Result<WriteReport, LabelError> {
        if self.report.samples == 0 && !self.set.samples.is_empty() {
            return Err(LabelError::NothingToWrite {
                samples: self.set.samples.len(),
                format: self.report.format,
            });
        }
        Ok(self.report)
    }
}

/// The samples of every picture, in order of the first; those without a picture are left out.
pub(super) fn by_picture(set: &LabelSet) -> Vec<(&ImageRef, Vec<&Sample>)> {
    let mut pictures: Vec<(&ImageRef, Vec<&Sample>)> = Vec::new();
    let mut known: HashMap<&Path, usize> = HashMap::new();
    for sample in &set.samples {
        let Some(image) = sample.image() else {
            continue;
        };
        let key = image.file.as_deref().unwrap_or(Path::new(&image.path));
        let index = *known.entry(key).or_insert(pictures.len());
        match pictures.get_mut(index) {
            Some((_, samples)) => samples.push(sample),
            None => pictures.push((image, vec![sample])),
        }
    }
    pictures
}

/// The name of a file while it is not whole.
fn partial(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.partial", std::process::id()));
    path.with_file_name(name)
}

/// Refuses to write into what was read.
fn refuse_source(source: &Path, out: &Path) -> Result<(), LabelError> {
    if source.as_os_str().is_empty() || !real(out).starts_with(real(source)) {
        return Ok(());
    }
    Err(LabelError::InsideSource {
        source_path: source.to_owned(),
        out: out.to_owned(),
    })
}

/// The absolute path without links and `..`, also of what is not there yet.
fn real(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut real = PathBuf::new();
    for component in path.components() {
        match component {
            Component::ParentDir => {
                real.pop();
            }
            other => real.push(other),
        }
        // Links are followed part by part, as the operating system does.
        if let Ok(known) = real.canonicalize() {
            real = known;
        }
    }
    real
}
