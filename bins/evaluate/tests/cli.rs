//! `evaluate` through its real binary: numbers that can be counted by hand, bad input, every format.

// Helpers of tests may unwrap as tests do.
#![allow(clippy::unwrap_used)]

use assert_cmd::Command;
use serde_json::{Value, json};
use tempfile::TempDir;

struct Folder(TempDir);

/// A graded dialogue.
struct Dialogue<'a> {
    model: &'a str,
    source: &'a str,
    question: usize,
    sample: i32,
    allowed: i32,
    used: i32,
    correct: bool,
}

impl Dialogue<'_> {
    fn json(&self) -> Value {
        let verdict = |at: i32| {
            if self.correct && at == self.used {
                "correct"
            } else {
                "wrong"
            }
        };
        let attempt = |at: i32| json!({"start": at, "end": at + 1, "text": "t", "answer": "1", "verdict": verdict(at), "stop": "eos"});
        json!({
            "question_id": format!("{}/{}", self.source, self.question),
            "source": self.source,
            "attempts_allowed": self.allowed,
            "sample_index": self.sample,
            "model": self.model,
            "model_sha256": format!("{:0>64}", self.model.len()),
            "token_ids": [1, 2, 3, 4],
            "loss_mask": [false, true, true, self.correct],
            "attempts": (1..=self.used).map(attempt).collect::<Vec<_>>(),
            "attempts_used": self.used,
            "stop_reason": if self.correct { "solved" } else { "exhausted" },
            "correct": self.correct,
            "unknown": {"kept": true},
        })
    }
}

impl Folder {
    fn new() -> Folder {
        Folder(tempfile::tempdir().unwrap())
    }

    fn write(&self, name: &str, text: &str) {
        fs_err::write(self.0.path().join(name), text).unwrap();
    }

    fn rows(&self, name: &str, rows: &[Value]) {
        self.write(
            name,
            &rows
                .iter()
                .map(|row| format!("{row}\n"))
                .collect::<String>(),
        );
    }

    fn evaluate(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_evaluate"));
        command
            .args(arguments)
            .current_dir(self.0.path())
            .env_remove("RUST_LOG");
        command
    }

    fn json(&self, arguments: &[&str]) -> Value {
        let done = self
            .evaluate(&[arguments, &["--format", "json"]].concat())
            .assert()
            .success();
        serde_json::from_slice(&done.get_output().stdout).unwrap()
    }

    fn fails(&self, arguments: &[&str], parts: &[&str]) {
        let failed = self.evaluate(arguments).assert().code(1);
        let said = String::from_utf8_lossy(&failed.get_output().stderr).into_owned();
        for part in parts {
            assert!(said.contains(part), "no {part:?} in {said}");
        }
    }
}

/// `right[k-1]` of ten questions are solved with k attempts allowed.
fn benchmark(model: &str, source: &str, right: &[usize]) -> Vec<Value> {
    let mut rows = Vec::new();
    for (at, right) in right.iter().enumerate() {
        let allowed = at as i32 + 1;
        for question in 0..10 {
            let correct = question < *right;
            let used = if correct { 1 } else { allowed };
            rows.push(
                Dialogue {
                    model,
                    source,
                    question,
                    sample: 0,
                    allowed,
                    used,
                    correct,
                }
                .json(),
            );
        }
    }
    rows
}

fn near(value: &Value, expected: f64) {
    let found = value.as_f64().unwrap();
    assert!((found - expected).abs() < 1e-4, "{found} is not {expected}");
}

#[test]
fn counts_means_and_intervals() {
    let folder = Folder::new();
    let rows = [benchmark("m", "a", &[3, 5]), benchmark("m", "b", &[8, 10])].concat();
    folder.rows("graded.jsonl", &rows);
    let summary = folder.json(&["--input", "graded.jsonl"]);
    let first = &summary["results"][0];
    assert_eq!(
        (&first["source"], &first["attempts_allowed"]),
        (&json!("a"), &json!(1))
    );
    assert_eq!(
        (&first["correct"], &first["dialogues"]),
        (&json!(3), &json!(10))
    );
    // Wilson for 3 of 10.
    near(&first["accuracy"], 0.3);
    near(&first["low"], 0.107_789);
    near(&first["high"], 0.603_222);
    near(&first["response_tokens"], 2.3);
    near(&summary["results"][1]["attempts_used"], 1.5);
    let mean = &summary["means"][1];
    assert_eq!(
        (&mean["sources"], &mean["attempts_allowed"]),
        (&json!(2), &json!(2))
    );
    near(&mean["accuracy"], 0.75);
    assert!(mean["low"].as_f64().unwrap() > 0.5 && mean["high"].as_f64().unwrap() < 0.95);
    assert_eq!(summary["pass_at_k"], json!([]));
}

