//! What all dialogues of a run share: the rules, the template and the tokenizer.

use attempts::{DialogueRules, Template};
use tokens::{Tokenizer, TokensError};

/// Text to ids and back. [`Tokenizer`] is the real one; tests bring their own.
pub trait Codec: Send + Sync {
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

/// The limits and habits of a dialogue.
#[derive(Clone, Debug)]
pub struct Rules {
    pub dialogue: DialogueRules,
    /// Sampled tokens between two looks for a boxed answer.
    pub check_every: usize,
    /// Sampled tokens of a whole dialogue.
    pub max_new_tokens: usize,
    /// Tokens of a whole dialogue, prompt and feedback included.
    pub context: usize,
    /// Tokens that end an attempt when the policy samples them, ascending.
    pub stop_ids: Vec<i32>,
}

/// The rules with the words and the codec they are played in.
pub struct Game {
    pub rules: Rules,
    pub template: Template,
    pub codec: Box<dyn Codec>,
    /// The template's `close`, encoded.
    close: Vec<i32>,
}

impl Game {
    /// Where the template's `close` is a single token, sampling it ends an attempt too.
    pub fn new(
        mut rules: Rules,
        template: Template,
        codec: Box<dyn Codec>,
    ) -> Result<Self, TokensError> {
        let close = codec.encode(&template.close)?;
        if let [token] = close[..] {
            rules.stop_ids.push(token);
        }
        rules.stop_ids.sort_unstable();
        rules.stop_ids.dedup();
        Ok(Self {
            rules,
            template,
            codec,
            close,
        })
    }

    pub(crate) fn stops(&self, token: i32) -> bool {
        self.rules.stop_ids.binary_search(&token).is_ok()
    }

    pub(crate) fn close(&self) -> &[i32] {
        &self.close
    }
}
