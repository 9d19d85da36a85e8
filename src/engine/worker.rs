//! Threads: named, reporting through one sink, surviving a panic.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::SyncSender;
use std::thread::JoinHandle;
use std::time::Duration;

use super::Event;

/// Tells the window that there is something to see, to be drawn within this time; callable from any thread, cheap.
pub type Wake = Arc<dyn Fn(Duration) + Send + Sync>;

/// For what somebody waits for.
pub(super) const NOW: Duration = Duration::ZERO;
/// For one of many small facts: those of this time are drawn together, since where the processor draws the window too,
/// it has better things to do.
pub(super) const SOON: Duration = Duration::from_millis(100);

/// Where threads put what they have to tell.
#[derive(Clone)]
pub(super) struct Sink {
    pub(super) events: SyncSender<Event>,
    pub(super) wake: Wake,
}

impl Sink {
    /// Tells a fact. Waits while the queue is full; does nothing once the window is gone.
    pub(super) fn send(&self, event: Event) {
        if self.events.send(event).is_ok() {
            (self.wake)(NOW);
        }
    }

    /// Tells one of many small facts.
    pub(super) fn stream(&self, event: Event) {
        if self.events.send(event).is_ok() {
            (self.wake)(SOON);
        }
    }
}

/// Starts a named thread.
pub(super) fn spawn(name: &str, body: impl FnOnce() + Send + 'static) -> Option<JoinHandle<()>> {
    let result = std::thread::Builder::new().name(name.into()).spawn(body);
    result
        .inspect_err(|error| log::error!("cannot start the {name} thread: {error}"))
        .ok()
}

/// Runs one piece of work; a panic becomes [`Event::Crashed`] and none.
pub(super) fn guarded<T>(sink: &Sink, thread: &str, work: impl FnOnce() -> T) -> Option<T> {
    caught(work)
        .map_err(|message| {
            sink.send(Event::Crashed {
                thread: thread.into(),
                message,
            });
        })
        .ok()
}

/// Runs one piece of work; a panic becomes what it said.
pub(super) fn caught<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|panic| {
        panic
            .downcast_ref::<String>()
            .cloned()
            .or_else(|| panic.downcast_ref::<&str>().map(ToString::to_string))
            .unwrap_or_else(|| "no message".into())
    })
}
