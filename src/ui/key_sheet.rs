//! The sheet of every key and gesture, made from the table of commands.

use egui::{Context, Grid, ScrollArea, Ui, Vec2};

use super::theme::{self, Palette, SPACE, SPACE_GROUP, SPACE_SECTION, SPACE_SMALL};
use super::widgets::ActionButton;
use super::{icons, keys};
use crate::workbench::{COMMANDS, CommandId, CommandSpec, Keymap};

/// Gestures, which are no commands.
const GESTURES: &[(&str, &str)] = &[
    ("Drag", "Pan the picture"),
    ("Wheel", "Zoom at the pointer"),
    ("Two fingers", "Pan; pinch zooms"),
    ("Double click", "Fit the picture"),
    ("Drag a thing", "Move it, while things can be dragged"),
    ("Hover a token", "See its alternatives"),
    ("Drop a file", "Open it, whatever it is"),
];

/// Width of a column of keys, so that the groups align.
const KEYS: f32 = 104.0;

/// Width of a column of groups.
const COLUMN: f32 = 280.0;

/// Groups in each column, so that the sheet is about square.
const COLUMNS: &[&[&str]] = &[
    &["Model", "Sources", "Ask", "Data"],
    &["Playback", "View", "Groundings", "Actions", "Simulator"],
    &["Generate", "Training", "Evaluation", "Window"],
    &["Panels"],
];

/// The sheet, open or closed.
#[derive(Default)]
pub struct KeySheet {
    /// Whether it is open.
    pub open: bool,
}

impl KeySheet {
    /// Draws it, if open; gives back the command that was chosen on it.
    pub fn ui(&mut self, ctx: &Context, keys: &Keymap) -> Option<CommandId> {
        if !self.open {
            return None;
        }
        let room = ctx.content_rect().size() - Vec2::splat(4.0 * SPACE_GROUP);
        let frame = egui::Frame::popup(&ctx.global_style()).inner_margin(SPACE_GROUP);
        let modal = egui::Modal::new(egui::Id::unique("key sheet")).frame(frame);
        let modal = modal.show(ctx, |ui| {
            let change = head(ui);
            ui.add_space(SPACE);
            ScrollArea::vertical()
                .max_height(room.y - 80.0)
                .min_scrolled_height(room.y - 80.0)
                .show(ui, |ui| columns(ui, keys, room.x));
            change
        });
        let change = modal.inner;
        if change || modal.should_close() {
            self.open = false;
        }
        change.then_some(CommandId::Preferences)
    }
}

/// True when the keys are to be changed.
fn head(ui: &mut Ui) -> bool {
    let mut change = false;
    ui.horizontal(|ui| {
        ui.label(theme::title("Keys and gestures"));
        ui.add_space(SPACE);
        let button = ActionButton::new(icons::KEYBOARD, "Change keys");
        change = ui.add(button).clicked();
        ui.label(theme::secondary("Esc closes").color(Palette::of(ui).weak));
    });
    change
}

/// Beside each other where there is room, else below each other.
fn columns(ui: &mut Ui, keys: &Keymap, room: f32) {
    let side_by_side = room >= COLUMNS.len() as f32 * COLUMN;
    ui.spacing_mut().interact_size.y = theme::ROW - SPACE_SMALL;
    let groups = |ui: &mut Ui, at: usize| {
        ui.vertical(|ui| {
            COLUMNS[at]
                .iter()
                .for_each(|group| group_ui(ui, keys, group));
            if at + 1 == COLUMNS.len() {
                gestures_ui(ui);
            }
        });
    };
    if side_by_side {
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = SPACE_SECTION;
            (0..COLUMNS.len()).for_each(|at| groups(ui, at));
        });
    } else {
        (0..COLUMNS.len()).for_each(|at| groups(ui, at));
    }
}

fn group_ui(ui: &mut Ui, keys: &Keymap, group: &str) {
    let has_keys = |spec: &&CommandSpec| spec.group == group && !keys.of(spec.id).is_empty();
    if !COMMANDS.iter().any(|spec| has_keys(&spec)) {
        return;
    }
    heading(ui, group);
    Grid::new(group)
        .spacing([SPACE, SPACE_SMALL])
        .min_col_width(KEYS)
        .show(ui, |ui| {
            for spec in COMMANDS.iter().filter(has_keys) {
                row(ui, &keys::all_shortcuts(keys, spec.id), spec.text);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_group_of_commands_is_on_the_sheet_once() {
        let mut shown = COLUMNS.concat();
        shown.sort_unstable();
        let mut groups: Vec<&str> = COMMANDS.iter().map(|spec| spec.group).collect();
        groups.sort_unstable();
        groups.dedup();
        assert_eq!(shown, groups);
    }
}
