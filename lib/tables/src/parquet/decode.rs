//! Arrow arrays into cells, column by column.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, ListArray, StringArray, StructArray};
use arrow::compute::{CastOptions, cast_with_options};
use arrow::datatypes::{DataType, Field, FieldRef, Float32Type, Int32Type, Int64Type};
use records::{Attempt, Cell, FieldProblem, FieldType};
use serde_json::value::RawValue;

use super::{EXTENSION, JSON_EXTENSION};
use crate::Typing;

/// What is wrong with a column, and in which row of the batch when it is one row.
pub struct BadColumn {
    pub row: Option<usize>,
    pub problem: FieldProblem,
}

impl BadColumn {
    fn at(row: usize, problem: FieldProblem) -> Self {
        Self {
            row: Some(row),
            problem,
        }
    }

    fn whole(problem: FieldProblem) -> Self {
        Self { row: None, problem }
    }
}

/// One cell for each row of a column.
pub fn cells(field: &Field, array: &ArrayRef, typing: Typing) -> Result<Vec<Cell>, BadColumn> {
    let array = &unfolded(array)?;
    if let Some(kind) = typing.of(field.name()) {
        return typed(kind, array);
    }
    if *array.data_type() == DataType::Null {
        return Ok(vec![Cell::Null; array.len()]);
    }
    let marked = field.metadata().get(EXTENSION).map(String::as_str);
    match (marked, array.as_string_opt::<i32>()) {
        (Some(JSON_EXTENSION), Some(texts)) => json(texts),
        _ => Ok((0..array.len())
            .map(|row| Cell::Arrow(array.slice(row, 1)))
            .collect()),
    }
}

/// The values that a dictionary or runs stand for, at any depth. They are a way to store a column, not a type of its
/// values: two files of one data set may differ in it.
fn unfolded(array: &ArrayRef) -> Result<ArrayRef, BadColumn> {
    let kind = values(array.data_type());
    if kind == *array.data_type() {
        return Ok(array.clone());
    }
    cast(array, &kind)
}

fn values(kind: &DataType) -> DataType {
    let item = |field: &FieldRef| -> FieldRef {
        let kind = values(field.data_type());
        Arc::new(field.as_ref().clone().with_data_type(kind))
    };
    match kind {
        DataType::Dictionary(_, kind) => values(kind),
        DataType::RunEndEncoded(_, field) => values(field.data_type()),
        DataType::List(field) => DataType::List(item(field)),
        DataType::LargeList(field) => DataType::LargeList(item(field)),
        DataType::ListView(field) => DataType::ListView(item(field)),
        DataType::LargeListView(field) => DataType::LargeListView(item(field)),
        DataType::FixedSizeList(field, size) => DataType::FixedSizeList(item(field), *size),
        DataType::Struct(fields) => DataType::Struct(fields.iter().map(item).collect()),
        DataType::Map(field, sorted) => DataType::Map(item(field), *sorted),
        other => other.clone(),
    }
}

fn json(texts: &StringArray) -> Result<Vec<Cell>, BadColumn> {
    let cell = |(row, text): (usize, Option<&str>)| match text {
        None => Ok(Cell::Null),
        Some(text) => serde_json::from_str::<&RawValue>(text)
            .and_then(crate::jsonl::unknown)
            .map_err(|error| {
                let message = format!("expected JSON text, {error}");
                BadColumn::at(row, FieldProblem::Invalid(message))
            }),
    };
    texts.iter().enumerate().map(cell).collect()
}

fn typed(kind: FieldType, array: &ArrayRef) -> Result<Vec<Cell>, BadColumn> {
    if *array.data_type() == DataType::Null {
        return Ok(vec![Cell::Null; array.len()]);
    }
    if !compatible(array.data_type(), kind) {
        return Err(mistyped(kind, array.data_type()));
    }
    let cells = match kind {
        FieldType::Attempts => attempts(array)?,
        _ => plain(kind, &cast(array, &kind.arrow())?)?,
    };
    match cells
        .iter()
        .enumerate()
        .find_map(|(row, cell)| Some((row, cell.non_finite()?)))
    {
        Some((row, problem)) => Err(BadColumn::at(row, problem)),
        None => Ok(cells),
    }
}

