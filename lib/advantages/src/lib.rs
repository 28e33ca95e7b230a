//! Advantages and returns of multi-attempt dialogues: GAE over tokens or attempts, REINFORCE, RLOO, GRPO,
//! whitening, and the divergence from a reference as a part of the reward.
//!
//! Everything works on slices: one element per token of a dialogue, and a mask that is true on the
//! tokens that the policy sampled. Time passes only on those: gamma and lambda apply once per policy
//! token (or once per attempt, where an attempt is one step), and what the environment wrote in between (feedback) has neither value nor advantage.
//! Arithmetic is in float64, results are float32. This crate knows nothing about records or files.

mod divergence;
mod error;
mod gae;
mod group;
mod monte_carlo;
mod ranges;
mod rewards;
mod turn;
mod whiten;

pub use divergence::{AdaptiveKl, KlEstimator, divergences};
pub use error::AdvantageError;
pub use gae::{Gae, gae};
pub use group::{grpo, leave_one_out};
pub use monte_carlo::{rewards_to_go, spread};
pub use ranges::{attempt_ranges, first_tokens, mask_of};
pub use rewards::{reward_at_the_end, rewards_of_attempts};
pub use turn::turn_gae;
pub use whiten::{Moments, moments, whiten};
