//! The icons, by what they mean here. Glyphs of the Phosphor font that [`super::theme`] installs as a fallback of every
//! family, so an icon may stand inside any text. Knows nothing of widgets; sizes are the text's.

/// Open a file or folder.
pub const OPEN: &str = "\u{e256}";
/// A folder.
pub const FOLDER: &str = "\u{e24a}";
/// A file.
pub const FILE: &str = "\u{e230}";
/// Save.
pub const SAVE: &str = "\u{e248}";
/// A still image.
pub const IMAGE: &str = "\u{e2ca}";
/// A live camera.
pub const VIDEO_CAMERA: &str = "\u{e4da}";
/// A webcam.
pub const WEBCAM: &str = "\u{e9b2}";
/// A video file.
pub const VIDEO: &str = "\u{e792}";
/// Play.
pub const PLAY: &str = "\u{e3d0}";
/// Pause.
pub const PAUSE: &str = "\u{e39e}";
/// One step back, or fold to the left.
pub const STEP_BACK: &str = "\u{e138}";
/// One step on, or unfold to the right.
pub const STEP: &str = "\u{e13a}";
/// Fold.
pub const CARET_UP: &str = "\u{e13c}";
/// Unfold, or a list opens below.
pub const CARET_DOWN: &str = "\u{e136}";
/// Repeat from the start.
pub const LOOP: &str = "\u{e3f6}";
/// Run the model.
pub const RUN: &str = "\u{e2de}";
/// Stop or cancel: a cross in a ring.
pub const STOP: &str = "\u{e4f8}";
/// Run again on every new frame.
pub const AUTO: &str = "\u{e094}";
/// Try again or reload.
pub const RETRY: &str = "\u{e036}";
/// Reset.
pub const RESET: &str = "\u{e038}";
/// Fit the picture into the view.
pub const FIT: &str = "\u{e1d0}";
/// Zoom in.
pub const ZOOM_IN: &str = "\u{e310}";
/// Zoom out.
pub const ZOOM_OUT: &str = "\u{e30e}";
/// Search.
pub const SEARCH: &str = "\u{e30c}";
/// Filter a list.
pub const FILTER: &str = "\u{e266}";
/// Shown; click hides.
pub const SHOWN: &str = "\u{e220}";
/// Hidden; click shows.
pub const HIDDEN: &str = "\u{e224}";
/// Copy to the clipboard.
pub const COPY: &str = "\u{e1ca}";
/// Save to disk.
pub const DOWNLOAD: &str = "\u{e20c}";
/// Load from disk.
pub const UPLOAD: &str = "\u{e4c0}";
/// Light theme.
pub const SUN: &str = "\u{e472}";
/// Dark theme.
pub const MOON: &str = "\u{e330}";
/// Settings.
pub const GEAR: &str = "\u{e272}";
/// Options of what is beside it.
pub const SLIDERS: &str = "\u{e434}";
/// A list, or the menu.
pub const LIST: &str = "\u{e2f0}";
/// Messages.
pub const LOG: &str = "\u{e2f2}";
/// Curves.
pub const CHART: &str = "\u{e154}";
/// Numbers as a table.
pub const TABLE: &str = "\u{e476}";
/// Age.
pub const CLOCK: &str = "\u{e19a}";
/// Earlier versions.
pub const HISTORY: &str = "\u{e1a0}";
/// Waiting.
pub const WAIT: &str = "\u{e2b2}";
/// A warning.
pub const WARNING: &str = "\u{e4e0}";
/// An error.
pub const ERROR: &str = "\u{e4e2}";
/// Information.
pub const INFO: &str = "\u{e2ce}";
/// Done or accepted.
pub const CHECK: &str = "\u{e182}";
/// All in order.
pub const CHECK_CIRCLE: &str = "\u{e184}";
/// Close or dismiss.
pub const CLOSE: &str = "\u{e4f6}";
/// Add.
pub const PLUS: &str = "\u{e3d4}";
/// Remove.
pub const MINUS: &str = "\u{e32a}";
/// Command palette.
pub const COMMAND: &str = "\u{e1c4}";
/// Keys.
pub const KEYBOARD: &str = "\u{e2d8}";
/// Arrangement of the panels.
pub const LAYOUT: &str = "\u{e6d6}";
/// Two results beside each other.
pub const COMPARE: &str = "\u{e870}";
/// A model.
pub const MODEL: &str = "\u{e1da}";
/// A checkpoint folder.
pub const PACKAGE: &str = "\u{e390}";
/// The graphics card.
pub const GPU: &str = "\u{e612}";
/// Data sets.
pub const DATA: &str = "\u{e1de}";
/// A box.
pub const BOX: &str = "\u{e6ce}";
/// A point.
pub const POINT: &str = "\u{e1d8}";
/// A trace.
pub const TRACE: &str = "\u{e39c}";
/// Goal or sub-task.
pub const TARGET: &str = "\u{e47c}";
/// Text.
pub const TEXT: &str = "\u{e6ee}";
/// The robot arm.
pub const ROBOT: &str = "\u{e762}";
/// The gripper.
pub const GRIPPER: &str = "\u{e57c}";
/// Random seed.
pub const SEED: &str = "\u{e1ee}";
/// Record.
pub const RECORD: &str = "\u{e3ee}";
/// The sample that comes with the program.
pub const DEMO: &str = "\u{e6a2}";
/// Move the picture.
pub const PAN: &str = "\u{e298}";
/// A label.
pub const TAG: &str = "\u{e478}";
/// Keep.
pub const STAR: &str = "\u{e46a}";
/// Measure.
pub const RULER: &str = "\u{e6b8}";
/// JSON.
pub const JSON: &str = "\u{e860}";
/// An empty state dot.
pub const DOT_EMPTY: &str = "\u{e18a}";

#[cfg(test)]
mod tests {
    /// The constants above as they are written, so that none can be left out of the check.
    const SOURCE: &str = include_str!("icons.rs");

    #[test]
    fn every_icon_has_a_glyph_in_the_icon_font() {
        let ctx = egui::Context::default();
        crate::ui::theme::install(&ctx);
        let mut checked = 0;
        ctx.run_ui(egui::RawInput::default(), |ui| {
            let font = egui::FontId::new(16.0, crate::ui::theme::icon_family());
            for line in SOURCE.lines().filter(|line| line.starts_with("pub const")) {
                let code = line
                    .split("\\u{")
                    .nth(1)
                    .and_then(|rest| rest.split('}').next());
                let code = u32::from_str_radix(code.unwrap(), 16).unwrap();
                let glyph = char::from_u32(code).unwrap();
                assert!(
                    ui.fonts_mut(|fonts| fonts.has_glyph(&font, glyph)),
                    "{line}"
                );
                checked += 1;
            }
        })
        .drop_without_applying_deltas();
        assert!(checked > 50);
    }
}