/// Cells of a column that has its field's own type.
fn plain(kind: FieldType, array: &ArrayRef) -> Result<Vec<Cell>, BadColumn> {
    Ok(match kind {
        FieldType::Text => array.as_string::<i32>().iter().map(Cell::from).collect(),
        FieldType::Bool => array.as_boolean().iter().map(Cell::from).collect(),
        FieldType::Int32 => array
            .as_primitive::<Int32Type>()
            .iter()
            .map(Cell::from)
            .collect(),
        FieldType::Int64 => array
            .as_primitive::<Int64Type>()
            .iter()
            .map(Cell::from)
            .collect(),
        FieldType::Float32 => array
            .as_primitive::<Float32Type>()
            .iter()
            .map(Cell::from)
            .collect(),
        FieldType::Bools => lists(array, kind, |items| {
            let items = items.as_boolean().values();
            Cell::Bools(items.iter().collect())
        })?,
        FieldType::Int32s => lists(array, kind, |items| {
            Cell::Int32s(items.as_primitive::<Int32Type>().values().to_vec())
        })?,
        FieldType::Float32s => lists(array, kind, |items| {
            Cell::Float32s(items.as_primitive::<Float32Type>().values().to_vec())
        })?,
        FieldType::Attempts => attempts(array)?,
    })
}

/// One cell for each list; a null among the items is an error, as a token without a value makes no sense.
fn lists(
    array: &ArrayRef,
    kind: FieldType,
    cell: impl Fn(&ArrayRef) -> Cell,
) -> Result<Vec<Cell>, BadColumn> {
    let lists = array.as_list::<i32>();
    let convert = |row: usize| {
        if lists.is_null(row) {
            return Ok(Cell::Null);
        }
        let items = lists.value(row);
        match items
            .nulls()
            .and_then(|nulls| nulls.iter().position(|valid| !valid))
        {
            Some(position) => {
                let found = format!("null at position {position}");
                let expected = kind.to_string();
                Err(BadColumn::at(
                    row,
                    FieldProblem::Mistyped { expected, found },
                ))
            }
            None => Ok(cell(&items)),
        }
    };
    (0..lists.len()).map(convert).collect()
}

fn attempts(array: &ArrayRef) -> Result<Vec<Cell>, BadColumn> {
    let Some(item) = item(array.data_type()) else {
        return Err(mistyped(FieldType::Attempts, array.data_type()));
    };
    if *item == DataType::Null {
        return without_attempts(array);
    }
    let element = Field::new("element", item.clone(), true);
    let array = cast(array, &DataType::List(element.into()))?;
    let lists: &ListArray = array.as_list::<i32>();
    let columns = AttemptColumns::of(lists.values().as_struct())?;
    let convert = |row: usize| {
        if lists.is_null(row) {
            return Ok(Cell::Null);
        }
        let range = lists.value_offsets()[row]..lists.value_offsets()[row + 1];
        let attempts = range.map(|index| columns.attempt(index as usize));
        let attempts = attempts.collect::<Result<Vec<_>, _>>();
        attempts
            .map(Cell::Attempts)
            .map_err(|message| BadColumn::at(row, FieldProblem::Invalid(message)))
    };
    (0..lists.len()).map(convert).collect()
}

/// Lists whose items have no type are empty, unless their items are nulls.
fn without_attempts(array: &ArrayRef) -> Result<Vec<Cell>, BadColumn> {
    let element = Field::new("element", DataType::Null, true);
    let array = cast(array, &DataType::List(element.into()))?;
    let lists: &ListArray = array.as_list::<i32>();
    let convert = |row: usize| {
        if lists.is_null(row) {
            return Ok(Cell::Null);
        }
        if lists.value_length(row) == 0 {
            return Ok(Cell::Attempts(Vec::new()));
        }
        let message = "expected list<struct>, found null at position 0";
        Err(BadColumn::at(row, FieldProblem::Invalid(message.into())))
    };
    (0..lists.len()).map(convert).collect()
}

/// The parts of `attempts`, each with its own type.
struct AttemptColumns {
    start: ArrayRef,
    end: ArrayRef,
    text: ArrayRef,
    answer: ArrayRef,
    verdict: ArrayRef,
    stop: ArrayRef,
    /// Files of other programs and of runs without rewards per attempt may lack it.
    reward: Option<ArrayRef>,
}

