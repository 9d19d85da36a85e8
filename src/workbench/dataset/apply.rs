//! Commands upon a dataset.

use std::path::PathBuf;

use super::super::settings::remember;
use super::super::{CommandId, NoticeLevel, SourceState, SourceStatus, Workbench};
use super::{DatasetCommand, DatasetState, DatasetStatus, Workspace, filter};
use crate::engine::{
    DatasetId, DatasetKind, DatasetRequest, Pick, PlayState, QueryId, Request, SourceId, SourceSpec,
};

/// Cameras of an episode that are put in view.
const MAX_VIEWS: usize = 4;
/// Queries whose episode is remembered.
const ASKED: usize = 16;
/// Small pictures that are kept: those in sight and a few screens around them.
const THUMBNAILS: usize = 600;

impl Workbench {
    pub(in crate::workbench) fn apply_dataset(&mut self, command: DatasetCommand) -> Vec<Request> {
        match command {
            DatasetCommand::Open(path) => self.open_dataset(path),
            DatasetCommand::Show(entry) => self.show_entry(entry),
            DatasetCommand::Filter(text) => self.filter(text),
            DatasetCommand::WantThumbnails(numbers) => self.want(numbers),
            DatasetCommand::ToggleTruth(kind) => {
                let layers = &mut self.settings.truth;
                let layer = layers.layer(kind);
                *layer = !*layer;
                layers.on |= layers.shows_any();
                Vec::new()
            }
        }
    }

    pub(in crate::workbench) fn apply_dataset_plain(&mut self, id: CommandId) -> Vec<Request> {
        match id {
            CommandId::OpenDataset => return vec![Request::Pick(Pick::Dataset)],
            CommandId::CloseDataset => return self.close_dataset(),
            CommandId::NextEpisode => return self.step_entry(1),
            CommandId::PreviousEpisode => return self.step_entry(-1),
            CommandId::ToggleTruth => self.settings.truth.on = !self.settings.truth.on,
            CommandId::WorkspaceInspect => self.settings.workspace = Workspace::Inspect,
            CommandId::WorkspaceData
            | CommandId::ShowDatasets
            | CommandId::ShowEpisode
            | CommandId::FindEpisode => self.settings.workspace = Workspace::Data,
            CommandId::WorkspaceTrain
            | CommandId::ShowTraining
            | CommandId::ShowCurves
            | CommandId::ShowSamples
            | CommandId::ShowRuns
            | CommandId::ShowEvaluation => self.settings.workspace = Workspace::Train,
            _ => {}
        }
        Vec::new()
    }

    pub(in crate::workbench) fn open_dataset(&mut self, path: PathBuf) -> Vec<Request> {
        let mut requests = self.close_dataset();
        remember(&mut self.settings.recent_datasets, path.clone());
        self.settings.workspace = Workspace::Data;
        self.next_id += 1;
        let id = DatasetId(self.next_id);
        self.dataset = Some(DatasetState {
            id,
            path: path.clone(),
            status: DatasetStatus::Opening,
            since_secs: self.now_secs,
            filter: String::new(),
            matches: Vec::new(),
            entry: None,
            at: 0,
            rows: None,
            rows_failure: None,
            note: String::new(),
            turns: Vec::new(),
            truth: std::collections::BTreeMap::new(),
            thumbnails: std::collections::BTreeMap::new(),
            wanted: Vec::new(),
            asked: Vec::new(),
        });
        requests.push(Request::Dataset(id, DatasetRequest::Open(path)));
        requests
    }

    fn close_dataset(&mut self) -> Vec<Request> {
        let Some(set) = self.dataset.take() else {
            return Vec::new();
        };
        self.sources.retain(|source| !source.is_of_dataset());
        let open = |id: &SourceId| self.sources.iter().any(|source| source.id == *id);
        if !self.selected.as_ref().is_some_and(open) {
            self.selected = self.sources.last().map(|source| source.id);
        }
        vec![Request::Dataset(set.id, DatasetRequest::Close)]
    }

    fn filter(&mut self, text: String) -> Vec<Request> {
        if let Some(set) = &mut self.dataset {
            set.matches = set
                .about()
                .map_or_else(Vec::new, |about| filter::matches(about, &text));
            set.filter = text;
        }
        Vec::new()
    }

    fn want(&mut self, numbers: Vec<u64>) -> Vec<Request> {
        let Some(set) = &mut self.dataset else {
            return Vec::new();
        };
        set.wanted.clone_from(&numbers);
        let middle = numbers.get(numbers.len() / 2).copied().unwrap_or_default();
        while set.thumbnails.len() > THUMBNAILS {
            let (first, last) = (
                set.thumbnails.first_key_value(),
                set.thumbnails.last_key_value(),
            );
            let far = match (first, last) {
                (Some((first, _)), Some((last, _)))
                    if middle.abs_diff(*first) > middle.abs_diff(*last) =>
                {
                    *first
                }
                (_, Some((last, _))) => *last,
                _ => break,
            };
            set.thumbnails.remove(&far);
        }
        vec![Request::Dataset(
            set.id,
            DatasetRequest::Thumbnails(numbers),
        )]
    }

