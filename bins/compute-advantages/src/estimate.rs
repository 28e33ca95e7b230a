//! Advantages and returns of rows that stay.

use std::collections::BTreeMap;

use advantages::{
    Gae, gae, grpo, leave_one_out, moments, returns_to_go, reward_at_the_end, spread, whiten,
};
use anyhow::Result;
use records::{FieldError, Row};
use tracing::info;

use crate::args::Estimator;
use crate::plan::Plan;

/// What is said at the end.
#[derive(Default)]
pub struct Summary {
    pub dialogues: u64,
    pub bad_references: u64,
    pub uniform_questions: u64,
    policy_tokens: u64,
    rewards: f64,
    /// Mean and deviation of the advantages before whitening, where it was done.
    moments: Option<(f64, f64)>,
}

/// Both lists of one dialogue, `[tokens]`.
struct Estimate {
    advantages: Vec<f32>,
    returns: Vec<f32>,
}

/// The rows with `advantages` and `returns`.
pub fn advantages(mut rows: Vec<Row>, plan: &Plan, summary: &mut Summary) -> Result<Vec<Row>> {
    let mut estimates = match plan.estimator {
        Estimator::Gae => each(&rows, |row| generalised(row, plan))?,
        Estimator::Reinforce => each(&rows, |row| plain(row, plan))?,
        Estimator::Rloo | Estimator::Grpo => grouped(&rows, plan)?,
    };
    if plan.whiten {
        whiten_all(&rows, &mut estimates, summary)?;
    }
    for (row, estimate) in rows.iter_mut().zip(estimates) {
        summary.count(row)?;
        row.set("advantages", estimate.advantages);
        row.set("returns", estimate.returns);
    }
    Ok(rows)
}

fn each(
    rows: &[Row],
    estimate: impl Fn(&Row) -> Result<Estimate, FieldError>,
) -> Result<Vec<Estimate>, FieldError> {
    rows.iter().map(estimate).collect()
}

fn generalised(row: &Row, plan: &Plan) -> Result<Estimate, FieldError> {
    row.same_length(&["loss_mask", "values"])?;
    let policy = row.bools("loss_mask")?;
    let values = row.float32s("values")?;
    let rewards = reward_at_the_end(row.float32("reward")?, policy);
    let run = |lambda| {
        let options = Gae {
            gamma: plan.gamma,
            lambda,
        };
        gae(values, &rewards, policy, options)
            .map_err(|error| row.fail("values", error.to_string()))
    };
    let (advantages, returns) = run(plan.lambda)?;
    let returns = match plan.value_lambda == plan.lambda {
        true => returns,
        false => run(plan.value_lambda)?.1,
    };
    Ok(Estimate {
        advantages,
        returns,
    })
}

fn plain(row: &Row, plan: &Plan) -> Result<Estimate, FieldError> {
    let returns = monte_carlo(row, plan)?;
    Ok(Estimate {
        advantages: returns.clone(),
        returns,
    })
}

fn monte_carlo(row: &Row, plan: &Plan) -> Result<Vec<f32>, FieldError> {
    row.same_length(&["loss_mask"])?;
    Ok(returns_to_go(
        row.float32("reward")?,
        plan.gamma,
        row.bools("loss_mask")?,
    ))
}

/// Each dialogue against the other samples of its question, wherever they lie in the input.
fn grouped(rows: &[Row], plan: &Plan) -> Result<Vec<Estimate>, FieldError> {
    let mut groups: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, row) in rows.iter().enumerate() {
        groups
            .entry(row.text("question_id")?)
            .or_default()
            .push(index);
    }
    let mut scales = vec![0.0; rows.len()];
    for members in groups.values() {
        let rewards = members.iter().map(|&index| rows[index].float32("reward"));
        let rewards = rewards.collect::<Result<Vec<f32>, _>>()?;
        let relative = match plan.estimator {
            Estimator::Grpo => grpo(&rewards, plan.divide),
            _ => leave_one_out(&rewards),
        };
        let relative =
            relative.map_err(|error| rows[members[0]].fail("question_id", error.to_string()))?;
        members
            .iter()
            .zip(relative)
            .for_each(|(&index, scale)| scales[index] = scale);
    }
    let pairs = rows.iter().zip(scales);
    pairs
        .map(|(row, scale)| {
            let returns = monte_carlo(row, plan)?;
            let advantages = spread(scale, plan.gamma, row.bools("loss_mask")?);
            Ok(Estimate {
                advantages,
                returns,
            })
        })
        .collect()
}

fn whiten_all(
    rows: &[Row],
    estimates: &mut [Estimate],
    summary: &mut Summary,
) -> Result<(), FieldError> {
    let masks = rows.iter().map(|row| row.bools("loss_mask"));
    let masks = masks.collect::<Result<Vec<_>, _>>()?;
    let lists = estimates
        .iter()
        .map(|estimate| estimate.advantages.as_slice());
    let found = moments(lists.zip(masks.iter().copied()));
    for (estimate, policy) in estimates.iter_mut().zip(masks) {
        whiten(&mut estimate.advantages, policy, &found);
    }
    summary.moments = Some((found.mean, found.variance.sqrt()));
    Ok(())
}

impl Summary {
    fn count(&mut self, row: &Row) -> Result<(), FieldError> {
        self.dialogues += 1;
        self.rewards += f64::from(row.float32("reward")?);
        let tokens = row.bools("loss_mask")?.iter().filter(|on| **on);
        self.policy_tokens += tokens.count() as u64;
        Ok(())
    }

    /// One line on standard error.
    pub fn log(&self) {
        let mean_reward = self.rewards / self.dialogues.max(1) as f64;
        info!(
            dialogues = self.dialogues,
            policy_tokens = self.policy_tokens,
            mean_reward = rounded(mean_reward),
            dropped_bad_references = self.bad_references,
            dropped_uniform_questions = self.uniform_questions,
            advantage_mean = self.moments.map(|(mean, _)| rounded(mean)),
            advantage_deviation = self.moments.map(|(_, deviation)| rounded(deviation)),
            "advantages computed"
        );
    }
}

/// Four decimals are enough to look at.
fn rounded(number: f64) -> impl tracing::Value {
    tracing::field::display(format!("{number:.4}"))
}
