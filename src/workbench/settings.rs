//! Preferences, kept between starts.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{Keymap, TruthLayers, Workspace};
use crate::engine::{DeviceChoice, Precision, SimulatorSetup};

/// Dark or light.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    /// For dim rooms and pictures.
    #[default]
    Dark,
    /// For bright rooms and paper.
    Light,
}

/// Everything a person chose that outlives the window.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Dark or light.
    pub theme: Theme,
    /// Size of everything, 1 is normal.
    pub scale: f32,
    /// No fades.
    pub reduce_motion: bool,
    /// Where the model runs.
    pub device: DeviceChoice,
    /// Precision of its weights.
    pub precision: Precision,
    /// Checkpoints opened before, newest first.
    pub recent_checkpoints: Vec<PathBuf>,
    /// Pictures, folders and videos opened before, newest first.
    pub recent_sources: Vec<PathBuf>,
    /// Datasets opened before, newest first.
    pub recent_datasets: Vec<PathBuf>,
    /// Recipes opened before, newest first.
    pub recent_recipes: Vec<PathBuf>,
    /// Runs opened before, newest first.
    pub recent_runs: Vec<PathBuf>,
    /// Reports of evaluations opened before, newest first.
    pub recent_reports: Vec<PathBuf>,
    /// The tiles that are shown.
    pub workspace: Workspace,
    /// Which ground truth is drawn.
    pub truth: TruthLayers,
    /// Seconds after which a result is stale and fades.
    pub stale_secs: f32,
    /// Whether actions are shown normalised.
    pub normalized_actions: bool,
    /// The folders with tokenizers that a person chose, by checkpoint.
    pub tokenizers: BTreeMap<PathBuf, PathBuf>,
    /// What the simulator was set up with last.
    pub simulator: SimulatorSetup,
    /// The dataset that episodes of the simulator are appended to.
    pub record_folder: Option<PathBuf>,
    /// The keys of commands.
    pub keys: Keymap,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: Theme::Dark,
            scale: 1.0,
            reduce_motion: false,
            device: DeviceChoice::Auto,
            precision: Precision::Auto,
            recent_checkpoints: Vec::new(),
            recent_sources: Vec::new(),
            recent_datasets: Vec::new(),
            recent_recipes: Vec::new(),
            recent_runs: Vec::new(),
            recent_reports: Vec::new(),
            workspace: Workspace::Inspect,
            truth: TruthLayers::default(),
            stale_secs: 5.0,
            normalized_actions: false,
            tokenizers: BTreeMap::new(),
            simulator: SimulatorSetup::default(),
            record_folder: None,
            keys: Keymap::default(),
        }
    }
}

/// Entries a list of recent things keeps.
const RECENT: usize = 12;

/// Puts `path` to the front of a list of recent things.
pub(super) fn remember(list: &mut Vec<PathBuf>, path: PathBuf) {
    list.retain(|known| *known != path);
    list.insert(0, path);
    list.truncate(RECENT);
}

impl Settings {
    /// Remembers the tokenizer folder of a checkpoint; those that nobody opens any more are forgotten.
    pub(super) fn remember_tokenizer(&mut self, checkpoint: &Path, folder: &Path) {
        if self.tokenizers.len() > 2 * RECENT {
            let recent = &self.recent_checkpoints;
            self.tokenizers.retain(|path, _| recent.contains(path));
        }
        self.tokenizers
            .insert(checkpoint.to_path_buf(), folder.to_path_buf());
    }
}
