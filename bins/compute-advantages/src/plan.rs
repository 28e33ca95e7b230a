//! What is to be computed, with all defaults settled.

use anyhow::{Result, ensure};

use crate::args::{Args, Credit, Estimator, LearnFrom};
use crate::divergence::Divergence;

/// The settings of the work.
#[derive(Clone, Debug)]
pub struct Plan {
    pub estimator: Estimator,
    pub credit: Credit,
    pub gamma: f64,
    pub lambda: f64,
    /// Lambda of the returns.
    pub value_lambda: f64,
    pub learn_from: LearnFrom,
    pub whiten: bool,
    /// Whether grpo divides by the deviation of the group.
    pub divide: bool,
    pub drop_uniform: bool,
    pub exclude_bad_reference: bool,
    /// What divergence costs, where it is a part of the reward.
    pub divergence: Option<Divergence>,
}

impl Plan {
    /// Settles the defaults; turn credit has its own.
    pub fn new(args: &Args) -> Result<Self> {
        let (gamma, lambda) = match args.credit {
            Credit::Token => (1.0, 0.99),
            Credit::Turn => (0.99, 0.9),
        };
        ensure!(
            args.credit == Credit::Token || args.estimator == Estimator::Gae,
            "--credit turn is for --estimator gae: the others have no values"
        );
        let lambda = args.lambda.unwrap_or(lambda);
        Ok(Self {
            estimator: args.estimator,
            credit: args.credit,
            gamma: args.gamma.unwrap_or(gamma),
            lambda,
            value_lambda: args.value_lambda.unwrap_or(lambda),
            learn_from: args.learn_from,
            whiten: args.whiten || !(args.no_whiten || args.estimator.is_grouped()),
            divide: !args.no_std,
            drop_uniform: args.drop_uniform,
            exclude_bad_reference: !args.no_exclude_bad_reference,
            divergence: Divergence::new(&args.divergence)?,
        })
    }

    /// Whether a dialogue's advantages depend on other dialogues.
    pub fn needs_all_rows(&self) -> bool {
        self.whiten || self.drop_uniform || self.estimator.is_grouped()
    }
}

impl Estimator {
    /// Whether the baseline comes from the other samples of the question.
    pub fn is_grouped(self) -> bool {
        matches!(self, Self::Rloo | Self::Grpo)
    }
}
