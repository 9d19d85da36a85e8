//! Which keys each command has: those of the table, unless a person chose others. Kept with the preferences, by the
//! command's name, so that a command or key that a later version drops costs only itself.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{COMMANDS, CommandId, CommandSpec, Shortcut};

/// Keys that may be chosen, as egui names them.
pub const KEY_NAMES: &[&str] = &[
    "A",
    "B",
    "C",
    "D",
    "E",
    "F",
    "G",
    "H",
    "I",
    "J",
    "K",
    "L",
    "M",
    "N",
    "O",
    "P",
    "Q",
    "R",
    "S",
    "T",
    "U",
    "V",
    "W",
    "X",
    "Y",
    "Z",
    "0",
    "1",
    "2",
    "3",
    "4",
    "5",
    "6",
    "7",
    "8",
    "9",
    "F1",
    "F2",
    "F3",
    "F4",
    "F5",
    "F6",
    "F7",
    "F8",
    "F9",
    "F10",
    "F11",
    "F12",
    "ArrowLeft",
    "ArrowRight",
    "ArrowUp",
    "ArrowDown",
    "Enter",
    "Space",
    "Tab",
    "Escape",
    "Backspace",
    "Delete",
    "Insert",
    "Home",
    "End",
    "PageUp",
    "PageDown",
    "Comma",
    "Period",
    "Slash",
    "Questionmark",
    "Semicolon",
    "Minus",
    "Plus",
    "Equals",
    "OpenBracket",
    "CloseBracket",
    "Backslash",
    "Backtick",
    "Quote",
];

/// The keys a person changed.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(
    from = "BTreeMap<String, Vec<String>>",
    into = "BTreeMap<String, Vec<String>>"
)]
pub struct Keymap {
    changed: BTreeMap<String, Vec<Shortcut>>,
}

impl Keymap {
    /// The keys of a command now.
    #[must_use]
    pub fn of(&self, id: CommandId) -> &[Shortcut] {
        match self.changed.get(&name(id)) {
            Some(keys) => keys,
            None => id.spec().map_or(&[], |spec| spec.shortcuts),
        }
    }

    /// Whether they differ from those of the table.
    #[must_use]
    pub fn is_changed(&self, id: CommandId) -> bool {
        self.changed.contains_key(&name(id))
    }

    /// Whether nothing was changed.
    #[must_use]
    pub fn is_default(&self) -> bool {
        self.changed.is_empty()
    }

    /// The command that has this key now.
    #[must_use]
    pub fn owner(&self, key: &Shortcut) -> Option<&'static CommandSpec> {
        COMMANDS.iter().find(|spec| self.of(spec.id).contains(key))
    }

    /// Gives `id` this key as its only one, and takes it from the command that had it.
    pub fn give(&mut self, id: CommandId, key: Shortcut) {
        while let Some(owner) = self.owner(&key).filter(|owner| owner.id != id) {
            let rest = self.of(owner.id).iter().filter(|known| **known != key);
            let rest = rest.copied().collect();
            self.set(owner.id, rest);
        }
        self.set(id, vec![key]);
    }

    /// Puts the table's keys back, for one command or for all. A key that another command was given meanwhile stays
    /// there.
    pub fn reset(&mut self, id: Option<CommandId>) {
        let Some(id) = id else {
            self.changed.clear();
            return;
        };
        self.changed.remove(&name(id));
        let Some(spec) = id.spec() else { return };
        let taken = |key: &&Shortcut| {
            let others = COMMANDS.iter().filter(|other| other.id != id);
            others
                .into_iter()
                .any(|other| self.of(other.id).contains(key))
        };
        let free: Vec<Shortcut> = spec
            .shortcuts
            .iter()
            .filter(|key| !taken(key))
            .copied()
            .collect();
        self.set(id, free);
    }

    fn set(&mut self, id: CommandId, keys: Vec<Shortcut>) {
        if id.spec().is_some_and(|spec| spec.shortcuts == keys) {
            self.changed.remove(&name(id));
        } else {
            self.changed.insert(name(id), keys);
        }
    }
}

fn name(id: CommandId) -> String {
    format!("{id:?}")
}

/// Written "ctrl+shift+O".
fn written(key: &Shortcut) -> String {
    let ctrl = if key.command { "ctrl+" } else { "" };
    let shift = if key.shift { "shift+" } else { "" };
    format!("{ctrl}{shift}{}", key.key)
}

fn read(text: &str) -> Option<Shortcut> {
    let (command, rest) = strip(text, "ctrl+");
    let (shift, rest) = strip(rest, "shift+");
    let key = KEY_NAMES.iter().find(|known| **known == rest)?;
    Some(Shortcut {
        command,
        shift,
        key,
    })
}

fn strip<'a>(text: &'a str, start: &str) -> (bool, &'a str) {
    text.strip_prefix(start)
        .map_or((false, text), |rest| (true, rest))
}

impl From<BTreeMap<String, Vec<String>>> for Keymap {
    fn from(kept: BTreeMap<String, Vec<String>>) -> Self {
        let keys = |texts: Vec<String>| texts.iter().filter_map(|text| read(text)).collect();
        Self {
            changed: kept
                .into_iter()
                .map(|(id, texts)| (id, keys(texts)))
                .collect(),
        }
    }
}

impl From<Keymap> for BTreeMap<String, Vec<String>> {
    fn from(keymap: Keymap) -> Self {
        let texts = |keys: Vec<Shortcut>| keys.iter().map(written).collect();
        keymap
            .changed
            .into_iter()
            .map(|(id, keys)| (id, texts(keys)))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const F5: Shortcut = Shortcut {
        command: false,
        shift: false,
        key: "F5",
    };
    const CTRL_K: Shortcut = Shortcut {
        command: true,
        shift: false,
        key: "K",
    };

    #[test]
    fn a_key_has_one_owner_whoever_it_is_given_to() {
        let mut keys = Keymap::default();
        assert_eq!(
            keys.owner(&CTRL_K).map(|s| s.id),
            Some(CommandId::CommandPalette)
        );
        keys.give(CommandId::Run, CTRL_K);
        assert_eq!(keys.owner(&CTRL_K).map(|s| s.id), Some(CommandId::Run));
        assert_eq!(keys.of(CommandId::Run), [CTRL_K]);
        assert!(!keys.of(CommandId::CommandPalette).contains(&CTRL_K));
        assert!(
            !keys.of(CommandId::CommandPalette).is_empty(),
            "its other key stays"
        );
        // Its default is taken, so only the free one comes back.
        keys.reset(Some(CommandId::CommandPalette));
        assert_eq!(keys.owner(&CTRL_K).map(|s| s.id), Some(CommandId::Run));
        keys.reset(None);
        assert!(keys.is_default());
    }

    #[test]
    fn keys_outlive_the_window_and_unknown_commands_do_no_harm() {
        let mut keys = Keymap::default();
        keys.give(CommandId::Run, F5);
        let text = serde_json::to_string(&keys).expect("plain data");
        assert_eq!(text, "{\"Run\":[\"F5\"]}");
        assert_eq!(
            serde_json::from_str::<Keymap>(&text).expect("own text"),
            keys
        );
        let strange: Keymap =
            serde_json::from_str("{\"Gone\":[\"ctrl+shift+F12\"],\"Run\":[\"F99\"]}")
                .expect("reads");
        assert!(strange.of(CommandId::Run).is_empty());
        assert!(strange.owner(&CTRL_K).is_some());
    }
}
