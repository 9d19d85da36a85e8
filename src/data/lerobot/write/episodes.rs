//! The table of episodes of v3.0: where each one's rows and videos lie, and its statistics.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Float64Array, Int64Array, ListArray, RecordBatch, StringArray,
};
use arrow::buffer::OffsetBuffer;
use arrow::datatypes::{Field, Schema};

use super::rows::bookkeeping;
use super::spec::DatasetSpec;
use crate::data::{DataError, QUANTILES, Stats};

/// One row of the table of episodes.
pub(super) struct EpisodeRow {
    pub(super) episode: u64,
    pub(super) tasks: Vec<String>,
    pub(super) length: u64,
    pub(super) table: [u64; 2],
    pub(super) first_row: u64,
    /// For each camera its file and times.
    pub(super) videos: Vec<(String, [u64; 2], [f64; 2])>,
    pub(super) stats: Vec<(String, Stats)>,
}

/// Columns of a table while they are gathered.
#[derive(Default)]
struct Gather {
    fields: Vec<Field>,
    arrays: Vec<ArrayRef>,
}

impl Gather {
    fn add(&mut self, name: &str, array: ArrayRef) {
        self.fields
            .push(Field::new(name, array.data_type().clone(), true));
        self.arrays.push(array);
    }

    fn integers(&mut self, name: &str, values: impl Iterator<Item = u64>) {
        let values = values.map(|value| value as i64);
        self.add(name, Arc::new(Int64Array::from_iter_values(values)));
    }
}

/// The table of episodes as LeRobot lays it out; `file` is where it will lie.
pub(super) fn episodes_batch(
    spec: &DatasetSpec,
    rows: &[EpisodeRow],
    file: [u64; 2],
) -> Result<RecordBatch, DataError> {
    let mut columns = Gather::default();
    columns.integers("episode_index", rows.iter().map(|row| row.episode));
    let tasks: Vec<&String> = rows.iter().flat_map(|row| &row.tasks).collect();
    let texts: ArrayRef = Arc::new(StringArray::from_iter_values(tasks));
    columns.add("tasks", list(texts, rows.iter().map(|row| row.tasks.len())));
    columns.integers("length", rows.iter().map(|row| row.length));
    columns.integers("data/chunk_index", rows.iter().map(|row| row.table[0]));
    columns.integers("data/file_index", rows.iter().map(|row| row.table[1]));
    columns.integers("dataset_from_index", rows.iter().map(|row| row.first_row));
    columns.integers(
        "dataset_to_index",
        rows.iter().map(|row| row.first_row + row.length),
    );
    video_columns(&mut columns, rows);
    let features = rows.first().map_or(&[][..], |row| &row.stats);
    for (at, (name, _)) in features.iter().enumerate() {
        let stats: Vec<&Stats> = rows.iter().map(|row| &row.stats[at].1).collect();
        let pictures = spec.cameras.iter().any(|camera| camera.name == *name);
        stats_columns(&mut columns, name, &stats, element_of(spec, name, pictures));
    }
    columns.integers("meta/episodes/chunk_index", rows.iter().map(|_| file[0]));
    columns.integers("meta/episodes/file_index", rows.iter().map(|_| file[1]));
    RecordBatch::try_new(Arc::new(Schema::new(columns.fields)), columns.arrays)
        .map_err(|error| DataError::Unfit(error.to_string()))
}

fn video_columns(columns: &mut Gather, rows: &[EpisodeRow]) {
    let cameras = rows.first().map_or(&[][..], |row| &row.videos);
    for (at, (camera, ..)) in cameras.iter().enumerate() {
        let key = |name: &str| format!("videos/{camera}/{name}");
        columns.integers(
            &key("chunk_index"),
            rows.iter().map(|row| row.videos[at].1[0]),
        );
        columns.integers(
            &key("file_index"),
            rows.iter().map(|row| row.videos[at].1[1]),
        );
        for (end, name) in ["from_timestamp", "to_timestamp"].into_iter().enumerate() {
            let times = rows.iter().map(|row| row.videos[at].2[end]);
            columns.add(&key(name), Arc::new(Float64Array::from_iter_values(times)));
        }
    }
}

/// In which type extremes of a feature are written.
#[derive(Clone, Copy, PartialEq)]
enum Element {
    Float,
    Integer,
    Bool,
    /// Floating point in shape (3, 1, 1).
    Picture,
}

fn element_of(spec: &DatasetSpec, name: &str, pictures: bool) -> Element {
    let own = spec.features.iter().find(|feature| feature.name == name);
    let added = || bookkeeping().into_iter().chain(spec.subtask_feature());
    let feature = own
        .cloned()
        .or_else(|| added().find(|known| known.name == name));
    match feature.as_ref().map(|feature| feature.dtype.as_str()) {
        _ if pictures => Element::Picture,
        Some("int64" | "int32") => Element::Integer,
        Some("bool") => Element::Bool,
        _ => Element::Float,
    }
}

fn stats_columns(columns: &mut Gather, name: &str, stats: &[&Stats], element: Element) {
    let mut add = |statistic: &str, values: Vec<&[f64]>, element: Element| {
        columns.add(
            &format!("stats/{name}/{statistic}"),
            lists(&values, element),
        );
    };
    let real = if element == Element::Picture {
        Element::Picture
    } else {
        Element::Float
    };
    add(
        "min",
        stats.iter().map(|stats| stats.min.as_slice()).collect(),
        element,
    );
    add(
        "max",
        stats.iter().map(|stats| stats.max.as_slice()).collect(),
        element,
    );
    add(
        "mean",
        stats.iter().map(|stats| stats.mean.as_slice()).collect(),
        real,
    );
    add(
        "std",
        stats.iter().map(|stats| stats.std.as_slice()).collect(),
        real,
    );
    let counts: Vec<[f64; 1]> = stats.iter().map(|stats| [stats.count as f64]).collect();
    add(
        "count",
        counts.iter().map(<[f64; 1]>::as_slice).collect(),
        Element::Integer,
    );
    for (at, (quantile, _)) in QUANTILES.iter().enumerate() {
        add(
            quantile,
            stats
                .iter()
                .map(|stats| stats.quantiles[at].as_slice())
                .collect(),
            real,
        );
    }
}

fn lists(rows: &[&[f64]], element: Element) -> ArrayRef {
    let values = rows.iter().flat_map(|row| row.iter().copied());
    let flat: ArrayRef = match element {
        Element::Integer => Arc::new(Int64Array::from_iter_values(
            values.map(|value| value as i64),
        )),
        Element::Bool => Arc::new(
            values
                .map(|value| Some(value != 0.0))
                .collect::<BooleanArray>(),
        ),
        Element::Float | Element::Picture => Arc::new(Float64Array::from_iter_values(values)),
    };
    let ones = flat.len();
    let inner = match element {
        Element::Picture => list(
            list(flat, std::iter::repeat_n(1, ones)),
            std::iter::repeat_n(1, ones),
        ),
        _ => flat,
    };
    list(inner, rows.iter().map(|row| row.len()))
}

fn list(values: ArrayRef, lengths: impl Iterator<Item = usize>) -> ArrayRef {
    let element = Field::new("element", values.data_type().clone(), true);
    let offsets = OffsetBuffer::from_lengths(lengths);
    Arc::new(ListArray::new(Arc::new(element), offsets, values, None))
}
