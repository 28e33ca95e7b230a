//! Arrow values as JSON text: what a column that no stage knows becomes in JSONL.
//!
//! Integers and decimals keep every digit; numbers that are not finite become null, as other tools write them. Times
//! are ISO 8601, those of a zone in UTC, since what a column stores is the instant. Binary values are hexadecimal.
//! Dictionaries, runs and unions are written as the values they stand for. A value outside the range of its type's
//! notation is an error, never a placeholder.

use arrow::array::{Array, ArrayRef, AsArray, make_array};
use arrow::compute::cast;
use arrow::datatypes::{
    DataType, Float16Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type,
    UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow::util::display::{ArrayFormatter, FormatOptions};

/// JSON text of one element, or why it has none.
pub(crate) fn json(array: &dyn Array, row: usize) -> Result<String, String> {
    let mut text = String::new();
    write(array, row, &mut text)?;
    Ok(text)
}

fn write(array: &dyn Array, row: usize, out: &mut String) -> Result<(), String> {
    match array.data_type() {
        DataType::Null => out.push_str("null"),
        DataType::Dictionary(_, values) => return write(&plain(array, row, values)?, 0, out),
        DataType::RunEndEncoded(_, values) => {
            return write(&plain(array, row, values.data_type())?, 0, out);
        }
        DataType::Union(..) => return write(&array.as_union().value(row), 0, out),
        _ if array.is_null(row) => out.push_str("null"),
        DataType::Struct(_) => return object(array, row, out),
        DataType::Map(..) => return map(array, row, out),
        _ => match (items(array, row), scalar(array, row)) {
            (Some(items), _) => return list(&items, out),
            (None, Some(text)) => out.push_str(&text),
            (None, None) => return formatted(array, row, out),
        },
    }
    Ok(())
}

/// One element of a dictionary or of runs, as an array of its own.
fn plain(array: &dyn Array, row: usize, values: &DataType) -> Result<ArrayRef, String> {
    cast(&array.slice(row, 1), values).map_err(|error| error.to_string())
}

/// Numbers of fixed width, truth values, texts and bytes.
fn scalar(array: &dyn Array, row: usize) -> Option<String> {
    macro_rules! integer {
        ($kind:ty) => {
            array.as_primitive::<$kind>().value(row).to_string()
        };
    }
    Some(match array.data_type() {
        DataType::Boolean => array.as_boolean().value(row).to_string(),
        DataType::Int8 => integer!(Int8Type),
        DataType::Int16 => integer!(Int16Type),
        DataType::Int32 => integer!(Int32Type),
        DataType::Int64 => integer!(Int64Type),
        DataType::UInt8 => integer!(UInt8Type),
        DataType::UInt16 => integer!(UInt16Type),
        DataType::UInt32 => integer!(UInt32Type),
        DataType::UInt64 => integer!(UInt64Type),
        DataType::Float16 => quoted(&array.as_primitive::<Float16Type>().value(row).to_f32()),
        DataType::Float32 => quoted(&array.as_primitive::<Float32Type>().value(row)),
        DataType::Float64 => quoted(&array.as_primitive::<Float64Type>().value(row)),
        DataType::Utf8 => quoted(array.as_string::<i32>().value(row)),
        DataType::LargeUtf8 => quoted(array.as_string::<i64>().value(row)),
        DataType::Utf8View => quoted(array.as_string_view().value(row)),
        DataType::Binary => hexadecimal(array.as_binary::<i32>().value(row)),
        DataType::LargeBinary => hexadecimal(array.as_binary::<i64>().value(row)),
        DataType::BinaryView => hexadecimal(array.as_binary_view().value(row)),
        DataType::FixedSizeBinary(_) => hexadecimal(array.as_fixed_size_binary().value(row)),
        _ => return None,
    })
}

/// As serde_json writes it; neither numbers nor texts fail.
fn quoted<T: serde::Serialize + ?Sized>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_else(|_| "null".into())
}

fn hexadecimal(bytes: &[u8]) -> String {
    let digits = bytes.iter().map(|byte| format!("{byte:02x}"));
    format!("\"{}\"", digits.collect::<String>())
}

/// The elements of a list of any kind.
pub(crate) fn items(array: &dyn Array, row: usize) -> Option<ArrayRef> {
    Some(match array.data_type() {
        DataType::List(_) => array.as_list::<i32>().value(row),
        DataType::LargeList(_) => array.as_list::<i64>().value(row),
        DataType::ListView(_) => array.as_list_view::<i32>().value(row),
        DataType::LargeListView(_) => array.as_list_view::<i64>().value(row),
        DataType::FixedSizeList(..) => array.as_fixed_size_list().value(row),
        _ => return None,
    })
}

fn list(items: &ArrayRef, out: &mut String) -> Result<(), String> {
    out.push('[');
    for row in 0..items.len() {
        if row > 0 {
            out.push(',');
        }
        write(items, row, out)?;
    }
    out.push(']');
    Ok(())
}

fn object(array: &dyn Array, row: usize, out: &mut String) -> Result<(), String> {
    let parts = array.as_struct();
    out.push('{');
    for (index, (name, column)) in parts
        .column_names()
        .into_iter()
        .zip(parts.columns())
        .enumerate()
    {
        if index > 0 {
            out.push(',');
        }
        out.push_str(&quoted(name));
        out.push(':');
        write(column, row, out)?;
    }
    out.push('}');
    Ok(())
}

/// An object where keys are texts; a list of keys and values otherwise.
fn map(array: &dyn Array, row: usize, out: &mut String) -> Result<(), String> {
    let entries = array.as_map().value(row);
    let (keys, values) = (entries.column(0), entries.column(1));
    let named = matches!(
        keys.data_type(),
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View
    );
    out.push(if named { '{' } else { '[' });
    for index in 0..entries.len() {
        if index > 0 {
            out.push(',');
        }
        out.push_str(if named { "" } else { "[" });
        write(keys, index, out)?;
        out.push(if named { ':' } else { ',' });
        write(values, index, out)?;
        out.push_str(if named { "" } else { "]" });
    }
    out.push(if named { '}' } else { ']' });
    Ok(())
}

/// Decimals, and everything about time.
fn formatted(array: &dyn Array, row: usize, out: &mut String) -> Result<(), String> {
    let kind = array.data_type();
    if !kind.is_temporal() && !kind.is_decimal() {
        return Err(format!("a value of type {kind} cannot be written as JSON"));
    }
    let array = in_utc(array.slice(row, 1))?;
    let text = ArrayFormatter::try_new(&array, &FormatOptions::new())
        .and_then(|formatter| formatter.value(0).try_to_string())
        .map_err(|error| format!("a value of type {kind} has no text: {error}"))?;
    if text == "<invalid>" {
        return Err(format!(
            "a value of type {kind} has no text: it is out of range"
        ));
    }
    if kind.is_decimal() {
        out.push_str(&text);
    } else {
        out.push_str(&quoted(&text));
    }
    Ok(())
}

/// Names of zones need a table of their history; the instants that a column stores do not.
fn in_utc(array: ArrayRef) -> Result<ArrayRef, String> {
    let DataType::Timestamp(unit, Some(_)) = array.data_type() else {
        return Ok(array);
    };
    let kind = DataType::Timestamp(*unit, Some("+00:00".into()));
    let data = array.to_data().into_builder().data_type(kind).build();
    data.map(make_array).map_err(|error| error.to_string())
}
