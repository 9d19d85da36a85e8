//! The checkpoint that is loaded, or being loaded, or failed to load.

use std::path::PathBuf;

use crate::engine::LoadReport;
use crate::job::Progress;

/// A load under way.
#[derive(Debug, Clone, PartialEq)]
pub struct Loading {
    /// What is being loaded.
    pub path: PathBuf,
    /// How far it is.
    pub progress: Option<Progress>,
    /// When it began, in seconds since the window opened.
    pub since_secs: f64,
}

/// The state of the model.
#[derive(Debug, Clone, Default)]
pub struct ModelState {
    /// What is loaded and ready.
    pub report: Option<Box<LoadReport>>,
    /// What is being loaded.
    pub loading: Option<Loading>,
    /// Why the last load failed: the path and the message.
    pub failure: Option<(PathBuf, String)>,
}

impl ModelState {
    /// Whether the last load failed for want of a tokenizer, so that choosing its folder would help.
    #[must_use]
    pub fn lacks_tokenizer(&self) -> bool {
        self.failure
            .as_ref()
            .is_some_and(|(_, error)| error.contains("tokenizer"))
    }
}
