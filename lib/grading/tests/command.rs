//! External graders, good and bad: small programs for `sh` that answer, shift, hang and fail.

#![allow(clippy::unwrap_used)]

use std::time::{Duration, Instant};

use grading::{CommandGrader, Graded, Grader, GraderError, Request, Verdict};

const LONG: Duration = Duration::from_secs(60);

/// Answers every line.
const WRONG: &str = r#"while read -r line; do echo '{"verdict":"wrong"}'; done"#;

/// `id "$line"` is the question's id.
const ID: &str = r#"id() { rest=${1#*'"id":'}; printf %s "${rest%%,*}"; }; "#;

fn start(command: &str) -> CommandGrader {
    CommandGrader::start(command, LONG).unwrap()
}

fn ask(command: &str, count: usize) -> Result<Vec<Graded>, GraderError> {
    start(command).grade_many(&vec![Request::new("r", "1"); count])
}

fn verdicts(graded: Vec<Graded>) -> Vec<Verdict> {
    graded.iter().map(|graded| graded.verdict).collect()
}

fn assert_says<T>(result: Result<T, GraderError>, parts: &[&str]) {
    let error = result.err().unwrap().to_string();
    for part in parts {
        assert!(error.contains(part), "no {part:?} in {error}");
    }
}

/// Whether the process whose number is in the file still runs.
fn runs(file: &std::path::Path) -> bool {
    let pid = fs_err::read_to_string(file).unwrap();
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", pid.trim()));
    stat.is_ok_and(|stat| !stat.contains(") Z"))
}

/// Whether it has ended, or does within seconds: a process that was killed is gone when the kernel has come to it.
fn ends(file: &std::path::Path) -> bool {
    (0..500).any(|_| {
        let ended = !runs(file);
        if !ended {
            std::thread::sleep(Duration::from_millis(10));
        }
        ended
    })
}

#[test]
fn reads_both_forms_of_verdict_in_order() {
    let graded = ask(
        r#"read a; echo '{"verdict":"no_answer","answer":null}'; read a; echo '{"correct":true,"answer":"1"}'"#,
        2,
    )
    .unwrap();
    assert_eq!(graded[1].answer.as_deref(), Some("1"));
    assert_eq!(verdicts(graded), [Verdict::NoAnswer, Verdict::Correct]);
    assert!(ask("exit 3", 0).unwrap().is_empty());
}

#[test]
fn line_breaks_mean_nothing() {
    // Pretty-printed, glued together, after blank lines, and the last without an end of line.
    for printed in [
        r#"printf '{\n  "verdict": "wrong"\n}\n'"#,
        r#"printf '{"verdict":"wrong"}'"#,
        r#"printf '\n\r\n{"verdict":"wrong"}\n'"#,
    ] {
        let grader = start(&format!("while read -r line; do {printed}; done"));
        let graded = grader.grade_many(&[Request::new("r", "1"); 3]).unwrap();
        assert_eq!(verdicts(graded), [Verdict::Wrong; 3], "{printed}");
        grader.finish().unwrap();
    }
}

#[test]
fn large_batches_do_not_lock_up() {
    assert_eq!(ask(WRONG, 2_000).unwrap().len(), 2_000);
    // Questions and answers larger than a pipe holds.
    let command = r#"sed -u 's/^{"id":\([0-9]*\).*/{"id":\1,"correct":false}/'"#;
    let response = "x".repeat(2_000);
    let grader = start(command);
    let graded = grader.grade_many(&vec![Request::new(&response, "1"); 300]);
    assert_eq!(graded.unwrap().len(), 300);
    let graded = grader.grade_many(&vec![Request::new("r", "1"); 5_000]);
    assert_eq!(graded.unwrap().len(), 5_000);
    grader.finish().unwrap();
}

#[test]
fn answers_that_repeat_the_id_may_come_in_any_order() {
    // The first shows that ids come back, numbers or strings; the two after it are asked together and answered backwards.
    let command = format!(
        r#"{ID} answer() {{ echo "{{\"id\":\"$(id "$1")\",\"verdict\":\"$2\"}}"; }}
        read -r a; answer "$a" wrong; read -r b; read -r c; answer "$c" correct; answer "$b" no_answer; read -r d || true"#
    );
    let grader = start(&command);
    let graded = grader.grade_many(&[Request::new("r", "1"); 3]).unwrap();
    let expected = [Verdict::Wrong, Verdict::NoAnswer, Verdict::Correct];
    assert_eq!(verdicts(graded), expected);
    grader.finish().unwrap();
}

