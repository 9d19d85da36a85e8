//! Run configurations as YAML, read into the same plain values as JSON.
//!
//! Aliases can make a small YAML file stand for any number of values, so values and bytes of text are counted while
//! they are read, and reading ends at a limit.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

/// Values and bytes of text a run configuration may stand for: about four times the largest file accepted.
const MAX_CONTENT: usize = 4 << 20;
/// Flow brackets that may be open at once. The scanner's work grows with their square.
const MAX_OPEN: usize = 100;

/// Parses one YAML document.
///
/// # Errors
/// A sentence that says what is wrong.
pub(super) fn parse(text: &str) -> Result<Value, String> {
    check_brackets(text)?;
    let left = Cell::new(MAX_CONTENT);
    Bounded(&left)
        .deserialize(serde_yaml_ng::Deserializer::from_str(text))
        .map_err(|error| format!("not valid YAML: {error}"))
}

/// Counts every opening bracket against closing ones, also those inside texts: configurations have few.
fn check_brackets(text: &str) -> Result<(), String> {
    let mut open = 0_usize;
    for byte in text.bytes() {
        match byte {
            b'[' | b'{' => open += 1,
            b']' | b'}' => open = open.saturating_sub(1),
            _ => {}
        }
        if open > MAX_OPEN {
            return Err("brackets are nested too deeply".into());
        }
    }
    Ok(())
}

/// Reads any value, taking its cost from what is left.
struct Bounded<'a>(&'a Cell<usize>);

impl Bounded<'_> {
    fn pay<E: Error>(&self, cost: usize) -> Result<(), E> {
        let left = self.0.get().checked_sub(1 + cost);
        self.0.set(left.unwrap_or(0));
        left.map(drop)
            .ok_or_else(|| E::custom("the aliases of this file stand for too many values"))
    }
}

impl<'de> DeserializeSeed<'de> for Bounded<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Bounded<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a plain value without a tag")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        self.pay(0)?;
        Ok(value.into())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        self.pay(0)?;
        Ok(value.into())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        self.pay(0)?;
        Ok(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        self.pay(0)?;
        Ok(value.into())
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        self.pay(value.len())?;
        Ok(value.into())
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        self.pay(0)?;
        Ok(Value::Null)
    }

    fn visit_none<E: Error>(self) -> Result<Value, E> {
        self.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_seq<S: SeqAccess<'de>>(self, mut items: S) -> Result<Value, S::Error> {
        self.pay(0)?;
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(Bounded(self.0))? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<M: MapAccess<'de>>(self, mut items: M) -> Result<Value, M::Error> {
        self.pay(0)?;
        let mut table = Map::new();
        while let Some(key) = items.next_key_seed(Bounded(self.0))? {
            let key = match key {
                Value::String(text) => text,
                Value::Array(_) | Value::Object(_) => {
                    return Err(M::Error::custom("a key is not a plain value"));
                }
                plain => plain.to_string(),
            };
            table.insert(key, items.next_value_seed(Bounded(self.0))?);
        }
        Ok(Value::Object(table))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_values_come_through() {
        let text = "a: 1\nb: [true, ~, 5.0e-05, 'x: y']\n3: {c: -2}\n";
        let want = serde_json::json!({"a": 1, "b": [true, null, 5.0e-5, "x: y"], "3": {"c": -2}});
        assert_eq!(parse(text), Ok(want));
    }

    #[test]
    fn an_alias_bomb_ends_at_the_limit() {
        let mut text = String::from("a0: &a0 [0,0,0,0,0,0,0,0,0,0]\n");
        for level in 1..9 {
            let below = format!("*a{},", level - 1).repeat(10);
            text = format!("{text}a{level}: &a{level} [{below}]\n");
        }
        let error = parse(&text).expect_err("too large");
        assert!(
            error.contains("too many values") || error.contains("repetition"),
            "{error}"
        );
        let long = format!(
            "a: &a {}\nb: [{}]\n",
            "x".repeat(100_000),
            "*a,".repeat(1000)
        );
        let error = parse(&long).expect_err("too large");
        assert!(error.contains("too many values"), "{error}");
    }

    #[test]
    fn a_python_tag_is_only_a_label() {
        let plain = parse("a: !!python/object/apply:os.system ['id']");
        assert_eq!(plain, Ok(serde_json::json!({"a": ["id"]})));
    }

    #[test]
    fn deep_nesting_and_tags_are_refused() {
        for text in [
            "[".repeat(1 << 20),
            "{a: ".repeat(1 << 18),
            "- ".repeat(1 << 19),
            "a: !run {b: 1}".to_owned(),
            "a: *nowhere".to_owned(),
        ] {
            let error = parse(&text).expect_err("refused");
            assert!(error.len() < 300, "{error}");
        }
    }
}
