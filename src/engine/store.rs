//! Preferences and layout on disk: one JSON file in the system's place for settings.

use std::path::PathBuf;

use serde_json::Value;

use super::worker::spawn;

/// Where preferences are kept; none on a system that has no such place.
#[must_use]
pub fn path() -> Option<PathBuf> {
    directories::ProjectDirs::from("", "", "spvla")
        .map(|dirs| dirs.config_dir().join("window.json"))
}

/// What was kept, or null. A damaged file is put aside, never overwritten silently.
#[must_use]
pub fn load() -> Value {
    let Some(path) = path() else {
        return Value::Null;
    };
    let Ok(text) = std::fs::read_to_string(&path) else {
        return Value::Null;
    };
    serde_json::from_str(&text).unwrap_or_else(|error| {
        let aside = path.with_extension("damaged.json");
        log::warn!(
            "preferences are damaged ({error}) and were put aside: {}",
            aside.display()
        );
        if let Err(error) = std::fs::rename(&path, &aside) {
            log::warn!("could not put them aside: {error}");
        }
        Value::Null
    })
}

/// Keeps `value`, off the caller's thread.
pub fn save(value: Value) {
    spawn("preferences", move || save_now(&value));
}

/// Keeps `value` before returning: for the last moment of the window.
pub fn save_now(value: &Value) {
    let Some(path) = path() else { return };
    let result = std::fs::create_dir_all(path.parent().unwrap_or(&path))
        .and_then(|()| super::desk::replace(&path, value.to_string().as_bytes()));
    if let Err(error) = result {
        log::warn!("preferences were not saved: {error}: {}", path.display());
    }
}
