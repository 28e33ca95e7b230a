//! Which dialogues are shown. Knows nothing about where they come from.

use crate::Dialogue;

/// All conditions that are set must hold.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    pub source: Option<String>,
    /// The first right attempt has this number.
    pub solved_at: Option<usize>,
    pub unsolved: bool,
    /// An attempt after a wrong one gave another answer.
    pub changed: bool,
    /// The dialogue or its question has this id.
    pub id: Option<String>,
}

impl Filter {
    /// Whether the dialogue is to be shown.
    pub fn takes(&self, dialogue: &Dialogue) -> bool {
        let is = |wanted: &Option<String>, found: &str| {
            wanted.as_deref().is_none_or(|wanted| wanted == found)
        };
        is(&self.source, &dialogue.source)
            && (is(&self.id, &dialogue.id) || is(&self.id, &dialogue.question_id))
            && self
                .solved_at
                .is_none_or(|at| dialogue.solved_at == Some(at))
            && !(self.unsolved && dialogue.solved_at.is_some())
            && (!self.changed || dialogue.changed)
    }
}
