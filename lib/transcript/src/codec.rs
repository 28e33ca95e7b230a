//! Text to ids and back.

use tokens::{Tokenizer, TokensError};

/// What turns text into ids. [`Tokenizer`] is the real one; tests bring their own.
pub trait Codec: Send + Sync {
    /// The ids of `text`. Nothing is added; special tokens written out in `text` become theirs.
    fn encode(&self, text: &str) -> Result<Vec<i32>, TokensError>;

    /// The text of `ids` without special tokens.
    fn decode(&self, ids: &[i32]) -> Result<String, TokensError>;
}

impl Codec for Tokenizer {
    fn encode(&self, text: &str) -> Result<Vec<i32>, TokensError> {
        Tokenizer::encode(self, text)
    }

    fn decode(&self, ids: &[i32]) -> Result<String, TokensError> {
        Tokenizer::decode(self, ids, true)
    }
}