    fn step_entry(&mut self, by: isize) -> Vec<Request> {
        let Some(set) = &self.dataset else {
            return Vec::new();
        };
        let next = match set.place() {
            Some(place) => place.checked_add_signed(by),
            None => Some(0),
        };
        let entry = next.and_then(|place| set.matches.get(place)).copied();
        entry.map_or_else(Vec::new, |entry| self.show_entry(entry as usize))
    }

    /// Shows an entry: of an episode all cameras from the beginning, of samples the picture.
    pub(in crate::workbench) fn show_entry(&mut self, place: usize) -> Vec<Request> {
        let Some((set, about)) = self.dataset.as_mut().and_then(|set| {
            let about = set.about().cloned()?;
            Some((set, about))
        }) else {
            return Vec::new();
        };
        let Some(entry) = about.entries.get(place) else {
            return Vec::new();
        };
        let first = set.entry.is_none();
        let id = set.id;
        set.entry = Some(place);
        if about.kind == DatasetKind::Episodes {
            (set.rows, set.rows_failure, set.at) = (None, None, 0);
            let cameras = self.episode_sources(first);
            let episode = entry.number;
            return vec![Request::Dataset(
                id,
                DatasetRequest::Show { episode, cameras },
            )];
        }
        let sources = self.episode_sources(first);
        let mut requests = Vec::new();
        if first {
            let cameras = sources.clone();
            requests.push(Request::Dataset(
                id,
                DatasetRequest::Show {
                    episode: 0,
                    cameras,
                },
            ));
        }
        let source = sources.first().map(|(source, _)| *source);
        requests.extend(
            source
                .into_iter()
                .flat_map(|source| self.seek(source, entry.number)),
        );
        requests
    }

    /// The sources that show the cameras, opened where they are not; the first time they take the views.
    fn episode_sources(&mut self, first: bool) -> Vec<(SourceId, String)> {
        let Some((path, about)) = self
            .dataset
            .as_ref()
            .and_then(|set| Some((set.path.clone(), set.about().cloned()?)))
        else {
            return Vec::new();
        };
        if first {
            for source in &mut self.sources {
                source.in_view = false;
            }
        }
        let mut sources = Vec::new();
        for camera in &about.cameras {
            let spec = SourceSpec::DatasetCamera {
                dataset: path.clone(),
                camera: camera.name.clone(),
            };
            let known = self.sources.iter().find(|source| source.spec == spec);
            let id = match known.map(|source| source.id) {
                Some(id) => id,
                None => self.add_camera(spec),
            };
            sources.push((id, camera.name.clone()));
        }
        let of_set = |id: &SourceId| sources.iter().any(|(known, _)| known == id);
        if !self.selected.as_ref().is_some_and(of_set) {
            self.selected = sources.first().map(|(id, _)| *id);
        }
        if about.cameras.len() > MAX_VIEWS && first {
            self.notice(
                NoticeLevel::Info,
                format!(
                    "{MAX_VIEWS} of {} cameras are in view; show others under Sources",
                    about.cameras.len()
                ),
            );
        }
        sources
    }

    fn add_camera(&mut self, spec: SourceSpec) -> SourceId {
        self.next_id += 1;
        let id = SourceId(self.next_id);
        let in_view = self.views().count() < MAX_VIEWS;
        let play = self.sources.iter().find(|source| source.is_of_dataset());
        let play = play.map_or(
            PlayState {
                playing: false,
                looping: false,
                speed: 1.0,
            },
            |source| source.play,
        );
        self.sources.push(SourceState {
            id,
            spec,
            status: SourceStatus::Opening,
            play,
            in_view,
            frame: None,
            frame_secs: self.now_secs,
            warning: None,
        });
        id
    }

    /// Remembers which episode a query is about.
    pub(in crate::workbench) fn note_asked(&mut self, id: QueryId, views: &[SourceId]) {
        let of_set = |id: &SourceId| {
            let source = self.sources.iter().find(|source| source.id == *id);
            source.is_some_and(SourceState::is_of_dataset)
        };
        let about_set = views.first().is_some_and(of_set);
        let Some(set) = self.dataset.as_mut().filter(|_| about_set) else {
            return;
        };
        if let Some(entry) = set.shown() {
            set.asked.push((id, entry.number));
            let over = set.asked.len().saturating_sub(ASKED);
            set.asked.drain(..over);
        }
    }
}

impl super::TruthLayers {
    const fn shows_any(self) -> bool {
        self.boxes || self.points || self.traces
    }
}
