//! Small pictures of the entries that are in sight, made one by one on a thread of their own: what scrolled out of
//! sight before its turn is never decoded, and playback is not disturbed.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use super::facts::{DatasetEvent, DatasetId};
use super::material::{Again, Material};
use crate::engine::Event;
use crate::engine::worker::{Sink, guarded, spawn};
use crate::geometry::ImageSize;
use crate::vision::{Frame, resample};

/// Longest side of a small picture, in pixels: twice the points it is shown at.
const SIDE: u32 = 128;

/// The wish for pictures: the newest one counts.
#[derive(Default)]
pub(super) struct Wish {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    numbers: Vec<u64>,
    over: bool,
}

impl Wish {
    pub(super) fn set(&self, mut numbers: Vec<u64>) {
        numbers.reverse();
        self.lock().numbers = numbers;
        self.changed.notify_one();
    }

    pub(super) fn end(&self) {
        self.lock().over = true;
        self.changed.notify_one();
    }

    /// The next entry; waits for one. None at the end.
    fn next(&self) -> Option<u64> {
        let mut state = self.lock();
        loop {
            if state.over {
                return None;
            }
            if let Some(number) = state.numbers.pop() {
                return Some(number);
            }
            state = self
                .changed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Starts the thread.
pub(super) fn start(id: DatasetId, again: Again, wish: Arc<Wish>, sink: Sink) {
    spawn("thumbnails", move || {
        guarded(&sink, "thumbnails", || {
            let Some(first) = wish.next() else { return };
            let mut material = match again.open() {
                Ok(material) => Some(material),
                Err(error) => {
                    log::warn!("no small pictures: {error}");
                    None
                }
            };
            let mut next = Some(first);
            while let Some(number) = next {
                let small = material.as_mut().and_then(|known| small(known, number));
                sink.send(Event::Dataset(id, DatasetEvent::Thumbnail(number, small)));
                next = wish.next();
            }
        });
    });
}

/// The first picture of an entry, small; none where it cannot be read.
fn small(material: &mut Material, number: u64) -> Option<Frame> {
    let camera = match material {
        Material::Episodes { set, .. } => set.info().cameras.first()?.name.clone(),
        Material::Samples(_) => String::new(),
    };
    let (episode, index) = match material {
        Material::Episodes { .. } => (number, 0),
        Material::Samples(_) => (0, number),
    };
    let (frame, trouble) = material.frame(episode, index, &camera);
    trouble.is_none().then(|| shrunk(&frame))
}

fn shrunk(frame: &Frame) -> Frame {
    let size = frame.size();
    let longest = size.width.max(size.height);
    if longest <= SIDE {
        return frame.clone();
    }
    let side = |side: u32| (u64::from(side) * u64::from(SIDE) / u64::from(longest)).max(1) as u32;
    resample::area(frame, ImageSize::new(side(size.width), side(size.height)))
}
