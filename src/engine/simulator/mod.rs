//! The simulator as a source: one thread plays an episode at its task's control rate and draws each camera as a feed.
//!
//! Frames and status of one moment are published together, newest wins; orders never wait.

mod clock;
mod draw;
mod drive;
mod keep;
mod plain;
mod play;
mod stand;
mod truth;

use std::sync::Arc;
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};

pub use plain::{
    Driver, SimulatorCamera, SimulatorEnd, SimulatorEvent, SimulatorOrder, SimulatorScene,
    SimulatorSetup, SimulatorStatus, SimulatorTask, simulator_tasks,
};

use super::worker::{Sink, guarded, spawn};
use super::{Event, Latest, SourceId};
use crate::vision::Frame;
use play::Play;

/// Orders that may wait; a drag sends many and only the last one counts.
const ORDERS: usize = 1024;

/// An order, or a camera that is to be shown or no longer.
enum Inward {
    Order(SimulatorOrder),
    Attach(SourceId, String),
    Detach(SourceId),
}

/// Frames and status of one moment.
#[derive(Default)]
struct Published {
    status: SimulatorStatus,
    frames: Vec<(SourceId, Frame)>,
}

/// The handle of the simulator's thread, which starts with the first order and ends when this is dropped.
#[derive(Default)]
pub(super) struct Simulator {
    orders: Option<SyncSender<Inward>>,
    published: Latest<Arc<Published>>,
    seen: u64,
    fresh: Option<Arc<Published>>,
}

impl Simulator {
    pub(super) fn order(&mut self, order: SimulatorOrder, sink: &Sink) {
        self.send(Inward::Order(order), sink);
    }

    /// Shows a camera as a source.
    pub(super) fn attach(&mut self, id: SourceId, camera: String, sink: &Sink) {
        self.send(Inward::Attach(id, camera), sink);
    }

    /// Shows it no longer, if it was a camera of the simulator.
    pub(super) fn detach(&self, id: SourceId) {
        if let Some(orders) = &self.orders {
            // A full queue belongs to a thread that is stuck; its pictures are ignored from here on anyway.
            drop(orders.try_send(Inward::Detach(id)));
        }
    }

    fn send(&mut self, inward: Inward, sink: &Sink) {
        let orders = self.orders.take().unwrap_or_else(|| self.start(sink));
        match orders.try_send(inward) {
            Ok(()) => self.orders = Some(orders),
            Err(TrySendError::Full(_)) => {
                log::warn!("the simulator does not follow orders; it may be drawing slowly");
                self.orders = Some(orders);
            }
            // The thread ended by a panic, which was told; it starts anew with this order.
            Err(TrySendError::Disconnected(inward)) => {
                let orders = self.start(sink);
                drop(orders.try_send(inward));
                self.orders = Some(orders);
            }
        }
    }

    fn start(&self, sink: &Sink) -> SyncSender<Inward> {
        let (orders, inbox) = sync_channel(ORDERS);
        let (sink, published) = (sink.clone(), self.published.clone());
        spawn("simulator", move || {
            let play = || Play::new(sink.clone(), published).run(&inbox);
            if guarded(&sink, "simulator", play).is_none() {
                let text = "the simulator failed unexpectedly; set the scene up again".into();
                sink.send(Event::Simulator(SimulatorEvent::Failed(text)));
            }
        });
        orders
    }

    /// The frames of the newest moment, if it was not seen yet.
    pub(super) fn frames(&mut self) -> Vec<(SourceId, Frame)> {
        let Some((seen, published)) = self.published.newer(self.seen) else {
            return Vec::new();
        };
        self.seen = seen;
        let frames = published.frames.clone();
        self.fresh = Some(published);
        frames
    }

    /// The status of the moment whose frames were given last, once.
    pub(super) fn status(&mut self) -> Option<SimulatorStatus> {
        self.fresh.take().map(|published| published.status.clone())
    }
}

#[cfg(test)]
mod tests;
