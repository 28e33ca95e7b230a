//! The real binary, on real data sets and bad input.

// Helpers of tests fail a test by panicking, and say why one is skipped.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

fn run(args: &[&str]) -> Output {
    let binary = env!("CARGO_BIN_EXE_sample-questions");
    Command::new(binary)
        .args(args)
        .env_remove("RUST_LOG")
        .output()
        .unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn rows(args: &[&str]) -> Vec<Value> {
    let output = run(args);
    assert!(output.status.success(), "{}", stderr(&output));
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn failure(args: &[&str]) -> (i32, String) {
    let output = run(args);
    assert!(output.stdout.is_empty(), "records in spite of the failure");
    (output.status.code().unwrap(), stderr(&output))
}

fn texts<'a>(rows: &'a [Value], field: &str) -> Vec<&'a str> {
    rows.iter()
        .map(|row| row[field].as_str().unwrap())
        .collect()
}

struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    fn file(&self, name: &str, content: &str) -> String {
        let path = self.0.path().join(name);
        std::fs::write(&path, content).unwrap();
        path.display().to_string()
    }

    /// Questions `q0`, `q1` and so on, with their number as the answer.
    fn questions(&self, name: &str, count: usize) -> String {
        let line = |n| {
            format!(
                "{{\"question\":\"q{n}\",\"answer\":{n},\"level\":{}}}\n",
                n % 3
            )
        };
        self.file(name, &(0..count).map(line).collect::<String>())
    }
}

/// A published file, or a printed reason why the test cannot run here.
fn published(name: &str) -> Option<String> {
    let root = match std::env::var_os("REATTEMPT_SHARED") {
        Some(root) => PathBuf::from(root),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
    };
    let path = root.join("datasets").join(name);
    if !path.is_file() {
        println!("skipped: no {}", path.display());
        return None;
    }
    Some(path.display().to_string())
}

#[test]
fn a_step_has_every_field_and_is_reproducible() {
    let folder = Folder::new();
    let data = folder.questions("tiny.jsonl", 10);
    let args = [
        "--data",
        &data,
        "--count",
        "4",
        "--step",
        "3",
        "--seed",
        "5",
        "--samples-per-question",
        "2",
    ];
    let step = rows(&args);
    assert_eq!(step, rows(&args));
    assert_eq!(step.len(), 8);
    let fields: Vec<&String> = step[0].as_object().unwrap().keys().collect();
    let expected = [
        "question_id",
        "source",
        "question",
        "answer",
        "attempts_allowed",
        "sample_index",
        "seed",
    ];
    let fields: BTreeSet<&str> = fields.into_iter().map(String::as_str).collect();
    assert_eq!(fields, BTreeSet::from(expected));
    assert_eq!(step[0]["source"], "tiny");
    assert_eq!(
        step[0]["question_id"],
        format!("tiny/{}", step[0]["answer"].as_str().unwrap())
    );
    assert_eq!(
        (
            step[0]["sample_index"].as_i64(),
            step[1]["sample_index"].as_i64()
        ),
        (Some(0), Some(1))
    );
    assert_eq!(step[0]["question_id"], step[1]["question_id"]);
    let seeds: BTreeSet<i64> = step
        .iter()
        .map(|row| row["seed"].as_i64().unwrap())
        .collect();
    assert_eq!(seeds.len(), 8);
}

