//! Parquet files that grow by whole row groups: written anew beside the old file, then put in its place.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::Schema;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions};
use parquet::basic::Compression;
use parquet::column::writer::ColumnCloseResult;
use parquet::errors::ParquetError;
use parquet::file::metadata::{KeyValue, ParquetMetaData};
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::reader::ChunkReader;
use parquet::file::writer::SerializedFileWriter;

use crate::data::DataError;
use crate::data::table::guarded;
use crate::media::ScratchFile;

/// Writes one table with one row group for each batch.
pub(super) fn write(
    path: &Path,
    schema: &Schema,
    batches: &[RecordBatch],
) -> Result<(), DataError> {
    let mut file = ScratchFile::create(path)?;
    guarded(path, || {
        let properties = properties(schema);
        let mut writer =
            ArrowWriter::try_new(&mut file, Arc::new(schema.clone()), Some(properties))?;
        for batch in batches {
            writer.write(batch)?;
            writer.flush()?;
        }
        writer.close().map(drop)
    })?;
    Ok(file.commit()?)
}

/// Compressed with snappy as LeRobot writes it. What the schema says about itself is repeated in the file's own
/// metadata: pyarrow looks for it in the first place, others in the second.
fn properties(schema: &Schema) -> WriterProperties {
    let mut pairs: Vec<(&String, &String)> = schema.metadata().iter().collect();
    pairs.sort();
    let pairs = pairs.into_iter();
    let pairs = pairs.map(|(key, value)| KeyValue::new(key.clone(), value.clone()));
    WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_key_value_metadata(Some(pairs.collect()))
        .build()
}

/// Some row groups of a file.
pub(super) struct Groups<'a> {
    pub(super) path: &'a Path,
    /// How many of its row groups from the first; none for all.
    pub(super) count: Option<usize>,
}

/// Writes a table that consists of row groups of others, copied as they are. All have the schema of the first.
pub(super) fn join(path: &Path, parts: &[Groups<'_>]) -> Result<(), DataError> {
    let Some(first) = parts.first() else {
        return Err(DataError::Unfit("a table without parts".into()));
    };
    let opened = parts
        .iter()
        .map(|part| open(part.path))
        .collect::<Result<Vec<_>, _>>()?;
    let mut out = ScratchFile::create(path)?;
    guarded(first.path, || {
        let Some((_, metadata)) = opened.first() else {
            return Ok(());
        };
        let about = metadata.file_metadata();
        let properties = WriterProperties::builder()
            .set_key_value_metadata(about.key_value_metadata().cloned())
            .build();
        let schema = about.schema_descr().root_schema_ptr();
        let mut writer = SerializedFileWriter::new(&mut out, schema, Arc::new(properties))?;
        for ((file, metadata), part) in opened.iter().zip(parts) {
            let count = part.count.unwrap_or(metadata.num_row_groups());
            copy(file, metadata, count, &mut writer)?;
        }
        writer.close().map(drop)
    })?;
    Ok(out.commit()?)
}

fn open(path: &Path) -> Result<(File, Arc<ParquetMetaData>), DataError> {
    let file =
        File::open(path).map_err(|source| DataError::io("opening the table", path, source))?;
    let metadata = guarded(path, || {
        let options = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
        ArrowReaderMetadata::load(&file, options)
    })?;
    Ok((file, metadata.metadata().clone()))
}

fn copy<W: std::io::Write + Send>(
    file: &impl ChunkReader,
    metadata: &ParquetMetaData,
    count: usize,
    writer: &mut SerializedFileWriter<W>,
) -> Result<(), ParquetError> {
    if count > metadata.num_row_groups() {
        return Err(ParquetError::General(format!(
            "{count} row groups are needed, there are {}",
            metadata.num_row_groups()
        )));
    }
    for group in metadata.row_groups().iter().take(count) {
        let mut out = writer.next_row_group()?;
        for column in group.columns() {
            let copied = ColumnCloseResult {
                bytes_written: column.compressed_size().max(0).unsigned_abs(),
                rows_written: group.num_rows().max(0).unsigned_abs(),
                metadata: column.clone(),
                bloom_filter: None,
                column_index: None,
                offset_index: None,
            };
            out.append_column(file, copied)?;
        }
        out.close()?;
    }
    Ok(())
}
