//! One pass of clipped PPO: policy and critic.
//!
//! Reads dialogues with advantages, trains on them once, writes the next checkpoint and prints one
//! metrics record per optimiser step. Knows nothing about how dialogues were played or graded.

mod args;
mod checkpoint;
mod launcher;
mod learners;
mod report;
mod run;

use std::process::ExitCode;

fn main() -> ExitCode {
    stage::main::<args::Args>(run::run)
}
