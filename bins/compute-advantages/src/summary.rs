//! What is said at the end.

use advantages::Moments;
use anyhow::{Result, bail};
use records::{FieldError, Row};
use tracing::info;

use crate::args::LearnFrom;
use crate::divergence::Total;
use crate::plan::Plan;

/// Counts of one run.
#[derive(Default)]
pub struct Summary {
    /// Dialogues that stay.
    pub dialogues: u64,
    pub bad_references: u64,
    pub uniform_questions: u64,
    /// Dialogues without a token to learn from.
    pub nothing_to_learn: u64,
    /// Tokens that are learned from.
    policy_tokens: u64,
    rewards: f64,
    /// Of the advantages before whitening, where it was done.
    pub moments: Option<Moments>,
    /// From the reference, where it is a part of the reward.
    pub divergence: Total,
}

impl Summary {
    /// Counts a dialogue that stays; `mask` tells what is learned from it.
    pub fn count(&mut self, row: &Row, mask: &[bool]) -> Result<(), FieldError> {
        self.dialogues += 1;
        self.rewards += f64::from(row.float32("reward")?);
        self.policy_tokens += mask.iter().filter(|on| **on).count() as u64;
        Ok(())
    }

    /// An error where no dialogue is left.
    pub fn some_left(&self, plan: &Plan) -> Result<()> {
        if self.dialogues > 0 {
            return Ok(());
        }
        if self.nothing_to_learn == 0 {
            bail!(
                "nothing to train on: the references of all {} dialogues are unreadable \
                 (verdict bad_reference); --no-exclude-bad-reference keeps them",
                self.bad_references
            );
        }
        let why = match plan.learn_from {
            LearnFrom::Solved => "is solved (--learn-from solved)",
            _ => "has a policy token in its last attempt (--learn-from last)",
        };
        bail!(
            "nothing to train on: none of {} dialogues {why}",
            self.nothing_to_learn
        )
    }

    /// One line on standard error.
    pub fn log(&self) {
        let mean_reward = self.rewards / self.dialogues.max(1) as f64;
        let moments = self.moments.as_ref();
        info!(
            dialogues = self.dialogues,
            policy_tokens = self.policy_tokens,
            mean_reward = rounded(mean_reward),
            dropped_bad_references = self.bad_references,
            dropped_uniform_questions = self.uniform_questions,
            dropped_nothing_to_learn = self.nothing_to_learn,
            advantage_mean = moments.map(|moments| rounded(moments.mean)),
            advantage_deviation = moments.map(|moments| rounded(moments.variance.sqrt())),
            kl = (self.divergence.tokens > 0).then(|| rounded(self.divergence.mean())),
            "advantages computed"
        );
    }
}

/// Four decimals are enough to look at.
fn rounded(number: f64) -> impl tracing::Value {
    tracing::field::display(format!("{number:.4}"))
}
