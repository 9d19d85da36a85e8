//! The fields of an object in a vector file, and which of them somebody looked at.

use std::cell::RefCell;
use std::collections::BTreeSet;

use serde_json::{Map, Value};

/// An object whose fields are looked up once each.
pub(super) struct Fields<'a> {
    pub(super) at: String,
    map: &'a Map<String, Value>,
    seen: RefCell<BTreeSet<String>>,
}

impl<'a> Fields<'a> {
    pub(super) fn new(at: impl Into<String>, map: &'a Map<String, Value>) -> Self {
        Self {
            at: at.into(),
            map,
            seen: RefCell::default(),
        }
    }

    /// A field, null where there is none.
    pub(super) fn take(&self, key: &str) -> &'a Value {
        self.seen.borrow_mut().insert(key.to_owned());
        self.map.get(key).unwrap_or(&Value::Null)
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.map.contains_key(key)
    }

    pub(super) fn text(&self, key: &str) -> &'a str {
        self.take(key).as_str().unwrap_or_default()
    }

    /// The objects of a list, each with its index.
    pub(super) fn rows(&self, key: &str) -> Vec<Fields<'a>> {
        let rows = self.take(key).as_array().into_iter().flatten().enumerate();
        rows.filter_map(|(at, row)| Some(Fields::new(format!("{key} {at}"), row.as_object()?)))
            .collect()
    }

    /// The fields whose names begin so and that nobody looked at.
    pub(super) fn starting<'s>(&'s self, start: &'s str) -> impl Iterator<Item = &'a String> + 's {
        let map: &'a Map<String, Value> = self.map;
        map.keys()
            .filter(move |key| key.starts_with(start) && !self.seen.borrow().contains(*key))
    }

    /// Fields that nobody looked at.
    pub(super) fn unseen(&self) -> Vec<&'a String> {
        self.starting("").collect()
    }
}

/// A point or vector of numbers.
pub(super) fn vector(value: &Value) -> Option<Vec<f64>> {
    value.as_array()?.iter().map(Value::as_f64).collect()
}

/// A vector of exactly so many numbers.
pub(super) fn array<const N: usize>(value: &Value) -> Option<[f64; N]> {
    vector(value)?.try_into().ok()
}

/// A list of such vectors; none where the value is no list or one of them is not.
pub(super) fn arrays<const N: usize>(value: &Value) -> Option<Vec<[f64; N]>> {
    value.as_array()?.iter().map(array).collect()
}

/// An outcome written as a truth value, 0 or 1.
pub(super) fn outcome(value: &Value) -> Option<bool> {
    value.as_bool().or_else(|| value.as_f64().map(|v| v > 0.5))
}
