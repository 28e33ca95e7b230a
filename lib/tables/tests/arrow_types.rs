//! What every type of Arrow becomes in JSONL, straight and by way of Parquet: a table.

// Helpers of tests fail a test by panicking.
#![allow(clippy::unwrap_used)]

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;

use arrow::array::*;
use arrow::compute::cast;
use arrow::datatypes::*;
use parquet::arrow::ArrowWriter;
use records::{Cell, Origin, Row, Unit};
use tempfile::TempDir;

/// A name, a column of one row, and the JSON text that is expected.
type Case = (&'static str, ArrayRef, &'static str);

fn case(name: &'static str, array: impl Array + 'static, json: &'static str) -> Case {
    (name, Arc::new(array), json)
}

fn numbers() -> Vec<Case> {
    vec![
        case("null", NullArray::new(1), "null"),
        case("bool", BooleanArray::from(vec![true]), "true"),
        case("int8", Int8Array::from(vec![i8::MIN]), "-128"),
        case("int16", Int16Array::from(vec![i16::MIN]), "-32768"),
        case("int32", Int32Array::from(vec![i32::MIN]), "-2147483648"),
        case(
            "int64",
            Int64Array::from(vec![i64::MIN]),
            "-9223372036854775808",
        ),
        case("uint8", UInt8Array::from(vec![u8::MAX]), "255"),
        case("uint16", UInt16Array::from(vec![u16::MAX]), "65535"),
        case("uint32", UInt32Array::from(vec![u32::MAX]), "4294967295"),
        case(
            "uint64",
            UInt64Array::from(vec![u64::MAX]),
            "18446744073709551615",
        ),
        case("float32", Float32Array::from(vec![0.1]), "0.1"),
        case("float64", Float64Array::from(vec![0.1]), "0.1"),
        case("nan", Float64Array::from(vec![f64::NAN]), "null"),
        case("infinity", Float32Array::from(vec![f32::INFINITY]), "null"),
        (
            "float16",
            cast(&Float32Array::from(vec![0.5]), &DataType::Float16).unwrap(),
            "0.5",
        ),
        case(
            "decimal32",
            Decimal32Array::from(vec![-150])
                .with_precision_and_scale(9, 2)
                .unwrap(),
            "-1.50",
        ),
        case(
            "decimal64",
            Decimal64Array::from(vec![5])
                .with_precision_and_scale(18, 4)
                .unwrap(),
            "0.0005",
        ),
        case(
            "decimal128",
            Decimal128Array::from(vec![12345678901234567890123456789])
                .with_precision_and_scale(38, 0)
                .unwrap(),
            "12345678901234567890123456789",
        ),
        case(
            "decimal256",
            Decimal256Array::from(vec![
                arrow::datatypes::i256::from_string(
                    "1234567890123456789012345678901234567890123456789",
                )
                .unwrap(),
            ])
            .with_precision_and_scale(76, 1)
            .unwrap(),
            "123456789012345678901234567890123456789012345678.9",
        ),
    ]
}

