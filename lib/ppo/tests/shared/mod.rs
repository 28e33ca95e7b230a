//! Where the golden numbers are, and how they are compared.
#![allow(dead_code, clippy::unwrap_used)]

use std::path::PathBuf;

use serde_json::Value;

/// The fixture folder, or `None` with a printed reason where it is not at hand.
pub fn fixtures() -> Option<PathBuf> {
    let root = std::env::var_os("REATTEMPT_SHARED").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
        PathBuf::from,
    );
    let folder = root.join("fixtures");
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("skipped: no fixtures at {}", folder.display());
    None
}

pub fn fixture_json(name: &str) -> Option<Value> {
    let text = std::fs::read_to_string(fixtures()?.join(name)).unwrap();
    Some(serde_json::from_str(&text).unwrap())
}

pub fn fixture_lines(name: &str) -> Option<Vec<Value>> {
    let text = std::fs::read_to_string(fixtures()?.join(name)).unwrap();
    Some(
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect(),
    )
}

pub fn floats(list: &Value) -> Vec<f64> {
    list.as_array()
        .unwrap()
        .iter()
        .map(|number| number.as_f64().unwrap())
        .collect()
}

pub fn largest(numbers: &[f64]) -> f64 {
    numbers
        .iter()
        .fold(0.0, |largest, number| largest.max(number.abs()))
}

/// `|actual - expected| <= absolute + relative |expected|`.
pub fn assert_close(actual: f64, expected: &Value, absolute: f64, relative: f64, label: &str) {
    let expected = expected
        .as_f64()
        .unwrap_or_else(|| panic!("{label}: no expected number"));
    let bound = absolute + relative * expected.abs();
    assert!(
        (actual - expected).abs() <= bound,
        "{label}: {actual} against {expected}, bound {bound:e}"
    );
}
