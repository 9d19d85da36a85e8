//! Where the time of collecting goes, stage by stage, over all workers.
//!
//! Seconds on the clock, summed up over workers: with as many workers as cores they are about core seconds. A software
//! graphics driver draws with threads of its own, so the processor time of the whole process is told beside them.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use serde::Serialize;

/// A stage of the work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Play,
    Replay,
    Render,
    Label,
    Encode,
    Ask,
    Write,
}

const STAGES: [(Part, &str); 7] = [
    (Part::Play, "physics and expert"),
    (Part::Replay, "replay validation"),
    (Part::Render, "render and read back"),
    (Part::Label, "labels"),
    (Part::Encode, "encode"),
    (Part::Ask, "questions and their pictures"),
    (Part::Write, "write"),
];

/// The time of one stage.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StageTime {
    /// What is done.
    pub stage: &'static str,
    /// Seconds of all workers.
    pub seconds: f64,
}

/// What collecting cost.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Effort {
    /// Stages in order.
    pub stages: Vec<StageTime>,
    /// Control steps written.
    pub steps: u64,
    /// Pictures written, over all cameras.
    pub pictures: u64,
    /// Seconds on the clock.
    pub seconds: f64,
    /// Processor seconds of the whole process meanwhile, where the system tells.
    pub processor_seconds: Option<f64>,
}

impl Effort {
    /// The stage that takes the most, and its share of all stages.
    #[must_use]
    pub fn most(&self) -> Option<(&'static str, f64)> {
        let all: f64 = self.stages.iter().map(|stage| stage.seconds).sum();
        let most = self
            .stages
            .iter()
            .max_by(|a, b| a.seconds.total_cmp(&b.seconds))?;
        (all > 0.0).then(|| (most.stage, most.seconds / all))
    }
}

/// Takes the times while workers work.
pub(super) struct Stopwatch {
    nanos: [AtomicU64; STAGES.len()],
    steps: AtomicU64,
    pictures: AtomicU64,
    start: Instant,
    processor: Option<f64>,
}

impl Stopwatch {
    pub(super) fn start() -> Self {
        Self {
            nanos: std::array::from_fn(|_| AtomicU64::new(0)),
            steps: AtomicU64::new(0),
            pictures: AtomicU64::new(0),
            start: Instant::now(),
            processor: processor_seconds(),
        }
    }

    /// Does some work of a stage.
    pub(super) fn time<T>(&self, stage: Part, work: impl FnOnce() -> T) -> T {
        let start = Instant::now();
        let done = work();
        let nanos = u64::try_from(start.elapsed().as_nanos()).unwrap_or(u64::MAX);
        let at = STAGES.iter().position(|(own, _)| *own == stage);
        if let Some(sum) = at.and_then(|at| self.nanos.get(at)) {
            sum.fetch_add(nanos, Ordering::Relaxed);
        }
        done
    }

    /// Notes an episode that was written.
    pub(super) fn wrote(&self, steps: usize, cameras: usize) {
        self.steps.fetch_add(steps as u64, Ordering::Relaxed);
        self.pictures
            .fetch_add((steps * cameras) as u64, Ordering::Relaxed);
    }

    /// All of it so far.
    pub(super) fn effort(&self) -> Effort {
        let seconds = |sum: &AtomicU64| sum.load(Ordering::Relaxed) as f64 / 1e9;
        let stages = STAGES.iter().zip(&self.nanos);
        Effort {
            stages: stages
                .map(|((_, stage), sum)| StageTime {
                    stage,
                    seconds: seconds(sum),
                })
                .collect(),
            steps: self.steps.load(Ordering::Relaxed),
            pictures: self.pictures.load(Ordering::Relaxed),
            seconds: self.start.elapsed().as_secs_f64(),
            processor_seconds: self
                .processor
                .and_then(|before| Some(processor_seconds()? - before)),
        }
    }
}

/// Processor time of this process since it began, on Linux: `utime` and `stime` of proc(5), in hundredths of a second.
fn processor_seconds() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The name of the program, in brackets, may hold blanks.
    let (_, rest) = stat.rsplit_once(')')?;
    let mut fields = rest.split_whitespace().skip(11);
    let mut next = || fields.next()?.parse::<f64>().ok();
    Some((next()? + next()?) / 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_is_counted_where_it_is_spent() {
        let watch = Stopwatch::start();
        let busy = || (0..2_000_000_u64).map(std::hint::black_box).sum::<u64>();
        let sum = watch.time(Part::Render, busy);
        assert!(sum > 0);
        watch.wrote(10, 3);
        let effort = watch.effort();
        assert_eq!((effort.steps, effort.pictures), (10, 30));
        let of = |name: &str| {
            let stage = effort.stages.iter().find(|stage| stage.stage == name);
            stage.map(|stage| stage.seconds).unwrap()
        };
        assert!(of("render and read back") > 0.0 && of("labels") == 0.0);
        assert_eq!(effort.most(), Some(("render and read back", 1.0)));
        assert!(effort.seconds >= of("render and read back"));
    }
}
