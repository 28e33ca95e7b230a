//! What can go wrong with a table, as data.

use std::io;

use records::{FieldError, FieldProblem, Origin, SCHEMA_VERSION};
use thiserror::Error;

use crate::ClosedPipe;

/// A failure to read or write rows. Every message names the file, and the line or row where there is one.
#[derive(Debug, Error)]
pub enum TableError {
    #[error("failed to open {name}")]
    Open { name: String, source: io::Error },
    #[error("failed to read {name}")]
    Read { name: String, source: io::Error },
    #[error("failed to write {name}")]
    Write { name: String, source: io::Error },
    #[error("the reader of standard output has gone")]
    ClosedPipe,
    /// A file that is compressed in another way than its name says, or in one that is not read.
    #[error("{name}: {message}")]
    Compression { name: String, message: String },
    /// The file stops in the middle of a record.
    #[error("{origin}: the record is torn: {message}")]
    Torn { origin: Origin, message: String },
    #[error("{origin}: {message}")]
    Syntax { origin: Origin, message: String },
    #[error(transparent)]
    Field(#[from] FieldError),
    /// A file that is not Parquet, or not all of it.
    #[error("{name}: not a readable Parquet file: {message}")]
    Parquet { name: String, message: String },
    /// A column that cannot stand for the known field of its name.
    #[error("{name}: field \"{field}\": {problem}")]
    Column {
        name: String,
        field: String,
        problem: FieldProblem,
    },
    #[error(
        "{name}: written with version {found} of the field table, expected version {SCHEMA_VERSION}"
    )]
    Version { name: String, found: String },
    #[error("{name}: no records, expected at least one")]
    Empty { name: String },
    #[error("refusing to write Parquet to a terminal, expected a file or a pipe")]
    Terminal,
}

impl TableError {
    /// A failed write, told apart from a reader that had enough.
    pub(crate) fn write(name: &str, source: io::Error) -> Self {
        if ClosedPipe::caused(&source) {
            return Self::ClosedPipe;
        }
        let name = name.to_owned();
        Self::Write { name, source }
    }
}
