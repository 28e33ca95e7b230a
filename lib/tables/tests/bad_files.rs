//! Broken input is named: file, line or row, field, what was expected. Broken output is not left behind.

// Helpers of tests fail a test by panicking.
#![allow(clippy::unwrap_used)]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, Int64Array, ListArray, RecordBatch, StringArray};
use arrow::datatypes::Int32Type;
use parquet::arrow::ArrowWriter;
use records::{Cell, Row};
use tables::{AtomicDirectory, AtomicFile, TableError};
use tempfile::TempDir;

struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.0.path()).unwrap();
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }
}

/// The error that reading gives, without the folder's name.
fn failure(path: &Path) -> String {
    let read = tables::open(path, None).and_then(|rows| rows.collect::<Result<Vec<Row>, _>>());
    let folder = format!("{}/", path.parent().unwrap().display());
    read.unwrap_err().to_string().replace(&folder, "")
}

fn jsonl(content: &str) -> String {
    failure(&Folder::new().file("a.jsonl", content))
}

#[test]
fn a_field_of_another_type_is_named() {
    let expectations = [
        (
            "{\"token_ids\":\"x\"}",
            "expected list<int32>, found string \"x\"",
            "token_ids",
        ),
        (
            "{\"token_ids\":[1,2.5]}",
            "expected int32, found floating point `2.5`",
            "token_ids",
        ),
        (
            "{\"attempts_allowed\":3000000000}",
            "expected int32, found integer `3000000000`",
            "attempts_allowed",
        ),
        (
            "{\"correct\":1}",
            "expected bool, found integer `1`",
            "correct",
        ),
        (
            "{\"question\":{}}",
            "expected string, found map",
            "question",
        ),
        (
            "{\"attempts\":[{\"start\":1}]}",
            "missing field `end`",
            "attempts",
        ),
        (
            "{\"reward\":NaN}",
            "expected a finite number, found NaN",
            "reward",
        ),
        (
            "{\"values\":[0.5,-Infinity]}",
            "expected a finite number, found -Infinity",
            "values",
        ),
        (
            "{\"values\":[0.5,1e39]}",
            "expected a finite number, found one out of range",
            "values",
        ),
    ];
    for (line, problem, field) in expectations {
        let expected = format!("a.jsonl line 3: field \"{field}\": {problem}");
        assert_eq!(jsonl(&format!("{{}}\n\n{line}\n")), expected);
    }
}

#[test]
fn a_long_value_is_not_printed_whole() {
    let error = jsonl(&format!("{{\"reward\":\"{}\"}}", "long".repeat(999)));
    assert!(error.len() < 200, "{error}");
}

#[test]
fn a_torn_line_is_called_torn() {
    assert_eq!(
        jsonl("{\"question\":\"a\"}\n{\"question\":\"b"),
        "a.jsonl line 2: the record is torn: it ends inside field \"question\" (EOF while parsing a string)"
    );
    assert_eq!(
        jsonl("{\"question\":\"b\n{}\n"),
        "a.jsonl line 1: the record is torn: it ends inside field \"question\" (EOF while parsing a string)"
    );
}

#[test]
fn what_is_no_object_is_refused() {
    assert_eq!(
        jsonl("[1]"),
        "a.jsonl line 1: expected a JSON object, found sequence"
    );
    assert_eq!(
        jsonl("{} {}"),
        "a.jsonl line 1: invalid JSON: trailing characters at column 4"
    );
    assert!(jsonl("nonsense").starts_with("a.jsonl line 1: invalid JSON"));
}

#[test]
fn bytes_that_are_not_text_are_located() {
    let path = Folder::new();
    let path = path.file("a.jsonl", b"{\"a\":\"\xff\"}");
    assert_eq!(failure(&path), "a.jsonl line 1: not valid UTF-8 at byte 7");
}

#[test]
fn parquet_named_jsonl_is_recognised() {
    let folder = Folder::new();
    let error = failure(&folder.file("a.jsonl", b"PAR1\x15\x04"));
    assert_eq!(
        error,
        "a.jsonl line 1: this is Parquet, expected JSONL; name the format"
    );
}

fn parquet(folder: &Folder, rows: &[Row]) -> PathBuf {
    let path = folder.0.path().join("a.parquet");
    let mut writer = tables::create(&path, None).unwrap();
    rows.iter()
        .for_each(|row| writer.write(row.clone()).unwrap());
    writer.finish().unwrap();
    path
}

fn some_rows() -> Vec<Row> {
    let row = |number: i32| {
        let mut row = Row::new();
        row.set("question", format!("question {number}"));
        row.set("token_ids", vec![number; 50]);
        row
    };
    (0..40).map(row).collect()
}

#[test]
fn parquet_cut_anywhere_is_an_error_that_names_the_file() {
    let folder = Folder::new();
    let whole = std::fs::read(parquet(&folder, &some_rows())).unwrap();
    for cut in (0..whole.len()).step_by(37) {
        let error = failure(&folder.file("cut.parquet", &whole[..cut]));
        assert!(
            error.starts_with("cut.parquet: not a readable Parquet file: "),
            "{cut}: {error}"
        );
    }
}

