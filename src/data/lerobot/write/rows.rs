//! Rows of one episode while they come, and as an Arrow table with the schema that LeRobot writes.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, BinaryBuilder, BooleanArray, FixedSizeListArray, Float32Array, Float64Array,
    Int32Array, Int64Array, RecordBatch, StringArray, StructArray,
};
use arrow::datatypes::{DataType, Field, Fields, Schema};
use serde_json::{Map, Value, json};

use super::spec::{Cell, DatasetSpec, PictureStorage, SUBTASK_INDEX, StepRow};
use crate::data::{DataError, Feature, Stats};

/// Values of every feature, row after row.
pub(super) struct RowBuffer {
    features: Vec<Feature>,
    columns: Vec<Buffer>,
    length: usize,
}

enum Buffer {
    Numbers(Vec<f64>),
    Integers(Vec<i64>),
    Texts(Vec<String>),
}

impl RowBuffer {
    pub(super) fn new(features: &[Feature]) -> Self {
        let buffer = |feature: &Feature| match feature.dtype.as_str() {
            "string" => Buffer::Texts(Vec::new()),
            "int64" | "int32" => Buffer::Integers(Vec::new()),
            _ => Buffer::Numbers(Vec::new()),
        };
        Self {
            features: features.to_vec(),
            columns: features.iter().map(buffer).collect(),
            length: 0,
        }
    }

    pub(super) const fn len(&self) -> usize {
        self.length
    }

    /// Takes a row, or nothing of it when it does not fit.
    pub(super) fn push(&mut self, row: &StepRow) -> Result<(), DataError> {
        let known = |name: &String| self.features.iter().any(|feature| feature.name == *name);
        if let Some(stranger) = row.cells.keys().find(|name| !known(name)) {
            return Err(DataError::Unfit(format!(
                "the spec has no feature {stranger:?}"
            )));
        }
        let fitting = self
            .features
            .iter()
            .map(|feature| fitted(feature, row.cells.get(&feature.name)));
        let cells = fitting.collect::<Result<Vec<_>, _>>()?;
        for (buffer, cell) in self.columns.iter_mut().zip(cells) {
            match (buffer, cell) {
                (Buffer::Numbers(values), Cell::Numbers(more)) => values.extend(more),
                (Buffer::Integers(values), Cell::Integers(more)) => values.extend(more),
                (Buffer::Texts(values), Cell::Text(more)) => values.push(more),
                _ => unreachable!("a cell is fitted to the type of its buffer"),
            }
        }
        self.length += 1;
        Ok(())
    }

    /// Statistics of every numeric feature.
    pub(super) fn stats(&self) -> Vec<(String, Stats)> {
        let columns = self.features.iter().zip(&self.columns);
        let stats = columns.filter_map(|(feature, buffer)| {
            let stats = match buffer {
                Buffer::Numbers(values) => Stats::of_rows(feature.width(), values),
                Buffer::Integers(values) => {
                    let values: Vec<f64> = values.iter().map(|value| *value as f64).collect();
                    Stats::of_rows(feature.width(), &values)
                }
                Buffer::Texts(_) => return None,
            };
            Some((feature.name.clone(), stats))
        });
        stats.collect()
    }

    fn arrays(&self) -> Vec<ArrayRef> {
        let columns = self.features.iter().zip(&self.columns);
        columns
            .map(|(feature, buffer)| {
                let flat = flat(&feature.dtype, buffer);
                if feature.width() == 1 {
                    flat
                } else {
                    listed(feature, flat)
                }
            })
            .collect()
    }
}

/// The cell of a feature in the type of its buffer, or why it does not fit.
fn fitted(feature: &Feature, cell: Option<&Cell>) -> Result<Cell, DataError> {
    let whole = matches!(feature.dtype.as_str(), "int64" | "int32");
    let text = feature.dtype == "string";
    let cell = match cell {
        Some(Cell::Numbers(values)) if whole => {
            let whole = values.iter().all(|value| value.fract() == 0.0);
            whole.then(|| Cell::Integers(values.iter().map(|value| *value as i64).collect()))
        }
        Some(Cell::Integers(values)) if !whole && !text => Some(Cell::Numbers(
            values.iter().map(|value| *value as f64).collect(),
        )),
        Some(Cell::Text(_)) if !text => None,
        Some(Cell::Numbers(_) | Cell::Integers(_)) if text => None,
        cell => cell.cloned(),
    };
    let width = match &cell {
        Some(Cell::Numbers(values)) => values.len(),
        Some(Cell::Integers(values)) => values.len(),
        Some(Cell::Text(_)) => 1,
        None => 0,
    };
    match cell {
        Some(cell) if width == feature.width() => Ok(cell),
        _ => Err(DataError::Unfit(format!(
            "feature {:?} needs {} values of type {} in every row, here are {width}",
            feature.name,
            feature.width(),
            feature.dtype
        ))),
    }
}

fn flat(dtype: &str, buffer: &Buffer) -> ArrayRef {
    match buffer {
        Buffer::Numbers(values) if dtype == "float64" => {
            Arc::new(Float64Array::from(values.clone()))
        }
        Buffer::Numbers(values) if dtype == "bool" => Arc::new(
            values
                .iter()
                .map(|value| Some(*value != 0.0))
                .collect::<BooleanArray>(),
        ),
        Buffer::Numbers(values) => Arc::new(Float32Array::from_iter_values(
            values.iter().map(|value| *value as f32),
        )),
        Buffer::Integers(values) if dtype == "int32" => Arc::new(Int32Array::from_iter_values(
            values.iter().map(|value| *value as i32),
        )),
        Buffer::Integers(values) => Arc::new(Int64Array::from(values.clone())),
        Buffer::Texts(values) => Arc::new(StringArray::from_iter_values(values)),
    }
}

