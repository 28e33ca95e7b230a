//! From a model's full text to its final answer.

mod boxed;

pub use boxed::last_boxed;

/// The rule that found an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Rule {
    /// The last complete `\boxed{...}` or `\fbox{...}`.
    Boxed,
    /// An external program found it.
    External,
}

impl Rule {
    /// The code that is printed.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Boxed => "boxed",
            Self::External => "external",
        }
    }
}

/// A final answer and the rule that found it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extracted<'a> {
    pub text: &'a str,
    pub rule: Rule,
}
