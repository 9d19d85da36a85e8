//! The recipe as a form: what matters most, by the table of rows; everything else is in the text.

use egui::{
    Align, CollapsingHeader, ComboBox, DragValue, Label, Layout, Response, TextEdit, Ui, vec2,
};
use serde_json::{Value, json};

use super::mix;
use super::rows::{Control, RUN, Row, sections};
use crate::engine::{Recipe, RecipePath, RunConfig};
use crate::ui::icons;
use crate::ui::panel::PanelContext;
use crate::ui::theme::{self, CONTROL, Palette, SPACE_SMALL, TARGET_MIN};
use crate::ui::widgets::{IconButton, section, segmented};
use crate::workbench::{Command, RecipeState, TrainingCommand};

/// Width of the names beside the fields.
const NAME: f32 = 112.0;

const RECIPES: [(Recipe, &str); 4] = [
    (Recipe::Grounding, "Grounding"),
    (Recipe::Vanilla, "Vanilla"),
    (Recipe::CoTraining, "Co-training"),
    (Recipe::SpatiallyGuided, "Guided"),
];

/// Draws it; what changed is pushed as a whole recipe.
pub(super) fn ui(ui: &mut Ui, context: &mut PanelContext<'_>, recipe: &RecipeState) {
    let Ok(mut value) = serde_json::to_value(&recipe.config) else {
        return;
    };
    ui.spacing_mut().item_spacing.y = SPACE_SMALL;
    let mut changed = which(ui, &mut value, &recipe.config);
    for row in RUN {
        changed |= setting(ui, context, &mut value, row);
    }
    changed |= mix::ui(ui, context, &mut value, &recipe.config);
    section(ui, "Model", |_| {});
    changed |= model(ui, &mut value, &recipe.config);
    for part in sections(&recipe.config) {
        CollapsingHeader::new(theme::caption(part.title))
            .default_open(part.open)
            .show_unindented(ui, |ui| {
                if part.title == "Optimiser" {
                    changed |= rates(ui, &mut value);
                }
                for row in part.rows {
                    changed |= setting(ui, context, &mut value, row);
                }
            });
    }
    if changed && let Ok(config) = serde_json::from_value::<RunConfig>(value) {
        context.push(Command::Training(TrainingCommand::SetRecipe(Box::new(
            config,
        ))));
    }
}

/// The three strategies of the paper and the stage before them, by one switch.
fn which(ui: &mut Ui, value: &mut Value, config: &RunConfig) -> bool {
    let mut chosen = config.recipe;
    let changed = segmented(ui, "Recipe", &mut chosen, &RECIPES);
    if changed {
        value["recipe"] = json!(chosen);
    }
    let text = match chosen {
        Recipe::Grounding => "Stage 1: boxes, points, traces and plans. No expert.",
        Recipe::Vanilla => "Stage 2: actions alone, from the bare instruction.",
        Recipe::CoTraining => "Stage 2: actions and answers, from the bare instruction.",
        Recipe::SpatiallyGuided => {
            "Stage 2: actions and answers, the instruction in the spatial prompt."
        }
    };
    let text = theme::secondary(text).color(Palette::of(ui).weak);
    ui.add(Label::new(text).wrap());
    changed
}

/// Where the model comes from, and whether its planner gets additions in place of new weights.
fn model(ui: &mut Ui, value: &mut Value, config: &RunConfig) -> bool {
    let mut new = config.model.new.is_some();
    let kinds = [(false, "Checkpoint"), (true, "New, small")];
    let mut changed = segmented(ui, "Model from", &mut new, &kinds);
    if changed {
        value["model"]["new"] = if new { json!({}) } else { Value::Null };
        if new {
            value["model"]["from"] = Value::Null;
        }
    }
    if !new {
        changed |= part(
            ui,
            value,
            "/lora",
            "Low-rank additions (LoRA)",
            "Train few numbers beside the planner's own",
        );
    }
    if config.recipe != Recipe::Grounding {
        let help = "An expert made from nothing, where the checkpoint has none";
        changed |= part(ui, value, "/model/expert", "New action expert", help);
    }
    changed
}

/// A part that is there or not.
fn part(ui: &mut Ui, value: &mut Value, at: &str, name: &str, help: &str) -> bool {
    let Some(slot) = value.pointer_mut(at) else {
        return false;
    };
    let mut on = !slot.is_null();
    let changed = ui
        .checkbox(&mut on, theme::body(name))
        .on_hover_text(help)
        .changed();
    if changed {
        *slot = if on { json!({}) } else { Value::Null };
    }
    changed
}

