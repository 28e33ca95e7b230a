//! Rows out of a file or standard input, one by one.

use std::path::Path;
use std::sync::Arc;

use records::Row;

use crate::input;
use crate::lines::{Lines, lines_or_array};
use crate::parquet::ParquetRows;
use crate::{Format, TableError, Typing, is_standard_stream};

/// An iterator over the rows of one input. JSONL is read as it comes; Parquet a row group at a time.
pub struct Reader {
    name: Arc<str>,
    rows: Box<dyn Iterator<Item = Result<Row, TableError>> + Send>,
    failed: bool,
}

/// Opens a file, or standard input for `-`. Without a format the name decides; standard input is JSONL.
pub fn open(path: &Path, format: Option<Format>) -> Result<Reader, TableError> {
    let name = name(path);
    match format.unwrap_or_else(|| Format::of(path)) {
        Format::Jsonl => {
            let lines = Lines::new(input::open(path, &name)?, name.clone(), Typing::Records);
            Ok(Reader::new(name, lines))
        }
        Format::Parquet => {
            let rows = ParquetRows::open(path, name.clone(), Typing::Records)?;
            Ok(Reader::new(name, rows))
        }
    }
}

/// Opens somebody's data, in which a field of any name may hold anything: JSONL, a JSON array of
/// objects, or Parquet.
pub fn open_data(path: &Path, format: Option<Format>) -> Result<Reader, TableError> {
    let name = name(path);
    match format.unwrap_or_else(|| Format::of(path)) {
        Format::Jsonl => {
            let rows = lines_or_array(input::open(path, &name)?, name.clone())?;
            Ok(Reader::new(name, rows))
        }
        Format::Parquet => {
            let rows = ParquetRows::open(path, name.clone(), Typing::Free)?;
            Ok(Reader::new(name, rows))
        }
    }
}

fn name(path: &Path) -> Arc<str> {
    if is_standard_stream(path) {
        "standard input".into()
    } else {
        path.display().to_string().into()
    }
}

/// Every row of an input.
pub fn read_all(path: &Path, format: Option<Format>) -> Result<Vec<Row>, TableError> {
    open(path, format)?.collect()
}

impl Reader {
    fn new(
        name: Arc<str>,
        rows: impl Iterator<Item = Result<Row, TableError>> + Send + 'static,
    ) -> Self {
        Self {
            name,
            rows: Box::new(rows),
            failed: false,
        }
    }

    /// The path as given, or `standard input`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// All rows, for stages that have nothing to do without one: an empty input is an error.
    pub fn at_least_one(self) -> Result<Vec<Row>, TableError> {
        let name = self.name.to_string();
        let rows = self.collect::<Result<Vec<_>, _>>()?;
        if rows.is_empty() {
            Err(TableError::Empty { name })
        } else {
            Ok(rows)
        }
    }

    /// The same rows, with an error in place of an end that comes before the first row.
    pub fn not_empty(self) -> NotEmpty {
        NotEmpty {
            reader: self,
            seen: false,
        }
    }
}

impl Iterator for Reader {
    type Item = Result<Row, TableError>;

    /// The next row. Nothing follows an error.
    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        let row = self.rows.next()?;
        self.failed = row.is_err();
        Some(row)
    }
}

/// See [`Reader::not_empty`].
pub struct NotEmpty {
    reader: Reader,
    seen: bool,
}

impl Iterator for NotEmpty {
    type Item = Result<Row, TableError>;

    fn next(&mut self) -> Option<Self::Item> {
        let row = self.reader.next();
        if row.is_none() && !self.seen {
            self.seen = true;
            let name = self.reader.name().to_owned();
            return Some(Err(TableError::Empty { name }));
        }
        self.seen = true;
        row
    }
}
