//! Forward and backward of one micro-batch: its share of the minibatch's gradient and statistics.
//! Knows nothing about threads or optimisers.

use tch::{Device, Kind, Tensor};
use transformer::{Critic, Decoder, ModelError};

use crate::batch::experience::{CriticExperience, Experience, PolicyExperience};
use crate::batch::padded::{Padded, column};
use crate::batch::tokens::{Selection, Tokens};
use crate::error::Network;
use crate::objective::losses::{
    PolicyLoss, PolicyLossSettings, PolicyTokens, ValueTokens, likelihood_loss, policy_loss,
    value_loss,
};
use crate::objective::segments::Segments;
use crate::train::execution::Execution;
use crate::train::flat::Gradients;
use crate::train::forward::{CriticPass, Parts, PolicyPass};
use crate::train::head::Entropy;
use crate::train::replica::{Model, Replica};
use crate::train::statistics::{Measurements, Statistics};

/// Tokens whose ratio is that of a bounded log-ratio.
pub const BOUNDED_RATIOS: &str = "bounded_ratio_tokens";
/// Tokens whose k3 is that of a bounded log-ratio.
pub const BOUNDED_KL: &str = "bounded_kl_tokens";

/// A micro-batch's share.
pub struct Contribution {
    /// Nothing where the loss is not finite.
    pub gradients: Option<Gradients>,
    pub loss: f64,
    pub statistics: Statistics,
}

impl Contribution {
    /// Differentiates unless the loss is already broken: then there is nothing to learn from it.
    fn new<M: Model>(
        replica: &Replica<M>,
        loss: &Tensor,
        measurements: Measurements,
        differentiate: impl FnOnce() -> Result<Parts, ModelError>,
    ) -> Result<Self, ModelError> {
        let statistics = measurements.read()?;
        let value = loss.f_double_value(&[])?;
        let gradients = if value.is_finite() {
            Some(replica.gradients(differentiate()?, loss.device()))
        } else {
            None
        };
        Ok(Self {
            gradients,
            loss: value,
            statistics,
        })
    }
}

/// The policy's share; `weights` has one entry per dialogue.
pub fn policy_contribution(
    replica: &Replica<Decoder>,
    rows: &[&Experience],
    weights: &[f32],
    settings: &PolicyLossSettings,
    execution: &Execution,
) -> Result<Contribution, ModelError> {
    let device = execution.device;
    let selections: Vec<Selection> = rows
        .iter()
        .map(|row| row.selection(Network::Policy))
        .collect();
    let batch = Padded::new(&selections, device);
    let entropy = match settings.entropy_coefficient {
        0.0 => Entropy::Measure,
        _ => Entropy::Differentiate,
    };
    let pass = PolicyPass::forward(&replica.model, &batch, entropy, execution)?;
    let outputs = pass.outputs();
    let rows: Vec<&PolicyExperience> = rows.iter().map(|row| &row.policy).collect();
    let counts: Vec<usize> = rows.iter().map(|row| row.positions.len()).collect();
    let tokens = PolicyTokens {
        logprobs: outputs.logprobs,
        entropy: outputs.entropy,
        old_logprobs: column(rows.iter().map(|row| &row.old_logprobs[..]), device),
        reference_logprobs: optional_column(&rows, |row| row.reference_logprobs.as_deref(), device),
        rollout_logprobs: optional_column(&rows, |row| row.rollout_logprobs.as_deref(), device),
        advantages: column(rows.iter().map(|row| &row.advantages[..]), device),
        weights: token_column(&selections, weights, device),
        dialogues: Segments::new(&counts, device),
    };
    let loss = policy_loss(&tokens, settings);
    let measurements = policy_measurements(&loss, &tokens);
    Contribution::new(replica, &loss.total, measurements, || {
        pass.differentiate(&loss.total)
    })
}

