//! The losses of PPO on flat lists of policy tokens: struct in, struct out.
//! Knows nothing about models, padding, micro-batches or optimisers.
//!
//! Every tensor is `[tokens]` and holds policy tokens only; prompt and feedback tokens never get
//! here. A loss is a weighted sum over its tokens, `sum_t w_t l_t`: what kind of mean that is lies
//! in the weights (see `reduction`), so that a minibatch may be cut into micro-batches anywhere and
//! the parts still add up to the same loss and the same gradient.
//!
//! Log-ratios are bounded before they are exponentiated: `exp` leaves float32 at 88.7, and an infinite
//! ratio makes the gradient of a clipped term `0 inf`. Beyond the bound a token has no gradient.
//!
//! Sources: clipped policy and value losses, Schulman et al. 2017 (arXiv 1707.06347, equation 7 and
//! section 5); KL estimators k1, k2, k3, Schulman 2020, "Approximating KL divergence"; separate
//! clip bounds, Yu et al. 2025 (arXiv 2503.14476, equation 10); dual clip, Ye et al. 2020
//! (arXiv 1912.09729, equation 5); ratios of sequences (GSPO), Zheng et al. 2025 (arXiv 2507.18071, equations 5 and 7, in
//! the form for advantages of tokens, equation 13); clipped weights of the log-likelihood (CISPO), MiniMax 2025
//! (arXiv 2506.13585, equations 4 and 5).

use tch::{Kind, Tensor};

use crate::objective::importance::{Importance, Level};
use crate::objective::segments::Segments;

/// Log-ratios count no further than this from 0 where they are exponentiated, as is usual in the
/// field: exp(20) is 4.9e8.
pub const LOG_RATIO_BOUND: f64 = 20.0;

/// How the divergence from the reference policy is estimated at the sampled token, with
/// `d = log pi(a|s) - log pi_ref(a|s)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum KlEstimator {
    /// `d`: unbiased; as a loss its gradient does not depend on the reference at all.
    K1,
    /// `d^2 / 2`: biased, small variance; its gradient is that of the true divergence.
    K2,
    /// `exp(-d) - 1 + d`: unbiased and never negative. `d` counts as no less than
    /// -[`LOG_RATIO_BOUND`].
    K3,
}

/// What is maximised at each token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Surrogate {
    /// `min(r A, clip(r) A)`: a token has no gradient where clipping lowers its surrogate.
    Ppo,
    /// `sg(clip(r)) A log pi` with `sg` constant to the gradient: every token keeps one.
    Cispo,
}

/// Constants of the policy loss.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct PolicyLossSettings {
    pub surrogate: Surrogate,
    /// Whether the ratio is that of each token, or of its dialogue: the geometric mean over the dialogue's tokens.
    pub ratio: Level,
    /// The ratio counts no lower than `1 - clip_low`.
    pub clip_low: f64,
    /// The ratio counts no higher than `1 + clip_high`.
    pub clip_high: f64,
    /// Bound on the loss at negative advantages, in units of `|advantage|`; above 1.
    pub dual_clip: Option<f64>,
    /// Weights that correct for the sampler; `None` leaves them out.
    pub importance: Option<Importance>,
    /// Weight of the divergence from the reference; 0 leaves it out.
    pub kl_coefficient: f64,
    pub kl_estimator: KlEstimator,
    /// Weight of the entropy bonus; 0 leaves it out.
    pub entropy_coefficient: f64,
}

/// What the policy loss is a function of, all `[tokens]` float32.
pub struct PolicyTokens {
    /// Log-probabilities under the policy being trained; the gradient flows through these.
    pub logprobs: Tensor,
    /// Entropy of the distribution that each token was drawn from, in nats; needs a gradient only
    /// where the bonus is used.
    pub entropy: Option<Tensor>,
    /// Log-probabilities under the policy before this pass, from a training forward.
    pub old_logprobs: Tensor,
    pub reference_logprobs: Option<Tensor>,
    /// Log-probabilities recorded while sampling; needed by the importance weight.
    pub rollout_logprobs: Option<Tensor>,
    pub advantages: Tensor,
    /// What each token counts in the loss.
    pub weights: Tensor,
    /// Which tokens are of one dialogue.
    pub dialogues: Segments,
}

