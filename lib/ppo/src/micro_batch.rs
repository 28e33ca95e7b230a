//! Forward and backward of one micro-batch: its share of the minibatch's gradient and statistics.
//! Knows nothing about threads or optimisers.

use tch::{Device, Kind, TchError, Tensor};
use transformer::{Critic, Decoder, ModelError};

use crate::experience::Experience;
use crate::forward::{Entropy, policy_outputs, state_values};
use crate::losses::{
    PolicyLoss, PolicyLossSettings, PolicyTokens, ValueTokens, likelihood_loss, policy_loss,
    value_loss,
};
use crate::padded::{Padded, column};
use crate::replica::{Model, Replica};
use crate::sums::{CriticSums, PolicySums, SupervisedSums};
use crate::tokens::Tokens;

/// A micro-batch's share.
pub struct Contribution<S> {
    /// `[elements]` float32, or nothing where the loss is not finite.
    pub gradient: Option<Tensor>,
    pub loss: f64,
    pub sums: S,
}

impl<S> Contribution<S> {
    /// Differentiates unless the loss is already broken: then there is nothing to learn from it.
    fn new<M: Model>(replica: &Replica<M>, loss: &Tensor, sums: S) -> Result<Self, ModelError> {
        let value = loss.f_double_value(&[])?;
        let gradient = match value.is_finite() {
            true => Some(replica.differentiate(loss)?),
            false => None,
        };
        Ok(Self {
            gradient,
            loss: value,
            sums,
        })
    }
}

/// The policy's share; `weights` has one entry per dialogue.
pub fn policy_contribution(
    replica: &Replica<Decoder>,
    rows: &[&Experience],
    weights: &[f32],
    settings: &PolicyLossSettings,
    device: Device,
) -> Result<Contribution<PolicySums>, ModelError> {
    let batch = padded(rows, device);
    let entropy = match settings.entropy_coefficient {
        0.0 => Entropy::Measure,
        _ => Entropy::Differentiate,
    };
    let outputs = policy_outputs(&replica.model, &batch, entropy)?;
    let tokens = PolicyTokens {
        logprobs: outputs.logprobs,
        entropy: outputs.entropy,
        old_logprobs: column(rows.iter().map(|row| &row.old_logprobs[..]), device),
        reference_logprobs: optional_column(rows, |row| row.reference_logprobs.as_deref(), device),
        rollout_logprobs: optional_column(rows, |row| row.rollout_logprobs.as_deref(), device),
        advantages: column(rows.iter().map(|row| &row.advantages[..]), device),
        weights: token_column(rows.iter().map(|row| &row.tokens), weights, device),
    };
    let loss = policy_loss(&tokens, settings);
    Contribution::new(replica, &loss.total, policy_sums(&loss, &tokens)?)
}

fn policy_sums(loss: &PolicyLoss, tokens: &PolicyTokens) -> Result<PolicySums, ModelError> {
    let sum = |tensor: &Tensor| tensor.sum(Kind::Double);
    let zero = || loss.policy.zeros_like().to_kind(Kind::Double);
    // k3 of the policy against itself before the pass: never negative, 0 at the first step.
    let kl_to_old = &loss.ratio - 1.0 - &loss.log_ratio;
    let gap = tokens
        .rollout_logprobs
        .as_ref()
        .map(|rollout| &tokens.old_logprobs - rollout);
    let statistics = [
        loss.total.detach().to_kind(Kind::Double),
        loss.policy.to_kind(Kind::Double),
        loss.kl.to_kind(Kind::Double),
        sum(&loss.ratio),
        sum(&loss.outside),
        sum(&kl_to_old),
        tokens
            .entropy
            .as_ref()
            .map_or_else(zero, |entropy| sum(&entropy.detach())),
        gap.as_ref().map_or_else(zero, |gap| sum(&gap.abs())),
        gap.as_ref()
            .map_or_else(zero, |gap| gap.abs().max().to_kind(Kind::Double)),
        loss.importance.as_ref().map_or_else(zero, &sum),
    ];
    let [
        total,
        policy,
        kl,
        ratio,
        outside,
        kl_to_old,
        entropy,
        gap,
        widest_gap,
        importance,
    ] = numbers(&statistics)?;
    Ok(PolicySums {
        tokens: tokens.weights.numel() as f64,
        total,
        policy,
        kl,
        ratio,
        outside,
        kl_to_old,
        entropy,
        gap,
        widest_gap,
        importance,
    })
}

