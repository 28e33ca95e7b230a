//! Rows out of a file or standard input, one by one.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;
use std::sync::Arc;

use records::{Origin, Row, Unit};

use crate::parquet::ParquetRows;
use crate::{Format, TableError, decode_line, is_standard_stream};

/// An iterator over the rows of one input. JSONL is read as it comes; Parquet a row group at a time.
pub struct Reader {
    name: Arc<str>,
    rows: Box<dyn Iterator<Item = Result<Row, TableError>> + Send>,
    failed: bool,
}

/// Opens a file, or standard input for `-`. Without a format the name decides; standard input is JSONL.
pub fn open(path: &Path, format: Option<Format>) -> Result<Reader, TableError> {
    let format = format.unwrap_or_else(|| Format::of(path));
    let name: Arc<str> = match is_standard_stream(path) {
        true => "standard input".into(),
        false => path.display().to_string().into(),
    };
    let rows: Box<dyn Iterator<Item = _> + Send> = match format {
        Format::Jsonl => Box::new(Lines::new(bytes(path, &name)?, name.clone())),
        Format::Parquet => Box::new(ParquetRows::open(path, name.clone())?),
    };
    Ok(Reader {
        name,
        rows,
        failed: false,
    })
}

/// Every row of an input.
pub fn read_all(path: &Path, format: Option<Format>) -> Result<Vec<Row>, TableError> {
    open(path, format)?.collect()
}

fn bytes(path: &Path, name: &str) -> Result<Box<dyn BufRead + Send>, TableError> {
    const CAPACITY: usize = 1 << 18;
    if is_standard_stream(path) {
        return Ok(Box::new(BufReader::with_capacity(CAPACITY, io::stdin())));
    }
    let file = File::open(path).map_err(|source| TableError::Open {
        name: name.to_owned(),
        source,
    })?;
    Ok(Box::new(BufReader::with_capacity(CAPACITY, file)))
}

impl Reader {
    /// The path as given, or `standard input`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// All rows, for stages that have nothing to do without one: an empty input is an error.
    pub fn at_least_one(self) -> Result<Vec<Row>, TableError> {
        let name = self.name.to_string();
        let rows = self.collect::<Result<Vec<_>, _>>()?;
        match rows.is_empty() {
            true => Err(TableError::Empty { name }),
            false => Ok(rows),
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

/// Lines of JSON objects; blank ones are skipped but counted.
struct Lines {
    input: Box<dyn BufRead + Send>,
    name: Arc<str>,
    number: u64,
    buffer: Vec<u8>,
}

impl Lines {
    fn new(input: Box<dyn BufRead + Send>, name: Arc<str>) -> Self {
        Self {
            input,
            name,
            number: 0,
            buffer: Vec::new(),
        }
    }

    /// Whether another line was read into the buffer.
    fn advance(&mut self) -> Result<bool, TableError> {
        self.buffer.clear();
        self.number += 1;
        match self.input.read_until(b'\n', &mut self.buffer) {
            Ok(length) => Ok(length > 0),
            Err(source) => Err(TableError::Read {
                name: self.name.to_string(),
                source,
            }),
        }
    }

    fn decode(&self) -> Result<Row, TableError> {
        const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
        let text = match self.number {
            1 => self
                .buffer
                .strip_prefix(BYTE_ORDER_MARK)
                .unwrap_or(&self.buffer),
            _ => &self.buffer,
        };
        let origin = Origin {
            source: self.name.clone(),
            unit: Unit::Line,
            number: self.number,
        };
        decode_line(text, origin)
    }
}

impl Iterator for Lines {
    type Item = Result<Row, TableError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.advance() {
                Err(error) => return Some(Err(error)),
                Ok(false) => return None,
                Ok(true) if self.buffer.trim_ascii().is_empty() => continue,
                Ok(true) => return Some(self.decode()),
            }
        }
    }
}
