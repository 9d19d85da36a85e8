//! How long the window's last frames took to make. Milliseconds of work on the window's thread, waiting not included.

/// Frames remembered: four seconds at 60 a second.
const FRAMES: usize = 240;

/// The newest frame times, oldest first once unrolled.
#[derive(Debug, Clone, Default)]
pub struct FrameTimes {
    ring: Vec<f32>,
    next: usize,
}

impl FrameTimes {
    /// Adds the time of one frame; what is not a finite time is left out.
    pub fn push(&mut self, ms: f32) {
        if !ms.is_finite() || ms < 0.0 {
            return;
        }
        if self.ring.len() < FRAMES {
            self.ring.push(ms);
        } else {
            self.ring[self.next] = ms;
        }
        self.next = (self.next + 1) % FRAMES;
    }

    /// Whether no frame was measured yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ring.is_empty()
    }

    /// The time that a share `quantile` (0 to 1) of the frames stays within; none before the first frame.
    #[must_use]
    pub fn quantile(&self, quantile: f32) -> Option<f32> {
        let mut sorted = self.ring.clone();
        sorted.sort_by(f32::total_cmp);
        let last = sorted.len().checked_sub(1)?;
        let at = (quantile.clamp(0.0, 1.0) * last as f32).ceil() as usize;
        sorted.get(at).copied()
    }

    /// The times, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = f32> {
        let start = if self.ring.len() < FRAMES {
            0
        } else {
            self.next
        };
        let (newer, older) = self.ring.split_at(start);
        older.iter().chain(newer).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_times_that_were_measured() {
        let mut times = FrameTimes::default();
        assert_eq!(times.quantile(0.5), None);
        for ms in 1..=100_u8 {
            times.push(f32::from(ms));
        }
        assert_eq!(times.quantile(0.0), Some(1.0));
        assert_eq!(times.quantile(0.5), Some(51.0));
        assert_eq!(times.quantile(0.99), Some(100.0));
        assert_eq!(times.quantile(7.0), Some(100.0));
    }

    #[test]
    fn only_the_newest_are_kept_in_order() {
        let mut times = FrameTimes::default();
        times.push(f32::NAN);
        times.push(-1.0);
        assert!(times.is_empty());
        for ms in 0..FRAMES + 3 {
            times.push(ms as f32);
        }
        let kept: Vec<f32> = times.iter().collect();
        assert_eq!(kept.len(), FRAMES);
        assert_eq!((kept[0], kept[FRAMES - 1]), (3.0, (FRAMES + 2) as f32));
    }
}
