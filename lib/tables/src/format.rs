//! The two formats, and how a path says which one it holds.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use records::{FieldType, spec};

use crate::input::is_compressed;

/// How rows are laid out in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// One JSON object per line.
    Jsonl,
    /// Columns; the known fields with fixed types.
    Parquet,
}

impl Format {
    /// The format that a name stands for: Parquet by its suffix, JSONL otherwise.
    pub fn of(path: &Path) -> Self {
        match plain(path).extension().and_then(|suffix| suffix.to_str()) {
            Some("parquet" | "pq") => Self::Parquet,
            _ => Self::Jsonl,
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Jsonl => "jsonl",
            Self::Parquet => "parquet",
        })
    }
}

impl FromStr for Format {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "jsonl" => Ok(Self::Jsonl),
            "parquet" => Ok(Self::Parquet),
            _ => Err(format!("expected jsonl or parquet, found \"{text}\"")),
        }
    }
}

/// What the names of fields mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Typing {
    /// Records: the known fields have their types.
    Records,
    /// Somebody's data: a field of any name holds anything.
    Free,
}

impl Typing {
    /// The type that a field must have.
    pub(crate) fn of(self, field: &str) -> Option<FieldType> {
        match self {
            Self::Records => spec(field).map(|field| field.kind),
            Self::Free => None,
        }
    }
}

/// The name without what a compressor has added to it.
fn plain(path: &Path) -> PathBuf {
    if is_compressed(path) {
        path.with_extension("")
    } else {
        path.to_path_buf()
    }
}

/// A file's name without folder and suffixes: `data` for `x/data.jsonl.gz`.
pub fn stem(path: &Path) -> String {
    let plain = plain(path);
    let stem = plain.file_stem().unwrap_or_default();
    stem.to_string_lossy().into_owned()
}

/// Whether the path is `-`, which stands for standard input or output.
pub fn is_standard_stream(path: &Path) -> bool {
    path.as_os_str() == "-"
}
