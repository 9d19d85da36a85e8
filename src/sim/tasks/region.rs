//! Free places on a table. World frame, metres.

use rand::Rng as _;
use rand_chacha::ChaCha8Rng;

/// A rectangle of the table and what stands in it already.
#[derive(Debug, Clone)]
pub(super) struct Region {
    pub low: [f64; 2],
    pub high: [f64; 2],
    taken: Vec<([f64; 2], f64)>,
}

/// Left between any two things.
const ROOM: f64 = 0.022;
const TRIES: usize = 400;

impl Region {
    pub fn new(low: [f64; 2], high: [f64; 2]) -> Self {
        Self {
            low,
            high,
            taken: Vec::new(),
        }
    }

    /// Nothing stands there any more.
    pub fn clear(&mut self) {
        self.taken.clear();
    }

    /// Marks a place as taken.
    pub fn take(&mut self, at: [f64; 2], radius: f64) {
        self.taken.push((at, radius));
    }

    /// A free place for a thing of this radius, and takes it.
    pub fn place(&mut self, random: &mut ChaCha8Rng, radius: f64) -> Option<[f64; 2]> {
        for _ in 0..TRIES {
            let at =
                [0, 1].map(|axis: usize| random.random_range(self.low[axis]..=self.high[axis]));
            let free = self.taken.iter().all(|(other, room)| {
                (other[0] - at[0]).hypot(other[1] - at[1]) > room + radius + ROOM
            });
            if free {
                self.take(at, radius);
                return Some(at);
            }
        }
        None
    }
}
