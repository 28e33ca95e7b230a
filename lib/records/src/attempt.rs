//! One attempt of a dialogue, and the closed vocabularies that go with it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// One attempt: the policy's text between two pieces of prompt or feedback. Unlike those of a row,
/// parts of it that are not listed here are not kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Attempt {
    /// First token of the attempt, as an index into `token_ids`.
    pub start: i32,
    /// One past its last token.
    pub end: i32,
    pub text: String,
    /// The final answer that was found in the text.
    pub answer: Option<String>,
    pub verdict: Verdict,
    pub stop: AttemptStop,
    /// What it is paid, where every attempt is paid by itself.
    #[serde(default)]
    pub reward: Option<f32>,
}

/// A word that is not in the vocabulary of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownName {
    pub found: String,
    pub expected: &'static [&'static str],
}

impl fmt::Display for UnknownName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let expected = self.expected.join(", ");
        write!(f, "expected one of {expected}, found \"{}\"", self.found)
    }
}

impl std::error::Error for UnknownName {}

/// Declares an enum whose variants are spelled in one way in every format.
macro_rules! vocabulary {
    ($(#[$outer:meta])* $name:ident { $($(#[$inner:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$outer])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[derive(Serialize, Deserialize)]
        pub enum $name { $($(#[$inner])* #[serde(rename = $text)] $variant),+ }

        impl $name {
            /// Every value, in the order of declaration.
            pub const ALL: &'static [$name] = &[$($name::$variant),+];
            const NAMES: &'static [&'static str] = &[$($text),+];

            /// The spelling in records.
            pub fn as_str(self) -> &'static str {
                match self { $($name::$variant => $text),+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = UnknownName;

            fn from_str(text: &str) -> Result<Self, UnknownName> {
                match text {
                    $($text => Ok($name::$variant),)+
                    _ => Err(UnknownName { found: text.to_owned(), expected: Self::NAMES }),
                }
            }
        }
    };
}

vocabulary! {
    /// What the grader says about an attempt.
    Verdict {
        Correct = "correct",
        Wrong = "wrong",
        /// No final answer was found.
        NoAnswer = "no_answer",
        /// The attempt was cut off by the token budget or the context: it never ended, so it is never right.
        Truncated = "truncated",
        /// The reference itself cannot be read; such a question is never trained on.
        BadReference = "bad_reference",
    }
}

vocabulary! {
    /// What ended an attempt.
    AttemptStop {
        /// The policy sampled an end-of-sequence token.
        Eos = "eos",
        /// A complete boxed answer was found.
        Boxed = "boxed",
        /// The token budget was spent.
        Length = "length",
    }
}

vocabulary! {
    /// What ended a dialogue.
    StopReason {
        Solved = "solved",
        /// All attempts were used.
        Exhausted = "exhausted",
        /// The token budget was spent.
        Length = "length",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_reads_back() {
        for &verdict in Verdict::ALL {
            assert_eq!(verdict.as_str().parse(), Ok(verdict));
            let json = serde_json::to_string(&verdict).unwrap();
            assert_eq!(json, format!("\"{verdict}\""));
        }
        assert_eq!(StopReason::Length.as_str(), "length");
    }

    #[test]
    fn an_unknown_word_lists_the_known_ones() {
        let error = "done".parse::<AttemptStop>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "expected one of eos, boxed, length, found \"done\""
        );
    }
}
