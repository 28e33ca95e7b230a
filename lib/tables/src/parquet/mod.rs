//! Rows to and from Parquet, by way of Arrow arrays.
//!
//! Known fields have one Arrow type, whatever program wrote the file. Columns that no stage knows keep
//! the type they have; values that came from JSON get the narrowest type that holds all of them, and
//! those without one (objects, mixed types) are kept as JSON text in a column marked `arrow.json`.

mod columns;
mod decode;
mod encode;
mod guard;
mod reader;
mod writer;

pub(crate) use reader::ParquetRows;
pub(crate) use writer::ParquetSink;

/// Field metadata that marks a string column as JSON text: Arrow's canonical extension type.
const EXTENSION: &str = "ARROW:extension:name";
const JSON_EXTENSION: &str = "arrow.json";
/// File metadata: version of the field table.
const VERSION_KEY: &str = "reattempt.schema";
