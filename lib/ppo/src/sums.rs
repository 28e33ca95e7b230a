//! Statistics that add up over micro-batches, and what they come to at the end of a minibatch.

use serde::Serialize;

use crate::trainee::Step;

/// Sums over the policy tokens of a micro-batch; `total`, `policy` and `kl` are weighted like the loss.
#[derive(Clone, Copy, Debug, Default)]
pub struct PolicySums {
    pub tokens: f64,
    pub total: f64,
    pub policy: f64,
    pub kl: f64,
    pub ratio: f64,
    pub outside: f64,
    pub kl_to_old: f64,
    pub entropy: f64,
    pub gap: f64,
    /// The largest, not a sum.
    pub widest_gap: f64,
    pub importance: f64,
}

/// Sums over the policy tokens of a micro-batch; `loss` is weighted.
#[derive(Clone, Copy, Debug, Default)]
pub struct CriticSums {
    pub tokens: f64,
    pub loss: f64,
    pub values: f64,
    pub returns: f64,
    pub squared_returns: f64,
    /// Of `return - value`.
    pub error: f64,
    pub squared_error: f64,
    pub absolute_error: f64,
    /// Of `|value - old value|`.
    pub moved: f64,
}

/// Sums over the trained tokens of a micro-batch; `loss` is weighted.
#[derive(Clone, Copy, Debug, Default)]
pub struct SupervisedSums {
    pub tokens: f64,
    pub loss: f64,
}

/// Adds the statistics of another micro-batch.
pub trait Accumulate: Default {
    fn add(&mut self, other: &Self);
}

impl Accumulate for PolicySums {
    fn add(&mut self, other: &Self) {
        self.tokens += other.tokens;
        self.total += other.total;
        self.policy += other.policy;
        self.kl += other.kl;
        self.ratio += other.ratio;
        self.outside += other.outside;
        self.kl_to_old += other.kl_to_old;
        self.entropy += other.entropy;
        self.gap += other.gap;
        self.widest_gap = self.widest_gap.max(other.widest_gap);
        self.importance += other.importance;
    }
}

impl Accumulate for CriticSums {
    fn add(&mut self, other: &Self) {
        self.tokens += other.tokens;
        self.loss += other.loss;
        self.values += other.values;
        self.returns += other.returns;
        self.squared_returns += other.squared_returns;
        self.error += other.error;
        self.squared_error += other.squared_error;
        self.absolute_error += other.absolute_error;
        self.moved += other.moved;
    }
}

impl Accumulate for SupervisedSums {
    fn add(&mut self, other: &Self) {
        self.tokens += other.tokens;
        self.loss += other.loss;
    }
}

/// What a policy's optimiser step was, as it is printed.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct PolicyMetrics {
    pub total_loss: f64,
    pub policy_loss: f64,
    /// To the reference, by the estimator that the loss uses.
    pub kl: f64,
    pub ratio: f64,
    /// Share of tokens whose ratio lies outside the clip range.
    pub clip_fraction: f64,
    /// k3 estimate of the divergence from the policy before this pass.
    pub kl_to_old: f64,
    /// Nats per token.
    pub entropy: f64,
    /// Mean and largest `|log-probability when scored - when sampled|`.
    pub rollout_gap: f64,
    pub rollout_gap_max: f64,
    /// Mean truncated importance weight.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub importance: Option<f64>,
    pub policy_grad_norm: f64,
    pub policy_lr: f64,
}

impl PolicyMetrics {
    pub fn new(sums: &PolicySums, step: Step, with_importance: bool) -> Self {
        let mean = |sum: f64| sum / sums.tokens.max(1.0);
        Self {
            total_loss: sums.total,
            policy_loss: sums.policy,
            kl: sums.kl,
            ratio: mean(sums.ratio),
            clip_fraction: mean(sums.outside),
            kl_to_old: mean(sums.kl_to_old),
            entropy: mean(sums.entropy),
            rollout_gap: mean(sums.gap),
            rollout_gap_max: sums.widest_gap,
            importance: with_importance.then(|| mean(sums.importance)),
            policy_grad_norm: step.gradient_norm,
            policy_lr: step.learning_rate,
        }
    }
}

