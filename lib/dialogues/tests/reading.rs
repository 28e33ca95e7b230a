//! Rows as dialogues: verdicts with reasons, feedback and tokens with their numbers, and what filters take.

// Helpers of tests may unwrap as tests do.
#![allow(clippy::unwrap_used)]

use std::path::Path;

use dialogues::{Dialogue, Filter};
use records::{Attempt, AttemptStop, Row, Verdict};
use tokens::Tokenizer;

const STRICT: &str = "profile=strict extract=boxed";

fn tokenizer() -> Tokenizer {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    Tokenizer::load(&root.join("data/tiny/base")).unwrap()
}

/// What the built-in grader of this version calls itself.
fn grader() -> String {
    format!("reattempt-grading {} {STRICT}", env!("CARGO_PKG_VERSION"))
}

/// A dialogue whose attempts say `texts`, with `Try again.` in between.
fn row(texts: &[(&str, Verdict)]) -> Row {
    let tokenizer = tokenizer();
    let mut ids = tokenizer.encode("Compute 2+3.").unwrap();
    let mut attempts = Vec::new();
    for (at, (text, verdict)) in texts.iter().enumerate() {
        if at > 0 {
            ids.extend(tokenizer.encode("Try again.").unwrap());
        }
        let start = ids.len() as i32;
        ids.extend(tokenizer.encode(text).unwrap());
        let answer = text
            .split_once("boxed{")
            .and_then(|(_, rest)| rest.strip_suffix('}'));
        attempts.push(Attempt {
            start,
            end: ids.len() as i32,
            text: (*text).to_owned(),
            answer: answer.map(str::to_owned),
            verdict: *verdict,
            stop: AttemptStop::Eos,
            reward: None,
        });
    }
    let mut row = Row::new();
    row.set("question_id", "a/1");
    row.set("source", "a");
    row.set("question", "Compute 2+3.");
    row.set("answer", "5");
    row.set("attempts_allowed", 3);
    row.set("grader", grader());
    row.set(
        "logprobs",
        (0..ids.len()).map(|at| -(at as f32)).collect::<Vec<f32>>(),
    );
    row.set("token_ids", ids);
    row.set("attempts", attempts);
    row
}

fn wrong_then_right() -> Row {
    row(&[
        ("\\boxed{6}", Verdict::Wrong),
        ("\\boxed{5}", Verdict::Correct),
    ])
}

#[test]
fn verdicts_have_the_reasons_of_the_grader_that_gave_them() {
    let dialogue = Dialogue::of(&wrong_then_right(), None).unwrap();
    assert_eq!(dialogue.turns[0].reason, "The values differ: 6 is not 5.");
    assert_eq!(dialogue.turns[1].reason, "Both sides are the same text.");
    assert!(dialogue.turns[0].pieces.is_empty() && dialogue.turns[0].feedback.is_none());
    let mut other = wrong_then_right();
    other.set("grader", "my-grader 3");
    let dialogue = Dialogue::of(&other, None).unwrap();
    assert_eq!(dialogue.turns[1].reason, "Decided by my-grader 3.");
    let doubted = row(&[("\\boxed{6}", Verdict::Correct)]);
    let dialogue = Dialogue::of(&doubted, None).unwrap();
    assert!(dialogue.turns[0].reason.contains("says wrong"));
    let cut = row(&[("\\boxed{5}", Verdict::Truncated)]);
    assert!(
        Dialogue::of(&cut, None).unwrap().turns[0]
            .reason
            .starts_with("Cut off")
    );
}

#[test]
fn pieces_tile_an_attempt_and_carry_its_numbers() {
    let tokenizer = tokenizer();
    // Letters of two to four bytes, which the embedded tokenizer splits.
    let text = "x = é, ∑ and 🙂 \\boxed{5}";
    let row = row(&[("\\boxed{6}", Verdict::Wrong), (text, Verdict::Correct)]);
    let dialogue = Dialogue::of(&row, Some(&tokenizer)).unwrap();
    let said: String = dialogue.turns[1]
        .pieces
        .iter()
        .map(|piece| piece.text.as_str())
        .collect();
    assert_eq!(said, text);
    assert_eq!(dialogue.turns[0].feedback.as_deref(), Some("Try again."));
    assert_eq!(dialogue.turns[1].feedback, None);
    let attempts = row.attempts("attempts").unwrap();
    let expected: f32 = (attempts[1].start..attempts[1].end)
        .map(|at| -(at as f32))
        .sum();
    let numbers = dialogue.turns[1]
        .pieces
        .iter()
        .map(|piece| piece.numbers.logprob.unwrap());
    assert_eq!(numbers.sum::<f32>(), expected);
    assert!(
        dialogue.turns[1]
            .pieces
            .iter()
            .all(|piece| piece.numbers.value.is_none())
    );
}

#[test]
fn rows_that_contradict_themselves_are_refused() {
    let tokenizer = tokenizer();
    let mut short = wrong_then_right();
    short.set("logprobs", vec![0.0f32]);
    let error = Dialogue::of(&short, Some(&tokenizer))
        .unwrap_err()
        .to_string();
    assert!(error.contains("logprobs"), "{error}");
    let mut outside = wrong_then_right();
    outside.set("token_ids", vec![1]);
    outside.remove("logprobs");
    let error = Dialogue::of(&outside, Some(&tokenizer))
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("attempts") && error.contains("within 1 tokens"),
        "{error}"
    );
}

#[test]
fn a_filter_takes_what_meets_all_its_conditions() {
    let solved = Dialogue::of(&wrong_then_right(), None).unwrap();
    let stubborn = row(&[
        ("\\boxed{6}", Verdict::Wrong),
        ("\\boxed{6}", Verdict::Wrong),
    ]);
    let stubborn = Dialogue::of(&stubborn, None).unwrap();
    let taken = |filter: Filter| (filter.takes(&solved), filter.takes(&stubborn));
    let filter = Filter::default;
    assert_eq!(taken(filter()), (true, true));
    assert_eq!(
        taken(Filter {
            solved_at: Some(2),
            ..filter()
        }),
        (true, false)
    );
    assert_eq!(
        taken(Filter {
            solved_at: Some(1),
            ..filter()
        }),
        (false, false)
    );
    assert_eq!(
        taken(Filter {
            unsolved: true,
            ..filter()
        }),
        (false, true)
    );
    assert_eq!(
        taken(Filter {
            changed: true,
            ..filter()
        }),
        (true, false)
    );
    assert_eq!(
        taken(Filter {
            source: Some("b".into()),
            ..filter()
        }),
        (false, false)
    );
    assert_eq!(
        taken(Filter {
            id: Some("a/1".into()),
            ..filter()
        }),
        (true, true)
    );
    let both = Filter {
        changed: true,
        unsolved: true,
        ..filter()
    };
    assert_eq!(taken(both), (false, false));
}
