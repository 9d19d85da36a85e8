//! Controls made from [`COMMANDS`](crate::workbench::COMMANDS): name, tooltip and key come from the table, so that a
//! button, the palette and the key sheet never disagree.

use egui::Ui;

use super::panel::PanelContext;
use super::theme::TARGET_MIN;
use super::widgets::{ActionButton, IconButton};
use crate::workbench::CommandId;

/// The words of a command.
#[must_use]
pub fn command_text(id: CommandId) -> &'static str {
    id.spec().map_or("", |spec| spec.text)
}

/// An icon that pushes a command.
pub fn icon_act(ui: &mut Ui, context: &mut PanelContext<'_>, icon: &str, id: CommandId) {
    icon_mode(ui, context, icon, id, false);
}

/// An icon that switches a mode by pushing a command.
pub fn icon_mode(ui: &mut Ui, context: &mut PanelContext<'_>, icon: &str, id: CommandId, on: bool) {
    let shortcut = context.shortcut(id);
    let button = IconButton::new(icon, command_text(id)).shortcut(&shortcut);
    if ui.add(button.selected(on)).clicked() {
        context.plain(id);
    }
}

/// A small icon that pushes a command, for the bar of a tile.
pub fn small_icon_act(ui: &mut Ui, context: &mut PanelContext<'_>, icon: &str, id: CommandId) {
    let shortcut = context.shortcut(id);
    let button = IconButton::new(icon, command_text(id)).shortcut(&shortcut);
    if ui.add(button.side(TARGET_MIN)).clicked() {
        context.plain(id);
    }
}

/// A button with the words of a command that pushes it.
pub fn button_act(ui: &mut Ui, context: &mut PanelContext<'_>, icon: &str, id: CommandId) {
    let shortcut = context.shortcut(id);
    let button = ActionButton::new(icon, command_text(id));
    if ui.add(button.shortcut(&shortcut)).clicked() {
        context.plain(id);
    }
}
