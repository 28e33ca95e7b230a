//! The real binary, on good and bad input.

// Helpers of tests fail a test by panicking.
#![allow(clippy::unwrap_used)]

mod support;

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use support::{BINARY, failure, floats, lines, rows, run, spawn, stderr};
use tempfile::TempDir;

/// Two tokens of prompt, two attempts of two tokens with one token of feedback between them.
fn dialogue(question: &str, reward: f64) -> Value {
    json!({
        "question_id": question,
        "note": {"kept": [1, 2.50]},
        "token_ids": [5, 6, 7, 8, 9, 10, 11],
        "loss_mask": [false, false, true, true, false, true, true],
        "values": [9.0, 9.0, 0.5, 0.25, 9.0, 0.125, 0.0],
        "correct": reward > 0.0,
        "reward": reward,
    })
}

fn path(folder: &TempDir, name: &str) -> String {
    folder.path().join(name).display().to_string()
}

fn names(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().path()).collect()
}

#[test]
fn gae_counts_policy_tokens_only() {
    let input = lines(&[dialogue("q", 1.0)]);
    let args = [
        "--lambda",
        "0.5",
        "--gamma",
        "0.5",
        "--no-whiten",
        "--quiet",
    ];
    let row = &rows(&run(&args, &input))[0];
    // By hand, from the end: delta + gamma lambda A', with 1/4 = gamma lambda.
    let last = 1.0;
    let third = 0.5 * 0.0 - 0.125 + 0.25 * last;
    let second = 0.5 * 0.125 - 0.25 + 0.25 * third;
    let first = 0.5 * 0.25 - 0.5 + 0.25 * second;
    let expected = [0.0, 0.0, first, second, 0.0, third, last];
    assert_eq!(floats(row, "advantages"), expected);
    assert_eq!(row["returns"][3], second + 0.25);
    assert_eq!(row["note"].to_string(), "{\"kept\":[1,2.5]}");
}

#[test]
fn returns_may_have_a_lambda_of_their_own() {
    let input = lines(&[dialogue("q", -0.5)]);
    let args = ["--value-lambda", "1", "--no-whiten", "--quiet"];
    let row = &rows(&run(&args, &input))[0];
    assert_eq!(
        floats(row, "returns"),
        [0.0, 0.0, -0.5, -0.5, 0.0, -0.5, -0.5]
    );
    assert_ne!(floats(row, "advantages")[2], -1.0);
}

#[test]
fn whitening_spans_all_dialogues() {
    let input = lines(&[dialogue("a", 1.0), dialogue("b", -1.0)]);
    let rows = rows(&run(&["--quiet"], &input));
    let on = |row: &Value| {
        let mask = row["loss_mask"].as_array().unwrap().clone();
        let pairs = floats(row, "advantages").into_iter().zip(mask);
        pairs
            .filter(|(_, on)| on == true)
            .map(|(number, _)| number)
            .collect::<Vec<_>>()
    };
    let all: Vec<f64> = rows.iter().flat_map(on).collect();
    assert_eq!(all.len(), 8);
    assert!(all.iter().sum::<f64>().abs() < 1e-5);
    assert!((all.iter().map(|number| number * number).sum::<f64>() - 8.0).abs() < 1e-5);
}

#[test]
fn groups_are_found_wherever_they_lie() {
    let input = lines(&[
        dialogue("a", 1.0),
        dialogue("b", -1.0),
        dialogue("a", -0.5),
        dialogue("b", -1.0),
    ]);
    let output = rows(&run(&["--estimator", "rloo", "--quiet"], &input));
    let last: Vec<f64> = output
        .iter()
        .map(|row| floats(row, "advantages")[6])
        .collect();
    assert_eq!(last, [1.5, 0.0, -1.5, 0.0]);
    let output = rows(&run(
        &["--estimator", "grpo", "--no-std", "--quiet"],
        &input,
    ));
    assert_eq!(floats(&output[0], "advantages")[6], 0.75);
    let output = rows(&run(&["--estimator", "grpo", "--quiet"], &input));
    assert!((floats(&output[0], "advantages")[6] - 0.5f64.sqrt()).abs() < 1e-5);
}