/// A learning rate for each group of parameters.
fn rates(ui: &mut Ui, value: &mut Value) -> bool {
    let Some(rates) = value
        .pointer_mut("/optimizer/rates")
        .and_then(Value::as_object_mut)
    else {
        return false;
    };
    let mut changed = false;
    for (group, rate) in rates {
        let name = match group.as_str() {
            "base" => "Rate, other",
            "qwen_vl_interface" => "Rate, planner",
            "action_model" => "Rate, expert",
            other => other,
        };
        labelled(ui, name, "Full learning rate", |ui| {
            changed |= number(ui, name, rate, false, (0.0, 1.0));
        });
    }
    changed
}

/// Name and control in one line.
fn setting(ui: &mut Ui, context: &mut PanelContext<'_>, value: &mut Value, row: &Row) -> bool {
    let Some(slot) = value.pointer_mut(row.at) else {
        return false;
    };
    if row.control == Control::Switch {
        let mut on = slot.as_bool().unwrap_or_default();
        let changed = ui
            .checkbox(&mut on, theme::body(row.name))
            .on_hover_text(row.help)
            .changed();
        *slot = json!(on);
        return changed;
    }
    let mut changed = false;
    labelled(ui, row.name, row.help, |ui| {
        changed = control(ui, context, slot, row);
    });
    changed
}

/// A name with what is beside it; the help on hover. What is beside it begins and ends where it does in every row.
pub(in crate::ui) fn labelled(ui: &mut Ui, name: &str, help: &str, content: impl FnOnce(&mut Ui)) {
    let p = Palette::of(ui);
    let row = vec2(ui.available_width(), CONTROL);
    let beside = (row.x - NAME).max(40.0);
    let middle = Layout::left_to_right(Align::Center);
    ui.allocate_ui_with_layout(row, middle, |ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        ui.allocate_ui_with_layout(vec2(NAME, CONTROL), middle, |ui| {
            ui.set_min_width(NAME);
            let name = Label::new(theme::secondary(name).color(p.weak)).truncate();
            ui.add(name).on_hover_text(help);
        });
        ui.allocate_ui_with_layout(vec2(beside, CONTROL), middle, |ui| {
            ui.set_max_width(beside);
            ui.spacing_mut().item_spacing.x = SPACE_SMALL;
            content(ui);
        });
    });
}

/// A field for a line of text, as wide as there is room but for `buttons` behind it.
pub(in crate::ui) fn text_field(
    ui: &mut Ui,
    name: &str,
    hint: &str,
    text: &mut String,
    buttons: usize,
) -> Response {
    let after = buttons as f32 * (TARGET_MIN + SPACE_SMALL);
    let size = vec2((ui.available_width() - after).max(24.0), CONTROL);
    let field = TextEdit::singleline(text)
        .hint_text(hint)
        .align(egui::Align2::LEFT_CENTER)
        .desired_width(f32::INFINITY);
    ui.add_sized(size, field).accessible_name(name)
}

fn control(ui: &mut Ui, context: &mut PanelContext<'_>, slot: &mut Value, row: &Row) -> bool {
    match row.control {
        Control::Whole(low, high) => number(ui, row.name, slot, true, (low as f64, high as f64)),
        Control::Real(low, high) => number(ui, row.name, slot, false, (low, high)),
        Control::Optional(usual) => optional(ui, row.name, slot, usual),
        Control::Names => names(ui, row.name, slot),
        Control::Path(path) => path_setting(ui, context, slot, (row.name, path)),
        Control::Choice(choices) => choice(ui, row.name, slot, choices),
        Control::Pair => pair(ui, row.name, slot),
        Control::Switch => false,
    }
}

/// A number to drag or type. Small ones are written as powers of ten, and drag by their own size.
pub(super) fn number(
    ui: &mut Ui,
    name: &str,
    slot: &mut Value,
    whole: bool,
    (low, high): (f64, f64),
) -> bool {
    let mut number = slot.as_f64().unwrap_or_default();
    let width = ui.available_width();
    let response = drag(ui, name, &mut number, (whole, low, high), width);
    if response.changed() {
        *slot = if whole {
            json!(number.round() as u64)
        } else {
            json!(number)
        };
    }
    response.changed()
}

pub(in crate::ui) fn drag(
    ui: &mut Ui,
    name: &str,
    number: &mut f64,
    (whole, low, high): (bool, f64, f64),
    width: f32,
) -> Response {
    let speed = (number.abs() * 0.01).max(if whole { 0.1 } else { 1e-7 });
    let drag = DragValue::new(number).range(low..=high).speed(speed);
    let drag = if whole {
        drag.fixed_decimals(0)
    } else {
        drag.max_decimals(12)
            .custom_formatter(|number, _| written(number))
            .custom_parser(|text| text.trim().parse().ok())
    };
    ui.add_sized([width, CONTROL], drag).accessible_name(name)
}

