//! Columns of numbers, texts and bytes: what rows of a dataset consist of.

use serde_json::Value;

/// The values of one column over some rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Its name in the dataset.
    pub name: String,
    /// Values in each row: 7 for a vector of 7, 12 for a matrix of 3x4.
    pub width: usize,
    /// All values, row after row.
    pub values: Values,
}

/// Values of one type, row after row.
#[derive(Debug, Clone, PartialEq)]
pub enum Values {
    /// 32-bit numbers.
    F32(Vec<f32>),
    /// 64-bit numbers.
    F64(Vec<f64>),
    /// Whole numbers of any size.
    I64(Vec<i64>),
    /// Yes or no.
    Bool(Vec<bool>),
    /// Text; none where the cell is empty.
    Text(Vec<Option<String>>),
    /// Bytes: encoded pictures or pickles; none where the cell is empty.
    Bytes(Vec<Option<Vec<u8>>>),
    /// Anything else, such as lists of different lengths, as JSON.
    Json(Vec<Value>),
}

impl Values {
    /// How many there are, over all rows.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::F32(values) => values.len(),
            Self::F64(values) => values.len(),
            Self::I64(values) => values.len(),
            Self::Bool(values) => values.len(),
            Self::Text(values) => values.len(),
            Self::Bytes(values) => values.len(),
            Self::Json(values) => values.len(),
        }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// One value as a number; none when it is no number.
    #[must_use]
    pub fn number(&self, at: usize) -> Option<f64> {
        match self {
            Self::F32(values) => values.get(at).map(|value| f64::from(*value)),
            Self::F64(values) => values.get(at).copied(),
            Self::I64(values) => values.get(at).map(|value| *value as f64),
            Self::Bool(values) => values.get(at).map(|value| f64::from(u8::from(*value))),
            Self::Json(values) => values.get(at).and_then(Value::as_f64),
            Self::Text(_) | Self::Bytes(_) => None,
        }
    }

    /// Appends values of the same type; whether it was the same.
    #[must_use]
    pub(super) fn append(&mut self, more: Self) -> bool {
        match (self, more) {
            (Self::F32(values), Self::F32(more)) => values.extend(more),
            (Self::F64(values), Self::F64(more)) => values.extend(more),
            (Self::I64(values), Self::I64(more)) => values.extend(more),
            (Self::Bool(values), Self::Bool(more)) => values.extend(more),
            (Self::Text(values), Self::Text(more)) => values.extend(more),
            (Self::Bytes(values), Self::Bytes(more)) => values.extend(more),
            (Self::Json(values), Self::Json(more)) => values.extend(more),
            _ => return false,
        }
        true
    }
}

impl Column {
    /// Number of rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.values.len() / self.width.max(1)
    }

    /// The numbers of one row; none outside, or where a value is no number.
    #[must_use]
    pub fn row(&self, row: usize) -> Option<Vec<f64>> {
        let start = row.checked_mul(self.width)?;
        (row < self.rows())
            .then(|| {
                (start..start + self.width)
                    .map(|at| self.values.number(at))
                    .collect()
            })
            .flatten()
    }

    /// The text of one row.
    #[must_use]
    pub fn text(&self, row: usize) -> Option<&str> {
        match &self.values {
            Values::Text(values) => values.get(row)?.as_deref(),
            _ => None,
        }
    }

    /// The whole number of one row.
    #[must_use]
    pub fn integer(&self, row: usize) -> Option<i64> {
        match &self.values {
            Values::I64(values) => values.get(row).copied(),
            _ => None,
        }
    }

    /// The bytes of one row.
    #[must_use]
    pub fn bytes(&self, row: usize) -> Option<&[u8]> {
        match &self.values {
            Values::Bytes(values) => values.get(row)?.as_deref(),
            _ => None,
        }
    }
}
