//! `compare` through its real binary: numbers that can be counted by hand, runs that do not belong together, bad files.

// Helpers of tests may unwrap as tests do.
#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};

use assert_cmd::Command;
use serde_json::{Value, json};
use tempfile::TempDir;

struct Folder(TempDir);

/// Eight questions of two families; `solved[question]` is the attempt that is right, 0 for none.
fn dialogues(model: &str, allowed: i32, solved: [i32; 8]) -> Vec<Value> {
    let dialogue = |(at, solved): (usize, i32)| {
        let solved = if solved > allowed { 0 } else { solved };
        let used = if solved == 0 { allowed } else { solved };
        // A wrong answer is the attempt's number, so that no two are the same.
        let attempt = |number: i32| {
            let right = number == solved;
            json!({"start": number, "end": number + 1, "text": "t", "stop": "eos",
                "answer": if right { "right".to_owned() } else { number.to_string() },
                "verdict": if right { "correct" } else { "wrong" }})
        };
        let family = if at < 4 { "sums" } else { "puzzles" };
        json!({"question_id": format!("{family}/{at}"), "source": family, "attempts_allowed": allowed,
            "model_sha256": model, "attempts": (1..=used).map(attempt).collect::<Vec<_>>()})
    };
    solved.into_iter().enumerate().map(dialogue).collect()
}

impl Folder {
    /// Two seeds of two arms: several attempts solve 4 and 6, then 6 and 8 questions of 8; single turns 4 and 4.
    fn new() -> Folder {
        let folder = Folder(tempfile::tempdir().unwrap());
        folder.run("m-1", 1, [1, 1, 2, 0, 1, 1, 2, 0], 30.0);
        folder.run("m-2", 2, [1, 1, 2, 2, 1, 1, 1, 1], 30.0);
        folder.run("s-1", 1, [1, 1, 0, 0, 1, 1, 0, 0], 20.0);
        folder.run("s-2", 2, [1, 1, 0, 0, 1, 1, 0, 0], 20.0);
        folder
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, text).unwrap();
    }

    fn run(&self, name: &str, seed: u64, solved: [i32; 8], tokens: f64) {
        self.write(
            &format!("{name}/settings.toml"),
            &format!("[run]\nseed = {seed}\n"),
        );
        let step = |step: u64| {
            let line = json!({"step": step, "dialogues": 10, "reward": 0.1 * step as f64, "accuracy": 0.5,
                "response_tokens": tokens, "seconds": 2.0});
            format!("{line}\n")
        };
        self.write(
            &format!("{name}/metrics.jsonl"),
            &(1..=4).map(step).collect::<String>(),
        );
        let evaluation = |(step, mean): (u64, f64)| {
            let line = json!({"step": step, "accuracy": mean, "accuracy_at_1": mean, "accuracy_at_2": mean});
            format!("{line}\n")
        };
        let evaluations = [(0, 0.4), (2, 0.7), (4, 0.7)].map(evaluation).concat();
        self.write(&format!("{name}/eval/metrics.jsonl"), &evaluations);
        let rows = [1, 2]
            .map(|allowed| dialogues(name, allowed, solved))
            .concat();
        self.play(&format!("{name}/comparison/attempts/graded.parquet"), &rows);
    }

    /// Writes rows as Parquet.
    fn play(&self, name: &str, rows: &[Value]) {
        let lines: String = rows.iter().map(|row| format!("{row}\n")).collect();
        self.write("rows.jsonl", &lines);
        let path = self.path(name);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        let mut writer = tables::create(&path, None).unwrap();
        for row in tables::open(&self.path("rows.jsonl"), None).unwrap() {
            writer.write(row.unwrap()).unwrap();
        }
        writer.finish().unwrap();
    }

    fn compare(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_compare"));
        command.args(arguments).current_dir(self.0.path());
        command
    }

    fn gather(&self, arms: &[&str]) -> Command {
        let mut command = self.compare(&["gather", "--output", "outcomes.jsonl"]);
        for arm in arms {
            command.args(["--arm", arm]);
        }
        command
    }

    fn fails(&self, command: &mut Command, parts: &[&str]) {
        let failed = command.assert().failure();
        let said = String::from_utf8_lossy(&failed.get_output().stderr).into_owned();
        for part in parts {
            assert!(said.contains(part), "no {part:?} in {said}");
        }
    }
}

