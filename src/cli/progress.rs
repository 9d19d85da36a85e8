//! Progress on standard error, only where a person looks at it.

use std::io::{IsTerminal as _, Write as _};

use crate::job::Progress;

/// One line that is written over and over.
pub(super) struct ProgressLine {
    visible: bool,
    written: bool,
}

impl ProgressLine {
    pub(super) fn new() -> Self {
        Self {
            visible: std::io::stderr().is_terminal(),
            written: false,
        }
    }

    pub(super) fn show(&mut self, progress: &Progress) {
        if !self.visible {
            return;
        }
        let share = match progress.total {
            0 => String::new(),
            total => format!(" {} %", progress.done * 100 / total),
        };
        self.written = true;
        Self::put(&format!("\r\x1b[2K{}{share}", progress.stage));
    }

    /// Takes the line away, so that what follows begins at its place.
    pub(super) fn clear(&mut self) {
        if std::mem::take(&mut self.written) {
            Self::put("\r\x1b[2K");
        }
    }

    /// Progress that cannot be written is not worth ending for.
    fn put(text: &str) {
        let mut err = std::io::stderr().lock();
        if err.write_all(text.as_bytes()).is_ok() {
            drop(err.flush());
        }
    }
}

impl Drop for ProgressLine {
    fn drop(&mut self) {
        self.clear();
    }
}
