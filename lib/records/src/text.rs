//! The one way in which a value becomes text: ids, answers and references of any type.
//!
//! Numbers keep the digits they are written with and never pass through a float; a whole number that is stored as a
//! float loses its fraction (27.0 is 27), since that is how tables with gaps store whole numbers. A list of one value
//! is that value.

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::datatypes::{DataType, Float16Type, Float32Type, Float64Type};
use serde_json::value::RawValue;

use crate::arrow_json::{items, json};
use crate::{Cell, FieldProblem};

const EXPECTED: &str = "a string or a number";

impl Cell {
    /// The value as text.
    pub fn to_text(&self) -> Result<String, FieldProblem> {
        match self {
            Self::Null => Err(null()),
            Self::Bool(value) => Ok(value.to_string()),
            Self::Int(value) => Ok(value.to_string()),
            Self::Float32(value) => float((*value).into(), *value),
            Self::Text(text) => Ok(text.clone()),
            Self::Bools(values) => only(values).map(|value| value.to_string()),
            Self::Int32s(values) => only(values).map(|value| value.to_string()),
            Self::Float32s(values) => only(values).and_then(|value| float((*value).into(), *value)),
            Self::Attempts(_) => Err(mistyped(self.kind())),
            Self::Json(value) => of_json(&value.to_string()),
            Self::Raw(raw) => of_json(raw.get()),
            Self::Arrow(array) => of_arrow(array, 0),
        }
    }
}

impl Cell {
    /// Whether the value is a whole number in a column of floats too large for its last digits to be kept: whoever
    /// wrote it may have meant another number.
    pub fn may_have_lost_digits(&self) -> bool {
        let Self::Arrow(array) = self else {
            return false;
        };
        let (value, limit) = match array.data_type() {
            _ if self.is_null() => return false,
            DataType::Float32 => {
                let value = array.as_primitive::<Float32Type>().value(0);
                (value.into(), (1u64 << f32::MANTISSA_DIGITS) as f64)
            }
            DataType::Float64 => {
                let value = array.as_primitive::<Float64Type>().value(0);
                (value, (1u64 << f64::MANTISSA_DIGITS) as f64)
            }
            _ => return false,
        };
        value.is_finite() && value.abs() >= limit
    }
}

/// JSON text as text: strings lose their quotes, numbers stay as they are written.
fn of_json(text: &str) -> Result<String, FieldProblem> {
    let invalid = |error: serde_json::Error| FieldProblem::Invalid(error.to_string());
    match text.as_bytes().first() {
        Some(b'"') => serde_json::from_str(text).map_err(invalid),
        Some(b't' | b'f') => Ok(text.to_owned()),
        Some(b'n') => Err(null()),
        Some(b'{') => Err(mistyped("object".into())),
        Some(b'[') => {
            let values: Vec<&RawValue> = serde_json::from_str(text).map_err(invalid)?;
            only(&values).and_then(|value| of_json(value.get()))
        }
        _ => Ok(whole(text).to_owned()),
    }
}

fn of_arrow(array: &ArrayRef, row: usize) -> Result<String, FieldProblem> {
    if Cell::Arrow(array.slice(row, 1)).is_null() {
        return Err(null());
    }
    if let Some(items) = items(array, row) {
        return match items.len() {
            1 => of_arrow(&items, 0),
            found => Err(FieldProblem::Several { found }),
        };
    }
    match array.data_type() {
        DataType::Float16 => {
            let value = array.as_primitive::<Float16Type>().value(row).to_f32();
            float(value.into(), value)
        }
        DataType::Float32 => {
            let value = array.as_primitive::<Float32Type>().value(row);
            float(value.into(), value)
        }
        DataType::Float64 => {
            let value = array.as_primitive::<Float64Type>().value(row);
            float(value, value)
        }
        DataType::Struct(_) | DataType::Map(..) => Err(mistyped(array.data_type().to_string())),
        _ => of_json(&json(array, row).map_err(FieldProblem::Invalid)?),
    }
}

/// All digits of a whole number, the shortest that tell the float otherwise.
fn float(value: f64, shortest: impl std::fmt::Display) -> Result<String, FieldProblem> {
    if !value.is_finite() {
        let message = format!("expected a finite number, found {value}");
        return Err(FieldProblem::Invalid(message));
    }
    if value.fract() == 0.0 {
        return Ok(format!("{value:.0}"));
    }
    Ok(shortest.to_string())
}

/// `27.0` is `27`; `2.50` and `1e5` stay.
fn whole(number: &str) -> &str {
    match number.split_once('.') {
        Some((whole, fraction)) if fraction.bytes().all(|digit| digit == b'0') => whole,
        _ => number,
    }
}

fn only<T>(values: &[T]) -> Result<&T, FieldProblem> {
    match values {
        [value] => Ok(value),
        values => Err(FieldProblem::Several {
            found: values.len(),
        }),
    }
}

fn null() -> FieldProblem {
    FieldProblem::Null {
        expected: EXPECTED.into(),
    }
}

fn mistyped(found: String) -> FieldProblem {
    FieldProblem::Mistyped {
        expected: EXPECTED.into(),
        found,
    }
}
