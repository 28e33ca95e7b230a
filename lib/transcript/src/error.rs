//! Why a dialogue cannot be written down.

use std::path::PathBuf;

use tokens::TokensError;

/// A template, wording or tokenizer that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FormatError {
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
    #[error(
        "template {name}: `feedback` has no {{message}} for --feedback {wording} to stand in; write the template's own \
         words as {{message}}"
    )]
    NoMessage { name: String, wording: String },
    #[error("template {name}: --{flag} is for --template model")]
    Idle { name: String, flag: &'static str },
    #[error("feedback {name}: neither one of {known} nor a file that can be read")]
    Wording {
        name: String,
        known: String,
        source: std::io::Error,
    },
    #[error("feedback {name}: the file is empty")]
    EmptyWording { name: String },
    #[error("{}: no chat template in chat_template.jinja or tokenizer_config.json", directory.display())]
    NoTemplate { directory: PathBuf },
    #[error("{}: the chat template cannot be used{hint}", path.display())]
    Jinja {
        path: PathBuf,
        /// What may help, or nothing.
        hint: &'static str,
        source: minijinja::Error,
    },
    #[error(
        "{}: the chat template cannot be used for several attempts: a further turn must only add to the dialogue, but at \
         line {line}, column {column} it turns {before:?} into {after:?}", path.display()
    )]
    Rewrites {
        path: PathBuf,
        line: usize,
        column: usize,
        before: String,
        after: String,
    },
    #[error(
        "{}: the chat template cannot be used for several attempts: it does not write what the {role} says as it is",
        path.display()
    )]
    Alters { path: PathBuf, role: &'static str },
    #[error("the template {template} cannot be used with this tokenizer")]
    Marks {
        template: String,
        source: TokensError,
    },
    #[error(transparent)]
    Tokens(#[from] TokensError),
}
