//! Input that is compressed: read where it is gzip or zstd, named where it is torn or something else.

// Helpers of tests fail a test by panicking.
#![allow(clippy::unwrap_used)]

use std::io::Write;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use records::Row;
use tempfile::TempDir;

const LINES: &str =
    "{\"question\":\"Add 1 and 2.\",\"level\":3}\n{\"question\":\"é\",\"level\":4}\n";
const ARRAY: &str =
    "\u{feff}\n [{\"question\":\"Add 1 and 2.\",\"level\":3},\n{\"question\":\"é\",\"level\":4}]\n";

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

fn zstd(text: &[u8]) -> Vec<u8> {
    zstd::stream::encode_all(text, 0).unwrap()
}

fn file(folder: &TempDir, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

fn read(path: &Path) -> Result<Vec<Row>, tables::TableError> {
    tables::open_data(path, None)?.collect()
}

/// The message and its cause, without the folder's name.
fn failure(path: &Path) -> String {
    let error = read(path).unwrap_err();
    let cause = std::error::Error::source(&error).map(ToString::to_string);
    let folder = format!("{}/", path.parent().unwrap().display());
    let message = error.to_string().replace(&folder, "");
    cause.map_or(message.clone(), |cause| format!("{message}: {cause}"))
}

#[test]
fn lines_and_arrays_are_read_compressed_and_with_a_byte_order_mark() {
    let folder = TempDir::new().unwrap();
    let marked = format!("\u{feff}{LINES}");
    for text in [LINES, &marked, ARRAY] {
        let plain = text.as_bytes();
        let half = plain.len() / 2;
        let files = [
            ("a.jsonl", plain.to_vec()),
            ("a.jsonl.gz", gzip(plain)),
            ("a.json.zst", zstd(plain)),
            // Two members or frames, as parallel compressors write them.
            (
                "b.gz",
                [gzip(&plain[..half]), gzip(&plain[half..])].concat(),
            ),
            (
                "b.zst",
                [zstd(&plain[..half]), zstd(&plain[half..])].concat(),
            ),
            // Told by its first bytes, as on standard input.
            ("c.jsonl", gzip(plain)),
        ];
        for (name, bytes) in files {
            let rows = read(&file(&folder, name, &bytes)).unwrap();
            assert_eq!(rows.len(), 2, "{name}");
            assert_eq!(rows[1].text("question"), Ok("é"), "{name}");
            assert_eq!(rows[1].int32("level"), Ok(4), "{name}");
        }
    }
}

#[test]
fn lines_keep_their_numbers_behind_blank_ones() {
    let folder = TempDir::new().unwrap();
    let path = file(&folder, "a.jsonl", b"\xef\xbb\xbf\n\n{\"a\":1}\n{\"a\":}\n");
    assert!(failure(&path).starts_with("a.jsonl line 4: field \"a\""));
}

#[test]
fn compressed_parquet_is_read() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("a.parquet");
    let mut writer = tables::create(&path, None).unwrap();
    let mut row = Row::new();
    row.set("question", "?");
    writer.write(row).unwrap();
    writer.finish().unwrap();
    let bytes = gzip(&std::fs::read(&path).unwrap());
    let rows = read(&file(&folder, "a.parquet.gz", &bytes)).unwrap();
    assert_eq!(rows[0].text("question"), Ok("?"));
}

#[test]
fn torn_and_damaged_data_is_named_wherever_it_is_cut() {
    let folder = TempDir::new().unwrap();
    for (name, whole) in [
        ("a.jsonl.gz", gzip(LINES.as_bytes())),
        ("a.jsonl.zst", zstd(LINES.as_bytes())),
    ] {
        let kind = if name.ends_with("gz") { "gzip" } else { "zstd" };
        for cut in 4..whole.len() {
            let message = failure(&file(&folder, name, &whole[..cut]));
            let expected =
                format!("failed to read {name}: torn {kind} data: it ends before its end mark");
            assert_eq!(message, expected, "cut at {cut}");
        }
        for place in 4..whole.len() {
            let mut bytes = whole.clone();
            bytes[place] ^= 0x55;
            // Some bytes do not matter, such as the time of compression.
            if let Err(error) = read(&file(&folder, name, &bytes)) {
                assert!(error.to_string().contains(name), "{error}");
            }
        }
    }
}

#[test]
fn what_a_name_does_not_say_is_named() {
    let folder = TempDir::new().unwrap();
    let expectations = [
        (
            "a.jsonl.gz",
            LINES.as_bytes().to_vec(),
            "a.jsonl.gz: expected gzip data, as its name says, found something else",
        ),
        (
            "a.jsonl.gz",
            Vec::new(),
            "a.jsonl.gz: expected gzip data, as its name says, found something else",
        ),
        (
            "a.jsonl.gz",
            zstd(b"{}"),
            "a.jsonl.gz: expected gzip data, as its name says, found zstd data",
        ),
        (
            "a.zst",
            gzip(b"{}"),
            "a.zst: expected zstd data, as its name says, found gzip data",
        ),
        (
            "a.jsonl",
            b"BZh91AY".to_vec(),
            "a.jsonl: found bzip2 data, expected UTF-8 text, plain or as gzip or zstd",
        ),
        (
            "a.jsonl",
            b"\xfd7zXZ\0\0".to_vec(),
            "a.jsonl: found xz data, expected UTF-8 text, plain or as gzip or zstd",
        ),
        (
            "a.jsonl",
            b"PK\x03\x04".to_vec(),
            "a.jsonl: found a zip archive, expected UTF-8 text, plain or as gzip or zstd",
        ),
        (
            "a.jsonl",
            b"\xff\xfe{\0}\0".to_vec(),
            "a.jsonl: found UTF-16 text, expected UTF-8 text, plain or as gzip or zstd",
        ),
    ];
    for (name, bytes, expected) in expectations {
        assert_eq!(failure(&file(&folder, name, &bytes)), expected);
    }
}

#[test]
fn output_with_the_name_of_compressed_data_is_refused() {
    let folder = TempDir::new().unwrap();
    for name in ["a.jsonl.gz", "a.parquet.zst"] {
        let refused = tables::create(&folder.path().join(name), None);
        let message = refused.err().unwrap().to_string();
        assert!(message.contains("output is not compressed"), "{message}");
    }
}