const ARMS: [&str; 4] = [
    "multi-attempt=m-1",
    "multi-attempt=m-2",
    "single-turn=s-1",
    "single-turn=s-2",
];

fn lines(path: &Path) -> Vec<Value> {
    let text = fs_err::read_to_string(path).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn a_gathered_run_is_one_line_that_holds_every_question() {
    let folder = Folder::new();
    folder.gather(&ARMS).assert().success();
    let lines = lines(&folder.path("outcomes.jsonl"));
    assert_eq!(lines.len(), 5);
    assert_eq!(
        lines[0]["questions"]["families"],
        json!([["sums", 4], ["puzzles", 4]])
    );
    let run = &lines[1]["run"];
    assert_eq!(run["arm"], "multi-attempt");
    assert_eq!(run["seed"], 1);
    assert_eq!(run["best_step"], 2, "the earliest of equals");
    assert_eq!(
        run["training"]["policy_tokens"],
        json!([300, 300, 300, 300])
    );
    assert_eq!(run["plays"]["attempts"]["1"]["solved"], "11001100");
    assert_eq!(run["plays"]["attempts"]["2"]["solved"], "11201120");
    assert_eq!(run["plays"]["attempts"]["2"]["second"], "--Dd--Dd");
}

#[test]
fn the_report_counts_exactly_and_pairs_by_question_and_seed() {
    let folder = Folder::new();
    folder.gather(&ARMS).assert().success();
    let report = folder
        .compare(&[
            "report",
            "--input",
            "outcomes.jsonl",
            "--output-dir",
            "page",
        ])
        .assert()
        .success();
    let said = String::from_utf8(report.get_output().stdout.clone()).unwrap();
    // 4 + 6 of 16 with one attempt, 6 + 8 with two; single turns 8 of 16 with either
    for part in [
        "adds to `multi-attempt`: +25.0 ",
        "adds to `single-turn`: +0.0 ",
        "gains +25.0 ",
        "With one attempt it leads by +12.5 ",
        "62.5 (",
        "10/16",
        "14/16",
        "8/16",
    ] {
        assert!(said.contains(part), "no {part:?} in {said}");
    }
    let page = fs_err::read_to_string(folder.path("page/README.md")).unwrap();
    for part in [
        "| `multi-attempt` | 2 | 8 | 80 | 2,400 |",
        "| sums | `single-turn` | 50.0 (",
    ] {
        assert!(page.contains(part), "no {part:?} in {page}");
    }
    for figure in ["attempts", "families", "training"] {
        for ending in ["svg", "png"] {
            assert!(folder.path(&format!("page/{figure}.{ending}")).exists());
        }
    }
}

#[test]
fn runs_may_be_gathered_one_by_one() {
    let folder = Folder::new();
    folder.gather(&ARMS).assert().success();
    let whole = folder.compare(&[
        "report",
        "--input",
        "outcomes.jsonl",
        "--output-dir",
        "whole",
    ]);
    let whole = { whole }.assert().success().get_output().stdout.clone();
    for (at, arm) in ARMS.iter().enumerate() {
        folder.gather(&[arm]).assert().success();
        let part = folder.path(&format!("part{at}.jsonl"));
        fs_err::rename(folder.path("outcomes.jsonl"), part).unwrap();
    }
    let mut parts = folder.compare(&["report", "--output-dir", "parts"]);
    for at in 0..4 {
        parts.args(["--input", &format!("part{at}.jsonl")]);
    }
    assert_eq!(parts.assert().success().get_output().stdout, whole);
}

#[test]
fn controls_are_reported_where_they_were_played() {
    let folder = Folder::new();
    // Two samples of every question; of question 0 both are right, of question 1 one.
    let mut samples = dialogues("m-1", 1, [1, 1, 0, 0, 0, 0, 0, 0]);
    samples.extend(dialogues("m-1", 1, [1, 0, 0, 0, 0, 0, 0, 0]));
    folder.play("m-1/comparison/independent/graded.parquet", &samples);
    folder.gather(&["multi-attempt=m-1"]).assert().success();
    let lines = lines(&folder.path("outcomes.jsonl"));
    let independent = &lines[1]["run"]["plays"]["independent"]["1"];
    assert_eq!(independent["samples"], 2);
    assert_eq!(independent["solved"], "21000000");
    folder
        .compare(&[
            "report",
            "--input",
            "outcomes.jsonl",
            "--output-dir",
            "page",
        ])
        .assert()
        .success();
    let page = fs_err::read_to_string(folder.path("page/README.md")).unwrap();
    assert!(
        page.contains("With one seed the intervals speak of questions alone"),
        "{page}"
    );
    // pass@1 3/16, pass@2 2/8
    for part in ["| pass@k | 18.8 (", " | 25.0 ("] {
        assert!(page.contains(part), "no {part:?} in {page}");
    }
}

#[test]
fn tokens_of_a_run_are_counted() {
    let folder = Folder::new();
    folder
        .compare(&["tokens", "m-1"])
        .assert()
        .success()
        .stdout("1200\n");
    folder.fails(
        &mut folder.compare(&["tokens", "nowhere"]),
        &["nowhere: expected the folder of a run"],
    );
}

#[test]
fn runs_that_do_not_belong_together_are_refused() {
    let folder = Folder::new();
    folder.run("other", 3, [1; 8], 1.0);
    let mut fewer = dialogues("other", 1, [1; 8]);
    fewer.truncate(7);
    folder.play("other/comparison/attempts/graded.parquet", &fewer);
    folder.fails(
        &mut folder.gather(&["a=m-1", "a=other"]),
        &["other/comparison/attempts/graded.parquet: other questions than those of m-1"],
    );
    let mixed = [dialogues("one", 1, [1; 8]), dialogues("two", 2, [1; 8])].concat();
    folder.play("other/comparison/attempts/graded.parquet", &mixed);
    folder.fails(
        &mut folder.gather(&["a=other"]),
        &["row 9", "model_sha256", "expected one, found two"],
    );
    assert!(!folder.path("outcomes.jsonl").exists());
}

#[test]
fn what_is_missing_or_broken_is_named() {
    let folder = Folder::new();
    let twice = ["a=m-1", "a=m-1"];
    folder.gather(&twice).assert().success();
    folder.fails(
        &mut folder.compare(&[
            "report",
            "--input",
            "outcomes.jsonl",
            "--output-dir",
            "page",
        ]),
        &["outcomes.jsonl line 3: a of seed 1 again"],
    );
    let text = fs_err::read_to_string(folder.path("outcomes.jsonl")).unwrap();
    folder.write("short.jsonl", &text.replace("11201120", "1120112"));
    folder.fails(
        &mut folder.compare(&["report", "--input", "short.jsonl", "--output-dir", "page"]),
        &[
            "short.jsonl line 2",
            "plays.attempts.2: expected 8 characters, found 7",
        ],
    );
    folder.write("metrics.jsonl", "");
    let lost = folder.path("s-1/comparison/attempts/graded.parquet");
    fs_err::remove_file(lost).unwrap();
    folder.fails(
        &mut folder.gather(&["a=s-1"]),
        &["s-1/comparison/attempts/graded.parquet"],
    );
    folder.write(
        "m-2/metrics.jsonl",
        "{\"step\":1,\"dialogues\":10,\"response_tokens\":3}\n",
    );
    folder.fails(
        &mut folder.gather(&["a=m-2"]),
        &["m-2/metrics.jsonl line 1: field \"reward\": expected a number"],
    );
    folder.fails(&mut folder.gather(&["m-1"]), &["expected ARM=RUN"]);
}
