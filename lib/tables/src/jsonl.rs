//! JSON objects into rows, straight from text: known fields are parsed as their own type, everything
//! else is kept as it is written. Knows nothing about files.

use std::fmt;

use records::{Attempt, Cell, FieldError, FieldProblem, FieldType, Origin, Row};
use serde::Deserializer as _;
use serde::de::{Deserialize, DeserializeSeed, Error, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::{TableError, Typing};

/// Parses one JSON object.
pub(crate) fn decode(text: &[u8], origin: Origin, typing: Typing) -> Result<Row, TableError> {
    let text = match std::str::from_utf8(text) {
        Ok(text) => text,
        Err(error) => {
            let message = format!("not valid UTF-8 at byte {}", error.valid_up_to() + 1);
            return Err(TableError::Syntax { origin, message });
        }
    };
    let mut field = None;
    let mut row = Row::at(origin.clone());
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let object = Object {
        typing,
        row: &mut row,
        field: &mut field,
    };
    let parsed = deserializer
        .deserialize_map(object)
        .and_then(|()| deserializer.end());
    match parsed {
        Ok(()) => row.check_finite().map(|()| row).map_err(TableError::from),
        Err(error) => Err(locate(&error, text, field, origin)),
    }
}

/// Turns a parser's error into one that names the field, where one was being read.
fn locate(
    error: &serde_json::Error,
    text: &str,
    field: Option<String>,
    origin: Origin,
) -> TableError {
    let message = describe(error);
    match field {
        _ if error.is_eof() => TableError::Torn {
            origin,
            message: match field {
                Some(field) => format!("it ends inside field \"{field}\" ({message})"),
                None => message,
            },
        },
        Some(field) => TableError::Field(FieldError {
            origin: Some(origin),
            field,
            problem: problem(error, &message, text),
        }),
        None if error.is_data() => TableError::Syntax {
            origin,
            message: mistyped(&message).to_string(),
        },
        None => TableError::Syntax {
            origin,
            message: format!("invalid JSON: {message} at column {}", error.column()),
        },
    }
}

/// What is wrong with the value of a field.
fn problem(error: &serde_json::Error, message: &str, text: &str) -> FieldProblem {
    let found = not_a_number(error, text)
        .or_else(|| (message == "number out of range").then_some("one out of range"));
    match found {
        _ if error.is_data() => mistyped(message),
        Some(found) => FieldProblem::Invalid(format!("expected a finite number, found {found}")),
        None => FieldProblem::Invalid(format!("{message} at column {}", error.column())),
    }
}

/// The message without its position: a line of its own is always line 1.
fn describe(error: &serde_json::Error) -> String {
    let message = error.to_string();
    let position = format!(" at line {} column {}", error.line(), error.column());
    message
        .strip_suffix(&position)
        .unwrap_or(&message)
        .to_owned()
}

/// Splits serde's `invalid type: FOUND, expected EXPECTED`.
fn mistyped(message: &str) -> FieldProblem {
    let body = message
        .strip_prefix("invalid type: ")
        .or_else(|| message.strip_prefix("invalid value: "));
    match body.and_then(|body| body.rsplit_once(", expected ")) {
        Some((found, expected)) => FieldProblem::Mistyped {
            expected: type_name(expected).to_owned(),
            found: shorten(found),
        },
        None => FieldProblem::Invalid(message.to_owned()),
    }
}

/// Rust's name of an element's type, as the field table spells it.
fn type_name(expected: &str) -> &str {
    match expected {
        "i32" => "int32",
        "f32" => "float32",
        "a boolean" => "bool",
        other => other,
    }
}

/// Long strings are cut: a message is one line.
fn shorten(found: &str) -> String {
    const LIMIT: usize = 60;
    match found.char_indices().nth(LIMIT) {
        Some((cut, _)) => format!("{}...", &found[..cut]),
        None => found.to_owned(),
    }
}

/// Python writes NaN and Infinity, which JSON does not know; saying so helps more than "expected value".
fn not_a_number(error: &serde_json::Error, text: &str) -> Option<&'static str> {
    let column = error.column().saturating_sub(1);
    let before = text.get(column.saturating_sub(3)..)?;
    ["NaN", "-Infinity", "Infinity"].into_iter().find(|word| {
        before
            .get(..word.len() + 3)
            .unwrap_or(before)
            .contains(word)
    })
}

struct Object<'a> {
    typing: Typing,
    row: &'a mut Row,
    /// The field being read, for messages.
    field: &'a mut Option<String>,
}

impl<'de> Visitor<'de> for Object<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key::<String>()? {
            let kind = self.typing.of(&name);
            *self.field = Some(name.clone());
            let cell = match kind {
                Some(kind) => map.next_value_seed(Known(kind))?,
                None => unknown(map.next_value::<&RawValue>()?)?,
            };
            self.row.set(name, cell);
            *self.field = None;
        }
        Ok(())
    }
}

