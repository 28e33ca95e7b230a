//! Generalised advantage estimation over attempts: one value and one advantage for each (turn-PPO, Li et al.,
//! arXiv 2512.17008).
//!
//! An attempt is one action, taken in the state before its first policy token. Of the paper this is the estimator; ratio
//! and clip stay those of single tokens.

use std::ops::Range;

use crate::AdvantageError;
use crate::error::{finite, same_length};
use crate::gae::{Gae, gae};

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
    let (mut advantages, mut returns) = (vec![0.0; tokens], vec![0.0; tokens]);
    let at_starts: Vec<bool> = mask_of(&starts, tokens);
    finite("values", values, &at_starts)?;
    let values: Vec<f32> = starts.iter().map(|&start| values[start]).collect();
    let bounds = bounds(&starts, tokens);
    let paid: Vec<f32> = bounds
        .iter()
        .map(|steps| {
            rewards[steps.clone()]
                .iter()
                .map(|&r| f64::from(r))
                .sum::<f64>() as f32
        })
        .collect();
    let (of_attempts, returns_of_attempts) =
        gae(&values, &paid, &vec![true; starts.len()], options)?;
    for ((span, advantage), whole) in bounds.into_iter().zip(of_attempts).zip(returns_of_attempts) {
        for t in span.filter(|&t| policy[t]) {
            (advantages[t], returns[t]) = (advantage, whole);
        }
    }
    Ok((advantages, returns))
}

/// The first policy token of each attempt that has one, in order: where an attempt has its value.
pub fn first_tokens(policy: &[bool], attempts: &[Range<usize>]) -> Vec<usize> {
    let first = |attempt: &Range<usize>| attempt.clone().find(|&t| policy[t]);
    attempts.iter().filter_map(first).collect()
}

/// Token ranges of attempts, checked: in order, apart from one another, within the `tokens` of the
/// dialogue.
pub fn attempt_ranges(
    attempts: impl Iterator<Item = (i32, i32)>,
    tokens: usize,
) -> Result<Vec<Range<usize>>, AdvantageError> {
    let mut ranges: Vec<Range<usize>> = Vec::new();
    for (attempt, (start, end)) in attempts.enumerate() {
        let after = ranges.last().map_or(0, |range| range.end);
        match (usize::try_from(start), usize::try_from(end)) {
            (Ok(start), Ok(end)) if after <= start && start <= end && end <= tokens => {
                ranges.push(start..end);
            }
            _ => {
                let (start, end) = (start.into(), end.into());
                return Err(AdvantageError::Range {
                    attempt,
                    start,
                    end,
                    tokens,
                });
            }
        }
    }
    Ok(ranges)
}

/// Every policy token lies in an attempt.
fn covered(policy: &[bool], attempts: &[Range<usize>]) -> Result<(), AdvantageError> {
    let inside = |t: &usize| attempts.iter().any(|attempt| attempt.contains(t));
    match (0..policy.len()).find(|t| policy[*t] && !inside(t)) {
        None => Ok(()),
        Some(position) => Err(AdvantageError::Outside { position }),
    }
}

/// True at the listed positions, `[tokens]`.
pub fn mask_of(positions: &[usize], tokens: usize) -> Vec<bool> {
    let mut mask = vec![false; tokens];
    for &position in positions {
        mask[position] = true;
    }
    mask
}

/// From each first token up to the next one; the last reaches to the end, the first from the beginning.
fn bounds(starts: &[usize], tokens: usize) -> Vec<Range<usize>> {
    let ends = starts.iter().skip(1).copied().chain([tokens]);
    let mut bounds: Vec<Range<usize>> = starts
        .iter()
        .zip(ends)
        .map(|(&start, end)| start..end)
        .collect();
    if let Some(first) = bounds.first_mut() {
        first.start = 0;
    }
    bounds
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
        assert_eq!(first_tokens(&policy, &[1..3, 4..6]), [1, 4]);
    }

    #[test]
    fn ranges_that_cannot_be_are_refused() {
        let message = |attempts: &[(i32, i32)]| {
            let error = attempt_ranges(attempts.iter().copied(), 6).unwrap_err();
            error.to_string()
        };
        let expected =
            "expected token ranges in order within the 6 tokens, found 2..4 for attempt 1";
        assert_eq!(message(&[(1, 3), (2, 4)]), expected);
        assert!(message(&[(3, 1)]).contains("found 3..1 for attempt 0"));
        assert!(message(&[(-1, 1)]).contains("found -1..1"));
        assert!(message(&[(1, 7)]).contains("found 1..7"));
        assert_eq!(
            attempt_ranges([(1, 1), (1, 6)].into_iter(), 6),
            Ok(vec![1..1, 1..6])
        );
    }

    #[test]
    fn a_policy_token_outside_all_attempts_is_refused() {
        let options = Gae {
            gamma: 1.0,
            lambda: 1.0,
        };
        let error = turn_gae(&[0.0; 3], &[0.0; 3], &[false, true, true], &[1..2], options);
        assert_eq!(error, Err(AdvantageError::Outside { position: 2 }));
    }
}
