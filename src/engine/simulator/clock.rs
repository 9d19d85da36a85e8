//! When the next control step is taken.

use std::time::{Duration, Instant};

/// The pace of steps: the task's; slower where the machine is, faster for a while after a policy thought.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clock {
    /// When the next step is due by the task's clock.
    due: Instant,
    /// When it is taken.
    next: Instant,
}

impl Clock {
    /// The next step is taken at `next`, and the task's clock goes from there.
    pub(super) fn from(next: Instant) -> Self {
        Self { due: next, next }
    }

    /// When the next step is taken.
    pub(super) fn next(self) -> Instant {
        self.next
    }

    /// A step was taken: the next one follows in the task's `period`. Late steps are not made up for.
    pub(super) fn step(&mut self, now: Instant, period: Duration) {
        *self = Self::from((self.due + period).max(now));
    }

    /// A step was taken by a policy, which the world waited for. What that took, up to `most`, is made up for at twice
    /// the pace.
    pub(super) fn hurry(&mut self, now: Instant, period: Duration, most: Duration) {
        let earliest = now.checked_sub(most).unwrap_or(now);
        self.due = self.due.max(earliest) + period;
        self.next = self.due.max(now + period / 2);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PERIOD: Duration = Duration::from_millis(200);

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn late_steps_are_not_made_up_for() {
        let begun = Instant::now();
        let mut clock = Clock::from(begun);
        clock.step(begun + ms(10), PERIOD);
        assert_eq!(clock.next(), begun + PERIOD, "in time");
        clock.step(begun + ms(900), PERIOD);
        clock.step(begun + ms(900), PERIOD);
        assert_eq!(clock.next(), begun + ms(1100));
    }

    /// When the steps of so many chunks of four are taken, in milliseconds, by a policy that thinks before each.
    fn taken(clock: &mut Clock, begun: Instant, thinks: Duration, chunks: usize) -> Vec<u128> {
        let (mut now, mut steps) = (begun, Vec::new());
        for _ in 0..chunks {
            now += thinks;
            for _ in 0..4 {
                now = now.max(clock.next());
                steps.push((now - begun).as_millis());
                clock.hurry(now, PERIOD, PERIOD * 4);
            }
        }
        steps
    }

    #[test]
    fn what_thinking_took_is_made_up_for_at_twice_the_pace() {
        let begun = Instant::now();
        let steps = taken(&mut Clock::from(begun), begun, ms(300), 5);
        // A thought lies between the fourth step and the next; twenty steps are five a second all the same.
        assert_eq!(steps[..5], [300, 400, 500, 600, 900]);
        assert_eq!(steps[19], 19 * 200);
    }

    #[test]
    fn a_long_wait_is_made_up_for_in_part() {
        let begun = Instant::now();
        let late = begun + Duration::from_mins(1);
        let steps = taken(&mut Clock::from(begun), late, ms(0), 6);
        assert_eq!(steps[..3], [0, 100, 200]);
        // Four periods in all, of the minute: from there on the pace is the task's.
        assert_eq!(steps[22..], [(22 - 4) * 200, (23 - 4) * 200]);
    }
}
