//! Input that cannot be scored: exit status 1, a message that says what and where, no records.
#![allow(clippy::unwrap_used)]

mod support;

use std::process::{Command, Stdio};

use serde_json::{Value, json};
use support::Bench;

#[test]
fn bad_records_are_named() {
    let Some(bench) = Bench::new() else { return };
    let with = |field: &str, value: Value| {
        let mut rows = bench.rows.clone();
        rows[1][field] = value;
        rows
    };
    let without = |field: &str| {
        let mut rows = bench.rows.clone();
        rows[1].as_object_mut().unwrap().remove(field);
        rows
    };
    for (rows, parts) in [
        (without("token_ids"), ["line 2", "\"token_ids\""]),
        (without("loss_mask"), ["line 2", "\"loss_mask\""]),
        (without("model_sha256"), ["line 2", "\"model_sha256\""]),
        (
            with("model_sha256", json!("feed")),
            ["line 2", "--allow-other-policy"],
        ),
        (
            with("loss_mask", json!([true])),
            ["line 2", "\"loss_mask\""],
        ),
        (
            with("token_ids", json!([1, 2, 9999])),
            ["line 2", "\"loss_mask\""],
        ),
        (with("token_ids", json!("text")), ["line 2", "list<int32>"]),
    ] {
        let message = bench.refused(&rows, &[]);
        for part in parts {
            assert!(message.contains(part), "no {part:?} in: {message}");
        }
    }
}

#[test]
fn ids_and_lengths_beyond_the_model_are_refused() {
    let Some(bench) = Bench::new() else { return };
    let mut rows = bench.rows.clone();
    rows[1]["token_ids"][0] = json!(-1);
    let message = bench.refused(&rows, &[]);
    assert!(
        message.contains("line 2") && message.contains("id -1 at position 0"),
        "{message}"
    );
    let mut rows = bench.rows.clone();
    rows[1]["token_ids"] = json!(vec![1; 513]);
    rows[1]["loss_mask"] = json!(vec![false; 513]);
    let message = bench.refused(&rows, &[]);
    assert!(
        message.contains("513 tokens") && message.contains("512"),
        "{message}"
    );
}

#[test]
fn a_torn_line_leaves_no_file() {
    let Some(bench) = Bench::new() else { return };
    let input = bench.write(&bench.rows);
    let text = std::fs::read_to_string(&input).unwrap();
    std::fs::write(&input, &text[..text.len() - 9]).unwrap();
    let output = bench.path("scored.jsonl");
    let mut command = bench.command(&bench.policy(), &bench.path("critic"), &[]);
    let outcome = command
        .arg("--input")
        .arg(&input)
        .arg("--output")
        .arg(&output)
        .output()
        .unwrap();
    assert_eq!(outcome.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&outcome.stderr).contains("line 8"));
    assert!(!output.exists());
}

#[test]
fn wrong_usage_is_told() {
    let Some(bench) = Bench::new() else { return };
    let policy = bench.policy();
    let policy = policy.to_str().unwrap();
    for (arguments, code, part) in [
        (vec!["--policy", policy, "--dtype", "float8"], 2, "float8"),
        (
            vec!["--policy", policy, "--device", "cpu,cpu"],
            1,
            "cpu,cpu",
        ),
        (vec!["--policy", "/nowhere"], 1, "/nowhere"),
        (vec![], 2, "--policy"),
    ] {
        let outcome = Command::new(env!("CARGO_BIN_EXE_score"))
            .args(&arguments)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let message = String::from_utf8_lossy(&outcome.stderr).into_owned();
        assert_eq!(outcome.status.code(), Some(code), "{message}");
        assert!(message.contains(part), "{message}");
    }
}
