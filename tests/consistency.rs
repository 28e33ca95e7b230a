//! A row's fields never contradict one another: dialogues of the embedded policy, played and paid under every
//! combination of options that can end or pay them differently.

use pipeline_tests::{root, stage};
use records::{Attempt, AttemptStop, StopReason, Verdict};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

/// How `rollout` and `grade` are called.
struct Case {
    rollout: &'static [&'static str],
    grade: &'static [&'static str],
}

const CASES: &[Case] = &[
    Case {
        rollout: &["--max-new-tokens", "320"],
        grade: &[],
    },
    Case {
        rollout: &["--max-new-tokens", "45"],
        grade: &["--reward-at", "attempts"],
    },
    Case {
        rollout: &[
            "--attempt-end",
            "boxed",
            "--check-every",
            "5",
            "--max-new-tokens",
            "70",
        ],
        grade: &["--attempt-discount", "0.5", "--repeat-penalty", "0.25"],
    },
    Case {
        rollout: &["--context-length", "80", "--profile", "exact"],
        grade: &[
            "--reward-at",
            "attempts",
            "--attempt-discount",
            "0.5",
            "--repeat-penalty",
            "0.25",
        ],
    },
    Case {
        rollout: &["--play-on", "--max-new-tokens", "150"],
        grade: &[],
    },
    Case {
        rollout: &["--max-new-tokens", "60"],
        grade: &["--again", "--profile", "exact"],
    },
];

/// A stage on files, which must succeed.
fn run(name: &str, arguments: &[&str], input: Option<&Path>, output: &Path) {
    let done = attempt(name, arguments, input, output);
    let message = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{name}: {message}");
}

fn attempt(name: &str, arguments: &[&str], input: Option<&Path>, output: &Path) -> Output {
    let mut command = stage(name);
    command.args(arguments).arg("--quiet");
    command.arg("--output").arg(output).stdin(Stdio::null());
    if let Some(input) = input {
        command.arg("--input").arg(input);
    }
    command.output().expect("the stage runs")
}

/// Questions of the embedded set, and dialogues about them.
fn rollouts(more: &[&str], count: usize, folder: &Path) -> PathBuf {
    let (questions, rollouts) = (
        folder.join("questions.jsonl"),
        folder.join("rollouts.jsonl"),
    );
    let data = root().join("data/tiny/train.jsonl").display().to_string();
    let count = count.to_string();
    let sample = [
        "--data", &data, "--count", &count, "--step", "1", "--seed", "11",
    ];
    run("sample-questions", &sample, None, &questions);
    let (model, template) = (
        root().join("data/tiny/base"),
        root().join("data/tiny/template.toml"),
    );
    let (model, template) = (model.display().to_string(), template.display().to_string());
    let play = ["--model", &*model, "--template", &template];
    run(
        "rollout",
        &[&play, more].concat(),
        Some(&questions),
        &rollouts,
    );
    rollouts
}

fn read(path: &Path) -> Vec<Value> {
    let text = fs_err::read_to_string(path).expect("rows");
    let rows = text
        .lines()
        .map(|line| serde_json::from_str(line).expect("a row"));
    rows.collect()
}

/// Plays and pays `count` questions.
fn dialogues(case: &Case, count: usize, folder: &Path) -> Vec<Value> {
    let rollouts = rollouts(case.rollout, count, folder);
    let graded = folder.join("graded.jsonl");
    run("grade", case.grade, Some(&rollouts), &graded);
    read(&graded)
}

fn list<T: serde::de::DeserializeOwned>(row: &Value, field: &str) -> Vec<T> {
    serde_json::from_value(row[field].clone()).unwrap_or_else(|error| panic!("{field}: {error}"))
}

fn number(row: &Value, field: &str) -> f64 {
    row[field]
        .as_f64()
        .unwrap_or_else(|| panic!("{field}: {}", row[field]))
}

fn check(row: &Value, case: &Case) {
    let attempts: Vec<Attempt> = list(row, "attempts");
    let last = attempts.last().expect("at least one attempt");
    let reason: StopReason = serde_json::from_value(row["stop_reason"].clone()).expect("a reason");
    let right = last.verdict == Verdict::Correct;
    assert_eq!(
        row["correct"], right,
        "correct exactly if the last verdict is"
    );
    assert_eq!(
        reason == StopReason::Solved,
        right,
        "solved exactly if the last verdict is correct"
    );
    assert_eq!(number(row, "attempts_used") as usize, attempts.len());
    assert!(attempts.len() <= number(row, "attempts_allowed") as usize);
    for attempt in &attempts {
        assert_eq!(
            attempt.verdict == Verdict::Truncated,
            attempt.stop == AttemptStop::Length
        );
        assert!(attempt.verdict != Verdict::NoAnswer || attempt.answer.is_none());
        assert!(attempt.verdict != Verdict::Wrong || attempt.answer.is_some());
    }
    ranges(row, &attempts);
    pay(row, &attempts, case);
}

