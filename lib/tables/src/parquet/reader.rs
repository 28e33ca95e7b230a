//! Rows out of a Parquet file, a batch at a time.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

use arrow::array::RecordBatch;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use parquet::file::reader::ChunkReader;
use records::{FieldError, Origin, Row, SCHEMA_VERSION, Unit};

use super::VERSION_KEY;
use super::decode::{BadColumn, cells};
use super::guard::guarded;
use crate::input::{self, is_compressed};
use crate::{TableError, Typing, is_standard_stream};

/// Rows decoded at a time: some megabytes of token lists.
const BATCH: usize = 256;

/// An iterator over the rows of a Parquet file.
pub struct ParquetRows {
    batches: ParquetRecordBatchReader,
    name: Arc<str>,
    typing: Typing,
    /// Rows of the batches before the current one.
    before: u64,
    current: std::vec::IntoIter<Row>,
}

impl ParquetRows {
    /// Opens a file; what cannot be read at an offset, such as a pipe, is read whole.
    pub fn open(path: &Path, name: Arc<str>, typing: Typing) -> Result<Self, TableError> {
        let failed = |source| TableError::Open {
            name: name.to_string(),
            source,
        };
        if is_standard_stream(path) {
            return Self::start(slurp(io::stdin(), &name)?, name, typing);
        }
        if is_compressed(path) {
            let bytes = slurp(input::open(path, &name)?, &name)?;
            return Self::start(bytes, name, typing);
        }
        let file = File::open(path).map_err(failed)?;
        if file.metadata().map_err(failed)?.is_file() {
            Self::start(file, name, typing)
        } else {
            Self::start(slurp(file, &name)?, name, typing)
        }
    }

    fn start(
        input: impl ChunkReader + 'static,
        name: Arc<str>,
        typing: Typing,
    ) -> Result<Self, TableError> {
        let failed = |message: String| broken(&name, message);
        let opened = guarded(|| ParquetRecordBatchReaderBuilder::try_new(input));
        let builder = opened
            .map_err(failed)?
            .map_err(|error| broken(&name, error))?;
        check_version(&builder, &name)?;
        let built = guarded(|| builder.with_batch_size(BATCH).build());
        let batches = built
            .map_err(failed)?
            .map_err(|error| broken(&name, error))?;
        Ok(Self {
            batches,
            name,
            typing,
            before: 0,
            current: Vec::new().into_iter(),
        })
    }

    fn rows(&self, batch: &RecordBatch) -> Result<Vec<Row>, TableError> {
        let origin = |index: usize| Origin {
            source: self.name.clone(),
            unit: Unit::Row,
            number: self.before + index as u64 + 1,
        };
        let mut rows: Vec<Row> = (0..batch.num_rows())
            .map(|index| Row::at(origin(index)))
            .collect();
        for (field, array) in batch.schema().fields().iter().zip(batch.columns()) {
            let column =
                cells(field, array, self.typing).map_err(|bad| self.located(field.name(), bad))?;
            for (row, cell) in rows.iter_mut().zip(column) {
                row.set(field.name(), cell);
            }
        }
        Ok(rows)
    }

    fn located(&self, field: &str, bad: BadColumn) -> TableError {
        let field = field.to_owned();
        let origin = bad.row.map(|row| Origin {
            source: self.name.clone(),
            unit: Unit::Row,
            number: self.before + row as u64 + 1,
        });
        match origin {
            Some(_) => FieldError {
                origin,
                field,
                problem: bad.problem,
            }
            .into(),
            None => TableError::Column {
                name: self.name.to_string(),
                field,
                problem: bad.problem,
            },
        }
    }
}

impl Iterator for ParquetRows {
    type Item = Result<Row, TableError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(row) = self.current.next() {
                return Some(Ok(row));
            }
            let batch = match guarded(|| self.batches.next()) {
                Ok(None) => return None,
                Ok(Some(Ok(batch))) => batch,
                Ok(Some(Err(error))) => return Some(Err(broken(&self.name, error))),
                Err(message) => return Some(Err(broken(&self.name, message))),
            };
            match guarded(|| self.rows(&batch)) {
                Ok(Ok(rows)) => self.current = rows.into_iter(),
                Ok(Err(error)) => return Some(Err(error)),
                Err(message) => return Some(Err(broken(&self.name, message))),
            }
            self.before += batch.num_rows() as u64;
        }
    }
}

fn slurp(mut input: impl Read, name: &str) -> Result<bytes::Bytes, TableError> {
    let mut bytes = Vec::new();
    match input.read_to_end(&mut bytes) {
        Ok(_) => Ok(bytes.into()),
        Err(source) => Err(TableError::Read {
            name: name.to_owned(),
            source,
        }),
    }
}

fn broken(name: &str, error: impl std::fmt::Display) -> TableError {
    TableError::Parquet {
        name: name.to_owned(),
        message: error.to_string(),
    }
}

/// A file of a later version may give a known field another meaning.
fn check_version<T>(
    builder: &parquet::arrow::arrow_reader::ArrowReaderBuilder<T>,
    name: &str,
) -> Result<(), TableError> {
    let entries = builder.metadata().file_metadata().key_value_metadata();
    let version = entries
        .into_iter()
        .flatten()
        .find(|entry| entry.key == VERSION_KEY)
        .and_then(|entry| entry.value.as_deref());
    match version {
        Some(found) if found != SCHEMA_VERSION => Err(TableError::Version {
            name: name.to_owned(),
            found: found.to_owned(),
        }),
        _ => Ok(()),
    }
}
