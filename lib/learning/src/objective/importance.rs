//! Weights that correct for a sampler whose numbers differ from the trainer's. Knows nothing about losses.
//!
//! With `rho = exp(log pi_old - log mu)`, `mu` the sampler's distribution and `pi_old` the trainer's before the pass, a
//! token counts `rho` times in the surrogate, a constant to the gradient. `rho` is that of the token or, at the level of
//! sequences, the product over all tokens of its dialogue that are learned from. It may be truncated from above, and
//! tokens or dialogues whose `rho` lies outside of bounds may be left out.
//!
//! Sources: truncation, Yao et al. 2025, "Your efficient RL framework secretly brings you off-policy RL training"; bounds
//! for tokens ("IcePop"), Ring team 2025 (arXiv 2510.18855) and INTELLECT-3 (arXiv 2512.16144, equation 1); masks for
//! whole sequences, Liu et al. 2025, "When speed kills stability", the default of TRL with an upper bound of 3.

use tch::{Kind, Tensor};

use crate::objective::losses::LOG_RATIO_BOUND;
use crate::objective::segments::Segments;

/// What a ratio is that of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    Token,
    /// A whole dialogue, as far as it is learned from.
    Sequence,
}

/// How sampler and trainer are reconciled.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Importance {
    pub level: Level,
    /// `rho` counts no higher than this.
    pub cap: Option<f64>,
    /// What lies outside counts nothing.
    pub bounds: Option<(f64, f64)>,
}

impl Importance {
    /// `[tokens]`, from `log pi_old` and `log mu` of each; no gradient.
    pub fn weights(&self, old: &Tensor, rollout: &Tensor, segments: &Segments) -> Tensor {
        let gap = (old - rollout).detach();
        let gap = match self.level {
            Level::Token => gap,
            Level::Sequence => segments.spread(&segments.sum(&gap)),
        };
        let ratio = gap.clamp(-LOG_RATIO_BOUND, LOG_RATIO_BOUND).exp();
        let capped = match self.cap {
            None => ratio.shallow_clone(),
            Some(cap) => ratio.clamp_max(cap),
        };
        match self.bounds {
            None => capped,
            Some((low, high)) => {
                let inside = ratio.ge(low).logical_and(&ratio.le(high));
                capped * inside.to_kind(Kind::Float)
            }
        }
    }
}
