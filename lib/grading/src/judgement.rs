//! What a grader says: a verdict, the answer it read, and why.

use std::fmt;

use crate::Reason;
use crate::extract::Rule;

/// The verdict on one response. A response that was cut off is the caller's knowledge, not the grader's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Judgement {
    /// The extracted answer equals the reference.
    Correct,
    /// An answer was found and it differs.
    Wrong,
    /// No rule found a final answer in the response.
    NoAnswer,
    /// The reference itself cannot be read, so nothing can be said about the response.
    BadReference,
}

impl Judgement {
    /// The spelling used in records and by external graders.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Correct => "correct",
            Self::Wrong => "wrong",
            Self::NoAnswer => "no_answer",
            Self::BadReference => "bad_reference",
        }
    }

    /// Reads the spelling of [`Judgement::as_str`].
    pub fn from_name(name: &str) -> Option<Self> {
        [
            Self::Correct,
            Self::Wrong,
            Self::NoAnswer,
            Self::BadReference,
        ]
        .into_iter()
        .find(|judgement| judgement.as_str() == name)
    }
}

impl fmt::Display for Judgement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

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
    pub verdict: Judgement,
    /// The answer as it stands in the response.
    pub answer: Option<String>,
    /// The rule that found the answer.
    pub rule: Option<Rule>,
    pub reason: Reason,
    /// When negative, what differed.
    pub detail: Option<String>,
}
