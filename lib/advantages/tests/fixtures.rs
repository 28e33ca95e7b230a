//! The golden cases of `gae.jsonl`; tolerance 1e-5 + 1e-5 |x| as stated beside them.

// Helpers of tests fail a test by panicking.
#![allow(clippy::unwrap_used)]

use advantages::{Gae, gae, moments, whiten};
use serde_json::Value;

fn cases(kind: &str) -> Vec<Value> {
    let Some(path) = fixtures::shared("fixtures/gae.jsonl") else {
        return Vec::new();
    };
    let cases = fixtures::read_lines(&path).into_iter();
    let cases: Vec<Value> = cases.filter(|case| case["kind"] == kind).collect();
    assert!(cases.len() > 5, "only {} cases of kind {kind}", cases.len());
    cases
}

fn floats(list: &Value) -> Vec<f32> {
    let numbers = fixtures::floats(list).into_iter();
    numbers.map(|number| number as f32).collect()
}

/// Where a 0/1 mask is `on`.
fn mask(value: &Value, on: u64) -> Vec<bool> {
    let bits = value.as_array().unwrap().iter();
    bits.map(|bit| bit.as_u64() == Some(on)).collect()
}

fn assert_close(found: &[f32], expected: &Value, only: &[bool], case: &str) {
    let expected = expected.as_array().unwrap();
    assert_eq!(found.len(), expected.len(), "{case}");
    for (t, (found, expected)) in found.iter().zip(expected).enumerate() {
        let expected = expected.as_f64().unwrap();
        let difference = (f64::from(*found) - expected).abs();
        let close = difference <= 1e-5 + 1e-5 * expected.abs();
        assert!(
            close || !only[t],
            "{case} token {t}: {found} and {expected}"
        );
    }
}

#[test]
fn gae_agrees_with_the_reference() {
    for case in cases("gae") {
        let id = case["id"].as_str().unwrap();
        // Padding is cut off: its values and rewards are garbage.
        let length = mask(&case["action_mask"], 1)
            .iter()
            .filter(|on| **on)
            .count();
        let policy = &mask(&case["feedback_mask"], 0)[..length];
        let options = Gae {
            gamma: case["gamma"].as_f64().unwrap(),
            lambda: case["lambda"].as_f64().unwrap(),
        };
        let values = &floats(&case["values"])[..length];
        let rewards = &floats(&case["rewards"])[..length];
        let (mut advantages, mut returns) = gae(values, rewards, policy, options).unwrap();
        let padded = floats(&case["values"]).len();
        advantages.resize(padded, 0.0);
        returns.resize(padded, 0.0);
        let everywhere = vec![true; padded];
        assert_close(&advantages, &case["advantages"], &everywhere, id);
        assert_close(&returns, &case["returns"], &everywhere, id);
    }
}

#[test]
fn whitening_agrees_with_the_reference() {
    for case in cases("whiten") {
        let id = case["id"].as_str().unwrap();
        let sequences = case["sequences"].as_array().unwrap();
        let parts: Vec<(Vec<f32>, Vec<bool>)> = sequences
            .iter()
            .map(|one| (floats(&one["advantages"]), mask(&one["feedback_mask"], 0)))
            .collect();
        let batch = parts.iter().map(|(a, m)| (a.as_slice(), m.as_slice()));
        let found = moments(batch);
        assert_eq!(Some(found.count), case["count"].as_u64(), "{id}");
        let rstd = case["rstd"].as_f64().unwrap();
        assert!(
            (found.reciprocal_deviation() - rstd).abs() <= 1e-9 * rstd,
            "{id}"
        );
        for ((mut advantages, policy), expected) in parts.clone().into_iter().zip(sequences) {
            whiten(&mut advantages, &policy, &found);
            assert_close(&advantages, &expected["whitened"], &policy, id);
        }
    }
}
