//! Algebra that must hold for any input.

// Helpers of tests fail a test by panicking.
#![allow(clippy::unwrap_used)]

use std::ops::Range;

use advantages::{
    Gae, gae, moments, reward_at_the_end, rewards_of_attempts, rewards_to_go, turn_gae, whiten,
};
use proptest::prelude::*;

/// A dialogue of up to 40 tokens: value, reward, and whether the policy sampled the token.
fn dialogue() -> impl Strategy<Value = Vec<(f32, f32, bool)>> {
    prop::collection::vec((-2.0f32..2.0, -1.0f32..1.0, any::<bool>()), 1..40)
}

/// `A_t = sum over k of (gamma lambda)^k delta_{t+k}`, over policy tokens, written as it is defined.
fn direct_sum(policy_tokens: &[(f64, f64)], options: Gae, t: usize) -> f64 {
    let value = |k: usize| policy_tokens.get(k).map_or(0.0, |token| token.0);
    let terms = (t..policy_tokens.len()).map(|k| {
        let delta = policy_tokens[k].1 + options.gamma * value(k + 1) - value(k);
        (options.gamma * options.lambda).powi((k - t) as i32) * delta
    });
    terms.sum()
}

/// A dialogue of up to five attempts of up to six tokens, one token of prompt or feedback before
/// each: values and rewards of all tokens, policy mask, ranges of the attempts.
fn attempts() -> impl Strategy<Value = (Vec<f32>, Vec<f32>, Vec<bool>, Vec<Range<usize>>)> {
    let numbers = || prop::collection::vec(-2.0f32..2.0, 40);
    (
        prop::collection::vec(1usize..=6, 1..=5),
        numbers(),
        numbers(),
    )
        .prop_map(|(lengths, values, paid)| {
            let (mut policy, mut ranges) = (Vec::new(), Vec::new());
            for length in lengths {
                policy.push(false);
                ranges.push(policy.len()..policy.len() + length);
                policy.extend(vec![true; length]);
            }
            let rewards = rewards_of_attempts(&paid[..ranges.len()], &ranges, &policy);
            (values[..policy.len()].to_vec(), rewards, policy, ranges)
        })
}

/// The same dialogue with nothing but the first token of each attempt left.
fn one_token_each(ranges: &[Range<usize>]) -> Vec<Range<usize>> {
    ranges
        .iter()
        .map(|range| range.start..range.start + 1)
        .collect()
}

