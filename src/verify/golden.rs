//! A golden folder: its manifest, its cases and the tensors of its files. Everything in it is a stranger's.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};
use std::rc::Rc;

use safetensors::SafeTensors;
use serde_json::Value;

use super::compare::Comparison;
use super::numbers::Numbers;
use super::{Fault, VerifyError};

/// Longest table and longest stage file that are read.
const MAX_TABLE: u64 = 256 << 20;
const MAX_STAGE: u64 = 8 << 30;

/// Where preprocessed pixels lie.
pub(super) const PREPROCESS: &str = "stages/preprocess.safetensors";

/// One file of the manifest.
pub(super) struct FileEntry {
    /// Its path inside the folder, with forward slashes.
    pub(super) path: String,
    /// Its length in bytes, where stated.
    pub(super) bytes: Option<u64>,
    /// Its tensors in the order of the manifest.
    pub(super) tensors: Vec<(String, TensorEntry)>,
}

/// What the manifest says of a tensor.
pub(super) struct TensorEntry {
    pub(super) shape: Vec<usize>,
    pub(super) comparison: Comparison,
}

impl FileEntry {
    /// The file's name without folders and extension.
    pub(super) fn stem(&self) -> &str {
        let name = self.path.rsplit('/').next().unwrap_or(&self.path);
        name.split_once('.').map_or(name, |(stem, _)| stem)
    }

    /// The folder it lies in; empty at the top.
    pub(super) fn folder(&self) -> &str {
        self.path.rsplit_once('/').map_or("", |(folder, _)| folder)
    }

    pub(super) fn tensor(&self, name: &str) -> Option<&TensorEntry> {
        let found = self.tensors.iter().find(|(known, _)| known == name);
        found.map(|(_, entry)| entry)
    }
}

/// A golden folder.
pub(super) struct Golden {
    pub(super) root: PathBuf,
    pub(super) set: String,
    pub(super) files: Vec<FileEntry>,
    pub(super) cases: Value,
    open: RefCell<BTreeMap<String, Rc<Vec<u8>>>>,
}

impl Golden {
    pub(super) fn open(root: &Path) -> Result<Self, VerifyError> {
        let path = root.join("manifest.json");
        let manifest = table(&path)?;
        let format = |what: String| VerifyError::Format {
            what,
            path: path.clone(),
        };
        let Some(listed) = manifest["files"].as_object() else {
            return Err(format("the manifest lists no files".into()));
        };
        let mut files = Vec::with_capacity(listed.len());
        for (name, entry) in listed {
            if !inside(name) {
                return Err(format(format!("{name:.100} leads out of the folder")));
            }
            files.push(file_entry(name, entry).map_err(format)?);
        }
        let cases = root.join("cases.json");
        Ok(Self {
            cases: if cases.exists() {
                table(&cases)?
            } else {
                Value::Null
            },
            set: manifest["set"].as_str().unwrap_or("unnamed").to_owned(),
            root: root.to_owned(),
            files,
            open: RefCell::default(),
        })
    }

    /// The manifest's entry of a file.
    pub(super) fn entry(&self, path: &str) -> Option<&FileEntry> {
        self.files.iter().find(|file| file.path == path)
    }

    /// Reads a tensor of a stage file.
    pub(super) fn tensor(&self, path: &str, name: &str) -> Result<Numbers, Fault> {
        let bytes = self.stage(path)?;
        let file = SafeTensors::deserialize(&bytes)
            .map_err(|error| Fault::stored(format!("{path} is damaged: {error}")))?;
        let view = file.tensor(name).map_err(|_absent| Fault::Absent {
            file: path.to_owned(),
            tensor: name.to_owned(),
        })?;
        let numbers = Numbers::of_view(&view)?;
        let stated = self.entry(path).and_then(|file| file.tensor(name));
        match stated.filter(|stated| stated.shape != numbers.shape) {
            Some(stated) => Err(Fault::stored(format!(
                "{path}: {name} has shape {:?}, the manifest says {:?}",
                numbers.shape, stated.shape
            ))),
            None => Ok(numbers),
        }
    }

