//! One value of a row, with the type that it has in every format.

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::datatypes::DataType;
use indexmap::IndexMap;
use serde::ser::{Error, Serialize, Serializer};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::arrow_json::json;
use crate::{Attempt, FieldProblem};

/// One value. Known fields carry the typed variants; `Json`, `Raw` and `Arrow` hold what no stage
/// knows, so that it can be written again as it was.
#[derive(Clone, Debug)]
pub enum Cell {
    Null,
    Bool(bool),
    Int(i64),
    Float32(f32),
    Text(String),
    Bools(Vec<bool>),
    Int32s(Vec<i32>),
    Float32s(Vec<f32>),
    Attempts(Vec<Attempt>),
    /// A value that a program made.
    Json(Value),
    /// JSON text as it was read: numbers keep their spelling, objects their order.
    Raw(Box<RawValue>),
    /// One element of a Parquet column that no stage knows.
    Arrow(ArrayRef),
}

impl Cell {
    /// Whether the cell says that there is no value.
    pub fn is_null(&self) -> bool {
        match self {
            Self::Null | Self::Json(Value::Null) => true,
            Self::Raw(text) => text.get() == "null",
            Self::Arrow(array) => match array.data_type() {
                DataType::Null => true,
                _ => array.logical_nulls().is_some_and(|nulls| nulls.is_null(0)),
            },
            _ => false,
        }
    }

    /// The type in words, for messages.
    pub fn kind(&self) -> String {
        match self {
            Self::Null => "null".into(),
            Self::Bool(_) => "bool".into(),
            Self::Int(_) => "integer".into(),
            Self::Float32(_) => "float32".into(),
            Self::Text(_) => "string".into(),
            Self::Bools(_) => "list<bool>".into(),
            Self::Int32s(_) => "list<int32>".into(),
            Self::Float32s(_) => "list<float32>".into(),
            Self::Attempts(_) => "list of attempts".into(),
            Self::Json(value) => json_kind(value.to_string().as_bytes()).into(),
            Self::Raw(text) => json_kind(text.get().as_bytes()).into(),
            Self::Arrow(array) => array.data_type().to_string(),
        }
    }

    /// The first number that is NaN or infinite, which JSON cannot hold.
    pub fn non_finite(&self) -> Option<FieldProblem> {
        match self {
            Self::Float32(value) if !value.is_finite() => Some(FieldProblem::NonFinite {
                value: *value,
                position: None,
            }),
            Self::Float32s(values) => {
                let position = values.iter().position(|value| !value.is_finite())?;
                Some(FieldProblem::NonFinite {
                    value: values[position],
                    position: Some(position),
                })
            }
            Self::Attempts(attempts) => {
                let mut rewards = attempts.iter().filter_map(|attempt| attempt.reward);
                let value = rewards.find(|reward| !reward.is_finite())?;
                Some(FieldProblem::NonFinite {
                    value,
                    position: None,
                })
            }
            _ => None,
        }
    }

    /// The string that the cell holds; none for values of another type.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Json(value) => value.as_str(),
            Self::Arrow(_) if self.is_null() => None,
            Self::Arrow(array) => match array.data_type() {
                DataType::Utf8 => Some(array.as_string::<i32>().value(0)),
                DataType::LargeUtf8 => Some(array.as_string::<i64>().value(0)),
                DataType::Utf8View => Some(array.as_string_view().value(0)),
                _ => None,
            },
            _ => None,
        }
    }

    /// One part of an object or of a Parquet struct; none where the cell has no parts or not this one.
    pub fn part(&self, name: &str) -> Option<Cell> {
        match self {
            Self::Json(value) => value.get(name).cloned().map(Self::Json),
            Self::Raw(text) => {
                let parts: IndexMap<String, Box<RawValue>> =
                    serde_json::from_str(text.get()).ok()?;
                let part = parts.get(name)?;
                match serde_json::from_str(part.get()) {
                    Ok(text) => Some(Self::Text(text)),
                    Err(_) => Some(Self::Raw(part.clone())),
                }
            }
            Self::Arrow(array) if self.is_null() || array.is_empty() => None,
            Self::Arrow(array) => {
                let column = array.as_struct_opt()?.column_by_name(name)?;
                Some(Self::Arrow(column.clone()))
            }
            _ => None,
        }
    }
}

fn json_kind(text: &[u8]) -> &'static str {
    match text.first() {
        Some(b'{') => "object",
        Some(b'[') => "list",
        Some(b'"') => "string",
        Some(b't' | b'f') => "bool",
        Some(b'n') => "null",
        _ => "number",
    }
}

impl Serialize for Cell {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Int(value) => serializer.serialize_i64(*value),
            Self::Float32(value) => serializer.serialize_f32(*value),
            Self::Text(value) => serializer.serialize_str(value),
            Self::Bools(values) => values.serialize(serializer),
            Self::Int32s(values) => values.serialize(serializer),
            Self::Float32s(values) => values.serialize(serializer),
            Self::Attempts(attempts) => attempts.serialize(serializer),
            Self::Json(value) => value.serialize(serializer),
            Self::Raw(text) => text.serialize(serializer),
            Self::Arrow(array) => json(array, 0)
                .map_err(S::Error::custom)
                .and_then(|text| RawValue::from_string(text).map_err(S::Error::custom))?
                .serialize(serializer),
        }
    }
}

impl PartialEq for Cell {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Null, Self::Null) => true,
            (Self::Bool(a), Self::Bool(b)) => a == b,
            (Self::Int(a), Self::Int(b)) => a == b,
            (Self::Float32(a), Self::Float32(b)) => a.to_bits() == b.to_bits(),
            (Self::Text(a), Self::Text(b)) => a == b,
            (Self::Bools(a), Self::Bools(b)) => a == b,
            (Self::Int32s(a), Self::Int32s(b)) => a == b,
            (Self::Float32s(a), Self::Float32s(b)) => {
                let bits = |list: &[f32]| list.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
                bits(a) == bits(b)
            }
            (Self::Attempts(a), Self::Attempts(b)) => a == b,
            (Self::Json(a), Self::Json(b)) => a == b,
            (Self::Raw(a), Self::Raw(b)) => a.get() == b.get(),
            (Self::Arrow(a), Self::Arrow(b)) => a == b,
            _ => false,
        }
    }
}

macro_rules! from {
    ($($from:ty => $variant:ident),+ $(,)?) => {
        $(impl From<$from> for Cell {
            fn from(value: $from) -> Self { Self::$variant(value.into()) }
        })+
    };
}

from! {
    bool => Bool,
    i32 => Int,
    i64 => Int,
    u32 => Int,
    f32 => Float32,
    &str => Text,
    String => Text,
    Vec<bool> => Bools,
    Vec<i32> => Int32s,
    Vec<f32> => Float32s,
    Vec<Attempt> => Attempts,
    Value => Json,
    Box<RawValue> => Raw,
    ArrayRef => Arrow,
}

impl<T: Into<Cell>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}
