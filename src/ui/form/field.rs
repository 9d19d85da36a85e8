//! One field: its control, what stands in it, and what is wrong with that.

use std::error::Error as _;

use clap::{Arg, ArgAction, Command};
use egui::{ComboBox, DragValue, Label, Popup, PopupCloseBehavior, ScrollArea, TextEdit, Ui};
use serde_json::Value;

use super::Extras;
use crate::ui::icons;
use crate::ui::theme::{self, Palette, SPACE_SMALL, TARGET_MIN};
use crate::ui::widgets::IconButton;

/// Width of the names beside the fields.
const NAME: f32 = 76.0;
/// Height of a list to choose from.
const LIST: f32 = 320.0;

/// How a field is filled in.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    Switch,
    Number {
        whole: bool,
    },
    /// Value and help of each.
    Choice(Vec<(String, String)>),
    Text,
}

#[derive(Debug, Clone)]
pub(super) struct Field {
    pub arg: Arg,
    pub id: String,
    pub name: String,
    pub help: String,
    pub kind: Kind,
    pub text: String,
    pub error: Option<String>,
}

impl Field {
    pub(super) fn new(arg: &Arg, value: &Value) -> Self {
        let id = arg.get_id().to_string();
        let choices = arg.get_possible_values();
        let kind = match value.get(&id) {
            Some(Value::Bool(_)) => Kind::Switch,
            _ if matches!(arg.get_action(), ArgAction::SetTrue) => Kind::Switch,
            Some(Value::Number(number)) => Kind::Number {
                whole: !number.is_f64(),
            },
            _ if !choices.is_empty() => Kind::Choice(
                choices
                    .iter()
                    .map(|choice| {
                        let help = choice.get_help().map(ToString::to_string);
                        (choice.get_name().to_owned(), help.unwrap_or_default())
                    })
                    .collect(),
            ),
            _ => Kind::Text,
        };
        let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
        Self {
            arg: arg.clone(),
            name: named(&id),
            help: help.replace('`', ""),
            id,
            kind,
            text: String::new(),
            error: None,
        }
    }

    /// As it stands on the command line.
    pub(super) fn words(&self) -> Option<String> {
        match self.kind {
            Kind::Switch => (self.text == "true").then(|| format!("--{}", self.long())),
            _ => Some(self.word(&self.text)),
        }
    }

    pub(super) fn word(&self, text: &str) -> String {
        format!("--{}={text}", self.long())
    }

    fn long(&self) -> &str {
        self.arg.get_long().unwrap_or(&self.id)
    }

    /// Reads this field alone, as the command line does.
    pub(super) fn check(&mut self) {
        self.error = None;
        let words = self.words().filter(|_| !self.text.is_empty());
        if let Some(words) = words {
            let command = Command::new("form").no_binary_name(true);
            let command = command.arg(self.arg.clone().required(false));
            self.error = command.try_get_matches_from([words]).err().map(reason);
        }
    }

    /// Name, control, and below them the help or what is wrong. True when it changed.
    pub(super) fn ui(
        &mut self,
        ui: &mut Ui,
        extras: &Extras<'_>,
        browse: &mut Option<String>,
    ) -> bool {
        let p = Palette::of(ui);
        let mut changed = false;
        ui.horizontal(|ui| {
            if self.kind == Kind::Switch {
                let mut on = self.text == "true";
                let words = theme::body(&self.name);
                changed = ui
                    .checkbox(&mut on, words)
                    .on_hover_text(&self.help)
                    .changed();
                self.text = on.to_string();
                return;
            }
            let name = theme::secondary(&self.name).color(p.weak);
            ui.allocate_ui(egui::vec2(NAME, TARGET_MIN), |ui| {
                ui.set_min_width(NAME);
                ui.add(Label::new(name).truncate())
                    .on_hover_text(&self.help);
            });
            changed = self.control(ui, extras, browse);
        });
        let (text, color) = match &self.error {
            Some(error) => (error.as_str(), p.danger),
            None => (self.help.as_str(), p.weak),
        };
        let line = Label::new(theme::secondary(text).color(color));
        if self.error.is_some() {
            ui.add(line.wrap());
        } else {
            ui.add(line.truncate());
        }
        ui.add_space(SPACE_SMALL);
        changed
    }

    fn control(&mut self, ui: &mut Ui, extras: &Extras<'_>, browse: &mut Option<String>) -> bool {
        match &self.kind {
            Kind::Number { whole } => self.number(ui, *whole),
            Kind::Choice(choices) => choice(ui, &self.name, &mut self.text, choices),
            _ => self.written(ui, extras, browse),
        }
    }