#[test]
fn an_id_that_is_not_open_is_named() {
    let numbered = r#"read a; echo '{"id":1,"correct":true}'; read a; "#;
    for (second, part) in [
        (
            r#"{"id":1,"correct":true}"#,
            "question 1 was answered before",
        ),
        (r#"{"id":9,"correct":true}"#, "question 9 was not asked"),
        (r#"{"id":0,"correct":true}"#, "question 0 was not asked"),
        (
            r#"{"id":1.5,"correct":true}"#,
            "expected the \"id\" of a question",
        ),
        (r#"{"correct":true}"#, "as in the answers before"),
    ] {
        let command = format!("{numbered} echo '{second}'; cat >/dev/null");
        assert_says(ask(&command, 2), &["answer 2", part, second]);
    }
}

#[test]
fn without_ids_one_question_is_open_at_a_time() {
    // Two answers for two questions, but in the wrong order: it waits for a second question that never comes.
    let swap = r#"read -r a; read -r b; echo '{"correct":true}'; echo '{"correct":false}'"#;
    let grader = CommandGrader::start(swap, Duration::from_millis(300)).unwrap();
    let asked = grader.grade_many(&[Request::new("r", "1"); 2]);
    assert_says(asked, &["gave no answer for 300ms", "0 of 1 answers"]);
}

#[test]
fn an_answer_too_many_never_passes() {
    let twice = r#"while read -r line; do printf '{"correct":true}\n{"correct":true}\n'; done"#;
    assert_says(
        ask(twice, 2),
        &["before it was asked", "{\"correct\":true}"],
    );
    // However late the second answer comes, the end tells.
    let late = r#"while read -r line; do echo '{"correct":true}'; done; echo '{"correct":false}'"#;
    let grader = start(late);
    grader.grade(&Request::new("r", "1")).unwrap();
    assert_says(
        grader.finish(),
        &["after its last answer", "{\"correct\":false}", "1 answers"],
    );
    assert_says(ask("echo Loading; cat >/dev/null", 1), &["Loading"]);
}

#[test]
fn a_failed_end_is_an_error_and_a_good_one_is_none() {
    let grader = start(&format!("{WRONG}; exit 7"));
    grader.grade(&Request::new("r", "1")).unwrap();
    assert_says(grader.finish(), &["1 came", "exit status: 7"]);
    assert_says(grader.finish(), &["exit status: 7"]);
    let grader = start(WRONG);
    grader.grade(&Request::new("r", "1")).unwrap();
    grader.finish().unwrap();
    grader.finish().unwrap();
    assert_says(grader.grade(&Request::new("r", "1")), &["input is closed"]);
    // A program that is never asked anything may end as it likes, but not fail.
    start("cat").finish().unwrap();
    assert_says(start("exit 2").finish(), &["0 came", "exit status: 2"]);
}

#[test]
fn too_few_answers_name_the_exit_status_and_the_dialogue() {
    let context = [
        ("question", "?"),
        ("question_id", "q/1"),
        ("dialogue_id", "q/1/3"),
    ];
    let request = Request::new("r", "1").with_context(&context);
    let command = r#"read a; echo '{"correct":true}'; exit 3"#;
    let grader = start(command);
    assert_says(
        grader.grade_many(&[request; 2]),
        &[
            "1 of 2 answers",
            "exit status: 3",
            "dialogue_id q/1/3",
            command,
        ],
    );
    // Whoever asks next is told the same.
    assert_says(grader.grade(&Request::new("r", "1")), &["1 of 2", "q/1/3"]);
}

#[test]
fn rubbish_is_quoted() {
    for (answer, part) in [
        ("hello", "not JSON"),
        (r#"{"verdict":"maybe"}"#, "expected a verdict"),
        (r#"{"verdict":"truncated"}"#, "expected a verdict"),
        (r#"{"verdict":null}"#, "expected a string"),
        (r#"{"correct":true,"answer":5}"#, "\"answer\""),
        ("{}", "expected a string"),
        ("[1]", "expected a JSON object"),
    ] {
        let command = format!("read a; echo '{answer}'; cat >/dev/null");
        assert_says(ask(&command, 3), &[part, "answer 1", answer, "question 1"]);
    }
    let bytes = r#"read a; printf '{"verdict":"wrong","x":"\377"}\n'; cat >/dev/null"#;
    assert_says(ask(bytes, 1), &["not valid UTF-8 at byte 24"]);
    let endless = r#"read a; printf '{"x":"'; while :; do printf '%01000000d' 0; done"#;
    assert_says(ask(endless, 1), &["longer than 16 MiB"]);
}

#[test]
fn a_program_that_never_answers_is_given_up_and_ended() {
    let folder = tempfile::tempdir().unwrap();
    let pid = folder.path().join("pid");
    let deaf = "trap '' TERM; while :; do sleep 0.05; done";
    for program in [
        "sleep 100",
        "cat >/dev/null",
        deaf,
        "printf '{\"verdict\":'; sleep 100",
    ] {
        let command = format!("echo $$ >{}; {program}", pid.display());
        let grader = CommandGrader::start(&command, Duration::from_millis(300)).unwrap();
        let context = [("question_id", "q/1")];
        let started = Instant::now();
        let asked = grader.grade(&Request::new("r", "1").with_context(&context));
        let parts = [
            "no answer for 300ms",
            "question_id q/1",
            "0 of 1",
            "buffered",
            "--unbuffered",
        ];
        assert_says(
            asked,
            if program.starts_with("printf") {
                &["{\"verdict\":"]
            } else {
                &parts
            },
        );
        assert!(started.elapsed() < Duration::from_secs(30));
        assert!(ends(&pid), "{program}");
    }
}

#[test]
fn a_slow_program_is_waited_for_as_long_as_it_goes_on() {
    let slow = r#"while read -r line; do sleep 0.7; echo '{"correct":true}'; done"#;
    let grader = CommandGrader::start(slow, Duration::from_secs(2)).unwrap();
    let graded = grader.grade_many(&[Request::new("r", "1"); 4]).unwrap();
    assert_eq!(graded.len(), 4);
}

#[test]
fn a_program_that_does_not_end_is_ended() {
    let command = format!("{WRONG}; sleep 100");
    let grader = CommandGrader::start(&command, Duration::from_millis(500)).unwrap();
    grader.grade(&Request::new("r", "1")).unwrap();
    assert_says(grader.finish(), &["did not end within 500ms"]);
}

#[test]
fn children_of_the_program_end_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let pid = folder.path().join("pid");
    // It keeps the output open, which is no reason to wait for it.
    let command = format!("sleep 100 & echo $! >{}; {WRONG}", pid.display());
    for finished in [true, false] {
        let grader = start(&command);
        grader.grade(&Request::new("r", "1")).unwrap();
        assert!(runs(&pid));
        if finished {
            grader.finish().unwrap();
        } else {
            drop(grader);
        }
        assert!(ends(&pid));
    }
}
