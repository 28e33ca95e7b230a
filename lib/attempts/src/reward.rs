//! What a finished dialogue pays: one pure function of its attempts. Knows nothing about how it was played.

use records::{Attempt, Verdict};

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

/// When rewards are given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RewardAt {
    /// One for the whole dialogue.
    #[default]
    End,
    /// One for each attempt by its own verdict; the dialogue's is their sum.
    Attempts,
}

/// How dialogues are paid. The default is the method's: a late success pays as much as an early one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RewardRules {
    pub scale: RewardScale,
    pub at: RewardAt,
    /// Factor on the reward of being right for every attempt before the right one (1: none; 0.5 in arXiv 2507.14295).
    pub attempt_discount: f64,
    /// Taken off for every answer that repeats an earlier one of the same dialogue.
    pub repeat_penalty: f64,
}

impl Default for RewardRules {
    fn default() -> Self {
        Self {
            scale: RewardScale::default(),
            at: RewardAt::End,
            attempt_discount: 1.0,
            repeat_penalty: 0.0,
        }
    }
}

/// What a dialogue is paid.
#[derive(Clone, Debug, PartialEq)]
pub struct Paid {
    pub reward: f32,
    /// One element per attempt; none where the dialogue is paid as a whole.
    pub attempts: Vec<Option<f32>>,
}

/// Whether the last attempt is right.
pub fn solved(attempts: &[Attempt]) -> bool {
    attempts
        .last()
        .is_some_and(|attempt| attempt.verdict == Verdict::Correct)
}

/// Whether the attempt held a well-formed final answer. One that was cut off, or whose reference cannot be read, did if
/// an answer was found in it.
pub fn answered(attempt: &Attempt) -> bool {
    match attempt.verdict {
        Verdict::Correct | Verdict::Wrong => true,
        Verdict::NoAnswer => false,
        Verdict::Truncated | Verdict::BadReference => attempt.answer.is_some(),
    }
}

impl RewardRules {
    /// The pay of a dialogue by the verdicts on its attempts. `repeats[i]` says that the answer of attempt `i` equals
    /// that of an earlier one.
    pub fn pay(&self, attempts: &[Attempt], repeats: &[bool]) -> Paid {
        match self.at {
            RewardAt::End => Paid {
                reward: self.whole(attempts, repeats) as f32,
                attempts: vec![None; attempts.len()],
            },
            RewardAt::Attempts => {
                let each: Vec<f32> = (0..attempts.len())
                    .map(|index| {
                        let repeated = repeats.get(index..=index).unwrap_or_default();
                        self.one(&attempts[index], index, repeated) as f32
                    })
                    .collect();
                Paid {
                    reward: each.iter().map(|reward| f64::from(*reward)).sum::<f64>() as f32,
                    attempts: each.into_iter().map(Some).collect(),
                }
            }
        }
    }

    fn whole(&self, attempts: &[Attempt], repeats: &[bool]) -> f64 {
        let base = if solved(attempts) {
            self.right(attempts.len() - 1)
        } else {
            self.failed(attempts.iter().any(answered))
        };
        base - self.penalty(repeats)
    }

    fn one(&self, attempt: &Attempt, index: usize, repeated: &[bool]) -> f64 {
        let base = if attempt.verdict == Verdict::Correct {
            self.right(index)
        } else {
            self.failed(answered(attempt))
        };
        base - self.penalty(repeated)
    }

    fn right(&self, attempts_before: usize) -> f64 {
        let exponent = i32::try_from(attempts_before).unwrap_or(i32::MAX);
        f64::from(self.scale.correct) * self.attempt_discount.powi(exponent)
    }

    fn failed(&self, answered: bool) -> f64 {
        f64::from(if answered {
            self.scale.wrong
        } else {
            self.scale.no_answer
        })
    }

    fn penalty(&self, repeats: &[bool]) -> f64 {
        let repeated = repeats.iter().filter(|repeated| **repeated).count();
        self.repeat_penalty * repeated as f64
    }
}
