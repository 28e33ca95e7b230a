//! Advantages and returns of rows that stay.

use std::collections::BTreeMap;

use advantages::{
    AdvantageError, Gae, Moments, gae, grpo, leave_one_out, moments, rewards_to_go, spread,
    turn_gae, whiten,
};
use anyhow::Result;
use records::{FieldError, Row};

use crate::args::{Credit, Estimator, LearnFrom};
use crate::learning::Learned;
use crate::plan::Plan;
use crate::rewards::{ranges, rewards, whole_return};
use crate::summary::Summary;

/// Both lists of one dialogue, `[tokens]`.
struct Estimate {
    advantages: Vec<f32>,
    returns: Vec<f32>,
}

/// The rows with `advantages` and `returns`, without those that nothing is learned from.
///
/// Baselines come from all rows; the moments of whitening from the tokens that are learned from.
pub fn advantages(rows: Vec<Row>, plan: &Plan, summary: &mut Summary) -> Result<Vec<Row>> {
    let mut estimates = match plan.estimator {
        Estimator::Gae => each(&rows, |row| generalised(row, plan))?,
        Estimator::Reinforce => each(&rows, |row| plain(row, plan))?,
        Estimator::Rloo | Estimator::Grpo => grouped(&rows, plan)?,
    };
    let learned = rows.iter().map(|row| Learned::new(row, plan));
    let learned = learned.collect::<Result<Vec<_>, _>>()?;
    if plan.whiten {
        summary.moments = Some(whiten_all(&learned, &mut estimates));
    }
    let mut kept = Vec::with_capacity(rows.len());
    for ((mut row, estimate), learned) in rows.into_iter().zip(estimates).zip(learned) {
        if learned.is_empty() && plan.learn_from != LearnFrom::All {
            summary.nothing_to_learn += 1;
            continue;
        }
        summary.count(&row, &learned.policy)?;
        if let Some(divergence) = &plan.divergence {
            summary.divergence.add(&divergence.estimates(&row)?, &row)?;
        }
        row.set("advantages", only(&learned.policy, estimate.advantages));
        row.set("returns", only(&learned.policy, estimate.returns));
        learned.write(&mut row, plan);
        kept.push(row);
    }
    Ok(kept)
}

/// The numbers where the mask is true, 0 elsewhere.
fn only(mask: &[bool], mut numbers: Vec<f32>) -> Vec<f32> {
    for (number, on) in numbers.iter_mut().zip(mask) {
        if !on {
            *number = 0.0;
        }
    }
    numbers
}

fn each(
    rows: &[Row],
    estimate: impl Fn(&Row) -> Result<Estimate, FieldError>,
) -> Result<Vec<Estimate>, FieldError> {
    rows.iter().map(estimate).collect()
}

fn generalised(row: &Row, plan: &Plan) -> Result<Estimate, FieldError> {
    let (advantages, returns) = gae_with(row, plan, plan.lambda)?;
    let returns = if plan.value_lambda == plan.lambda {
        returns
    } else {
        gae_with(row, plan, plan.value_lambda)?.1
    };
    Ok(Estimate {
        advantages,
        returns,
    })
}

fn gae_with(row: &Row, plan: &Plan, lambda: f64) -> Result<(Vec<f32>, Vec<f32>), FieldError> {
    row.same_length(&["loss_mask", "values"])?;
    let policy = row.bools("loss_mask")?;
    let values = row.float32s("values")?;
    let rewards = rewards(row, plan)?;
    let options = Gae {
        gamma: plan.gamma,
        lambda,
    };
    let estimate = match plan.credit {
        Credit::Token => gae(values, &rewards, policy, options),
        Credit::Turn => turn_gae(values, &rewards, policy, &ranges(row)?, options),
    };
    estimate.map_err(|error| {
        let of_attempts = matches!(error, AdvantageError::Outside { .. });
        let field = if of_attempts { "attempts" } else { "values" };
        row.fail(field, error.to_string())
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
    let policy = row.bools("loss_mask")?;
    Ok(rewards_to_go(&rewards(row, plan)?, plan.gamma, policy))
}

/// Each dialogue's whole return against those of the other samples of its question, wherever they
/// lie in the input. Never attempt by attempt: how many attempts a dialogue has is the policy's own
/// doing, and a baseline must not depend on that.
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
        let rewards = members
            .iter()
            .map(|&index| whole_return(&rows[index], plan));
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

fn whiten_all(learned: &[Learned], estimates: &mut [Estimate]) -> Moments {
    let lists = estimates
        .iter()
        .map(|estimate| estimate.advantages.as_slice());
    let masks = learned.iter().map(|learned| learned.policy.as_slice());
    let found = moments(lists.zip(masks));
    for (estimate, learned) in estimates.iter_mut().zip(learned) {
        whiten(&mut estimate.advantages, &learned.policy, &found);
    }
    found
}
