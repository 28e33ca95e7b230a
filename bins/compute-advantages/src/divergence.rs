//! The divergence from the reference as a part of the reward, and the file that carries its weight from call to call.
//!
//! Knows nothing about estimators of advantages.

use std::path::Path;

use advantages::{AdaptiveKl, KlEstimator, divergences};
use anyhow::{Context, Result, ensure};
use records::{FieldError, Row};
use serde::{Deserialize, Serialize};
use tables::Output;

use crate::args::{DivergenceArgs, Estimate};

/// What divergence costs.
#[derive(Clone, Debug)]
pub struct Divergence {
    weight: f64,
    estimator: KlEstimator,
    adaptive: Option<AdaptiveKl>,
}

/// Over policy tokens and dialogues.
#[derive(Clone, Copy, Debug, Default)]
pub struct Total {
    sum: f64,
    pub tokens: u64,
    dialogues: u64,
}

/// What one call leaves to the next.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Carried {
    /// For the next call.
    kl_in_reward: f64,
    /// In the call that wrote this: the weight, and the mean divergence in nats per policy token.
    used: f64,
    kl: f64,
    dialogues: u64,
}

impl Divergence {
    /// None where it costs nothing.
    pub fn new(args: &DivergenceArgs) -> Result<Option<Self>> {
        let adaptive = args.kl_target.map(|target| AdaptiveKl {
            target,
            horizon: args.kl_horizon,
        });
        ensure!(
            args.kl_in_reward > 0.0
                || (adaptive.is_none() && args.kl_from.is_none() && args.kl_to.is_none()),
            "--kl-target, --kl-from and --kl-to adapt --kl-in-reward: expected it above 0"
        );
        let carried = args.kl_from.as_deref().map(Carried::load).transpose()?;
        let weight = carried.map_or(args.kl_in_reward, |carried| carried.kl_in_reward);
        Ok((args.kl_in_reward > 0.0).then_some(Self {
            weight,
            estimator: args.kl_reward_estimator.into(),
            adaptive,
        }))
    }

    /// The estimates at the policy tokens of a row, 0 elsewhere, `[tokens]`.
    pub fn estimates(&self, row: &Row) -> Result<Vec<f64>, FieldError> {
        row.same_length(&["loss_mask", "policy_logprobs", "reference_logprobs"])?;
        let estimates = divergences(
            row.float32s("policy_logprobs")?,
            row.float32s("reference_logprobs")?,
            row.bools("loss_mask")?,
            self.estimator,
        );
        estimates.map_err(|error| row.fail("policy_logprobs", error.to_string()))
    }

    /// What each token of a row pays, `[tokens]`.
    pub fn costs(&self, row: &Row) -> Result<impl Iterator<Item = f64>, FieldError> {
        let weight = self.weight;
        let estimates = self.estimates(row)?;
        Ok(estimates.into_iter().map(move |estimate| weight * estimate))
    }

    /// Writes the weight for the next call, where a flag asks for it.
    pub fn write_next(&self, args: &DivergenceArgs, total: &Total) -> Result<()> {
        let Some(path) = &args.kl_to else {
            return Ok(());
        };
        let next = |adaptive: AdaptiveKl| adaptive.next(self.weight, total.mean(), total.dialogues);
        let carried = Carried {
            kl_in_reward: self.adaptive.map_or(self.weight, next),
            used: self.weight,
            kl: total.mean(),
            dialogues: total.dialogues,
        };
        let text = serde_json::to_string(&carried)? + "\n";
        Ok(Output::write_whole(path, text.as_bytes())?)
    }
}

impl Carried {
    fn load(path: &Path) -> Result<Self> {
        let text = fs_err::read_to_string(path)?;
        let carried: Self = serde_json::from_str(&text)
            .with_context(|| format!("{}: not what --kl-to writes", path.display()))?;
        let weight = carried.kl_in_reward;
        ensure!(
            weight.is_finite() && weight >= 0.0,
            "{}: field \"kl_in_reward\": expected a number that is not negative, found {weight}",
            path.display()
        );
        Ok(carried)
    }
}

impl Total {
    /// Adds the estimates of one row.
    pub fn add(&mut self, estimates: &[f64], row: &Row) -> Result<(), FieldError> {
        let policy = row.bools("loss_mask")?.iter().filter(|on| **on).count();
        self.sum += estimates.iter().sum::<f64>();
        self.tokens += policy as u64;
        self.dialogues += 1;
        Ok(())
    }

    /// Per policy token.
    pub fn mean(&self) -> f64 {
        self.sum / self.tokens.max(1) as f64
    }
}

impl From<Estimate> for KlEstimator {
    fn from(estimate: Estimate) -> Self {
        match estimate {
            Estimate::K1 => Self::K1,
            Estimate::K2 => Self::K2,
            Estimate::K3 => Self::K3,
        }
    }
}