/// What a critic's optimiser step was, as it is printed.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct CriticMetrics {
    pub value_loss: f64,
    pub value_mean: f64,
    pub return_mean: f64,
    /// `1 - Var(return - value) / Var(return)`; 0 where the returns do not vary.
    pub explained_variance: f64,
    /// Mean `|return - value|` and `|value - old value|`.
    pub value_error: f64,
    pub value_moved: f64,
    pub critic_grad_norm: f64,
    pub critic_lr: f64,
}

impl CriticMetrics {
    pub fn new(sums: &CriticSums, step: Step) -> Self {
        let mean = |sum: f64| sum / sums.tokens.max(1.0);
        let variance = |sum: f64, squares: f64| (mean(squares) - mean(sum).powi(2)).max(0.0);
        let of_returns = variance(sums.returns, sums.squared_returns);
        let of_errors = variance(sums.error, sums.squared_error);
        Self {
            value_loss: sums.loss,
            value_mean: mean(sums.values),
            return_mean: mean(sums.returns),
            explained_variance: if of_returns > 1e-12 {
                1.0 - of_errors / of_returns
            } else {
                0.0
            },
            value_error: mean(sums.absolute_error),
            value_moved: mean(sums.moved),
            critic_grad_norm: step.gradient_norm,
            critic_lr: step.learning_rate,
        }
    }
}

/// One optimiser step, as it is printed.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct StepMetrics {
    pub epoch: usize,
    pub minibatch: usize,
    pub dialogues: usize,
    pub tokens: usize,
    pub policy_tokens: usize,
    #[serde(flatten)]
    pub policy: Option<PolicyMetrics>,
    #[serde(flatten)]
    pub critic: Option<CriticMetrics>,
    pub seconds: f64,
}

#[cfg(test)]
mod tests {
    use super::*;

    const STEP: Step = Step {
        learning_rate: 0.1,
        gradient_norm: 2.0,
    };

    /// Returns 1, 3 and values 1, 2: error variance 1/4 of the returns' variance.
    #[test]
    fn explained_variance_compares_errors_with_returns() {
        let mut sums = CriticSums {
            tokens: 1.0,
            values: 1.0,
            returns: 1.0,
            squared_returns: 1.0,
            ..Default::default()
        };
        sums.add(&CriticSums {
            tokens: 1.0,
            values: 2.0,
            returns: 3.0,
            squared_returns: 9.0,
            error: 1.0,
            squared_error: 1.0,
            ..Default::default()
        });
        let metrics = CriticMetrics::new(&sums, STEP);
        assert!((metrics.explained_variance - 0.75).abs() < 1e-12);
        assert_eq!(metrics.return_mean, 2.0);
    }

    #[test]
    fn constant_returns_have_nothing_to_explain() {
        let sums = CriticSums {
            tokens: 2.0,
            returns: 2.0,
            squared_returns: 2.0,
            ..Default::default()
        };
        assert_eq!(CriticMetrics::new(&sums, STEP).explained_variance, 0.0);
    }

    #[test]
    fn the_widest_gap_is_not_added_up() {
        let mut sums = PolicySums {
            tokens: 1.0,
            gap: 0.5,
            widest_gap: 0.5,
            ..Default::default()
        };
        sums.add(&PolicySums {
            tokens: 1.0,
            gap: 0.25,
            widest_gap: 0.25,
            ..Default::default()
        });
        let metrics = PolicyMetrics::new(&sums, STEP, false);
        assert_eq!((metrics.rollout_gap, metrics.rollout_gap_max), (0.375, 0.5));
        assert!(metrics.importance.is_none());
    }
}
