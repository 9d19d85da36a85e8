//! Decoded frames that are kept so that stepping back does not decode a whole group of pictures each time.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::media::yuv::Planes;

/// Memory that decoded frames may take, in bytes: 145 frames of 640x480.
const BUDGET: usize = 64 << 20;
/// Frames that are kept at any size, because frames are decoded out of order.
const FEWEST: usize = 8;

/// Decoded frames by their index.
#[derive(Default)]
pub(super) struct Cache {
    frames: BTreeMap<u64, Arc<Planes>>,
    bytes: usize,
}

impl Cache {
    pub(super) fn find(&self, frame: u64) -> Option<Arc<Planes>> {
        self.frames.get(&frame).cloned()
    }

    /// Keeps a frame, and drops those farthest from `focus` while there are too many.
    pub(super) fn insert(&mut self, frame: u64, planes: Planes, focus: u64) {
        self.bytes += planes.bytes();
        if let Some(old) = self.frames.insert(frame, Arc::new(planes)) {
            self.bytes -= old.bytes();
        }
        while self.bytes > BUDGET && self.frames.len() > FEWEST {
            self.drop_farthest(focus);
        }
    }

    fn drop_farthest(&mut self, focus: u64) {
        let ends = [self.frames.first_key_value(), self.frames.last_key_value()];
        let farthest = ends
            .into_iter()
            .flatten()
            .map(|(frame, _)| *frame)
            .max_by_key(|frame| frame.abs_diff(focus));
        if let Some(old) = farthest.and_then(|frame| self.frames.remove(&frame)) {
            self.bytes -= old.bytes();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::ImageSize;
    use crate::media::yuv::{Colour, Sampling};

    #[test]
    fn the_nearest_frames_survive() {
        let mut cache = Cache::default();
        let size = ImageSize::new(1 << 11, 1 << 11);
        for frame in 0..40 {
            let planes = [vec![0; size.pixels()], Vec::new(), Vec::new()];
            let planes = Planes::new(size, Sampling::Grey, Colour::default(), planes).unwrap();
            cache.insert(frame, planes, frame);
        }
        let kept: Vec<u64> = (0..40)
            .filter(|&frame| cache.find(frame).is_some())
            .collect();
        assert_eq!(kept, (24..40).collect::<Vec<_>>(), "64 MB of 4 MB frames");
        assert_eq!(cache.bytes, 16 * size.pixels());
    }
}