#[test]
fn an_epoch_has_no_repeats_and_the_next_is_shuffled_anew() {
    let folder = Folder::new();
    let data = folder.questions("tiny.jsonl", 10);
    let draw = |step: &str| {
        let rows = rows(&["--data", &data, "--count", "4", "--step", step]);
        texts(&rows, "question")
            .into_iter()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let drawn: Vec<String> = (0..5).flat_map(|step| draw(&step.to_string())).collect();
    let (first, second) = drawn.split_at(10);
    let sorted = |epoch: &[String]| epoch.iter().cloned().collect::<BTreeSet<_>>();
    assert_eq!((sorted(first).len(), sorted(second).len()), (10, 10));
    assert_ne!(first, second);
}

#[test]
fn attempts_cover_their_range() {
    let folder = Folder::new();
    let data = folder.questions("tiny.jsonl", 100);
    let rows = rows(&["--data", &data, "--count", "100", "--attempts", "2-4"]);
    let seen: BTreeSet<i64> = rows
        .iter()
        .map(|row| row["attempts_allowed"].as_i64().unwrap())
        .collect();
    assert_eq!(seen, BTreeSet::from([2, 3, 4]));
}

#[test]
fn evaluation_asks_each_question_once_for_each_number_of_attempts() {
    let folder = Folder::new();
    let data = folder.questions("tiny.jsonl", 3);
    let rows = rows(&["--data", &data, "--all", "--attempts", "1-7"]);
    assert_eq!(rows.len(), 21);
    let pairs: BTreeSet<(&str, i64)> = rows
        .iter()
        .map(|row| {
            (
                row["question"].as_str().unwrap(),
                row["attempts_allowed"].as_i64().unwrap(),
            )
        })
        .collect();
    assert_eq!(pairs.len(), 21);
}

#[test]
fn jsonl_arrays_and_parquet_hold_the_same_questions() {
    let folder = Folder::new();
    let data = folder.questions("tiny.jsonl", 5);
    let lines = std::fs::read_to_string(&data).unwrap();
    let array = format!("[\n{}]", lines.trim_end().replace('\n', ",\n"));
    let array = folder.file("tiny.json", &array);
    let parquet = folder.0.path().join("tiny.parquet").display().to_string();
    let mut writer = tables::create(Path::new(&parquet), None).unwrap();
    for row in tables::open_data(Path::new(&array), None).unwrap() {
        let mut row = row.unwrap();
        // Records hold their answer as text.
        let answer = row.int64("answer").unwrap().to_string();
        row.set("answer", answer);
        writer.write(row).unwrap();
    }
    writer.finish().unwrap();
    let all = |data: &str| {
        rows(&[
            "--data",
            data,
            "--all",
            "--attempts",
            "1",
            "--keep-fields",
            "level",
        ])
    };
    assert_eq!(all(&data), all(&array));
    assert_eq!(all(&data), all(&parquet));
    assert_eq!(all(&data)[4]["level"], 1);
}

#[test]
fn fields_ids_and_source_can_be_named() {
    let folder = Folder::new();
    let data = folder.file(
        "x.jsonl",
        "{\"prompt\":\"2+2\",\"gold\":4.0,\"key\":\"a7\",\"answer\":[]}\n",
    );
    let args = [
        "--data",
        &data,
        "--all",
        "--question-field",
        "prompt",
        "--answer-field",
        "gold",
    ];
    let rows = rows(&[&args[..], &["--id-field", "key", "--source", "sums"]].concat());
    assert_eq!(rows[0]["question_id"], "sums/a7");
    assert_eq!(
        (&rows[0]["question"], &rows[0]["answer"]),
        (&"2+2".into(), &"4".into())
    );
}

#[test]
fn records_keep_their_ids_and_sources() {
    let folder = Folder::new();
    let line =
        "{\"question_id\":\"sum/7\",\"source\":\"sum\",\"question\":\"3+4\",\"answer\":\"7\"}\n";
    let data = folder.file("math500.jsonl", line);
    let rows = rows(&["--data", &data, "--all"]);
    assert_eq!(
        (&rows[0]["question_id"], &rows[0]["source"]),
        (&"sum/7".into(), &"sum".into())
    );
}

#[test]
fn questions_are_left_out_by_id_place_or_text() {
    let folder = Folder::new();
    let data = folder.questions("tiny.jsonl", 5);
    let names = "{\"question_id\":\"tiny/0\"}\n{\"source\":\"tiny\",\"row\":2,\"why\":\"?\"}\n{\"problem\":\" q4 \"}\n";
    let exclude = folder.file("exclude.jsonl", names);
    let kept = rows(&[
        "--data",
        &data,
        "--all",
        "--attempts",
        "1",
        "--exclude",
        &exclude,
    ]);
    assert_eq!(texts(&kept, "question"), ["q1", "q3"]);
    let useless = folder.file("useless.jsonl", "{\"id\":1}\n");
    let (status, message) = failure(&["--data", &data, "--all", "--exclude", &useless]);
    assert_eq!(status, 1);
    assert!(
        message.contains("useless.jsonl line 1: field \"question_id\": missing"),
        "{message}"
    );
}

#[test]
fn bad_data_is_named() {
    let folder = Folder::new();
    let expectations = [
        (
            "{\"question\":\"a\"}\n",
            "line 1: field \"answer\": missing, expected an answer here",
        ),
        (
            "{\"answer\":1}\n",
            "line 1: field \"question\": missing, expected a string here or \"problem\"",
        ),
        (
            "{\"question\":5,\"answer\":1}\n",
            "line 1: field \"question\": expected string, found integer",
        ),
        (
            "{\"question\":\"a\",\"answer\":{}}\n",
            "line 1: field \"answer\": expected a string or a number",
        ),
        (
            "{\"question\":\"a\",\"answer\":1}\n{\"quest",
            "line 2: the record is torn",
        ),
        (
            "[{\"question\":\"a\",\"answer\":1},",
            "line 1: the record is torn",
        ),
        (
            "[{\"question\":\"a\",\"answer\":1},{\"question\":\"a\"}]",
            "row 2: field \"answer\": missing",
        ),
        ("", "no records, expected at least one"),
    ];
    for (content, expected) in expectations {
        let data = folder.file("bad.jsonl", content);
        let (status, message) = failure(&["--data", &data, "--all"]);
        assert_eq!(status, 1, "{content}");
        assert!(
            message.contains("bad.jsonl") && message.contains(expected),
            "{message}"
        );
    }
}

#[test]
fn the_same_question_id_twice_is_refused() {
    let folder = Folder::new();
    let data = folder.questions("tiny.jsonl", 2);
    let (status, message) = failure(&["--data", &data, &data, "--all"]);
    assert_eq!(status, 1);
    assert!(
        message.contains("question_id \"tiny/0\" occurs twice"),
        "{message}"
    );
}

#[test]
fn wrong_usage_exits_with_two() {
    let folder = Folder::new();
    let data = folder.questions("tiny.jsonl", 2);
    for args in [
        &["--data", &data][..],
        &["--data", &data, "--all", "--count", "3"],
        &["--data", &data, "--count", "0"],
        &["--data", &data, "--all", "--attempts", "5-2"],
        &["--data", &data, "--all", "--preset", "nonsense"],
        &["--data", &data, "--all", "--keep-fields", "answer"],
        &["--all"],
    ] {
        assert_eq!(failure(args).0, 2, "{args:?}");
    }
}

#[test]
fn a_file_of_settings_may_say_all_of_it() {
    let folder = Folder::new();
    let data = folder.questions("tiny.jsonl", 8);
    let table = format!(
        "[sample-questions]\ndata = [{data:?}]\ncount = 3\nattempts = \"2-2\"\nsamples_per_question = 2\n"
    );
    let config = folder.file("run.toml", &table);
    let step = rows(&["--config", &config, "--step", "1"]);
    assert_eq!(step.len(), 6);
    assert!(step.iter().all(|row| row["attempts_allowed"] == 2));
    // --all excludes the count of the file.
    assert_eq!(rows(&["--config", &config, "--all"]).len(), 16);
}

fn all(file: &str) -> Option<(Vec<Value>, String)> {
    let data = published(file)?;
    let output = run(&["--data", &data, "--all", "--attempts", "1"]);
    let message = stderr(&output);
    assert!(output.status.success(), "{message}");
    let text = String::from_utf8(output.stdout).unwrap();
    Some((
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect(),
        message,
    ))
}

#[test]
fn benchmarks_are_read_whole() {
    let expectations = [
        ("benchmarks/aime24.jsonl", 30, "aime24", 0, "204"),
        ("benchmarks/amc23.jsonl", 40, "amc23", 0, "27"),
        (
            "benchmarks/math500.jsonl",
            500,
            "math500",
            0,
            "\\left( 3, \\frac{\\pi}{2} \\right)",
        ),
        (
            "benchmarks/minerva_math.jsonl",
            272,
            "minerva_math",
            0,
            "1.6",
        ),
        (
            "benchmarks/olympiadbench.jsonl",
            675,
            "olympiadbench",
            0,
            "2",
        ),
        (
            "dev/math_dev_l3to5.jsonl",
            366,
            "math_dev",
            0,
            "\\frac{x+2}{7}",
        ),
        ("train/gsm8k_train.jsonl", 7473, "gsm8k", 0, "72"),
    ];
    for (file, count, source, row, answer) in expectations {
        let Some((rows, _)) = all(file) else { return };
        assert_eq!(rows.len(), count, "{file}");
        assert_eq!(rows[row]["question_id"], format!("{source}/{row}"));
        assert_eq!(rows[row]["answer"], answer, "{file}");
        assert!(
            rows.iter()
                .all(|row| row["source"] == source && row["question"] != "")
        );
        let odd =
            |text: &&str| text.is_empty() || text.starts_with('$') || text.contains("\\boxed");
        assert_eq!(texts(&rows, "answer").into_iter().find(odd), None, "{file}");
    }
}

#[test]
fn oddities_of_benchmarks() {
    let Some((aime, _)) = all("benchmarks/aime24.jsonl") else {
        return;
    };
    assert!(texts(&aime, "answer").contains(&"025"));
    let (amc, _) = all("benchmarks/amc23.jsonl").unwrap();
    assert!(texts(&amc, "answer").contains(&"-1"));
    let (olympiad, _) = all("benchmarks/olympiadbench.jsonl").unwrap();
    let answers = texts(&olympiad, "answer");
    assert!(answers.contains(&"69, 84") && answers.contains(&"f(n)=n, g(n)=1"));
    let (gsm8k, _) = all("train/gsm8k_train.jsonl").unwrap();
    assert!(texts(&gsm8k, "answer").contains(&"109200000"));
}

#[test]
fn both_forms_of_the_training_set_are_the_same_and_its_mistakes_are_known() {
    let name = "train/math_level3to5_data_processed_with_qwen_prompt.json";
    let Some((array, message)) = all(name) else {
        return;
    };
    // 8,523 rows, two without an answer, two asked twice.
    assert_eq!(array.len(), 8519);
    assert!(
        message.contains("(counted from 0): 5054, 5158"),
        "{message}"
    );
    assert!(
        message.contains("math_train/4007, math_train/4465"),
        "{message}"
    );
    let answer =
        |id: &str| array.iter().find(|row| row["question_id"] == id).unwrap()["answer"].clone();
    assert_eq!(
        (answer("math_train/3380"), answer("math_train/7997")),
        ("9".into(), "2".into())
    );
    assert!(
        !array[0]["question"]
            .as_str()
            .unwrap()
            .contains("<|im_start|>")
    );
    let (lines, _) = all("train/math_level3to5_data.jsonl").unwrap();
    assert_eq!(array, lines);
}

#[test]
fn the_overlap_list_excludes_twelve_questions() {
    let Some(overlap) = published("overlap.jsonl") else {
        return;
    };
    let math = published("benchmarks/math500.jsonl").unwrap();
    let olympiad = published("benchmarks/olympiadbench.jsonl").unwrap();
    let args = [
        "--data",
        &math,
        &olympiad,
        "--all",
        "--attempts",
        "1",
        "--exclude",
        &overlap,
    ];
    assert_eq!(rows(&args).len(), 500 + 675 - 12);
}

#[test]
fn the_first_rows_of_each_file() {
    let Some(math) = published("benchmarks/math500.jsonl") else {
        return;
    };
    let amc = published("benchmarks/amc23.jsonl").unwrap();
    let rows = rows(&[
        "--data",
        &math,
        &amc,
        "--all",
        "--attempts",
        "1",
        "--first",
        "5",
    ]);
    assert_eq!(rows.len(), 10);
    assert_eq!(rows[5]["question_id"], "amc23/0");
}
