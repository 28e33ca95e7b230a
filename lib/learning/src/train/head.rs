//! The output head on the states before policy tokens, in portions: logits of a large vocabulary exist for one portion
//! at a time. Knows nothing about what the states were computed from, nor about losses.

use tch::{Kind, Tensor, no_grad};
use transformer::{Decoder, ModelError, token_logprobs};

use crate::train::execution::Execution;

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

/// Start and length of each portion of the tokens; at least one portion.
pub(crate) fn portions(
    states: &Tensor,
    decoder: &Decoder,
    execution: &Execution,
) -> Vec<(i64, i64)> {
    let tokens = states.size()[0];
    let most = execution.head_tokens(decoder.known_ids());
    if tokens <= most {
        return vec![(0, tokens)];
    }
    let starts = (0..tokens).step_by(most as usize);
    starts
        .map(|start| (start, most.min(tokens - start)))
        .collect()
}

/// The outputs of one portion after the other, outside any graph.
pub(crate) fn in_portions(
    decoder: &Decoder,
    states: &Tensor,
    targets: &Tensor,
    entropy: Entropy,
    execution: &Execution,
) -> Result<PolicyOutputs, ModelError> {
    let (mut logprobs, mut entropies) = (Vec::new(), Vec::new());
    for (start, length) in portions(states, decoder, execution) {
        let states = states.f_narrow(0, start, length)?;
        let targets = targets.f_narrow(0, start, length)?;
        let outputs = outputs_of(decoder, &states, &targets, entropy)?;
        logprobs.push(outputs.logprobs);
        entropies.extend(outputs.entropy);
    }
    let whole = |mut parts: Vec<Tensor>| match parts.len() {
        1 => Ok(parts.swap_remove(0)),
        _ => Tensor::f_cat(&parts, 0),
    };
    Ok(PolicyOutputs {
        logprobs: whole(logprobs)?,
        entropy: (!entropies.is_empty())
            .then(|| whole(entropies))
            .transpose()?,
    })
}

/// The head on `states` `[tokens, hidden]`, over the ids that a policy may draw.
pub(crate) fn outputs_of(
    decoder: &Decoder,
    states: &Tensor,
    targets: &Tensor,
    entropy: Entropy,
) -> Result<PolicyOutputs, ModelError> {
    let logits = decoder.known_logits(states)?; // [tokens, ids]
    let entropy = match entropy {
        Entropy::Skip => None,
        Entropy::Measure => Some(no_grad(|| entropy_of(&logits.detach()))?),
        Entropy::Differentiate => Some(entropy_of(&logits)?),
    };
    Ok(PolicyOutputs {
        logprobs: token_logprobs(&logits, targets, 1.0)?,
        entropy,
    })
}

/// `H = log Z - sum_a p_a z_a` with `log Z = logsumexp z`, `[tokens]`.
fn entropy_of(logits: &Tensor) -> Result<Tensor, ModelError> {
    let last = [-1i64].as_slice();
    let logits = logits.f_to_kind(Kind::Float)?;
    let weighted = logits.f_softmax(-1, Kind::Float)?.f_mul(&logits)?;
    let expected = weighted.f_sum_dim_intlist(last, false, Kind::Float)?;
    Ok(logits.f_logsumexp(last, false)?.f_sub(&expected)?)
}