/// The policy loss and what it is made of.
pub struct PolicyLoss {
    /// Scalar to differentiate.
    pub total: Tensor,
    /// Weighted sum of the clipped surrogate, scalar.
    pub policy: Tensor,
    /// Weighted sum of the KL estimate, scalar; 0 without reference.
    pub kl: Tensor,
    /// The ratio that is clipped, `[tokens]`, no gradient.
    pub ratio: Tensor,
    /// `log pi - log pi_old` of each token within the bound, `[tokens]`, no gradient.
    pub log_ratio: Tensor,
    /// 1 where the token's own log-ratio lies beyond the bound.
    pub bounded: Tensor,
    /// 1 where the bound keeps k3 from growing; without reference or with another estimator `None`.
    pub kl_bounded: Option<Tensor>,
    /// 1 where the ratio lies outside the clip range, whatever the sign of the advantage.
    pub outside: Tensor,
    /// Importance weight of each token, `[tokens]`.
    pub importance: Option<Tensor>,
}

/// `L = sum_t w_t ( -s_t J_t + beta kl_t - eta H_t )` with the surrogate `J_t = min(r_t A_t, clip(r_t, 1 - low, 1 + high) A_t)`
/// or that of CISPO; `r_t = exp(log pi - log pi_old)`, the log-ratio bounded, of the token or of its dialogue; `s_t` the
/// importance weight, 1 without one.
pub fn policy_loss(tokens: &PolicyTokens, settings: &PolicyLossSettings) -> PolicyLoss {
    let moved = &tokens.logprobs - &tokens.old_logprobs;
    let log_ratio = moved.clamp(-LOG_RATIO_BOUND, LOG_RATIO_BOUND);
    let ratio = match settings.ratio {
        Level::Token => log_ratio.exp(),
        Level::Sequence => sequence_ratio(&moved, &tokens.dialogues),
    };
    let importance = settings.importance.and_then(|importance| {
        let rollout = tokens.rollout_logprobs.as_ref()?;
        Some(importance.weights(&tokens.old_logprobs, rollout, &tokens.dialogues))
    });
    let mut surrogate = match settings.surrogate {
        Surrogate::Ppo => clipped_surrogate(&ratio, &tokens.advantages, settings),
        Surrogate::Cispo => clip(&ratio, settings).detach() * &tokens.advantages * &tokens.logprobs,
    };
    if let Some(importance) = &importance {
        surrogate *= importance;
    }
    let policy = -weighted_sum(&surrogate, &tokens.weights);
    let to_reference = tokens.reference_logprobs.as_ref();
    let to_reference = to_reference.map(|reference| &tokens.logprobs - reference);
    let kl = kl_loss(tokens, to_reference.as_ref(), settings.kl_estimator);
    let mut total = &policy + &kl * settings.kl_coefficient;
    if let (Some(entropy), true) = (&tokens.entropy, settings.entropy_coefficient != 0.0) {
        total -= weighted_sum(entropy, &tokens.weights) * settings.entropy_coefficient;
    }
    let ratio = ratio.detach();
    PolicyLoss {
        outside: outside_clip(&ratio, settings),
        bounded: indicator(&moved.abs().gt(LOG_RATIO_BOUND)),
        kl_bounded: to_reference
            .filter(|_| settings.kl_estimator == KlEstimator::K3)
            .map(|d| indicator(&d.lt(-LOG_RATIO_BOUND))),
        total,
        policy: policy.detach(),
        kl: kl.detach(),
        ratio,
        log_ratio: log_ratio.detach(),
        importance,
    }
}

