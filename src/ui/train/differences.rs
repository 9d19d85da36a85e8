//! In what recipes of runs differ, setting by setting.

use std::path::Path;

use egui::Ui;
use serde_json::Value;

use super::form::written;
use crate::engine::RunConfig;
use crate::ui::theme::{self, Palette};
use crate::ui::units;
use crate::ui::widgets::{dense, key_value, section, tail};
use crate::workbench::TrainingState;

/// Settings in which two recipes differ that are listed.
const DIFFERENCES: usize = 24;

/// In what the recipe of a run differs from those of the other runs.
pub(super) fn differences(ui: &mut Ui, training: &TrainingState, folder: &Path) {
    let Some(own) = config_of(training, folder) else {
        return;
    };
    let others = training.compared.iter().map(|run| run.folder.as_path());
    let others = others.chain(training.run.as_ref().map(|run| run.config.folder.as_path()));
    let mut others: Vec<&Path> = others.filter(|other| *other != folder).collect();
    others.dedup();
    for other in others {
        let Some(config) = config_of(training, other) else {
            continue;
        };
        let found = differing(own, config);
        let name = training.name(other);
        section(ui, &format!("Beside {name}"), |_| {});
        if found.is_empty() {
            ui.label(theme::secondary("The same recipe").color(Palette::of(ui).weak));
        }
        dense(ui, |ui| {
            for (setting, [own, other]) in &found {
                let text = format!("{own} | {other}");
                key_value(ui, setting, &text)
                    .on_hover_text(format!("{setting}\nhere {own}\n{name} {other}"));
            }
        });
    }
}

fn config_of<'a>(training: &'a TrainingState, folder: &Path) -> Option<&'a RunConfig> {
    let own = training
        .run
        .as_ref()
        .filter(|run| run.config.folder == folder);
    let read = || training.opened(folder)?.record()?.config.as_ref().ok();
    own.map(|run| &run.config).or_else(read)
}

/// Settings with other values, by their place in the recipe; the folder itself is no setting.
fn differing(one: &RunConfig, other: &RunConfig) -> Vec<(String, [String; 2])> {
    let (one, other) = (serde_json::to_value(one), serde_json::to_value(other));
    let (Ok(one), Ok(other)) = (one, other) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    walk("", &one, &other, &mut found);
    found.retain(|(setting, _)| setting != "folder");
    found.truncate(DIFFERENCES);
    found
}

fn walk(place: &str, one: &Value, other: &Value, found: &mut Vec<(String, [String; 2])>) {
    if let (Some(one), Some(other)) = (one.as_object(), other.as_object()) {
        for (key, value) in one {
            let place = if place.is_empty() {
                key.clone()
            } else {
                format!("{place}.{key}")
            };
            walk(&place, value, other.get(key).unwrap_or(&Value::Null), found);
        }
    } else if one != other {
        found.push((place.to_owned(), [one, other].map(text)));
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => "–".into(),
        Value::String(text) => tail(text).to_owned(),
        Value::Number(number) => number.as_f64().map_or_else(|| number.to_string(), written),
        Value::Array(list) => units::many(list.len(), "entry", "entries"),
        Value::Object(_) => "set".into(),
        Value::Bool(on) => on.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recipes_differ_setting_by_setting() {
        let one = RunConfig::default();
        let mut other = one.clone();
        other.folder = "elsewhere".into();
        other.steps = 7;
        other.optimizer.rates.insert("base".into(), 1e-3);
        let found = differing(&one, &other);
        let names: Vec<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["steps", "optimizer.rates.base"]);
        assert_eq!(found[1].1, ["5e-5", "0.001"]);
    }
}
