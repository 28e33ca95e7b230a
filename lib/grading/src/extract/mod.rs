//! From a model's full text to its final answer.
//!
//! Rules are tried from the most explicit to the least; the first that finds something decides. Which rules
//! may be used is the caller's choice: training asks for a box, evaluation of foreign text allows them all.

mod boxed;
mod choice;
mod stated;
mod trailing;

pub(crate) use boxed::braced;
pub use boxed::last_boxed;

/// The rule that found an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Rule {
    /// The last complete `\boxed{...}` or `\fbox{...}`.
    Boxed,
    /// What follows the last `####`.
    Hashes,
    /// What follows "final answer is", "the answer is", "Answer:".
    Stated,
    /// The last choice letter in prose, where the reference is one.
    Choice,
    /// The last yes, no, true or false in prose, where the reference is one.
    Boolean,
    /// The last formula.
    Formula,
    /// The last number.
    Number,
    /// The whole text, which is nothing but an answer.
    Whole,
    /// An external program found it.
    External,
}

impl Rule {
    /// The code that is printed.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Boxed => "boxed",
            Self::Hashes => "hashes",
            Self::Stated => "stated",
            Self::Choice => "choice",
            Self::Boolean => "boolean",
            Self::Formula => "formula",
            Self::Number => "number",
            Self::Whole => "whole",
            Self::External => "external",
        }
    }
}

/// Which rules may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// Boxes.
    pub boxed: bool,
    /// `####`, and statements such as "the answer is".
    pub stated: bool,
    /// The last formula, number, letter or truth value of the text.
    pub trailing: bool,
}

impl Rules {
    /// Boxes only: the answer must be marked as such.
    pub const BOXED: Self = Self {
        boxed: true,
        stated: false,
        trailing: false,
    };
    /// Boxes, hashes and statements.
    pub const STATED: Self = Self {
        boxed: true,
        stated: true,
        trailing: false,
    };
    /// Everything.
    pub const ALL: Self = Self {
        boxed: true,
        stated: true,
        trailing: true,
    };

    /// The rules by their name.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "boxed" => Some(Self::BOXED),
            "stated" => Some(Self::STATED),
            "all" => Some(Self::ALL),
            _ => None,
        }
    }
}

/// A final answer and the rule that found it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extracted<'a> {
    pub text: &'a str,
    pub rule: Rule,
}

/// Finds the final answer of `response`. The reference only tells what kind of answer is looked for in prose:
/// a choice letter, a truth value, or mathematics.
pub fn extract<'a>(
    response: &'a str,
    reference: Option<&str>,
    rules: Rules,
) -> Option<Extracted<'a>> {
    let found = |rule| move |text: &'a str| Extracted { text, rule };
    let boxed = || {
        if rules.boxed {
            last_boxed(response).map(found(Rule::Boxed))
        } else {
            None
        }
    };
    let hashes = || {
        if rules.stated {
            stated::hashes(response).map(found(Rule::Hashes))
        } else {
            None
        }
    };
    let worded = || {
        if rules.trailing {
            choice::in_prose(response, reference?)
        } else {
            None
        }
    };
    let stated = || {
        if rules.stated {
            stated::stated(response).map(found(Rule::Stated))
        } else {
            None
        }
    };
    let trailing = || {
        if rules.trailing {
            trailing::trailing(response)
        } else {
            None
        }
    };
    let whole = || {
        if rules.trailing {
            trailing::whole(response).map(found(Rule::Whole))
        } else {
            None
        }
    };
    boxed()
        .or_else(hashes)
        .or_else(worded)
        .or_else(stated)
        .or_else(trailing)
        .or_else(whole)
}
