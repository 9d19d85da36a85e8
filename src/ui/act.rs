//! Controls made from [`COMMANDS`](crate::workbench::COMMANDS): name, tooltip and key come from the table, so that a
//! button, the palette and the key sheet never disagree.

use egui::Ui;

use super::panel::PanelContext;
use super::widgets::{ActionButton, IconButton};
use crate::workbench::{CommandId, Shortcut};

/// A key as a person reads it: "Ctrl+Shift+1".
#[must_use]
pub fn key_text(shortcut: &Shortcut) -> String {
    let mac = cfg!(target_os = "macos");
    let mut text = String::new();
    if shortcut.command {
        text.push_str(if mac { "⌘" } else { "Ctrl+" });
    }
    if shortcut.shift {
        text.push_str(if mac { "⇧" } else { "Shift+" });
    }
    text.push_str(match shortcut.key {
        "Period" => ".",
        "Plus" => "+",
        "Minus" => "-",
        "Questionmark" => "?",
        "ArrowLeft" => "Left",
        "ArrowRight" => "Right",
        "ArrowUp" => "Up",
        "ArrowDown" => "Down",
        key => key,
    });
    text
}

/// The first key of a command; empty if it has none.
#[must_use]
pub fn shortcut_text(id: CommandId) -> String {
    let first = id.spec().and_then(|spec| spec.shortcuts.first());
    first.map(key_text).unwrap_or_default()
}

/// The words of a command.
#[must_use]
pub fn command_text(id: CommandId) -> &'static str {
    id.spec().map_or("", |spec| spec.text)
}

/// An icon that pushes a command.
pub fn icon_act(ui: &mut Ui, context: &mut PanelContext<'_>, icon: &str, id: CommandId) {
    let shortcut = shortcut_text(id);
    let button = IconButton::new(icon, command_text(id)).shortcut(&shortcut);
    if ui.add(button).clicked() {
        context.plain(id);
    }
}

/// An icon that switches a mode by pushing a command.
pub fn icon_mode(ui: &mut Ui, context: &mut PanelContext<'_>, icon: &str, id: CommandId, on: bool) {
    let shortcut = shortcut_text(id);
    let button = IconButton::new(icon, command_text(id)).shortcut(&shortcut);
    if ui.add(button.selected(on)).clicked() {
        context.plain(id);
    }
}

/// A button with the words of a command that pushes it.
pub fn button_act(ui: &mut Ui, context: &mut PanelContext<'_>, icon: &str, id: CommandId) {
    let shortcut = shortcut_text(id);
    if ui.add(ActionButton::new(icon, command_text(id)).shortcut(&shortcut)).clicked() {
        context.plain(id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_written_as_they_are_pressed() {
        assert_eq!(shortcut_text(CommandId::CloseCheckpoint), "");
        if !cfg!(target_os = "macos") {
            assert_eq!(shortcut_text(CommandId::Run), "Ctrl+Enter");
            assert_eq!(shortcut_text(CommandId::CancelQuery), "Ctrl+.");
            assert_eq!(shortcut_text(CommandId::TaskBox), "Ctrl+Shift+1");
        }
    }
}