/// "0.00001" as "1e-5".
pub(super) fn written(number: f64) -> String {
    if number != 0.0 && number.abs() < 0.001 {
        let text = format!("{number:.3e}");
        let (digits, power) = text.split_once('e').unwrap_or((&text, "0"));
        let digits = digits.trim_end_matches('0').trim_end_matches('.');
        return format!("{digits}e{power}");
    }
    let text = format!("{number:.6}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn optional(ui: &mut Ui, name: &str, slot: &mut Value, usual: f64) -> bool {
    let mut on = !slot.is_null();
    let mut changed = ui
        .checkbox(&mut on, "")
        .accessible_name(format!("Use {}", name.to_lowercase()))
        .changed();
    if changed {
        *slot = if on { json!(usual) } else { Value::Null };
    }
    if on {
        changed |= number(ui, name, slot, false, (0.0, 1.0));
    } else {
        ui.label(theme::secondary("off").color(Palette::of(ui).weak));
    }
    changed
}

fn names(ui: &mut Ui, name: &str, slot: &mut Value) -> bool {
    let list = slot.as_array().map(Vec::as_slice).unwrap_or_default();
    let known: Vec<&str> = list.iter().filter_map(Value::as_str).collect();
    let id = ui.make_persistent_id(("names", name));
    let whole = known.join(", ");
    // What is being typed keeps its last comma, which no list does.
    let mut text = ui
        .data(|data| data.get_temp::<String>(id))
        .unwrap_or_else(|| whole.clone());
    let response = text_field(ui, name, "none", &mut text, 0);
    if response.has_focus() {
        ui.data_mut(|data| data.insert_temp(id, text.clone()));
    } else {
        ui.data_mut(|data| data.remove::<String>(id));
    }
    if response.changed() {
        let parts = text
            .split(',')
            .map(str::trim)
            .filter(|part| !part.is_empty());
        *slot = json!(parts.collect::<Vec<&str>>());
    }
    response.changed()
}

fn path_setting(
    ui: &mut Ui,
    context: &mut PanelContext<'_>,
    slot: &mut Value,
    (name, path): (&str, RecipePath),
) -> bool {
    let mut text = slot.as_str().unwrap_or_default().to_owned();
    let needed = path == RecipePath::Folder;
    let hint = if needed { "choose" } else { "none" };
    let response = text_field(ui, name, hint, &mut text, 1);
    if response.changed() {
        let empty = text.trim().is_empty() && !needed;
        *slot = if empty { Value::Null } else { json!(text) };
    }
    let verb = format!("Choose {}", name.to_lowercase());
    if ui
        .add(IconButton::new(icons::FOLDER, &verb).side(TARGET_MIN))
        .clicked()
    {
        context.push(Command::Training(TrainingCommand::Pick(path)));
    }
    let changed = response.changed();
    if !text.is_empty() && !response.has_focus() {
        response.on_hover_text(text);
    }
    changed
}

fn choice(ui: &mut Ui, name: &str, slot: &mut Value, choices: &[(&str, &str)]) -> bool {
    let now = slot.as_str().unwrap_or_default().to_owned();
    let words = choices
        .iter()
        .find(|(value, _)| *value == now)
        .map_or(now.as_str(), |(_, words)| words);
    let mut changed = false;
    let shown = ComboBox::from_id_salt(name)
        .width(ui.available_width())
        .selected_text(words)
        .show_ui(ui, |ui| {
            for (value, words) in choices {
                if ui.selectable_label(now == *value, *words).clicked() {
                    *slot = json!(value);
                    changed = true;
                }
            }
        });
    shown.response.accessible_name(name);
    changed
}

fn pair(ui: &mut Ui, name: &str, slot: &mut Value) -> bool {
    let Some([first, second]) = slot.as_array_mut().map(Vec::as_mut_slice) else {
        return false;
    };
    let width = (ui.available_width() - 16.0 - 2.0 * SPACE_SMALL) / 2.0;
    let mut changed = false;
    ui.spacing_mut().item_spacing.x = SPACE_SMALL;
    for (side, slot, after) in [("width", first, true), ("height", second, false)] {
        let mut number = slot.as_f64().unwrap_or_default();
        let name = format!("{name} {side}");
        if drag(ui, &name, &mut number, (true, 28.0, 4096.0), width).changed() {
            *slot = json!(number.round() as u64);
            changed = true;
        }
        if after {
            ui.label(theme::number("×"));
        }
    }
    changed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_numbers_are_powers_of_ten() {
        let texts = [0.0, 1e-5, 2.5e-4, 1.0, 0.01, 1e-8, 0.999, 12.5].map(written);
        assert_eq!(
            texts,
            ["0", "1e-5", "2.5e-4", "1", "0.01", "1e-8", "0.999", "12.5"]
        );
        for text in texts {
            assert!(text.parse::<f64>().is_ok());
        }
    }
}
