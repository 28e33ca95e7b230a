//! Golden files, and how their numbers are compared.
#![allow(dead_code, clippy::unwrap_used)]

use serde_json::Value;

pub fn fixture_json(name: &str) -> Option<Value> {
    let text = std::fs::read_to_string(fixtures::folder()?.join(name)).unwrap();
    Some(serde_json::from_str(&text).unwrap())
}

pub fn fixture_lines(name: &str) -> Option<Vec<Value>> {
    Some(fixtures::read_lines(&fixtures::folder()?.join(name)))
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
