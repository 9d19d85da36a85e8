//! Keys to commands, by the shortcuts written in [`COMMANDS`]. Plain keys do not fire while a text is being written.

use egui::{Context, Key, KeyboardShortcut, Modifiers};

use crate::workbench::{COMMANDS, CommandId, CommandSpec, Shortcut};

/// The commands whose keys were pressed in this frame; the keys are consumed.
#[must_use]
pub fn pressed(ctx: &Context) -> Vec<CommandId> {
    let writing = ctx.egui_wants_keyboard_input();
    let mut hit = Vec::new();
    // The most modifiers first: Ctrl+Shift+O must not be taken for Ctrl+O.
    for modifiers in 0..3 {
        for spec in COMMANDS {
            let keys = spec.shortcuts.iter().filter(|s| rank(s) == modifiers);
            for shortcut in keys.filter(|s| s.command || !writing) {
                if consume(ctx, shortcut) {
                    hit.push(spec.id);
                }
            }
        }
    }
    hit
}

fn rank(shortcut: &Shortcut) -> u8 {
    2 - u8::from(shortcut.command) - u8::from(shortcut.shift)
}

fn consume(ctx: &Context, shortcut: &Shortcut) -> bool {
    keyboard_shortcut(shortcut)
        .is_some_and(|key| ctx.input_mut(|input| input.consume_shortcut(&key)))
}

fn keyboard_shortcut(shortcut: &Shortcut) -> Option<KeyboardShortcut> {
    let key = Key::from_name(shortcut.key)?;
    let mut modifiers = Modifiers::NONE;
    modifiers.command = shortcut.command;
    modifiers.shift = shortcut.shift;
    Some(KeyboardShortcut::new(modifiers, key))
}

/// How a shortcut is written: "Ctrl+Shift+O".
#[must_use]
pub fn shortcut_text(shortcut: &Shortcut) -> String {
    let mut text = String::new();
    if shortcut.command {
        text += if cfg!(target_os = "macos") {
            "Cmd+"
        } else {
            "Ctrl+"
        };
    }
    if shortcut.shift && shortcut.key != "Questionmark" {
        text += "Shift+";
    }
    text + match shortcut.key {
        "ArrowRight" => "Right",
        "ArrowLeft" => "Left",
        "Questionmark" => "?",
        "Period" => ".",
        "Plus" => "+",
        "Minus" => "-",
        other => other,
    }
}

/// The first shortcut of a command, as text; empty if it has none.
#[must_use]
pub fn command_shortcut(id: CommandId) -> String {
    id.spec()
        .and_then(|spec| spec.shortcuts.first())
        .map_or_else(String::new, shortcut_text)
}

/// Every shortcut of a command, as text.
#[must_use]
pub fn all_shortcuts(spec: &CommandSpec) -> String {
    let texts: Vec<String> = spec.shortcuts.iter().map(shortcut_text).collect();
    texts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shortcut_names_a_key_that_egui_knows() {
        for spec in COMMANDS {
            for shortcut in spec.shortcuts {
                assert!(
                    keyboard_shortcut(shortcut).is_some(),
                    "{}: {shortcut:?}",
                    spec.text
                );
            }
        }
    }
}
