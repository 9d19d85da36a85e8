//! The open dataset: its list of entries, the episode on show, what is true in its pictures.
//!
//! Its cameras are sources like any other, so that everything that works on pictures works on them; they share one
//! clock, which the engine keeps.

mod absorb;
mod apply;
mod compare;
mod filter;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use compare::Recorded;

use super::Workbench;
use crate::engine::{
    DatasetAbout, DatasetEntry, DatasetId, DatasetKind, EpisodeRows, QueryId, SourceId,
};
use crate::grounding::{Grounding, GroundingKind};
use crate::vision::Frame;

/// How a dataset is doing.
#[derive(Debug, Clone, PartialEq)]
pub enum DatasetStatus {
    /// Being opened.
    Opening,
    /// Open.
    Open(Arc<DatasetAbout>),
    /// It could not be opened, or broke: why, and what to do.
    Failed(String),
}

/// The dataset that is being looked at.
#[derive(Debug, Clone)]
pub struct DatasetState {
    /// Its name for the engine.
    pub id: DatasetId,
    /// Its folder or file.
    pub path: PathBuf,
    /// How it is doing.
    pub status: DatasetStatus,
    /// When it was asked for, in seconds since the window opened.
    pub since_secs: f64,
    /// What the list is searched for.
    pub filter: String,
    /// Places of the entries that match, in order.
    pub matches: Vec<u32>,
    /// Place of the entry on show.
    pub entry: Option<usize>,
    /// Row of the episode on show.
    pub at: u64,
    /// The numbers of that episode, once read.
    pub rows: Option<Arc<EpisodeRows>>,
    /// Why they cannot be read.
    pub rows_failure: Option<String>,
    /// What the arm does now, or what the sample is about.
    pub note: String,
    /// What is asked and answered about the sample on show.
    pub turns: Vec<(String, String)>,
    /// What is true in the pictures on show.
    pub truth: BTreeMap<SourceId, Vec<Grounding>>,
    /// Small pictures by the number of the entry; none where there is no picture.
    pub thumbnails: BTreeMap<u64, Option<Frame>>,
    /// Small pictures that were asked for last.
    pub wanted: Vec<u64>,
    /// Which episode queries were about, newest last.
    asked: Vec<(QueryId, u64)>,
}

/// An act upon the open dataset.
#[derive(Debug, Clone, PartialEq)]
pub enum DatasetCommand {
    /// Open the one at a path.
    Open(PathBuf),
    /// Show the entry at a place of the whole list.
    Show(usize),
    /// Search the list.
    Filter(String),
    /// Make small pictures of these entries.
    WantThumbnails(Vec<u64>),
    /// Show or hide a kind of ground truth.
    ToggleTruth(GroundingKind),
}

/// Which ground truth is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub struct TruthLayers {
    /// Any at all.
    pub on: bool,
    /// Boxes.
    pub boxes: bool,
    /// Points.
    pub points: bool,
    /// Traces.
    pub traces: bool,
}

impl Default for TruthLayers {
    fn default() -> Self {
        Self {
            on: true,
            boxes: true,
            points: true,
            traces: true,
        }
    }
}

impl TruthLayers {
    /// Whether a kind is drawn.
    #[must_use]
    pub const fn shows(self, kind: GroundingKind) -> bool {
        self.on
            && match kind {
                GroundingKind::Box => self.boxes,
                GroundingKind::Point => self.points,
                GroundingKind::Trace => self.traces,
            }
    }

    fn layer(&mut self, kind: GroundingKind) -> &mut bool {
        match kind {
            GroundingKind::Box => &mut self.boxes,
            GroundingKind::Point => &mut self.points,
            GroundingKind::Trace => &mut self.traces,
        }
    }
}

/// Tiles that belong together for a kind of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Workspace {
    /// One picture and what a model says of it.
    #[default]
    Inspect,
    /// Datasets: episodes, cameras, curves.
    Data,
    /// Training and evaluation: recipe, curves, runs, reports.
    Train,
}

impl DatasetState {
    /// What it says of itself, once open.
    #[must_use]
    pub fn about(&self) -> Option<&Arc<DatasetAbout>> {
        match &self.status {
            DatasetStatus::Open(about) => Some(about),
            _ => None,
        }
    }

    /// The entry on show.
    #[must_use]
    pub fn shown(&self) -> Option<DatasetEntry> {
        self.about()?.entries.get(self.entry?).copied()
    }

    /// What an entry is about.
    #[must_use]
    pub fn text(&self, entry: DatasetEntry) -> &str {
        let texts = self.about().map(|about| about.texts.as_slice());
        texts
            .and_then(|texts| texts.get(entry.text as usize))
            .map_or("", String::as_str)
    }

    /// Where the entry on show stands among those that match.
    #[must_use]
    pub fn place(&self) -> Option<usize> {
        let entry = u32::try_from(self.entry?).ok()?;
        self.matches.binary_search(&entry).ok()
    }
}

impl Workbench {
    /// Whether something of a dataset is on its way.
    #[must_use]
    pub fn is_reading_dataset(&self) -> bool {
        self.dataset.as_ref().is_some_and(|set| {
            let rows = set.rows.is_some() || set.rows_failure.is_some();
            let episodes = |about: &Arc<DatasetAbout>| about.kind == DatasetKind::Episodes;
            let waits = set.entry.is_some() && set.about().is_some_and(episodes) && !rows;
            let small = |number: &u64| !set.thumbnails.contains_key(number);
            set.status == DatasetStatus::Opening || waits || set.wanted.iter().any(small)
        })
    }

    /// Ground truth of a source's picture that is drawn now.
    pub fn truth(&self, id: SourceId) -> impl Iterator<Item = &Grounding> {
        let layers = self.settings.truth;
        let all = self
            .dataset
            .iter()
            .filter_map(move |set| set.truth.get(&id));
        all.flatten().filter(move |truth| layers.shows(truth.kind))
    }
}
