//! The multi-attempt dialogue as a pure state machine: when an attempt ends, what follows it, what it pays.
//!
//! A policy answers a question; a grader gives a verdict; while it is wrong and attempts are left, feedback is appended
//! and the policy goes on in the same dialogue (multi-attempt PPO, arXiv 2503.04808, section 3). This crate holds the
//! rules of that environment, its rewards among them. It knows nothing about tokens, words, models or graders: text and
//! verdicts go in, decisions come out.

mod boxed;
mod dialogue;
mod reward;

pub use boxed::extract_box;
pub use dialogue::{AttemptEnd, Dialogue, DialogueRules, Finish, Next, Reading};
pub use reward::{Paid, RewardAt, RewardRules, RewardScale, answered, solved};
