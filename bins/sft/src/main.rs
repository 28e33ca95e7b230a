//! Supervised fine-tuning on demonstrations, the warm start.
//!
//! Reads questions with written attempts, lays them out as the dialogues that `rollout` would have
//! recorded, and trains the policy on what it is to write. Knows nothing about rewards.

mod args;
mod demonstrations;
mod progress;
mod run;
mod starting_point;

use std::process::ExitCode;

fn main() -> ExitCode {
    stage::main::<args::Args>(run::run)
}
