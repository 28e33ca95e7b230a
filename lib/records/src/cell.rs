//! One value of a row, with the type that it has in every format.

use arrow::array::{Array, ArrayRef};
use arrow::datatypes::Field;
use arrow::json::writer::{EncoderOptions, make_encoder};
use serde::ser::{Error, Serialize, Serializer};
use serde_json::Value;
use serde_json::value::RawValue;

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
            Self::Arrow(array) => array.is_null(0),
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

    /// The cell as a JSON value.
    pub fn to_json(&self) -> Result<Value, serde_json::Error> {
        match self {
            Self::Raw(text) => serde_json::from_str(text.get()),
            Self::Arrow(array) => serde_json::from_str(arrow_json(array)?.get()),
            other => serde_json::to_value(other),
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

/// JSON text of an array's only element.
fn arrow_json(array: &ArrayRef) -> Result<Box<RawValue>, serde_json::Error> {
    if array.is_null(0) {
        return RawValue::from_string("null".into());
    }
    let options = EncoderOptions::default().with_explicit_nulls(true);
    let field = Field::new("", array.data_type().clone(), true).into();
    let mut bytes = Vec::new();
    make_encoder(&field, array.as_ref(), &options)
        .map_err(Error::custom)?
        .encode(0, &mut bytes);
    serde_json::from_slice(&bytes)
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
            Self::Arrow(array) => arrow_json(array)
                .map_err(S::Error::custom)?
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
