//! The multi-attempt dialogue as a pure state machine: when an attempt ends, what follows it, what it pays.
//!
//! A policy answers a question; a grader rules on the answer; while it is wrong and attempts are left, feedback is
//! appended and the policy goes on in the same dialogue (multi-attempt PPO, arXiv 2503.04808, section 3). This crate
//! holds the rules of that game and the wording of the environment's turns. It knows nothing about tokens, models,
//! graders or files of records: text goes in chunk by chunk, decisions come out.

mod boxed;
mod dialogue;
mod layout;
mod reward;
mod template;

pub use boxed::extract_box;
pub use dialogue::{AttemptEnd, Chunk, Dialogue, Ending, Finish, Next, Reading, Ruling, Status};
pub use layout::{Segment, layout};
pub use reward::{Outcome, RewardScale};
pub use template::{Template, TemplateError, substitute};
