//! A dataset in words.

use crate::engine::{DatasetAbout, DatasetEntry, DatasetKind};
use crate::ui::units;

/// "2 episodes · 80 frames · 10 fps · 3 cameras".
pub(super) fn counts(about: &DatasetAbout) -> String {
    let entries = about.entries.len();
    let rows = usize::try_from(about.rows).unwrap_or(usize::MAX);
    match about.kind {
        DatasetKind::Episodes => {
            let fps = about
                .fps
                .map_or_else(String::new, |fps| format!(" · {fps} fps"));
            format!(
                "{} · {}{fps} · {}",
                units::many(entries, "episode", "episodes"),
                units::many(rows, "frame", "frames"),
                units::many(about.cameras.len(), "camera", "cameras"),
            )
        }
        DatasetKind::Samples => format!(
            "{} · {}",
            units::many(entries, "sample", "samples"),
            units::many(rows, "target", "targets")
        ),
    }
}

/// How long an entry is: "4.0 s", or how many targets it has.
pub(super) fn length(about: &DatasetAbout, entry: DatasetEntry) -> String {
    match (about.kind, about.fps) {
        (DatasetKind::Episodes, Some(fps)) => units::seconds(f64::from(entry.length) / fps),
        (DatasetKind::Episodes, None) => units::many(entry.length as usize, "frame", "frames"),
        (DatasetKind::Samples, _) => units::many(entry.length as usize, "target", "targets"),
    }
}

/// What an entry is called: "Episode 3".
pub(super) fn name(about: &DatasetAbout, entry: DatasetEntry) -> String {
    match about.kind {
        DatasetKind::Episodes => format!("Episode {}", entry.number),
        DatasetKind::Samples => format!("Sample {}", entry.number),
    }
}
