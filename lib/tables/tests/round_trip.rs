//! JSONL and Parquet hold the same: what goes through both comes out bit for bit.

// Helpers of tests fail a test by panicking.
#![allow(clippy::unwrap_used)]

use std::path::Path;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, Float64Array, Int32Array, LargeStringArray, ListArray, RecordBatch,
    TimestampMicrosecondArray,
};
use arrow::datatypes::Int64Type;
use parquet::arrow::ArrowWriter;
use proptest::prelude::*;
use records::{Attempt, AttemptStop, Cell, FIELDS, FieldType, Row, Verdict};
use tempfile::TempDir;

fn write(path: &Path, rows: &[Row]) {
    let mut writer = tables::create(path, None).unwrap();
    rows.iter()
        .for_each(|row| writer.write(row.clone()).unwrap());
    writer.finish().unwrap();
}

fn cells(rows: &[Row]) -> Vec<Vec<(String, Cell)>> {
    let owned = |row: &Row| {
        row.cells()
            .map(|(name, cell)| (name.into(), cell.clone()))
            .collect()
    };
    rows.iter().map(owned).collect()
}

fn text(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap()
}

fn finite() -> impl Strategy<Value = f32> {
    any::<u32>()
        .prop_map(f32::from_bits)
        .prop_filter("finite", |number| number.is_finite())
}

fn attempt() -> impl Strategy<Value = Attempt> {
    let verdicts = prop::sample::select(Verdict::ALL);
    let stops = prop::sample::select(AttemptStop::ALL);
    (
        any::<i32>(),
        any::<i32>(),
        ".*",
        prop::option::of(".*"),
        verdicts,
        stops,
        prop::option::of(finite()),
    )
        .prop_map(
            |(start, end, text, answer, verdict, stop, reward)| Attempt {
                start,
                end,
                text,
                answer,
                verdict,
                stop,
                reward,
            },
        )
}

fn value(kind: FieldType) -> BoxedStrategy<Cell> {
    let some = match kind {
        FieldType::Text => ".*".prop_map(Cell::Text).boxed(),
        FieldType::Bool => any::<bool>().prop_map(Cell::Bool).boxed(),
        FieldType::Int32 => any::<i32>().prop_map(|n| Cell::Int(n.into())).boxed(),
        FieldType::Int64 => any::<i64>().prop_map(Cell::Int).boxed(),
        FieldType::Float32 => finite().prop_map(Cell::Float32).boxed(),
        FieldType::Bools => prop::collection::vec(any::<bool>(), 0..9)
            .prop_map(Cell::Bools)
            .boxed(),
        FieldType::Int32s => prop::collection::vec(any::<i32>(), 0..9)
            .prop_map(Cell::Int32s)
            .boxed(),
        FieldType::Float32s => prop::collection::vec(finite(), 0..9)
            .prop_map(Cell::Float32s)
            .boxed(),
        FieldType::Attempts => prop::collection::vec(attempt(), 0..3)
            .prop_map(Cell::Attempts)
            .boxed(),
    };
    prop_oneof![4 => some, 1 => Just(Cell::Null)].boxed()
}

