//! Every message of the program and its libraries, kept in a bounded buffer that the window empties each frame.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use log::{Level, LevelFilter, Log, Metadata, Record};

/// How much a record matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogLevel {
    /// Good to know.
    Info,
    /// Not as expected.
    Warning,
    /// Failed.
    Error,
}

/// One message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogRecord {
    /// How much it matters.
    pub level: LogLevel,
    /// The module that speaks.
    pub target: String,
    /// The message.
    pub text: String,
}

/// Records kept until somebody takes them.
const CAPACITY: usize = 2000;

struct Buffer {
    records: Mutex<VecDeque<LogRecord>>,
    dialog_errors: AtomicUsize,
    echo: bool,
}

static BUFFER: OnceLock<Buffer> = OnceLock::new();

/// Installs the logger; with `echo`, warnings and errors also go to standard error. Later calls change nothing.
pub fn install_logger(echo: bool) {
    let buffer = BUFFER.get_or_init(|| Buffer {
        records: Mutex::default(),
        dialog_errors: AtomicUsize::new(0),
        echo,
    });
    if log::set_logger(buffer).is_ok() {
        log::set_max_level(LevelFilter::Info);
    }
}

/// Takes every record kept so far.
#[must_use]
pub fn take_log() -> Vec<LogRecord> {
    BUFFER.get().map_or_else(Vec::new, |buffer| {
        let mut records = buffer
            .records
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        records.drain(..).collect()
    })
}

/// How often the file dialog's library has reported a failure. It tells a dialog that could not open from one that was
/// closed, which the library's result does not.
pub(super) fn dialog_errors() -> usize {
    BUFFER
        .get()
        .map_or(0, |buffer| buffer.dialog_errors.load(Ordering::Relaxed))
}

impl Log for Buffer {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        // Graphics libraries speak of every surface and pipeline at info.
        metadata.level() <= Level::Warn || metadata.target().starts_with("spvla")
    }

    fn log(&self, record: &Record<'_>) {
        if !self.enabled(record.metadata()) {
            return;
        }
        // Drivers complain while adapters are looked for; what matters of it comes back as an error.
        let driver = record.target().starts_with("wgpu_hal");
        if self.echo && !driver && record.level() <= Level::Warn {
            eprintln!(
                "{}: {}",
                record.level().as_str().to_lowercase(),
                record.args()
            );
        }
        if record.level() == Level::Error && record.target().starts_with("rfd") {
            self.dialog_errors.fetch_add(1, Ordering::Relaxed);
        }
        let level = match record.level() {
            Level::Error => LogLevel::Error,
            Level::Warn => LogLevel::Warning,
            _ => LogLevel::Info,
        };
        let mut records = self.records.lock().unwrap_or_else(PoisonError::into_inner);
        if records.len() == CAPACITY {
            records.pop_front();
        }
        records.push_back(LogRecord {
            level,
            target: record.target().to_owned(),
            text: record.args().to_string(),
        });
    }

    fn flush(&self) {}
}
