//! Text of tokens that come one by one.

use crate::{Tokenizer, TokensError};

/// Gives out text as soon as it is certain: a token may hold half a character.
///
/// All pieces together are what [`Tokenizer::decode`] makes of all tokens. The cost of a token
/// does not grow with those before it.
pub struct TextStream<'a> {
    tokenizer: &'a Tokenizer,
    skip_special: bool,
    /// Tokens since the last boundary, and how many of them had been given out by then.
    window: Vec<i32>,
    settled: usize,
}

impl<'a> TextStream<'a> {
    pub(crate) fn new(tokenizer: &'a Tokenizer, skip_special: bool) -> Self {
        Self {
            tokenizer,
            skip_special,
            window: Vec::new(),
            settled: 0,
        }
    }

    /// Takes one token; gives the text that it completes, empty while bytes are missing.
    pub fn push(&mut self, id: i32) -> Result<String, TokensError> {
        self.window.push(id);
        let (settled, whole) = self.texts()?;
        // An incomplete character decodes to U+FFFD at the end; more bytes may change it.
        if whole.ends_with(char::REPLACEMENT_CHARACTER) || !whole.starts_with(&settled) {
            return Ok(String::new());
        }
        let fresh = whole[settled.len()..].to_owned();
        // The tokens just settled stay as context: a first token may be decoded differently.
        self.window.drain(..self.settled);
        self.settled = self.window.len();
        Ok(fresh)
    }

    /// What is left when no more tokens come, incomplete characters as U+FFFD.
    pub fn finish(self) -> Result<String, TokensError> {
        let (settled, whole) = self.texts()?;
        Ok(whole
            .strip_prefix(settled.as_str())
            .unwrap_or(&whole)
            .to_owned())
    }

    fn texts(&self) -> Result<(String, String), TokensError> {
        let decode = |ids: &[i32]| self.tokenizer.decode(ids, self.skip_special);
        Ok((decode(&self.window[..self.settled])?, decode(&self.window)?))
    }
}
