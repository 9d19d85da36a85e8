//! A policy at the wheel: the world waits for its next steps, and carries them out one by one.

use super::plain::Driver;
use super::play::{Live, Play};
use crate::control::decided;

impl Play {
    /// Gives the arm to somebody else.
    pub(super) fn set_driver(&mut self, driver: Driver) {
        if self.driver != driver {
            self.driver = driver;
            self.wanted = false;
            self.with(|live| {
                live.session.release();
                live.chunker.reset();
                live.waits = None;
            });
        }
    }

    /// Waits for the policy's next steps where it has none left, from this moment on.
    pub(super) fn look(&mut self) {
        let Some(live) = &mut self.live else { return };
        let drives = self.driver == Driver::Policy && (self.running || self.wanted);
        let wants = live.chunker.is_hungry() && live.session.ending().is_none();
        if drives && wants && live.waits.is_none() {
            self.waits += 1;
            live.waits = Some(self.waits);
            self.stale = true;
        }
    }

    /// Takes the policy's next steps; those of another moment are old.
    pub(super) fn feed(&mut self, wait: u64, steps: &[Vec<f64>]) {
        if let Some(live) = self.live.as_mut().filter(|live| live.waits == Some(wait)) {
            live.chunker.feed(steps.to_vec());
            live.waits = None;
            if std::mem::take(&mut self.wanted) {
                self.step();
            }
        }
    }

    /// A step that somebody asked for; a policy may have to think of it first.
    pub(super) fn step_once(&mut self) {
        let thinks = |live: &Live| live.chunker.is_hungry() && live.session.ending().is_none();
        if self.driver == Driver::Policy && self.live.as_ref().is_some_and(thinks) {
            self.wanted = true;
        } else {
            self.step();
        }
    }
}

impl Live {
    /// The policy's next step, if it gave one; the world waits for it.
    pub(super) fn drive(&mut self) {
        let Some(axes) = self.chunker.next_action() else {
            return;
        };
        if let Some(action) = decided(&axes) {
            self.session.drive(action);
        } else {
            self.refused += 1;
            self.refusal = Some("a step of the policy is not seven finite numbers".into());
        }
    }
}
