//! A template of one's own: the first prompt, the frame of feedback, the mark that closes a turn. Knows nothing about
//! tokens.

use std::path::Path;

use serde::Deserialize;

use crate::FormatError;
use crate::wording::{Facts, Wording};

/// The three texts of a dialogue that the policy does not write.
///
/// Placeholders are `{question}`, `{attempts_allowed}`, `{attempts_left}` and `{previous_answer}`; any other brace is
/// literal, so a template may say `\boxed{}`. They are filled in one pass: a placeholder inside the question stays as it
/// is. Where `feedback` holds `{message}`, it is the frame of the wordings that are asked for; otherwise it is its own.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// Everything before the first sampled token. Must contain `{question}`.
    pub prompt: String,
    /// What follows a closed attempt that failed, up to the next sampled token; with `{message}` the frame of a wording.
    pub feedback: String,
    /// Closes a turn, for instance `<|im_end|>`. Where it is a single token the policy may sample it as its own
    /// end-of-sequence; it is written by the environment only where the policy sampled no end-of-sequence itself.
    #[serde(default)]
    pub close: String,
}

/// Where a wording stands in the frame of feedback.
const MESSAGE: &str = "{message}";

const CHATML_PROMPT: &str = "<|im_start|>system\n\
Work through the problem step by step and put the final answer within \\boxed{}. \
You have {attempts_allowed} attempt(s).<|im_end|>\n\
<|im_start|>user\n{question}<|im_end|>\n\
<|im_start|>assistant\n";

const CHATML_FEEDBACK: &str = "\n<|im_start|>user\n{message}<|im_end|>\n<|im_start|>assistant\n";

impl Template {
    /// The built-in template for models that speak ChatML, such as Qwen2.5-Math.
    pub fn chatml() -> Self {
        Self {
            prompt: CHATML_PROMPT.to_owned(),
            feedback: CHATML_FEEDBACK.to_owned(),
            close: "<|im_end|>".to_owned(),
        }
    }

    /// `chatml`, or the path of a TOML file with `prompt`, `feedback` and `close`.
    pub fn load(name: &str) -> Result<Self, FormatError> {
        match name {
            "chatml" => Ok(Self::chatml()),
            path => Self::read(Path::new(path)),
        }
    }

    fn read(path: &Path) -> Result<Self, FormatError> {
        let text = fs_err::read_to_string(path).map_err(FormatError::Read)?;
        let template: Self = toml::from_str(&text).map_err(|source| FormatError::Parse {
            path: path.into(),
            source: Box::new(source),
        })?;
        template.checked(&path.display().to_string())
    }

    fn checked(self, name: &str) -> Result<Self, FormatError> {
        if !self.prompt.contains("{question}") {
            return Err(FormatError::NoQuestion {
                name: name.to_owned(),
            });
        }
        if self.feedback.is_empty() {
            return Err(FormatError::NoFeedback {
                name: name.to_owned(),
            });
        }
        Ok(self)
    }

    /// The text before the first sampled token.
    pub fn prompt(&self, question: &str, attempts_allowed: u32) -> String {
        Facts::at_first(question, attempts_allowed).fill(&self.prompt, &[])
    }

    /// Whether `feedback` is a frame for wordings.
    pub fn frames(&self) -> bool {
        self.feedback.contains(MESSAGE)
    }

    /// What follows a failed attempt: the message in its frame.
    pub fn framed(&self, message: &str, facts: Facts<'_>) -> String {
        if self.frames() {
            facts.fill(&self.feedback, &[("message", message)])
        } else {
            message.to_owned()
        }
    }
}

impl Template {
    /// The wording of a template that was asked for none.
    pub(crate) fn usual_wording(&self) -> Result<Wording, FormatError> {
        if self.frames() {
            Wording::load(Wording::NAMES[0])
        } else {
            Ok(Wording::of_template(&self.feedback))
        }
    }

    /// The texts of a demonstration, one a segment: for whoever makes a tokenizer out of them.
    pub fn texts(
        &self,
        question: &str,
        attempts_allowed: u32,
        attempts: &[String],
    ) -> Result<Vec<String>, FormatError> {
        let wording = self.usual_wording()?;
        let mut texts = vec![self.prompt(question, attempts_allowed)];
        for (used, attempt) in (1u32..).zip(attempts) {
            texts.push(format!("{attempt}{}", self.close));
            if (used as usize) < attempts.len() {
                let facts = Facts {
                    attempts_left: attempts_allowed.saturating_sub(used),
                    ..Facts::at_first(question, attempts_allowed)
                };
                texts.push(self.framed(&wording.say(facts), facts));
            }
        }
        Ok(texts)
    }
}

/// Replaces every `{name}` of `text` by its value, in one pass from the left: values are never searched again.
pub fn substitute(text: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(brace) = rest.find('{') {
        filled.push_str(&rest[..brace]);
        rest = &rest[brace..];
        match values.iter().find(|(name, _)| opens_with(rest, name)) {
            Some((name, value)) => {
                filled.push_str(value);
                rest = &rest[name.len() + 2..];
            }
            None => {
                filled.push('{');
                rest = &rest[1..];
            }
        }
    }
    filled + rest
}

fn opens_with(text: &str, name: &str) -> bool {
    text.strip_prefix('{')
        .and_then(|text| text.strip_prefix(name))
        .is_some_and(|text| text.starts_with('}'))
}
