//! Extracts final answers from model text and decides whether they equal the reference.
//!
//! [`Builtin`] is the grader that `grade` and `rollout` use; [`CommandGrader`] lets any program take its
//! place. This crate knows nothing about files, tokens or rewards: strings in, verdicts out.

mod budget;
mod command;
mod compare;
mod exact;
mod explain;
mod extract;
mod fraction;
mod grader;
mod judgement;
mod limits;
mod numeric;
mod options;
mod read;
mod reason;

pub use command::{CommandError, CommandGrader};
pub use compare::equivalent;
pub use explain::{explain, kind};
pub use extract::{Extracted, Rule, Rules, extract};
pub use grader::{Builtin, Grader, GraderError, Request, boxed_answer};
pub use judgement::{Decision, Graded};
pub use options::Options;
pub use reason::Reason;
pub use records::Verdict;
