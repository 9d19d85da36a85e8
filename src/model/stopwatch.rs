//! Where the time of a query goes. On a GPU a stage ends when the device has done its work, not when it was asked.

use std::time::Instant;

use super::answer::{AnswerEvent, StageTime, Timing};
use super::device::ComputeDevice;

/// Times the stages of one query and tells when one begins.
pub(super) struct Stopwatch<'a> {
    device: &'a ComputeDevice,
    tell: &'a mut dyn FnMut(AnswerEvent),
    begun: Instant,
    stage: (&'static str, Instant),
    stages: Vec<StageTime>,
}

impl<'a> Stopwatch<'a> {
    pub(super) fn start(
        device: &'a ComputeDevice,
        stage: &'static str,
        tell: &'a mut dyn FnMut(AnswerEvent),
    ) -> Self {
        let begun = Instant::now();
        tell(AnswerEvent::Stage(stage));
        Self {
            device,
            tell,
            begun,
            stage: (stage, begun),
            stages: Vec::new(),
        }
    }

    /// Ends the stage under way and begins another.
    pub(super) fn enter(&mut self, stage: &'static str) {
        self.close();
        self.stage = (stage, Instant::now());
        (self.tell)(AnswerEvent::Stage(stage));
    }

    /// Passes an event on.
    pub(super) fn tell(&mut self, event: AnswerEvent) {
        (self.tell)(event);
    }

    pub(super) fn finish(mut self) -> Timing {
        self.close();
        Timing {
            stages: self.stages,
            total_ms: millis(self.begun),
            prompt_tokens: 0,
            reply_tokens: 0,
        }
    }

    fn close(&mut self) {
        if self.device.gpu().is_some() {
            // A device that fails says so in the pass; the time of this stage is then of no use.
            if let Err(error) = self.device.handle().sync() {
                log::warn!("waiting for the device failed: {error}");
            }
        }
        self.stages.push(StageTime {
            stage: self.stage.0,
            ms: millis(self.stage.1),
        });
    }
}

fn millis(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1e3
}
