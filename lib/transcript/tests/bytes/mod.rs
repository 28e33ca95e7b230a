//! A codec made up for tests: a byte a token, and one token that is no text.

use tokens::TokensError;
use transcript::Codec;

#[allow(dead_code)] // not every test needs it
pub const EOS: i32 = 256;

pub struct Bytes;

impl Codec for Bytes {
    fn encode(&self, text: &str) -> Result<Vec<i32>, TokensError> {
        Ok(text.bytes().map(i32::from).collect())
    }

    fn decode(&self, ids: &[i32]) -> Result<String, TokensError> {
        let bytes: Vec<u8> = ids.iter().filter_map(|id| u8::try_from(*id).ok()).collect();
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}