fn listed(feature: &Feature, flat: ArrayRef) -> ArrayRef {
    let element = Arc::new(Field::new("element", flat.data_type().clone(), true));
    Arc::new(FixedSizeListArray::new(
        element,
        feature.width() as i32,
        flat,
        None,
    ))
}

/// What identifies rows in the whole dataset.
pub(super) struct Place {
    pub(super) episode: u64,
    pub(super) first_row: u64,
    pub(super) task: u64,
    pub(super) fps: u32,
}

/// Columns that every table has, as features.
pub(super) fn bookkeeping() -> Vec<Feature> {
    let dtype = |name: &str| {
        if name == "timestamp" {
            "float32"
        } else {
            "int64"
        }
    };
    let names = crate::data::lerobot::BOOKKEEPING;
    names
        .iter()
        .map(|name| Feature::scalar(name, dtype(name)))
        .collect()
}

/// Time and indices of the rows, as a buffer of their own.
pub(super) fn bookkeeping_rows(length: usize, place: &Place) -> RowBuffer {
    let column = |value: &dyn Fn(u64) -> u64| {
        Buffer::Integers((0..length as u64).map(|row| value(row) as i64).collect())
    };
    let time = |row: usize| row as f64 / f64::from(place.fps);
    RowBuffer {
        features: bookkeeping(),
        columns: vec![
            Buffer::Numbers(
                (0..length)
                    .map(time)
                    .map(|time| f64::from(time as f32))
                    .collect(),
            ),
            column(&|row| row),
            column(&|_| place.episode),
            column(&|row| place.first_row + row),
            column(&|_| place.task),
        ],
        length,
    }
}

/// The table of an episode: features, encoded pictures by camera, time and indices, subtasks if there are any.
pub(super) fn batch(
    spec: &DatasetSpec,
    rows: &RowBuffer,
    pictures: &[(String, Vec<Vec<u8>>)],
    (place, subtasks): (&Place, &[i64]),
) -> Result<RecordBatch, DataError> {
    let mut arrays = rows.arrays();
    for (camera, encoded) in pictures {
        arrays.push(picture_array(camera, encoded, place.episode));
    }
    arrays.extend(bookkeeping_rows(rows.len(), place).arrays());
    if spec.subtasks {
        arrays.push(Arc::new(Int64Array::from(subtasks.to_vec())));
    }
    RecordBatch::try_new(Arc::new(schema(spec)), arrays)
        .map_err(|error| DataError::Unfit(error.to_string()))
}

impl DatasetSpec {
    /// The column of subtasks, if it has one.
    pub(super) fn subtask_feature(&self) -> Option<Feature> {
        self.subtasks
            .then(|| Feature::scalar(SUBTASK_INDEX, "int64"))
    }
}

fn picture_fields() -> Fields {
    Fields::from(vec![
        Field::new("bytes", DataType::Binary, true),
        Field::new("path", DataType::Utf8, true),
    ])
}

fn picture_array(camera: &str, encoded: &[Vec<u8>], episode: u64) -> ArrayRef {
    let mut bytes = BinaryBuilder::new();
    for picture in encoded {
        bytes.append_value(picture);
    }
    let name = |row: usize| format!("{camera}/episode_{episode:06}/frame_{row:06}.png");
    let paths = StringArray::from_iter_values((0..encoded.len()).map(name));
    Arc::new(StructArray::new(
        picture_fields(),
        vec![Arc::new(bytes.finish()), Arc::new(paths)],
        None,
    ))
}

/// The schema of tables, with the features as Hugging Face's loader wants them in its metadata.
pub(super) fn schema(spec: &DatasetSpec) -> Schema {
    let pictures = match spec.storage {
        PictureStorage::Png => spec.cameras.as_slice(),
        PictureStorage::Video(_) => &[],
    };
    let mut fields = Vec::new();
    let mut described = Map::new();
    for feature in &spec.features {
        fields.push(Field::new(&feature.name, data_type(feature), true));
        described.insert(feature.name.clone(), description(feature));
    }
    for camera in pictures {
        fields.push(Field::new(
            &camera.name,
            DataType::Struct(picture_fields()),
            true,
        ));
        described.insert(camera.name.clone(), json!({"_type": "Image"}));
    }
    for feature in bookkeeping().into_iter().chain(spec.subtask_feature()) {
        fields.push(Field::new(&feature.name, data_type(&feature), true));
        described.insert(feature.name.clone(), description(&feature));
    }
    let about = json!({"info": {"features": described}});
    Schema::new(fields).with_metadata(HashMap::from([(
        "huggingface".to_owned(),
        about.to_string(),
    )]))
}

fn data_type(feature: &Feature) -> DataType {
    let single = match feature.dtype.as_str() {
        "float64" => DataType::Float64,
        "int64" => DataType::Int64,
        "int32" => DataType::Int32,
        "bool" => DataType::Boolean,
        "string" => DataType::Utf8,
        _ => DataType::Float32,
    };
    match feature.width() {
        1 => single,
        width => {
            // Elements have the name that pyarrow gives them.
            let element = Field::new("element", single, true);
            DataType::FixedSizeList(Arc::new(element), width as i32)
        }
    }
}

fn description(feature: &Feature) -> Value {
    let value = json!({"dtype": feature.dtype, "_type": "Value"});
    match feature.width() {
        1 => value,
        width => json!({"feature": value, "length": width, "_type": "List"}),
    }
}
