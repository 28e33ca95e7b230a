//! A model's own chat template: messages to the text that it was trained on.

use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use minijinja::{Environment, Value, context};
use serde::Deserialize;
use tokens::TokenizerConfig;

use crate::FormatError;
use crate::jinja::environment;

/// One message of a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Message {
    /// `system`, `user` or `assistant`.
    pub role: String,
    pub content: String,
}

impl Message {
    pub fn new(role: &str, content: impl Into<String>) -> Self {
        Self {
            role: role.to_owned(),
            content: content.into(),
        }
    }
}

/// What a template is told beside the messages.
#[derive(Clone, Copy, Debug)]
pub struct ChatOptions {
    /// `enable_thinking`; none leaves it undefined, as most templates expect.
    pub thinking: Option<bool>,
    /// The day that `strftime_now` tells.
    pub date: NaiveDate,
}

impl Default for ChatOptions {
    fn default() -> Self {
        Self {
            thinking: None,
            date: FIXED_DATE,
        }
    }
}

/// A day that does not change, so that the same input gives the same prompt on any day.
pub const FIXED_DATE: NaiveDate = match NaiveDate::from_ymd_opt(2025, 1, 1) {
    Some(date) => date,
    None => NaiveDate::MIN,
};

/// The Jinja template of one model directory.
#[derive(Debug)]
pub struct ChatTemplate {
    path: PathBuf,
    environment: Environment<'static>,
    thinking: Option<bool>,
    special: Vec<(&'static str, Option<String>)>,
}

const NAME: &str = "chat_template";

/// Special tokens that templates name.
const SPECIAL: [&str; 4] = ["bos_token", "eos_token", "pad_token", "unk_token"];

impl ChatTemplate {
    /// Reads `chat_template.jinja`, or the template inside `tokenizer_config.json`.
    pub fn load(directory: &Path, options: ChatOptions) -> Result<Self, FormatError> {
        let config = TokenizerConfig::load(directory)?;
        let file = directory.join("chat_template.jinja");
        let (path, source) = if file.is_file() {
            let source = fs_err::read_to_string(&file).map_err(FormatError::Read)?;
            (file, source)
        } else if let Some(source) = config.chat_template()? {
            (config.path.clone(), source.to_owned())
        } else {
            return Err(FormatError::NoTemplate {
                directory: directory.to_owned(),
            });
        };
        let environment =
            environment(NAME, &source, options.date).map_err(|source| FormatError::Jinja {
                path: path.clone(),
                hint: "",
                source,
            })?;
        let special = |name| Ok((name, config.special(name)?.map(str::to_owned)));
        Ok(Self {
            special: SPECIAL
                .into_iter()
                .map(special)
                .collect::<Result<_, FormatError>>()?,
            thinking: options.thinking,
            path,
            environment,
        })
    }

    /// The file that holds the template.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The text of `messages`; `add_generation_prompt` opens the assistant's next turn.
    pub fn render(
        &self,
        messages: &[Message],
        add_generation_prompt: bool,
    ) -> Result<String, FormatError> {
        let rendered = self.environment.get_template(NAME).and_then(|template| {
            let none = Value::from(());
            let mut facts = vec![
                ("messages", messages.iter().map(value).collect()),
                ("add_generation_prompt", Value::from(add_generation_prompt)),
                ("tools", none.clone()),
                ("documents", none),
            ];
            if let Some(thinking) = self.thinking {
                facts.push(("enable_thinking", Value::from(thinking)));
            }
            for (name, token) in &self.special {
                if let Some(token) = token {
                    facts.push((name, Value::from(token.as_str())));
                }
            }
            template.render(Value::from_pairs(facts))
        });
        rendered.map_err(|source| FormatError::Jinja {
            path: self.path.clone(),
            hint: hint(messages, &source),
            source,
        })
    }
}

fn value(message: &Message) -> Value {
    context! { role => message.role.as_str(), content => message.content.as_str() }
}

fn hint(messages: &[Message], error: &minijinja::Error) -> &'static str {
    let systems = messages.iter().any(|message| message.role == "system");
    let said = error.to_string().to_lowercase();
    if systems && said.contains("system") {
        " (--system-text '' and --feedback-role user do without system messages)"
    } else if said.contains("alternat") {
        " (--feedback-role user keeps turns alternating)"
    } else {
        ""
    }
}
