//! Extracts final answers from model text and decides whether they equal the reference.
//!
//! [`Builtin`] is the grader that `grade` and `rollout` use; [`CommandGrader`] lets any program take its
//! place. This crate knows nothing about records, files, tokens or rewards: strings in, verdicts out.

mod command;
mod equivalence;
mod extract;
mod grader;
mod judgement;
mod options;

pub use command::{CommandError, CommandGrader};
pub use equivalence::equivalent;
pub use extract::{Extracted, Rule, last_boxed};
pub use grader::{Builtin, Grader, GraderError, Request};
pub use judgement::{Decision, Graded, Judgement, Reason};
pub use options::Options;
