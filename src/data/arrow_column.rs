//! Arrow arrays as [`Column`] values.
//!
//! Nested lists become flat values with a width where all rows are equally long, else JSON.

use arrow::array::{Array, ArrayRef, AsArray as _, GenericListArray, OffsetSizeTrait};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float32Type, Float64Type, Int64Type};
use serde_json::Value;

use super::column::{Column, Values};

/// Lists and structures inside each other that are followed.
const MAX_DEPTH: usize = 8;

/// The values of an array; none when its type cannot be read.
pub(super) fn column(name: &str, array: &ArrayRef) -> Option<Column> {
    let (width, values) =
        flat(array, MAX_DEPTH).or_else(|| Some((1, Values::Json(json(array)?))))?;
    Some(Column {
        name: name.to_owned(),
        width,
        values,
    })
}

/// Values and how many belong to a row; none when rows differ or the type is no plain one.
fn flat(array: &ArrayRef, depth: usize) -> Option<(usize, Values)> {
    if depth == 0 {
        return None;
    }
    match array.data_type() {
        DataType::FixedSizeList(_, width) => {
            let list = array.as_fixed_size_list();
            let width = usize::try_from(*width).ok()?;
            if list.null_count() > 0 {
                return None;
            }
            let inner = list
                .values()
                .slice(list.value_offset_at(0), width * list.len());
            let (below, values) = flat(&inner, depth - 1)?;
            Some((width * below, values))
        }
        DataType::List(_) => list(array.as_list::<i32>(), depth),
        DataType::LargeList(_) => list(array.as_list::<i64>(), depth),
        _ => Some((1, plain(array)?)),
    }
}

fn list<O: OffsetSizeTrait>(list: &GenericListArray<O>, depth: usize) -> Option<(usize, Values)> {
    let offsets = list.value_offsets();
    let width = offsets.get(1)?.as_usize() - offsets[0].as_usize();
    let even = offsets
        .windows(2)
        .all(|pair| pair[1].as_usize() - pair[0].as_usize() == width);
    if !even || width == 0 || list.null_count() > 0 {
        return None;
    }
    let inner = list
        .values()
        .slice(offsets[0].as_usize(), width * list.len());
    let (below, values) = flat(&inner, depth - 1)?;
    Some((width * below, values))
}

fn plain(array: &ArrayRef) -> Option<Values> {
    let missing = array.null_count() > 0;
    let to = |kind| cast(array, &kind).ok();
    Some(match array.data_type() {
        // Missing numbers are NaN, as pandas reads them.
        DataType::Float32 => Values::F32(
            array
                .as_primitive::<Float32Type>()
                .iter()
                .map(|value| value.unwrap_or(f32::NAN))
                .collect(),
        ),
        DataType::Float16 => return plain(&to(DataType::Float32)?),
        DataType::Float64 | DataType::Decimal128(..) => Values::F64(
            to(DataType::Float64)?
                .as_primitive::<Float64Type>()
                .iter()
                .map(|value| value.unwrap_or(f64::NAN))
                .collect(),
        ),
        kind if kind.is_integer() && !missing => Values::I64(
            to(DataType::Int64)?
                .as_primitive::<Int64Type>()
                .iter()
                // Only unsigned numbers beyond the range of the type are missing here.
                .map(|value| value.unwrap_or(i64::MAX))
                .collect(),
        ),
        kind if kind.is_integer() => return plain(&to(DataType::Float64)?),
        DataType::Boolean if !missing => {
            Values::Bool(array.as_boolean().iter().flatten().collect())
        }
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => Values::Text(
            to(DataType::Utf8)?
                .as_string::<i32>()
                .iter()
                .map(|text| text.map(str::to_owned))
                .collect(),
        ),
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView => Values::Bytes(
            to(DataType::LargeBinary)?
                .as_binary::<i64>()
                .iter()
                .map(|bytes| bytes.map(<[u8]>::to_vec))
                .collect(),
        ),
        // The structure of encoded pictures: bytes and a path.
        DataType::Struct(_) => return plain(array.as_struct().column_by_name("bytes")?),
        DataType::Dictionary(_, kind) => return plain(&to(kind.as_ref().clone())?),
        _ => return None,
    })
}

