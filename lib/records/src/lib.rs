//! The rows that stages exchange: their fields and types, and errors that say where a row came from.
//!
//! A dialogue is one row that grows from stage to stage. [`FIELDS`] lists the fields whose types are
//! fixed; everything else is carried along unchanged, as the JSON text or the Arrow value it was read
//! as. This crate knows nothing about files, formats on disk or what any stage does with a row.

mod arrow_json;
mod attempt;
mod cell;
mod error;
mod field;
mod row;
mod text;

pub use attempt::{Attempt, AttemptStop, StopReason, UnknownName, Verdict};
pub use cell::Cell;
pub use error::{FieldError, FieldProblem, Origin, Unit};
pub use field::{FIELDS, FieldSpec, FieldType, SCHEMA_VERSION, attempt_fields, spec};
pub use row::Row;
