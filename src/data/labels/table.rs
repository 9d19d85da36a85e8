//! Rows of a Parquet file as JSON objects, so that one reader serves both. Bytes are passed over.

use std::fs::File;
use std::path::Path;

use arrow::array::{Array, ArrayRef, AsArray as _, RecordBatch};
use arrow::datatypes::{
    ArrowPrimitiveType, DataType, Float16Type, Float32Type, Float64Type, Int8Type, Int16Type,
    Int32Type, Int64Type, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder,
};
use parquet::basic::{LogicalType, Type};
use serde_json::{Map, Value};

use super::error::LabelError;
use super::report::{Place, Reason};

/// Rows that are decoded at a time.
const BATCH: usize = 1024;
/// Most entries of a list in one cell.
const MAX_LIST: usize = 1_000_000;
/// Deepest nesting of a cell.
const MAX_DEPTH: usize = 8;

/// Names of the columns; none where it is no Parquet file.
pub(super) fn columns(path: &Path) -> Option<Vec<String>> {
    let file = File::open(path).ok()?;
    let metadata = ArrowReaderMetadata::load(&file, ArrowReaderOptions::default()).ok()?;
    let fields = metadata.schema().fields().iter();
    Some(fields.map(|field| field.name().clone()).collect())
}

/// Calls `each` with every row.
pub(super) fn rows(
    path: &Path,
    mut each: impl FnMut(&Place, Result<Value, Reason>),
) -> Result<(), LabelError> {
    let file = File::open(path).map_err(LabelError::io("opening the file", path))?;
    let damaged = || LabelError::damaged::<parquet::errors::ParquetError>("Parquet", path);
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(damaged())?;
    let schema = builder.parquet_schema();
    let readable = (0..schema.num_columns()).filter(|leaf| {
        let column = schema.column(*leaf);
        column.physical_type() != Type::BYTE_ARRAY
            || matches!(column.logical_type_ref(), Some(LogicalType::String))
            || column.converted_type() == parquet::basic::ConvertedType::UTF8
    });
    let mask = ProjectionMask::leaves(schema, readable.collect::<Vec<_>>());
    let reader = builder
        .with_projection(mask)
        .with_batch_size(BATCH)
        .build()
        .map_err(damaged())?;
    let (place, mut count) = (Place::file(path), 0);
    for batch in reader {
        let batch = match batch {
            Ok(batch) => batch,
            Err(error) => {
                each(
                    &place.entry(count),
                    Err(Reason::BreaksOff(error.to_string())),
                );
                return Ok(());
            }
        };
        for row in 0..batch.num_rows() {
            each(&place.entry(count), Ok(object(&batch, row)));
            count += 1;
        }
    }
    Ok(())
}

fn object(batch: &RecordBatch, row: usize) -> Value {
    let (schema, mut map) = (batch.schema(), Map::new());
    for (field, column) in schema.fields().iter().zip(batch.columns()) {
        map.insert(field.name().clone(), cell(column, row, 0));
    }
    Value::Object(map)
}

fn cell(column: &ArrayRef, row: usize, depth: usize) -> Value {
    if column.is_null(row) || depth > MAX_DEPTH {
        return Value::Null;
    }
    match column.data_type() {
        DataType::Utf8 => column.as_string::<i32>().value(row).into(),
        DataType::LargeUtf8 => column.as_string::<i64>().value(row).into(),
        DataType::Utf8View => column.as_string_view().value(row).into(),
        DataType::Boolean => column.as_boolean().value(row).into(),
        DataType::Int8 => number::<Int8Type>(column, row),
        DataType::Int16 => number::<Int16Type>(column, row),
        DataType::Int32 => number::<Int32Type>(column, row),
        DataType::Int64 => number::<Int64Type>(column, row),
        DataType::UInt8 => number::<UInt8Type>(column, row),
        DataType::UInt16 => number::<UInt16Type>(column, row),
        DataType::UInt32 => number::<UInt32Type>(column, row),
        DataType::UInt64 => number::<UInt64Type>(column, row),
        DataType::Float16 => column
            .as_primitive::<Float16Type>()
            .value(row)
            .to_f64()
            .into(),
        DataType::Float32 => number::<Float32Type>(column, row),
        DataType::Float64 => number::<Float64Type>(column, row),
        DataType::List(_) => list(&column.as_list::<i32>().value(row), depth),
        DataType::LargeList(_) => list(&column.as_list::<i64>().value(row), depth),
        DataType::FixedSizeList(..) => list(&column.as_fixed_size_list().value(row), depth),
        DataType::Struct(fields) => {
            let cells = fields.iter().zip(column.as_struct().columns());
            cells
                .map(|(f, c)| (f.name().clone(), cell(c, row, depth + 1)))
                .collect()
        }
        _ => Value::Null,
    }
}

fn number<T: ArrowPrimitiveType>(column: &ArrayRef, row: usize) -> Value
where
    Value: From<T::Native>,
{
    Value::from(column.as_primitive::<T>().value(row))
}

fn list(values: &ArrayRef, depth: usize) -> Value {
    let count = values.len().min(MAX_LIST);
    (0..count).map(|row| cell(values, row, depth + 1)).collect()
}
