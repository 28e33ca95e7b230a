//! Makes the embedded material: question families, demonstrations, and a blank policy with its tokenizer.
//!
//! Knows nothing about training; `sft` turns the demonstrations and the blank policy into a base policy.

mod args;
mod blank_policy;
mod demonstrations;
mod families;
mod plain;
mod plain_questions;
mod questions;
mod tokenizer;

use std::process::ExitCode;

use args::{Args, Command};
use stage::Context;

fn run(args: Args, _context: &Context) -> anyhow::Result<()> {
    match args.command {
        Command::Questions(args) => questions::write(&args),
        Command::Demonstrations(args) => demonstrations::write(&args),
        Command::Plain(args) => plain_questions::write(&args),
        Command::BlankPolicy(args) => blank_policy::write(&args),
    }
}

fn main() -> ExitCode {
    stage::main::<Args>(run)
}
