//! Rows into a Parquet file, a row group at a time.

use std::io;

use arrow::array::RecordBatch;
use arrow::datatypes::{Field, Schema};
use parquet::arrow::{ArrowSchemaConverter, ArrowWriter};
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use records::{Cell, Row, SCHEMA_VERSION};

use super::VERSION_KEY;
use super::columns::Columns;
use super::encode::{self, EncodeError};
use super::guard::caught;
use crate::{Output, TableError};

/// A row group ends with whichever comes first; both are far above what one training step writes.
const GROUP_ROWS: usize = 1 << 16;
const GROUP_BYTES: usize = 256 << 20;

/// Collects rows and writes them group by group. The first group fixes the columns.
pub struct ParquetSink {
    name: String,
    state: State,
    rows: Vec<Row>,
    bytes: usize,
}

enum State {
    Waiting(Output),
    Writing(Box<ArrowWriter<Output>>, Columns),
    Failed,
}

impl ParquetSink {
    pub fn new(output: Output) -> Self {
        Self {
            name: output.name().to_owned(),
            state: State::Waiting(output),
            rows: Vec::new(),
            bytes: 0,
        }
    }

    pub fn write(&mut self, row: Row) -> Result<(), TableError> {
        self.bytes += row.cells().map(|(_, cell)| size(cell)).sum::<usize>();
        self.rows.push(row);
        if self.rows.len() >= GROUP_ROWS || self.bytes >= GROUP_BYTES {
            self.end_group()?;
        }
        Ok(())
    }

    pub fn finish(mut self) -> Result<(), TableError> {
        if !self.rows.is_empty() || matches!(self.state, State::Waiting(_)) {
            self.end_group()?;
        }
        match self.state {
            State::Writing(writer, _) => {
                let closed = writer.into_inner();
                closed.map_err(|error| failed(&self.name, error))?.finish()
            }
            State::Waiting(_) | State::Failed => Ok(()),
        }
    }

    fn end_group(&mut self) -> Result<(), TableError> {
        let rows = std::mem::take(&mut self.rows);
        self.bytes = 0;
        let (mut writer, columns) = match std::mem::replace(&mut self.state, State::Failed) {
            State::Waiting(output) => {
                let columns = Columns::of(&rows);
                (self.start(output, &columns)?, columns)
            }
            State::Writing(writer, columns) => (writer, columns),
            State::Failed => return Ok(()),
        };
        if let Some((row, field)) = columns.misfit(&rows) {
            let message = "does not fit the columns already written; write JSONL instead";
            return Err(row.fail(field, message).into());
        }
        let batch = encode::batch(&columns, &rows).map_err(|error| self.unencodable(error))?;
        let written = caught(|| writer.write(&batch).and_then(|()| writer.flush()));
        let written = written.unwrap_or_else(|message| Err(ParquetError::General(message)));
        if let Err(error) = written {
            return Err(culprit(&batch).unwrap_or_else(|| failed(&self.name, error)));
        }
        self.state = State::Writing(writer, columns);
        Ok(())
    }

    fn start(
        &self,
        output: Output,
        columns: &Columns,
    ) -> Result<Box<ArrowWriter<Output>>, TableError> {
        check_types(columns)?;
        let version = KeyValue::new(VERSION_KEY.to_owned(), SCHEMA_VERSION.to_owned());
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .set_max_row_group_row_count(Some(GROUP_ROWS))
            .set_key_value_metadata(Some(vec![version]))
            .build();
        let writer = ArrowWriter::try_new(output, columns.schema(), Some(properties));
        writer
            .map(Box::new)
            .map_err(|error| failed(&self.name, error))
    }

    fn unencodable(&self, error: EncodeError) -> TableError {
        match error {
            EncodeError::Field(error) => error.into(),
            EncodeError::Arrow(error) => TableError::Write {
                name: self.name.clone(),
                source: io::Error::other(error),
            },
        }
    }
}

/// Arrow has types that Parquet has no place for.
fn check_types(columns: &Columns) -> Result<(), TableError> {
    for (name, storage) in &columns.0 {
        let kind = storage.arrow();
        let schema = Schema::new(vec![Field::new(name, kind.clone(), true)]);
        let converted = caught(|| ArrowSchemaConverter::new().convert(&schema).map(drop));
        let converted = converted.unwrap_or_else(|message| Err(ParquetError::General(message)));
        converted.map_err(|error| encode::unwritable(name, &kind, error))?;
    }
    Ok(())
}

/// The column that cannot be written, where it is not the output that failed.
fn culprit(batch: &RecordBatch) -> Option<TableError> {
    let schema = batch.schema();
    let mut columns = schema.fields().iter().zip(0..);
    columns.find_map(|(field, index)| {
        let alone = batch.project(&[index]).ok()?;
        let written = caught(|| {
            let mut writer = ArrowWriter::try_new(io::sink(), alone.schema(), None)?;
            writer.write(&alone).and_then(|()| writer.close().map(drop))
        });
        let error = match written {
            Ok(written) => written.err()?.to_string(),
            Err(message) => message,
        };
        Some(encode::unwritable(field.name(), field.data_type(), error).into())
    })
}

fn failed(name: &str, error: ParquetError) -> TableError {
    let source = match error {
        ParquetError::External(inner) => match inner.downcast::<io::Error>() {
            Ok(error) => *error,
            Err(other) => io::Error::other(other),
        },
        other => io::Error::other(other),
    };
    TableError::write(name, source)
}

/// Bytes that a cell takes, roughly.
fn size(cell: &Cell) -> usize {
    match cell {
        Cell::Text(text) => text.len(),
        Cell::Bools(values) => values.len(),
        Cell::Int32s(values) => values.len() * 4,
        Cell::Float32s(values) => values.len() * 4,
        Cell::Attempts(attempts) => attempts.iter().map(|attempt| 64 + attempt.text.len()).sum(),
        Cell::Raw(text) => text.get().len(),
        _ => 16,
    }
}
