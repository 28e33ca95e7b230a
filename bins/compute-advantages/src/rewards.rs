//! Which tokens of a dialogue its reward falls on.

use std::ops::Range;

use advantages::{attempt_ranges, reward_at_the_end, rewards_of_attempts};
use records::{Attempt, FieldError, Row};

use crate::plan::Plan;

/// Float32 numbers that were added up in any order come this close to their sum, relative to the
/// sum of their absolute values.
const ROUNDING: f64 = 1e-5;

/// `[tokens]`: each attempt's reward at its last policy token where all attempts of the row have
/// one, else the reward of the dialogue at the last policy token; less what divergence costs.
pub fn rewards(row: &Row, plan: &Plan) -> Result<Vec<f32>, FieldError> {
    let policy = row.bools("loss_mask")?;
    let reward = row.float32("reward")?;
    let rewards = match of_attempts(row)? {
        None => reward_at_the_end(reward, policy),
        Some(rewards) => {
            check_sum(row, reward, &rewards)?;
            rewards_of_attempts(&rewards, &ranges(row)?, policy)
        }
    };
    match &plan.divergence {
        None => Ok(rewards),
        Some(divergence) => {
            let costs = divergence.costs(row)?;
            let pairs = rewards.iter().zip(costs);
            Ok(pairs
                .map(|(reward, cost)| (f64::from(*reward) - cost) as f32)
                .collect())
        }
    }
}

/// All rewards of the dialogue added up.
pub fn whole_return(row: &Row, plan: &Plan) -> Result<f32, FieldError> {
    if plan.divergence.is_none() {
        return row.float32("reward");
    }
    row.same_length(&["loss_mask"])?;
    let rewards = rewards(row, plan)?;
    Ok(rewards.iter().map(|reward| f64::from(*reward)).sum::<f64>() as f32)
}

/// Token ranges of the row's attempts.
pub fn ranges(row: &Row) -> Result<Vec<Range<usize>>, FieldError> {
    let tokens = row.int32s("token_ids")?.len();
    let attempts = row.attempts("attempts")?.iter();
    attempt_ranges(attempts.map(|attempt| (attempt.start, attempt.end)), tokens)
        .map_err(|error| row.fail("attempts", error.to_string()))
}

/// One reward per attempt; nothing where one of them has none, or there are no attempts.
fn of_attempts(row: &Row) -> Result<Option<Vec<f32>>, FieldError> {
    if !row.has("attempts") {
        return Ok(None);
    }
    let attempts: &[Attempt] = row.attempts("attempts")?;
    let rewards: Option<Vec<f32>> = attempts.iter().map(|attempt| attempt.reward).collect();
    Ok(rewards.filter(|rewards| !rewards.is_empty()))
}

fn check_sum(row: &Row, reward: f32, rewards: &[f32]) -> Result<(), FieldError> {
    let wide = || rewards.iter().map(|&reward| f64::from(reward));
    let (sum, size) = (wide().sum::<f64>(), wide().map(f64::abs).sum::<f64>());
    // A NaN compares false with everything.
    if (sum - f64::from(reward)).abs() <= ROUNDING * size.max(1.0) {
        return Ok(());
    }
    let message =
        format!("expected rewards that add up to the dialogue's \"reward\" {reward}, found {sum}");
    Err(row.fail("attempts", message))
}
