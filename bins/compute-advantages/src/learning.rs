//! Which tokens of a dialogue are learned from.

use advantages::{first_tokens, mask_of};
use records::{FieldError, Row};

use crate::args::{Credit, LearnFrom};
use crate::plan::Plan;
use crate::rewards::ranges;

/// Masks over the tokens of one dialogue, `[tokens]`.
pub struct Learned {
    /// Where the policy learns: advantages count.
    pub policy: Vec<bool>,
    /// Where the critic learns: returns count.
    pub critic: Vec<bool>,
}

impl Learned {
    pub fn new(row: &Row, plan: &Plan) -> Result<Self, FieldError> {
        row.same_length(&["loss_mask"])?;
        let policy = policy_mask(row, plan.learn_from)?;
        let critic = match plan.credit {
            Credit::Token => policy.clone(),
            // The states in the middle of an attempt are none of the process whose steps are attempts.
            Credit::Turn => mask_of(&first_tokens(&policy, &ranges(row)?), policy.len()),
        };
        Ok(Self { policy, critic })
    }

    pub fn is_empty(&self) -> bool {
        !self.policy.contains(&true)
    }

    /// Writes the masks that differ from `loss_mask`; an earlier run's do not stay.
    pub fn write(self, row: &mut Row, plan: &Plan) {
        row.remove("learn_mask");
        row.remove("value_mask");
        if plan.learn_from != LearnFrom::All {
            row.set("learn_mask", self.policy);
        }
        if plan.credit == Credit::Turn {
            row.set("value_mask", self.critic);
        }
    }
}

fn policy_mask(row: &Row, learn_from: LearnFrom) -> Result<Vec<bool>, FieldError> {
    let policy = row.bools("loss_mask")?;
    let nothing = || vec![false; policy.len()];
    match learn_from {
        LearnFrom::All => Ok(policy.to_vec()),
        LearnFrom::Solved => Ok(if row.bool("correct")? {
            policy.to_vec()
        } else {
            nothing()
        }),
        LearnFrom::Last => {
            let mut mask = nothing();
            if let Some(last) = ranges(row)?.pop() {
                mask[last.clone()].copy_from_slice(&policy[last]);
            }
            Ok(mask)
        }
    }
}