/// A row with every known field.
fn row() -> impl Strategy<Value = Row> {
    let values: Vec<_> = FIELDS.iter().map(|field| value(field.kind)).collect();
    values.prop_map(|values| {
        let mut row = Row::new();
        FIELDS
            .iter()
            .zip(values)
            .for_each(|(field, value)| row.set(field.name, value));
        row
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn known_fields_survive_both_formats(rows in prop::collection::vec(row(), 1..4)) {
        let folder = TempDir::new().unwrap();
        let (jsonl, parquet) = (folder.path().join("a.jsonl"), folder.path().join("a.parquet"));
        write(&jsonl, &rows);
        let read = tables::read_all(&jsonl, None).unwrap();
        prop_assert_eq!(cells(&read), cells(&rows));
        write(&parquet, &read);
        let read = tables::read_all(&parquet, None).unwrap();
        prop_assert_eq!(cells(&read), cells(&rows));
    }
}

/// The shortest decimal of this number is rounded wrongly by way of a double.
#[test]
fn single_precision_is_read_as_such() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("a.jsonl");
    std::fs::write(
        &path,
        "{\"reward\":7.038531e-26,\"values\":[7.038531e-26]}\n",
    )
    .unwrap();
    let rows = tables::read_all(&path, None).unwrap();
    let expected = "7.038531e-26".parse::<f32>().unwrap();
    assert_eq!(
        rows[0].float32("reward").unwrap().to_bits(),
        expected.to_bits()
    );
    assert_eq!(
        rows[0].float32s("values").unwrap()[0].to_bits(),
        expected.to_bits()
    );
}

const FOREIGN: &str = r#"{"whole":27.0,"count":3,"deep":{"z":1,"a":[1,2.50,{"k":null}]},"huge":123456789012345678901234567890,"long":0.1000000000000000055511151231257827,"flag":true,"mixed":1,"wide":9007199254740993,"note":"é\n\"","nothing":null,"question":"?"}
{"whole":0.1,"count":-9007199254740993,"deep":[],"huge":1e400,"long":0.5,"flag":false,"mixed":"x","wide":0.5,"note":"","nothing":null,"question":"!"}
"#;

#[test]
fn unknown_fields_are_passed_through_to_the_letter() {
    let folder = TempDir::new().unwrap();
    let paths =
        ["a.jsonl", "b.parquet", "c.parquet", "d.jsonl"].map(|name| folder.path().join(name));
    std::fs::write(&paths[0], FOREIGN).unwrap();
    for pair in paths.windows(2) {
        write(&pair[1], &tables::read_all(&pair[0], None).unwrap());
    }
    assert_eq!(text(&paths[3]), FOREIGN);
}

/// Spelling may change, the value may not; a column of numbers is one for other programs, too.
#[test]
fn numbers_of_mixed_spelling_are_a_column_of_doubles() {
    let folder = TempDir::new().unwrap();
    let paths = ["a.jsonl", "b.parquet", "c.jsonl"].map(|name| folder.path().join(name));
    std::fs::write(&paths[0], "{\"x\":1e-05}\n{\"x\":2}\n{\"x\":2.50}\n").unwrap();
    for pair in paths.windows(2) {
        write(&pair[1], &tables::read_all(&pair[0], None).unwrap());
    }
    assert_eq!(
        column_type(&paths[1], "x"),
        arrow::datatypes::DataType::Float64
    );
    assert_eq!(
        text(&paths[2]),
        "{\"x\":0.00001}\n{\"x\":2.0}\n{\"x\":2.5}\n"
    );
}

/// Each of these is another number once a double has held it.
#[test]
fn numbers_that_a_double_would_change_stay_as_they_are_written() {
    let folder = TempDir::new().unwrap();
    let paths = ["a.jsonl", "b.parquet", "c.jsonl"].map(|name| folder.path().join(name));
    for number in [
        "1e-400",
        "0.10000000000000001",
        "4.9406564584124654e-324",
        "-1e999",
    ] {
        let line = format!("{{\"x\":{number}}}\n");
        std::fs::write(&paths[0], &line).unwrap();
        for pair in paths.windows(2) {
            write(&pair[1], &tables::read_all(&pair[0], None).unwrap());
        }
        assert_eq!(text(&paths[2]), line);
    }
}

#[test]
fn a_pretty_printed_array_becomes_lines() {
    let folder = TempDir::new().unwrap();
    let (array, lines) = (folder.path().join("a.json"), folder.path().join("b.jsonl"));
    std::fs::write(
        &array,
        "[\n  {\"a\": {\n \"b c\": [1,\n 2.0]},\n \"s\": \"x \\\" y\"}\n]\n",
    )
    .unwrap();
    let rows: Result<Vec<Row>, _> = tables::open_data(&array, None).unwrap().collect();
    write(&lines, &rows.unwrap());
    assert_eq!(
        text(&lines),
        "{\"a\":{\"b c\":[1,2.0]},\"s\":\"x \\\" y\"}\n"
    );
}

/// A file as pandas or polars may write it: wide types for known fields, and columns of their own.
fn foreign_file(path: &Path) {
    let lists = vec![Some(vec![Some(1i64), Some(2)]), None];
    let columns: Vec<(&str, ArrayRef)> = vec![
        (
            "question_id",
            Arc::new(LargeStringArray::from(vec!["a", "b"])),
        ),
        (
            "attempts_allowed",
            Arc::new(arrow::array::Int64Array::from(vec![1, 2])),
        ),
        (
            "reward",
            Arc::new(Float64Array::from(vec![Some(0.5), None])),
        ),
        (
            "token_ids",
            Arc::new(ListArray::from_iter_primitive::<Int64Type, _, _>(lists)),
        ),
        (
            "when",
            Arc::new(TimestampMicrosecondArray::from(vec![Some(5), None])),
        ),
        ("small", Arc::new(Int32Array::from(vec![7, 8]))),
    ];
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let file = std::fs::File::create(path).unwrap();
    let mut writer = ArrowWriter::try_new(file, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
}

#[test]
fn parquet_of_other_programs_is_understood_and_its_columns_keep_their_types() {
    let folder = TempDir::new().unwrap();
    let (theirs, ours) = (
        folder.path().join("a.parquet"),
        folder.path().join("b.parquet"),
    );
    foreign_file(&theirs);
    let rows = tables::read_all(&theirs, None).unwrap();
    assert_eq!(rows[1].text("question_id").unwrap(), "b");
    assert_eq!(rows[1].int32("attempts_allowed").unwrap(), 2);
    assert_eq!(rows[0].float32("reward").unwrap(), 0.5);
    assert!(!rows[1].has("reward") && !rows[1].has("token_ids"));
    assert_eq!(rows[0].int32s("token_ids").unwrap(), [1, 2]);
    write(&ours, &rows);
    assert_eq!(column_type(&theirs, "when"), column_type(&ours, "when"));
    assert_eq!(column_type(&theirs, "small"), column_type(&ours, "small"));
    assert_eq!(cells(&tables::read_all(&ours, None).unwrap()), cells(&rows));
}

fn column_type(path: &Path, name: &str) -> arrow::datatypes::DataType {
    let file = std::fs::File::open(path).unwrap();
    let reader =
        parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder::try_new(file).unwrap();
    reader
        .schema()
        .field_with_name(name)
        .unwrap()
        .data_type()
        .clone()
}

/// More rows than one row group holds; the last has other fields than the first.
#[test]
fn later_row_groups_fit_the_columns_of_the_first_or_are_refused() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("a.parquet");
    let many = |last: Cell| {
        let mut writer = tables::create(&path, None).unwrap();
        let mut row = Row::new();
        row.set("level", 1);
        for _ in 0..70_000 {
            writer.write(row.clone())?;
        }
        row.set("level", last);
        row.set("extra", Cell::Null);
        writer.write(row)?;
        writer.finish()
    };
    many(Cell::Null).unwrap();
    let rows = tables::read_all(&path, None).unwrap();
    assert_eq!((rows.len(), rows[69_999].int32("level")), (70_001, Ok(1)));
    assert!(!rows[70_000].has("level"));
    let refused = many(Cell::Text("high".into())).unwrap_err().to_string();
    assert!(
        refused.starts_with("field \"level\": does not fit the columns"),
        "{refused}"
    );
    assert_eq!(
        tables::read_all(&path, None).unwrap().len(),
        70_001,
        "the old file is gone"
    );
}

#[test]
fn parquet_without_rows_has_the_columns_of_the_field_table() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("empty.parquet");
    write(&path, &[]);
    assert_eq!(tables::read_all(&path, None).unwrap().len(), 0);
    assert_eq!(column_type(&path, "token_ids"), FieldType::Int32s.arrow());
}
