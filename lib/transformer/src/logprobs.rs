//! From logits to the log-probabilities of tokens that were drawn.

use tch::{Kind, Tensor};

use crate::ModelError;

/// log softmax(logits / temperature) at `targets`, in float32 whatever the type of `logits`.
///
/// `logits` `[.., vocab]`, `targets` `[..]` int64, `temperature` > 0; gives `[..]` float32.
pub fn token_logprobs(
    logits: &Tensor,
    targets: &Tensor,
    temperature: f64,
) -> Result<Tensor, ModelError> {
    let mut logits = logits.f_to_kind(Kind::Float)?;
    if temperature != 1.0 {
        logits = logits.f_div_scalar(temperature)?;
    }
    let chosen = logits
        .f_gather(-1, &targets.f_unsqueeze(-1)?, false)?
        .f_squeeze_dim(-1)?;
    // Only the normaliser is kept besides the logits: a full log softmax would be a third array
    // of the vocabulary's size.
    Ok(chosen.f_sub(&logits.f_logsumexp([-1i64].as_slice(), false)?)?)
}
