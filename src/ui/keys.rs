//! Keys to commands, by the [`Keymap`]. Plain keys do not fire while a text is being written.

use egui::{Context, Event, Key, KeyboardShortcut, Modifiers};

use super::canvas;
use crate::workbench::{COMMANDS, CommandId, KEY_NAMES, Keymap, Shortcut, Workbench};

/// Keys that also work the control that has the keyboard.
const KEYS_OF_CONTROLS: &[&str] = &[
    "Space",
    "Enter",
    "Tab",
    "ArrowLeft",
    "ArrowRight",
    "ArrowUp",
    "ArrowDown",
];

/// The commands whose keys were pressed in this frame; the keys are consumed.
#[must_use]
pub fn pressed(ctx: &Context, workbench: &Workbench) -> Vec<CommandId> {
    let mut hit = Vec::new();
    // The most modifiers first: Ctrl+Shift+O must not be taken for Ctrl+O.
    for modifiers in 0..3 {
        for spec in COMMANDS {
            let keys = workbench.settings.keys.of(spec.id).iter();
            for shortcut in keys.filter(|key| rank(key) == modifiers && heard(ctx, key)) {
                if workbench.is_available(spec.id) && consume(ctx, shortcut) {
                    hit.push(spec.id);
                }
            }
        }
    }
    hit
}

/// Whether a key is for the window, not for what has the keyboard or lies over everything else.
fn heard(ctx: &Context, key: &Shortcut) -> bool {
    if key.key == "Escape" && (ctx.any_popup_open() || modal_open(ctx)) {
        return false;
    }
    if key.command {
        return true;
    }
    let focused = ctx.egui_wants_keyboard_input();
    let pressing = ["Space", "Enter"].contains(&key.key);
    let of_control =
        KEYS_OF_CONTROLS.contains(&key.key) && !(pressing && canvas::has_keyboard(ctx));
    !(ctx.text_edit_focused() || focused && of_control)
}

fn modal_open(ctx: &Context) -> bool {
    ctx.memory(|memory| memory.top_modal_layer().is_some())
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

/// The key that was pressed in this frame with its modifiers, consumed: for choosing one.
#[must_use]
pub fn typed(ctx: &Context) -> Option<Shortcut> {
    let (key, modifiers) = ctx.input(|input| {
        input.events.iter().find_map(|event| match event {
            Event::Key {
                key,
                modifiers,
                pressed: true,
                ..
            } => Some((*key, *modifiers)),
            _ => None,
        })
    })?;
    ctx.input_mut(|input| input.consume_key(modifiers, key));
    let name = KEY_NAMES
        .iter()
        .find(|name| Key::from_name(name) == Some(key))?;
    Some(Shortcut {
        command: modifiers.command,
        shift: modifiers.shift,
        key: name,
    })
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
        "Comma" => ",",
        "Slash" => "/",
        "Semicolon" => ";",
        "Equals" => "=",
        "ArrowUp" => "Up",
        "ArrowDown" => "Down",
        "Escape" => "Esc",
        other => other,
    }
}

/// The first key of a command, as text; empty if it has none.
#[must_use]
pub fn command_shortcut(keys: &Keymap, id: CommandId) -> String {
    keys.of(id).first().map_or_else(String::new, shortcut_text)
}

/// Every key of a command, as text.
#[must_use]
pub fn all_shortcuts(keys: &Keymap, id: CommandId) -> String {
    let texts: Vec<String> = keys.of(id).iter().map(shortcut_text).collect();
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
                assert!(KEY_NAMES.contains(&shortcut.key), "{shortcut:?}");
            }
        }
        for name in KEY_NAMES {
            assert!(Key::from_name(name).is_some(), "{name}");
        }
    }
}
