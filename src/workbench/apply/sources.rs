//! Commands that open, close, order and play sources.

use std::path::PathBuf;

use super::super::settings::remember;
use super::super::{NoticeLevel, SourceState, SourceStatus, Workbench};
use super::MAX_VIEWS;
use crate::engine::{PlayState, Request, SourceId, SourceSpec};

impl Workbench {
    pub(super) fn list_cameras(&mut self) -> Vec<Request> {
        self.webcams = None;
        vec![Request::ListWebcams]
    }

    pub(in crate::workbench) fn open(&mut self, spec: SourceSpec) -> Vec<Request> {
        if let SourceSpec::DatasetCamera { dataset, .. } = spec {
            return self.open_dataset(dataset);
        }
        if let SourceSpec::Path(path) = &spec {
            remember(&mut self.settings.recent_sources, path.clone());
        }
        self.next_id += 1;
        let id = SourceId(self.next_id);
        let in_view = self.views().count() < MAX_VIEWS;
        self.sources.push(SourceState {
            id,
            spec: spec.clone(),
            status: SourceStatus::Opening,
            play: PlayState {
                playing: matches!(spec, SourceSpec::Webcam { .. }),
                looping: false,
                speed: 1.0,
            },
            in_view,
            frame: None,
            frame_secs: self.now_secs,
            warning: None,
        });
        self.selected = Some(id);
        vec![Request::Open(id, spec)]
    }

    /// A dropped folder that holds a checkpoint's configuration is a checkpoint; the engine looks, since the
    /// document knows no files. Weights files tell by their name.
    pub(super) fn open_dropped(&mut self, path: PathBuf) -> Vec<Request> {
        let weights = path.extension().is_some_and(|e| {
            ["pt", "pth", "safetensors"]
                .iter()
                .any(|known| e.eq_ignore_ascii_case(known))
        });
        if weights {
            self.load(path, None)
        } else {
            vec![Request::Sniff(path)]
        }
    }

    pub(in crate::workbench) fn close(&mut self, id: SourceId) -> Vec<Request> {
        self.sources.retain(|s| s.id != id);
        if self.selected == Some(id) {
            self.selected = self.sources.last().map(|s| s.id);
        }
        vec![Request::Close(id)]
    }

    pub(super) fn toggle_view(&mut self, id: SourceId) -> Vec<Request> {
        let shown = self.views().count();
        let Some(source) = self.sources.iter_mut().find(|s| s.id == id) else {
            return Vec::new();
        };
        if !source.in_view && shown >= MAX_VIEWS {
            self.notice(
                NoticeLevel::Warning,
                format!("{MAX_VIEWS} views are shown already; hide one first"),
            );
        } else {
            source.in_view = !source.in_view;
        }
        Vec::new()
    }

    pub(super) fn raise_view(&mut self, id: SourceId) -> Vec<Request> {
        if let Some(at) = self
            .sources
            .iter()
            .position(|s| s.id == id)
            .filter(|at| *at > 0)
        {
            self.sources.swap(at, at - 1);
        }
        Vec::new()
    }

    pub(super) fn play(
        &mut self,
        id: SourceId,
        change: impl FnOnce(&mut PlayState),
    ) -> Vec<Request> {
        let Some(source) = self.sources.iter_mut().find(|s| s.id == id) else {
            return Vec::new();
        };
        change(&mut source.play);
        let play = source.play;
        if source.is_of_dataset() {
            for other in self.sources.iter_mut().filter(|s| s.is_of_dataset()) {
                other.play = play;
            }
        }
        vec![Request::Play(id, play)]
    }

    pub(super) fn play_selected(&mut self, change: impl FnOnce(&mut PlayState)) -> Vec<Request> {
        self.selected
            .map_or_else(Vec::new, |id| self.play(id, change))
    }

    pub(in crate::workbench) fn seek(&mut self, id: SourceId, index: u64) -> Vec<Request> {
        let mut requests = self.play(id, |play| play.playing = false);
        requests.push(Request::Seek(id, index));
        requests
    }

    /// Whether the transport keys move the simulator.
    pub(super) fn selects_simulator(&self) -> bool {
        let selected = self.selected;
        self.simulated().any(|source| Some(source.id) == selected)
    }

    pub(super) fn skip(&mut self, by: i64) -> Vec<Request> {
        if self.selects_simulator() {
            return self.skip_simulator(by);
        }
        let Some(source) = self
            .selected
            .and_then(|id| self.sources.iter().find(|s| s.id == id))
        else {
            return Vec::new();
        };
        let Some(last) = source
            .info()
            .and_then(|i| i.frames)
            .map(|n| n.saturating_sub(1))
        else {
            return Vec::new();
        };
        let at = source.frame.as_ref().map_or(0, |f| f.seq);
        let (id, index) = (source.id, at.saturating_add_signed(by).min(last));
        self.seek(id, index)
    }

    /// The sources in view, in the model's order.
    pub fn views(&self) -> impl Iterator<Item = &SourceState> {
        self.sources.iter().filter(|s| s.in_view)
    }
}
