//! One thread for the open dataset, and one for its small pictures.
//!
//! The window sees plain data: what the dataset says of itself with the list of its entries, rows of the episode on
//! show, and the newest pictures of all its cameras in one piece, so that they are never out of step.

mod about;
mod facts;
mod material;
mod player;
mod thumbnails;

#[cfg(test)]
mod tests;

pub use facts::{
    DatasetAbout, DatasetCamera, DatasetEntry, DatasetEvent, DatasetId, DatasetKind,
    DatasetRequest, EpisodeRows, FeatureRows, Problem, ProblemLevel, Shown, short_name,
};

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Instant;

use super::worker::{Sink, guarded, spawn};
use super::{Event, Latest, PlayState, SourceId};
use material::Material;
use player::Player;
use thumbnails::Wish;

/// Orders that may wait; scrubbing sends many and only the last one counts.
const ORDERS: usize = 1024;

enum Order {
    Play(PlayState),
    Seek(u64),
    Show(u64, Vec<(SourceId, String)>),
    /// A source is no longer shown.
    Forget(SourceId),
}

/// The handle of a dataset's threads; dropping it ends them.
pub(super) struct DatasetThread {
    pub(super) id: DatasetId,
    orders: SyncSender<Order>,
    shown: Latest<Shown>,
    seen: u64,
    sources: Vec<SourceId>,
    wish: Arc<Wish>,
}

impl DatasetThread {
    pub(super) fn start(id: DatasetId, path: PathBuf, sink: Sink) -> Self {
        let (orders, inbox) = sync_channel(ORDERS);
        let (shown, wish) = (Latest::default(), Arc::new(Wish::default()));
        let handle = Self {
            id,
            orders,
            shown: shown.clone(),
            seen: 0,
            sources: Vec::new(),
            wish: Arc::clone(&wish),
        };
        spawn("dataset", move || {
            let work = || run(id, &path, &sink, &inbox, (&shown, &wish));
            if guarded(&sink, "dataset", work).is_none() {
                let text = "reading the dataset failed unexpectedly; open it again".into();
                sink.send(Event::Dataset(id, DatasetEvent::Failed(text)));
            }
        });
        handle
    }

    /// Whether a source is a camera of this dataset.
    pub(super) fn owns(&self, id: SourceId) -> bool {
        self.sources.contains(&id)
    }

    pub(super) fn request(&mut self, request: DatasetRequest) {
        match request {
            DatasetRequest::Show { episode, cameras } => {
                self.sources = cameras.iter().map(|(id, _)| *id).collect();
                self.order(Order::Show(episode, cameras));
            }
            DatasetRequest::Thumbnails(numbers) => self.wish.set(numbers),
            // Opening and closing is the engine's.
            DatasetRequest::Open(_) | DatasetRequest::Close => {}
        }
    }

    pub(super) fn play(&self, state: PlayState) {
        self.order(Order::Play(state));
    }

    pub(super) fn seek(&self, index: u64) {
        self.order(Order::Seek(index));
    }

    pub(super) fn forget(&mut self, id: SourceId) {
        self.sources.retain(|known| *known != id);
        self.order(Order::Forget(id));
    }

    pub(super) fn newer(&mut self) -> Option<Shown> {
        let (seen, shown) = self.shown.newer(self.seen)?;
        self.seen = seen;
        Some(shown)
    }

    fn order(&self, order: Order) {
        if self.orders.try_send(order).is_err() {
            log::warn!("the dataset does not follow orders; it may be on a slow disk");
        }
    }
}

impl Drop for DatasetThread {
    fn drop(&mut self) {
        self.wish.end();
    }
}

fn run(
    id: DatasetId,
    path: &Path,
    sink: &Sink,
    inbox: &Receiver<Order>,
    (shown, wish): (&Latest<Shown>, &Arc<Wish>),
) {
    let begun = Instant::now();
    let material = match Material::open(path) {
        Ok(material) => material,
        Err(error) => {
            let failed = DatasetEvent::Failed(error.to_string());
            return sink.send(Event::Dataset(id, failed));
        }
    };
    let about = material.about(path, begun.elapsed().as_millis() as u64);
    let about = Arc::new(about);
    let opened = DatasetEvent::Opened(Arc::clone(&about));
    sink.send(Event::Dataset(id, opened));
    thumbnails::start(id, material.again(), Arc::clone(wish), sink.clone());
    let mut player = Player::new(id, (material, about), sink, shown);
    while player.turn(inbox) {}
}