/// A value of a known type, or null.
struct Known(FieldType);

impl<'de> DeserializeSeed<'de> for Known {
    type Value = Cell;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Cell, D::Error> {
        deserializer.deserialize_option(self)
    }
}

impl<'de> Visitor<'de> for Known {
    type Value = Cell;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }

    fn visit_none<E>(self) -> Result<Cell, E> {
        Ok(Cell::Null)
    }

    fn visit_unit<E>(self) -> Result<Cell, E> {
        Ok(Cell::Null)
    }

    fn visit_some<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Cell, D::Error> {
        match self.0 {
            FieldType::Text => deserializer.deserialize_string(self),
            FieldType::Bool => deserializer.deserialize_bool(self),
            FieldType::Int32 | FieldType::Int64 => deserializer.deserialize_i64(self),
            FieldType::Float32 => deserializer.deserialize_f32(self),
            FieldType::Bools | FieldType::Int32s | FieldType::Float32s | FieldType::Attempts => {
                deserializer.deserialize_seq(self)
            }
        }
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Cell, E> {
        self.visit_string(text.to_owned())
    }

    fn visit_string<E: Error>(self, text: String) -> Result<Cell, E> {
        match self.0 {
            FieldType::Text => Ok(Cell::Text(text)),
            _ => Err(E::invalid_type(serde::de::Unexpected::Str(&text), &self)),
        }
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Cell, E> {
        match self.0 {
            FieldType::Bool => Ok(Cell::Bool(value)),
            _ => Err(E::invalid_type(serde::de::Unexpected::Bool(value), &self)),
        }
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Cell, E> {
        let fits = i32::try_from(value).is_ok();
        match self.0 {
            FieldType::Int64 => Ok(Cell::Int(value)),
            FieldType::Int32 if fits => Ok(Cell::Int(value)),
            FieldType::Float32 => Ok(Cell::Float32(value as f32)),
            _ => Err(E::invalid_type(serde::de::Unexpected::Signed(value), &self)),
        }
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Cell, E> {
        match (self.0, i64::try_from(value)) {
            (FieldType::Float32, _) => Ok(Cell::Float32(value as f32)),
            (_, Ok(value)) => self.visit_i64(value),
            _ => Err(E::invalid_type(
                serde::de::Unexpected::Unsigned(value),
                &self,
            )),
        }
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Cell, E> {
        match self.0 {
            FieldType::Float32 => Ok(Cell::Float32(value as f32)),
            _ => Err(E::invalid_type(serde::de::Unexpected::Float(value), &self)),
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Cell, A::Error> {
        match self.0 {
            FieldType::Bools => elements::<bool, A>(seq).map(Cell::Bools),
            FieldType::Int32s => elements::<i32, A>(seq).map(Cell::Int32s),
            FieldType::Float32s => elements::<f32, A>(seq).map(Cell::Float32s),
            FieldType::Attempts => elements::<Attempt, A>(seq).map(Cell::Attempts),
            _ => Err(A::Error::invalid_type(serde::de::Unexpected::Seq, &self)),
        }
    }
}

fn elements<'de, T: Deserialize<'de>, A: SeqAccess<'de>>(mut seq: A) -> Result<Vec<T>, A::Error> {
    let mut values = Vec::with_capacity(seq.size_hint().unwrap_or(0));
    while let Some(value) = seq.next_element()? {
        values.push(value);
    }
    Ok(values)
}

/// Strings, truth values and plain integers become cells; other JSON text is kept to the letter.
pub(crate) fn unknown<E: Error>(raw: &RawValue) -> Result<Cell, E> {
    let text = raw.get();
    Ok(match text.as_bytes().first() {
        Some(b'n') => Cell::Null,
        Some(b't') => Cell::Bool(true),
        Some(b'f') => Cell::Bool(false),
        Some(b'"') => Cell::Text(serde_json::from_str(text).map_err(E::custom)?),
        _ => match text.parse::<i64>() {
            Ok(value) if value.to_string() == text => Cell::Int(value),
            _ => Cell::Raw(one_line(raw)),
        },
    })
}

/// JSON text on one line, as JSONL needs; only white space between tokens goes.
fn one_line(raw: &RawValue) -> Box<RawValue> {
    let text = raw.get();
    if !text.contains(['\n', '\r']) {
        return raw.to_owned();
    }
    let (mut inside, mut escaped) = (false, false);
    let kept = text.chars().filter(|&letter| {
        let keep = inside || !letter.is_ascii_whitespace();
        if letter == '"' && !escaped {
            inside = !inside;
        }
        escaped = inside && letter == '\\' && !escaped;
        keep
    });
    RawValue::from_string(kept.collect()).unwrap_or_else(|_| raw.to_owned())
}
