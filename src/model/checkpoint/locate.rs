//! From the path a person chose to the files of a checkpoint: the weights, the configuration, the planner's folder.

use std::path::{Path, PathBuf};

use super::LoadError;
use super::container::Container;

/// A folder with more files than this is not searched further.
const MAX_LISTED: usize = 10_000;
/// Configurations of a run, newest first.
const RUN_CONFIGS: [&str; 2] = ["config.yaml", "config.json"];
/// Folders of a run that hold weights.
const WEIGHT_FOLDERS: [&str; 2] = ["checkpoints", "final_model"];
/// Weights of a Hugging Face folder, in the order transformers looks for them.
const HUB_WEIGHTS: [&str; 3] = [
    "model.safetensors",
    "model.safetensors.index.json",
    "pytorch_model.bin",
];

/// Weights of a run at one step of training.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepFile {
    /// The step; nothing for the weights saved after the last.
    pub step: Option<u64>,
    /// The file.
    pub path: PathBuf,
}

/// A checkpoint's files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Located {
    /// A training run.
    Run {
        folder: PathBuf,
        config: PathBuf,
        chosen: StepFile,
        steps: Vec<StepFile>,
    },
    /// A planner as published.
    Hub { folder: PathBuf, weights: PathBuf },
}

/// Whether `path` is meant as a checkpoint: a folder with a configuration of one, or a file of weights.
#[must_use]
pub fn is_checkpoint(path: &Path) -> bool {
    if path.is_dir() {
        run_config(path).is_some() || hub_config(path)
    } else {
        Container::of(path).is_ok()
    }
}

/// Finds the checkpoint that `path` means: a run folder, a Hugging Face folder, or weights inside either.
pub(super) fn locate(path: &Path) -> Result<Located, LoadError> {
    if path.is_dir() {
        return folder(path);
    }
    let file = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    let parent = file.parent().unwrap_or(Path::new("")).to_path_buf();
    if is_config(&file) && file.is_file() {
        return folder(&parent);
    }
    Container::of(&file)?;
    let grandparent = parent.parent().map(Path::to_path_buf);
    for run in grandparent.iter().chain([&parent]) {
        if let Some(config) = run_config(run) {
            let chosen = StepFile {
                step: step_of(&file),
                path: file,
            };
            return Ok(Located::Run {
                steps: steps(run),
                folder: run.clone(),
                config,
                chosen,
            });
        }
    }
    if hub_config(&parent) {
        let weights = whole_model(&parent, &file);
        return Ok(Located::Hub {
            folder: parent,
            weights,
        });
    }
    Err(missing_config(&parent))
}

fn folder(path: &Path) -> Result<Located, LoadError> {
    let path = &std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    if let Some(config) = run_config(path) {
        return run(path, config, steps(path));
    }
    if hub_config(path) {
        return hub(path);
    }
    match path
        .parent()
        .and_then(|parent| Some((parent, run_config(parent)?)))
    {
        Some((parent, config)) => run(parent, config, weights_in(path)),
        None => Err(missing_config(path)),
    }
}

fn run(folder: &Path, config: PathBuf, steps: Vec<StepFile>) -> Result<Located, LoadError> {
    let Some(chosen) = steps.last().cloned() else {
        return Err(LoadError::Missing {
            what: "the weights of this run".into(),
            hint: "a run keeps them as checkpoints/steps_<N>_pytorch_model.pt or .safetensors"
                .into(),
            path: folder.join(WEIGHT_FOLDERS[0]),
        });
    };
    Ok(Located::Run {
        folder: folder.into(),
        config,
        chosen,
        steps,
    })
}

fn hub(folder: &Path) -> Result<Located, LoadError> {
    let named = HUB_WEIGHTS.iter().map(|name| folder.join(name));
    let found = named.into_iter().find(|path| path.is_file());
    match found.or_else(|| weights_in(folder).pop().map(|file| file.path)) {
        Some(weights) => Ok(Located::Hub {
            folder: folder.into(),
            weights,
        }),
        None => Err(LoadError::Missing {
            what: "model.safetensors".into(),
            hint: "download the weights of this model too".into(),
            path: folder.into(),
        }),
    }
}

/// The index that lists `file`, if there is one, since one part is not a model.
fn whole_model(folder: &Path, file: &Path) -> PathBuf {
    let index = folder.join("model.safetensors.index.json");
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let listed = super::file::read_json(&index, 64 << 20).is_ok_and(|value| {
        value["weight_map"]
            .as_object()
            .is_some_and(|map| map.values().any(|part| part.as_str() == Some(&*name)))
    });
    if listed { index } else { file.to_path_buf() }
}

