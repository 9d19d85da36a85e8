//! Training as the document knows it: the recipe being written, the run under way or the last one, and runs beside it.

mod absorb;
mod apply;
mod recipe;
mod run;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use recipe::RecipeState;
pub use run::{TrainPhase, TrainRun};

use crate::engine::{RecipePath, RunConfig, RunCurves, RunRecord, SourceCount};

/// Runs beside the one under way at most: more colours cannot be told apart.
pub const COMPARED: usize = 6;

/// An act upon recipe and runs.
#[derive(Debug, Clone, PartialEq)]
pub enum TrainingCommand {
    /// Replace the recipe, as a form does.
    SetRecipe(Box<RunConfig>),
    /// Replace the text of the recipe.
    SetText(String),
    /// Open a recipe.
    OpenRecipe(PathBuf),
    /// Choose a path of the recipe in a dialog.
    Pick(RecipePath),
    /// Count what the sources of the recipe hold.
    CountSources,
    /// Open a run folder beside the others, or read it again.
    OpenRun(PathBuf),
    /// Take a run off the list.
    CloseRun(PathBuf),
    /// Draw the curves of a run, or not.
    ToggleRun(PathBuf),
    /// Load the newest checkpoint of a run.
    LoadRun(PathBuf),
    /// Make what a run was trained with the recipe.
    UseRecipe(PathBuf),
}

/// How a run that was opened is doing.
#[derive(Debug, Clone, PartialEq)]
pub enum RunStatus {
    /// Being read.
    Reading,
    /// Read.
    Read(Arc<RunRecord>),
    /// It cannot be read: why, and what to do.
    Failed(String),
}

/// A run that was opened to compare it.
#[derive(Debug, Clone, PartialEq)]
pub struct ComparedRun {
    /// Its folder.
    pub folder: PathBuf,
    /// How it is doing.
    pub status: RunStatus,
    /// Whether its curves are drawn.
    pub shown: bool,
    /// Its colour, as a place in the table of hues.
    pub hue: usize,
}

/// Recipe and runs.
#[derive(Debug, Clone, Default)]
pub struct TrainingState {
    /// What is to be trained.
    pub recipe: RecipeState,
    /// The run under way, or the last one.
    pub run: Option<TrainRun>,
    /// Whether the curves of that run are hidden.
    pub hides_run: bool,
    /// Runs beside it.
    pub compared: Vec<ComparedRun>,
    /// What datasets hold; none while they are counted.
    pub counts: BTreeMap<PathBuf, Option<Result<SourceCount, String>>>,
}

/// The curves of a run with its name and colour.
#[derive(Debug, Clone)]
pub struct ShownRun<'a> {
    /// What to call it.
    pub name: String,
    /// Its colour, as a place in the table of hues.
    pub hue: usize,
    /// Its curves.
    pub curves: &'a RunCurves,
}

impl ComparedRun {
    /// What it says of itself, once read.
    #[must_use]
    pub fn record(&self) -> Option<&Arc<RunRecord>> {
        match &self.status {
            RunStatus::Read(record) => Some(record),
            _ => None,
        }
    }
}

impl TrainingState {
    /// Whether a run is under way, held ones included.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.run.as_ref().is_some_and(TrainRun::is_running)
    }

    /// Every run whose curves are drawn, the one under way first.
    #[must_use]
    pub fn shown(&self) -> Vec<ShownRun<'_>> {
        let own = self.run.as_ref().filter(|_| !self.hides_run);
        let own = own.map(|run| ShownRun {
            name: self.name(&run.config.folder),
            hue: 0,
            curves: &run.curves,
        });
        let others = self.compared.iter().filter(|run| run.shown);
        let others = others.filter_map(|run| {
            Some(ShownRun {
                name: self.name(&run.folder),
                hue: run.hue,
                curves: &run.record()?.curves,
            })
        });
        own.into_iter().chain(others).collect()
    }

    /// What to call a run: the last part of its folder, and the part before it where two would be called the same.
    #[must_use]
    pub fn name(&self, folder: &Path) -> String {
        let own = self.run.as_ref().map(|run| run.config.folder.as_path());
        let all = own
            .into_iter()
            .chain(self.compared.iter().map(|run| run.folder.as_path()));
        let name = run_name(folder);
        let mut others = all.filter(|other| *other != folder);
        match folder
            .parent()
            .filter(|_| others.any(|other| run_name(other) == name))
        {
            Some(parent) => format!("{}/{name}", run_name(parent)),
            None => name,
        }
    }

    /// A run that was opened.
    #[must_use]
    pub fn opened(&self, folder: &Path) -> Option<&ComparedRun> {
        self.compared.iter().find(|run| run.folder == folder)
    }
}

/// The name of a run: the last part of its folder.
#[must_use]
pub fn run_name(folder: &Path) -> String {
    let name = folder
        .file_name()
        .map(|name| name.to_string_lossy().into_owned());
    name.unwrap_or_else(|| folder.display().to_string())
}
