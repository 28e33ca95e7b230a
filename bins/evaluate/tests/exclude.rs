//! Accuracy with and without questions that files name, through the real binary, counted by hand.

#![allow(clippy::unwrap_used)] // a test fails by panicking

use assert_cmd::Command;
use serde_json::{Value, json};
use tempfile::TempDir;

struct Folder(TempDir);

impl Folder {
    /// Graded dialogues of two benchmarks of ten questions, one and two attempts allowed: the first `right` are solved.
    fn new() -> Folder {
        let folder = Folder(tempfile::tempdir().unwrap());
        let mut rows = String::new();
        for (source, right) in [("a", [4, 6]), ("b", [8, 10])] {
            for (allowed, right) in [1, 2].into_iter().zip(right) {
                for question in 0..10 {
                    rows += &format!(
                        "{}\n",
                        dialogue(source, question, allowed, question < right)
                    );
                }
            }
        }
        folder.write("graded.jsonl", &rows);
        folder
    }

    fn write(&self, name: &str, text: &str) {
        fs_err::write(self.0.path().join(name), text).unwrap();
    }

    fn evaluate(&self, more: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_evaluate"));
        command.args(["--input", "graded.jsonl"]).args(more);
        command.current_dir(self.0.path()).env_remove("RUST_LOG");
        command
    }

    fn printed(&self, more: &[&str]) -> (String, String) {
        let done = self.evaluate(more).assert().success();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let output = done.get_output();
        (text(&output.stdout), text(&output.stderr))
    }

    fn json(&self, more: &[&str]) -> Value {
        let (text, _) = self.printed(&[more, &["--format", "json"]].concat());
        serde_json::from_str(&text).unwrap()
    }
}

fn dialogue(source: &str, question: usize, allowed: i32, correct: bool) -> Value {
    let used = if correct { 1 } else { allowed };
    let verdict = if correct { "correct" } else { "wrong" };
    let attempt = |at: i32| json!({"start": at, "end": at + 1, "text": "t", "answer": "1", "verdict": verdict, "stop": "eos"});
    json!({
        "question_id": format!("{source}/{question}"), "source": source, "question": format!("What is {source} {question}?"),
        "attempts_allowed": allowed, "sample_index": 0, "model": "m", "token_ids": [1, 2], "loss_mask": [false, true],
        "attempts": (1..=used).map(attempt).collect::<Vec<_>>(), "attempts_used": used,
        "stop_reason": if correct { "solved" } else { "exhausted" }, "correct": correct,
    })
}

/// Names three solved questions of `a` in three ways, and one that is not there.
const NAMED: &str = "{\"source\":\"a\",\"row\":0}\n{\"question_id\":\"a/1\"}\n{\"question\":\"What  is a 2?\"}\n{\"source\":\"c\",\"row\":0}\n";

#[test]
fn both_scores_are_told_with_counts_and_intervals() {
    let folder = Folder::new();
    folder.write("overlap.jsonl", NAMED);
    let all = folder.json(&[]);
    let both = folder.json(&["--exclude", "overlap.jsonl"]);
    assert!(all.get("without").is_none());
    assert_eq!(
        both["results"], all["results"],
        "the full score is the same"
    );
    let without = &both["without"];
    let excluded = json!([{"source": "a", "questions": 3, "of": 10}, {"source": "b", "questions": 0, "of": 10}]);
    assert_eq!(without["excluded"], excluded);
    let counts = without["results"].as_array().unwrap().iter();
    let counts = counts.map(|row| (row["correct"].as_u64(), row["questions"].as_u64()));
    let expected = [(1, 7), (3, 7), (8, 10), (10, 10)];
    let expected = expected.map(|(correct, of)| (Some(correct), Some(of)));
    assert_eq!(counts.collect::<Vec<_>>(), expected);
    assert_eq!(
        without["results"][2], all["results"][2],
        "a benchmark that loses nothing"
    );
    // Wilson for 1 of 7, and the mean over both benchmarks.
    for (value, expected) in [
        (&without["results"][0]["low"], 0.025_675),
        (&without["results"][0]["high"], 0.513_127),
        (&without["means"][0]["accuracy"], (1.0 / 7.0 + 0.8) / 2.0),
        (&both["means"][0]["accuracy"], 0.6),
    ] {
        assert!(
            (value.as_f64().unwrap() - expected).abs() < 1e-4,
            "{value} is not {expected}"
        );
    }
}

#[test]
fn the_table_and_the_comma_separated_values_hold_both() {
    let folder = Folder::new();
    folder.write("overlap.jsonl", NAMED);
    let (table, told) = folder.printed(&["--exclude", "overlap.jsonl"]);
    assert_eq!(told, "");
    let (_, without) = table
        .split_once("Without excluded questions (a: 3 of 10)\n")
        .unwrap();
    let rows: Vec<Vec<&str>> = without
        .lines()
        .map(|line| line.split_whitespace().collect())
        .collect();
    assert_eq!(rows[3][..4], ["a", "1", "m", "14.3"], "{table}");
    assert!(rows[3].contains(&"1/7"), "{table}");
    assert_eq!(rows[4][..3], ["2", "m", "42.9"], "{table}");
    assert_eq!(
        rows[6][..3],
        ["Mean", "over", "benchmarks,"],
        "only the benchmark that changed: {table}"
    );
    let (csv, _) = folder.printed(&["--exclude", "overlap.jsonl", "--format", "csv"]);
    for line in [
        "accuracy,m,a,1,10,10,4,0.4,",
        "accuracy_without,m,a,1,7,7,1,",
        "mean_without,m,,2,",
    ] {
        assert!(
            csv.lines().any(|found| found.starts_with(line)),
            "{line}: {csv}"
        );
    }
}

#[test]
fn a_benchmark_may_vanish() {
    let folder = Folder::new();
    let names: String = (0..10)
        .map(|row| format!("{{\"source\":\"a\",\"row\":{row}}}\n"))
        .collect();
    folder.write("all.jsonl", &names);
    let without = &folder.json(&["--exclude", "all.jsonl"])["without"];
    assert_eq!(without["results"].as_array().unwrap().len(), 2);
    assert_eq!(without["means"][0]["sources"], 1);
}

#[test]
fn names_of_nothing_and_bad_files_are_told() {
    let folder = Folder::new();
    folder.write("other.jsonl", "{\"source\":\"c\",\"row\":1}\n");
    let (table, told) = folder.printed(&["--exclude", "other.jsonl"]);
    assert!(
        told.contains("--exclude names no question of the input"),
        "{told}"
    );
    assert!(table.contains("none is in the input"), "{table}");
    folder.write("useless.jsonl", "{\"why\":\"?\"}\n");
    for (file, parts) in [
        ("useless.jsonl", ["useless.jsonl line 1", "question_id"]),
        ("missing.jsonl", ["missing.jsonl", "No such file"]),
    ] {
        let failed = folder.evaluate(&["--exclude", file]).assert().code(1);
        let told = String::from_utf8_lossy(&failed.get_output().stderr).into_owned();
        parts
            .iter()
            .for_each(|part| assert!(told.contains(part), "{told}"));
    }
}
