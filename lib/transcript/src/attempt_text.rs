//! The text of an attempt that grows token by token.

use tokens::TokensError;

use crate::Codec;

/// Decodes each token once and gives out text as soon as it is certain: a token may hold half a character.
///
/// All pieces together are what the codec makes of all tokens. The cost of a piece does not grow with those before it.
#[derive(Clone, Debug, Default)]
pub struct AttemptText {
    text: String,
    /// Tokens since the last boundary; those before `settled` have been given out and stay as context, since a codec may
    /// decode the first token of a text differently.
    window: Vec<i32>,
    settled: usize,
    /// Bytes of the unsettled tokens' text that have been given out.
    given: usize,
}

impl AttemptText {
    /// Everything given out so far.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    pub fn into_string(self) -> String {
        self.text
    }

    /// Takes further tokens; gives the text that they complete. With `ended` no more will come, and incomplete characters
    /// are U+FFFD.
    pub fn extend(
        &mut self,
        codec: &dyn Codec,
        ids: &[i32],
        ended: bool,
    ) -> Result<&str, TokensError> {
        self.window.extend_from_slice(ids);
        let context = codec.decode(&self.window[..self.settled])?;
        let whole = codec.decode(&self.window)?;
        // Context that decodes otherwise beside later tokens would be an incomplete character, and none is settled.
        let unsettled = whole.strip_prefix(&context).unwrap_or(&whole);
        let certain = if ended {
            unsettled.len()
        } else {
            unsettled
                .trim_end_matches(char::REPLACEMENT_CHARACTER)
                .len()
        };
        let before = self.text.len();
        self.text
            .push_str(unsettled.get(self.given..certain).unwrap_or_default());
        if certain == unsettled.len() {
            self.window.drain(..self.settled);
            (self.settled, self.given) = (self.window.len(), 0);
        } else {
            self.given = self.given.max(certain);
        }
        Ok(&self.text[before..])
    }
}
