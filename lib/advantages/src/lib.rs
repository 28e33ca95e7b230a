//! Advantages and returns of multi-attempt dialogues: GAE, REINFORCE, RLOO, GRPO and whitening.
//!
//! Everything works on slices: one element per token of a dialogue, and a mask that is true on the
//! tokens that the policy sampled. Time passes only on those: gamma and lambda apply once per policy
//! token, and what the environment wrote in between (feedback) has neither value nor advantage.
//! Arithmetic is in float64, results are float32. This crate knows nothing about records or files.

mod error;
mod gae;
mod group;
mod monte_carlo;
mod whiten;

pub use error::AdvantageError;
pub use gae::{Gae, gae, reward_at_the_end};
pub use group::{grpo, leave_one_out};
pub use monte_carlo::{returns_to_go, spread};
pub use whiten::{Moments, moments, whiten};
