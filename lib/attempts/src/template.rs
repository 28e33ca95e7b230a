//! The environment's words: the first prompt, the feedback after a failed attempt, the mark that closes a turn.
//! Knows nothing about tokens.

use std::path::{Path, PathBuf};

use serde::Deserialize;

/// The three texts of a dialogue that the policy does not write.
///
/// Placeholders are `{question}`, `{attempts_allowed}` and `{attempts_left}`; any other brace is literal, so a
/// template may say `\boxed{}`. They are filled in one pass: a placeholder inside the question stays as it is.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// Everything before the first sampled token. Must contain `{question}`.
    pub prompt: String,
    /// What follows a closed attempt that failed, up to the next sampled token.
    pub feedback: String,
    /// Closes a turn, for instance `<|im_end|>`. Where it is a single token the policy may sample it as its own
    /// end-of-sequence; it is written by the environment only where the policy sampled no end-of-sequence itself.
    #[serde(default)]
    pub close: String,
}

/// Why a template cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    #[error("failed to read the template")]
    Read(#[source] std::io::Error),
    #[error("template {path}: {source}")]
    Parse {
        path: PathBuf,
        source: Box<toml::de::Error>,
    },
    #[error("template {name}: `prompt` must contain {{question}}")]
    NoQuestion { name: String },
    #[error(
        "template {name}: `feedback` must not be empty, or a new attempt could not be told from the one before"
    )]
    NoFeedback { name: String },
}

const CHATML_PROMPT: &str = "<|im_start|>system\n\
Work through the problem step by step and put the final answer within \\boxed{}. \
You have {attempts_allowed} attempt(s).<|im_end|>\n\
<|im_start|>user\n{question}<|im_end|>\n\
<|im_start|>assistant\n";

const CHATML_FEEDBACK: &str = "\n<|im_start|>user\n\
This answer is not correct. You have {attempts_left} attempt(s) left. \
Find what went wrong, solve the problem again step by step and put the final answer within \\boxed{}.<|im_end|>\n\
<|im_start|>assistant\n";

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
    pub fn load(name: &str) -> Result<Self, TemplateError> {
        match name {
            "chatml" => Ok(Self::chatml()),
            path => Self::read(Path::new(path)),
        }
    }

    fn read(path: &Path) -> Result<Self, TemplateError> {
        let text = fs_err::read_to_string(path).map_err(TemplateError::Read)?;
        let template: Self = toml::from_str(&text).map_err(|source| TemplateError::Parse {
            path: path.into(),
            source: Box::new(source),
        })?;
        template.checked(&path.display().to_string())
    }

    fn checked(self, name: &str) -> Result<Self, TemplateError> {
        if !self.prompt.contains("{question}") {
            return Err(TemplateError::NoQuestion {
                name: name.to_owned(),
            });
        }
        if self.feedback.is_empty() {
            return Err(TemplateError::NoFeedback {
                name: name.to_owned(),
            });
        }
        Ok(self)
    }

    /// The text before the first sampled token.
    pub fn prompt(&self, question: &str, attempts_allowed: u32) -> String {
        self.fill(&self.prompt, question, attempts_allowed, attempts_allowed)
    }

    /// The text after a failed attempt that leaves `attempts_left`.
    pub fn feedback(&self, question: &str, attempts_allowed: u32, attempts_left: u32) -> String {
        self.fill(&self.feedback, question, attempts_allowed, attempts_left)
    }

    fn fill(&self, text: &str, question: &str, allowed: u32, left: u32) -> String {
        let (allowed, left) = (allowed.to_string(), left.to_string());
        substitute(
            text,
            &[
                ("question", question),
                ("attempts_allowed", &allowed),
                ("attempts_left", &left),
            ],
        )
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
