//! `tokenizer.json`: text to ids and back.

use std::path::{Path, PathBuf};

use tokenizers::Tokenizer as Inner;

use crate::{TokensError, stop_ids};

/// The tokenizer of one model directory.
#[derive(Clone, Debug)]
pub struct Tokenizer {
    inner: Inner,
    path: PathBuf,
}

impl Tokenizer {
    /// Reads `tokenizer.json` of a model directory.
    pub fn load(directory: &Path) -> Result<Self, TokensError> {
        Self::load_file(&directory.join("tokenizer.json"))
    }

    /// Reads a tokenizer file by its own name.
    pub fn load_file(path: &Path) -> Result<Self, TokensError> {
        let bytes = fs_err::read(path).map_err(TokensError::Read)?;
        let mut inner = Inner::from_bytes(bytes).map_err(|error| TokensError::Tokenizer {
            path: path.to_owned(),
            reason: error.to_string(),
        })?;
        // A file may ask for padding or truncation of batches. Here every text is whole.
        inner.with_padding(None);
        inner
            .with_truncation(None)
            .map_err(|error| TokensError::Tokenizer {
                path: path.to_owned(),
                reason: error.to_string(),
            })?;
        Ok(Self {
            inner,
            path: path.to_owned(),
        })
    }

    /// The ids of `text`. Nothing is added; special tokens written out in `text` become theirs.
    pub fn encode(&self, text: &str) -> Result<Vec<i32>, TokensError> {
        let encoding =
            self.inner
                .encode_fast(text, false)
                .map_err(|error| TokensError::Encode {
                    reason: error.to_string(),
                })?;
        Ok(encoding.get_ids().iter().map(|id| *id as i32).collect())
    }

    /// The text of `ids`, with or without special tokens. Bytes that are not UTF-8 become U+FFFD;
    /// ids that the tokenizer does not have (a model's vocabulary may be larger) are nothing.
    pub fn decode(&self, ids: &[i32], skip_special: bool) -> Result<String, TokensError> {
        let ids: Vec<u32> = ids
            .iter()
            .filter_map(|id| u32::try_from(*id).ok())
            .collect();
        self.inner
            .decode(&ids, skip_special)
            .map_err(|error| TokensError::Decode {
                reason: error.to_string(),
            })
    }

    /// The id of a token by its exact text.
    pub fn id_of(&self, token: &str) -> Option<i32> {
        self.inner
            .token_to_id(token)
            .and_then(|id| i32::try_from(id).ok())
    }

    /// The ids of `tokens`, each of which must exist and be one token where it occurs in a text.
    pub fn require_special(&self, tokens: &[&str]) -> Result<Vec<i32>, TokensError> {
        let mut ids = Vec::new();
        let mut missing = Vec::new();
        for token in tokens {
            match self.id_of(token) {
                Some(id) if self.encode(token)? == [id] => ids.push(id),
                _ => missing.push(format!("\"{token}\"")),
            }
        }
        match missing.is_empty() {
            true => Ok(ids),
            false => Err(TokensError::MissingSpecial {
                path: self.path.clone(),
                tokens: missing,
            }),
        }
    }

    /// Checks that a model with `vocab_size` rows knows every id that this tokenizer may give.
    pub fn check_vocabulary(&self, vocab_size: usize) -> Result<(), TokensError> {
        let vocabulary = self.inner.get_vocab(true);
        let largest = vocabulary
            .into_iter()
            .max_by(|a, b| a.1.cmp(&b.1).then(b.0.cmp(&a.0)));
        match largest {
            Some((token, id)) if id as usize >= vocab_size => Err(TokensError::OutsideVocabulary {
                path: self.path.clone(),
                token,
                id: id as i32,
                vocab_size,
            }),
            _ => Ok(()),
        }
    }

    /// The ids that end a sequence, ascending: what `config.json`, `generation_config.json` and
    /// `tokenizer_config.json` beside the tokenizer call end-of-sequence. At least one.
    pub fn stop_ids(&self) -> Result<Vec<i32>, TokensError> {
        stop_ids::read(self.directory(), self)
    }

    /// The directory that the tokenizer came from.
    pub fn directory(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new(""))
    }
}
