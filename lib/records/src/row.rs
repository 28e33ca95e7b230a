//! One record: an ordered list of named cells, with checked access.

use std::borrow::Cow;
use std::str::FromStr;

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float64Type, Int64Type};
use indexmap::IndexMap;
use serde::de::DeserializeOwned;
use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::{Attempt, Cell, FieldError, FieldProblem, FieldType, Origin};

/// One record. Fields keep the order in which they were read or set.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Row {
    cells: IndexMap<String, Cell>,
    origin: Option<Origin>,
}

impl Row {
    /// A row without fields.
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty row that says where it was read.
    pub fn at(origin: Origin) -> Self {
        Self {
            cells: IndexMap::new(),
            origin: Some(origin),
        }
    }

    /// Where the row was read; none for rows made by the program.
    pub fn origin(&self) -> Option<&Origin> {
        self.origin.as_ref()
    }

    /// Whether the field is present and not null.
    pub fn has(&self, field: &str) -> bool {
        self.get(field).is_some_and(|cell| !cell.is_null())
    }

    /// The cell as it is.
    pub fn get(&self, field: &str) -> Option<&Cell> {
        self.cells.get(field)
    }

    /// The cell of a field, or of a part of one: `reward_model.ground_truth`. A field of that very name comes first.
    pub fn find(&self, path: &str) -> Option<Cow<'_, Cell>> {
        if let Some(cell) = self.get(path) {
            return Some(Cow::Borrowed(cell));
        }
        let (field, parts) = path.split_once('.')?;
        let mut parts = parts.split('.');
        let first = self.get(field)?.part(parts.next()?)?;
        parts
            .try_fold(first, |cell, part| cell.part(part))
            .map(Cow::Owned)
    }

    /// The text that a field's value stands for, whatever its type; see [`Cell::to_text`]. The field may be a path, as
    /// for [`find`](Self::find).
    pub fn to_text(&self, path: &str) -> Result<String, FieldError> {
        let expected = "a string or a number".into();
        let text = match self.find(path) {
            Some(cell) => cell.to_text(),
            None => Err(FieldProblem::Missing { expected }),
        };
        text.map_err(|problem| self.error(path, problem))
    }

    /// Adds the field at the end, or replaces its value in place.
    pub fn set(&mut self, field: impl Into<String>, cell: impl Into<Cell>) {
        self.cells.insert(field.into(), cell.into());
    }

    /// Takes the field out; the order of the others stays.
    pub fn remove(&mut self, field: &str) -> Option<Cell> {
        self.cells.shift_remove(field)
    }

    /// Names and values in order.
    pub fn cells(&self) -> impl Iterator<Item = (&str, &Cell)> {
        self.cells.iter().map(|(name, cell)| (name.as_str(), cell))
    }

    /// The number of fields.
    pub fn len(&self) -> usize {
        self.cells.len()
    }

    /// Whether the row has no fields at all.
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// An error about one field of this row.
    pub fn fail(&self, field: &str, message: impl Into<String>) -> FieldError {
        self.error(field, FieldProblem::Invalid(message.into()))
    }

    /// An error about one field of this row, as data.
    pub fn error(&self, field: &str, problem: FieldProblem) -> FieldError {
        FieldError {
            origin: self.origin.clone(),
            field: field.to_owned(),
            problem,
        }
    }

    /// A string.
    pub fn text(&self, field: &str) -> Result<&str, FieldError> {
        let cell = self.present(field, &FieldType::Text)?;
        cell.as_str()
            .ok_or_else(|| self.mistyped(field, &FieldType::Text, cell))
    }

    /// A string or null; a missing field counts as null.
    pub fn optional_text(&self, field: &str) -> Result<Option<&str>, FieldError> {
        self.has(field).then(|| self.text(field)).transpose()
    }

    /// A string out of a closed vocabulary, such as [`crate::StopReason`].
    pub fn word<T: FromStr<Err = crate::UnknownName>>(&self, field: &str) -> Result<T, FieldError> {
        self.text(field)?
            .parse()
            .map_err(|error: crate::UnknownName| self.fail(field, error.to_string()))
    }

    /// A truth value.
    pub fn bool(&self, field: &str) -> Result<bool, FieldError> {
        let cell = self.present(field, &FieldType::Bool)?;
        match cell {
            Cell::Bool(value) => Some(*value),
            Cell::Json(value) => value.as_bool(),
            Cell::Arrow(array) => array.as_boolean_opt().map(|array| array.value(0)),
            _ => None,
        }
        .ok_or_else(|| self.mistyped(field, &FieldType::Bool, cell))
    }

    /// A whole number that fits 64 bits.
    pub fn int64(&self, field: &str) -> Result<i64, FieldError> {
        self.integer(field, &FieldType::Int64)
    }

    /// A whole number that fits 32 bits.
    pub fn int32(&self, field: &str) -> Result<i32, FieldError> {
        let wide = self.integer(field, &FieldType::Int32)?;
        i32::try_from(wide).map_err(|_| self.out_of_range(field, wide))
    }

    /// A finite number.
    pub fn float32(&self, field: &str) -> Result<f32, FieldError> {
        let cell = self.present(field, &FieldType::Float32)?;
        let value = match cell {
            Cell::Float32(value) => Some(*value),
            Cell::Int(value) => Some(*value as f32),
            Cell::Json(_) | Cell::Raw(_) | Cell::Arrow(_) => cell_number(cell).map(|x| x as f32),
            _ => None,
        }
        .ok_or_else(|| self.mistyped(field, &FieldType::Float32, cell))?;
        match Cell::Float32(value).non_finite() {
            Some(problem) => Err(self.error(field, problem)),
            None => Ok(value),
        }
    }

    /// One truth value per token.
    pub fn bools(&self, field: &str) -> Result<&[bool], FieldError> {
        match self.present(field, &FieldType::Bools)? {
            Cell::Bools(values) => Ok(values),
            other => Err(self.mistyped(field, &FieldType::Bools, other)),
        }
    }

    /// One whole number per token.
    pub fn int32s(&self, field: &str) -> Result<&[i32], FieldError> {
        match self.present(field, &FieldType::Int32s)? {
            Cell::Int32s(values) => Ok(values),
            other => Err(self.mistyped(field, &FieldType::Int32s, other)),
        }
    }

    /// One finite number per token.
    pub fn float32s(&self, field: &str) -> Result<&[f32], FieldError> {
        let cell = self.present(field, &FieldType::Float32s)?;
        if let Some(problem) = cell.non_finite() {
            return Err(self.error(field, problem));
        }
        match cell {
            Cell::Float32s(values) => Ok(values),
            other => Err(self.mistyped(field, &FieldType::Float32s, other)),
        }
    }

    /// The attempts of the dialogue.
    pub fn attempts(&self, field: &str) -> Result<&[Attempt], FieldError> {
        match self.present(field, &FieldType::Attempts)? {
            Cell::Attempts(attempts) => Ok(attempts),
            other => Err(self.mistyped(field, &FieldType::Attempts, other)),
        }
    }

    /// Any field as a Rust value, by way of JSON: for fields that only one stage knows.
    pub fn decode<T: DeserializeOwned>(&self, field: &str) -> Result<T, FieldError> {
        let cell = self.present(field, &"a value")?;
        serde_json::to_string(cell)
            .and_then(|text| serde_json::from_str(&text))
            .map_err(|error| self.fail(field, error.to_string()))
    }

    /// Checks that every named list has one element per token of `token_ids`, and says how many.
    pub fn same_length(&self, fields: &[&str]) -> Result<usize, FieldError> {
        let expected = self.int32s("token_ids")?.len();
        for field in fields {
            let found = match self.present(field, &"a list with one element per token")? {
                Cell::Bools(values) => values.len(),
                Cell::Int32s(values) => values.len(),
                Cell::Float32s(values) => values.len(),
                other => return Err(self.mistyped(field, &"a list", other)),
            };
            if found != expected {
                let of = "token_ids".into();
                let problem = FieldProblem::Length {
                    expected,
                    found,
                    of,
                };
                return Err(self.error(field, problem));
            }
        }
        Ok(expected)
    }

    /// Checks that all numbers are finite, as JSON needs and every stage expects.
    pub fn check_finite(&self) -> Result<(), FieldError> {
        for (name, cell) in self.cells() {
            if let Some(problem) = cell.non_finite() {
                return Err(self.error(name, problem));
            }
        }
        Ok(())
    }

    fn integer(&self, field: &str, expected: &FieldType) -> Result<i64, FieldError> {
        let cell = self.present(field, expected)?;
        match cell {
            Cell::Int(value) => Some(*value),
            Cell::Json(value) => value.as_i64(),
            Cell::Arrow(array) => arrow_integer(array),
            _ => None,
        }
        .ok_or_else(|| self.mistyped(field, expected, cell))
    }

    fn present(&self, field: &str, expected: &dyn std::fmt::Display) -> Result<&Cell, FieldError> {
        let expected = || expected.to_string();
        match self.get(field) {
            None => Err(self.error(
                field,
                FieldProblem::Missing {
                    expected: expected(),
                },
            )),
            Some(cell) if cell.is_null() => Err(self.error(
                field,
                FieldProblem::Null {
                    expected: expected(),
                },
            )),
            Some(cell) => Ok(cell),
        }
    }

    fn mistyped(&self, field: &str, expected: &dyn std::fmt::Display, cell: &Cell) -> FieldError {
        let problem = FieldProblem::Mistyped {
            expected: expected.to_string(),
            found: cell.kind(),
        };
        self.error(field, problem)
    }

    fn out_of_range(&self, field: &str, value: i64) -> FieldError {
        let problem = FieldProblem::Mistyped {
            expected: FieldType::Int32.to_string(),
            found: value.to_string(),
        };
        self.error(field, problem)
    }
}

fn arrow_integer(array: &ArrayRef) -> Option<i64> {
    if !array.data_type().is_integer() {
        return None;
    }
    let wide = cast(array, &DataType::Int64).ok()?;
    let value = wide.as_primitive::<Int64Type>();
    (!value.is_null(0)).then(|| value.value(0))
}

fn cell_number(cell: &Cell) -> Option<f64> {
    match cell {
        Cell::Json(value) => value.as_f64(),
        Cell::Raw(text) => text.get().parse().ok(),
        Cell::Arrow(array) if array.data_type().is_numeric() => {
            let wide = cast(array, &DataType::Float64).ok()?;
            Some(wide.as_primitive::<Float64Type>().value(0))
        }
        _ => None,
    }
}

impl Serialize for Row {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.cells.len()))?;
        for (name, cell) in &self.cells {
            map.serialize_entry(name, cell)?;
        }
        map.end()
    }
}