proptest! {
    /// With one token an attempt both count the same steps, whatever gamma and lambda.
    #[test]
    fn attempts_of_one_token_make_turn_gae_token_gae(
        (values, rewards, policy, ranges) in attempts(), gamma in 0.5f64..=1.0, lambda in 0.0f64..=1.0,
    ) {
        let ranges = one_token_each(&ranges);
        let policy: Vec<bool> =
            (0..policy.len()).map(|t| ranges.iter().any(|range| range.start == t)).collect();
        let options = Gae { gamma, lambda };
        let turns = turn_gae(&values, &rewards, &policy, &ranges, options).unwrap();
        prop_assert_eq!(turns, gae(&values, &rewards, &policy, options).unwrap());
    }

    /// Without discount and with the whole return both are `G - V` at the first token of an attempt,
    /// `G` being what is still to be earned there; the rest of the attempt gets the same number.
    #[test]
    fn the_whole_return_makes_turn_and_token_gae_agree_where_attempts_begin(
        (values, rewards, policy, ranges) in attempts(),
    ) {
        let options = Gae { gamma: 1.0, lambda: 1.0 };
        let (turns, returns) = turn_gae(&values, &rewards, &policy, &ranges, options).unwrap();
        let (tokens, to_go) = gae(&values, &rewards, &policy, options).unwrap();
        for range in &ranges {
            let first = range.start;
            prop_assert!((turns[first] - tokens[first]).abs() < 1e-5);
            for t in range.clone() {
                prop_assert_eq!(turns[t], turns[first]);
                prop_assert!((returns[t] - to_go[first]).abs() < 1e-5);
            }
        }
    }

    /// Where the critic says the same throughout an attempt and only attempts pay, one attempt a
    /// dialogue leaves nothing to tell the two apart.
    #[test]
    fn one_attempt_with_one_value_makes_them_agree_everywhere(
        length in 1usize..20, value in -2.0f32..2.0, reward in -1.0f32..1.0,
    ) {
        let policy = [vec![false], vec![true; length]].concat();
        let values = vec![value; length + 1];
        let rewards = reward_at_the_end(reward, &policy);
        let options = Gae { gamma: 1.0, lambda: 1.0 };
        let (turns, turn_returns) =
            turn_gae(&values, &rewards, &policy, std::slice::from_ref(&(1..length + 1)), options).unwrap();
        let (tokens, token_returns) = gae(&values, &rewards, &policy, options).unwrap();
        for t in 0..=length {
            prop_assert!((turns[t] - tokens[t]).abs() < 1e-5);
            prop_assert!((turn_returns[t] - token_returns[t]).abs() < 1e-5);
        }
    }

    /// However rewards are spread over attempts, the first return is their sum.
    #[test]
    fn rewards_to_go_begin_with_the_whole_return((_, rewards, policy, ranges) in attempts()) {
        let returns = rewards_to_go(&rewards, 1.0, &policy);
        let whole: f32 = rewards.iter().sum();
        prop_assert!((returns[ranges[0].start] - whole).abs() < 1e-5);
    }

    #[test]
    fn gae_is_the_discounted_sum_of_temporal_differences(
        tokens in dialogue(), gamma in 0.5f64..=1.0, lambda in 0.0f64..=1.0,
    ) {
        let options = Gae { gamma, lambda };
        let values: Vec<f32> = tokens.iter().map(|token| token.0).collect();
        let policy: Vec<bool> = tokens.iter().map(|token| token.2).collect();
        // Only policy tokens are paid here.
        let rewards: Vec<f32> = tokens.iter().map(|t| if t.2 { t.1 } else { 0.0 }).collect();
        let (advantages, returns) = gae(&values, &rewards, &policy, options).unwrap();
        let sampled: Vec<usize> = (0..tokens.len()).filter(|&t| policy[t]).collect();
        let packed: Vec<(f64, f64)> =
            sampled.iter().map(|&t| (f64::from(values[t]), f64::from(rewards[t]))).collect();
        for (k, &t) in sampled.iter().enumerate() {
            let expected = direct_sum(&packed, options, k);
            prop_assert!((f64::from(advantages[t]) - expected).abs() < 1e-5);
            prop_assert!((f64::from(returns[t]) - expected - f64::from(values[t])).abs() < 1e-5);
        }
        for t in (0..tokens.len()).filter(|&t| !policy[t]) {
            prop_assert_eq!((advantages[t], returns[t]), (0.0, 0.0));
        }
    }

    #[test]
    fn lambda_one_makes_the_return_of_gae_the_discounted_reward(
        tokens in dialogue(), reward in -1.0f32..1.0, gamma in 0.5f64..=1.0,
    ) {
        let values: Vec<f32> = tokens.iter().map(|token| token.0).collect();
        let policy: Vec<bool> = tokens.iter().map(|token| token.2).collect();
        let rewards = reward_at_the_end(reward, &policy);
        let options = Gae { gamma, lambda: 1.0 };
        let (_, returns) = gae(&values, &rewards, &policy, options).unwrap();
        for (one, two) in returns.iter().zip(rewards_to_go(&rewards, gamma, &policy)) {
            prop_assert!((one - two).abs() < 1e-5);
        }
    }

    #[test]
    fn values_on_feedback_have_no_influence(tokens in dialogue(), garbage in -9.0f32..9.0) {
        let policy: Vec<bool> = tokens.iter().map(|token| token.2).collect();
        let values = |other: f32| -> Vec<f32> {
            tokens.iter().map(|token| if token.2 { token.0 } else { other }).collect()
        };
        let rewards = reward_at_the_end(1.0, &policy);
        let options = Gae { gamma: 0.99, lambda: 0.95 };
        let clean = gae(&values(0.0), &rewards, &policy, options).unwrap();
        prop_assert_eq!(gae(&values(garbage), &rewards, &policy, options).unwrap(), clean);
    }

    #[test]
    fn whitened_advantages_have_mean_zero_and_variance_one(tokens in dialogue()) {
        let policy: Vec<bool> = tokens.iter().map(|token| token.2).collect();
        let mut advantages: Vec<f32> = tokens.iter().map(|token| token.0).collect();
        let before = moments(std::iter::once((advantages.as_slice(), policy.as_slice())));
        prop_assume!(before.variance > 1e-3);
        whiten(&mut advantages, &policy, &before);
        let after = moments(std::iter::once((advantages.as_slice(), policy.as_slice())));
        prop_assert!(after.mean.abs() < 1e-5 && (after.variance - 1.0).abs() < 1e-4);
        prop_assert!(advantages.iter().zip(&policy).all(|(a, on)| *on || *a == 0.0));
    }
}

#[test]
fn a_value_that_is_not_a_number_is_named() {
    let options = Gae {
        gamma: 1.0,
        lambda: 1.0,
    };
    let error = gae(&[0.0, f32::NAN], &[0.0, 0.0], &[true, true], options).unwrap_err();
    assert_eq!(
        error.to_string(),
        "expected a finite number in values, found NaN at position 1"
    );
}

#[test]
fn lists_of_different_lengths_are_refused() {
    let options = Gae {
        gamma: 1.0,
        lambda: 1.0,
    };
    let error = gae(&[0.0], &[0.0, 0.0], &[true, true], options).unwrap_err();
    assert_eq!(error.to_string(), "expected 2 elements of values, found 1");
}
