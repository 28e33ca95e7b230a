//! What the environment says after a failed attempt.

use std::path::Path;

use crate::error::FormatError;
use crate::marks::broken;
use crate::template::substitute;

/// A wording of feedback. Placeholders are `{question}`, `{attempts_allowed}`, `{attempts_left}` and
/// `{previous_answer}`; any other brace is literal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wording {
    /// As it is recorded.
    pub name: String,
    text: String,
    /// Said instead where the attempt held no answer to quote.
    without_answer: Option<String>,
}

/// What a wording may speak of.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    pub question: &'a str,
    pub attempts_allowed: u32,
    pub attempts_left: u32,
    pub previous_answer: Option<&'a str>,
}

impl<'a> Facts<'a> {
    /// Before the first attempt.
    pub fn at_first(question: &'a str, attempts_allowed: u32) -> Self {
        Self {
            question,
            attempts_allowed,
            attempts_left: attempts_allowed,
            previous_answer: None,
        }
    }

    /// `text` with its placeholders filled, `more` among them.
    pub fn fill(&self, text: &str, more: &[(&str, &str)]) -> String {
        let (allowed, left) = (
            self.attempts_allowed.to_string(),
            self.attempts_left.to_string(),
        );
        // The policy may spell a mark; quoted, it must not become one.
        let answer = broken(self.previous_answer.unwrap_or("none"));
        let facts = [
            ("question", self.question),
            ("attempts_allowed", &*allowed),
            ("attempts_left", &*left),
            ("previous_answer", &*answer),
        ];
        substitute(text, &[&facts, more].concat())
    }
}

const AGAIN: &str = "Find what went wrong, solve the problem again step by step and put the final answer within \\boxed{}.";
const LEFT: &str = "You have {attempts_left} attempt(s) left.";

impl Wording {
    /// The named wordings, the default first.
    pub const NAMES: [&str; 4] = ["attempts-left", "verdict", "try-again", "quote"];

    /// One of [`Wording::NAMES`], or a text file.
    pub fn load(name: &str) -> Result<Self, FormatError> {
        let named = |text: String| Self {
            name: name.to_owned(),
            text,
            without_answer: None,
        };
        Ok(match name {
            "attempts-left" => named(format!("This answer is not correct. {LEFT} {AGAIN}")),
            "verdict" => named(format!("This answer is not correct. {AGAIN}")),
            "try-again" => named(
                "Solve the problem once more, step by step, and put the final answer within \\boxed{}."
                    .to_owned(),
            ),
            "quote" => Self {
                without_answer: Some(format!(
                    "There was no final answer in a box. {LEFT} {AGAIN}"
                )),
                ..named(format!(
                    "Your answer {{previous_answer}} is not correct. {LEFT} {AGAIN}"
                ))
            },
            path => Self::read(Path::new(path))?,
        })
    }

    /// The wording that a template brings along.
    pub fn of_template(text: &str) -> Self {
        Self {
            name: "template".to_owned(),
            text: text.to_owned(),
            without_answer: None,
        }
    }

    fn read(path: &Path) -> Result<Self, FormatError> {
        let name = path.display().to_string();
        let text = fs_err::read_to_string(path).map_err(|source| FormatError::Wording {
            name: name.clone(),
            known: Self::NAMES.join(", "),
            source,
        })?;
        let text = text.trim_end_matches(['\n', '\r']).to_owned();
        if text.trim().is_empty() {
            return Err(FormatError::EmptyWording { name });
        }
        Ok(Self {
            name,
            text,
            without_answer: None,
        })
    }

    /// The message about one attempt.
    pub fn say(&self, facts: Facts<'_>) -> String {
        let text = match (facts.previous_answer, &self.without_answer) {
            (None, Some(text)) => text,
            _ => &self.text,
        };
        facts.fill(text, &[])
    }
}
