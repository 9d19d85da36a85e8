//! Episodes into a dataset, one after the other, on a thread of their own: drawing and writing take longer than playing.

use std::path::PathBuf;
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};

use super::plain::SimulatorEvent;
use crate::collect::Archive;
use crate::engine::Event;
use crate::engine::worker::{Sink, guarded, spawn};
use crate::job::JobContext;
use crate::sim::episode::EpisodeRecord;

/// Episodes that may wait to be written.
const WAITING: usize = 8;

/// Hands episodes to the thread that writes them, which starts with the first.
pub(super) struct Keeper {
    sink: Sink,
    to: Option<SyncSender<(EpisodeRecord, PathBuf)>>,
}

impl Keeper {
    pub(super) fn new(sink: Sink) -> Self {
        Self { sink, to: None }
    }

    pub(super) fn keep(&mut self, record: EpisodeRecord, folder: PathBuf) {
        let to = self.to.take().unwrap_or_else(|| start(&self.sink));
        let tell = |event| self.sink.send(Event::Simulator(event));
        match to.try_send((record, folder)) {
            Ok(()) => tell(SimulatorEvent::Keeping),
            Err(TrySendError::Full(_)) => tell(SimulatorEvent::KeepFailed(format!(
                "{WAITING} episodes wait to be written already; wait for them"
            ))),
            Err(TrySendError::Disconnected(_)) => return,
        }
        self.to = Some(to);
    }
}

fn start(sink: &Sink) -> SyncSender<(EpisodeRecord, PathBuf)> {
    let (to, inbox) = sync_channel::<(EpisodeRecord, PathBuf)>(WAITING);
    let sink = sink.clone();
    spawn("recorder", move || {
        let mut archive = Archive::default();
        while let Ok((record, folder)) = inbox.recv() {
            let work = || archive.append(&record, &folder, &JobContext::silent());
            let event = match guarded(&sink, "recorder", work) {
                Some(Ok(episode)) => SimulatorEvent::Kept(folder, episode, record.steps.len()),
                Some(Err(error)) => SimulatorEvent::KeepFailed(error.to_string()),
                None => {
                    SimulatorEvent::KeepFailed("writing failed unexpectedly; save it again".into())
                }
            };
            sink.send(Event::Simulator(event));
        }
    });
    to
}
