//! External graders behind `grade --again --grader-command`: what is said, what is written, and what is left running.

#![allow(clippy::unwrap_used)]

mod support;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use support::{rows, run, spawn, stderr};

/// Dialogues whose last attempt is right by turns.
fn dialogues(count: usize) -> String {
    let row = |n: usize| {
        let text = format!("\\boxed{{{}}}", if n.is_multiple_of(2) { 3 } else { 7 });
        let attempt = json!({"start": 2, "end": 4, "text": text, "answer": "x", "verdict": "wrong", "stop": "eos"});
        json!({"question_id": format!("q/{n}"), "question": "How many?", "answer": "7", "attempts": [attempt],
            "stop_reason": "exhausted", "grader": "somebody 1"})
    };
    (0..count).map(|n| format!("{}\n", row(n))).collect()
}

fn correct(rows: &[Value]) -> Vec<bool> {
    let correct = rows.iter().map(|row| row["correct"].as_bool().unwrap());
    correct.collect()
}

fn alive(pid: &Path) -> bool {
    let pid = fs_err::read_to_string(pid).unwrap();
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", pid.trim()));
    stat.is_ok_and(|stat| !stat.contains(") Z"))
}

fn wait_for(what: &str, done: impl Fn() -> bool) {
    let start = Instant::now();
    while !done() {
        assert!(start.elapsed() < Duration::from_secs(60), "{what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn a_buffering_program_is_named_with_its_cure() {
    let started = Instant::now();
    let command = r#"python3 -c 'import sys
for line in sys.stdin: print("{\"correct\": true}")'"#;
    let command = format!("env -u PYTHONUNBUFFERED {command}");
    let flags = [
        "--again",
        "--grader-timeout",
        "1",
        "--grader-command",
        &command,
    ];
    let failed = run(&flags, &dialogues(3));
    assert_eq!(failed.status.code(), Some(1));
    for part in [
        "python3",
        "no answer for 1s",
        "question_id q/",
        "0 of 1 answers",
        "buffered",
        "--grader-timeout",
    ] {
        assert!(
            stderr(&failed).contains(part),
            "{part}: {}",
            stderr(&failed)
        );
    }
    assert!(failed.stdout.is_empty() && started.elapsed() < Duration::from_secs(30));
}

#[test]
fn nothing_is_published_where_the_end_is_bad() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("graded.parquet");
    let answers = r#"while read -r line; do echo '{"correct":true}'; done"#;
    for (end, part) in [
        ("exit 7", "exit status: 7"),
        (r#"echo '{"correct":false}'"#, "after its last answer"),
    ] {
        let command = format!("{answers}; {end}");
        let flags = [
            "--again",
            "--grader-command",
            &command,
            "--output",
            output.to_str().unwrap(),
        ];
        let failed = run(&flags, &dialogues(3));
        assert_eq!(failed.status.code(), Some(1), "{end}");
        assert!(stderr(&failed).contains(part), "{}", stderr(&failed));
        assert!(!output.exists(), "{end}");
    }
}

#[test]
fn a_stopped_or_killed_stage_leaves_no_grader_behind() {
    let folder = tempfile::tempdir().unwrap();
    for (signal, code) in [("TERM", Some(143)), ("INT", Some(130)), ("KILL", None)] {
        let pid = folder.path().join(signal);
        let command = format!(
            "trap '' TERM; echo $$ >{}; while :; do sleep 0.1; done",
            pid.display()
        );
        let mut stage = spawn(&["--again", "--grader-command", &command]);
        std::io::Write::write_all(stage.stdin.as_mut().unwrap(), dialogues(1).as_bytes()).unwrap();
        wait_for("it starts", || {
            std::fs::read_to_string(&pid).is_ok_and(|pid| pid.ends_with('\n'))
        });
        assert!(alive(&pid));
        let id = stage.id().to_string();
        std::process::Command::new("kill")
            .args(["-s", signal, &id])
            .status()
            .unwrap();
        assert_eq!(stage.wait().unwrap().code(), code, "{signal}");
        wait_for("it is ended, though it ignores SIGTERM", || !alive(&pid));
    }
}

/// What becomes of a program of the shared collection: right verdicts, or a message with this part.
const ODD: [(&str, Result<(), &str>); 24] = [
    ("ok", Ok(())),
    ("blank", Ok(())),
    ("bigline", Ok(())),
    ("stderr", Ok(())),
    ("child", Ok(())),
    ("exit0", Err("0 of 1 answers (exit status: 0)")),
    ("exit3", Err("0 of 1 answers (exit status: 3)")),
    ("crash3", Err("3 of 4 answers")),
    ("garbage", Err("sympy cache cold")),
    ("twice", Err("printed `")),
    ("extra-end", Err("after its last answer")),
    ("hang", Err("no answer for 1s at question_id")),
    ("lazy", Err("buffered")),
    ("unknown", Err("expected a verdict")),
    ("bool", Err("expected a string \"verdict\"")),
    ("null", Err("expected a string \"verdict\"")),
    ("upper", Err("expected a verdict")),
    ("swap", Err("buffered")),
    ("notutf8", Err("not valid UTF-8")),
    ("closeout", Err("1 of 2 answers")),
    ("nobuffer", Err("buffered")),
    ("exitafter", Err("exit status: 7")),
    ("slowend", Err("did not end within 5s")),
    ("nonewline", Ok(())),
];

#[test]
fn odd_graders_are_understood_or_named() {
    let shared = std::env::var_os("REATTEMPT_SHARED").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
        PathBuf::from,
    );
    let script = shared.join("field/odd_graders.py");
    if !script.exists() {
        eprintln!("skipped: {} is not there", script.display());
        return;
    }
    for (mode, expected) in ODD {
        let command = format!(
            "exec env -u PYTHONUNBUFFERED python3 {} {mode}",
            script.display()
        );
        // Programs that are to answer may take their time on a busy computer.
        let patience = match mode {
            "hang" | "lazy" | "swap" | "nobuffer" => "1",
            "slowend" => "5",
            _ => "60",
        };
        let flags = [
            "--again",
            "--grader-timeout",
            patience,
            "--grader-command",
            &command,
        ];
        let output = run(&flags, &dialogues(5));
        match expected {
            Ok(()) => {
                let right = correct(&rows(&output));
                let constant = mode == "nonewline";
                assert_eq!(
                    right,
                    [0, 1, 0, 1, 0].map(|right| right == 1 && !constant),
                    "{mode}"
                );
            }
            Err(part) => {
                assert_eq!(output.status.code(), Some(1), "{mode}");
                assert!(
                    stderr(&output).contains(part),
                    "{mode}: {}",
                    stderr(&output)
                );
            }
        }
    }
}
