//! Questions in plain words through the real binary: true answers, splits that share no task, dialogues that end right.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::path::Path;

use assert_cmd::Command;
use serde_json::Value;
use tempfile::TempDir;

const FAMILIES: [&str; 6] = [
    "one-digit-sums",
    "one-digit-products",
    "next-terms",
    "stories",
    "two-digit-sums",
    "two-digit-differences",
];

fn plain(directory: &Path, more: &[&str]) -> Command {
    let mut command = Command::cargo_bin("synthesize-questions").unwrap();
    command.args(["plain", "--output-dir"]).arg(directory);
    command.args(more);
    command
}

fn written() -> TempDir {
    let folder = TempDir::new().unwrap();
    plain(folder.path(), &[]).assert().success();
    folder
}

fn rows(directory: &Path, name: &str) -> Vec<Value> {
    let content = std::fs::read_to_string(directory.join(format!("{name}.jsonl"))).unwrap();
    let lines = content.lines();
    lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// The numbers that a question names, in its order.
fn numbers(row: &Value) -> Vec<i64> {
    let question = row["question"].as_str().unwrap();
    let words = question.split(|c: char| !c.is_ascii_digit());
    words.filter_map(|word| word.parse().ok()).collect()
}

fn answer(row: &Value) -> i64 {
    row["answer"].as_str().unwrap().parse().unwrap()
}

/// What is asked, whatever the words and their order.
fn task(row: &Value) -> String {
    let mut numbers = numbers(row);
    numbers.sort_unstable();
    format!("{} {numbers:?} {}", row["source"], answer(row))
}

#[test]
fn answers_are_true() {
    let folder = written();
    for row in ["train", "dev", "test"]
        .map(|name| rows(folder.path(), name))
        .concat()
    {
        let (numbers, answer) = (numbers(&row), answer(&row));
        let (a, b) = (numbers[0], numbers[1]);
        let right = match row["source"].as_str().unwrap() {
            "one-digit-sums" | "two-digit-sums" => answer == a + b,
            "one-digit-products" => answer == a * b,
            // "Subtract 3 from 8" names the smaller number first.
            "two-digit-differences" => answer == (a - b).abs(),
            "next-terms" => numbers.len() == 4 && answer == numbers[3] + b - a,
            _ => [a + b, a - b, a * b].contains(&answer),
        };
        assert!(right && answer >= 0, "{row}");
    }
}

#[test]
fn no_task_is_in_two_splits_whatever_its_words() {
    let folder = written();
    let splits = [("train", 900), ("dev", 120), ("test", 240)];
    let tasks = splits.map(|(name, size)| {
        let rows = rows(folder.path(), name);
        assert_eq!(rows.len(), size);
        for family in FAMILIES {
            let of_family = rows.iter().filter(|row| row["source"] == family);
            assert_eq!(of_family.count(), size / 6, "{name} {family}");
        }
        let questions: BTreeSet<&str> = rows
            .iter()
            .filter_map(|row| row["question"].as_str())
            .collect();
        assert_eq!(questions.len(), size, "{name}: a question is there twice");
        rows.iter().map(task).collect::<BTreeSet<String>>()
    });
    let demonstrated: BTreeSet<String> = rows(folder.path(), "demonstrations")
        .iter()
        .map(task)
        .collect();
    let [train, dev, test] = &tasks;
    assert!(train.is_disjoint(dev) && train.is_disjoint(test) && dev.is_disjoint(test));
    assert!(demonstrated.is_disjoint(dev) && demonstrated.is_disjoint(test));
}

#[test]
fn demonstrations_end_with_the_first_right_answer() {
    let folder = written();
    let (rows, mut later) = (rows(folder.path(), "demonstrations"), 0);
    assert_eq!(rows.len(), 480);
    for row in &rows {
        let attempts = row["demonstration"].as_array().unwrap();
        let right = format!("\\boxed{{{}}}", row["answer"].as_str().unwrap());
        let (last, earlier) = attempts.split_last().unwrap();
        assert!(last.as_str().unwrap().ends_with(&right), "{row}");
        assert!(
            earlier
                .iter()
                .all(|attempt| !attempt.as_str().unwrap().contains(&right)),
            "{row}"
        );
        let different: BTreeSet<&str> = attempts.iter().filter_map(Value::as_str).collect();
        assert_eq!(different.len(), attempts.len(), "{row}");
        assert!(attempts.len() as u64 <= row["attempts_allowed"].as_u64().unwrap());
        later += usize::from(!earlier.is_empty());
    }
    assert!(
        (96..240).contains(&later),
        "{later} of 480 need another attempt"
    );
}

#[test]
fn the_seed_decides_every_byte() {
    let folders = [(); 3].map(|()| TempDir::new().unwrap());
    for (folder, seed) in folders.iter().zip(["3", "3", "4"]) {
        plain(folder.path(), &["--seed", seed]).assert().success();
    }
    for name in ["train", "dev", "test", "demonstrations"] {
        let bytes = folders
            .each_ref()
            .map(|folder| std::fs::read(folder.path().join(format!("{name}.jsonl"))).unwrap());
        assert_eq!(bytes[0], bytes[1], "{name}");
        assert_ne!(bytes[0], bytes[2], "{name}");
    }
}

#[test]
fn a_family_that_is_used_up_is_named() {
    let folder = TempDir::new().unwrap();
    let failed = plain(folder.path(), &["--train", "2000"]).assert().code(1);
    let message = String::from_utf8_lossy(&failed.get_output().stderr).into_owned();
    let expected = "the family one-digit-sums has about ";
    assert!(
        message.contains(expected) && message.contains("expected at least 2000"),
        "{message}"
    );
    let failed = plain(folder.path(), &["--wrong", "1.5"]).assert().code(2);
    let message = String::from_utf8_lossy(&failed.get_output().stderr).into_owned();
    assert!(message.contains("--wrong"), "{message}");
}
