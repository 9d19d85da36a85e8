//! Reading typed values out of a configuration file, with the dotted key in every message.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::model::checkpoint::LoadError;

/// No width, vocabulary or count of a model is larger; products of two stay far from overflow.
const MAX_SIZE: u64 = 1 << 24;
/// The longest text taken from a configuration.
const MAX_TEXT: usize = 10_000;

/// A table of a configuration file and the keys that led to it.
#[derive(Debug, Clone)]
pub(crate) struct Keys<'a> {
    value: &'a Value,
    at: String,
    path: &'a Path,
}

impl<'a> Keys<'a> {
    /// The whole file at `path`, which must be a table.
    pub(crate) fn root(value: &'a Value, path: &'a Path) -> Result<Self, LoadError> {
        let keys = Self {
            value,
            at: String::new(),
            path,
        };
        if value.is_object() {
            Ok(keys)
        } else {
            Err(LoadError::Damaged {
                what: "the configuration is not a table of keys".into(),
                path: path.into(),
            })
        }
    }

    /// The table under `key`; nothing when it is absent, null or of another kind.
    pub(crate) fn table(&self, key: &str) -> Option<Self> {
        let value = self.raw(key).filter(|value| value.is_object())?;
        Some(Self {
            value,
            at: self.dotted(key),
            path: self.path,
        })
    }

    /// The table under `key`.
    pub(crate) fn required_table(&self, key: &str) -> Result<Self, LoadError> {
        self.table(key)
            .ok_or_else(|| self.problem(key, "is missing"))
    }

    /// The value under `key` as it is, unless null.
    pub(crate) fn raw(&self, key: &str) -> Option<&'a Value> {
        self.value.get(key).filter(|value| !value.is_null())
    }

    /// A size from 1 up.
    pub(crate) fn size(&self, key: &str) -> Result<Option<usize>, LoadError> {
        match self.count(key)? {
            Some(0) => Err(self.problem(key, "is 0, expected at least 1")),
            other => Ok(other),
        }
    }

    /// A whole number from 0 up.
    pub(crate) fn count(&self, key: &str) -> Result<Option<usize>, LoadError> {
        let Some(value) = self.raw(key) else {
            return Ok(None);
        };
        match value.as_u64() {
            Some(number) if number <= MAX_SIZE => Ok(Some(number as usize)),
            _ => Err(self.wrong(key, value, "a whole number of sensible size")),
        }
    }

    /// A size, or `default` where the key is absent.
    pub(crate) fn size_or(&self, key: &str, default: usize) -> Result<usize, LoadError> {
        Ok(self.size(key)?.unwrap_or(default))
    }

    /// A size that must be there.
    pub(crate) fn required_size(&self, key: &str) -> Result<usize, LoadError> {
        self.size(key)?
            .ok_or_else(|| self.problem(key, "is missing"))
    }

    /// A number above zero.
    pub(crate) fn positive(&self, key: &str) -> Result<Option<f64>, LoadError> {
        let Some(value) = self.raw(key) else {
            return Ok(None);
        };
        match value.as_f64() {
            Some(number) if number > 0.0 && number.is_finite() => Ok(Some(number)),
            _ => Err(self.wrong(key, value, "a number above 0")),
        }
    }

    /// A truth value.
    pub(crate) fn flag(&self, key: &str) -> Result<Option<bool>, LoadError> {
        let Some(value) = self.raw(key) else {
            return Ok(None);
        };
        match value.as_bool() {
            Some(flag) => Ok(Some(flag)),
            None => Err(self.wrong(key, value, "true or false")),
        }
    }

    /// A text.
    pub(crate) fn text(&self, key: &str) -> Result<Option<&'a str>, LoadError> {
        let Some(value) = self.raw(key) else {
            return Ok(None);
        };
        match value.as_str() {
            Some(text) if text.len() <= MAX_TEXT => Ok(Some(text)),
            _ => Err(self.wrong(key, value, "a text of at most 10,000 characters")),
        }
    }

    /// A list of whole numbers.
    pub(crate) fn counts(&self, key: &str) -> Result<Option<Vec<usize>>, LoadError> {
        let Some(value) = self.raw(key) else {
            return Ok(None);
        };
        let whole = |item: &Value| item.as_u64().filter(|number| *number <= MAX_SIZE);
        let list: Option<Vec<usize>> = value.as_array().and_then(|items| {
            items
                .iter()
                .map(|item| Some(whole(item)? as usize))
                .collect()
        });
        match list {
            Some(list) => Ok(Some(list)),
            None => Err(self.wrong(key, value, "a list of whole numbers")),
        }
    }

    /// A list of exactly three numbers.
    pub(crate) fn three(&self, key: &str) -> Result<Option<[f32; 3]>, LoadError> {
        let Some(value) = self.raw(key) else {
            return Ok(None);
        };
        let numbers: Option<Vec<f32>> = value.as_array().and_then(|items| {
            items
                .iter()
                .map(|item| Some(item.as_f64()? as f32))
                .collect()
        });
        let three = numbers.and_then(|numbers| <[f32; 3]>::try_from(numbers).ok());
        match three {
            Some(three) if three.iter().all(|number| number.is_finite()) => Ok(Some(three)),
            _ => Err(self.wrong(key, value, "three numbers")),
        }
    }

    /// A [`LoadError::Config`] about `key`.
    pub(crate) fn problem(&self, key: &str, problem: impl Into<String>) -> LoadError {
        LoadError::Config {
            key: self.dotted(key),
            problem: problem.into(),
            path: PathBuf::from(self.path),
        }
    }

    fn wrong(&self, key: &str, value: &Value, expected: &str) -> LoadError {
        let mut found: String = value.to_string().chars().take(40).collect();
        if found.len() >= 40 {
            found.push('…');
        }
        self.problem(key, format!("is {found}, expected {expected}"))
    }

    fn dotted(&self, key: &str) -> String {
        if self.at.is_empty() {
            key.to_owned()
        } else {
            format!("{}.{key}", self.at)
        }
    }
}
