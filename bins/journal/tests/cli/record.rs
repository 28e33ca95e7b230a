//! `journal record` and `eval-record`: numbers in files.

use std::process::Command;

use crate::support::{Run, dialogue, evaluation};

#[test]
fn a_step_becomes_one_line_of_numbers() {
    let run = Run::new();
    run.finish_step(1);
    let line = run.metrics();
    let expected = [
        ("step", 1.0),
        ("dialogues", 2.0),
        ("reward", 0.25),
        ("accuracy", 0.5),
        ("accuracy_at_first_attempt", 0.0),
        ("attempts_used", 2.0),
        ("response_tokens", 2.5),
        ("truncated", 0.0),
        ("optimizer_steps", 2.0),
        ("policy_loss", -0.02),
        ("value_tokens", 7.0),
        ("actor_lr", 1e-6),
    ];
    for (field, value) in expected {
        let found = line[0][field].as_f64().unwrap_or(f64::NAN);
        assert!((found - value).abs() < 1e-6, "{field}: {found}");
    }
    // ln(policy/reference) is 0.2 on every token: k1 = 0.2, k3 = exp(-0.2) - 1 + 0.2.
    assert!((line[0]["kl_k1"].as_f64().unwrap() - 0.2).abs() < 1e-5);
    assert!((line[0]["kl"].as_f64().unwrap() - 0.018_730_8).abs() < 1e-6);
    assert!(line[0]["seconds_sh"].is_number() && line[0]["seconds"].is_number());
}

#[test]
fn recording_again_replaces_and_a_torn_line_is_dropped() {
    let run = Run::new();
    run.finish_step(1);
    run.finish_step(2);
    let whole = run.read("RUN/metrics.jsonl");
    run.record(1);
    assert_eq!(run.read("RUN/metrics.jsonl"), whole);
    let torn = &whole[..whole.len() - 20];
    run.write("RUN/metrics.jsonl", torn);
    run.journal(&["next", "RUN"])
        .assert()
        .success()
        .stdout("2\n");
    run.record(2);
    assert_eq!(run.read("RUN/metrics.jsonl"), whole);
    run.write(
        "RUN/metrics.jsonl",
        "{\"step\": 1}\nnonsense\n{\"step\": 3}\n",
    );
    run.fails(&["next", "RUN"], &["metrics.jsonl line 2"]);
}

#[test]
fn bad_records_are_located_and_change_nothing() {
    let run = Run::new();
    run.finish_step(1);
    let before = run.read("RUN/metrics.jsonl");
    let graded = |text: &str| run.write("bad.jsonl", text);
    let record = ["record", "RUN", "--step", "1", "--graded", "bad.jsonl"];
    run.fails(&record, &["bad.jsonl"]);
    graded("");
    run.fails(&record, &["bad.jsonl", "no rows"]);
    graded(&format!("{}\n{{\"torn", dialogue(1.0, true)));
    run.fails(&record, &["bad.jsonl line 2"]);
    graded(&dialogue(1.0, true).replace("\"reward\":1.0", "\"reward\":\"much\""));
    run.fails(&record, &["bad.jsonl line 1", "reward"]);
    graded(&dialogue(1.0, true).replace("\"attempts_used\":2,", ""));
    run.fails(&record, &["bad.jsonl line 1", "attempts_used", "missing"]);
    run.fails(&["record", "RUN", "--step", "5"], &["graded.parquet"]);
    assert_eq!(run.read("RUN/metrics.jsonl"), before);
}

#[test]
fn a_full_disk_leaves_the_old_metrics() {
    let run = Run::new();
    run.finish_step(1);
    let before = run.read("RUN/metrics.jsonl");
    // A limit on file size stands for a full disk: writing fails after the file was made.
    let script = format!(
        "trap '' XFSZ; ulimit -f 0; exec {} record RUN --step 2 --graded RUN/steps/000001/graded.jsonl",
        run.binary()
    );
    let failed = Command::new("sh")
        .args(["-c", &script])
        .current_dir(run.path(""))
        .output()
        .unwrap();
    assert_eq!(failed.status.code(), Some(1));
    assert!(
        String::from_utf8_lossy(&failed.stderr).contains("RUN/metrics.jsonl"),
        "{failed:?}"
    );
    assert_eq!(run.read("RUN/metrics.jsonl"), before);
    assert!(
        run.names("RUN").iter().all(|name| !name.ends_with(".tmp")),
        "{:?}",
        run.names("RUN")
    );
}

#[test]
fn evaluations_find_the_best_step() {
    let run = Run::new();
    run.fails(&["best", "RUN"], &["no evaluation"]);
    for (step, accuracies) in [(0, [0.2, 0.3]), (2, [0.4, 0.6]), (4, [0.5, 0.5])] {
        run.write(&format!("RUN/checkpoints/00000{step}/policy/x"), "x");
        run.write(
            &format!("RUN/eval/00000{step}/summary.json"),
            &evaluation("m", accuracies),
        );
        run.journal(&["eval-record", "RUN", "--step", &step.to_string()])
            .assert()
            .success();
    }
    run.journal(&["best", "RUN"])
        .assert()
        .success()
        .stdout("2\n");
    assert_eq!(
        std::fs::read_link(run.path("RUN/checkpoints/best"))
            .unwrap()
            .to_str(),
        Some("000002")
    );
    let lines = run.lines("RUN/eval/metrics.jsonl");
    assert_eq!(lines.len(), 3);
    assert_eq!(lines[1]["accuracy_at_2"], 0.6);
    assert_eq!(lines[1]["accuracy"], 0.5);
    // A better one moves the link; recording it again adds nothing.
    run.write("RUN/eval/000004/summary.json", &evaluation("m", [0.9, 0.9]));
    for _ in 0..2 {
        run.journal(&["eval-record", "RUN", "--step", "4"])
            .assert()
            .success();
    }
    assert_eq!(
        std::fs::read_link(run.path("RUN/checkpoints/best"))
            .unwrap()
            .to_str(),
        Some("000004")
    );
    assert_eq!(run.lines("RUN/eval/metrics.jsonl").len(), 3);
    run.write("RUN/eval/000005/summary.json", "{}");
    run.fails(
        &["eval-record", "RUN", "--step", "5"],
        &["eval/000005/summary.json", "evaluate --format json"],
    );
}
