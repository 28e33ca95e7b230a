//! `view` through its real binary: what is shown, filters, colours, the terminal, bad input.

// Helpers of tests may unwrap as tests do.
#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};

use assert_cmd::Command;
use serde_json::{Value, json};
use tempfile::TempDir;

const WRONG: &str = "Attempt 1: wrong";

/// A dialogue of one-token attempts with these answers; the right one is 5.
fn dialogue(id: &str, source: &str, answers: &[&str]) -> Value {
    let attempt = |at: usize, answer: &str| {
        json!({"start": 2 * at + 1, "end": 2 * at + 2, "text": format!("It is \\boxed{{{answer}}}."), "answer": answer,
            "verdict": if answer == "5" { "correct" } else { "wrong" }, "stop": "eos", "reward": null})
    };
    let tokens = 2 * answers.len();
    let numbers: Vec<f64> = (0..tokens).map(|at| -0.5 * at as f64).collect();
    json!({
        "question_id": id, "source": source, "question": "Compute 2+3.", "answer": "5", "attempts_allowed": 3,
        "token_ids": (40..40 + tokens).collect::<Vec<_>>(), "logprobs": numbers,
        "attempts": answers.iter().enumerate().map(|(at, answer)| attempt(at, answer)).collect::<Vec<_>>(),
        "stop_reason": if answers.contains(&"5") { "solved" } else { "exhausted" }, "reward": -0.5,
        "grader": "somebody",
    })
}

struct Folder(TempDir);

impl Folder {
    /// Three dialogues: right at once, right at the second attempt, never.
    fn new() -> Folder {
        let folder = Folder(tempfile::tempdir().unwrap());
        let rows = [
            dialogue("a/1", "a", &["5"]),
            dialogue("a/2", "a", &["6", "5"]),
            dialogue("b/3", "b", &["7", "7", "7"]),
        ];
        folder.write(
            "graded.jsonl",
            &rows.map(|row| row.to_string() + "\n").concat(),
        );
        folder
    }

    fn write(&self, name: &str, text: &str) {
        fs_err::write(self.0.path().join(name), text).unwrap();
    }

    fn view(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_view"));
        command
            .args(arguments)
            .current_dir(self.0.path())
            .env_remove("NO_COLOR");
        command
    }

    fn shows(&self, arguments: &[&str]) -> String {
        let shown = self.view(arguments).assert().success();
        String::from_utf8(shown.get_output().stdout.clone()).unwrap()
    }

    fn fails(&self, arguments: &[&str], code: i32, parts: &[&str]) {
        let failed = self.view(arguments).write_stdin("").assert().code(code);
        let said = String::from_utf8_lossy(&failed.get_output().stderr).into_owned();
        for part in parts {
            assert!(said.contains(part), "no {part:?} in {said}");
        }
    }
}

fn base() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/tiny/base")
}

#[test]
fn everything_about_a_dialogue_is_shown() {
    let shown = Folder::new().shows(&["graded.jsonl", "--id", "a/2"]);
    for part in [
        "a/2 · a · 3 attempts allowed · solved · reward -0.5",
        "Compute 2+3.",
        "Reference answer: 5",
        WRONG,
        "It is \\boxed{6}.",
        "Answer read: 6 – Decided by somebody.",
        "Attempt 2: correct",
    ] {
        assert!(shown.contains(part), "no {part:?} in {shown}");
    }
    assert!(!shown.contains('\x1b'), "no colours in a pipe");
}

