//! Other programs as the environment.

use serde_json::json;

use crate::support::{Bench, lines, questions};

/// A grader in shell that answers every line the same.
fn always(answer: &str) -> String {
    format!("while read -r line; do echo '{answer}'; done")
}

#[test]
fn a_grader_that_says_wrong_uses_up_attempts_and_one_that_says_right_ends_at_once() {
    let Some(bench) = Bench::new() else { return };
    let asked = questions(24);
    let long = ["--max-new-tokens", "450", "--grader-command"];
    let wrong = bench.play(
        &asked,
        &[&long[..], &[&always(r#"{"verdict":"wrong","answer":"5"}"#)]].concat(),
    );
    let right = bench.play(
        &asked,
        &[&long[..], &[&always(r#"{"correct":true}"#)]].concat(),
    );
    let mut solved = 0;
    for (wrong, right) in wrong.iter().zip(&right) {
        assert_ne!(wrong["stop_reason"], "solved");
        let first = &right["attempts"][0];
        if first["stop"] == "eos" {
            assert_eq!(
                (&right["stop_reason"], &right["attempts_used"]),
                (&json!("solved"), &json!(1))
            );
            assert_eq!(first["verdict"], "correct");
            let (of_wrong, answer) = (&wrong["attempts"][0], json!("5"));
            assert_eq!(
                (&of_wrong["verdict"], &of_wrong["answer"]),
                (&json!("wrong"), &answer)
            );
            assert_eq!(
                of_wrong["text"], first["text"],
                "the verdict changes what follows, not what was said"
            );
            solved += 1;
        }
    }
    assert!(solved > 5, "most first attempts end by themselves");
}

#[test]
fn an_unreadable_reference_ends_the_dialogue() {
    let Some(bench) = Bench::new() else { return };
    let grader = always(r#"{"verdict":"bad_reference"}"#);
    let played = bench.play(
        &questions(12),
        &["--max-new-tokens", "450", "--grader-command", &grader],
    );
    let closed: Vec<_> = played
        .iter()
        .filter(|row| row["attempts"][0]["stop"] == "eos")
        .collect();
    assert!(!closed.is_empty());
    for row in closed {
        assert_eq!(
            (&row["attempts_used"], &row["stop_reason"]),
            (&json!(1), &json!("exhausted"))
        );
        assert_eq!(row["attempts"][0]["verdict"], "bad_reference");
    }
}

#[test]
fn a_grader_is_told_the_question() {
    let Some(bench) = Bench::new() else { return };
    let grader = format!(
        "tee {} | {}",
        bench.path("asked.jsonl").display(),
        always(r#"{"correct":false}"#)
    );
    bench.play(
        &questions(6),
        &["--max-new-tokens", "450", "--grader-command", &grader],
    );
    let asked = crate::support::parse(&fs_err::read(bench.path("asked.jsonl")).unwrap());
    assert!(!asked.is_empty());
    for request in asked {
        assert!(
            request["question"].as_str().unwrap().starts_with("What is"),
            "{request}"
        );
        assert!(
            request["question_id"]
                .as_str()
                .unwrap()
                .starts_with("made/"),
            "{request}"
        );
        assert!(
            request["response"].is_string() && request["reference"].is_string(),
            "{request}"
        );
    }
}

#[test]
fn a_grader_that_breaks_down_is_named() {
    let Some(bench) = Bench::new() else { return };
    let rows = lines(&questions(12));
    for (grader, part) in [
        ("exit 7", "exit status: 7"),
        ("read -r line; echo hello; cat >/dev/null", "hello"),
        (
            "read -r line; echo '{\"verdict\":\"perhaps\"}'; cat >/dev/null",
            "perhaps",
        ),
        (
            "read -r line; echo '{\"correct\":false}'; exit 0",
            "stopped",
        ),
    ] {
        let (message, _) = bench.fails(
            rows.clone(),
            &["--max-new-tokens", "450", "--grader-command", grader],
        );
        assert!(
            message.contains(part) && message.contains("grader"),
            "{message}"
        );
        assert_eq!(message.lines().count(), 1, "{message}");
    }
}
