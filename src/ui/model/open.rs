//! Opening a checkpoint: by dialog, by path, or again.

use std::path::PathBuf;

use egui::{Align, Key, Layout, Margin, TextEdit, Ui, vec2};

use crate::ui::act::button_act;
use crate::ui::icons;
use crate::ui::panel::PanelContext;
use crate::ui::theme::{CONTROL, SPACE_SMALL, SPACE_WIDE};
use crate::ui::widgets::{ActionButton, ListRow, list_row, section, tail};
use crate::workbench::{Command, CommandId};

/// Recent checkpoints that are offered.
const RECENT: usize = 6;

pub(super) fn ui(ui: &mut Ui, context: &mut PanelContext<'_>, path: &mut String) {
    section(ui, "Open a checkpoint", |_| {});
    ui.spacing_mut().item_spacing.y = SPACE_SMALL;
    ui.horizontal_wrapped(|ui| {
        button_act(ui, context, icons::OPEN, CommandId::OpenCheckpoint);
        if context.workbench.model.report.is_some() {
            button_act(ui, context, icons::CLOSE, CommandId::CloseCheckpoint);
        }
    });
    typed(ui, context, path);
    recent(ui, context);
    ui.add_space(SPACE_WIDE);
}

/// For where there is no dialog, and for people who know where it is.
fn typed(ui: &mut Ui, context: &mut PanelContext<'_>, path: &mut String) {
    let size = vec2(ui.available_width(), CONTROL);
    ui.allocate_ui_with_layout(size, Layout::right_to_left(Align::Center), |ui| {
        let there = !path.trim().is_empty();
        let pressed = ui
            .add_enabled(there, ActionButton::new("", "Open"))
            .clicked();
        let field = TextEdit::singleline(path)
            .hint_text("or type a path")
            .margin(Margin::symmetric(8, 4))
            .align(egui::Align2::LEFT_CENTER)
            .desired_width(f32::INFINITY);
        let field = ui.add(field).accessible_name("Path of a checkpoint");
        let entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        if there && (pressed || entered) {
            context.push(Command::LoadCheckpoint(PathBuf::from(path.trim())));
            path.clear();
        }
    });
}

fn recent(ui: &mut Ui, context: &mut PanelContext<'_>) {
    let paths = &context.workbench.settings.recent_checkpoints;
    ui.spacing_mut().item_spacing.y = 0.0;
    for path in paths.iter().take(RECENT) {
        let text = path.display().to_string();
        let row = ListRow {
            icon: icons::HISTORY,
            label: tail(&text),
            ..ListRow::default()
        };
        if list_row(ui, &row).0.on_hover_text(&text).clicked() {
            context.push(Command::LoadCheckpoint(path.clone()));
        }
    }
}
