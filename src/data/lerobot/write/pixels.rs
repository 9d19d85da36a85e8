//! Statistics of pictures: each channel from 0 to 1, over all frames, every few pixels.

use crate::data::{QUANTILES, Stats};
use crate::vision::Frame;

/// Longest side of the grid of pixels that are counted.
const GRID: u32 = 160;

/// Counts of byte values of red, green and blue.
pub(super) struct PixelStats {
    counts: Box<[[u64; 256]; 3]>,
    frames: u64,
}

impl PixelStats {
    pub(super) fn new() -> Self {
        Self {
            counts: Box::new([[0; 256]; 3]),
            frames: 0,
        }
    }

    pub(super) fn add(&mut self, frame: &Frame) {
        let size = frame.size();
        let step = size.width.max(size.height).div_ceil(GRID).max(1) as usize;
        let rows = frame.rgba().chunks_exact(size.width as usize * 4);
        for row in rows.step_by(step) {
            for pixel in row.chunks_exact(4).step_by(step) {
                for (counts, value) in self.counts.iter_mut().zip(pixel) {
                    counts[usize::from(*value)] += 1;
                }
            }
        }
        self.frames += 1;
    }

    /// Statistics of the three channels; `count` is the number of frames.
    pub(super) fn stats(&self) -> Stats {
        let mut stats = Stats {
            count: self.frames,
            quantiles: vec![Vec::new(); QUANTILES.len()],
            ..Stats::default()
        };
        for counts in self.counts.iter() {
            let total = counts.iter().sum::<u64>() as f64;
            let values = || {
                counts
                    .iter()
                    .enumerate()
                    .map(|(value, count)| (value as f64 / 255.0, *count))
            };
            let mean = values()
                .map(|(value, count)| value * count as f64)
                .sum::<f64>()
                / total;
            let spread = values()
                .map(|(value, count)| (value - mean).powi(2) * count as f64)
                .sum::<f64>();
            let mut seen = values()
                .filter(|(_, count)| *count > 0)
                .map(|(value, _)| value);
            let first = seen.next().unwrap_or(f64::NAN);
            stats.min.push(first);
            stats.max.push(seen.next_back().unwrap_or(first));
            stats.mean.push(mean);
            stats.std.push((spread / total).sqrt());
            for (list, (_, share)) in stats.quantiles.iter_mut().zip(QUANTILES) {
                let place = (share * (total - 1.0)).floor() as u64;
                let mut below = 0;
                let at = values().find(|(_, count)| {
                    below += count;
                    below > place
                });
                list.push(at.map_or(f64::NAN, |(value, _)| value));
            }
        }
        stats
    }
}