/// A Parquet file with a single column.
fn column(folder: &Folder, name: &str, array: ArrayRef) -> PathBuf {
    let path = folder.0.path().join("b.parquet");
    let batch = RecordBatch::try_from_iter([(name, array)]).unwrap();
    let file = std::fs::File::create(&path).unwrap();
    let mut writer = ArrowWriter::try_new(file, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    path
}

#[test]
fn a_parquet_column_of_another_type_is_named() {
    let folder = Folder::new();
    let words: ArrayRef = Arc::new(StringArray::from(vec!["high"]));
    assert_eq!(
        failure(&column(&folder, "reward", words.clone())),
        "b.parquet: field \"reward\": expected float32, found Utf8"
    );
    assert_eq!(
        failure(&column(&folder, "attempts", words)),
        "b.parquet: field \"attempts\": expected list<struct>, found Utf8"
    );
}

#[test]
fn a_bad_number_in_parquet_is_located() {
    let folder = Folder::new();
    let rewards: ArrayRef = Arc::new(Float64Array::from(vec![1.0, f64::NAN]));
    assert_eq!(
        failure(&column(&folder, "reward", rewards)),
        "b.parquet row 2: field \"reward\": expected a finite number, found NaN"
    );
    let lists = vec![Some(vec![Some(1)]), Some(vec![Some(1), None])];
    let lists = ListArray::from_iter_primitive::<Int32Type, _, _>(lists);
    assert_eq!(
        failure(&column(&folder, "token_ids", Arc::new(lists))),
        "b.parquet row 2: field \"token_ids\": expected list<int32>, found null at position 1"
    );
    let wide: ArrayRef = Arc::new(Int64Array::from(vec![1, 1 << 40]));
    let error = failure(&column(&folder, "attempts_allowed", wide));
    assert!(
        error.contains("attempts_allowed") && error.contains("1099511627776"),
        "{error}"
    );
}

#[test]
fn a_known_field_of_another_type_is_not_written_to_parquet() {
    let folder = Folder::new();
    let mut writer = tables::create(&folder.0.path().join("a.parquet"), None).unwrap();
    let mut row = Row::new();
    row.set("reward", "high");
    let written = writer.write(row).and_then(|()| writer.finish());
    let expected = "field \"reward\": expected float32, found string";
    assert_eq!(written.unwrap_err().to_string(), expected);
    assert_eq!(folder.names(), [""; 0]);
}

#[test]
fn numbers_that_json_cannot_hold_are_not_written() {
    let folder = Folder::new();
    for name in ["a.jsonl", "a.parquet"] {
        let mut writer = tables::create(&folder.0.path().join(name), None).unwrap();
        let mut row = Row::new();
        row.set("values", vec![0.0, f32::NAN]);
        let error = writer.write(row).unwrap_err();
        let expected = "field \"values\": expected finite numbers, found NaN at position 1";
        assert_eq!(error.to_string(), expected);
    }
    assert_eq!(folder.names(), [""; 0]);
}

/// Any damage is either noticed or does not matter; the program never falls over.
#[test]
fn parquet_with_damaged_bytes_never_panics() {
    let folder = Folder::new();
    let whole = std::fs::read(parquet(&folder, &some_rows())).unwrap();
    let mut noticed = 0;
    for place in (0..whole.len()).step_by(3) {
        let mut bytes = whole.clone();
        bytes[place] ^= 0x55;
        let path = folder.file("damaged.parquet", &bytes);
        let read = tables::open(&path, None).and_then(|rows| rows.collect::<Result<Vec<_>, _>>());
        noticed += usize::from(read.is_err());
    }
    assert!(noticed > whole.len() / 30, "{noticed} of {}", whole.len());
}

#[test]
fn an_unfinished_file_leaves_the_old_one_and_no_trace() {
    let folder = Folder::new();
    let path = folder.file("a.jsonl", "old");
    let mut writer = tables::create(&path, None).unwrap();
    let mut row = Row::new();
    row.set("question", Cell::Text("new".into()));
    writer.write(row).unwrap();
    assert_eq!(folder.names().len(), 2, "written beside");
    drop(writer);
    assert_eq!(folder.names(), ["a.jsonl"]);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "old");
}

#[test]
fn a_directory_in_the_way_is_noticed_at_once() {
    let folder = Folder::new();
    let error = AtomicFile::create(folder.0.path()).unwrap_err();
    let source = std::error::Error::source(&error).unwrap().to_string();
    assert!(error.to_string().starts_with("failed to write "), "{error}");
    assert_eq!(source, "is a directory");
}

#[test]
fn a_link_stays_a_link() {
    let folder = Folder::new();
    let target = folder.file("target", "old");
    let link = folder.0.path().join("link");
    std::os::unix::fs::symlink(&target, &link).unwrap();
    let mut file = AtomicFile::create(&link).unwrap();
    file.write_all(b"new").unwrap();
    file.publish().unwrap();
    assert!(link.is_symlink());
    assert_eq!(std::fs::read_to_string(&target).unwrap(), "new");
}

#[test]
fn a_directory_is_replaced_whole() {
    let folder = Folder::new();
    let path = folder.0.path().join("model");
    for content in ["old", "new"] {
        let directory = AtomicDirectory::create(&path).unwrap();
        std::fs::create_dir(directory.path().join("inner")).unwrap();
        std::fs::write(directory.path().join("inner/file"), content).unwrap();
        directory.publish().unwrap();
        assert_eq!(
            std::fs::read_to_string(path.join("inner/file")).unwrap(),
            content
        );
    }
    drop(AtomicDirectory::create(&path).unwrap());
    assert_eq!(folder.names(), ["model"]);
}

#[test]
fn an_empty_input_is_named() {
    let folder = Folder::new();
    let path = folder.file("a.jsonl", "\n\n");
    let error = tables::open(&path, None)
        .unwrap()
        .at_least_one()
        .unwrap_err();
    assert!(matches!(error, TableError::Empty { name } if name.ends_with("a.jsonl")));
    let mut rows = tables::open(&path, None).unwrap().not_empty();
    assert!(matches!(rows.next(), Some(Err(TableError::Empty { .. }))));
    assert!(rows.next().is_none());
}