    /// The names a safetensors file holds.
    pub(super) fn names(&self, path: &str) -> Result<Vec<String>, Fault> {
        let bytes = self.stage(path)?;
        let file = SafeTensors::deserialize(&bytes)
            .map_err(|error| Fault::stored(format!("{path} is damaged: {error}")))?;
        let mut names: Vec<String> = file.names().into_iter().map(str::to_owned).collect();
        names.sort();
        Ok(names)
    }

    /// A JSON file of the folder.
    pub(super) fn json(&self, path: &str) -> Result<Value, Fault> {
        table(&self.root.join(path)).map_err(|error| Fault::stored(error.to_string()))
    }

    fn stage(&self, path: &str) -> Result<Rc<Vec<u8>>, Fault> {
        if let Some(bytes) = self.open.borrow().get(path) {
            return Ok(Rc::clone(bytes));
        }
        let io = |source| Fault::Io {
            file: path.to_owned(),
            source,
        };
        let full = self.root.join(path);
        let length = std::fs::metadata(&full).map_err(io)?.len();
        if length > MAX_STAGE {
            return Err(Fault::stored(format!(
                "{path} has {length} bytes, too many to read"
            )));
        }
        let bytes = Rc::new(std::fs::read(&full).map_err(io)?);
        let shared = Rc::clone(&bytes);
        self.open.borrow_mut().insert(path.to_owned(), shared);
        Ok(bytes)
    }

    /// The run folder of the policy checkpoint: where a `checkpoints` folder lies.
    pub(super) fn run_folder(&self) -> Option<PathBuf> {
        let run = self.files.iter().find_map(|file| {
            let (run, _) = file.path.split_once("checkpoints/")?;
            Some(run.trim_end_matches('/'))
        })?;
        Some(self.root.join(run))
    }

    /// The weights files of the policy checkpoint.
    pub(super) fn weights(&self) -> impl Iterator<Item = &FileEntry> {
        self.files
            .iter()
            .filter(|file| file.path.contains("checkpoints/"))
    }

    /// The folder of the stock planner: where an image processor's settings lie.
    pub(super) fn base_folder(&self) -> Option<PathBuf> {
        let marks = ["preprocessor_config.json", "generation_config.json"];
        let base = self.files.iter().find(|file| {
            let name = file.path.rsplit('/').next().unwrap_or_default();
            marks.contains(&name)
        })?;
        Some(self.root.join(base.folder()))
    }

    /// The two or more pictures that were preprocessed, in order.
    pub(super) fn scenes(&self) -> Vec<String> {
        let listed = &self.cases["preprocess"]["images"];
        let names = listed.as_array().into_iter().flatten();
        names.filter_map(Value::as_str).map(str::to_owned).collect()
    }
}

fn inside(path: &str) -> bool {
    let path = Path::new(path);
    path.components()
        .all(|part| matches!(part, Component::Normal(_)))
}

fn file_entry(path: &str, entry: &Value) -> Result<FileEntry, String> {
    let mut tensors = Vec::new();
    for (name, stated) in entry["tensors"].as_object().into_iter().flatten() {
        let comparison = comparison(stated)
            .ok_or_else(|| format!("{path}: {name:.100} says no known way to compare it"))?;
        let shape: Option<Vec<usize>> = serde_json::from_value(stated["shape"].clone()).ok();
        let shape = shape.ok_or_else(|| format!("{path}: {name:.100} has no shape"))?;
        tensors.push((name.clone(), TensorEntry { shape, comparison }));
    }
    Ok(FileEntry {
        path: path.to_owned(),
        bytes: entry["bytes"].as_u64(),
        tensors,
    })
}

fn comparison(stated: &Value) -> Option<Comparison> {
    match stated["compare"].as_str()? {
        "exact" => Some(Comparison::Exact),
        "u8" => Some(Comparison::Pixels),
        "close" => stated["atol"].as_f64().map(Comparison::Close),
        _ => None,
    }
}

fn table(path: &Path) -> Result<Value, VerifyError> {
    let io = |source| VerifyError::Io {
        path: path.to_owned(),
        source,
    };
    let format = |what: String| VerifyError::Format {
        what,
        path: path.to_owned(),
    };
    let length = std::fs::metadata(path).map_err(io)?.len();
    if length > MAX_TABLE {
        return Err(format(format!("it has {length} bytes")));
    }
    let bytes = std::fs::read(path).map_err(io)?;
    serde_json::from_slice(&bytes).map_err(|error| format(format!("not JSON: {error}")))
}