#[test]
fn filters_pick_dialogues_of_files_and_of_standard_input() {
    let folder = Folder::new();
    let ids = |arguments: &[&str]| {
        let shown = folder.shows(&[&["graded.jsonl"], arguments].concat());
        let heads = shown.lines().filter_map(|line| line.split_once(" · "));
        heads.map(|(id, _)| id.to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(ids(&[]), ["a/1", "a/2", "b/3"]);
    assert_eq!(ids(&["--source", "b"]), ["b/3"]);
    assert_eq!(ids(&["--solved-at", "1"]), ["a/1"]);
    assert_eq!(ids(&["--unsolved"]), ["b/3"]);
    assert_eq!(ids(&["--changed"]), ["a/2"]);
    assert_eq!(ids(&["--changed", "--source", "b"]), [""; 0]);
    assert_eq!(ids(&["--limit", "1"]), ["a/1"]);
    let piped = folder
        .view(&["--unsolved"])
        .write_stdin(dialogue("c/1", "c", &["1"]).to_string())
        .assert();
    let shown = String::from_utf8_lossy(&piped.success().get_output().stdout).into_owned();
    assert!(shown.starts_with("c/1 · "), "{shown}");
}

#[test]
fn colours_come_when_asked_for_and_tokens_by_their_numbers() {
    let folder = Folder::new();
    let base = base();
    let model = base.to_str().unwrap();
    let coloured = folder.shows(&["graded.jsonl", "--id", "a/2", "--color", "always"]);
    assert!(
        coloured.contains("\x1b[31mwrong\x1b[0m") && coloured.contains("\x1b[32mcorrect\x1b[0m")
    );
    let tokens = [
        "graded.jsonl",
        "--id",
        "b/3",
        "--color",
        "always",
        "--model",
        model,
        "--tokens",
        "logprobs",
    ];
    let coloured = folder.shows(&tokens);
    // exp(-0.5) - 1 and exp(-2.5) - 1 are in the first and the last shade.
    assert!(
        coloured.contains("48;5;230m") && coloured.contains("48;5;208m"),
        "{coloured:?}"
    );
    let without = [
        "graded.jsonl",
        "--id",
        "b/3",
        "--color",
        "always",
        "--model",
        model,
        "--tokens",
        "values",
    ];
    assert!(
        !folder.shows(&without).contains("48;5;"),
        "the records have no values"
    );
    let never = folder.shows(&[
        "graded.jsonl",
        "--color",
        "never",
        "--model",
        model,
        "--tokens",
        "logprobs",
    ]);
    assert!(!never.contains('\x1b'));
}

#[test]
fn what_a_terminal_would_obey_is_made_visible() {
    let folder = Folder::new();
    let mut row = dialogue("a/1", "a", &["6"]);
    row["question"] = json!("\x1b]0;owned\x07 and \u{9b}31m");
    folder.write("evil.jsonl", &row.to_string());
    let shown = folder.shows(&["evil.jsonl"]);
    assert!(shown.contains("␛]0;owned␇ and \u{FFFD}31m"), "{shown:?}");
}

/// `script` gives the program a terminal of its own.
#[test]
fn on_a_terminal_dialogues_come_one_by_one() {
    let folder = Folder::new();
    let command = format!("{} graded.jsonl", env!("CARGO_BIN_EXE_view"));
    let script = std::process::Command::new("script")
        .arg("--version")
        .output();
    if !script.is_ok_and(|output| output.status.success()) {
        eprintln!("skipped: no `script` of util-linux");
        return;
    }
    let shown = Command::new("script")
        .args(["-qec", &command, "/dev/null"])
        .current_dir(folder.0.path())
        .env_remove("NO_COLOR")
        .write_stdin("n\np\n\nq\n")
        .assert()
        .success();
    let shown = String::from_utf8_lossy(&shown.get_output().stdout).into_owned();
    let times = |part: &str| shown.matches(part).count();
    assert_eq!(
        (times("a/1 ·"), times("a/2 ·"), times("b/3 ·")),
        (2, 2, 0),
        "{shown}"
    );
    assert!(shown.contains("\x1b[32mcorrect"), "coloured: {shown}");
}

#[test]
fn bad_input_is_named() {
    let folder = Folder::new();
    folder.write("torn.jsonl", "{\"question_id\":\"a\",\n");
    folder.write(
        "ungraded.jsonl",
        "{\"question_id\":\"a\",\"question\":\"q\",\"answer\":\"1\"}\n",
    );
    folder.write("cut.parquet", "PAR1");
    folder.fails(&["nowhere.jsonl"], 1, &["nowhere.jsonl"]);
    folder.fails(&["torn.jsonl"], 1, &["torn.jsonl line 1"]);
    folder.fails(
        &["ungraded.jsonl"],
        1,
        &["ungraded.jsonl line 1", "attempts"],
    );
    folder.fails(&["cut.parquet"], 1, &["cut.parquet"]);
    folder.fails(&["-"], 1, &["standard input"]);
    folder.fails(
        &["graded.jsonl", "--model", "nowhere"],
        1,
        &["--model", "nowhere"],
    );
    folder.fails(&["graded.jsonl", "--tokens", "values"], 2, &["--model"]);
    folder.fails(&["graded.jsonl", "--solved-at", "0"], 2, &["--solved-at"]);
    folder.fails(
        &["graded.jsonl", "--solved-at", "1", "--unsolved"],
        2,
        &["--unsolved"],
    );
    folder.fails(&["graded.jsonl", "--color", "sometimes"], 2, &["sometimes"]);
}
