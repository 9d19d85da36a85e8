//! GR00T's `meta/modality.json`: named parts of vectors, such as the arm and the gripper of a state.

use std::path::Path;

use serde::Serialize;
use serde_json::Value;

use super::Episodes;
use crate::data::{DataError, json};

/// Named parts of the columns of a dataset.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Modality {
    /// Parts of the state.
    pub state: Vec<Part>,
    /// Parts of the action.
    pub action: Vec<Part>,
    /// Names of cameras, with the feature behind each.
    pub video: Vec<(String, String)>,
    /// Names of annotations, with the column behind each.
    pub annotation: Vec<(String, String)>,
}

/// A named range of the elements of a column.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Part {
    /// Its name, such as "gripper".
    pub name: String,
    /// The column.
    pub column: String,
    /// Its first element.
    pub start: usize,
    /// The element behind its last.
    pub end: usize,
    /// How a rotation is written, where it is one: "`axis_angle`", "quaternion" and so on.
    pub rotation: Option<String>,
    /// Whether values are absolute rather than changes.
    pub absolute: bool,
}

impl Episodes {
    /// The parts that `meta/modality.json` names; none when there is no such file.
    ///
    /// # Errors
    /// When the file is damaged or a part reaches beyond its column.
    pub fn modality(&self) -> Result<Option<Modality>, DataError> {
        let path = self.root().join("meta/modality.json");
        if !path.is_file() {
            return Ok(None);
        }
        let value = json::read(&path)?;
        let names = |section: &str, default: &str| {
            let entries = value[section].as_object().into_iter().flatten();
            let name = |value: &Value, name: &str| {
                let original = value["original_key"].as_str();
                original.map_or_else(|| format!("{default}{name}"), str::to_owned)
            };
            entries
                .map(|(key, value)| (key.clone(), name(value, key)))
                .collect()
        };
        Ok(Some(Modality {
            state: self.parts(&value["state"], "observation.state", &path)?,
            action: self.parts(&value["action"], "action", &path)?,
            video: names("video", "observation.images."),
            annotation: names("annotation", "annotation."),
        }))
    }

    fn parts(&self, section: &Value, column: &str, path: &Path) -> Result<Vec<Part>, DataError> {
        let entries = section.as_object().into_iter().flatten();
        let part = |(name, value): (&String, &Value)| {
            let part = Part {
                name: name.clone(),
                column: value["original_key"].as_str().unwrap_or(column).to_owned(),
                start: place(&value["start"]).unwrap_or(usize::MAX),
                end: place(&value["end"]).unwrap_or(0),
                rotation: value["rotation_type"].as_str().map(str::to_owned),
                absolute: value["absolute"].as_bool().unwrap_or(true),
            };
            let width = self.feature(&part.column).map(super::Feature::width);
            if part.start < part.end && width.is_some_and(|width| part.end <= width) {
                return Ok(part);
            }
            let what = format!("part {name:?} does not lie inside column {:?}", part.column);
            Err(DataError::malformed(path, what))
        };
        entries.map(part).collect()
    }
}

fn place(value: &Value) -> Option<usize> {
    value.as_u64().and_then(|place| usize::try_from(place).ok())
}
