//! What the PPO update learns from: dialogues with the numbers of their policy tokens.
//! Reads records; knows nothing about tensors.

use records::{FieldError, Row};

use crate::batch::tokens::{Limits, Selection, Tokens};
use crate::error::Network;

/// Which fields an update cannot do without.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Needs {
    pub policy: bool,
    pub critic: bool,
    pub reference: bool,
    pub rollout: bool,
}

/// One dialogue, and what each network learns from it.
#[derive(Clone, Debug)]
pub struct Experience {
    pub tokens: Tokens,
    pub policy: PolicyExperience,
    pub critic: CriticExperience,
}

/// For the policy; every list has one entry per position, or is empty where the policy is not trained.
#[derive(Clone, Debug)]
pub struct PolicyExperience {
    /// Of the tokens that the policy learns from.
    pub positions: Vec<usize>,
    pub old_logprobs: Vec<f32>,
    pub advantages: Vec<f32>,
    pub reference_logprobs: Option<Vec<f32>>,
    pub rollout_logprobs: Option<Vec<f32>>,
}

/// For the critic; every list has one entry per position, or is empty where it is not trained.
#[derive(Clone, Debug)]
pub struct CriticExperience {
    /// Of the tokens before whose states the critic learns.
    pub positions: Vec<usize>,
    pub old_values: Vec<f32>,
    pub returns: Vec<f32>,
}

impl Experience {
    /// Reads one record. Fields that are not needed are read where they are present, for metrics.
    ///
    /// Both networks learn at all policy tokens. A `learn_mask` narrows that for both, a `value_mask`
    /// once more for the critic.
    pub fn from_row(row: &Row, limits: &Limits, needs: &Needs) -> Result<Self, FieldError> {
        let tokens = Tokens::from_row(row, limits)?;
        if row.has("reward") {
            // Not used here, but a record with a broken reward has broken advantages.
            row.float32("reward")?;
        }
        let learned = narrowed(row, "learn_mask", &tokens.policy)?;
        let valued = narrowed(row, "value_mask", &learned)?;
        Ok(Self {
            policy: PolicyExperience::from_row(row, learned, needs)?,
            critic: CriticExperience::from_row(row, valued, needs)?,
            tokens,
        })
    }

    /// What the network learns from.
    pub fn selection(&self, network: Network) -> Selection<'_> {
        Selection {
            ids: &self.tokens.ids,
            positions: match network {
                Network::Policy => &self.policy.positions,
                Network::Critic => &self.critic.positions,
            },
        }
    }
}

impl PolicyExperience {
    fn from_row(row: &Row, positions: Vec<usize>, needs: &Needs) -> Result<Self, FieldError> {
        let read = |field: &str| column(row, field, &positions);
        let needed = |field: &str| {
            if needs.policy {
                read(field)
            } else {
                Ok(Vec::new())
            }
        };
        let wanted = |needed: bool, field: &str| {
            let present = needed || row.has(field);
            present.then(|| read(field)).transpose()
        };
        Ok(Self {
            old_logprobs: needed("policy_logprobs")?,
            advantages: needed("advantages")?,
            reference_logprobs: wanted(needs.reference, "reference_logprobs")?,
            rollout_logprobs: wanted(needs.rollout, "logprobs")?,
            positions,
        })
    }
}

impl CriticExperience {
    fn from_row(row: &Row, positions: Vec<usize>, needs: &Needs) -> Result<Self, FieldError> {
        let needed = |field: &str| {
            if needs.critic {
                column(row, field, &positions)
            } else {
                Ok(Vec::new())
            }
        };
        Ok(Self {
            old_values: needed("values")?,
            returns: needed("returns")?,
            positions,
        })
    }
}

/// Those of the positions where the mask is true; all of them where the record has no such mask.
fn narrowed(row: &Row, field: &str, positions: &[usize]) -> Result<Vec<usize>, FieldError> {
    if !row.has(field) {
        return Ok(positions.to_vec());
    }
    row.same_length(&[field])?;
    let mask = row.bools(field)?;
    let marked = || (0..mask.len()).filter(|&t| mask[t]);
    let outside = marked().find(|t| positions.binary_search(t).is_err());
    let Some(position) = outside else {
        return Ok(marked().collect());
    };
    let narrow = field == "value_mask" && row.has("learn_mask");
    let wider = if narrow { "learn_mask" } else { "loss_mask" };
    let message =
        format!("expected true only where \"{wider}\" is, found true at position {position}");
    Err(row.fail(field, message))
}

fn column(row: &Row, field: &str, positions: &[usize]) -> Result<Vec<f32>, FieldError> {
    let values = row.float32s(field)?;
    row.same_length(&[field])?;
    Ok(positions.iter().map(|&position| values[position]).collect())
}
