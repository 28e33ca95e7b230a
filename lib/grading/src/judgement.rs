//! What a grader says: a verdict, the answer it read, and why.

use records::Verdict;

use crate::Reason;
use crate::extract::Rule;

/// Whether two answers are equivalent, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    pub equivalent: bool,
    pub reason: Reason,
    /// When negative, what differed.
    pub detail: Option<String>,
}

impl Decision {
    pub(crate) fn yes(reason: Reason) -> Self {
        Self {
            equivalent: true,
            reason,
            detail: None,
        }
    }

    /// Whether nothing certain was found: neither equality nor difference.
    pub(crate) fn is_doubtful(&self) -> bool {
        matches!(self.reason, Reason::Undecided | Reason::BudgetSpent)
    }

    pub(crate) fn no(reason: Reason, detail: impl FnOnce() -> String) -> Self {
        Self {
            equivalent: false,
            reason,
            detail: Some(shortened(detail())),
        }
    }
}

/// Details are for people: long ones are cut.
fn shortened(mut text: String) -> String {
    const LONGEST: usize = 300;
    if text.len() > LONGEST {
        let end = (0..=LONGEST)
            .rev()
            .find(|at| text.is_char_boundary(*at))
            .unwrap_or(0);
        text.truncate(end);
        text.push('…');
    }
    text
}

/// The verdict on one response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Graded {
    /// Never `truncated`: that an attempt was cut off is known to those who played it, not to a grader.
    pub verdict: Verdict,
    /// The answer as it stands in the response.
    pub answer: Option<String>,
    /// The rule that found the answer.
    pub rule: Option<Rule>,
    pub reason: Reason,
    /// When negative, what differed.
    pub detail: Option<String>,
}