/// The critic's share; `weights` has one entry per dialogue.
pub fn critic_contribution(
    replica: &Replica<Critic>,
    rows: &[&Experience],
    weights: &[f32],
    clip: Option<f64>,
    device: Device,
) -> Result<Contribution<CriticSums>, ModelError> {
    let batch = padded(rows, device);
    let tokens = ValueTokens {
        values: state_values(&replica.model, &batch)?,
        old_values: column(rows.iter().map(|row| &row.old_values[..]), device),
        returns: column(rows.iter().map(|row| &row.returns[..]), device),
        weights: token_column(rows.iter().map(|row| &row.tokens), weights, device),
    };
    let loss = value_loss(&tokens, clip);
    Contribution::new(replica, &loss, critic_sums(&loss, &tokens)?)
}

fn critic_sums(loss: &Tensor, tokens: &ValueTokens) -> Result<CriticSums, ModelError> {
    let double = |tensor: &Tensor| tensor.detach().to_kind(Kind::Double);
    let (values, returns) = (double(&tokens.values), double(&tokens.returns));
    let error = &returns - &values;
    let statistics = [
        double(loss),
        values.sum(Kind::Double),
        returns.sum(Kind::Double),
        returns.square().sum(Kind::Double),
        error.sum(Kind::Double),
        error.square().sum(Kind::Double),
        error.abs().sum(Kind::Double),
        (values - double(&tokens.old_values))
            .abs()
            .sum(Kind::Double),
    ];
    let [
        loss,
        values,
        returns,
        squared_returns,
        error,
        squared_error,
        absolute_error,
        moved,
    ] = numbers(&statistics)?;
    Ok(CriticSums {
        tokens: tokens.weights.numel() as f64,
        loss,
        values,
        returns,
        squared_returns,
        error,
        squared_error,
        absolute_error,
        moved,
    })
}

/// A demonstration's share: negative log-likelihood of its policy tokens.
pub fn supervised_contribution(
    replica: &Replica<Decoder>,
    rows: &[&Tokens],
    weights: &[f32],
    device: Device,
) -> Result<Contribution<SupervisedSums>, ModelError> {
    let batch = Padded::new(rows, device);
    let outputs = policy_outputs(&replica.model, &batch, Entropy::Skip)?;
    let weights = token_column(rows.iter().copied(), weights, device);
    let loss = likelihood_loss(&outputs.logprobs, &weights);
    let sums = SupervisedSums {
        tokens: weights.numel() as f64,
        loss: loss.f_double_value(&[])?,
    };
    Contribution::new(replica, &loss, sums)
}

fn padded(rows: &[&Experience], device: Device) -> Padded {
    let tokens: Vec<&Tokens> = rows.iter().map(|row| &row.tokens).collect();
    Padded::new(&tokens, device)
}

/// `[tokens]`: each row's weight, once per policy token.
fn token_column<'a>(
    rows: impl Iterator<Item = &'a Tokens>,
    weights: &[f32],
    device: Device,
) -> Tensor {
    let flat: Vec<f32> = rows
        .zip(weights)
        .flat_map(|(row, &weight)| std::iter::repeat_n(weight, row.policy.len()))
        .collect();
    Tensor::from_slice(&flat).to_device(device)
}

/// The column, if every row has it.
fn optional_column<'a>(
    rows: &[&'a Experience],
    field: impl Fn(&'a Experience) -> Option<&'a [f32]>,
    device: Device,
) -> Option<Tensor> {
    let parts: Option<Vec<&[f32]>> = rows.iter().map(|row| field(row)).collect();
    Some(column(parts?.into_iter(), device))
}

/// Scalars to numbers, with one transfer from the device.
fn numbers<const N: usize>(scalars: &[Tensor; N]) -> Result<[f64; N], ModelError> {
    let flat = Vec::<f64>::try_from(Tensor::f_stack(scalars, 0)?)?;
    flat.try_into()
        .map_err(|_| TchError::Shape("a statistic is not a scalar".to_owned()).into())
}