fn policy_measurements(loss: &PolicyLoss, tokens: &PolicyTokens) -> Measurements {
    let mut measurements = Measurements::new(tokens.weights.numel());
    measurements.sum("total_loss", &loss.total);
    measurements.sum("policy_loss", &loss.policy);
    measurements.sum("kl", &loss.kl);
    measurements.mean("ratio", &loss.ratio);
    measurements.mean("clip_fraction", &loss.outside);
    // k3 of the policy against itself before the pass: never negative, 0 at the first step.
    let own_ratio = loss.log_ratio.exp();
    measurements.mean("kl_to_old", &(own_ratio - 1.0 - &loss.log_ratio));
    if let Some(entropy) = &tokens.entropy {
        measurements.mean("entropy", entropy);
    }
    if let Some(rollout) = &tokens.rollout_logprobs {
        let gap = (&tokens.old_logprobs - rollout).abs();
        measurements.mean("rollout_gap", &gap);
        measurements.largest("rollout_gap_max", &gap);
    }
    if let Some(importance) = &loss.importance {
        measurements.mean("importance", importance);
        let left_out = importance.eq(0.0).to_kind(Kind::Float);
        measurements.mean("importance_left_out", &left_out);
    }
    measurements.sum(BOUNDED_RATIOS, &loss.bounded.sum(Kind::Double));
    if let Some(bounded) = &loss.kl_bounded {
        measurements.sum(BOUNDED_KL, &bounded.sum(Kind::Double));
    }
    measurements
}

/// The critic's share; `weights` has one entry per dialogue.
pub fn critic_contribution(
    replica: &Replica<Critic>,
    rows: &[&Experience],
    weights: &[f32],
    clip: Option<f64>,
    execution: &Execution,
) -> Result<Contribution, ModelError> {
    let device = execution.device;
    let selections: Vec<Selection> = rows
        .iter()
        .map(|row| row.selection(Network::Critic))
        .collect();
    let batch = Padded::new(&selections, device);
    let pass = CriticPass::forward(&replica.model, &batch, execution)?;
    let rows: Vec<&CriticExperience> = rows.iter().map(|row| &row.critic).collect();
    let tokens = ValueTokens {
        values: pass.values(),
        old_values: column(rows.iter().map(|row| &row.old_values[..]), device),
        returns: column(rows.iter().map(|row| &row.returns[..]), device),
        weights: token_column(&selections, weights, device),
    };
    let loss = value_loss(&tokens, clip);
    let measurements = critic_measurements(&loss, &tokens);
    Contribution::new(replica, &loss, measurements, || pass.differentiate(&loss))
}

fn critic_measurements(loss: &Tensor, tokens: &ValueTokens) -> Measurements {
    let double = |tensor: &Tensor| tensor.detach().to_kind(Kind::Double);
    let (values, returns) = (double(&tokens.values), double(&tokens.returns));
    let error = &returns - &values;
    let mut measurements = Measurements::new(tokens.weights.numel());
    measurements.sum("value_loss", loss);
    measurements.mean("value_mean", &values);
    measurements.mean("return_mean", &returns);
    measurements.explained_variance("explained_variance", &returns, &error);
    measurements.mean("value_error", &error.abs());
    measurements.mean("value_moved", &(values - double(&tokens.old_values)).abs());
    measurements
}

/// A demonstration's share: negative log-likelihood of its policy tokens.
pub fn supervised_contribution(
    replica: &Replica<Decoder>,
    rows: &[&Tokens],
    weights: &[f32],
    execution: &Execution,
) -> Result<Contribution, ModelError> {
    let selections: Vec<Selection> = rows.iter().map(|row| row.selection()).collect();
    let batch = Padded::new(&selections, execution.device);
    let pass = PolicyPass::forward(&replica.model, &batch, Entropy::Skip, execution)?;
    let weights = token_column(&selections, weights, execution.device);
    let loss = likelihood_loss(&pass.outputs().logprobs, &weights);
    let measurements = Measurements::new(weights.numel());
    Contribution::new(replica, &loss, measurements, || pass.differentiate(&loss))
}

/// `[tokens]`: each row's weight, once per selected token.
fn token_column(rows: &[Selection], weights: &[f32], device: Device) -> Tensor {
    let flat: Vec<f32> = rows
        .iter()
        .zip(weights)
        .flat_map(|(row, &weight)| std::iter::repeat_n(weight, row.positions.len()))
        .collect();
    Tensor::from_slice(&flat).to_device(device)
}

/// The column, if every row has it.
fn optional_column<'a>(
    rows: &[&'a PolicyExperience],
    field: impl Fn(&'a PolicyExperience) -> Option<&'a [f32]>,
    device: Device,
) -> Option<Tensor> {
    let parts: Option<Vec<&[f32]>> = rows.iter().map(|row| field(row)).collect();
    Some(column(parts?.into_iter(), device))
}