impl AttemptColumns {
    fn of(structs: &StructArray) -> Result<Self, BadColumn> {
        let optional = |name: &str, kind: FieldType| {
            let Some(array) = structs.column_by_name(name) else {
                return Ok(None);
            };
            let nulls = *array.data_type() == DataType::Null;
            if !nulls && !compatible(array.data_type(), kind) {
                return Err(mistyped(kind, array.data_type()));
            }
            cast(array, &kind.arrow()).map(Some)
        };
        let column = |name: &str, kind: FieldType| {
            optional(name, kind)?.ok_or_else(|| {
                let message = format!("no column \"{name}\" in the attempts, expected {kind}");
                BadColumn::whole(FieldProblem::Invalid(message))
            })
        };
        Ok(Self {
            start: column("start", FieldType::Int32)?,
            end: column("end", FieldType::Int32)?,
            text: column("text", FieldType::Text)?,
            answer: column("answer", FieldType::Text)?,
            verdict: column("verdict", FieldType::Text)?,
            stop: column("stop", FieldType::Text)?,
            reward: optional("reward", FieldType::Float32)?,
        })
    }

    fn attempt(&self, index: usize) -> Result<Attempt, String> {
        Ok(Attempt {
            start: number(&self.start, "start", index)?,
            end: number(&self.end, "end", index)?,
            text: text(&self.text, "text", index)?.to_owned(),
            answer: text(&self.answer, "answer", index).ok().map(str::to_owned),
            verdict: word(&self.verdict, "verdict", index)?,
            stop: word(&self.stop, "stop", index)?,
            reward: self.reward.as_ref().and_then(|array| float(array, index)),
        })
    }
}

fn number(array: &ArrayRef, name: &str, index: usize) -> Result<i32, String> {
    if array.is_null(index) {
        Err(format!("expected int32 as \"{name}\", found null"))
    } else {
        Ok(array.as_primitive::<Int32Type>().value(index))
    }
}

fn float(array: &ArrayRef, index: usize) -> Option<f32> {
    (!array.is_null(index)).then(|| array.as_primitive::<Float32Type>().value(index))
}

fn text<'a>(array: &'a ArrayRef, name: &str, index: usize) -> Result<&'a str, String> {
    if array.is_null(index) {
        Err(format!("expected string as \"{name}\", found null"))
    } else {
        Ok(array.as_string::<i32>().value(index))
    }
}

fn word<T>(array: &ArrayRef, name: &str, index: usize) -> Result<T, String>
where
    T: std::str::FromStr<Err = records::UnknownName>,
{
    let text = text(array, name, index)?;
    text.parse().map_err(|error| format!("\"{name}\": {error}"))
}

/// Whether another program's column may stand for a field: any width of the same sort of value.
fn compatible(found: &DataType, kind: FieldType) -> bool {
    // A list that never held anything has items of no type.
    let items = |kind: FieldType| {
        item(found).is_some_and(|item| *item == DataType::Null || compatible(item, kind))
    };
    match kind {
        FieldType::Text => is_text(found),
        FieldType::Bool => *found == DataType::Boolean,
        FieldType::Int32 | FieldType::Int64 => found.is_integer(),
        FieldType::Float32 => found.is_integer() || found.is_floating(),
        FieldType::Bools => items(FieldType::Bool),
        FieldType::Int32s => items(FieldType::Int32),
        FieldType::Float32s => items(FieldType::Float32),
        FieldType::Attempts => matches!(item(found), Some(DataType::Struct(_) | DataType::Null)),
    }
}

fn is_text(found: &DataType) -> bool {
    matches!(
        found,
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View
    )
}

fn item(found: &DataType) -> Option<&DataType> {
    match found {
        DataType::List(item)
        | DataType::LargeList(item)
        | DataType::ListView(item)
        | DataType::LargeListView(item)
        | DataType::FixedSizeList(item, _) => Some(item.data_type()),
        _ => None,
    }
}

/// A number that does not fit the field's type is an error, not a null.
fn cast(array: &ArrayRef, kind: &DataType) -> Result<ArrayRef, BadColumn> {
    let options = CastOptions {
        safe: false,
        ..CastOptions::default()
    };
    cast_with_options(array, kind, &options)
        .map_err(|error| BadColumn::whole(FieldProblem::Invalid(error.to_string())))
}

fn mistyped(kind: FieldType, found: &DataType) -> BadColumn {
    BadColumn::whole(FieldProblem::Mistyped {
        expected: kind.to_string(),
        found: found.to_string(),
    })
}
