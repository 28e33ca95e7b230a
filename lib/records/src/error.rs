//! Where a row came from, and what is wrong with one of its fields.

use std::fmt;
use std::sync::Arc;

/// What a row's number counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A line of a text file.
    Line,
    /// A record of a table or an array.
    Row,
}

/// The place a row was read from. Numbers count from one, as editors do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// A file's path as the user gave it, or `standard input`.
    pub source: Arc<str>,
    pub unit: Unit,
    pub number: u64,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = match self.unit {
            Unit::Line => "line",
            Unit::Row => "row",
        };
        write!(f, "{} {unit} {}", self.source, self.number)
    }
}

/// A field that is not what a stage needs: names file, line or row, field and what was expected.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldError {
    /// Absent for rows that were made by the program itself.
    pub origin: Option<Origin>,
    pub field: String,
    pub problem: FieldProblem,
}

/// What is wrong with a field.
#[derive(Clone, Debug, PartialEq)]
pub enum FieldProblem {
    /// The row has no such field.
    Missing { expected: String },
    /// The field is there, but holds null.
    Null { expected: String },
    /// The field holds a value of another type.
    Mistyped { expected: String, found: String },
    /// A list of none or several values stands where one is needed.
    Several { found: usize },
    /// A list does not have one element for every token.
    Length {
        expected: usize,
        found: usize,
        of: String,
    },
    /// A number that is NaN or infinite; `position` is the element of a list.
    NonFinite { value: f32, position: Option<usize> },
    /// Anything else, in words that fit after a colon.
    Invalid(String),
}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(origin) = &self.origin {
            write!(f, "{origin}: ")?;
        }
        write!(f, "field \"{}\": {}", self.field, self.problem)
    }
}

impl std::error::Error for FieldError {}

impl fmt::Display for FieldProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { expected } => write!(f, "missing, expected {expected}"),
            Self::Null { expected } => write!(f, "expected {expected}, found null"),
            Self::Mistyped { expected, found } => write!(f, "expected {expected}, found {found}"),
            Self::Several { found: 0 } => f.write_str("expected one value, found an empty list"),
            Self::Several { found } => write!(f, "expected one value, found a list of {found}"),
            Self::Length {
                expected,
                found,
                of,
            } => write!(
                f,
                "expected {expected} elements like \"{of}\", found {found}"
            ),
            Self::NonFinite {
                value,
                position: Some(position),
            } => write!(
                f,
                "expected finite numbers, found {value} at position {position}"
            ),
            Self::NonFinite {
                value,
                position: None,
            } => write!(f, "expected a finite number, found {value}"),
            Self::Invalid(message) => f.write_str(message),
        }
    }
}
