//! The sources that are open and where each one stands.

use crate::engine::{PlayState, SourceId, SourceInfo, SourceSpec, short_name};
use crate::vision::Frame;

/// How a source is doing.
#[derive(Debug, Clone, PartialEq)]
pub enum SourceStatus {
    /// Being opened.
    Opening,
    /// Open.
    Open(SourceInfo),
    /// It could not be opened, or broke: why, and what to do.
    Failed(String),
}

/// One source.
#[derive(Debug, Clone)]
pub struct SourceState {
    /// Its name for the engine.
    pub id: SourceId,
    /// What it was opened from, to open it again.
    pub spec: SourceSpec,
    /// How it is doing.
    pub status: SourceStatus,
    /// Whether it plays.
    pub play: PlayState,
    /// Whether its picture is among the views that are shown and asked about.
    pub in_view: bool,
    /// Its newest frame. `frame.seq` is the frame index.
    pub frame: Option<Frame>,
    /// When that frame came, in seconds since the window opened.
    pub frame_secs: f64,
    /// The last thing that went wrong without ending it.
    pub warning: Option<String>,
}

impl SourceState {
    /// What to call it.
    #[must_use]
    pub fn name(&self) -> String {
        match (&self.status, &self.spec) {
            (SourceStatus::Open(info), spec) if !matches!(spec, SourceSpec::Simulator(_)) => {
                info.name.clone()
            }
            (_, SourceSpec::Path(path)) => path.file_name().map_or_else(
                || path.display().to_string(),
                |n| n.to_string_lossy().into_owned(),
            ),
            (_, SourceSpec::Webcam { device, .. }) => device.clone(),
            (_, SourceSpec::DatasetCamera { camera, .. }) => short_name(camera).to_owned(),
            (_, SourceSpec::Simulator(camera)) => format!("Simulator {camera}"),
            (_, SourceSpec::Sample(n)) => format!("Sample {}", n + 1),
        }
    }

    /// What it is, once open.
    #[must_use]
    pub const fn info(&self) -> Option<&SourceInfo> {
        match &self.status {
            SourceStatus::Open(info) => Some(info),
            _ => None,
        }
    }
}
