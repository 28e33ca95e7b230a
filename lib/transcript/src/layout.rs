//! Lays a written demonstration out as the dialogue that would have been recorded had a policy written it.

use crate::format::Turn;
use crate::{Format, FormatError};

/// One attempt of a demonstration.
#[derive(Clone, Copy, Debug)]
pub struct Written<'a> {
    pub text: &'a str,
    /// The final answer in it, for feedback that quotes it.
    pub answer: Option<&'a str>,
}

/// A dialogue in tokens; both lists have one element a token.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LaidOut {
    pub token_ids: Vec<i32>,
    /// True on tokens that the policy is trained to write: attempts and their close.
    pub loss_mask: Vec<bool>,
}

impl LaidOut {
    fn push(&mut self, ids: &[i32], trained: bool) {
        self.token_ids.extend_from_slice(ids);
        self.loss_mask.resize(self.token_ids.len(), trained);
    }
}

impl Format {
    /// The prompt, then each attempt closed, with feedback between attempts.
    ///
    /// `attempts_allowed` counts all attempts granted, so that the feedback after attempt `i` (from 0) names
    /// `attempts_allowed - 1 - i` attempts left, as in a rollout.
    pub fn lay_out(
        &self,
        question: &str,
        attempts_allowed: u32,
        seed: i64,
        attempts: &[Written<'_>],
    ) -> Result<LaidOut, FormatError> {
        let mut dialogue = LaidOut::default();
        dialogue.push(&self.prompt(question, attempts_allowed)?, false);
        let answers: Vec<Option<&str>> = attempts.iter().map(|attempt| attempt.answer).collect();
        for (index, attempt) in attempts.iter().enumerate() {
            dialogue.push(&self.attempt(attempt.text)?, true);
            if index + 1 < attempts.len() {
                let used = u32::try_from(index + 1).unwrap_or(u32::MAX);
                let feedback = self.feedback(&Turn {
                    question,
                    attempts_allowed,
                    attempts_left: attempts_allowed.saturating_sub(used),
                    seed,
                    answers: &answers[..=index],
                    closed: true,
                })?;
                dialogue.push(&feedback, false);
            }
        }
        Ok(dialogue)
    }
}
