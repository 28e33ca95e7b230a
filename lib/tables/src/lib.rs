//! Reading and writing rows: JSONL and Parquet, standard streams, files that appear whole or not at all.
//!
//! [`open`] and [`create`] choose the format by the file's name; `-` is a standard stream. Input may be compressed. This
//! crate
//! knows the known fields of [`records`] and how they lie on disk; it knows nothing about what a stage
//! does with them, nor about arguments, progress or exit statuses.

mod atomic;
mod error;
mod format;
mod input;
mod jsonl;
mod lines;
mod output;
mod parquet;
mod reader;
mod temporaries;
mod writer;

pub use atomic::{AtomicDirectory, AtomicFile};
pub use error::TableError;
pub(crate) use format::Typing;
pub use format::{Format, is_standard_stream, stem};
pub use output::{ClosedPipe, Output};
pub use reader::{NotEmpty, Reader, open, open_data, read_all};
pub use temporaries::{Temporary, create_temporary, remove_temporaries};
pub use writer::{Writer, create};
