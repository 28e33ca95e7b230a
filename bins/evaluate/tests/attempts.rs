//! What becomes of attempts after the first, through the real binary, counted by hand.

#![allow(clippy::unwrap_used)] // a test fails by panicking

use assert_cmd::Command;
use serde_json::{Value, json};

type Played<'a> = &'a [(Option<&'a str>, &'a str)];

fn row(question: &str, source: &str, allowed: i32, attempts: Played) -> Value {
    let attempts: Vec<Value> = attempts
        .iter()
        .map(|(answer, verdict)| {
            json!({"start": 1, "end": 2, "text": "t", "answer": answer, "verdict": verdict,
            "stop": if *verdict == "truncated" { "length" } else { "eos" }})
        })
        .collect();
    let last = attempts.last().unwrap()["verdict"].clone();
    json!({"question_id": question, "source": source, "attempts_allowed": allowed, "sample_index": 0, "model": "m",
        "token_ids": [1, 2], "loss_mask": [false, true], "attempts_used": attempts.len(), "attempts": attempts,
        "stop_reason": match last.as_str() { Some("correct") => "solved", Some("truncated") => "length", _ => "exhausted" },
        "correct": last == "correct"})
}

fn dialogues() -> Vec<Value> {
    let one = Some("1");
    vec![
        row("a/1", "a", 3, &[(one, "wrong"), (Some("2"), "correct")]),
        row(
            "a/2",
            "a",
            3,
            &[
                (one, "wrong"),
                (Some("1.0"), "wrong"),
                (Some("3"), "correct"),
            ],
        ),
        row("a/3", "a", 3, &[(Some("4"), "correct")]),
        row(
            "a/4",
            "a",
            3,
            &[(one, "wrong"), (None, "no_answer"), (None, "truncated")],
        ),
        row(
            "b/1",
            "b",
            3,
            &[
                (Some("7"), "correct"),
                (Some("8"), "wrong"),
                (Some("7"), "correct"),
            ],
        ),
        row(
            "b/2",
            "b",
            3,
            &[
                (None, "no_answer"),
                (None, "no_answer"),
                (Some("9"), "wrong"),
            ],
        ),
        row("a/1", "a", 1, &[(one, "wrong")]),
    ]
}

fn evaluate(rows: &[Value], format: &str) -> String {
    let input: String = rows.iter().map(|row| format!("{row}\n")).collect();
    let mut command = Command::new(env!("CARGO_BIN_EXE_evaluate"));
    command.args(["--format", format]).env_remove("RUST_LOG");
    let done = command.write_stdin(input).assert().success();
    String::from_utf8(done.get_output().stdout.clone()).unwrap()
}

fn json_of(rows: &[Value]) -> Value {
    serde_json::from_str(&evaluate(rows, "json")).unwrap()
}

fn share(summary: &Value, name: &str, source: Option<&str>) -> (u64, u64) {
    let shares = summary["shares"].as_array().unwrap();
    let found = shares.iter().find(|row| {
        row["name"] == name && row["source"] == json!(source) && row["attempts_allowed"] == 3
    });
    let row = found.unwrap_or_else(|| panic!("no {name}"));
    let (low, value, high) = (&row["low"], &row["share"], &row["high"]);
    assert!(low.as_f64() <= value.as_f64() && value.as_f64() <= high.as_f64());
    (row["count"].as_u64().unwrap(), row["of"].as_u64().unwrap())
}

#[test]
fn shares_are_those_counted_by_hand() {
    let summary = json_of(&dialogues());
    for (name, of_a, of_all) in [
        ("second_attempt_differs", (2, 3), (3, 5)),
        ("second_attempt_right", (1, 3), (1, 5)),
        ("differing_second_right", (1, 2), (1, 3)),
        ("repeated_answer_right", (0, 1), (1, 2)),
        ("unique_answers", (6, 7), (9, 11)),
        ("attempts_truncated", (1, 9), (1, 15)),
    ] {
        assert_eq!(share(&summary, name, Some("a")), of_a, "{name}");
        assert_eq!(share(&summary, name, None), of_all, "{name}");
    }
    assert_eq!(share(&summary, "right_given_up", Some("b")), (1, 1));
    let shares = summary["shares"].as_array().unwrap();
    let given_up = |row: &&Value| row["name"] == "right_given_up" && row["source"] == "a";
    assert!(
        !shares.iter().any(|row| given_up(&row)),
        "nothing went on after a right attempt"
    );
}

#[test]
fn accuracy_at_attempt_k_is_of_the_same_dialogues() {
    let summary = json_of(&dialogues());
    let rows = summary["at_attempt"].as_array().unwrap();
    let at = |source: Value, k: i32| {
        let found = rows
            .iter()
            .find(|row| row["source"] == source && row["k"] == k && row["attempts_allowed"] == 3);
        (
            found.unwrap()["correct"].as_u64(),
            found.unwrap()["dialogues"].as_u64(),
        )
    };
    assert_eq!(at(json!("a"), 1), (Some(1), Some(4)));
    assert_eq!(at(json!("a"), 2), (Some(2), Some(4)));
    assert_eq!(at(json!("a"), 3), (Some(3), Some(4)));
    assert_eq!(at(json!("b"), 1), (Some(1), Some(2)));
    let mean = rows
        .iter()
        .find(|row| row["source"].is_null() && row["k"] == 2)
        .unwrap();
    assert_eq!(mean["accuracy"], 0.5);
}

#[test]
fn neither_order_nor_format_changes_a_number() {
    let rows = dialogues();
    let mut turned = rows.clone();
    turned.swap(0, 3);
    turned.swap(1, 2);
    let counts = |summary: Value| -> Vec<String> {
        let shares = summary["shares"].as_array().unwrap().iter();
        let count = |row: &Value| {
            format!(
                "{} {} {}/{}",
                row["name"], row["source"], row["count"], row["of"]
            )
        };
        shares.map(count).collect()
    };
    assert_eq!(counts(json_of(&rows)), counts(json_of(&turned)));
    let table = evaluate(&rows, "table");
    for part in [
        "Accuracy at attempt k",
        "60.0 %",
        "3/5",
        "attempts after a right one",
    ] {
        assert!(table.contains(part), "{part}: {table}");
    }
    assert!(
        table.lines().all(|line| line.chars().count() <= 100),
        "{table}"
    );
    let csv = evaluate(&rows, "csv");
    assert!(
        csv.contains("second_attempt_differs,m,,3,,5,3,0.6,"),
        "{csv}"
    );
    assert!(csv.contains("within_k,m,a,2/3,,4,2,0.5,"), "{csv}");
    let columns = csv.lines().next().unwrap().split(',').count();
    assert!(
        csv.lines().all(|line| line.split(',').count() == columns),
        "{csv}"
    );
}
