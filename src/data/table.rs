//! Ranges of rows of Parquet files, a few columns at a time.
//!
//! The footer is read when a file is opened; of the rest only the row groups and columns that are asked for. The
//! Parquet crate is guarded: whatever a hostile file makes it do, the caller gets an error.

use std::fs::File;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder,
};

use super::DataError;
use super::arrow_column::column;
use super::column::Column;

/// Most rows that are decoded at once.
const MAX_BATCH: u64 = 1 << 20;
/// Most rows of one file.
const MAX_ROWS: u64 = 1 << 32;
/// Most bytes that one call may decode, by the sizes that the file states.
const MAX_BYTES: u64 = 1 << 33;

/// A Parquet file whose footer has been read.
pub(super) struct Table {
    path: PathBuf,
    file: File,
    metadata: ArrowReaderMetadata,
}

impl Table {
    /// Opens a file and reads its footer.
    pub(super) fn open(path: &Path) -> Result<Self, DataError> {
        let file =
            File::open(path).map_err(|source| DataError::io("opening the table", path, source))?;
        let metadata = guarded(path, || {
            // The Arrow schema that writers add may contradict the file; the file's own is enough, but for the
            // lists of fixed size, which are recognised by being equally long.
            let options = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
            ArrowReaderMetadata::load(&file, options)
        })?;
        let table = Self {
            path: path.to_owned(),
            file,
            metadata,
        };
        let found = table.rows();
        if found > MAX_ROWS {
            return Err(table.too_much("rows", found, MAX_ROWS));
        }
        Ok(table)
    }

    /// Number of rows.
    pub(super) fn rows(&self) -> u64 {
        let groups = self.metadata.metadata().row_groups().iter();
        groups
            .map(|group| group.num_rows().max(0).unsigned_abs())
            .sum()
    }

    /// Number of its row groups.
    pub(super) fn groups_count(&self) -> u64 {
        self.metadata.metadata().num_row_groups() as u64
    }

    /// Reads some rows of the columns that `wanted` chooses, in the order of the file. Columns of a type that cannot
    /// be read are left out.
    pub(super) fn read(
        &self,
        rows: Range<u64>,
        wanted: impl Fn(&str) -> bool,
    ) -> Result<Vec<Column>, DataError> {
        if rows.end > self.rows() || rows.start > rows.end {
            return Err(DataError::malformed(
                &self.path,
                format!(
                    "rows {} to {} are asked of a table of {} rows",
                    rows.start,
                    rows.end,
                    self.rows()
                ),
            ));
        }
        let fields = self.metadata.schema().fields().iter().enumerate();
        let roots: Vec<usize> = fields
            .filter(|(_, field)| wanted(field.name()))
            .map(|(index, _)| index)
            .collect();
        let (groups, first) = self.groups(&rows);
        self.check_bytes(&groups, &roots)?;
        guarded(&self.path, || {
            let schema = self.metadata.parquet_schema();
            let mask = ProjectionMask::roots(schema, roots);
            let reader = ParquetRecordBatchReaderBuilder::new_with_metadata(
                self.file.try_clone()?,
                self.metadata.clone(),
            )
            .with_projection(mask)
            .with_row_groups(groups)
            .with_offset((rows.start - first) as usize)
            .with_limit((rows.end - rows.start) as usize)
            .with_batch_size((rows.end - rows.start).clamp(1, MAX_BATCH) as usize)
            .build()?;
            let mut columns: Vec<Option<Column>> = Vec::new();
            for (count, batch) in reader.enumerate() {
                let batch = batch?;
                let schema = batch.schema();
                let named = schema.fields().iter().zip(batch.columns());
                let parts = named.map(|(field, array)| column(field.name(), array));
                if count == 0 {
                    columns = parts.collect();
                } else {
                    join(&mut columns, parts);
                }
            }
            Ok(columns.into_iter().flatten().collect())
        })
    }

    /// The row groups that hold these rows, and the first row of the first of them.
    fn groups(&self, rows: &Range<u64>) -> (Vec<usize>, u64) {
        let (mut groups, mut first, mut start) = (Vec::new(), 0, 0);
        for (index, group) in self.metadata.metadata().row_groups().iter().enumerate() {
            let end = start + group.num_rows().max(0).unsigned_abs();
            if start < rows.end && end > rows.start {
                if groups.is_empty() {
                    first = start;
                }
                groups.push(index);
            }
            start = end;
        }
        (
            groups,
            if first > rows.start {
                rows.start
            } else {
                first
            },
        )
    }

    fn check_bytes(&self, groups: &[usize], roots: &[usize]) -> Result<(), DataError> {
        let metadata = self.metadata.metadata();
        let schema = self.metadata.parquet_schema();
        let mut found = 0_u64;
        for group in groups {
            for (leaf, chunk) in metadata.row_group(*group).columns().iter().enumerate() {
                if roots.contains(&schema.get_column_root_idx(leaf)) {
                    found = found.saturating_add(chunk.uncompressed_size().max(0).unsigned_abs());
                }
            }
        }
        if found > MAX_BYTES {
            return Err(self.too_much("bytes in these columns", found, MAX_BYTES));
        }
        Ok(())
    }

    /// Names and types of its columns, for comparing.
    #[cfg(test)]
    pub(super) fn described(&self) -> Vec<(String, arrow::datatypes::DataType)> {
        let file = self.file.try_clone().unwrap();
        let about = ArrowReaderMetadata::load(&file, ArrowReaderOptions::new()).unwrap();
        let fields = about.schema().fields().iter();
        fields
            .map(|field| (field.name().clone(), field.data_type().clone()))
            .collect()
    }

    fn too_much(&self, what: &'static str, found: u64, limit: u64) -> DataError {
        DataError::TooMuch {
            what,
            found,
            limit,
            path: self.path.clone(),
        }
    }
}

/// Appends the parts of a later batch; a column whose type changes between batches is dropped.
fn join(columns: &mut [Option<Column>], parts: impl Iterator<Item = Option<Column>>) {
    for (column, part) in columns.iter_mut().zip(parts) {
        let joined = match (column.as_mut(), part) {
            (Some(column), Some(part)) if column.width == part.width => {
                column.values.append(part.values)
            }
            _ => false,
        };
        if !joined {
            *column = None;
        }
    }
}

/// Runs the Parquet crate; its errors and panics become errors that name the file.
pub(super) fn guarded<T>(
    path: &Path,
    run: impl FnOnce() -> Result<T, parquet::errors::ParquetError>,
) -> Result<T, DataError> {
    match catch_unwind(AssertUnwindSafe(run)) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(unusable(path, error)),
        Err(_) => Err(DataError::malformed(
            path,
            "the Parquet table is damaged beyond reading",
        )),
    }
}

/// What the system refused, as on a full disk, is no damage.
fn unusable(path: &Path, error: parquet::errors::ParquetError) -> DataError {
    let damaged =
        |what: String| DataError::malformed(path, format!("the Parquet table is damaged: {what}"));
    let parquet::errors::ParquetError::External(inner) = error else {
        return damaged(error.to_string());
    };
    match inner.downcast::<std::io::Error>() {
        Ok(source) if source.raw_os_error().is_some() => {
            DataError::io("working on the table", path, *source)
        }
        Ok(other) => damaged(other.to_string()),
        Err(other) => damaged(other.to_string()),
    }
}
