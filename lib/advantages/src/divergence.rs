//! The divergence from a reference policy as a part of the reward, and its adaptive weight.

use crate::AdvantageError;
use crate::error::{finite, same_length};

/// Estimators of the divergence at a sampled token from `d = log pi - log pi_ref` (Schulman 2020, "Approximating KL
/// divergence").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KlEstimator {
    /// `d`: unbiased, and the only one whose expected gradient as a reward is that of the divergence.
    K1,
    /// `d^2 / 2`
    K2,
    /// `exp(-d) - 1 + d`: never negative.
    K3,
}

/// `d` counts as no less than minus this in k3, as in the loss: `exp` would leave float32.
const BOUND: f64 = 20.0;

impl KlEstimator {
    /// The estimate in nats.
    pub fn of(self, log_ratio: f64) -> f64 {
        match self {
            Self::K1 => log_ratio,
            Self::K2 => 0.5 * log_ratio * log_ratio,
            Self::K3 => {
                let bounded = log_ratio.max(-BOUND);
                // exp_m1 keeps the small differences of a policy that hardly moved.
                (-bounded).exp_m1() + bounded
            }
        }
    }
}

/// The estimate at each policy token, 0 elsewhere; all `[tokens]`.
pub fn divergences(
    policy_logprobs: &[f32],
    reference_logprobs: &[f32],
    policy: &[bool],
    estimator: KlEstimator,
) -> Result<Vec<f64>, AdvantageError> {
    for (what, numbers) in [
        ("policy_logprobs", policy_logprobs),
        ("reference_logprobs", reference_logprobs),
    ] {
        same_length(what, policy.len(), numbers.len())?;
        finite(what, numbers, policy)?;
    }
    let estimate = |t: usize| {
        if !policy[t] {
            return 0.0;
        }
        estimator.of(f64::from(policy_logprobs[t]) - f64::from(reference_logprobs[t]))
    };
    Ok((0..policy.len()).map(estimate).collect())
}

/// Keeps the divergence near a target by the weight that it has in the reward (Ziegler et al. 2019, arXiv 1909.08593,
/// section 2.2).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AdaptiveKl {
    /// Nats per policy token.
    pub target: f64,
    /// Dialogues over which an error of the largest size that counts, a fifth, moves the weight by a fifth.
    pub horizon: f64,
}

impl AdaptiveKl {
    /// The next weight: `beta (1 + clip(kl / target - 1, -0.2, 0.2) n / horizon)` after `n` dialogues whose mean divergence
    /// was `kl`.
    pub fn next(&self, weight: f64, kl: f64, dialogues: u64) -> f64 {
        let error = (kl / self.target - 1.0).clamp(-0.2, 0.2);
        weight * (1.0 + error * dialogues as f64 / self.horizon).max(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn estimators_agree_to_second_order() {
        for d in [-0.01, 0.0, 0.01f64] {
            assert_eq!(KlEstimator::K1.of(d), d);
            let (k2, k3) = (KlEstimator::K2.of(d), KlEstimator::K3.of(d));
            assert!(
                (k2 - k3).abs() < 2e-7 && k3 >= 0.0,
                "{d}: {k2} against {k3}"
            );
        }
        assert!(KlEstimator::K3.of(-1000.0).is_finite());
    }

    #[test]
    fn only_policy_tokens_have_a_divergence() {
        let policy = [false, true, true];
        let found = divergences(
            &[f32::NAN, -1.0, -2.0],
            &[0.0, -1.5, -1.0],
            &policy,
            KlEstimator::K1,
        );
        assert_eq!(found, Ok(vec![0.0, 0.5, -1.0]));
        let broken = divergences(&[0.0, f32::NAN, 0.0], &[0.0; 3], &policy, KlEstimator::K1);
        let message = broken.unwrap_err().to_string();
        assert!(
            message.contains("policy_logprobs") && message.contains("position 1"),
            "{message}"
        );
        assert!(divergences(&[0.0; 3], &[0.0; 2], &policy, KlEstimator::K3).is_err());
    }

    #[test]
    fn the_weight_rises_above_the_target_and_falls_below_it() {
        let adaptive = AdaptiveKl {
            target: 0.1,
            horizon: 1000.0,
        };
        let close =
            |found: f64, expected: f64| assert!((found - expected).abs() < 1e-12, "{found}");
        close(adaptive.next(0.5, 0.1, 100), 0.5);
        close(adaptive.next(0.5, 0.11, 100), 0.5 * 1.01);
        close(adaptive.next(0.5, 10.0, 100), 0.5 * 1.02);
        close(adaptive.next(0.5, -10.0, 100), 0.5 * 0.98);
        assert_eq!(adaptive.next(0.5, 0.0, 1_000_000), 0.0);
    }
}