#[test]
fn samples_give_pass_at_k_and_do_not_count_as_questions() {
    let folder = Folder::new();
    // Of four samples each: question 0 never, question 1 once, question 2 always.
    let mut rows = Vec::new();
    for (question, right) in [(0, 0), (1, 1), (2, 4)] {
        for sample in 0..4 {
            let correct = sample < right;
            let (model, source) = ("m", "a");
            rows.push(
                Dialogue {
                    model,
                    source,
                    question,
                    sample,
                    allowed: 1,
                    used: 1,
                    correct,
                }
                .json(),
            );
        }
    }
    folder.rows("samples.jsonl", &rows);
    let summary = folder.json(&["--input", "samples.jsonl"]);
    let passes = summary["pass_at_k"].as_array().unwrap();
    let of_source = |k: usize| {
        &passes
            .iter()
            .find(|pass| pass["k"] == k && pass["source"] == "a")
            .unwrap()["estimate"]
    };
    near(of_source(1), (0.25 + 1.0) / 3.0);
    near(of_source(2), (0.5 + 1.0) / 3.0);
    near(of_source(4), 2.0 / 3.0);
    let result = &summary["results"][0];
    assert_eq!(
        (&result["questions"], &result["dialogues"]),
        (&json!(3), &json!(12))
    );
    // Twelve dialogues, but samples of a question agree: wider than for twelve questions.
    let width = result["high"].as_f64().unwrap() - result["low"].as_f64().unwrap();
    assert!(width > 0.5, "{width}");
}

#[test]
fn models_of_several_files_stand_side_by_side() {
    let folder = Folder::new();
    folder.rows("before.jsonl", &benchmark("policy", "a", &[3, 4]));
    folder.rows("after.jsonl", &benchmark("policy", "a", &[3, 7]));
    let inputs = [
        "--input",
        "before.jsonl",
        "--input",
        "after.jsonl",
        "--labels",
        "before,after",
    ];
    let shown = folder.evaluate(&inputs).assert().success();
    let text = String::from_utf8_lossy(&shown.get_output().stdout).into_owned();
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[2].starts_with("benchmark  attempts  model"), "{text}");
    let cells: Vec<Vec<&str>> = lines[4..8]
        .iter()
        .map(|line| line.split_whitespace().collect())
        .collect();
    assert_eq!(cells[0][..4], ["a", "1", "before", "30.0"]);
    assert_eq!(cells[1][..2], ["after", "30.0"]);
    assert_eq!(cells[2][..3], ["2", "before", "40.0"]);
    assert_eq!(cells[3][..2], ["after", "70.0"]);
    folder
        .evaluate(&["--input", "before.jsonl", "--labels", "x,y"])
        .assert()
        .code(1);
}

#[test]
fn models_of_one_name_and_other_weights_are_kept_apart() {
    let folder = Folder::new();
    let mut rows = benchmark("policy", "a", &[3]);
    for mut row in benchmark("policy", "a", &[6]) {
        row["model_sha256"] = json!("feedbead".repeat(8));
        rows.push(row);
    }
    folder.rows("two.jsonl", &rows);
    let summary = folder.json(&["--input", "two.jsonl"]);
    assert_eq!(
        summary["models"],
        json!(["policy (00000000)", "policy (feedbead)"])
    );
    near(&summary["results"][1]["accuracy"], 0.6);
}

#[test]
fn unreadable_references_are_left_out_and_counted() {
    let folder = Folder::new();
    let mut rows = benchmark("m", "a", &[3]);
    rows[9]["attempts"][0]["verdict"] = json!("bad_reference");
    folder.rows("graded.jsonl", &rows);
    let summary = folder.json(&["--input", "graded.jsonl"]);
    assert_eq!(
        (&summary["left_out"], &summary["results"][0]["dialogues"]),
        (&json!(1), &json!(9))
    );
    let shown = folder
        .evaluate(&["--input", "graded.jsonl"])
        .assert()
        .success();
    assert!(String::from_utf8_lossy(&shown.get_output().stdout).contains("1 dialogues"));
    assert!(String::from_utf8_lossy(&shown.get_output().stderr).contains("left out"));
}

#[test]
fn every_format_is_the_same_every_time() {
    let folder = Folder::new();
    folder.rows(
        "graded.jsonl",
        &[benchmark("m,1", "a", &[3, 5]), benchmark("n", "a", &[4, 4])].concat(),
    );
    for format in ["table", "json", "csv"] {
        let run = || {
            folder
                .evaluate(&["--input", "graded.jsonl", "--format", format])
                .output()
                .unwrap()
                .stdout
        };
        assert_eq!(run(), run(), "{format}");
    }
    let csv = folder
        .evaluate(&["--input", "graded.jsonl", "--format", "csv"])
        .output()
        .unwrap()
        .stdout;
    let text = String::from_utf8(csv).unwrap();
    let mut lines = text.lines();
    let columns = lines.next().unwrap().split(',').count();
    assert!(
        lines
            .next()
            .unwrap()
            .starts_with("accuracy,\"m,1\",a,1,10,10,3,0.3,"),
        "{text}"
    );
    assert!(
        text.lines()
            .filter(|line| !line.contains('"'))
            .all(|line| line.split(',').count() == columns)
    );
}

