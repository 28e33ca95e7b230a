//! The shares that are reported, each declared once.

use crate::Dialogue;

/// How many out of how many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    pub hits: usize,
    pub trials: usize,
}

impl Count {
    pub(crate) fn add(&mut self, hit: bool) {
        self.trials += 1;
        self.hits += usize::from(hit);
    }
}

/// A share: its name in files, what it says to people, and where a dialogue counts it.
#[derive(Clone, Copy)]
pub struct Share {
    pub name: &'static str,
    pub meaning: &'static str,
    pub of: fn(&Dialogue) -> Count,
}

/// Every share, in the order in which they are shown.
pub const SHARES: &[Share] = &[
    Share {
        name: "second_attempt_differs",
        meaning: "second attempts with another answer than the first",
        of: |dialogue| dialogue.second_differs,
    },
    Share {
        name: "second_attempt_right",
        meaning: "second attempts that are right",
        of: |dialogue| dialogue.second_right,
    },
    Share {
        name: "differing_second_right",
        meaning: "second attempts with another answer that are right",
        of: |dialogue| dialogue.differing_right,
    },
    Share {
        name: "repeated_answer_right",
        meaning: "answers that repeat an earlier one that are right",
        of: |dialogue| dialogue.repeated_right,
    },
    Share {
        name: "right_given_up",
        meaning: "attempts after a right one that are not right",
        of: |dialogue| dialogue.right_given_up,
    },
    Share {
        name: "unique_answers",
        meaning: "answers that no earlier attempt gave",
        of: |dialogue| dialogue.unique,
    },
    Share {
        name: "attempts_truncated",
        meaning: "attempts that were cut off",
        of: |dialogue| dialogue.truncated,
    },
];
