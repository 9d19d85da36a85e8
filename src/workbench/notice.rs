//! Messages: notices a person can act on, and the log.

use std::collections::VecDeque;

use super::Command;

/// How much a message matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NoticeLevel {
    /// Good to know.
    Info,
    /// Something is not as expected; work goes on.
    Warning,
    /// Something failed.
    Error,
}

/// One message with the step it suggests.
#[derive(Debug, Clone)]
pub struct Notice {
    /// How much it matters.
    pub level: NoticeLevel,
    /// What, where and what to do.
    pub text: String,
    /// A button: its words and what it does.
    pub action: Option<(String, Command)>,
    /// When it came, in seconds since the window opened.
    pub at_secs: f64,
}

/// One line of the log.
#[derive(Debug, Clone, PartialEq)]
pub struct LogLine {
    /// How much it matters.
    pub level: NoticeLevel,
    /// The part of the program that speaks.
    pub target: String,
    /// The message.
    pub text: String,
    /// Seconds since the window opened.
    pub at_secs: f64,
}

/// Notices on screen and the log behind them.
#[derive(Debug, Default)]
pub struct Notices {
    /// On screen, oldest first.
    pub open: Vec<Notice>,
    /// The log, oldest first, bounded.
    pub log: VecDeque<LogLine>,
}

/// Lines the log keeps.
const LOG_LINES: usize = 5000;

/// Notices on screen at most; the oldest leave first.
const OPEN_NOTICES: usize = 4;

impl Notices {
    /// Shows a notice and logs it.
    pub fn push(&mut self, notice: Notice) {
        self.line(LogLine {
            level: notice.level,
            target: "workbench".into(),
            text: notice.text.clone(),
            at_secs: notice.at_secs,
        });
        self.open.retain(|open| open.text != notice.text);
        self.open.push(notice);
        let surplus = self.open.len().saturating_sub(OPEN_NOTICES);
        self.open.drain(..surplus);
    }

    /// Adds a line to the log.
    pub fn line(&mut self, line: LogLine) {
        if self.log.len() == LOG_LINES {
            self.log.pop_front();
        }
        self.log.push_back(line);
    }
}
