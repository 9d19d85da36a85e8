//! Numpy arrays as they lie in pickles: a type, a shape and bytes.

use serde_json::{Map, Number, Value};

use super::{PickleError, damaged};

/// Most dimensions of an array, as in numpy.
const MAX_DIMENSIONS: usize = 32;

/// The type of an array's elements.
#[derive(Debug, Clone, Default)]
pub(super) struct Dtype {
    /// Numpy's letter: f, i, u, b, V for records, S and U for text.
    kind: u8,
    pub(super) size: usize,
    pub(super) big_endian: bool,
    /// Name, type and offset of each field of a record.
    pub(super) fields: Vec<(String, Self, usize)>,
}

impl Dtype {
    /// The type of a name such as `f8`.
    pub(super) fn named(name: &str) -> Result<Self, PickleError> {
        let name = name.trim_start_matches(['<', '>', '=', '|']);
        let (kind, size) = name
            .split_at_checked(1)
            .ok_or_else(|| damaged("a type without a name"))?;
        let kind = kind.as_bytes()[0];
        let size = size.parse().map_err(|_| damaged("a type without a size"))?;
        let known = match kind {
            b'f' => matches!(size, 4 | 8),
            b'i' | b'u' => matches!(size, 1 | 2 | 4 | 8),
            b'b' => size == 1,
            b'V' | b'S' | b'U' => true,
            _ => false,
        };
        if !known {
            return Err(PickleError::Code(format!("the element type {name:?}")));
        }
        Ok(Self {
            kind,
            // Text is counted in characters of four bytes.
            size: if kind == b'U' { size * 4 } else { size },
            ..Self::default()
        })
    }

    fn element(&self, bytes: &[u8], budget: &mut usize) -> Result<Value, PickleError> {
        *budget = budget
            .checked_sub(1)
            .ok_or(PickleError::TooLarge("a million values"))?;
        let mut wide = [0; 8];
        if bytes.len() <= 8 {
            wide[..bytes.len()].copy_from_slice(bytes);
            if self.big_endian {
                wide[..bytes.len()].reverse();
            }
        }
        let unsigned = u64::from_le_bytes(wide);
        let shift = 64 - 8 * bytes.len().clamp(1, 8) as u32;
        Ok(match (self.kind, self.size) {
            (b'b', _) => (unsigned != 0).into(),
            (b'u', _) => unsigned.into(),
            (b'i', _) => ((unsigned << shift).cast_signed() >> shift).into(),
            (b'f', 4) => real(f64::from(f32::from_bits(unsigned as u32))),
            (b'f', _) => real(f64::from_bits(unsigned)),
            (b'V', _) if !self.fields.is_empty() => self.record(bytes, budget)?,
            (b'S', _) => String::from_utf8_lossy(bytes).trim_end_matches('\0').into(),
            (b'U', _) => text(bytes, self.big_endian).into(),
            _ => format!("{} bytes", bytes.len()).into(),
        })
    }

    fn record(&self, bytes: &[u8], budget: &mut usize) -> Result<Value, PickleError> {
        let mut object = Map::new();
        for (name, dtype, offset) in &self.fields {
            let end = offset.checked_add(dtype.size);
            let part = end.and_then(|end| bytes.get(*offset..end));
            let part = part.ok_or_else(|| damaged("a field lies outside its record"))?;
            // Records of records are not followed.
            if !dtype.fields.is_empty() {
                return Err(PickleError::Code("a record inside a record".into()));
            }
            object.insert(name.clone(), dtype.element(part, budget)?);
        }
        Ok(Value::Object(object))
    }
}

fn real(value: f64) -> Value {
    Number::from_f64(value).map_or(Value::Null, Value::Number)
}

fn text(bytes: &[u8], big_endian: bool) -> String {
    let characters = bytes.chunks_exact(4).map(|four| {
        let four = [four[0], four[1], four[2], four[3]];
        let code = if big_endian {
            u32::from_be_bytes(four)
        } else {
            u32::from_le_bytes(four)
        };
        char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)
    });
    characters
        .collect::<String>()
        .trim_end_matches('\0')
        .to_owned()
}

/// An array, or a single value when it has no dimensions.
#[derive(Debug, Clone, Default)]
pub(super) struct Array {
    dtype: Dtype,
    shape: Vec<usize>,
    bytes: Vec<u8>,
    fortran: bool,
}

impl Array {
    pub(super) fn new(
        dtype: Dtype,
        shape: Vec<usize>,
        bytes: Vec<u8>,
        fortran: bool,
    ) -> Result<Self, PickleError> {
        let count = shape
            .iter()
            .try_fold(1_usize, |all, side| all.checked_mul(*side));
        let needed = count.and_then(|count| count.checked_mul(dtype.size));
        if shape.len() > MAX_DIMENSIONS || dtype.size == 0 || needed != Some(bytes.len()) {
            return Err(damaged("an array does not fill its shape"));
        }
        Ok(Self {
            dtype,
            shape,
            bytes,
            fortran,
        })
    }

    pub(super) fn json(&self, budget: &mut usize) -> Result<Value, PickleError> {
        if self.dtype.size == 0 {
            return Err(damaged("an array without content"));
        }
        let mut strides = vec![self.dtype.size; self.shape.len()];
        let sides = self.shape.len();
        for step in 1..sides {
            // Columns first when the order is Fortran's.
            let (at, next) = if self.fortran {
                (step, step - 1)
            } else {
                (sides - 1 - step, sides - step)
            };
            strides[at] = strides[next] * self.shape[next];
        }
        self.nested(0, 0, &strides, budget)
    }

    fn nested(
        &self,
        dimension: usize,
        offset: usize,
        strides: &[usize],
        budget: &mut usize,
    ) -> Result<Value, PickleError> {
        let Some(side) = self.shape.get(dimension) else {
            let bytes = self.bytes.get(offset..offset + self.dtype.size);
            let bytes = bytes.ok_or_else(|| damaged("an array does not fill its shape"))?;
            return self.dtype.element(bytes, budget);
        };
        let rows = (0..*side).map(|row| {
            *budget = budget
                .checked_sub(1)
                .ok_or(PickleError::TooLarge("a million values"))?;
            self.nested(
                dimension + 1,
                offset + row * strides[dimension],
                strides,
                budget,
            )
        });
        rows.collect::<Result<Vec<_>, _>>().map(Value::Array)
    }
}
