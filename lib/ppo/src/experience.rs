//! What the PPO update learns from: dialogues with the numbers of their policy tokens.
//! Reads records; knows nothing about tensors.

use records::{FieldError, Row};

use crate::tokens::{Limits, Tokens};

/// Which fields an update cannot do without.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Needs {
    pub policy: bool,
    pub critic: bool,
    pub reference: bool,
    pub rollout: bool,
}

/// One dialogue; every list has one entry per policy token.
#[derive(Clone, Debug)]
pub struct Experience {
    pub tokens: Tokens,
    /// For the policy; empty when it is not trained.
    pub old_logprobs: Vec<f32>,
    pub advantages: Vec<f32>,
    pub reference_logprobs: Option<Vec<f32>>,
    pub rollout_logprobs: Option<Vec<f32>>,
    /// For the critic; empty when it is not trained.
    pub old_values: Vec<f32>,
    pub returns: Vec<f32>,
}

impl Experience {
    /// Reads one record. Fields that are not needed are read where they are present, for metrics.
    pub fn from_row(row: &Row, limits: &Limits, needs: &Needs) -> Result<Self, FieldError> {
        let tokens = Tokens::from_row(row, limits)?;
        if row.has("reward") {
            // Not used here, but a record with a broken reward has broken advantages.
            row.float32("reward")?;
        }
        let read = |field: &str| column(row, &tokens, field);
        let needed = |needed: bool, field: &str| if needed { read(field) } else { Ok(Vec::new()) };
        let wanted = |needed: bool, field: &str| match needed || row.has(field) {
            true => read(field).map(Some),
            false => Ok(None),
        };
        Ok(Self {
            old_logprobs: needed(needs.policy, "policy_logprobs")?,
            advantages: needed(needs.policy, "advantages")?,
            reference_logprobs: wanted(needs.reference, "reference_logprobs")?,
            rollout_logprobs: wanted(needs.rollout, "logprobs")?,
            old_values: needed(needs.critic, "values")?,
            returns: needed(needs.critic, "returns")?,
            tokens,
        })
    }
}

fn column(row: &Row, tokens: &Tokens, field: &str) -> Result<Vec<f32>, FieldError> {
    let values = row.float32s(field)?;
    row.same_length(&[field])?;
    Ok(tokens.at_policy(values))
}
