//! Chat templates: messages to the text that a model was trained on.

use std::path::{Path, PathBuf};

use minijinja::syntax::SyntaxConfig;
use minijinja::{Environment, Error, ErrorKind, Value, context};
use serde::{Deserialize, Serialize};

use crate::TokensError;
use crate::tokenizer_config::TokenizerConfig;

/// One message of a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// `system`, `user` or `assistant`.
    pub role: String,
    pub content: String,
}

/// The Jinja template of one model directory.
#[derive(Debug)]
pub struct ChatTemplate {
    path: PathBuf,
    environment: Environment<'static>,
    bos_token: Option<String>,
    eos_token: Option<String>,
}

const NAME: &str = "chat_template";

impl ChatTemplate {
    /// Reads `chat_template.jinja`, or the template inside `tokenizer_config.json`.
    pub fn load(directory: &Path) -> Result<Self, TokensError> {
        let config = TokenizerConfig::load(directory)?;
        let file = directory.join("chat_template.jinja");
        let (path, source) = if file.is_file() {
            let source = fs_err::read_to_string(&file).map_err(TokensError::Read)?;
            (file, source)
        } else if let Some(source) = config.chat_template()? {
            (config.path.clone(), source.to_owned())
        } else {
            return Err(TokensError::NoTemplate {
                directory: directory.to_owned(),
            });
        };
        let environment = environment(source).map_err(|source| TokensError::Template {
            path: path.clone(),
            source,
        })?;
        let special = |key| config.special(key).map(|text| text.map(str::to_owned));
        Ok(Self {
            bos_token: special("bos_token")?,
            eos_token: special("eos_token")?,
            path,
            environment,
        })
    }

    /// The text of `messages`; `add_generation_prompt` opens the assistant's next turn.
    pub fn render(
        &self,
        messages: &[Message],
        add_generation_prompt: bool,
    ) -> Result<String, TokensError> {
        let (bos_token, eos_token) = (self.bos_token.as_deref(), self.eos_token.as_deref());
        let message =
            |m: &Message| context! { role => m.role.as_str(), content => m.content.as_str() };
        let messages: Vec<Value> = messages.iter().map(message).collect();
        let rendered = self.environment.get_template(NAME).and_then(|template| {
            template.render(context! { messages, add_generation_prompt, bos_token, eos_token })
        });
        rendered.map_err(|source| TokensError::Template {
            path: self.path.clone(),
            source,
        })
    }
}

/// Jinja as transformers sets it up: block tags swallow their line's white space, Python's string
/// methods exist, and a template may refuse messages by `raise_exception`.
fn environment(source: String) -> Result<Environment<'static>, Error> {
    let mut environment = Environment::new();
    environment.set_syntax(
        SyntaxConfig::builder()
            .trim_blocks(true)
            .lstrip_blocks(true)
            .build()?,
    );
    environment.set_unknown_method_callback(minijinja_contrib::pycompat::unknown_method_callback);
    environment.add_function(
        "raise_exception",
        |message: String| -> Result<String, Error> {
            Err(Error::new(ErrorKind::InvalidOperation, message))
        },
    );
    environment.add_template_owned(NAME, source)?;
    Ok(environment)
}
