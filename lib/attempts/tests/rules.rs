//! Rules that the recorded dialogues do not reach: end-of-sequence attempts, playing on, options of pay.

#![allow(clippy::unwrap_used)] // a test fails by panicking

use attempts::{
    AttemptEnd, Dialogue, DialogueRules, Finish, Next, Reading, RewardAt, RewardRules, solved,
};
use proptest::prelude::*;
use records::{Attempt, AttemptStop, StopReason, Verdict};

const EOS: DialogueRules = DialogueRules {
    attempt_end: AttemptEnd::Eos,
    play_on: false,
};
const BOXED: DialogueRules = DialogueRules {
    attempt_end: AttemptEnd::Boxed,
    play_on: false,
};
const PLAY_ON: DialogueRules = DialogueRules {
    attempt_end: AttemptEnd::Eos,
    play_on: true,
};

fn close(dialogue: &mut Dialogue, verdict: Verdict) -> Next {
    assert_eq!(dialogue.read("\\boxed{1}", Finish::Stop), Reading::Grade);
    dialogue.judged(verdict)
}

#[test]
fn an_end_of_sequence_attempt_ignores_boxes_until_it_ends() {
    let mut dialogue = Dialogue::new(EOS, 2);
    assert_eq!(dialogue.read("\\boxed{1}", Finish::Open), Reading::GoOn);
    assert_eq!(
        dialogue.read(" or \\boxed{2}", Finish::Stop),
        Reading::Grade
    );
    assert_eq!(dialogue.attempt(), "\\boxed{1} or \\boxed{2}");
    assert_eq!(
        dialogue.judged(Verdict::Wrong),
        Next::Feedback { attempts_left: 1 }
    );
    assert_eq!(dialogue.attempt(), "");
    assert_eq!(
        close(&mut dialogue, Verdict::Correct),
        Next::End(StopReason::Solved)
    );
}

#[test]
fn an_attempt_without_an_answer_uses_itself_up() {
    let mut dialogue = Dialogue::new(EOS, 2);
    assert_eq!(dialogue.read("no idea", Finish::Stop), Reading::Grade);
    assert_eq!(
        dialogue.judged(Verdict::NoAnswer),
        Next::Feedback { attempts_left: 1 }
    );
}

#[test]
fn a_box_without_an_answer_leaves_an_open_attempt_open() {
    let mut dialogue = Dialogue::new(BOXED, 2);
    assert_eq!(
        dialogue.read("the form is \\boxed{answer}", Finish::Open),
        Reading::Grade
    );
    assert_eq!(dialogue.judged(Verdict::NoAnswer), Next::GoOn);
    assert_eq!(dialogue.attempts_left(), 2);
    assert_eq!(
        dialogue.read(", so \\boxed{4}", Finish::Open),
        Reading::Grade
    );
    assert_eq!(
        dialogue.judged(Verdict::Correct),
        Next::End(StopReason::Solved)
    );
}

#[test]
fn an_unreadable_reference_ends_the_dialogue() {
    let mut dialogue = Dialogue::new(BOXED, 5);
    assert_eq!(
        close(&mut dialogue, Verdict::BadReference),
        Next::End(StopReason::Exhausted)
    );
}

#[test]
fn playing_on_ends_with_the_last_verdict() {
    for (last, reason) in [
        (Verdict::Correct, StopReason::Solved),
        (Verdict::Wrong, StopReason::Exhausted),
    ] {
        let mut dialogue = Dialogue::new(PLAY_ON, 2);
        assert_eq!(
            close(&mut dialogue, Verdict::Correct),
            Next::Feedback { attempts_left: 1 }
        );
        assert_eq!(dialogue.out_of_room(), StopReason::Solved);
        assert_eq!(close(&mut dialogue, last), Next::End(reason));
    }
}

fn attempts(verdicts: &[Verdict]) -> Vec<Attempt> {
    let attempt = |verdict: &Verdict| Attempt {
        start: 0,
        end: 0,
        text: String::new(),
        answer: None,
        verdict: *verdict,
        stop: AttemptStop::Eos,
        reward: None,
    };
    verdicts.iter().map(attempt).collect()
}

#[test]
fn attempts_are_paid_by_their_own_verdicts() {
    use Verdict::{Correct, NoAnswer, Wrong};
    let rules = RewardRules {
        at: RewardAt::Attempts,
        attempt_discount: 0.5,
        repeat_penalty: 0.25,
        ..RewardRules::default()
    };
    let played = attempts(&[Wrong, NoAnswer, Wrong, Correct]);
    let paid = rules.pay(&played, &[false, false, true, false]);
    assert_eq!(
        paid.attempts,
        [Some(-0.5), Some(-1.0), Some(-0.75), Some(0.125)]
    );
    assert_eq!(paid.reward, -2.125);
    let whole = RewardRules {
        at: RewardAt::End,
        ..rules
    };
    let paid = whole.pay(&played, &[false, false, true, false]);
    assert_eq!((paid.reward, paid.attempts), (0.125 - 0.25, vec![None; 4]));
}

#[test]
fn a_cut_off_answer_counts_as_one() {
    let mut played = attempts(&[Verdict::NoAnswer, Verdict::Truncated]);
    assert_eq!(
        RewardRules::default().pay(&played, &[false; 2]).reward,
        -1.0
    );
    played[1].answer = Some("4".to_owned());
    assert_eq!(
        RewardRules::default().pay(&played, &[false; 2]).reward,
        -0.5
    );
    assert!(!solved(&played));
}

proptest! {
    #[test]
    fn a_dialogue_never_uses_more_attempts_than_allowed(
        allowed in 1u32..6,
        play_on: bool,
        moves in prop::collection::vec(0u8..4, 0..40),
    ) {
        let rules = DialogueRules { attempt_end: AttemptEnd::Boxed, play_on };
        let mut dialogue = Dialogue::new(rules, allowed);
        let mut last = None;
        for kind in moves {
            let (text, finish) = match kind {
                0 => ("word ", Finish::Open),
                1 => ("", Finish::Stop),
                _ => ("\\boxed{x}", Finish::Open),
            };
            if dialogue.read(text, finish) == Reading::GoOn {
                continue;
            }
            let verdict = match kind {
                1 => Verdict::NoAnswer,
                2 => Verdict::Wrong,
                _ => Verdict::Correct,
            };
            let next = dialogue.judged(verdict);
            prop_assert_eq!(dialogue.attempts_left() + dialogue.attempts_used(), allowed + 1);
            if next != Next::GoOn {
                last = Some(verdict);
            }
            if let Next::End(reason) = next {
                prop_assert_eq!(reason == StopReason::Solved, last == Some(Verdict::Correct));
                break;
            }
        }
    }
}
