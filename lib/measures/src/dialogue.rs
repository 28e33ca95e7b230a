//! One dialogue, counted.

use grading::{Options, equivalent};
use records::{Attempt, Verdict};

use crate::Count;

/// What the attempts of one dialogue add to every statistic.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dialogue {
    /// Number of the first right attempt, from 1.
    pub solved_at: Option<usize>,
    /// Answers that differ from all before them: `hits`; all answers: `trials`.
    pub unique: Count,
    pub second_differs: Count,
    pub second_right: Count,
    pub differing_right: Count,
    pub repeated_right: Count,
    pub right_given_up: Count,
    pub truncated: Count,
}

impl Dialogue {
    /// Counts the attempts. Answers are the same if the built-in grader finds them equal, whichever is the reference; two
    /// attempts without an answer have the same answer, none.
    pub fn of(attempts: &[Attempt]) -> Self {
        let options = Options::default();
        let same =
            |a: &Attempt, b: &Attempt| same(a.answer.as_deref(), b.answer.as_deref(), &options);
        let mut counts = Self::default();
        for (index, attempt) in attempts.iter().enumerate() {
            let earlier = &attempts[..index];
            let right = attempt.verdict == Verdict::Correct;
            counts.truncated.add(attempt.verdict == Verdict::Truncated);
            if right && counts.solved_at.is_none() {
                counts.solved_at = Some(index + 1);
            }
            if attempt.answer.is_some() {
                let repeated = earlier.iter().any(|other| same(attempt, other));
                counts.unique.add(!repeated);
                if repeated {
                    counts.repeated_right.add(right);
                }
            }
            if let [.., before] = earlier {
                if before.verdict == Verdict::Correct {
                    counts.right_given_up.add(!right);
                }
                if index == 1 {
                    let differs = !same(attempt, before);
                    counts.second_differs.add(differs);
                    counts.second_right.add(right);
                    if differs {
                        counts.differing_right.add(right);
                    }
                }
            }
        }
        counts
    }

    /// Whether one of the first `k` attempts is right.
    pub fn solved_within(&self, k: usize) -> bool {
        self.solved_at.is_some_and(|at| at <= k)
    }
}

fn same(a: Option<&str>, b: Option<&str>, options: &Options) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => {
            a == b || equivalent(a, b, options).equivalent || equivalent(b, a, options).equivalent
        }
        (None, None) => true,
        _ => false,
    }
}
