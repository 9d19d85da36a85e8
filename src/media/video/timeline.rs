//! Frames in the order they are shown, and which samples must be decoded for each.
//!
//! Samples are numbered in decoding order, frames in presentation order, both from zero.

use std::time::Duration;

use super::table::Sample;

/// Maps between frames, samples and times.
pub(super) struct Timeline {
    samples: Vec<Sample>,
    /// Sample of each frame.
    order: Vec<u32>,
    /// Frame of each sample; none for frames before the start of the edit.
    rank: Vec<Option<u32>>,
    timescale: u32,
}

impl Timeline {
    /// Orders samples by when they are shown, without those shown before `start`.
    pub(super) fn new(samples: Vec<Sample>, timescale: u32, start: i64) -> Self {
        let mut order: Vec<u32> = (0..samples.len() as u32)
            .filter(|&sample| samples[sample as usize].shown >= start)
            .collect();
        if order.is_empty() {
            // An edit that hides everything is a mistake of its writer.
            order = (0..samples.len() as u32).collect();
        }
        order.sort_by_key(|&sample| samples[sample as usize].shown);
        let mut rank = vec![None; samples.len()];
        for (frame, &sample) in order.iter().enumerate() {
            rank[sample as usize] = Some(frame as u32);
        }
        Self {
            samples,
            order,
            rank,
            timescale,
        }
    }

    /// Time units in a second.
    pub(super) const fn timescale(&self) -> u32 {
        self.timescale
    }

    /// Number of frames.
    pub(super) const fn len(&self) -> usize {
        self.order.len()
    }

    /// The sample with this number.
    pub(super) fn sample(&self, sample: usize) -> Option<&Sample> {
        self.samples.get(sample)
    }

    /// The sample that holds a frame.
    pub(super) fn sample_of(&self, frame: u64) -> Option<usize> {
        let sample = self.order.get(usize::try_from(frame).ok()?)?;
        Some(*sample as usize)
    }

    /// The frame that a sample holds.
    pub(super) fn frame_of(&self, sample: usize) -> Option<u64> {
        self.rank.get(sample).copied().flatten().map(u64::from)
    }

    /// Where decoding may start so that `sample` comes out right: the last sync sample at or before it that is not
    /// shown after it, since frames that lead a sync sample may need the group of pictures before.
    pub(super) fn sync_before(&self, sample: usize) -> usize {
        let Some(target) = self.samples.get(sample) else {
            return 0;
        };
        self.samples[..=sample]
            .iter()
            .rposition(|start| start.sync && start.shown <= target.shown)
            .unwrap_or(0)
    }

    /// When a frame is shown, counted from the first.
    pub(super) fn stamp(&self, frame: u64) -> Option<Duration> {
        let shown = self.samples[self.sample_of(frame)?].shown;
        Some(self.time(shown.saturating_sub(self.first())))
    }

    /// The frame on show at a time; the last one after the end.
    pub(super) fn frame_at(&self, stamp: Duration) -> Option<u64> {
        let after = self.order.partition_point(|&sample| {
            self.time(
                self.samples[sample as usize]
                    .shown
                    .saturating_sub(self.first()),
            ) <= stamp
        });
        Some(after.saturating_sub(1) as u64).filter(|_| !self.order.is_empty())
    }

    /// From the first frame to the end of the last.
    pub(super) fn duration(&self) -> Duration {
        let end = self.order.last().map_or(0, |&sample| {
            let last = &self.samples[sample as usize];
            last.shown.saturating_add(i64::from(last.duration))
        });
        self.time(end.saturating_sub(self.first()))
    }

    /// Mean frames per second.
    pub(super) fn fps(&self) -> Option<f64> {
        let seconds = self.duration().as_secs_f64();
        (seconds > 0.0).then(|| self.len() as f64 / seconds)
    }

    fn first(&self) -> i64 {
        self.order
            .first()
            .map_or(0, |&sample| self.samples[sample as usize].shown)
    }

    fn time(&self, units: i64) -> Duration {
        let nanos = u128::from(units.max(0).unsigned_abs()) * 1_000_000_000;
        let nanos = nanos / u128::from(self.timescale.max(1));
        Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Decoding order I0 P3 B1 B2 | I4 P6 B5, with a key frame led by nothing.
    fn two_groups() -> Vec<Sample> {
        let shown = [0, 3, 1, 2, 4, 6, 5];
        shown
            .iter()
            .enumerate()
            .map(|(index, &shown)| Sample {
                offset: 0,
                size: 0,
                duration: 1,
                shown,
                sync: index == 0 || index == 4,
            })
            .collect()
    }

    #[test]
    fn frames_are_in_the_order_they_are_shown() {
        let line = Timeline::new(two_groups(), 10, i64::MIN);
        let samples: Vec<_> = (0..7).filter_map(|frame| line.sample_of(frame)).collect();
        assert_eq!(samples, [0, 2, 3, 1, 4, 6, 5]);
        for frame in 0..7 {
            let sample = line.sample_of(frame).unwrap();
            assert_eq!(line.frame_of(sample), Some(frame));
        }
        assert_eq!(line.sample_of(7), None);
        assert_eq!(line.stamp(3), Some(Duration::from_millis(300)));
        assert_eq!(line.duration(), Duration::from_millis(700));
        assert_eq!(line.fps(), Some(10.0));
    }

    #[test]
    fn times_name_the_frame_on_show() {
        let line = Timeline::new(two_groups(), 10, i64::MIN);
        let at = |ms| line.frame_at(Duration::from_millis(ms));
        assert_eq!(
            [at(0), at(99), at(100), at(9000)],
            [Some(0), Some(0), Some(1), Some(6)]
        );
        for frame in 0..7 {
            assert_eq!(line.frame_at(line.stamp(frame).unwrap()), Some(frame));
        }
    }

    #[test]
    fn decoding_starts_at_the_group_of_the_frame() {
        let line = Timeline::new(two_groups(), 10, i64::MIN);
        assert_eq!(line.sync_before(3), 0);
        assert_eq!(line.sync_before(6), 4);
    }

    #[test]
    fn frames_that_lead_a_sync_sample_start_one_group_earlier() {
        let mut open = two_groups();
        open[6].shown = 3;
        open[1].shown = 2;
        let line = Timeline::new(open, 10, i64::MIN);
        assert_eq!(line.sync_before(6), 0);
    }

    #[test]
    fn an_edit_hides_the_frames_before_it() {
        let line = Timeline::new(two_groups(), 10, 2);
        assert_eq!(line.len(), 5);
        assert_eq!(line.sample_of(0), Some(3));
        assert_eq!(line.stamp(0), Some(Duration::ZERO));
        assert_eq!(
            Timeline::new(two_groups(), 10, 100).len(),
            7,
            "hides all, so is ignored"
        );
    }
}
