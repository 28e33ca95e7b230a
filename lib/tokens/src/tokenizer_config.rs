//! The keys of `tokenizer_config.json` that matter here.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::TokensError;

/// The file beside a tokenizer, or nothing where it is absent.
pub struct TokenizerConfig {
    /// Where it is, or would be.
    pub path: PathBuf,
    value: Value,
}

impl TokenizerConfig {
    /// Reads the file of a model directory.
    pub fn load(directory: &Path) -> Result<Self, TokensError> {
        let path = directory.join("tokenizer_config.json");
        if !path.is_file() {
            return Ok(Self {
                path,
                value: Value::Null,
            });
        }
        let bytes = fs_err::read(&path).map_err(TokensError::Read)?;
        let value = serde_json::from_slice(&bytes).map_err(|source| TokensError::Json {
            path: path.clone(),
            source,
        })?;
        Ok(Self { path, value })
    }

    /// A special token's text: a string, or in older files an object with `content`.
    pub fn special(&self, key: &'static str) -> Result<Option<&str>, TokensError> {
        match self.value.get(key) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(other) => match other.get("content").and_then(Value::as_str) {
                Some(text) => Ok(Some(text)),
                None => Err(self.mistyped(key, "a token's text")),
            },
        }
    }

    /// `chat_template`: a string, or a list of named templates of which `default` is meant.
    pub fn chat_template(&self) -> Result<Option<&str>, TokensError> {
        const KEY: &str = "chat_template";
        match self.value.get(KEY) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(Value::Array(named)) => named
                .iter()
                .find(|entry| entry.get("name").and_then(Value::as_str) == Some("default"))
                .and_then(|entry| entry.get("template").and_then(Value::as_str))
                .map(Some)
                .ok_or_else(|| self.mistyped(KEY, "a template named \"default\" in the list")),
            Some(_) => Err(self.mistyped(KEY, "a template or a list of named templates")),
        }
    }

    fn mistyped(&self, key: &'static str, expected: &'static str) -> TokensError {
        TokensError::Mistyped {
            path: self.path.clone(),
            key,
            expected,
        }
    }
}
