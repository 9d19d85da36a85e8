//! The few controls that several panels share. Each has an accessible name, so that a screen reader and a test can
//! find it; each keeps its size while its value changes. They know nothing of the document.

mod bars;
mod button;
mod choice;
mod progress;
mod rows;
mod scrub;
mod state;
mod tokens;

pub use bars::{StageTime, stage_bars};
pub use button::{ActionButton, IconButton, menu_item};
pub use choice::{chip, segmented};
pub use progress::{Progress, progress};
pub use rows::{ListRow, Notice, NoticeAnswer, dense, key_value, list_row, notice, section};
pub use scrub::scrub;
pub use state::{EmptyAnswer, EmptyState, empty_state};
pub use tokens::{TokenText, token_text};

use std::sync::Arc;

use egui::text::{LayoutJob, TextWrapping};
use egui::{Color32, FontId, Galley, Response, Ui};

use super::theme::Palette;

/// What a chip, notice or empty state says by its colour; its words say it too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Tone {
    /// Nothing special.
    #[default]
    Neutral,
    /// Active or new.
    Accent,
    /// Done, in order.
    Good,
    /// Worth a look.
    Warn,
    /// A fault.
    Danger,
}

impl Tone {
    /// Its colour in `palette`, for text and icons.
    #[must_use]
    pub fn color(self, palette: &Palette) -> Color32 {
        match self {
            Self::Neutral => palette.weak,
            Self::Accent => palette.accent,
            Self::Good => palette.good,
            Self::Warn => palette.warn,
            Self::Danger => palette.danger,
        }
    }

    /// What lies behind text of this tone.
    #[must_use]
    pub fn fill(self, palette: &Palette) -> Color32 {
        match self {
            Self::Neutral => palette.raised,
            tone => palette.tint(tone.color(palette)),
        }
    }
}

/// One line of text in a colour to be given, cut at `width`.
pub(super) fn line(ui: &Ui, text: &str, font: FontId, width: f32) -> Arc<Galley> {
    let mut job = LayoutJob::simple_singleline(text.to_owned(), font, Color32::PLACEHOLDER);
    job.wrap = TextWrapping::truncate_at_width(width);
    ui.painter().layout_job(job)
}

/// A tooltip that names the action and its key.
fn named_tip(response: Response, name: &str, shortcut: &str) -> Response {
    if !response.enabled() {
        return response.on_disabled_hover_text(tip(name, shortcut));
    }
    response.on_hover_text(tip(name, shortcut))
}

fn tip(name: &str, shortcut: &str) -> String {
    if shortcut.is_empty() {
        name.to_owned()
    } else {
        format!("{name}   {shortcut}")
    }
}

/// The end of a path says more than its beginning: the last three parts.
#[must_use]
pub fn tail(path: &str) -> &str {
    let cuts = path
        .char_indices()
        .rev()
        .filter(|(_, c)| matches!(c, '/' | '\\'));
    cuts.map(|(at, _)| at + 1)
        .nth(2)
        .map_or(path, |at| &path[at..])
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_path_is_known_by_its_end() {
        assert_eq!(
            super::tail("/data/runs/bridge/checkpoints/x.pt"),
            "bridge/checkpoints/x.pt"
        );
        assert_eq!(super::tail("runs/x.pt"), "runs/x.pt");
        assert_eq!(super::tail(""), "");
    }
}
