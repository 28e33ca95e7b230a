//! Dialogues counted by hand, and what holds for any.

#![allow(clippy::unwrap_used)] // a test fails by panicking

use measures::{Count, Dialogue, SHARES};
use proptest::prelude::*;
use records::{Attempt, AttemptStop, Verdict};

fn attempt(answer: Option<&str>, verdict: Verdict) -> Attempt {
    Attempt {
        start: 0,
        end: 1,
        text: String::new(),
        answer: answer.map(str::to_owned),
        verdict,
        stop: if verdict == Verdict::Truncated {
            AttemptStop::Length
        } else {
            AttemptStop::Eos
        },
        reward: None,
    }
}

fn counted(attempts: &[(Option<&str>, Verdict)]) -> Dialogue {
    let attempts: Vec<Attempt> = attempts.iter().map(|(a, v)| attempt(*a, *v)).collect();
    Dialogue::of(&attempts)
}

fn count(hits: usize, trials: usize) -> Count {
    Count { hits, trials }
}

use Verdict::{Correct, NoAnswer, Truncated, Wrong};

#[test]
fn a_second_answer_that_differs_and_is_right() {
    let dialogue = counted(&[(Some("3"), Wrong), (Some("4"), Correct)]);
    assert_eq!(dialogue.solved_at, Some(2));
    assert!(!dialogue.solved_within(1) && dialogue.solved_within(2));
    assert_eq!(dialogue.second_differs, count(1, 1));
    assert_eq!(dialogue.second_right, count(1, 1));
    assert_eq!(dialogue.differing_right, count(1, 1));
    assert_eq!(dialogue.unique, count(2, 2));
    assert_eq!(dialogue.repeated_right, count(0, 0));
    assert_eq!(dialogue.right_given_up, count(0, 0));
}

#[test]
fn the_same_value_in_other_words_is_the_same_answer() {
    let dialogue = counted(&[
        (Some("1/2"), Wrong),
        (Some("0.5"), Wrong),
        (Some("\\frac12"), Wrong),
    ]);
    assert_eq!(dialogue.second_differs, count(0, 1));
    assert_eq!(dialogue.differing_right, count(0, 0));
    assert_eq!(dialogue.unique, count(1, 3));
    assert_eq!(dialogue.repeated_right, count(0, 2));
}

#[test]
fn attempts_without_an_answer_are_alike() {
    let dialogue = counted(&[
        (None, NoAnswer),
        (None, NoAnswer),
        (Some("1"), Wrong),
        (None, Truncated),
    ]);
    assert_eq!(dialogue.second_differs, count(0, 1));
    assert_eq!(dialogue.unique, count(1, 1));
    assert_eq!(dialogue.truncated, count(1, 4));
    let dialogue = counted(&[(None, NoAnswer), (Some("1"), Wrong)]);
    assert_eq!(dialogue.second_differs, count(1, 1));
}

#[test]
fn right_answers_that_are_given_up() {
    let played_on = [
        (Some("4"), Correct),
        (Some("5"), Wrong),
        (Some("4"), Correct),
        (Some("4"), Correct),
    ];
    let dialogue = counted(&played_on);
    assert_eq!(dialogue.solved_at, Some(1));
    assert_eq!(dialogue.right_given_up, count(1, 2));
    assert_eq!(dialogue.repeated_right, count(2, 2));
    assert_eq!(dialogue.second_right, count(0, 1));
}

proptest! {
    #[test]
    fn counts_stay_within_their_bounds(kinds in prop::collection::vec((0u8..4, 0u8..4), 1..8)) {
        let attempts: Vec<Attempt> = kinds
            .iter()
            .map(|(answer, verdict)| {
                let verdict = [Correct, Wrong, NoAnswer, Truncated][*verdict as usize];
                let text = answer.to_string();
                attempt((verdict != NoAnswer).then_some(&text), verdict)
            })
            .collect();
        let dialogue = Dialogue::of(&attempts);
        for share in SHARES {
            let Count { hits, trials } = (share.of)(&dialogue);
            prop_assert!(hits <= trials && trials <= attempts.len(), "{}", share.name);
        }
        let seconds = usize::from(attempts.len() > 1);
        prop_assert_eq!(dialogue.second_differs.trials, seconds);
        prop_assert_eq!(dialogue.second_right.trials, seconds);
        prop_assert_eq!(dialogue.differing_right.trials, dialogue.second_differs.hits);
        let repeated = dialogue.unique.trials - dialogue.unique.hits;
        prop_assert_eq!(dialogue.repeated_right.trials, repeated);
        prop_assert_eq!(dialogue.solved_at.is_some(), attempts.iter().any(|a| a.verdict == Correct));
        // Later attempts never take back that an earlier one was right.
        prop_assert!((1..8).all(|k| !dialogue.solved_within(k) || dialogue.solved_within(k + 1)));
    }
}
