//! The settings a run was trained with, folded: names with dots and their values.

use egui::{CollapsingHeader, ScrollArea, Ui};
use serde_json::Value;

use crate::ui::theme::{self, Palette, ROW, TARGET_MIN};
use crate::ui::units;
use crate::ui::widgets::key_value;

/// Height of the list before it scrolls.
const HEIGHT: f32 = 240.0;
/// Settings shown at most: the file is a stranger's.
const SETTINGS: usize = 2000;
/// Deepest nesting that is followed.
const DEPTH: usize = 16;
/// Longest value that is shown, in characters.
const VALUE: usize = 200;

pub(super) fn ui(ui: &mut Ui, training: &Value) {
    if training.is_null() {
        return;
    }
    let p = Palette::of(ui);
    ui.spacing_mut().interact_size.y = TARGET_MIN;
    CollapsingHeader::new(theme::secondary("Training settings").color(p.weak))
        .id_salt("training")
        .show_unindented(ui, |ui| {
            let rows = flatten(training);
            ui.spacing_mut().item_spacing.y = 0.0;
            let area = ScrollArea::vertical()
                .id_salt("training")
                .max_height(HEIGHT)
                .auto_shrink([false, true]);
            area.show_rows(ui, ROW, rows.len(), |ui, shown| {
                for (name, value) in &rows[shown] {
                    key_value(ui, name, value);
                }
            });
            if rows.len() == SETTINGS {
                let text = format!(
                    "Only the first {} are shown.",
                    units::count(SETTINGS as u64)
                );
                ui.label(theme::secondary(text).color(p.weak));
            }
        });
}

/// Every leaf with the names that lead to it, in the order of the file.
fn flatten(value: &Value) -> Vec<(String, String)> {
    let mut rows = Vec::new();
    let mut open: Vec<(String, &Value, usize)> = vec![(String::new(), value, 0)];
    while let Some((name, value, depth)) = open.pop() {
        if rows.len() == SETTINGS {
            break;
        }
        match value {
            Value::Object(map) if depth < DEPTH && !map.is_empty() => {
                // Last first, since the stack gives back the newest.
                for (key, value) in map.iter().rev() {
                    let joined = if name.is_empty() {
                        key.clone()
                    } else {
                        format!("{name}.{key}")
                    };
                    open.push((joined, value, depth + 1));
                }
            }
            Value::String(text) => rows.push((name, cut(text))),
            other => rows.push((name, cut(&other.to_string()))),
        }
    }
    rows
}

fn cut(text: &str) -> String {
    text.chars()
        .take(VALUE)
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nested_settings_become_dotted_names_in_order() {
        let value =
            serde_json::json!({"b": {"rate": 5e-5, "name": "adam"}, "a": [1, 2], "empty": {}});
        let rows = flatten(&value);
        let rows: Vec<(&str, &str)> = rows.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        assert_eq!(
            rows,
            [
                ("b.rate", "0.00005"),
                ("b.name", "adam"),
                ("a", "[1,2]"),
                ("empty", "{}")
            ]
        );
    }

    #[test]
    fn hostile_nesting_and_size_are_bounded() {
        let mut deep = serde_json::json!(1);
        for _ in 0..100 {
            deep = serde_json::json!({ "x": deep });
        }
        assert_eq!(flatten(&deep).len(), 1);
        let wide: serde_json::Map<String, Value> =
            (0..5000).map(|n| (n.to_string(), Value::Null)).collect();
        assert_eq!(flatten(&Value::Object(wide)).len(), SETTINGS);
    }
}
