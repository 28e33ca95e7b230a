//! The real binary on dialogues: pay by recorded verdicts, and judging again.

#![allow(clippy::unwrap_used)]

mod support;

use serde_json::{Value, json};
use support::{rows, run, stderr};

fn judged(text: &str, answer: Value, verdict: &str, stop: &str) -> Value {
    json!({"start": 2, "end": 4, "text": text, "answer": answer, "verdict": verdict, "stop": stop})
}

fn attempt(text: &str, stop: &str) -> Value {
    judged(text, json!("stale"), "wrong", stop)
}

fn dialogue(answer: &str, attempts: &[Value]) -> String {
    let row = json!({"question_id": "q/1", "question": "How many?", "answer": answer, "note": {"kept": [1, 2.5]},
        "attempts": attempts, "stop_reason": "exhausted", "grader": "somebody 1"});
    format!("{row}\n")
}

fn verdicts(row: &Value) -> Vec<&str> {
    let attempts = row["attempts"].as_array().unwrap().iter();
    attempts.map(|a| a["verdict"].as_str().unwrap()).collect()
}

fn field(rows: &[Value], name: &str) -> Vec<Value> {
    rows.iter().map(|row| row[name].clone()).collect()
}

#[test]
fn dialogues_are_paid_by_the_verdicts_in_the_rows() {
    let right = judged("text", json!("9"), "correct", "eos");
    let wrong = judged("text", json!("3"), "wrong", "eos");
    let without = judged("text", Value::Null, "no_answer", "eos");
    let cut = judged("text", Value::Null, "truncated", "length");
    let cut_box = judged("so \\boxed{7}", json!("7"), "truncated", "length");
    let input = [
        dialogue("7", &[wrong.clone(), right]),
        dialogue("7", &[wrong, without.clone()]),
        dialogue("7", &[without.clone(), cut]),
        dialogue("7", &[without, cut_box]),
    ]
    .concat();
    let rows = rows(&run(&[], &input));
    assert_eq!(verdicts(&rows[0]), ["wrong", "correct"]);
    assert_eq!(
        field(&rows, "correct"),
        [json!(true), json!(false), json!(false), json!(false)]
    );
    assert_eq!(
        field(&rows, "reward"),
        [json!(1.0), json!(-0.5), json!(-1.0), json!(-0.5)]
    );
    assert_eq!(rows[0]["grader"], "somebody 1");
    assert_eq!(rows[0]["attempts"][0]["reward"], Value::Null);
    assert_eq!(rows[0]["note"], json!({"kept": [1, 2.5]}));
}

#[test]
fn rows_of_another_judge_are_not_paid_as_this_one_s() {
    let input = dialogue("7", &[attempt(r"\boxed{3}", "eos")]);
    for flags in [&["--profile", "qwen"][..], &["--grader-command", "cat"]] {
        let output = run(flags, &input);
        assert_eq!(output.status.code(), Some(1));
        for part in ["line 1", "\"grader\"", "somebody 1", flags[1], "--again"] {
            assert!(stderr(&output).contains(part), "{}", stderr(&output));
        }
    }
    let nobody = input.replace(r#","grader":"somebody 1""#, "");
    let output = run(&[], &nobody);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("--again"), "{}", stderr(&output));
}

#[test]
fn judging_again_gives_new_verdicts_and_says_how_many() {
    let input = [
        dialogue(
            "1/2",
            &[
                attempt(r"\boxed{3}", "eos"),
                attempt(r"so \boxed{\frac12}", "boxed"),
            ],
        ),
        dialogue(
            "7",
            &[attempt(r"\boxed{3}", "eos"), attempt("no idea", "eos")],
        ),
        dialogue("7", &[attempt("thinking", "length")]),
        dialogue("7", &[attempt(r"it is \boxed{7} or", "length")]),
        dialogue("", &[attempt(r"\boxed{3}", "eos")]),
    ]
    .concat();
    let output = run(&["--again"], &input);
    let rows = rows(&output);
    assert!(
        stderr(&output).contains("5 of 7 verdicts changed"),
        "{}",
        stderr(&output)
    );
    let all: Vec<_> = rows.iter().map(verdicts).collect();
    assert_eq!(
        all,
        [
            &["wrong", "correct"][..],
            &["wrong", "no_answer"],
            &["truncated"],
            &["truncated"],
            &["bad_reference"]
        ]
    );
    assert_eq!(
        field(&rows, "reward"),
        [
            json!(1.0),
            json!(-0.5),
            json!(-1.0),
            json!(-0.5),
            json!(-0.5)
        ]
    );
    assert_eq!(
        field(&rows, "stop_reason"),
        ["solved", "exhausted", "exhausted", "exhausted", "exhausted"]
    );
    assert_eq!(rows[0]["attempts"][1]["answer"], r"\frac12");
    assert_eq!(rows[1]["attempts"][1]["answer"], Value::Null);
    assert_eq!(rows[3]["attempts"][0]["answer"], "7");
    let grader = rows[0]["grader"].as_str().unwrap();
    assert!(
        grader.starts_with("reattempt-grading ")
            && grader.ends_with(" profile=strict extract=boxed"),
        "{grader}"
    );
}

