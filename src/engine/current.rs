//! A job that runs now: one of its kind at a time, its newest progress, cancelled when another takes its place or the
//! engine ends.

use super::Latest;
use super::worker::{NOW, Sink, Wake};
use crate::job::{CancelToken, JobContext, Progress};

/// The job that runs now, if there is one.
#[derive(Default)]
pub(super) struct Current {
    cancel: Option<CancelToken>,
    progress: Latest<Progress>,
    seen: u64,
}

/// The job's end of it.
pub(super) struct Watched {
    pub cancel: CancelToken,
    progress: Latest<Progress>,
    wake: Wake,
}

impl Current {
    /// Cancels what runs and begins another.
    pub(super) fn begin(&mut self, sink: &Sink) -> Watched {
        self.cancel();
        let cancel = CancelToken::default();
        self.cancel = Some(cancel.clone());
        self.progress = Latest::default();
        self.seen = 0;
        Watched {
            cancel,
            progress: self.progress.clone(),
            wake: sink.wake.clone(),
        }
    }

    pub(super) fn cancel(&self) {
        if let Some(token) = &self.cancel {
            token.cancel();
        }
    }

    /// The newest progress, once.
    pub(super) fn progress(&mut self) -> Option<Progress> {
        let (seen, progress) = self.progress.newer(self.seen)?;
        self.seen = seen;
        Some(progress)
    }
}

impl Drop for Current {
    fn drop(&mut self) {
        self.cancel();
    }
}

impl Watched {
    /// Does `work`, which tells its progress and asks whether it is cancelled.
    pub(super) fn watch<T>(&self, work: impl FnOnce(&JobContext<'_>) -> T) -> T {
        let tell = |progress: Progress| {
            self.progress.put(progress);
            (self.wake)(NOW);
        };
        work(&JobContext {
            cancel: self.cancel.clone(),
            progress: &tell,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::mpsc::sync_channel;

    use super::*;

    #[test]
    fn the_next_job_ends_the_one_before_and_forgets_its_progress() {
        let sink = Sink {
            events: sync_channel(1).0,
            wake: Arc::new(|_| {}),
        };
        let mut current = Current::default();
        let first = current.begin(&sink);
        first.watch(|context| context.report("first", 1, 2));
        assert_eq!(current.progress().map(|p| p.done), Some(1));
        assert!(current.progress().is_none(), "told once");
        first.watch(|context| context.report("first", 2, 2));
        let second = current.begin(&sink);
        assert!(first.cancel.is_cancelled() && !second.cancel.is_cancelled());
        first.watch(|context| context.report("first", 2, 2));
        assert!(current.progress().is_none(), "of a job that was replaced");
        drop(current);
        assert!(second.cancel.is_cancelled());
    }
}
