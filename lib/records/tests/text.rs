//! The text that a value of any type stands for.

// Helpers of tests fail a test by panicking.
#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use arrow::array::*;
use arrow::datatypes::{DataType, Field, Int64Type};
use records::{Cell, Row};
use serde_json::json;
use serde_json::value::RawValue;

fn raw(text: &str) -> Cell {
    Cell::Raw(RawValue::from_string(text.into()).unwrap())
}

fn arrow(array: impl Array + 'static) -> Cell {
    Cell::Arrow(Arc::new(array))
}

#[test]
fn numbers_keep_their_digits_in_every_form() {
    let decimal = |value, scale| {
        let array = Decimal128Array::from(vec![value]);
        arrow(array.with_precision_and_scale(38, scale).unwrap())
    };
    let long = 100_000_000_000_000_000_000_000_000_001;
    let one = vec![Some(vec![Some(3)])];
    let expectations = [
        (
            raw("100000000000000000000000000001"),
            "100000000000000000000000000001",
        ),
        (decimal(long, 0), "100000000000000000000000000001"),
        (decimal(long, 2), "1000000000000000000000000000.01"),
        (decimal(-500, 2), "-5"),
        (decimal(150, 2), "1.50"),
        (raw("2.50"), "2.50"),
        (raw("27.0"), "27"),
        (raw("1e-7"), "1e-7"),
        (
            raw("0.1000000000000000055511151231257827"),
            "0.1000000000000000055511151231257827",
        ),
        (Cell::Int(i64::MIN), "-9223372036854775808"),
        (
            arrow(UInt64Array::from(vec![u64::MAX])),
            "18446744073709551615",
        ),
        (arrow(Int8Array::from(vec![-7])), "-7"),
        (arrow(Float64Array::from(vec![27.0])), "27"),
        (arrow(Float64Array::from(vec![0.1])), "0.1"),
        (arrow(Float32Array::from(vec![0.1])), "0.1"),
        (Cell::Float32(0.1), "0.1"),
        (
            arrow(Float64Array::from(vec![2f64.powi(127)])),
            "170141183460469231731687303715884105728",
        ),
        (Cell::Bool(true), "true"),
        (raw("false"), "false"),
        (arrow(BooleanArray::from(vec![false])), "false"),
        (Cell::Text(" x ".into()), " x "),
        (raw("\"\\u00e9\""), "é"),
        (arrow(LargeStringArray::from(vec!["é"])), "é"),
        (arrow(StringViewArray::from(vec!["é"])), "é"),
        (
            arrow(DictionaryArray::<arrow::datatypes::Int8Type>::from_iter([
                "x",
            ])),
            "x",
        ),
        (raw("[\"3\"]"), "3"),
        (raw("[[1.50]]"), "1.50"),
        (Cell::Json(json!(["3"])), "3"),
        (Cell::Int32s(vec![3]), "3"),
        (
            arrow(ListArray::from_iter_primitive::<Int64Type, _, _>(one)),
            "3",
        ),
        (arrow(Date32Array::from(vec![19_724])), "2024-01-02"),
    ];
    for (cell, expected) in expectations {
        assert_eq!(cell.to_text().as_deref(), Ok(expected), "{cell:?}");
    }
}

#[test]
fn what_is_no_single_value_is_named() {
    let two = vec![Some(vec![Some(1), Some(2)])];
    let expectations = [
        (Cell::Null, "expected a string or a number, found null"),
        (
            arrow(NullArray::new(1)),
            "expected a string or a number, found null",
        ),
        (
            arrow(StringArray::from(vec![None::<&str>])),
            "expected a string or a number, found null",
        ),
        (raw("[null]"), "expected a string or a number, found null"),
        (
            raw("{\"a\":1}"),
            "expected a string or a number, found object",
        ),
        (raw("[1,2]"), "expected one value, found a list of 2"),
        (raw("[]"), "expected one value, found an empty list"),
        (
            Cell::Bools(vec![]),
            "expected one value, found an empty list",
        ),
        (
            arrow(ListArray::from_iter_primitive::<Int64Type, _, _>(two)),
            "expected one value, found a list of 2",
        ),
        (
            arrow(Float64Array::from(vec![f64::NAN])),
            "expected a finite number, found NaN",
        ),
    ];
    for (cell, expected) in expectations {
        assert_eq!(
            cell.to_text().unwrap_err().to_string(),
            expected,
            "{cell:?}"
        );
    }
}

#[test]
fn whole_floats_beyond_their_digits_are_told() {
    assert!(arrow(Float64Array::from(vec![2f64.powi(53)])).may_have_lost_digits());
    assert!(!arrow(Float64Array::from(vec![2f64.powi(53) - 1.0])).may_have_lost_digits());
    assert!(arrow(Float32Array::from(vec![16_777_216.0])).may_have_lost_digits());
    assert!(!arrow(Int64Array::from(vec![i64::MAX])).may_have_lost_digits());
}

#[test]
fn a_path_leads_into_objects_of_both_formats() {
    let inner = StructArray::from(vec![(
        Arc::new(Field::new("ground_truth", DataType::Utf8, true)),
        Arc::new(StringArray::from(vec!["3"])) as ArrayRef,
    )]);
    for cell in [
        arrow(inner),
        raw("{\"ground_truth\":\"3\",\"deep\":{\"n\":100000000000000000000000000001}}"),
        Cell::Json(json!({"ground_truth": "3"})),
    ] {
        let mut row = Row::new();
        row.set("reward_model", cell);
        assert_eq!(row.to_text("reward_model.ground_truth").as_deref(), Ok("3"));
        let missing = row.to_text("reward_model.nothing").unwrap_err().to_string();
        assert_eq!(
            missing,
            "field \"reward_model.nothing\": missing, expected a string or a number"
        );
    }
    let mut row = Row::new();
    row.set("a", raw("{\"b\":{\"c\":100000000000000000000000000001}}"));
    row.set("a.b", "by name");
    assert_eq!(row.to_text("a.b").as_deref(), Ok("by name"));
    assert_eq!(
        row.to_text("a.b.c").as_deref(),
        Ok("100000000000000000000000000001")
    );
    assert!(row.find("a.b.c.d").is_none() && row.find("x.y").is_none() && row.find(".").is_none());
}
