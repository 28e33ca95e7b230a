//! Plays the dialogues with a policy: question rows in, the same rows with everything that was said out.
//!
//! Rows are played in any order and many at a time, and written in the order of the input.

mod args;
mod engines;
mod feed;
mod memory;
mod policy;
mod run;
mod summary;
mod written;

use std::process::ExitCode;

fn main() -> ExitCode {
    stage::main::<args::Args>(run::run)
}