#[test]
fn parquet_and_jsonl_say_the_same() {
    let folder = Folder::new();
    folder.rows("graded.jsonl", &benchmark("m", "a", &[3, 5, 6]));
    let path = |name: &str| folder.0.path().join(name);
    let mut parquet = tables::create(&path("graded.parquet"), None).unwrap();
    for row in tables::open(&path("graded.jsonl"), None).unwrap() {
        parquet.write(row.unwrap()).unwrap();
    }
    parquet.finish().unwrap();
    let of = |name: &str| folder.json(&["--input", name]);
    assert_eq!(of("graded.parquet"), of("graded.jsonl"));
}

#[test]
fn plots_show_models_benchmarks_and_the_control() {
    let folder = Folder::new();
    let mut rows = [
        benchmark("before", "math500", &[3, 4, 4]),
        benchmark("before", "amc", &[1, 2, 2]),
    ]
    .concat();
    rows.extend(
        [
            benchmark("after", "math500", &[4, 7, 8]),
            benchmark("after", "amc", &[2, 4, 5]),
        ]
        .concat(),
    );
    for sample in 1..3 {
        for question in 0..10 {
            let (model, source) = ("after", "math500");
            let correct = question < 5;
            rows.push(
                Dialogue {
                    model,
                    source,
                    question,
                    sample,
                    allowed: 1,
                    used: 1,
                    correct,
                }
                .json(),
            );
        }
    }
    folder.rows("graded.jsonl", &rows);
    let arguments = [
        "--input",
        "graded.jsonl",
        "--plot",
        "a.svg",
        "--plot",
        "a.png",
    ];
    folder.evaluate(&arguments).assert().success();
    let svg = fs_err::read_to_string(folder.0.path().join("a.svg")).unwrap();
    for part in [
        ">before<",
        ">after<",
        ">after, pass@k<",
        ">math500<",
        ">amc<",
        "Mean of 2 benchmarks",
    ] {
        assert!(svg.contains(part), "{part}");
    }
    // Only one of the two benchmarks has samples: there is no mean to draw.
    let summary = folder.json(&["--input", "graded.jsonl"]);
    assert!(
        summary["pass_at_k"]
            .as_array()
            .unwrap()
            .iter()
            .all(|pass| pass["source"] == "math500")
    );
    let png = fs_err::read(folder.0.path().join("a.png")).unwrap();
    let kept = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
    fs_err::write(kept.join("attempts.png"), &png).unwrap();
    folder.fails(
        &["--input", "graded.jsonl", "--plot", "a.gif"],
        &["a.gif", ".svg or .png"],
    );
}

#[test]
fn it_reads_standard_input_and_a_reader_may_leave() {
    let folder = Folder::new();
    folder.rows("graded.jsonl", &benchmark("m", "a", &[3]));
    let text = fs_err::read_to_string(folder.0.path().join("graded.jsonl")).unwrap();
    let shown = folder.evaluate(&[]).write_stdin(text).assert().success();
    assert!(String::from_utf8_lossy(&shown.get_output().stdout).contains("30.0 %"));
    let line = format!(
        "{} --input graded.jsonl | true; exit ${{PIPESTATUS[0]}}",
        env!("CARGO_BIN_EXE_evaluate")
    );
    let left = Command::new("bash")
        .args(["-c", &line])
        .current_dir(folder.0.path())
        .assert()
        .success();
    assert!(left.get_output().stderr.is_empty());
}

#[test]
fn bad_input_is_located() {
    let folder = Folder::new();
    let good = benchmark("m", "a", &[3]);
    let with = |change: fn(&mut Value)| {
        let mut rows = good.clone();
        change(&mut rows[2]);
        rows
    };
    for (rows, parts) in [
        (
            with(|row| row["correct"] = json!("yes")),
            ["line 3", "correct"],
        ),
        (
            with(|row| drop(row.as_object_mut().unwrap().remove("source"))),
            ["line 3", "source"],
        ),
        (
            with(|row| row["attempts_allowed"] = json!(0)),
            ["line 3", "at least 1"],
        ),
        (
            with(|row| row["attempts"][0]["verdict"] = json!("perhaps")),
            ["line 3", "perhaps"],
        ),
        (vec![], ["bad.jsonl", "no records"]),
    ] {
        folder.rows("bad.jsonl", &rows);
        folder.fails(&["--input", "bad.jsonl"], &parts);
    }
    folder.write(
        "torn.jsonl",
        &format!("{}\n{{\"question_id\": \"a/", good[0]),
    );
    folder.fails(&["--input", "torn.jsonl"], &["torn.jsonl line 2"]);
    folder.fails(&["--input", "missing.jsonl"], &["missing.jsonl"]);
    folder.write("broken.parquet", "PAR1 and then nothing");
    folder.fails(&["--input", "broken.parquet"], &["broken.parquet"]);
    folder.evaluate(&["--format", "xml"]).assert().code(2);
    folder.evaluate(&["--inputs", "x"]).assert().code(2);
}
