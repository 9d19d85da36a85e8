//! Walks through XML without recursion, and without expanding anything but the five entities of XML itself.

use std::collections::BTreeMap;

use quick_xml::XmlVersion;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

/// Deepest nesting.
const MAX_DEPTH: usize = 64;
/// Longest text of one element.
const MAX_TEXT: usize = 1 << 16;

/// Attributes of an element.
pub(super) type Attributes = BTreeMap<String, String>;

/// What is met on the way.
pub(super) enum Step {
    /// An element begins.
    Open(String, Attributes),
    /// An element ends; the text directly inside it.
    Close(String, String),
}

/// Calls `each` with every step.
///
/// # Errors
/// What is wrong with the XML, and where.
pub(super) fn walk(xml: &str, mut each: impl FnMut(Step)) -> Result<(), String> {
    let mut reader = Reader::from_str(xml);
    reader.config_mut().expand_empty_elements = true;
    let mut texts: Vec<String> = Vec::new();
    loop {
        let event = reader.read_event();
        let at = reader.buffer_position();
        let wrong = |reason: String| format!("{reason} (byte {at})");
        match event.map_err(|error| wrong(error.to_string()))? {
            Event::Start(start) => {
                if texts.len() >= MAX_DEPTH {
                    return Err(wrong(format!(
                        "elements are nested more than {MAX_DEPTH} deep"
                    )));
                }
                let (name, attributes) = open(&start).map_err(wrong)?;
                texts.push(String::new());
                each(Step::Open(name, attributes));
            }
            Event::End(end) => {
                let name = String::from_utf8_lossy(end.local_name().as_ref()).into_owned();
                each(Step::Close(name, texts.pop().unwrap_or_default()));
            }
            Event::Text(text) => {
                let text = text.decode().map_err(|error| wrong(error.to_string()))?;
                append(&mut texts, &text);
            }
            Event::CData(text) => {
                let text = text.decode().map_err(|error| wrong(error.to_string()))?;
                append(&mut texts, &text);
            }
            Event::GeneralRef(name) => {
                let character = name.resolve_char_ref().ok().flatten().map(String::from);
                let known = || {
                    let name = name.decode().ok()?;
                    resolve_predefined_entity(&name).map(str::to_owned)
                };
                let text = character
                    .or_else(known)
                    .ok_or_else(|| wrong("an entity is not known".into()))?;
                append(&mut texts, &text);
            }
            Event::DocType(_) => {
                return Err(wrong(
                    "it declares a document type, which is not read".into(),
                ));
            }
            Event::Eof if texts.is_empty() => return Ok(()),
            Event::Eof => return Err(wrong("the file breaks off".into())),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::Empty(_) => {}
        }
    }
}

fn append(texts: &mut [String], text: &str) {
    if let Some(own) = texts
        .last_mut()
        .filter(|own| own.len() + text.len() <= MAX_TEXT)
    {
        own.push_str(text);
    }
}

fn open(start: &BytesStart) -> Result<(String, Attributes), String> {
    let name = String::from_utf8_lossy(start.local_name().as_ref()).into_owned();
    let mut attributes = Attributes::new();
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|error| error.to_string())?;
        let key = String::from_utf8_lossy(attribute.key.as_ref()).into_owned();
        let value = attribute
            .normalized_value(XmlVersion::Implicit1_0)
            .map_err(|error| error.to_string())?;
        attributes.insert(key, value.into_owned());
    }
    Ok((name, attributes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn closes(xml: &str) -> Result<Vec<(String, String)>, String> {
        let mut closes = Vec::new();
        walk(xml, |step| {
            if let Step::Close(name, text) = step {
                closes.push((name, text));
            }
        })?;
        Ok(closes)
    }

    #[test]
    fn text_and_entities_are_read() {
        let found = closes("<a b='&lt;'>1 &amp; <c/>2&#x33;</a>").unwrap();
        assert_eq!(
            found,
            [("c".into(), String::new()), ("a".into(), "1 & 23".into())]
        );
    }

    #[test]
    fn bombs_are_refused() {
        let bomb = "<!DOCTYPE a [<!ENTITY x \"y\"><!ENTITY z \"&x;&x;\">]><a>&z;</a>";
        assert!(closes(bomb).unwrap_err().contains("document type"));
        assert!(closes("<a>&z;</a>").is_err());
        assert!(
            closes(&"<a>".repeat(100_000))
                .unwrap_err()
                .contains("nested")
        );
        assert!(closes("<a><b></a>").is_err() && closes("<a>").is_err());
    }
}
