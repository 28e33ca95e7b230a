//! Generalised advantage estimation over attempts: one value and one advantage for each (turn-PPO, Li et al.,
//! arXiv 2512.17008).
//!
//! An attempt is one action, taken in the state before its first policy token. Of the paper this is the estimator; ratio
//! and clip stay those of single tokens.

use std::ops::Range;

use crate::AdvantageError;
use crate::error::{finite, same_length};
use crate::gae::{Gae, gae};
use crate::ranges::{covered, first_tokens, mask_of};

/// Advantages and returns of attempts, both `[tokens]` and 0 where `policy` is false: all policy
/// tokens of attempt `h` get `A_h` and `R_h = A_h + V_h`.
///
/// With `V_h` the value at the attempt's first policy token and `r_h` the sum of the rewards from
/// there up to the next attempt: `delta_h = r_h + gamma V_{h+1} - V_h` and
/// `A_h = delta_h + gamma lambda A_{h+1}` (V = A = 0 after the last). An attempt without policy
/// tokens is no step. Every policy token must lie in one of `attempts`.
pub fn turn_gae(
    values: &[f32],
    rewards: &[f32],
    policy: &[bool],
    attempts: &[Range<usize>],
    options: Gae,
) -> Result<(Vec<f32>, Vec<f32>), AdvantageError> {
    let tokens = policy.len();
    same_length("values", tokens, values.len())?;
    same_length("rewards", tokens, rewards.len())?;
    finite("rewards", rewards, &vec![true; tokens])?;
    covered(policy, attempts)?;
    let starts = first_tokens(policy, attempts);
    finite("values", values, &mask_of(&starts, tokens))?;
    let spans = spans(&starts, tokens);
    let values: Vec<f32> = starts.iter().map(|&start| values[start]).collect();
    let paid: Vec<f32> = spans
        .iter()
        .map(|span| sum(&rewards[span.clone()]))
        .collect();
    let of_attempts = gae(&values, &paid, &vec![true; starts.len()], options)?;
    let (mut advantages, mut returns) = (vec![0.0; tokens], vec![0.0; tokens]);
    for (attempt, span) in spans.into_iter().enumerate() {
        for t in span.filter(|&t| policy[t]) {
            advantages[t] = of_attempts.0[attempt];
            returns[t] = of_attempts.1[attempt];
        }
    }
    Ok((advantages, returns))
}

fn sum(rewards: &[f32]) -> f32 {
    rewards.iter().map(|&reward| f64::from(reward)).sum::<f64>() as f32
}

/// From each first token up to the next one; the last reaches to the end, the first from the beginning.
fn spans(starts: &[usize], tokens: usize) -> Vec<Range<usize>> {
    let ends = starts.iter().skip(1).copied().chain([tokens]);
    let spans = starts.iter().zip(ends).map(|(&start, end)| start..end);
    let mut spans: Vec<Range<usize>> = spans.collect();
    if let Some(first) = spans.first_mut() {
        first.start = 0;
    }
    spans
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two attempts of two tokens with feedback between them, gamma 1/2, lambda 1/2, rewards 1/4
    /// and 1. By hand, from the end: `A_2 = 1 - 1/8 = 7/8`, `R_2 = 1`;
    /// `A_1 = 1/4 + 1/2 1/8 - 1/2 + 1/4 7/8 = 1/32`, `R_1 = 17/32`.
    #[test]
    fn an_attempt_has_one_value_and_one_advantage() {
        let values = [9.0, 0.5, 7.0, 9.0, 0.125, 7.0];
        let rewards = [0.0, 0.0, 0.25, 0.0, 0.0, 1.0];
        let policy = [false, true, true, false, true, true];
        let options = Gae {
            gamma: 0.5,
            lambda: 0.5,
        };
        let (advantages, returns) =
            turn_gae(&values, &rewards, &policy, &[1..3, 4..6], options).unwrap();
        let (one, two) = (1.0 / 32.0, 0.875);
        assert_eq!(advantages, [0.0, one, one, 0.0, two, two]);
        assert_eq!(returns, [0.0, one + 0.5, one + 0.5, 0.0, 1.0, 1.0]);
    }

    #[test]
    fn a_policy_token_outside_all_attempts_is_refused() {
        let options = Gae {
            gamma: 1.0,
            lambda: 1.0,
        };
        let error = turn_gae(
            &[0.0; 3],
            &[0.0; 3],
            &[false, true, true],
            &[1..1, 1..2],
            options,
        );
        assert_eq!(error, Err(AdvantageError::Outside { position: 2 }));
    }
}
