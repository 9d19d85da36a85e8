//! Requests sent and events drained, as the window does it, but waiting for each.

use std::io::Write as _;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::Duration;

use anyhow::{Context as _, bail};

use super::Options;
use crate::cli::progress::ProgressLine;
use crate::engine::{
    Answer, AnswerEvent, Engine, Event, LoadReport, LoadRequest, Query, QueryId, Request, SourceId,
    SourceSpec,
};
use crate::vision::Frame;

/// How long to sleep at most before looking again; the engine rings earlier.
const PATIENCE: Duration = Duration::from_millis(100);

/// A running engine.
pub(super) struct Session {
    engine: Engine,
    bell: Receiver<()>,
    progress: ProgressLine,
}

impl Session {
    pub(super) fn start() -> Self {
        let (ring, bell) = sync_channel(1);
        // A bell that already rings need not ring again.
        let wake = move |_| ring.try_send(()).unwrap_or_default();
        Self {
            engine: Engine::start(Arc::new(wake), None),
            bell,
            progress: ProgressLine::new(),
        }
    }

    /// Loads the checkpoint and decodes the pictures.
    pub(super) fn open(&mut self, options: &Options) -> anyhow::Result<(LoadReport, Vec<Frame>)> {
        for (at, path) in options.images.iter().enumerate() {
            let id = SourceId(at as u64);
            self.engine
                .send(Request::Open(id, SourceSpec::Path(path.clone())));
        }
        let placement = options.placement;
        self.engine.send(match &options.checkpoint {
            Some(path) => Request::Load(LoadRequest {
                path: path.clone(),
                base_vlm: options.base_vlm.clone(),
                device: placement.device,
                precision: placement.precision,
            }),
            None => Request::LoadShipped(placement.device, placement.precision),
        });
        let mut report = None;
        let mut frames: Vec<Option<Frame>> = vec![None; options.images.len()];
        loop {
            self.rest();
            for (SourceId(at), frame) in self.engine.poll_frames() {
                let place = frames.get_mut(at as usize);
                if let Some(place) = place {
                    place.get_or_insert(frame);
                }
            }
            while let Some(event) = self.engine.poll() {
                match event {
                    Event::Loaded(loaded) => report = Some(*loaded),
                    Event::LoadFailed { error, .. } => bail!("{error}"),
                    Event::SourceFailed(SourceId(at), error) => {
                        let path = options.images.get(at as usize);
                        let path = path.map(|path| path.display().to_string());
                        return Err(anyhow::anyhow!("{error}"))
                            .with_context(|| format!("picture {}", path.unwrap_or_default()));
                    }
                    Event::SourceWarning(_, text) => log::warn!("{text}"),
                    Event::Crashed { thread, message } => {
                        bail!("the {thread} thread broke off: {message}")
                    }
                    _ => {}
                }
            }
            if report.is_some() && frames.iter().all(Option::is_some) {
                self.progress.clear();
                return report
                    .map(|report| (report, frames.into_iter().flatten().collect()))
                    .context("nothing was loaded");
            }
        }
    }

    /// Asks and waits for the answer; with `stream`, tokens are written as they come.
    pub(super) fn ask(&mut self, query: &Query, stream: bool) -> anyhow::Result<Answer> {
        let id = QueryId(1);
        self.engine.send(Request::Ask(id, Box::new(query.clone())));
        let mut streamed = false;
        loop {
            self.rest();
            while let Some(event) = self.engine.poll() {
                match event {
                    Event::QueryProgress(_, AnswerEvent::Token(token)) if stream => {
                        streamed = true;
                        let mut out = std::io::stdout().lock();
                        out.write_all(token.text.as_bytes())?;
                        out.flush()?;
                    }
                    Event::Answered(_, answer) => {
                        if streamed {
                            writeln!(std::io::stdout())?;
                        }
                        return Ok(*answer);
                    }
                    Event::QueryFailed(_, error) => bail!("{error}"),
                    Event::QueryCancelled(_) => bail!("the query was cancelled"),
                    Event::Crashed { thread, message } => {
                        bail!("the {thread} thread broke off: {message}")
                    }
                    _ => {}
                }
            }
        }
    }

    /// Writes a file and waits until it is there.
    pub(super) fn write(&mut self, request: Request) -> anyhow::Result<()> {
        self.engine.send(request);
        loop {
            self.rest();
            while let Some(event) = self.engine.poll() {
                match event {
                    Event::Written(_) => return Ok(()),
                    Event::WriteFailed(path, error) => {
                        bail!(
                            "cannot write: {error}; choose another place: {}",
                            path.display()
                        )
                    }
                    Event::Crashed { thread, message } => {
                        bail!("the {thread} thread broke off: {message}")
                    }
                    _ => {}
                }
            }
        }
    }

    /// Waits for the bell and shows the progress of loading.
    fn rest(&mut self) {
        // Timing out only means looking again.
        self.bell.recv_timeout(PATIENCE).unwrap_or_default();
        if let Some(progress) = self.engine.poll_progress() {
            self.progress.show(&progress);
        }
    }
}
