//! The real binary: splits that never meet, demonstrations that end in their answers, a policy that loads.

use std::collections::BTreeSet;
use std::path::Path;

use assert_cmd::Command;
use checkpoints::ModelConfig;
use serde_json::Value;
use tempfile::TempDir;

fn synthesize(arguments: &[&str]) -> Command {
    let mut command = Command::cargo_bin("synthesize-questions").unwrap();
    command.args(arguments);
    command
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn rows(path: &Path) -> Vec<Value> {
    let content = std::fs::read_to_string(path).unwrap();
    content
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn questions(directory: &Path, seed: &str) {
    let directory = text(directory);
    let sizes = ["--train", "60", "--dev", "20", "--test", "30"];
    synthesize(&["questions", "--output-dir", directory, "--seed", seed])
        .args(sizes)
        .assert()
        .success();
}

fn demonstrations(directory: &Path, extra: &[&str]) -> Vec<Value> {
    let (data, output) = (
        directory.join("train.jsonl"),
        directory.join("demonstrations.jsonl"),
    );
    let few = ["--count", "300"];
    let count = if extra.contains(&"--count") {
        &[][..]
    } else {
        &few
    };
    synthesize(&[
        "demonstrations",
        "--data",
        text(&data),
        "--output",
        text(&output),
    ])
    .args(count)
    .args(extra)
    .assert()
    .success();
    rows(&output)
}

#[test]
fn splits_are_disjoint_and_of_the_sizes_asked_for() {
    let folder = TempDir::new().unwrap();
    questions(folder.path(), "1");
    let (mut all, mut ids) = (BTreeSet::new(), BTreeSet::new());
    for (split, size) in [("train", 60), ("dev", 20), ("test", 30)] {
        let rows = rows(&folder.path().join(format!("{split}.jsonl")));
        for source in ["order", "equations", "sequences"] {
            assert_eq!(
                rows.iter().filter(|row| row["source"] == source).count(),
                size,
                "{split} {source}"
            );
        }
        for row in rows {
            assert!(ids.insert(row["question_id"].to_string()), "twice: {row}");
            assert!(all.insert(row["question"].to_string()), "twice: {row}");
        }
    }
    assert_eq!(all.len(), 330);
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_one_others() {
    let folders = [(); 3].map(|()| TempDir::new().unwrap());
    for (folder, seed) in folders.iter().zip(["7", "7", "8"]) {
        questions(folder.path(), seed);
        demonstrations(folder.path(), &["--seed", seed]);
    }
    for name in [
        "train.jsonl",
        "dev.jsonl",
        "test.jsonl",
        "demonstrations.jsonl",
    ] {
        let bytes = folders
            .each_ref()
            .map(|folder| std::fs::read(folder.path().join(name)).unwrap());
        assert_eq!(bytes[0], bytes[1], "{name}");
        assert_ne!(bytes[0], bytes[2], "{name}");
    }
}

#[test]
fn only_the_last_attempt_of_a_demonstration_is_right() {
    let folder = TempDir::new().unwrap();
    questions(folder.path(), "1");
    let mut solved = 0;
    for row in demonstrations(folder.path(), &[]) {
        let right = format!("\\boxed{{{}}}", row["answer"].as_str().unwrap());
        let attempts: Vec<&str> = row["demonstration"]
            .as_array()
            .unwrap()
            .iter()
            .map(|attempt| attempt.as_str().unwrap())
            .collect();
        let (last, earlier) = attempts.split_last().unwrap();
        assert!(
            earlier.iter().all(|attempt| !attempt.ends_with(&right)),
            "{row}"
        );
        assert!(
            attempts.len() as u64 <= row["attempts_allowed"].as_u64().unwrap(),
            "{row}"
        );
        solved += u32::from(last.ends_with(&right));
    }
    assert!(
        (120..280).contains(&solved),
        "{solved} of 300 demonstrations end well"
    );
}

#[test]
fn without_flaws_every_first_attempt_is_right() {
    let folder = TempDir::new().unwrap();
    questions(folder.path(), "1");
    for row in demonstrations(folder.path(), &["--misconceptions", "0", "--slips", "0"]) {
        let attempts = row["demonstration"].as_array().unwrap();
        let right = format!("\\boxed{{{}}}", row["answer"].as_str().unwrap());
        assert_eq!(attempts.len(), 1, "{row}");
        assert!(attempts[0].as_str().unwrap().ends_with(&right), "{row}");
    }
}

#[test]
fn who_thinks_again_may_do_better() {
    let folder = TempDir::new().unwrap();
    questions(folder.path(), "1");
    let flawed_at_first = ["--misconceptions", "1", "--slips", "0", "--repeats", "0"];
    let second_is_last = |extra: &[&str]| {
        let arguments = [&flawed_at_first[..], extra].concat();
        let rows = demonstrations(folder.path(), &arguments);
        let attempts = |row: &Value| row["demonstration"].as_array().unwrap().len();
        let tried_again = rows.iter().filter(|row| attempts(row) > 1).count();
        (
            tried_again,
            rows.iter().filter(|row| attempts(row) == 2).count(),
        )
    };
    let (again, second) = second_is_last(&["--later-misconceptions", "0", "--attempts", "3"]);
    assert_eq!(
        again, second,
        "a second attempt without a misconception is right"
    );
    let (again, second) = second_is_last(&["--attempts", "3"]);
    assert!(again > second, "misconceptions never end");
}

#[test]
fn the_blank_policy_is_a_model_directory_without_weights() {
    let folder = TempDir::new().unwrap();
    questions(folder.path(), "1");
    demonstrations(folder.path(), &[]);
    let (data, policy) = (
        folder.path().join("demonstrations.jsonl"),
        folder.path().join("blank"),
    );
    synthesize(&[
        "blank-policy",
        "--demonstrations",
        text(&data),
        "--output-dir",
        text(&policy),
    ])
    .assert()
    .success();
    let config = ModelConfig::load(&policy).unwrap();
    let tokenizer: Value =
        serde_json::from_str(&std::fs::read_to_string(policy.join("tokenizer.json")).unwrap())
            .unwrap();
    let tokens = tokenizer["model"]["vocab"].as_object().unwrap().len() + 3;
    assert_eq!(tokens, config.vocab_size);
}

/// The arguments are those of `pipelines/tiny-base.sh`.
#[test]
fn the_embedded_questions_and_tokenizer_are_what_the_recipe_makes() {
    let folder = TempDir::new().unwrap();
    let embedded = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/tiny");
    let output = text(folder.path());
    let sizes = [
        "--seed", "1", "--train", "1100", "--dev", "100", "--test", "200",
    ];
    synthesize(&["questions", "--output-dir", output])
        .args(sizes)
        .assert()
        .success();
    let shares = "--seed 1 --count 24000 --misconceptions 0.73 --later-misconceptions 0.3 \
                  --slips 0.03 --repeats 0.55 --attempts 5 --longest 4";
    demonstrations(
        folder.path(),
        &shares.split_whitespace().collect::<Vec<_>>(),
    );
    let (data, policy) = (
        folder.path().join("demonstrations.jsonl"),
        folder.path().join("base"),
    );
    synthesize(&[
        "blank-policy",
        "--vocabulary",
        "320",
        "--demonstrations",
        text(&data),
    ])
    .args(["--template", text(&embedded.join("template.toml"))])
    .args(["--output-dir", text(&policy)])
    .assert()
    .success();
    for name in [
        "train.jsonl",
        "dev.jsonl",
        "test.jsonl",
        "base/tokenizer.json",
    ] {
        let made = std::fs::read(folder.path().join(name)).unwrap();
        let kept = std::fs::read(embedded.join(name)).unwrap();
        assert!(made == kept, "{name} is not what the recipe makes");
    }
}

#[test]
fn a_family_that_is_used_up_is_named() {
    let folder = TempDir::new().unwrap();
    let failed = synthesize(&[
        "questions",
        "--train",
        "5000",
        "--output-dir",
        text(folder.path()),
    ])
    .assert()
    .code(1);
    let message = String::from_utf8(failed.get_output().stderr.clone()).unwrap();
    assert!(
        message.contains("the family order has about 2048 different questions"),
        "{message}"
    );
    assert!(!folder.path().join("train.jsonl").exists());
}

#[test]
fn a_question_of_no_family_is_refused_with_its_line() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data.jsonl");
    let cases = [
        (
            r#"{"source":"order","question":"What is 2+2?","answer":"4"}"#,
            "\"question\": expected a question of",
        ),
        (
            r#"{"source":"order","question":"Compute 2+3*4.","answer":"20"}"#,
            "with its answer",
        ),
        (
            r#"{"source":"riddles","question":"?","answer":"4"}"#,
            "\"source\": expected one of order",
        ),
        (r#"{"source":"order","answer":"4"}"#, "\"question\""),
    ];
    for (line, expected) in cases {
        std::fs::write(&data, format!("{line}\n")).unwrap();
        let failed = synthesize(&["demonstrations", "--data", text(&data)])
            .assert()
            .code(1);
        let message = String::from_utf8(failed.get_output().stderr.clone()).unwrap();
        assert!(
            message.contains("data.jsonl line 1") && message.contains(expected),
            "{message}"
        );
    }
}

#[test]
fn shares_that_are_no_shares_are_wrong_usage() {
    for share in ["1.5", "-0.1", "half", "NaN"] {
        let argument = format!("--slips={share}");
        synthesize(&["demonstrations", "--data", "x.jsonl", &argument])
            .assert()
            .code(2);
    }
    synthesize(&[
        "demonstrations",
        "--data",
        "x.jsonl",
        "--misconceptions",
        "0.7",
        "--slips",
        "0.7",
    ])
    .assert()
    .code(1);
}