#[test]
fn rewards_are_options() {
    let right = judged("text", json!("9"), "correct", "eos");
    let wrong = judged("text", json!("3"), "wrong", "eos");
    let again = judged("text", json!("3.0"), "wrong", "eos");
    let without = judged("text", Value::Null, "no_answer", "eos");
    let input = [
        dialogue("7", &[wrong.clone(), again, right.clone()]),
        dialogue("7", &[without.clone(), wrong]),
        dialogue("7", &[without]),
        dialogue("7", &[right]),
    ]
    .concat();
    let rewards = |flags: &[&str]| -> Vec<f64> {
        let rows = rows(&run(flags, &input));
        field(&rows, "reward")
            .iter()
            .map(|r| r.as_f64().unwrap())
            .collect()
    };
    let scale = [
        "--reward-correct",
        "2",
        "--reward-wrong",
        "-0.25",
        "--reward-no-answer=-3",
    ];
    assert_eq!(rewards(&scale), [2.0, -0.25, -3.0, 2.0]);
    assert_eq!(
        rewards(&["--attempt-discount", "0.5"]),
        [0.25, -0.5, -1.0, 1.0]
    );
    assert_eq!(
        rewards(&["--repeat-penalty", "0.125"]),
        [0.875, -0.5, -1.0, 1.0]
    );
    let each = ["--reward-at", "attempts", "--repeat-penalty", "0.125"];
    assert_eq!(rewards(&each), [-0.125, -1.5, -1.0, 1.0]);
    let rows = rows(&run(&each, &input));
    let attempts = rows[0]["attempts"].as_array().unwrap();
    let paid: Vec<_> = attempts.iter().map(|attempt| &attempt["reward"]).collect();
    assert_eq!(paid, [&json!(-0.5), &json!(-0.625), &json!(1.0)]);
    for wrong in [["--attempt-discount", "1.5"], ["--repeat-penalty", "-1"]] {
        assert_eq!(run(&wrong, &input).status.code(), Some(2));
    }
}

#[test]
fn an_external_grader_decides() {
    let input =
        dialogue("7", &[attempt(r"\boxed{3}", "eos")]) + &dialogue("7", &[attempt("x", "eos")]);
    let command = r#"while read -r line; do case "$line" in *'"question":"How many?"'*) echo '{"verdict":"correct","answer":"9"}';; *) echo '{"correct":false}';; esac; done"#;
    let graded = rows(&run(&["--again", "--grader-command", command], &input));
    assert_eq!(
        (&graded[0]["correct"], &graded[0]["attempts"][0]["answer"]),
        (&json!(true), &json!("9"))
    );
    let name = graded[0]["grader"].as_str().unwrap();
    assert!(name.starts_with("command "), "{name}");
    let failed = run(&["--again", "--grader-command", "exit 3"], &input);
    assert_eq!(failed.status.code(), Some(1));
    assert!(
        stderr(&failed).contains("exit 3") && stderr(&failed).contains("0 of"),
        "{}",
        stderr(&failed)
    );
    // The flags of the built-in grader would do nothing beside it.
    for flags in [["--profile", "exact"], ["--extract", "all"]] {
        let failed = run(
            &[&["--again", "--grader-command", "cat"], &flags[..]].concat(),
            &input,
        );
        assert_eq!(failed.status.code(), Some(1));
        assert!(
            stderr(&failed).contains("would do nothing"),
            "{}",
            stderr(&failed)
        );
    }
}