#[test]
fn a_group_of_one_is_refused() {
    let (status, message) = failure(&["--estimator", "rloo"], &lines(&[dialogue("a", 1.0)]));
    assert_eq!(status, 1);
    assert!(
        message.contains(
            "standard input line 1: field \"question_id\": expected at least two samples"
        ),
        "{message}"
    );
}

#[test]
fn reinforce_needs_no_values() {
    let mut row = dialogue("a", -1.0);
    row.as_object_mut().unwrap().remove("values");
    let args = [
        "--estimator",
        "reinforce",
        "--no-whiten",
        "--gamma",
        "0.5",
        "--quiet",
    ];
    let output = rows(&run(&args, &lines(&[row])));
    assert_eq!(
        floats(&output[0], "advantages"),
        [0.0, 0.0, -0.125, -0.25, 0.0, -0.5, -1.0]
    );
}

#[test]
fn uniform_questions_are_dropped_unless_nothing_is_left() {
    let mixed = [
        dialogue("a", 1.0),
        dialogue("a", -1.0),
        dialogue("b", 1.0),
        dialogue("b", 1.0),
    ];
    let output = run(&["--drop-uniform"], &lines(&mixed));
    assert_eq!(rows(&output).len(), 2);
    assert!(
        stderr(&output).contains("dropped_uniform_questions=1"),
        "{}",
        stderr(&output)
    );
    let output = run(&["--drop-uniform"], &lines(&mixed[2..]));
    assert_eq!(rows(&output).len(), 2);
    assert!(
        stderr(&output).contains("keeping all"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn unreadable_references_are_never_trained_on() {
    let mut bad = dialogue("a", -1.0);
    let attempt = json!({"start": 2, "end": 4, "text": "", "answer": null, "verdict": "bad_reference", "stop": "eos"});
    bad["attempts"] = json!([attempt]);
    let input = lines(&[bad.clone(), dialogue("b", 1.0)]);
    for whitening in ["--whiten", "--no-whiten"] {
        let output = run(&[whitening], &input);
        assert_eq!(rows(&output)[0]["question_id"], "b");
        assert!(stderr(&output).contains("dropped_bad_references=1"));
        assert_eq!(
            rows(&run(&[whitening, "--no-exclude-bad-reference"], &input)).len(),
            2
        );
    }
    let (status, message) = failure(&[], &lines(&[bad]));
    assert_eq!(status, 1);
    assert!(
        message.contains("references of all 1 dialogues are unreadable"),
        "{message}"
    );
}

#[test]
fn parquet_and_jsonl_give_the_same() {
    let folder = TempDir::new().unwrap();
    let input = lines(&[dialogue("a", 1.0), dialogue("b", -1.0)]);
    let (one, two) = (path(&folder, "one.parquet"), path(&folder, "two.jsonl"));
    rows(&run(&["--quiet", "--output", &one], &input));
    rows(&run(&["--quiet", "--output", &two], &input));
    // Once more over both: the fields are replaced in place.
    let again = run(&["--quiet", "--input", &one], "");
    assert_eq!(
        String::from_utf8(again.stdout).unwrap(),
        std::fs::read_to_string(&two).unwrap()
    );
}

#[test]
fn bad_records_are_named() {
    let expectations = [
        (
            "{\"token_ids\":[1]}",
            "line 2: field \"loss_mask\": missing, expected a list with one element per token",
        ),
        (
            "{\"token_ids\":\"x\"}",
            "line 2: field \"token_ids\": expected list<int32>, found string \"x\"",
        ),
        (
            "{\"token_ids\":[1],\"loss_mask\":[true],\"values\":[0]}",
            "line 2: field \"reward\": missing, expected float32",
        ),
        (
            "{\"token_ids\":[1],\"loss_mask\":[true,false],\"values\":[0]}",
            "line 2: field \"loss_mask\": expected 1 elements like \"token_ids\", found 2",
        ),
        (
            "{\"reward\":NaN}",
            "line 2: field \"reward\": expected a finite number, found NaN",
        ),
        ("{\"token_ids\":[1],\"loss_m", "line 2: the record is torn"),
    ];
    for (line, expected) in expectations {
        let input = format!("{}{line}\n", lines(&[dialogue("a", 1.0)]));
        let (status, message) = failure(&[], &input);
        assert_eq!(status, 1);
        assert!(
            message.starts_with("error: standard input line 2"),
            "{message}"
        );
        assert!(message.contains(expected), "{message}");
        assert_eq!(message.lines().count(), 1, "{message}");
    }
}

#[test]
fn empty_input_is_an_error() {
    for args in [&["--no-whiten"][..], &[]] {
        let (status, message) = failure(args, "\n");
        assert_eq!(
            (status, message.as_str()),
            (
                1,
                "error: standard input: no records, expected at least one\n"
            )
        );
    }
}

#[test]
fn a_truncated_parquet_file_is_named() {
    let folder = TempDir::new().unwrap();
    let whole = path(&folder, "whole.parquet");
    rows(&run(
        &["--quiet", "--output", &whole],
        &lines(&[dialogue("a", 1.0)]),
    ));
    let cut = path(&folder, "cut.parquet");
    let bytes = std::fs::read(&whole).unwrap();
    std::fs::write(&cut, &bytes[..bytes.len() / 2]).unwrap();
    let (status, message) = failure(&["--input", &cut], "");
    assert_eq!(status, 1);
    assert!(
        message.contains(&format!("{cut}: not a readable Parquet file")),
        "{message}"
    );
}

#[test]
fn wrong_usage_exits_with_two() {
    for args in [
        &["--nonsense"][..],
        &["--lambda", "1.5"],
        &["--estimator", "magic"],
    ] {
        assert_eq!(failure(args, "").0, 2, "{args:?}");
    }
    let help = run(&["--help"], "");
    assert!(help.status.success());
    assert!(
        String::from_utf8(help.stdout)
            .unwrap()
            .contains("Examples:")
    );
}

fn config(folder: &TempDir, table: &str) -> String {
    let file = path(folder, "run.toml");
    std::fs::write(
        &file,
        format!("[rollout]\nunknown = 1\n[compute-advantages]\n{table}\n"),
    )
    .unwrap();
    file
}

#[test]
fn settings_come_from_a_file_and_flags_win() {
    let folder = TempDir::new().unwrap();
    let file = config(
        &folder,
        "estimator = \"reinforce\"\ngamma = 0.5\nwhiten = false\nquiet = true",
    );
    let input = lines(&[dialogue("a", 1.0)]);
    let output = run(&["--config", &file], &input);
    assert_eq!(stderr(&output), "");
    assert_eq!(floats(&rows(&output)[0], "advantages")[5], 0.5);
    let output = rows(&run(&["--gamma", "1", "--config", &file], &input));
    assert_eq!(floats(&output[0], "advantages")[5], 1.0);
    let output = rows(&run(&["--whiten", "--config", &file], &input));
    assert_ne!(floats(&output[0], "advantages")[5], 0.5);
}

#[test]
fn a_wrong_setting_is_named() {
    let folder = TempDir::new().unwrap();
    let expectations = [
        (
            "lamda = 1",
            "unknown key \"lamda\" in [compute-advantages], did you mean \"lambda\"?; known keys: input,",
        ),
        (
            "whiten = 1",
            "key \"whiten\" in [compute-advantages]: expected true or false, found 1",
        ),
        (
            "gamma = {}",
            "key \"gamma\" in [compute-advantages]: expected a string, a number or a list of them, found a table",
        ),
        (
            "gamma = [1, 2]",
            "key \"gamma\" in [compute-advantages]: expected a single value, found a list",
        ),
        ("gamma = ", "not valid TOML: line 4"),
        ("gamma = 7", "invalid value '7' for '--gamma"),
    ];
    for (table, expected) in expectations {
        let file = config(&folder, table);
        let (status, message) = failure(&["--config", &file], "");
        assert_eq!(status, 2, "{message}");
        assert!(
            message.contains(expected) && message.contains("run.toml"),
            "{message}"
        );
    }
    let (status, message) = failure(&["--config", "nowhere.toml"], "");
    assert_eq!(status, 2);
    assert!(
        message.contains("failed to read the configuration file nowhere.toml"),
        "{message}"
    );
}

#[test]
fn a_full_disk_leaves_the_old_file() {
    let (status, message) = failure(&["--output", "/dev/full"], &lines(&[dialogue("a", 1.0)]));
    assert_eq!(status, 1);
    assert!(
        message.contains("failed to write /dev/full: No space left on device"),
        "{message}"
    );

    let folder = TempDir::new().unwrap();
    for name in ["out.jsonl", "out.parquet"] {
        let (input, output) = (path(&folder, "in.jsonl"), path(&folder, name));
        let many: Vec<Value> = (0..400)
            .map(|number| dialogue(&format!("question {number} {:x}", number * 7919), 1.0))
            .collect();
        std::fs::write(&input, lines(&many)).unwrap();
        std::fs::write(&output, "old").unwrap();
        // No file may grow beyond one block of 1024 bytes: what a full disk looks like to a program.
        let script = "trap '' XFSZ; ulimit -f 1; exec \"$@\"";
        let limited = Command::new("bash")
            .args([
                "-c", script, "bash", BINARY, "--quiet", "--input", &input, "--output", &output,
            ])
            .output()
            .unwrap();
        assert_eq!(limited.status.code(), Some(1));
        let message = stderr(&limited);
        assert!(
            message.starts_with(&format!("error: failed to write {output}: ")),
            "{message}"
        );
        assert_eq!(std::fs::read_to_string(&output).unwrap(), "old");
    }
    assert_eq!(names(folder.path()).len(), 3, "a temporary file was left");
}

#[test]
fn a_closed_pipe_is_no_failure() {
    let mut child = spawn(&["--no-whiten"]);
    let mut stdin = child.stdin.take().unwrap();
    let line = lines(&[dialogue("a", 1.0)]);
    stdin.write_all(line.as_bytes()).unwrap();
    // The first record comes while the input is still open.
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut first = String::new();
    stdout.read_line(&mut first).unwrap();
    assert!(first.contains("advantages"));
    drop(stdout);
    while stdin.write_all(line.as_bytes()).is_ok() {}
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    assert_eq!(
        (output.status.code(), stderr(&output).as_str()),
        (Some(0), "")
    );
}

#[test]
fn a_signal_leaves_nothing_behind() {
    for (signal, status) in [("-INT", 130), ("-TERM", 143)] {
        let folder = TempDir::new().unwrap();
        let file = path(&folder, "out.jsonl");
        let mut child = spawn(&["--no-whiten", "--output", &file]);
        let mut stdin = child.stdin.take().unwrap();
        stdin
            .write_all(lines(&[dialogue("a", 1.0)]).as_bytes())
            .unwrap();
        while names(folder.path()).is_empty() {
            std::thread::yield_now();
        }
        let id = child.id().to_string();
        assert!(
            Command::new("kill")
                .args([signal, &id])
                .status()
                .unwrap()
                .success()
        );
        assert_eq!(child.wait().unwrap().code(), Some(status));
        assert!(names(folder.path()).is_empty());
    }
}

/// Tolerance 1e-5 + 1e-5 |x|, as stated beside the files.
#[test]
fn a_golden_batch_is_reproduced() {
    let Some(fixtures) = fixtures::folder() else {
        return;
    };
    let batch = fixtures::rows(&fixtures);
    let expected = fixtures::read_lines(&fixtures.join("ppo_step/expected_batch.jsonl"));
    let input = lines(&batch);
    let plain = rows(&run(&["--no-whiten", "--quiet"], &input));
    let whitened = rows(&run(&["--quiet"], &input));
    assert_eq!((plain.len(), whitened.len()), (8, 8));
    for (index, expected) in expected.iter().enumerate() {
        let prompt = batch[index]["prompt_length"].as_u64().unwrap() as usize;
        let close = |row: &Value, field: &str, golden: &str| {
            let found = &floats(row, field)[prompt..];
            let golden = floats(expected, golden);
            assert_eq!(found.len(), golden.len());
            for (one, two) in found.iter().zip(golden) {
                let difference = (one - two).abs();
                assert!(
                    difference <= 1e-5 + 1e-5 * two.abs(),
                    "{index} {field}: {one} and {two}"
                );
            }
        };
        close(&plain[index], "advantages", "advantages");
        close(&plain[index], "returns", "returns");
        close(&whitened[index], "advantages", "whitened_advantages");
    }
}
