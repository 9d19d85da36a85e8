//! A form drawn from what the command line knows of a struct: names, help, choices and checks are clap's, values serde's.
//!
//! Every field is the text it would be on the command line, and is parsed the same way, so that window and command line
//! accept the same and complain in the same words. Knows nothing of what is asked for.

mod field;

use clap::{Arg, Args, Command};
use egui::Ui;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use field::{Field, written};

/// Stands in a field that must not be empty while it is.
const NOTHING: &str = "nothing";

/// The fields as they are being filled in.
#[derive(Debug, Clone)]
pub struct Form {
    command: Command,
    fields: Vec<Field>,
    /// The value that the texts were made of.
    shown: Value,
}

/// What a form may know beyond the command line.
#[derive(Debug, Clone, Copy, Default)]
pub struct Extras<'a> {
    /// Fields that are folders, to be chosen in a dialog.
    pub folders: &'a [&'a str],
    /// Fields that take several of these, with commas.
    pub several: &'a [(&'a str, &'a [String])],
    /// Fields that are left out.
    pub hidden: &'a [&'a str],
}

/// What a person did in a form.
#[derive(Debug, Clone, PartialEq)]
pub struct FormAnswer<T> {
    /// The new value, if every field can be read.
    pub changed: Option<T>,
    /// The folder field whose dialog is wanted.
    pub browse: Option<String>,
}

impl Form {
    /// The form of a struct that the command line knows.
    #[must_use]
    pub fn of<T: Args>() -> Self {
        Self {
            command: T::augment_args(Command::new("form").no_binary_name(true)),
            fields: Vec::new(),
            shown: Value::Null,
        }
    }

    /// Draws it; says what changed.
    pub fn ui<T: Args + Serialize + DeserializeOwned>(
        &mut self,
        ui: &mut Ui,
        value: &T,
        extras: &Extras<'_>,
    ) -> FormAnswer<T> {
        let value = serde_json::to_value(value).unwrap_or_default();
        if value != self.shown {
            self.fill(value);
        }
        let mut answer = FormAnswer {
            changed: None,
            browse: None,
        };
        let mut touched = false;
        for field in &mut self.fields {
            if extras.hidden.contains(&field.id.as_str()) {
                continue;
            }
            if field.ui(ui, extras, &mut answer.browse) {
                field.check();
                touched = true;
            }
        }
        if touched {
            answer.changed = self.read();
            if let Some(new) = &answer.changed {
                self.shown = serde_json::to_value(new).unwrap_or_default();
            }
        }
        answer
    }

    /// Makes the texts anew, of fields whose value is another one.
    fn fill(&mut self, value: Value) {
        if self.fields.is_empty() {
            let known = |arg: &&Arg| value.get(arg.get_id().as_str()).is_some();
            let arguments = self.command.get_arguments().filter(known);
            self.fields = arguments.map(|arg| Field::new(arg, &value)).collect();
        }
        for field in &mut self.fields {
            let new = value.get(&field.id).map(written).unwrap_or_default();
            if self.shown.get(&field.id) != value.get(&field.id) {
                field.text = new;
                field.error = None;
            }
        }
        self.shown = value;
    }

    /// The value of all texts, as the command line reads them.
    fn read<T: Args + Serialize + DeserializeOwned>(&self) -> Option<T> {
        if self.fields.iter().any(|field| field.error.is_some()) {
            return None;
        }
        let (mut words, mut empty) = (Vec::new(), Vec::new());
        for field in &self.fields {
            match (field.arg.is_required_set(), field.text.is_empty()) {
                (true, true) => {
                    words.push(field.word(NOTHING));
                    empty.push(field.id.clone());
                }
                (false, true) => {}
                _ => words.extend(field.words()),
            }
        }
        let matches = self.command.clone().try_get_matches_from(words).ok()?;
        let value = T::from_arg_matches(&matches).ok()?;
        let mut value = serde_json::to_value(value).ok()?;
        for id in empty {
            value[id] = Value::String(String::new());
        }
        // A list that is empty is not the list that is meant when nothing is said.
        for field in &self.fields {
            if field.text.is_empty() && value[&field.id].is_array() {
                value[&field.id] = Value::Array(Vec::new());
            }
        }
        serde_json::from_value(value).ok()
    }
}

#[cfg(test)]
mod tests;
