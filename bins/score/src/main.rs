//! Log-probabilities and values from one teacher-forced pass.
//!
//! Adds `policy_logprobs`, `reference_logprobs` and `values` to dialogues that were played. Knows
//! nothing about how they were played or what they are worth.

mod args;
mod run;

use std::process::ExitCode;

fn main() -> ExitCode {
    stage::main::<args::Args>(run::run)
}
