//! The sheet of every key and gesture, made from the table of commands.

use egui::{Context, Grid, Ui};

use super::keys;
use super::theme::{self, Palette, SPACE, SPACE_SECTION, SPACE_SMALL};
use crate::workbench::COMMANDS;

/// Gestures, which are no commands.
const GESTURES: &[(&str, &str)] = &[
    ("Drag", "Pan the picture"),
    ("Wheel", "Zoom at the pointer"),
    ("Two fingers", "Pan; pinch zooms"),
    ("Double click", "Fit the picture"),
    ("Hover a token", "See its alternatives"),
    ("Drop a file", "Open it, whatever it is"),
];

/// Width of a column of keys, so that the groups align.
const KEYS: f32 = 104.0;

/// Groups in each column, so that the sheet is about square.
const COLUMNS: &[&[&str]] = &[
    &["Model", "Sources", "Ask"],
    &["Playback", "View", "Groundings"],
    &["Actions", "Window"],
];

/// The sheet, open or closed.
#[derive(Default)]
pub struct KeySheet {
    /// Whether it is open.
    pub open: bool,
}

impl KeySheet {
    /// Draws it, if open.
    pub fn ui(&mut self, ctx: &Context) {
        if !self.open {
            return;
        }
        let frame = egui::Frame::popup(&ctx.global_style()).inner_margin(theme::SPACE_GROUP);
        let modal = egui::Modal::new(egui::Id::unique("key sheet")).frame(frame);
        let modal = modal.show(ctx, |ui| {
            ui.label(theme::title("Keys and gestures"));
            ui.label(theme::secondary("Esc closes").color(Palette::of(ui).weak));
            ui.add_space(SPACE);
            ui.horizontal_top(|ui| {
                ui.spacing_mut().item_spacing.x = SPACE_SECTION;
                for (at, groups) in COLUMNS.iter().enumerate() {
                    ui.vertical(|ui| {
                        groups.iter().for_each(|group| group_ui(ui, group));
                        if at + 1 == COLUMNS.len() {
                            gestures_ui(ui);
                        }
                    });
                }
            });
        });
        if modal.should_close() {
            self.open = false;
        }
    }
}

fn group_ui(ui: &mut Ui, group: &str) {
    let has_keys =
        |spec: &&crate::workbench::CommandSpec| spec.group == group && !spec.shortcuts.is_empty();
    if !COMMANDS.iter().any(|spec| has_keys(&spec)) {
        return;
    }
    heading(ui, group);
    Grid::new(group)
        .spacing([SPACE, SPACE_SMALL])
        .min_col_width(KEYS)
        .show(ui, |ui| {
            let rows = COMMANDS
                .iter()
                .filter(|spec| spec.group == group && !spec.shortcuts.is_empty());
            for spec in rows {
                row(ui, &keys::all_shortcuts(spec), spec.text);
            }
        });
    ui.add_space(SPACE);
}

fn gestures_ui(ui: &mut Ui) {
    heading(ui, "Gestures");
    Grid::new("gestures")
        .spacing([SPACE, SPACE_SMALL])
        .min_col_width(KEYS)
        .show(ui, |ui| {
            for (gesture, meaning) in GESTURES {
                row(ui, gesture, meaning);
            }
        });
}

fn heading(ui: &mut Ui, text: &str) {
    ui.label(theme::caption(text).color(Palette::of(ui).weak));
}

fn row(ui: &mut Ui, keys: &str, meaning: &str) {
    ui.label(theme::number(keys).color(Palette::of(ui).accent));
    ui.label(theme::secondary(meaning));
    ui.end_row();
}
