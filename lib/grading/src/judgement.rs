//! What a grader says: a verdict, the answer it read, and why.

use std::fmt;

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

/// Why a decision fell; a closed list, so that disagreements can be counted by reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reason {
    /// Both sides are the same text.
    SameText,
    /// Both sides are the same exact number.
    SameNumber,
    /// The values differ.
    DifferentValue,
    /// The texts differ and at least one side is not mathematics.
    DifferentText,
    /// The response holds no final answer.
    NothingExtracted,
    /// The reference is empty or cannot be read.
    UnreadableReference,
    /// An external program decided.
    External,
}

impl Reason {
    /// The code that is printed and counted.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SameText => "same_text",
            Self::SameNumber => "same_number",
            Self::DifferentValue => "different_value",
            Self::DifferentText => "different_text",
            Self::NothingExtracted => "nothing_extracted",
            Self::UnreadableReference => "unreadable_reference",
            Self::External => "external",
        }
    }
}

impl fmt::Display for Reason {
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
