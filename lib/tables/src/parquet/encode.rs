//! Rows into Arrow arrays, column by column.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanBuilder, Float32Builder, Float64Builder, Int32Builder, Int64Builder,
    ListBuilder, RecordBatch, StringBuilder, StructBuilder, new_null_array,
};
use arrow::compute::concat;
use arrow::datatypes::{DataType, FieldRef};
use arrow::error::ArrowError;
use records::{Attempt, Cell, FieldError, FieldProblem, FieldType, Row, attempt_fields};

use super::columns::{Columns, Storage};

/// What can go wrong: a cell that is not of its field's type, or Arrow itself.
pub enum EncodeError {
    Field(FieldError),
    Arrow(ArrowError),
}

impl From<FieldError> for EncodeError {
    fn from(error: FieldError) -> Self {
        Self::Field(error)
    }
}

impl From<ArrowError> for EncodeError {
    fn from(error: ArrowError) -> Self {
        Self::Arrow(error)
    }
}

/// One batch of the given columns; a field that a row lacks is null.
pub fn batch(columns: &Columns, rows: &[Row]) -> Result<RecordBatch, EncodeError> {
    let arrays = columns.0.iter().map(|(name, storage)| match storage {
        Storage::Typed(kind) => typed(*kind, name, rows),
        Storage::Double => doubles(name, rows),
        Storage::Foreign(kind) => foreign(kind, name, rows),
        Storage::Json => json(name, rows),
    });
    let arrays = arrays.collect::<Result<Vec<_>, _>>()?;
    Ok(RecordBatch::try_new(columns.schema(), arrays)?)
}

fn typed(kind: FieldType, name: &str, rows: &[Row]) -> Result<ArrayRef, EncodeError> {
    match kind {
        FieldType::Text => scalars(StringBuilder::new(), name, rows, |builder, value| {
            builder.append_option(value.map(|row| row.text(name)).transpose()?);
            Ok(())
        }),
        FieldType::Bool => scalars(BooleanBuilder::new(), name, rows, |builder, value| {
            builder.append_option(value.map(|row| row.bool(name)).transpose()?);
            Ok(())
        }),
        FieldType::Int32 => scalars(Int32Builder::new(), name, rows, |builder, value| {
            builder.append_option(value.map(|row| row.int32(name)).transpose()?);
            Ok(())
        }),
        FieldType::Int64 => scalars(Int64Builder::new(), name, rows, |builder, value| {
            builder.append_option(value.map(|row| row.int64(name)).transpose()?);
            Ok(())
        }),
        FieldType::Float32 => scalars(Float32Builder::new(), name, rows, |builder, value| {
            builder.append_option(value.map(|row| row.float32(name)).transpose()?);
            Ok(())
        }),
        FieldType::Bools => lists(BooleanBuilder::new(), kind, name, rows, |builder, row| {
            builder.append_slice(row.bools(name)?);
            Ok(())
        }),
        FieldType::Int32s => lists(Int32Builder::new(), kind, name, rows, |builder, row| {
            builder.append_slice(row.int32s(name)?);
            Ok(())
        }),
        FieldType::Float32s => lists(Float32Builder::new(), kind, name, rows, |builder, row| {
            builder.append_slice(row.float32s(name)?);
            Ok(())
        }),
        FieldType::Attempts => {
            let attempts = StructBuilder::from_fields(attempt_fields(), 0);
            lists(attempts, kind, name, rows, |builder, row| {
                row.attempts(name)?
                    .iter()
                    .for_each(|attempt| append_attempt(builder, attempt));
                Ok(())
            })
        }
    }
}

/// Feeds every row to a builder; a row without a value as none.
fn scalars<B: arrow::array::ArrayBuilder>(
    mut builder: B,
    name: &str,
    rows: &[Row],
    append: impl Fn(&mut B, Option<&Row>) -> Result<(), FieldError>,
) -> Result<ArrayRef, EncodeError> {
    for row in rows {
        append(&mut builder, row.has(name).then_some(row))?;
    }
    Ok(builder.finish())
}

fn lists<B: arrow::array::ArrayBuilder>(
    elements: B,
    kind: FieldType,
    name: &str,
    rows: &[Row],
    append: impl Fn(&mut B, &Row) -> Result<(), FieldError>,
) -> Result<ArrayRef, EncodeError> {
    let mut builder = ListBuilder::new(elements);
    if let Some(element) = element(kind) {
        builder = builder.with_field(element);
    }
    for row in rows {
        let present = row.has(name);
        if present {
            append(builder.values(), row)?;
        }
        builder.append(present);
    }
    Ok(Arc::new(builder.finish()))
}

fn element(kind: FieldType) -> Option<FieldRef> {
    match kind.arrow() {
        DataType::List(element) => Some(element),
        _ => None,
    }
}

/// The builders lie in the order of [`attempt_fields`].
fn append_attempt(builder: &mut StructBuilder, attempt: &Attempt) {
    let numbers = [(0, attempt.start), (1, attempt.end)];
    for (column, value) in numbers {
        if let Some(builder) = builder.field_builder::<Int32Builder>(column) {
            builder.append_value(value);
        }
    }
    let texts = [
        (2, Some(attempt.text.as_str())),
        (3, attempt.answer.as_deref()),
        (4, Some(attempt.verdict.as_str())),
        (5, Some(attempt.stop.as_str())),
    ];
    for (column, value) in texts {
        if let Some(builder) = builder.field_builder::<StringBuilder>(column) {
            builder.append_option(value);
        }
    }
    if let Some(builder) = builder.field_builder::<Float32Builder>(6) {
        builder.append_option(attempt.reward);
    }
    builder.append(true);
}

fn doubles(name: &str, rows: &[Row]) -> Result<ArrayRef, EncodeError> {
    scalars(Float64Builder::new(), name, rows, |builder, row| {
        let value = row.map(|row| row.decode::<f64>(name)).transpose()?;
        builder.append_option(value);
        Ok(())
    })
}

fn foreign(kind: &DataType, name: &str, rows: &[Row]) -> Result<ArrayRef, EncodeError> {
    let nothing = new_null_array(kind, 1);
    let elements = rows.iter().map(|row| match row.get(name) {
        Some(Cell::Arrow(array)) if array.data_type() == kind => array.as_ref(),
        _ => nothing.as_ref(),
    });
    let column = concat(&elements.collect::<Vec<_>>());
    column.map_err(|error| unwritable(name, kind, error).into())
}

/// Not the error of one row, but of a column's type.
pub fn unwritable(name: &str, kind: &DataType, reason: impl std::fmt::Display) -> FieldError {
    let message = format!(
        "a column of type {kind} cannot be written as Parquet ({reason}); write JSONL instead"
    );
    FieldError {
        origin: None,
        field: name.to_owned(),
        problem: FieldProblem::Invalid(message),
    }
}

fn json(name: &str, rows: &[Row]) -> Result<ArrayRef, EncodeError> {
    scalars(StringBuilder::new(), name, rows, |builder, row| {
        let text = row.map(|row| match row.get(name) {
            Some(cell) => {
                serde_json::to_string(cell).map_err(|error| row.fail(name, error.to_string()))
            }
            None => Ok("null".into()),
        });
        builder.append_option(text.transpose()?);
        Ok(())
    })
}
