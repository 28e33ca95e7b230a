//! Runs each stage of a training run once, keeps the record, and knows what is left to do.
//!
//! The loop itself lies in `pipelines/`; this program knows nothing about models or algorithms.

mod args;
mod attempt_numbers;
mod clock;
mod command_line;
mod commands;
mod evaluation;
mod execute;
mod folder;
mod hashing;
mod manifest;
mod metrics;
mod needs;
mod numbers;
mod open;
mod prune;
mod record;
mod recovery;
mod schedule;
mod settings;
mod stage_run;
mod status;
mod training;
mod trash;
mod written;

use std::process::ExitCode;

fn main() -> ExitCode {
    stage::main::<args::JournalArgs>(commands::run)
}