    fn number(&mut self, ui: &mut Ui, whole: bool) -> bool {
        let mut number: f64 = self.text.parse().unwrap_or_default();
        let drag = DragValue::new(&mut number).range(0.0..=f64::MAX);
        let drag = if whole {
            drag.speed(0.2).fixed_decimals(0)
        } else {
            drag.speed(0.005).max_decimals(3)
        };
        let size = [ui.available_width(), TARGET_MIN];
        let response = ui.add_sized(size, drag).accessible_name(&self.name);
        if response.changed() {
            self.text = number.to_string();
        }
        response.changed()
    }

    fn written(&mut self, ui: &mut Ui, extras: &Extras<'_>, browse: &mut Option<String>) -> bool {
        let folder = extras.folders.contains(&self.id.as_str());
        let several = extras.several.iter().find(|(id, _)| *id == self.id);
        let buttons = if folder || several.is_some() {
            TARGET_MIN + SPACE_SMALL
        } else {
            0.0
        };
        let hint = self
            .arg
            .get_value_names()
            .and_then(|names| names.first())
            .map(ToString::to_string);
        let field = TextEdit::singleline(&mut self.text)
            .hint_text(hint.unwrap_or_default())
            .desired_width(ui.available_width() - buttons - SPACE_SMALL);
        let mut changed = ui.add(field).accessible_name(&self.name).changed();
        if folder {
            let name = format!("Choose {}", self.name.to_lowercase());
            let button = IconButton::new(icons::FOLDER, &name).side(TARGET_MIN);
            if ui.add(button).clicked() {
                *browse = Some(self.id.clone());
            }
        }
        if let Some((_, choices)) = several {
            changed |= some_of(ui, &self.name, &mut self.text, choices);
        }
        changed
    }
}

fn choice(ui: &mut Ui, name: &str, text: &mut String, choices: &[(String, String)]) -> bool {
    let mut changed = false;
    let combo = ComboBox::from_id_salt(name)
        .width(ui.available_width())
        .selected_text(text.as_str());
    let shown = combo.show_ui(ui, |ui| {
        for (value, help) in choices {
            let row = ui.selectable_label(text == value, value);
            let row = if help.is_empty() {
                row
            } else {
                row.on_hover_text(help)
            };
            if row.clicked() {
                text.clone_from(value);
                changed = true;
            }
        }
    });
    shown.response.accessible_name(name);
    changed
}

/// A menu of things of which several may be chosen, as a text with commas.
fn some_of(ui: &mut Ui, name: &str, text: &mut String, choices: &[String]) -> bool {
    let mut changed = false;
    let verb = format!("Choose {}", name.to_lowercase());
    let button = ui.add(IconButton::new(icons::CARET_DOWN, &verb).side(TARGET_MIN));
    Popup::menu(&button)
        .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
        .show(|ui| {
            ScrollArea::vertical().max_height(LIST).show(ui, |ui| {
                for choice in choices {
                    let mut chosen: Vec<&str> = text
                        .split(',')
                        .map(str::trim)
                        .filter(|part| !part.is_empty())
                        .collect();
                    let at = chosen.iter().position(|own| own == choice);
                    let mut on = at.is_some();
                    if ui.checkbox(&mut on, choice).changed() {
                        match at {
                            Some(at) => drop(chosen.remove(at)),
                            None => chosen.push(choice),
                        }
                        *text = chosen.join(",");
                        changed = true;
                    }
                }
            });
        });
    changed
}

/// A value as it is written on the command line.
pub(super) fn written(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(parts) => {
            let parts: Vec<String> = parts.iter().map(part).collect();
            parts.join(",")
        }
        other => other.to_string(),
    }
}

/// One of several; a pair is NAME=VALUE.
fn part(value: &Value) -> String {
    match value.as_array().map(Vec::as_slice) {
        Some([name, value]) => format!("{}={}", written(name), written(value)),
        _ => written(value),
    }
}

/// `some_field` as "Some field".
fn named(id: &str) -> String {
    let text = id.replace('_', " ");
    let mut letters = text.chars();
    let first = letters
        .next()
        .map(|letter| letter.to_uppercase().to_string());
    first.unwrap_or_default() + letters.as_str()
}

/// What is wrong, without clap's frame around it.
#[expect(clippy::needless_pass_by_value, reason = "maps over an option")]
fn reason(error: clap::Error) -> String {
    let inner = error.source().map(ToString::to_string);
    let text = inner.unwrap_or_else(|| {
        let whole = error.to_string();
        let line = whole.lines().next().unwrap_or_default().to_owned();
        line.trim_start_matches("error: ").to_owned()
    });
    crate::workbench::capitalised(&text)
}