/// One JSON value for each row.
fn json(array: &ArrayRef) -> Option<Vec<Value>> {
    (0..array.len())
        .map(|row| cell(array, row, MAX_DEPTH))
        .collect()
}

fn cell(array: &ArrayRef, row: usize, depth: usize) -> Option<Value> {
    if depth == 0 {
        return None;
    }
    if array.is_null(row) {
        return Some(Value::Null);
    }
    let elements = |inner: ArrayRef| {
        let values = (0..inner.len()).map(|at| cell(&inner, at, depth - 1));
        values.collect::<Option<Vec<_>>>().map(Value::Array)
    };
    match array.data_type() {
        DataType::List(_) => elements(array.as_list::<i32>().value(row)),
        DataType::LargeList(_) => elements(array.as_list::<i64>().value(row)),
        DataType::FixedSizeList(..) => elements(array.as_fixed_size_list().value(row)),
        DataType::Struct(fields) => {
            let columns = array.as_struct().columns().iter();
            let pairs = fields
                .iter()
                .zip(columns)
                .map(|(field, column)| Some((field.name().clone(), cell(column, row, depth - 1)?)));
            pairs.collect::<Option<_>>().map(Value::Object)
        }
        DataType::Null => Some(Value::Null),
        _ => Some(match plain(&array.slice(row, 1))? {
            Values::F32(values) => number(f64::from(*values.first()?)),
            Values::F64(values) => number(*values.first()?),
            Values::I64(values) => Value::from(*values.first()?),
            Values::Bool(values) => Value::from(*values.first()?),
            Values::Text(values) => values.into_iter().next()??.into(),
            Values::Bytes(values) => format!("{} bytes", values.first()?.as_ref()?.len()).into(),
            Values::Json(values) => values.into_iter().next()?,
        }),
    }
}

fn number(value: f64) -> Value {
    serde_json::Number::from_f64(value).map_or(Value::Null, Value::Number)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{Float32Array, Int64Array, ListArray, StringArray};
    use arrow::datatypes::Int32Type;

    use super::*;

    #[test]
    fn even_lists_are_flat_and_uneven_ones_json() {
        let even = ListArray::from_iter_primitive::<Int32Type, _, _>([
            Some([Some(1), Some(2)]),
            Some([Some(3), Some(4)]),
        ]);
        let even = column("even", &(Arc::new(even) as ArrayRef)).unwrap();
        assert_eq!(
            (even.width, even.values),
            (2, Values::I64(vec![1, 2, 3, 4]))
        );
        let uneven = ListArray::from_iter_primitive::<Int32Type, _, _>([
            Some(vec![Some(1)]),
            None,
            Some(vec![Some(3), Some(4)]),
        ]);
        let uneven = column("uneven", &(Arc::new(uneven) as ArrayRef)).unwrap();
        let expected = ["[1]", "null", "[3,4]"].map(|text| serde_json::from_str(text).unwrap());
        assert_eq!(uneven.values, Values::Json(expected.to_vec()));
        assert_eq!(uneven.rows(), 3);
    }

    #[test]
    fn slices_start_where_they_should() {
        let list = ListArray::from_iter_primitive::<Int32Type, _, _>(
            (0..5).map(|row| Some([Some(row), Some(-row)])),
        );
        let tail = Arc::new(list.slice(3, 2)) as ArrayRef;
        let tail = column("tail", &tail).unwrap();
        assert_eq!(tail.row(0), Some(vec![3.0, -3.0]));
        assert_eq!(tail.row(2), None);
    }

    #[test]
    fn missing_cells_are_nan_or_none() {
        let holes: ArrayRef = Arc::new(Int64Array::from(vec![Some(1), None]));
        let Values::F64(values) = column("holes", &holes).unwrap().values else {
            panic!("numbers with holes are floating point");
        };
        assert!((values[0] - 1.0).abs() < 1e-12 && values[1].is_nan());
        let texts: ArrayRef = Arc::new(StringArray::from(vec![Some("a"), None]));
        let texts = column("texts", &texts).unwrap();
        assert_eq!((texts.text(0), texts.text(1)), (Some("a"), None));
        let exact: ArrayRef = Arc::new(Float32Array::from(vec![0.1_f32]));
        assert_eq!(column("x", &exact).unwrap().values, Values::F32(vec![0.1]));
    }
}
