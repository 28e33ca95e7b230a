//! What every finished dialogue must hold, whatever the policy wrote and where it was cut off.

use attempts::{RewardRules, answered, solved};
use generation::Finished;
use records::{AttemptStop, StopReason, Verdict};

use crate::scribe::Setup;

/// Panics where two fields of a dialogue contradict one another.
pub fn check(finished: &Finished, attempts_allowed: u32, setup: Setup) {
    verdicts_agree(finished, attempts_allowed, setup);
    ranges_tile_the_dialogue(finished);
    pay_follows_from_verdicts(finished);
}

fn verdicts_agree(finished: &Finished, attempts_allowed: u32, setup: Setup) {
    let attempts = &finished.attempts;
    assert!((1..=attempts_allowed as usize).contains(&attempts.len()));
    assert_eq!(
        finished.stop_reason == StopReason::Solved,
        solved(attempts),
        "solved exactly if the last verdict is correct"
    );
    if finished.stop_reason == StopReason::Exhausted {
        assert_eq!(attempts.len(), attempts_allowed as usize);
    }
    for (index, attempt) in attempts.iter().enumerate() {
        let last = index + 1 == attempts.len();
        assert_eq!(
            attempt.verdict == Verdict::Truncated,
            attempt.stop == AttemptStop::Length
        );
        assert!(last || attempt.verdict != Verdict::Truncated);
        assert!(last || setup.play_on || attempt.verdict != Verdict::Correct);
        if attempt.verdict == Verdict::Truncated {
            assert_eq!(finished.stop_reason, StopReason::Length);
        }
    }
}

/// Prompt, attempts and feedback follow one another without a gap, and only attempts were sampled.
fn ranges_tile_the_dialogue(finished: &Finished) {
    let mut at = finished.prompt_length;
    for (index, attempt) in finished.attempts.iter().enumerate() {
        let (start, end) = (attempt.start as usize, attempt.end as usize);
        assert_eq!(index == 0, start == at, "feedback stands between attempts");
        assert!(start >= at && end >= start);
        assert!(finished.loss_mask[at..start].iter().all(|sampled| !sampled));
        assert!(
            finished.loss_mask[start..end]
                .iter()
                .all(|sampled| *sampled)
        );
        at = end;
    }
    assert_eq!(
        at,
        finished.token_ids.len(),
        "nothing follows the last attempt"
    );
    let head = &finished.loss_mask[..finished.prompt_length];
    assert!(head.iter().all(|sampled| !sampled));
}

fn pay_follows_from_verdicts(finished: &Finished) {
    let attempts = &finished.attempts;
    let paid = RewardRules::default().pay(attempts, &vec![false; attempts.len()]);
    let expected = if solved(attempts) {
        1.0
    } else if attempts.iter().any(answered) {
        -0.5
    } else {
        -1.0
    };
    assert_eq!(paid.reward, expected);
}
