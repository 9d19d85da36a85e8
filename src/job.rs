//! What a long computation gets from whoever runs it: a way to be stopped and a place to say how far it is.
//!
//! No threads and no clocks live here.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A wish to stop, shared between the one who asks and the one who computes.
#[derive(Debug, Clone, Default)]
pub struct CancelToken(Arc<AtomicBool>);

impl CancelToken {
    /// A token that a flag is, for those who can only raise flags: a handler of signals.
    #[must_use]
    pub const fn of(flag: Arc<AtomicBool>) -> Self {
        Self(flag)
    }

    /// Asks the computation to stop at its next check.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether somebody asked.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// How far a stage has come.
#[derive(Debug, Clone, PartialEq)]
pub struct Progress {
    /// What is being done, for people: "Loading weights".
    pub stage: String,
    /// Units done so far.
    pub done: u64,
    /// Units in all, zero when not known.
    pub total: u64,
}

/// Handed to every long computation.
pub struct JobContext<'a> {
    /// Checked per tensor, block, token and diffusion step.
    pub cancel: CancelToken,
    /// Receives progress; called often, so it must be cheap.
    pub progress: &'a (dyn Fn(Progress) + Sync),
}

/// Somebody asked to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("cancelled")]
pub struct Cancelled;

impl JobContext<'_> {
    /// A context that nobody listens to and nobody cancels.
    #[must_use]
    pub fn silent() -> JobContext<'static> {
        JobContext {
            cancel: CancelToken::default(),
            progress: &|_| {},
        }
    }

    /// Reports progress.
    pub fn report(&self, stage: &str, done: u64, total: u64) {
        (self.progress)(Progress {
            stage: stage.to_owned(),
            done,
            total,
        });
    }

    /// Stops here if somebody asked to.
    ///
    /// # Errors
    /// [`Cancelled`] once the token was used.
    pub fn check(&self) -> Result<(), Cancelled> {
        if self.cancel.is_cancelled() {
            Err(Cancelled)
        } else {
            Ok(())
        }
    }
}