fn missing_config(folder: &Path) -> LoadError {
    LoadError::Missing {
        what: "config.yaml or config.json".into(),
        hint: "choose a run folder (config.yaml and checkpoints/) or a Hugging Face folder of Qwen2.5-VL".into(),
        path: folder.into(),
    }
}

fn is_config(file: &Path) -> bool {
    file.file_name()
        .is_some_and(|name| RUN_CONFIGS.iter().any(|config| name == *config))
}

/// The configuration of a run in `folder`: any `config.yaml`, or a `config.json` that is not of the hub's kind.
fn run_config(folder: &Path) -> Option<PathBuf> {
    let [yaml, json] = RUN_CONFIGS.map(|name| folder.join(name));
    if yaml.is_file() {
        return Some(yaml);
    }
    let of_run = json.is_file() && json_has(&json, "framework");
    of_run.then_some(json)
}

/// Whether `folder` has a `config.json` of the hub. One that cannot be read is reported when it is parsed.
fn hub_config(folder: &Path) -> bool {
    let json = folder.join("config.json");
    json.is_file() && !json_has(&json, "framework")
}

fn json_has(path: &Path, key: &str) -> bool {
    super::file::read_json(path, 1 << 20).is_ok_and(|value| value.get(key).is_some())
}

/// Every step of a run, the one to take last: by step, then `.safetensors` after `.pt`. Weights without a step are
/// taken only when there are no others.
fn steps(run: &Path) -> Vec<StepFile> {
    let mut all: Vec<StepFile> = WEIGHT_FOLDERS
        .iter()
        .flat_map(|name| weights_in(&run.join(name)))
        .collect();
    all.sort_by(order);
    all
}

fn order(a: &StepFile, b: &StepFile) -> std::cmp::Ordering {
    let suffix = |file: &StepFile| file.path.extension() == Some("safetensors".as_ref());
    (a.step, suffix(a), &a.path).cmp(&(b.step, suffix(b), &b.path))
}

/// Files of `folder` that hold tensors.
fn weights_in(folder: &Path) -> Vec<StepFile> {
    let Ok(listing) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut files: Vec<StepFile> = listing
        .take(MAX_LISTED)
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| {
            path.is_file()
                && matches!(
                    Container::of(path),
                    Ok(Container::Torch | Container::SafeTensors)
                )
        })
        .map(|path| StepFile {
            step: step_of(&path),
            path,
        })
        .collect();
    files.sort_by(order);
    files
}

/// The number in `steps_<N>_pytorch_model`.
fn step_of(path: &Path) -> Option<u64> {
    let name = path.file_name()?.to_str()?;
    let after = name.split_once("steps_")?.1;
    let digits = after.split(|c: char| !c.is_ascii_digit()).next()?;
    digits.parse().ok()
}

/// The folder of the planner a run was trained from, which holds its tokenizer and configuration.
pub(super) fn planner_folder(
    run: &Path,
    base_vlm: Option<&str>,
    explicit: Option<&Path>,
) -> Result<PathBuf, LoadError> {
    if let Some(folder) = explicit {
        return if is_planner(folder) {
            Ok(folder.into())
        } else {
            Err(missing_planner(folder))
        };
    }
    let near: Vec<&Path> = run.ancestors().take(3).collect();
    if let Some(base) = base_vlm {
        let as_written = near.iter().map(|place| place.join(base));
        let base_name = Path::new(base).file_name();
        let by_name = near.iter().filter_map(|place| Some(place.join(base_name?)));
        if let Some(folder) = as_written.chain(by_name).find(|folder| is_planner(folder)) {
            return Ok(folder);
        }
    }
    let beside = near.iter().take(2).flat_map(|place| {
        let mut folders = subfolders(place);
        folders.sort_by_key(|folder| !folder.ends_with("qwen"));
        std::iter::once(place.to_path_buf()).chain(folders)
    });
    let mut beside = beside.filter(|folder| is_planner(folder));
    beside
        .next()
        .ok_or_else(|| missing_planner(&run.join(base_vlm.unwrap_or("qwen"))))
}

fn subfolders(place: &Path) -> Vec<PathBuf> {
    let Ok(listing) = std::fs::read_dir(place) else {
        return Vec::new();
    };
    let mut folders: Vec<PathBuf> = listing
        .take(MAX_LISTED)
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    folders
}

fn is_planner(folder: &Path) -> bool {
    folder.join("tokenizer.json").is_file() && hub_config(folder)
}

fn missing_planner(path: &Path) -> LoadError {
    LoadError::Tokenizer {
        what: "the planner's folder with tokenizer.json and config.json is missing".into(),
        hint: "name the folder of InternVLA-M1 or Qwen2.5-VL-3B-Instruct with --base-vlm or in the Model panel, \
               or put it beside the run as `qwen`"
            .into(),
        path: path.into(),
    }
}

#[cfg(test)]
mod tests;