fn texts() -> Vec<Case> {
    let bytes: &[u8] = &[0, 255];
    vec![
        case("utf8", StringArray::from(vec!["é\"\n"]), r#""é\"\n""#),
        case("large utf8", LargeStringArray::from(vec!["é"]), r#""é""#),
        case("utf8 view", StringViewArray::from(vec!["é"]), r#""é""#),
        case("missing", StringArray::from(vec![None::<&str>]), "null"),
        case("binary", BinaryArray::from(vec![bytes]), r#""00ff""#),
        case(
            "large binary",
            LargeBinaryArray::from(vec![bytes]),
            r#""00ff""#,
        ),
        case(
            "binary view",
            BinaryViewArray::from(vec![bytes]),
            r#""00ff""#,
        ),
        (
            "fixed size binary",
            Arc::new(FixedSizeBinaryArray::try_from_iter([bytes].into_iter()).unwrap()),
            r#""00ff""#,
        ),
    ]
}

fn times() -> Vec<Case> {
    let instant = 1_704_153_600;
    vec![
        case("date32", Date32Array::from(vec![19_724]), r#""2024-01-02""#),
        case(
            "date64",
            Date64Array::from(vec![instant * 1000]),
            r#""2024-01-02T00:00:00""#,
        ),
        case(
            "time32 s",
            Time32SecondArray::from(vec![3661]),
            r#""01:01:01""#,
        ),
        case(
            "time32 ms",
            Time32MillisecondArray::from(vec![3_661_005]),
            r#""01:01:01.005""#,
        ),
        case(
            "time64 us",
            Time64MicrosecondArray::from(vec![3_661_000_005]),
            r#""01:01:01.000005""#,
        ),
        case(
            "time64 ns",
            Time64NanosecondArray::from(vec![3_661_000_000_005]),
            r#""01:01:01.000000005""#,
        ),
        case(
            "timestamp s",
            TimestampSecondArray::from(vec![instant]),
            r#""2024-01-02T00:00:00""#,
        ),
        case(
            "timestamp s UTC",
            TimestampSecondArray::from(vec![instant]).with_timezone("UTC"),
            r#""2024-01-02T00:00:00Z""#,
        ),
        case(
            "timestamp ms",
            TimestampMillisecondArray::from(vec![instant * 1000 + 5]),
            r#""2024-01-02T00:00:00.005""#,
        ),
        case(
            "timestamp ms named zone",
            TimestampMillisecondArray::from(vec![instant * 1000]).with_timezone("Europe/Berlin"),
            r#""2024-01-02T00:00:00Z""#,
        ),
        case(
            "timestamp us",
            TimestampMicrosecondArray::from(vec![5]),
            r#""1970-01-01T00:00:00.000005""#,
        ),
        case(
            "timestamp us offset",
            TimestampMicrosecondArray::from(vec![instant * 1_000_000]).with_timezone("+05:30"),
            r#""2024-01-02T00:00:00Z""#,
        ),
        case(
            "timestamp ns",
            TimestampNanosecondArray::from(vec![5]),
            r#""1970-01-01T00:00:00.000000005""#,
        ),
        case(
            "timestamp ns no such zone",
            TimestampNanosecondArray::from(vec![instant * 1_000_000_000])
                .with_timezone("Mars/Base"),
            r#""2024-01-02T00:00:00Z""#,
        ),
        case(
            "duration s",
            DurationSecondArray::from(vec![90]),
            r#""PT90S""#,
        ),
        case(
            "duration ms",
            DurationMillisecondArray::from(vec![5]),
            r#""PT0.005S""#,
        ),
        case(
            "duration us",
            DurationMicrosecondArray::from(vec![5]),
            r#""PT0.000005S""#,
        ),
        case(
            "duration ns",
            DurationNanosecondArray::from(vec![5]),
            r#""PT0.000000005S""#,
        ),
        case(
            "interval months",
            IntervalYearMonthArray::from(vec![14]),
            r#""1 years 2 mons""#,
        ),
        case(
            "interval days",
            IntervalDayTimeArray::from(vec![IntervalDayTime::new(1, 2000)]),
            r#""1 days 2.000 secs""#,
        ),
        case(
            "interval all",
            IntervalMonthDayNanoArray::from(vec![IntervalMonthDayNano::new(1, 2, 3)]),
            r#""1 mons 2 days 0.000000003 secs""#,
        ),
    ]
}

fn nested() -> Vec<Case> {
    let some = || vec![Some(vec![Some(1), None])];
    let list = ListArray::from_iter_primitive::<Int32Type, _, _>(some());
    let item = Arc::new(Field::new("element", DataType::Int32, true));
    let of = |kind: DataType| cast(&list, &kind).unwrap();
    let pair = StructArray::from(vec![
        (
            Arc::new(Field::new("a", DataType::Utf8, true)),
            Arc::new(StringArray::from(vec!["x"])) as ArrayRef,
        ),
        (
            Arc::new(Field::new("b", list.data_type().clone(), true)),
            Arc::new(list.clone()),
        ),
    ]);
    let mut named = MapBuilder::new(None, StringBuilder::new(), Int32Builder::new());
    named.keys().append_value("k");
    named.values().append_value(1);
    named.append(true).unwrap();
    let mut numbered = MapBuilder::new(None, Int32Builder::new(), Int32Builder::new());
    numbered.keys().append_value(7);
    numbered.values().append_null();
    numbered.append(true).unwrap();
    vec![
        case("list", list.clone(), "[1,null]"),
        (
            "large list",
            of(DataType::LargeList(item.clone())),
            "[1,null]",
        ),
        (
            "fixed size list",
            of(DataType::FixedSizeList(item.clone(), 2)),
            "[1,null]",
        ),
        (
            "list view",
            of(DataType::ListView(item.clone())),
            "[1,null]",
        ),
        (
            "large list view",
            of(DataType::LargeListView(item)),
            "[1,null]",
        ),
        case("struct", pair, r#"{"a":"x","b":[1,null]}"#),
        case("map", named.finish(), r#"{"k":1}"#),
        case("map of other keys", numbered.finish(), "[[7,null]]"),
    ]
}

fn encodings() -> Vec<Case> {
    let kinds = [
        DataType::Int8,
        DataType::Int16,
        DataType::Int32,
        DataType::Int64,
        DataType::UInt8,
        DataType::UInt16,
        DataType::UInt32,
        DataType::UInt64,
    ];
    let words = StringArray::from(vec!["x"]);
    let mut cases: Vec<Case> = kinds
        .into_iter()
        .map(|key| {
            let kind = DataType::Dictionary(key.into(), DataType::Utf8.into());
            ("dictionary of text", cast(&words, &kind).unwrap(), r#""x""#)
        })
        .collect();
    let numbers = Int64Array::from(vec![1 << 60]);
    let kind = DataType::Dictionary(DataType::Int8.into(), DataType::Int64.into());
    cases.push((
        "dictionary of numbers",
        cast(&numbers, &kind).unwrap(),
        "1152921504606846976",
    ));
    let absent = StringArray::from(vec![None::<&str>]);
    let kind = DataType::Dictionary(DataType::Int8.into(), DataType::Utf8.into());
    cases.push((
        "dictionary without value",
        cast(&absent, &kind).unwrap(),
        "null",
    ));
    let inner = DictionaryArray::<Int32Type>::from_iter(["x", "y"]);
    let field = Arc::new(Field::new("element", inner.data_type().clone(), true));
    let offsets = arrow::buffer::OffsetBuffer::from_lengths([2]);
    let list = ListArray::new(field, offsets, Arc::new(inner), None);
    cases.push(case("list of dictionary", list, r#"["x","y"]"#));
    let runs = RunArray::<Int32Type>::try_new(&Int32Array::from(vec![1]), &words).unwrap();
    cases.push(case("runs", runs, r#""x""#));
    let fields = UnionFields::try_new(
        vec![0, 1],
        vec![
            Field::new("n", DataType::Int32, true),
            Field::new("s", DataType::Utf8, true),
        ],
    )
    .unwrap();
    let union = UnionArray::try_new(
        fields,
        vec![1i8].into(),
        None,
        vec![
            Arc::new(Int32Array::from(vec![1])),
            Arc::new(StringArray::from(vec!["x"])),
        ],
    )
    .unwrap();
    cases.push(case("union", union, r#""x""#));
    cases
}

fn table() -> Vec<Case> {
    [numbers(), texts(), times(), nested(), encodings()].concat()
}

fn row(array: &ArrayRef) -> Row {
    let mut row = Row::at(Origin {
        source: "a.parquet".into(),
        unit: Unit::Row,
        number: 1,
    });
    row.set("extra", array.clone());
    row
}

fn written(rows: &[Row], path: &Path) -> Result<(), tables::TableError> {
    let mut writer = tables::create(path, None)?;
    for row in rows {
        writer.write(row.clone())?;
    }
    writer.finish()
}

fn line(json: &str) -> String {
    format!("{{\"extra\":{json}}}\n")
}

#[test]
fn every_type_has_its_form_in_json() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("a.jsonl");
    for (name, array, json) in table() {
        written(&[row(&array)], &path).unwrap();
        assert_eq!(
            std::fs::read_to_string(&path).unwrap(),
            line(json),
            "{name}"
        );
    }
}

/// A file as another program writes it; none where Parquet has no place for the type.
fn theirs(array: &ArrayRef, path: &Path) -> Option<()> {
    let field = Field::new("extra", array.data_type().clone(), true);
    let schema = Arc::new(Schema::new(vec![field]));
    let batch = RecordBatch::try_new(schema.clone(), vec![array.clone()]).unwrap();
    let write = || {
        let file = std::fs::File::create(path).unwrap();
        let mut writer = ArrowWriter::try_new(file, schema, None).ok()?;
        writer.write(&batch).ok()?;
        writer.close().ok().map(drop)
    };
    catch_unwind(AssertUnwindSafe(write)).ok().flatten()
}

/// Their Parquet, our Parquet, our JSONL, our Parquet again: the value stays.
#[test]
fn every_type_that_parquet_holds_passes_through_all_formats() {
    let folder = TempDir::new().unwrap();
    let at = |name: &str| folder.path().join(name);
    let mut not_in_parquet = Vec::new();
    for (name, array, json) in table() {
        if theirs(&array, &at("theirs.parquet")).is_none() {
            not_in_parquet.push(name);
            continue;
        }
        let paths = [
            "theirs.parquet",
            "ours.parquet",
            "a.jsonl",
            "again.parquet",
            "b.jsonl",
        ];
        for pair in paths.windows(2) {
            let rows = tables::read_all(&at(pair[0]), None)
                .unwrap_or_else(|error| panic!("{name}, {}: {error}", pair[0]));
            written(&rows, &at(pair[1])).unwrap_or_else(|error| panic!("{name}: {error}"));
        }
        let text = |file| std::fs::read_to_string(at(file)).unwrap();
        assert_eq!(text("a.jsonl"), line(json), "{name}");
        let value = |text: String| serde_json::from_str::<serde_json::Value>(&text).unwrap();
        assert_eq!(value(text("b.jsonl")), value(line(json)), "{name}");
    }
    assert_eq!(not_in_parquet, NOT_IN_PARQUET);
}

/// Nor can they come from a file, then.
const NOT_IN_PARQUET: &[&str] = &["interval all", "union"];

#[test]
fn a_type_that_parquet_has_no_place_for_is_named() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("a.parquet");
    for (name, array, _) in table() {
        if NOT_IN_PARQUET.contains(&name) {
            let error = written(&[row(&array)], &path).unwrap_err().to_string();
            let expected = "field \"extra\": a column of type ";
            assert!(error.starts_with(expected), "{name}: {error}");
            assert!(
                error.contains("cannot be written as Parquet"),
                "{name}: {error}"
            );
        }
    }
}

/// The values at the ends of a type's range have no date; they are named, with their row, or written, and never a panic.
#[test]
fn times_out_of_range_are_named() {
    let ends: Vec<ArrayRef> = [i64::MIN, i64::MAX]
        .into_iter()
        .flat_map(|end| {
            let wide = Int64Array::from(vec![end]);
            let units = [
                TimeUnit::Second,
                TimeUnit::Millisecond,
                TimeUnit::Microsecond,
                TimeUnit::Nanosecond,
            ];
            let mut kinds = vec![DataType::Date64];
            for unit in units {
                kinds.push(DataType::Timestamp(unit, None));
                kinds.push(DataType::Timestamp(unit, Some("UTC".into())));
                kinds.push(DataType::Duration(unit));
            }
            kinds.push(DataType::Time64(TimeUnit::Microsecond));
            kinds.push(DataType::Time64(TimeUnit::Nanosecond));
            let of = move |kind: DataType| {
                let data = wide
                    .to_data()
                    .into_builder()
                    .data_type(kind)
                    .build()
                    .unwrap();
                make_array(data)
            };
            kinds.into_iter().map(of).collect::<Vec<_>>()
        })
        .chain([i32::MIN, i32::MAX].into_iter().flat_map(|end| {
            let arrays: [ArrayRef; 4] = [
                Arc::new(Date32Array::from(vec![end])),
                Arc::new(Time32SecondArray::from(vec![end])),
                Arc::new(Time32MillisecondArray::from(vec![end])),
                Arc::new(IntervalYearMonthArray::from(vec![end])),
            ];
            arrays
        }))
        .collect();
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("a.jsonl");
    let mut named = 0;
    for array in ends {
        if let Err(error) = written(&[row(&array)], &path) {
            let expected = format!(
                "a.parquet row 1: field \"extra\": a value of type {} has no text: ",
                array.data_type()
            );
            assert!(error.to_string().starts_with(&expected), "{error}");
            named += 1;
        } else {
            let text = std::fs::read_to_string(&path).unwrap();
            assert!(
                !text.contains("ERROR") && !text.contains("invalid"),
                "{text}"
            );
        }
    }
    assert!(named > 8, "{named}");
}

/// Known fields in the encodings that pandas, polars and pyarrow choose for them.
#[test]
fn known_fields_are_read_from_dictionaries_and_columns_of_no_type() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("a.parquet");
    let words: ArrayRef = Arc::new(StringArray::from(vec!["x", "y"]));
    let whole: ArrayRef = Arc::new(Int64Array::from(vec![1, 2]));
    let dictionary = |array: &ArrayRef| {
        let kind = DataType::Dictionary(DataType::UInt8.into(), array.data_type().clone().into());
        cast(array, &kind).unwrap()
    };
    let nothing = Arc::new(Field::new("element", DataType::Null, true));
    let offsets = arrow::buffer::OffsetBuffer::from_lengths([0, 0]);
    let empty = ListArray::new(nothing, offsets, Arc::new(NullArray::new(0)), None);
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("question", dictionary(&words)),
        ("source", dictionary(&words)),
        ("question_id", dictionary(&words)),
        ("attempts_allowed", dictionary(&whole)),
        ("answer", Arc::new(NullArray::new(2))),
        ("attempts", Arc::new(empty.clone())),
        ("token_ids", Arc::new(empty)),
    ];
    let columns = columns.into_iter().map(|(name, array)| (name, array, true));
    let batch = RecordBatch::try_from_iter_with_nullable(columns).unwrap();
    let file = std::fs::File::create(&path).unwrap();
    let mut writer = ArrowWriter::try_new(file, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    let rows = tables::read_all(&path, None).unwrap();
    for field in ["question", "source", "question_id"] {
        assert_eq!(rows[1].text(field), Ok("y"));
    }
    assert_eq!(rows[1].int32("attempts_allowed"), Ok(2));
    assert!(!rows[0].has("answer"));
    assert_eq!(rows[0].get("answer"), Some(&Cell::Null));
    assert_eq!(rows[0].attempts("attempts"), Ok(&[][..]));
    assert_eq!(rows[0].int32s("token_ids"), Ok(&[][..]));
}
