//! Which columns a batch of rows has, and of which type.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use indexmap::IndexMap;
use records::{Cell, FIELDS, FieldType, Row, spec};
use serde_json::value::RawValue;

use super::{EXTENSION, JSON_EXTENSION};

/// How the cells of a column are stored.
#[derive(Clone, Debug, PartialEq)]
pub enum Storage {
    /// A type of the field table.
    Typed(FieldType),
    /// JSON numbers, some with a fraction or exponent.
    Double,
    /// Elements of a foreign column, as they are.
    Foreign(DataType),
    /// JSON text.
    Json,
}

/// Columns by name, in the order in which rows first name them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Columns(pub IndexMap<String, Storage>);

impl Columns {
    /// The columns that hold all cells of these rows. No rows give the whole field table, so that an
    /// empty file still has a schema.
    pub fn of(rows: &[Row]) -> Self {
        if rows.is_empty() {
            let known = FIELDS.iter();
            let columns = known.map(|field| (field.name.to_owned(), Storage::Typed(field.kind)));
            return Self(columns.collect());
        }
        let mut found: IndexMap<String, Option<Storage>> = IndexMap::new();
        for (name, cell) in rows.iter().flat_map(Row::cells) {
            match found.get_mut(name) {
                Some(column) => *column = merge(column.take(), storage(name, cell)),
                None => {
                    found.insert(name.to_owned(), storage(name, cell));
                }
            }
        }
        for (name, column) in &mut found {
            if *column == Some(Storage::Double)
                && !rows.iter().all(|row| fits_double(row.get(name)))
            {
                *column = Some(Storage::Json);
            }
        }
        let columns = found.into_iter();
        // A column of nothing but nulls is free to have any type.
        Self(
            columns
                .map(|(name, column)| (name, column.unwrap_or(Storage::Json)))
                .collect(),
        )
    }

    /// The first field of later rows that these columns cannot hold.
    pub fn misfit<'a>(&self, rows: &'a [Row]) -> Option<(&'a Row, &'a str)> {
        rows.iter().find_map(|row| {
            let mut cells = row.cells();
            let misfit = cells.find(|(name, cell)| !self.holds(name, cell));
            misfit.map(|(name, _)| (row, name))
        })
    }

    /// A null fits anywhere, even where there is no column.
    fn holds(&self, name: &str, cell: &Cell) -> bool {
        let Some(wanted) = storage(name, cell).filter(|_| !cell.is_null()) else {
            return true;
        };
        let Some(fixed) = self.0.get(name) else {
            return false;
        };
        let exact = *fixed != Storage::Double || fits_double(Some(cell));
        exact && merge(Some(fixed.clone()), Some(wanted)).as_ref() == Some(fixed)
    }

    /// The schema of a batch.
    pub fn schema(&self) -> SchemaRef {
        let fields = self.0.iter().map(|(name, storage)| storage.field(name));
        Arc::new(Schema::new(fields.collect::<Vec<_>>()))
    }
}

impl Storage {
    /// The Arrow type of the column.
    pub fn arrow(&self) -> DataType {
        match self {
            Self::Typed(kind) => kind.arrow(),
            Self::Double => DataType::Float64,
            Self::Foreign(kind) => kind.clone(),
            Self::Json => DataType::Utf8,
        }
    }

    fn field(&self, name: &str) -> Field {
        let field = Field::new(name, self.arrow(), true);
        match self {
            Self::Json => {
                let mark = (EXTENSION.to_owned(), JSON_EXTENSION.to_owned());
                field.with_metadata(HashMap::from([mark]))
            }
            _ => field,
        }
    }
}

/// The storage that one cell asks for; a null takes any.
fn storage(name: &str, cell: &Cell) -> Option<Storage> {
    if let Some(field) = spec(name) {
        return Some(Storage::Typed(field.kind));
    }
    let kind = match cell {
        Cell::Null => return None,
        Cell::Bool(_) => FieldType::Bool,
        Cell::Int(_) => FieldType::Int64,
        Cell::Float32(_) => FieldType::Float32,
        Cell::Text(_) => FieldType::Text,
        Cell::Bools(_) => FieldType::Bools,
        Cell::Int32s(_) => FieldType::Int32s,
        Cell::Float32s(_) => FieldType::Float32s,
        Cell::Attempts(_) => FieldType::Attempts,
        Cell::Arrow(array) if *array.data_type() == DataType::Null => return None,
        Cell::Arrow(array) => return Some(foreign(array.data_type())),
        Cell::Json(value) => return json_storage(value),
        Cell::Raw(text) => return Some(raw_storage(text)),
    };
    Some(Storage::Typed(kind))
}

/// A foreign column may be mixed with cells that a stage sets, where the types are the same.
fn foreign(kind: &DataType) -> Storage {
    match kind {
        DataType::Utf8 => Storage::Typed(FieldType::Text),
        DataType::Boolean => Storage::Typed(FieldType::Bool),
        DataType::Int64 => Storage::Typed(FieldType::Int64),
        other => Storage::Foreign(other.clone()),
    }
}

fn json_storage(value: &serde_json::Value) -> Option<Storage> {
    use serde_json::Value;
    match value {
        Value::Null => None,
        Value::Bool(_) => Some(Storage::Typed(FieldType::Bool)),
        Value::String(_) => Some(Storage::Typed(FieldType::Text)),
        Value::Number(number) if number.is_i64() => Some(Storage::Typed(FieldType::Int64)),
        Value::Number(number) if number.is_f64() => Some(Storage::Double),
        _ => Some(Storage::Json),
    }
}

/// A number that a double holds exactly as it is written is stored as one; everything else as text.
fn raw_storage(raw: &RawValue) -> Storage {
    let text = raw.get();
    let exact = text.parse::<f64>().is_ok_and(|value| {
        value.is_finite()
            && decimal(text).is_some_and(|own| Some(own) == decimal(&format!("{value:e}")))
    });
    if exact {
        Storage::Double
    } else {
        Storage::Json
    }
}

/// Sign, digits without zeros at either end, and exponent of a number.
fn decimal(text: &str) -> Option<(bool, String, i64)> {
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let positive = mantissa.trim_start_matches('-');
    let (whole, fraction) = positive.split_once('.').unwrap_or((positive, ""));
    let digits = format!("{whole}{fraction}");
    let significant = digits.trim_end_matches('0');
    if significant.is_empty() {
        return Some((positive.len() < mantissa.len(), String::new(), 0));
    }
    let zeros = digits.len() as i64 - significant.len() as i64;
    let exponent = exponent.parse::<i64>().ok()?;
    let exponent = exponent.saturating_add(zeros - fraction.len() as i64);
    let significant = significant.trim_start_matches('0').to_owned();
    Some((positive.len() < mantissa.len(), significant, exponent))
}

/// Whether an integer among fractions is one that a double holds.
fn fits_double(cell: Option<&Cell>) -> bool {
    match cell {
        Some(Cell::Int(value)) => value.unsigned_abs() <= 1 << 53,
        _ => true,
    }
}

/// The storage that holds both; JSON text holds everything.
fn merge(one: Option<Storage>, two: Option<Storage>) -> Option<Storage> {
    match (one, two) {
        (None, only) | (only, None) => only,
        (Some(one), Some(two)) if one == two => Some(one),
        (Some(Storage::Double), Some(Storage::Typed(FieldType::Int64)))
        | (Some(Storage::Typed(FieldType::Int64)), Some(Storage::Double)) => Some(Storage::Double),
        _ => Some(Storage::Json),
    }
}
