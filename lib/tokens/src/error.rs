//! What can be wrong with a tokenizer.

use std::path::PathBuf;

use checkpoints::ConfigError;

/// A tokenizer or template that cannot be read or used.
#[derive(Debug, thiserror::Error)]
pub enum TokensError {
    #[error("cannot read the tokenizer")]
    Read(#[source] std::io::Error),
    #[error("{}: not a tokenizer: {reason}", path.display())]
    Tokenizer { path: PathBuf, reason: String },
    #[error("{}: not valid JSON", path.display())]
    Json {
        path: PathBuf,
        source: serde_json::Error,
    },
    #[error("{}: key \"{key}\": expected {expected}", path.display())]
    Mistyped {
        path: PathBuf,
        key: &'static str,
        expected: &'static str,
    },
    #[error("{}: special tokens missing: {}", path.display(), tokens.join(", "))]
    MissingSpecial { path: PathBuf, tokens: Vec<String> },
    #[error("{}: token \"{token}\" has id {id}, but the model's vocab_size is {vocab_size}", path.display())]
    OutsideVocabulary {
        path: PathBuf,
        token: String,
        id: i32,
        vocab_size: usize,
    },
    #[error("{}: no end-of-sequence token in config.json, generation_config.json or tokenizer_config.json", directory.display())]
    NoEndOfSequence { directory: PathBuf },
    #[error("cannot encode text: {reason}")]
    Encode { reason: String },
    #[error("cannot decode tokens: {reason}")]
    Decode { reason: String },
    #[error(transparent)]
    Config(#[from] ConfigError),
}
