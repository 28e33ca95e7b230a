//! What all dialogues of a run share: the rules they are played by and the format they are written in.

use attempts::DialogueRules;
use transcript::Format;

/// The limits and habits of a dialogue.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    pub dialogue: DialogueRules,
    /// Sampled tokens between two looks for a boxed answer.
    pub check_every: usize,
    /// Sampled tokens of a whole dialogue.
    pub max_new_tokens: usize,
    /// Tokens of a whole dialogue, prompt and feedback included.
    pub context: usize,
}

/// The environment of the policy.
pub struct Environment {
    pub rules: Rules,
    pub format: Format,
}
