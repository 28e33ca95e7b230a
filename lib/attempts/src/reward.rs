//! What a finished dialogue pays. Knows nothing about how it was played.

/// What decides the reward of a finished dialogue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// The last attempt was right.
    pub solved: bool,
    /// Some attempt held a well-formed final answer.
    pub answered: bool,
}

/// The three rewards of arXiv 2503.04808, section 3.2: a right answer, a wrong one, none that could be read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RewardScale {
    pub correct: f32,
    pub wrong: f32,
    pub no_answer: f32,
}

impl Default for RewardScale {
    fn default() -> Self {
        Self {
            correct: 1.0,
            wrong: -0.5,
            no_answer: -1.0,
        }
    }
}

impl RewardScale {
    /// The reward does not depend on the number of attempts used: a late success pays as much as an early one.
    pub fn of(&self, outcome: Outcome) -> f32 {
        match outcome {
            Outcome { solved: true, .. } => self.correct,
            Outcome { answered: true, .. } => self.wrong,
            Outcome { .. } => self.no_answer,
        }
    }
}
