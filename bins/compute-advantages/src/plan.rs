//! What is to be computed, with all defaults settled.

use crate::args::{Args, Estimator};

/// The settings of the work.
#[derive(Clone, Debug)]
pub struct Plan {
    pub estimator: Estimator,
    pub gamma: f64,
    pub lambda: f64,
    /// Lambda of the returns.
    pub value_lambda: f64,
    pub whiten: bool,
    /// Whether grpo divides by the deviation of the group.
    pub divide: bool,
    pub drop_uniform: bool,
    pub exclude_bad_reference: bool,
}

impl From<&Args> for Plan {
    fn from(args: &Args) -> Self {
        Self {
            estimator: args.estimator,
            gamma: args.gamma,
            lambda: args.lambda,
            value_lambda: args.value_lambda.unwrap_or(args.lambda),
            whiten: args.whiten || !(args.no_whiten || args.estimator.is_grouped()),
            divide: !args.no_std,
            drop_uniform: args.drop_uniform,
            exclude_bad_reference: !args.no_exclude_bad_reference,
        }
    }
}

impl Plan {
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