/// `exp` of the mean log-ratio of each token's dialogue, `[tokens]`. Its gradient at a token is that of the token's own
/// log-probability alone, times the ratio: with one advantage a dialogue that adds up to the gradient of the mean.
fn sequence_ratio(moved: &Tensor, dialogues: &Segments) -> Tensor {
    let mean = dialogues.spread(&dialogues.mean(&moved.detach()));
    let log_ratio = mean + moved - moved.detach();
    log_ratio.clamp(-LOG_RATIO_BOUND, LOG_RATIO_BOUND).exp()
}

fn clip(ratio: &Tensor, settings: &PolicyLossSettings) -> Tensor {
    ratio.clamp(1.0 - settings.clip_low, 1.0 + settings.clip_high)
}

/// `min(r A, clip(r) A)`, with a dual clip `max(.., c A)` where `A < 0`; `[tokens]`.
fn clipped_surrogate(ratio: &Tensor, advantages: &Tensor, settings: &PolicyLossSettings) -> Tensor {
    let surrogate = (ratio * advantages).minimum(&(clip(ratio, settings) * advantages));
    match settings.dual_clip {
        None => surrogate,
        Some(bound) => {
            let bounded = surrogate.maximum(&(advantages * bound));
            bounded.where_self(&advantages.lt(0.0), &surrogate)
        }
    }
}

fn kl_loss(tokens: &PolicyTokens, to_reference: Option<&Tensor>, estimator: KlEstimator) -> Tensor {
    match to_reference {
        None => tokens
            .weights
            .new_zeros([], (Kind::Float, tokens.weights.device())),
        Some(log_ratio) => weighted_sum(&kl_estimate(log_ratio, estimator), &tokens.weights),
    }
}

/// The estimate at each token from `d = log pi - log pi_ref`, same shape as `d`.
pub fn kl_estimate(log_ratio: &Tensor, estimator: KlEstimator) -> Tensor {
    match estimator {
        KlEstimator::K1 => log_ratio.shallow_clone(),
        KlEstimator::K2 => log_ratio.square() * 0.5,
        KlEstimator::K3 => {
            let bounded = log_ratio.clamp_min(-LOG_RATIO_BOUND);
            (-&bounded).exp() - 1.0 + bounded
        }
    }
}

fn outside_clip(ratio: &Tensor, settings: &PolicyLossSettings) -> Tensor {
    let below = ratio.le(1.0 - settings.clip_low);
    let above = ratio.ge(1.0 + settings.clip_high);
    indicator(&below.logical_or(&above))
}

fn indicator(condition: &Tensor) -> Tensor {
    condition.detach().to_kind(Kind::Float)
}

/// What the value loss is a function of, all `[tokens]` float32.
pub struct ValueTokens {
    /// The critic's estimates; the gradient flows through these.
    pub values: Tensor,
    /// The estimates that the advantages were computed from.
    pub old_values: Tensor,
    pub returns: Tensor,
    pub weights: Tensor,
}

/// The value loss, scalar, to differentiate:
/// `1/2 sum_t w_t max((v_t - R_t)^2, (v_clip_t - R_t)^2)` with
/// `v_clip = v_old + clip(v - v_old, -c, c)`; without a clip `1/2 sum_t w_t (v_t - R_t)^2`.
pub fn value_loss(tokens: &ValueTokens, clip: Option<f64>) -> Tensor {
    let plain = (&tokens.values - &tokens.returns).square();
    let squared = match clip {
        None => plain,
        Some(range) => {
            let moved = (&tokens.values - &tokens.old_values).clamp(-range, range);
            (&tokens.old_values + moved - &tokens.returns)
                .square()
                .maximum(&plain)
        }
    };
    weighted_sum(&squared, &tokens.weights) * 0.5
}

/// Negative log-likelihood of the tokens, `-sum_t w_t log pi_t`: the loss of fine-tuning on
/// demonstrations.
pub fn likelihood_loss(logprobs: &Tensor, weights: &Tensor) -> Tensor {
    -weighted_sum(logprobs, weights)
}

fn weighted_sum(per_token: &Tensor, weights: &Tensor) -> Tensor {
    (per_token * weights).sum(Kind::Float)
}