fn ranges(row: &Value, attempts: &[Attempt]) {
    let mask: Vec<bool> = list(row, "loss_mask");
    let mut at = number(row, "prompt_length") as usize;
    assert!(mask[..at].iter().all(|sampled| !sampled));
    for attempt in attempts {
        let (start, end) = (attempt.start as usize, attempt.end as usize);
        assert!(at <= start && start <= end);
        assert!(
            mask[at..start].iter().all(|sampled| !sampled),
            "feedback is not sampled"
        );
        assert!(
            mask[start..end].iter().all(|sampled| *sampled),
            "attempts are"
        );
        at = end;
    }
    assert_eq!(
        at,
        mask.len(),
        "prompt, attempts and feedback tile the dialogue"
    );
    for field in ["token_ids", "logprobs"] {
        assert_eq!(list::<Value>(row, field).len(), mask.len(), "{field}");
    }
}

/// The rule of pay, said again in the shortest way.
fn pay(row: &Value, attempts: &[Attempt], case: &Case) {
    let has = |flag: &str| case.grade.contains(&flag);
    let discount: f64 = if has("--attempt-discount") { 0.5 } else { 1.0 };
    let answered = |attempt: &Attempt| attempt.answer.is_some();
    let failed = |answered: bool| if answered { -0.5 } else { -1.0 };
    let expected: f64 = if has("--reward-at") {
        let each = attempts
            .iter()
            .enumerate()
            .map(|(index, attempt)| match attempt.verdict {
                Verdict::Correct => discount.powi(index as i32),
                _ => failed(answered(attempt)),
            });
        let paid: f64 = attempts
            .iter()
            .map(|a| f64::from(a.reward.expect("a reward each")))
            .sum();
        assert!(
            (paid - number(row, "reward")).abs() < 1e-5,
            "the reward is their sum"
        );
        each.sum()
    } else {
        assert!(attempts.iter().all(|attempt| attempt.reward.is_none()));
        match attempts.last().map(|attempt| attempt.verdict) {
            Some(Verdict::Correct) => discount.powi(attempts.len() as i32 - 1),
            _ => failed(attempts.iter().any(answered)),
        }
    };
    // Numbers that are spelt alike repeat one another for any grader.
    let repeats = |index: &usize| {
        let answer = attempts[*index].answer.as_deref();
        answer.is_some()
            && attempts[..*index]
                .iter()
                .any(|a| a.answer.as_deref() == answer)
    };
    let repeated = (0..attempts.len()).filter(repeats).count() as f64;
    let least = expected
        - if has("--repeat-penalty") {
            0.25 * repeated
        } else {
            0.0
        };
    let reward = number(row, "reward");
    if has("--repeat-penalty") {
        assert!(
            reward <= least + 1e-6 && reward >= least - 0.25 * attempts.len() as f64,
            "{row}"
        );
    } else {
        assert!(
            (reward - expected).abs() < 1e-6,
            "{reward} for {expected}: {row}"
        );
    }
}

#[test]
fn no_field_contradicts_another() {
    for case in CASES {
        let folder = tempfile::tempdir().expect("a scratch folder");
        let rows = dialogues(case, 96, folder.path());
        assert_eq!(rows.len(), 96);
        rows.iter().for_each(|row| check(row, case));
        let several = rows
            .iter()
            .filter(|row| number(row, "attempts_used") > 1.0)
            .count();
        assert!(
            several > 5,
            "{:?}: {several} dialogues with feedback",
            case.rollout
        );
    }
}

#[test]
fn one_settings_table_names_the_judge_of_both_stages() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let settings = |name: &str, profile: &str| {
        let path = folder.path().join(name);
        let text = format!("[rollout]\nmax-new-tokens = 60\n[grader]\nprofile = \"{profile}\"\n");
        fs_err::write(&path, text).expect("settings");
        path.display().to_string()
    };
    let (qwen, exact) = (
        settings("qwen.toml", "qwen"),
        settings("exact.toml", "exact"),
    );
    let rollouts = rollouts(&["--config", &qwen], 12, folder.path());
    let graded = folder.path().join("graded.jsonl");
    run("grade", &["--config", &qwen], Some(&rollouts), &graded);
    for row in read(&graded) {
        let grader = row["grader"].as_str().expect("a grader");
        assert!(grader.contains("profile=qwen"), "{grader}");
    }
    let other = attempt(
        "grade",
        &["--config", &exact],
        Some(&rollouts),
        &folder.path().join("x.jsonl"),
    );
    let message = String::from_utf8_lossy(&other.stderr).into_owned();
    assert_eq!(other.status.code(), Some(1));
    for part in ["line 1", "profile=qwen", "profile=exact", "--again"] {
        assert!(message.contains(part), "{message}");
    }
    let again = folder.path().join("again.jsonl");
    run(
        "grade",
        &["--again", "--config", &exact],
        Some(&rollouts),
        &again,
    );
    assert!(
        read(&again)[0]["grader"]
            .as_str()
            .expect("a grader")
            .contains("profile=exact")
    );
}
