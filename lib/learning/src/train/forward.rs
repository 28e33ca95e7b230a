//! The training forward pass at policy tokens only: prompt, feedback and padding never reach the
//! head. Knows nothing about losses.

use tch::{Kind, Tensor, no_grad};
use transformer::{Critic, Decoder, ModelError, token_logprobs};

use crate::batch::padded::Padded;

/// What the policy says about its own tokens, `[tokens]` float32.
pub struct PolicyOutputs {
    pub logprobs: Tensor,
    pub entropy: Option<Tensor>,
}

/// Whether the entropy of the distributions is computed, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entropy {
    Skip,
    /// As a metric, outside the graph.
    Measure,
    /// As part of the loss.
    Differentiate,
}

/// Log-probabilities at temperature 1, and the entropy in nats.
pub fn policy_outputs(
    decoder: &Decoder,
    batch: &Padded,
    entropy: Entropy,
) -> Result<PolicyOutputs, ModelError> {
    let logits = policy_logits(decoder, batch)?;
    let entropy = match entropy {
        Entropy::Skip => None,
        Entropy::Measure => Some(no_grad(|| entropy_of(&logits.detach()))?),
        Entropy::Differentiate => Some(entropy_of(&logits)?),
    };
    Ok(PolicyOutputs {
        logprobs: token_logprobs(&logits, &batch.targets, 1.0)?,
        entropy,
    })
}

/// `[tokens, ids]` over the ids that a policy may draw: the head runs on the states before policy tokens.
fn policy_logits(decoder: &Decoder, batch: &Padded) -> Result<Tensor, ModelError> {
    let hidden = decoder.hidden(&batch.token_ids)?; // [rows, seq, hidden]
    let states = hidden.f_flatten(0, 1)?.f_index_select(0, &batch.states)?;
    decoder.known_logits(&states)
}

/// `H = log Z - sum_a p_a z_a` with `log Z = logsumexp z`, `[tokens]`.
fn entropy_of(logits: &Tensor) -> Result<Tensor, ModelError> {
    let last = [-1i64].as_slice();
    let logits = logits.f_to_kind(Kind::Float)?;
    let weighted = logits.f_softmax(-1, Kind::Float)?.f_mul(&logits)?;
    let expected = weighted.f_sum_dim_intlist(last, false, Kind::Float)?;
    Ok(logits.f_logsumexp(last, false)?.f_sub(&expected)?)
}

/// The critic's estimates of the states before policy tokens, `[tokens]` float32.
pub fn state_values(critic: &Critic, batch: &Padded) -> Result<Tensor, ModelError> {
    let values = critic.values(&batch.token_ids)?; // [rows, seq]
    Ok(values.f_flatten(0, 1)?.f_index_select(0, &batch.states)?)
}
