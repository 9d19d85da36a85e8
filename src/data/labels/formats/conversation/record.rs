//! One record of a conversation file, in any of its spellings.

use serde_json::{Map, Value};

use crate::data::labels::record::{Role, Turn};
use crate::data::labels::report::Reason;
use crate::data::labels::text::name_of;
use crate::geometry::ImageSize;

/// Stands in a text where a picture belongs.
pub(super) const MARK: &str = "<image>";

/// Most pictures of one record.
const MAX_PICTURES: usize = 256;

/// A record, its spelling settled.
#[derive(Debug, Default)]
pub(super) struct Record {
    pub id: Option<String>,
    pub images: Vec<String>,
    pub size: Option<ImageSize>,
    pub turns: Vec<Turn>,
    /// Everything else.
    pub extra: Map<String, Value>,
}

impl Record {
    /// Settles the spelling of a record.
    pub fn read(value: Value) -> Result<Self, Reason> {
        let Value::Object(mut map) = value else {
            return Err(Reason::Form("a record is an object".into()));
        };
        let mut record = Self::default();
        let turns = ["conversations", "messages", "conversation"]
            .iter()
            .find_map(|key| map.shift_remove(*key));
        let Some(Value::Array(turns)) = turns else {
            return Err(Reason::Form(
                "it has no list \"conversations\" or \"messages\"".into(),
            ));
        };
        for key in ["image", "images"] {
            if let Some(value) = map.shift_remove(key) {
                record.pictures(value)?;
            }
        }
        if record.images.is_empty() && ["video", "videos"].iter().any(|key| holds(&map, key)) {
            return Err(Reason::Unsupported("video in conversations".into()));
        }
        let listed = !record.images.is_empty();
        for turn in turns {
            record.turn(turn, listed)?;
        }
        record.id = map.shift_remove("id").as_ref().and_then(name_of);
        record.size = size(&map);
        if record.size.is_some() {
            map.shift_remove("width");
            map.shift_remove("height");
        }
        record.extra = map;
        record.check()?;
        Ok(record)
    }

    fn pictures(&mut self, value: Value) -> Result<(), Reason> {
        match value {
            Value::String(path) => self.images.push(path),
            Value::Array(list) => {
                for value in list {
                    self.pictures(value)?;
                }
            }
            Value::Object(mut map) => {
                let path = ["path", "file_name", "url"]
                    .iter()
                    .find_map(|key| map.shift_remove(*key));
                self.pictures(path.unwrap_or(Value::Bool(false)))?;
            }
            Value::Null => {}
            _ => return Err(Reason::Form("\"image\" is no path".into())),
        }
        if self.images.len() > MAX_PICTURES {
            return Err(Reason::TooMany(MAX_PICTURES as u64));
        }
        Ok(())
    }

    fn turn(&mut self, value: Value, listed: bool) -> Result<(), Reason> {
        let Value::Object(mut map) = value else {
            return Err(Reason::Form("a turn is an object".into()));
        };
        let mut take = |keys: [&str; 3]| keys.iter().find_map(|key| map.shift_remove(*key));
        let role = take(["from", "role", "speaker"]);
        let role = role.as_ref().and_then(Value::as_str).and_then(Role::named);
        let role = role.ok_or_else(|| {
            Reason::Form("a turn is from human, gpt, user, assistant or system".into())
        })?;
        let text = match take(["value", "content", "text"]) {
            Some(Value::String(text)) => text,
            Some(Value::Array(parts)) => self.parts(parts, listed)?,
            _ => return Err(Reason::Form("a turn has no text".into())),
        };
        self.turns.push(Turn { role, text });
        Ok(())
    }

    /// Text and pictures in the order in which they are shown.
    fn parts(&mut self, parts: Vec<Value>, listed: bool) -> Result<String, Reason> {
        let mut text = String::new();
        for part in parts {
            let Value::Object(mut map) = part else {
                return Err(Reason::Form("a part of a turn is an object".into()));
            };
            let kind = map.get("type").and_then(Value::as_str).unwrap_or("text");
            match kind {
                "text" => {
                    text.push_str(map.get("text").and_then(Value::as_str).unwrap_or_default());
                }
                "image" | "image_url" => {
                    text.push_str(MARK);
                    text.push('\n');
                    let path = ["image", "image_url", "path", "url"]
                        .iter()
                        .find_map(|key| map.shift_remove(*key));
                    match path {
                        Some(path) if !listed => self.pictures(path)?,
                        _ => {}
                    }
                }
                other => return Err(Reason::Unsupported(format!("{other} in conversations"))),
            }
        }
        Ok(text)
    }

    fn check(&self) -> Result<(), Reason> {
        let tags = self
            .turns
            .iter()
            .map(|turn| turn.text.matches(MARK).count())
            .sum();
        if tags != self.images.len() {
            return Err(Reason::TagCount {
                tags,
                images: self.images.len(),
            });
        }
        if !self.turns.iter().any(|turn| turn.role == Role::Assistant) {
            return Err(Reason::Form("nobody answers".into()));
        }
        Ok(())
    }
}

fn holds(map: &Map<String, Value>, key: &str) -> bool {
    map.get(key)
        .is_some_and(|value| !value.is_null() && *value != Value::Array(Vec::new()))
}

/// `width` and `height`, each a number or a list of which the first counts.
fn size(map: &Map<String, Value>) -> Option<ImageSize> {
    let side = |key: &str| {
        let value = map.get(key)?;
        let value = value.get(0).unwrap_or(value);
        u32::try_from(value.as_u64()?).ok()
    };
    Some(ImageSize::new(side("width")?, side("height")?)).filter(|size| !size.is_empty())
}
