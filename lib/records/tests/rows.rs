//! Access to fields: values, and errors that say where and what.

// Helpers of tests fail a test by panicking.
#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use arrow::array::{ArrayRef, Int32Array, LargeStringArray, StructArray};
use records::{Cell, FieldError, Origin, Row, StopReason, Unit};
use serde_json::json;

fn row() -> Row {
    Row::at(Origin {
        source: "rollouts.jsonl".into(),
        unit: Unit::Line,
        number: 17,
    })
}

fn message<T: std::fmt::Debug>(result: Result<T, FieldError>) -> String {
    let text = result.unwrap_err().to_string();
    text.strip_prefix("rollouts.jsonl line 17: ")
        .unwrap()
        .to_owned()
}

#[test]
fn missing_null_and_mistyped_fields_are_told_apart() {
    let mut row = row();
    row.set("question", Cell::Null);
    row.set("token_ids", "text");
    row.set("attempts_used", 1i64 << 40);
    assert_eq!(
        message(row.text("answer")),
        "field \"answer\": missing, expected string"
    );
    assert_eq!(
        message(row.text("question")),
        "field \"question\": expected string, found null"
    );
    assert_eq!(
        message(row.int32s("token_ids")),
        "field \"token_ids\": expected list<int32>, found string"
    );
    assert_eq!(
        message(row.int32("attempts_used")),
        "field \"attempts_used\": expected int32, found 1099511627776"
    );
    assert_eq!(
        message(row.bool("token_ids")),
        "field \"token_ids\": expected bool, found string"
    );
}

#[test]
fn null_counts_as_absent() {
    let mut row = row();
    row.set("answer", None::<&str>);
    assert!(!row.has("answer") && !row.has("question"));
    assert_eq!(row.optional_text("answer"), Ok(None));
    assert_eq!(row.optional_text("question"), Ok(None));
}

#[test]
fn numbers_that_are_not_finite_are_located() {
    let mut row = row();
    row.set("reward", f32::NAN);
    row.set("values", vec![0.0, f32::INFINITY]);
    assert_eq!(
        message(row.float32("reward")),
        "field \"reward\": expected a finite number, found NaN"
    );
    let expected = "field \"values\": expected finite numbers, found inf at position 1";
    assert_eq!(message(row.float32s("values")), expected);
    assert!(row.check_finite().is_err());
}

#[test]
fn lists_have_one_element_per_token() {
    let mut row = row();
    row.set("token_ids", vec![1, 2, 3]);
    row.set("loss_mask", vec![true, false, true]);
    row.set("values", vec![0.5f32]);
    assert_eq!(row.same_length(&["loss_mask"]), Ok(3));
    let expected = "field \"values\": expected 3 elements like \"token_ids\", found 1";
    assert_eq!(message(row.same_length(&["loss_mask", "values"])), expected);
}

#[test]
fn words_are_checked_against_their_vocabulary() {
    let mut row = row();
    row.set("stop_reason", "solved");
    assert_eq!(row.word("stop_reason"), Ok(StopReason::Solved));
    row.set("stop_reason", "tired");
    let expected =
        "field \"stop_reason\": expected one of solved, exhausted, length, found \"tired\"";
    assert_eq!(message(row.word::<StopReason>("stop_reason")), expected);
}

#[test]
fn fields_keep_their_order() {
    let mut row = row();
    ["b", "a", "c"]
        .into_iter()
        .for_each(|name| row.set(name, 1));
    row.set("a", 2);
    row.remove("b");
    assert_eq!(serde_json::to_string(&row).unwrap(), "{\"a\":2,\"c\":1}");
}

#[test]
fn values_of_foreign_columns_can_be_used() {
    let mut row = row();
    let text: ArrayRef = Arc::new(LargeStringArray::from(vec!["é"]));
    let number: ArrayRef = Arc::new(Int32Array::from(vec![7]));
    let pair = StructArray::from(vec![(
        Arc::new(arrow::datatypes::Field::new(
            "n",
            number.data_type().clone(),
            true,
        )),
        number.clone(),
    )]);
    row.set("response", text);
    row.set("level", number);
    row.set("pair", Arc::new(pair) as ArrayRef);
    assert_eq!(row.text("response"), Ok("é"));
    assert_eq!((row.int32("level"), row.float32("level")), (Ok(7), Ok(7.0)));
    assert_eq!(row.decode::<serde_json::Value>("pair"), Ok(json!({"n": 7})));
    let expected = "{\"response\":\"é\",\"level\":7,\"pair\":{\"n\":7}}";
    assert_eq!(serde_json::to_string(&row).unwrap(), expected);
}

#[test]
fn any_field_can_be_decoded_by_its_only_reader() {
    let mut row = row();
    row.set("demonstration", json!(["one", "two"]));
    let texts: Vec<String> = row.decode("demonstration").unwrap();
    assert_eq!(texts, ["one", "two"]);
    let error = message(row.decode::<Vec<i32>>("demonstration"));
    assert!(
        error.starts_with("field \"demonstration\": invalid type: string \"one\""),
        "{error}"
    );
}
