//! `tokenizer.json`: text to ids and back.

use std::path::{Path, PathBuf};

use tokenizers::Tokenizer as Inner;

use crate::{TokensError, Vocabulary, added_tokens, stop_ids};

/// The tokenizer of one model directory.
#[derive(Clone, Debug)]
pub struct Tokenizer {
    inner: Inner,
    path: PathBuf,
    warnings: Vec<String>,
}

impl Tokenizer {
    /// Reads `tokenizer.json` of a model directory, and the tokens that only the files beside it have.
    pub fn load(directory: &Path) -> Result<Self, TokensError> {
        let path = directory.join("tokenizer.json");
        let bytes = read(&path)?;
        let config = directory.join("config.json");
        let vocab_size = if config.is_file() {
            checkpoints::vocab_size(&config)?
        } else {
            None
        };
        let extended = added_tokens::extend(parse(&path, &bytes)?, &bytes, directory, vocab_size)?;
        Self::whole_texts(extended.inner, path, extended.warnings)
    }

    /// Reads a tokenizer file by its own name, alone.
    pub fn load_file(path: &Path) -> Result<Self, TokensError> {
        let inner = parse(path, &read(path)?)?;
        Self::whole_texts(inner, path.to_owned(), Vec::new())
    }

    /// A file may ask for padding or truncation of batches. Here every text is whole.
    fn whole_texts(
        mut inner: Inner,
        path: PathBuf,
        warnings: Vec<String>,
    ) -> Result<Self, TokensError> {
        inner.with_padding(None);
        match inner.with_truncation(None) {
            Ok(_) => {}
            Err(error) => return Err(not_a_tokenizer(&path, &*error)),
        }
        Ok(Self {
            inner,
            path,
            warnings,
        })
    }

    /// What a user should hear about tokens of the directory that could not be given their ids.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// Which ids of a model with `vocab_size` of them mean something.
    pub fn vocabulary(&self, vocab_size: usize) -> Vocabulary {
        let tokens = self.inner.get_vocab(true).into_values();
        let tokens = tokens.filter_map(|id| i32::try_from(id).ok());
        // An end of sequence without a text can be drawn all the same.
        let ends = self.stop_ids().unwrap_or_default();
        Vocabulary::of(vocab_size, tokens.chain(ends))
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
        if missing.is_empty() {
            return Ok(ids);
        }
        Err(TokensError::MissingSpecial {
            path: self.path.clone(),
            tokens: missing,
        })
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

fn read(path: &Path) -> Result<Vec<u8>, TokensError> {
    fs_err::read(path).map_err(TokensError::Read)
}

fn parse(path: &Path, bytes: &[u8]) -> Result<Inner, TokensError> {
    Inner::from_bytes(bytes).map_err(|error| not_a_tokenizer(path, &*error))
}

fn not_a_tokenizer(path: &Path, error: &dyn std::error::Error) -> TokensError {
    TokensError::Tokenizer {
        path: path.to_owned(),
        reason: error.to_string(),
    }
}
