//! The thread of an open dataset: shows all cameras of an episode on one clock, follows orders, keeps the pace.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use super::facts::{DatasetEvent, DatasetId, DatasetKind, Shown};
use super::material::Material;
use super::{Order, short_name};
use crate::engine::worker::{NOW, Sink};
use crate::engine::{Event, Latest, PlayState, SourceId, SourceInfo, SourceKind};
use crate::geometry::ImageSize;

/// Samples are shown for half a second each.
const SAMPLES_PER_SECOND: f64 = 2.0;

/// What is being played.
pub(super) struct Player<'a> {
    pub(super) id: DatasetId,
    pub(super) material: Material,
    pub(super) about: Arc<super::DatasetAbout>,
    pub(super) sink: &'a Sink,
    pub(super) shown: &'a Latest<Shown>,
    cameras: Vec<(SourceId, String)>,
    episode: u64,
    length: u64,
    at: u64,
    state: PlayState,
    /// When the row beside it was shown: the clock of playback.
    anchor: (Instant, u64),
}

impl<'a> Player<'a> {
    pub(super) fn new(
        id: DatasetId,
        (material, about): (Material, Arc<super::DatasetAbout>),
        sink: &'a Sink,
        shown: &'a Latest<Shown>,
    ) -> Self {
        Self {
            id,
            material,
            about,
            sink,
            shown,
            cameras: Vec::new(),
            episode: 0,
            length: 0,
            at: 0,
            state: PlayState {
                playing: false,
                looping: false,
                speed: 1.0,
            },
            anchor: (Instant::now(), 0),
        }
    }

    /// Follows orders, then shows the next row if it is due. False ends the thread.
    pub(super) fn turn(&mut self, inbox: &Receiver<Order>) -> bool {
        let Some(orders) = self.orders(inbox) else {
            return false;
        };
        let (mut begin, mut seek) = (None, None);
        for order in orders {
            match order {
                Order::Play(state) => self.set_state(state),
                Order::Seek(index) => seek = Some(index),
                Order::Show(episode, cameras) => (begin, seek) = (Some((episode, cameras)), None),
                Order::Forget(id) => self.cameras.retain(|(known, _)| *known != id),
            }
        }
        if let Some((episode, cameras)) = begin {
            self.begin(episode, cameras, seek.unwrap_or(0));
        } else if let Some(index) = seek {
            self.show(index);
            self.anchor = (Instant::now(), self.at);
        } else if self.state.playing {
            self.advance();
        }
        true
    }

    /// Waits for orders as long as nothing is due; none once the window let go of the dataset.
    fn orders(&self, inbox: &Receiver<Order>) -> Option<Vec<Order>> {
        let first = if self.state.playing && self.length > 0 {
            let wait = self
                .due(self.at + 1)
                .saturating_duration_since(Instant::now());
            match inbox.recv_timeout(wait) {
                Ok(order) => Some(order),
                Err(RecvTimeoutError::Timeout) => None,
                Err(RecvTimeoutError::Disconnected) => return None,
            }
        } else {
            Some(inbox.recv().ok()?)
        };
        Some(first.into_iter().chain(inbox.try_iter()).collect())
    }

    fn rate(&self) -> f64 {
        let fps = self.about.fps.unwrap_or(SAMPLES_PER_SECOND);
        fps * f64::from(self.state.speed.max(0.01))
    }

    fn due(&self, index: u64) -> Instant {
        let ahead = index.saturating_sub(self.anchor.1) as f64 / self.rate();
        self.anchor.0 + Duration::try_from_secs_f64(ahead).unwrap_or(Duration::from_hours(1))
    }

    fn set_state(&mut self, state: PlayState) {
        self.state = state;
        self.anchor = (Instant::now(), self.at);
        // Playing at the end begins again, as a person expects who presses play there.
        if state.playing && self.at + 1 >= self.length {
            self.anchor.1 = 0;
            self.show(0);
        }
    }

    /// Shows another episode; what plays goes on playing.
    fn begin(&mut self, episode: u64, cameras: Vec<(SourceId, String)>, index: u64) {
        self.episode = episode;
        self.cameras = cameras;
        self.length = match self.material.length(episode) {
            Ok(length) => length,
            Err(error) => {
                self.length = 0;
                for (id, _) in &self.cameras {
                    self.sink.send(Event::SourceFailed(*id, error.to_string()));
                }
                return;
            }
        };
        for (id, camera) in &self.cameras {
            let info = self.info(camera);
            self.sink.send(Event::SourceOpened(*id, info));
        }
        self.show(index);
        self.anchor = (Instant::now(), self.at);
        if self.about.kind == DatasetKind::Episodes {
            let event = match self.material.rows(episode) {
                Ok(rows) => DatasetEvent::Rows(Arc::new(rows)),
                Err(error) => DatasetEvent::RowsFailed(episode, error.to_string()),
            };
            self.sink.send(Event::Dataset(self.id, event));
            self.anchor.0 = Instant::now();
        }
    }

    fn info(&self, camera: &str) -> SourceInfo {
        let known = self.about.cameras.iter().find(|known| known.name == camera);
        let samples = self.about.kind == DatasetKind::Samples;
        let seconds = self.about.fps.map(|fps| self.length as f64 / fps);
        SourceInfo {
            name: if samples {
                self.about.name.clone()
            } else {
                short_name(camera).to_owned()
            },
            kind: if samples {
                SourceKind::Folder
            } else {
                SourceKind::Video
            },
            size: known.map_or(ImageSize::new(0, 0), |camera| camera.size),
            frames: Some(self.length),
            fps: self.about.fps,
            duration: seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()),
            format: self.about.format.clone(),
        }
    }

    /// Shows the row that is due by the clock: rows that are late are left out, so that the pace holds.
    fn advance(&mut self) {
        if self.length == 0 || Instant::now() < self.due(self.at + 1) {
            return;
        }
        let since = self.anchor.0.elapsed().as_secs_f64() * self.rate();
        let next = (self.anchor.1 + since as u64).max(self.at + 1);
        let last = self.length - 1;
        if self.at < last {
            self.show(next.min(last));
        } else if self.state.looping {
            self.anchor = (Instant::now(), 0);
            self.show(0);
        } else {
            self.state.playing = false;
            for (id, _) in &self.cameras {
                self.sink.send(Event::SourceEnded(*id));
            }
        }
    }

    /// Shows a row: every camera of it, in one piece.
    fn show(&mut self, index: u64) {
        let index = index.min(self.length.saturating_sub(1));
        let mut shown = Shown {
            episode: self.episode,
            index,
            turns: self.material.turns(index),
            ..Shown::default()
        };
        for (id, camera) in &self.cameras {
            let (frame, trouble) = self.material.frame(self.episode, index, camera);
            shown.frames.push((*id, frame));
            shown.troubles.extend(trouble.map(|why| (*id, why)));
            match self.material.truth(self.episode, index, camera) {
                Ok((note, truth)) => {
                    shown.truth.push((*id, truth));
                    if shown.note.is_empty() {
                        shown.note = note;
                    }
                }
                Err(error) => shown.troubles.push((*id, error.to_string())),
            }
        }
        self.at = index;
        self.shown.put(shown);
        (self.sink.wake)(NOW);
    }
}
