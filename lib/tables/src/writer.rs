//! Rows into a file or standard output.

use std::io::Write;
use std::path::Path;

use records::Row;

use crate::input::is_compressed;
use crate::parquet::ParquetSink;
use crate::{Format, Output, TableError};

/// Writes rows. A file appears with [`finish`](Self::finish); dropped before, nothing is left.
pub struct Writer(Sink);

enum Sink {
    Jsonl(JsonlSink),
    Parquet(Box<ParquetSink>),
}

/// Starts an output, standard output for `-`. Without a format the name decides.
pub fn create(path: &Path, format: Option<Format>) -> Result<Writer, TableError> {
    let format = format.unwrap_or_else(|| Format::of(path));
    if is_compressed(path) {
        let name = path.display().to_string();
        let message =
            "output is not compressed: name it without the suffix, or pipe it through a compressor"
                .into();
        return Err(TableError::Compression { name, message });
    }
    let output = Output::create(path)?;
    Ok(Writer(match format {
        Format::Parquet if output.is_terminal() => return Err(TableError::Terminal),
        Format::Parquet => Sink::Parquet(Box::new(ParquetSink::new(output))),
        Format::Jsonl => Sink::Jsonl(JsonlSink {
            output,
            buffer: Vec::new(),
        }),
    }))
}

impl Writer {
    /// Writes one row; JSONL that somebody may be reading along, at once.
    pub fn write(&mut self, row: Row) -> Result<(), TableError> {
        row.check_finite()?;
        match &mut self.0 {
            Sink::Jsonl(sink) => sink.write(&row),
            Sink::Parquet(sink) => sink.write(row),
        }
    }

    /// Completes the output.
    pub fn finish(self) -> Result<(), TableError> {
        match self.0 {
            Sink::Jsonl(sink) => sink.output.finish(),
            Sink::Parquet(sink) => sink.finish(),
        }
    }
}

struct JsonlSink {
    output: Output,
    buffer: Vec<u8>,
}

impl JsonlSink {
    fn write(&mut self, row: &Row) -> Result<(), TableError> {
        self.buffer.clear();
        let encoded = serde_json::to_writer(&mut self.buffer, row);
        encoded.map_err(|error| unwritable(row, error, self.output.name()))?;
        self.buffer.push(b'\n');
        let mut written = self.output.write_all(&self.buffer);
        if self.output.is_stream() {
            written = written.and_then(|()| self.output.flush());
        }
        written.map_err(|error| TableError::write(self.output.name(), error))
    }
}

/// The error of the field that could not be written.
fn unwritable(row: &Row, error: serde_json::Error, output: &str) -> TableError {
    let mut cells = row.cells();
    let failed = cells.find_map(|(name, cell)| Some((name, serde_json::to_string(cell).err()?)));
    match failed {
        Some((field, error)) => row.fail(field, error.to_string()).into(),
        None => TableError::write(output, error.into()),
    }
}
